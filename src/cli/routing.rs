//! `lotse routing check`: is `routing.toml` right, and where would this message go?

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;

use crate::classifier::Manifest;
use crate::domain::{
    Channel, Classification, IntentScore, Language, Sentiment, SentimentScore, TierScore,
};
use crate::triage::{RouteRequest, Routing, danger};

/// Arguments of `lotse routing`.
#[derive(Debug, clap::Args)]
pub struct RoutingArguments {
    /// What to do with the routing rules.
    #[command(subcommand)]
    pub command: RoutingCommand,
}

/// Commands of `lotse routing`.
#[derive(Debug, clap::Subcommand)]
pub enum RoutingCommand {
    /// Looks for mistakes and doubtful rules, and explains the way of a message.
    Check(CheckArguments),
}

/// Arguments of `lotse routing check`.
#[derive(Debug, clap::Args)]
pub struct CheckArguments {
    /// Words of a message whose way is explained. Rules see its topics and danger words; say the
    /// rest with the options.
    pub text: Vec<String>,
    /// The operator's directory.
    #[arg(long, default_value = "demo")]
    pub dir: PathBuf,
    /// Model pack whose intents are compared with those of the rules.
    #[arg(long, default_value = "models/nordlicht-de-en")]
    pub model: PathBuf,
    /// Intent of the message; none means out of scope.
    #[arg(long)]
    pub intent: Option<String>,
    /// Second best intent, which a wish for a person may stand for.
    #[arg(long)]
    pub alternative: Option<String>,
    /// Tier of the message.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub tier: u8,
    /// Sentiment of the message: negative, neutral or positive.
    #[arg(long, default_value = "neutral", value_parser = sentiment)]
    pub sentiment: Sentiment,
    /// Language of the message: de or en.
    #[arg(long, default_value = "de", value_parser = language)]
    pub language: Language,
    /// Channel of the message: chat, email, phone, social, messenger or form.
    #[arg(long, default_value = "chat", value_parser = channel)]
    pub channel: Channel,
    /// When it came in, such as 2026-11-23T10:00:00Z; now if left out.
    #[arg(long)]
    pub at: Option<Timestamp>,
}

fn sentiment(name: &str) -> Result<Sentiment, String> {
    let mut all = Sentiment::ALL.into_iter();
    all.find(|sentiment| sentiment.name() == name)
        .ok_or_else(|| "write negative, neutral or positive".to_owned())
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "write de or en".to_owned())
}

fn channel(name: &str) -> Result<Channel, String> {
    Channel::from_name(name)
        .ok_or_else(|| "write chat, email, phone, social, messenger or form".to_owned())
}

/// Runs `lotse routing`. Mistakes in the file are errors; doubtful places are printed as warnings.
pub fn run(arguments: &RoutingArguments, output: &mut dyn Write) -> anyhow::Result<()> {
    match &arguments.command {
        RoutingCommand::Check(arguments) => check(arguments, Timestamp::now(), output),
    }
}

/// Runs `lotse routing check` at the time `now`.
pub fn check(
    arguments: &CheckArguments,
    now: Timestamp,
    output: &mut dyn Write,
) -> anyhow::Result<()> {
    let path = arguments.dir.join("routing.toml");
    let routing = Routing::load(&path)?;
    let intents = known_intents(&arguments.model)?;
    if intents.is_empty() {
        writeln!(
            output,
            "note: no model pack at {}, so intents are not compared; pass --model",
            arguments.model.display()
        )?;
    }
    let doubts = routing.lint(&intents, now);
    for doubt in &doubts {
        writeln!(output, "warning: {}:{}: {}", path.display(), doubt.line, doubt.text)?;
    }
    let queues = routing.queues().len();
    writeln!(output, "{}: {queues} queues, {} warnings", path.display(), doubts.len())?;
    if !arguments.text.is_empty() || arguments.intent.is_some() {
        writeln!(output)?;
        explain(&routing, arguments, now, output)?;
    }
    Ok(())
}

/// Intents of a model pack, none where there is no pack.
fn known_intents(model: &Path) -> anyhow::Result<Vec<String>> {
    let path = model.join("lotse.json");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read the model pack's {}", path.display()))?;
    let manifest: Manifest = serde_json::from_str(&text)
        .with_context(|| format!("{} is no pack of this version of lotse", path.display()))?;
    Ok(manifest.heads.get("intent").map_or_else(Vec::new, |head| head.labels.clone()))
}

fn explain(
    routing: &Routing,
    arguments: &CheckArguments,
    now: Timestamp,
    output: &mut dyn Write,
) -> anyhow::Result<()> {
    let message = arguments.text.join(" ");
    let danger = danger::find(&message);
    if let Some(words) = &danger {
        writeln!(output, "the message speaks of danger to life: “{words}”")?;
    }
    let classification = classification(arguments);
    let request = RouteRequest {
        classification: &classification,
        message: &message,
        earlier: &[],
        channel: arguments.channel,
        danger: danger.is_some(),
        person_wanted: false,
        at: arguments.at.unwrap_or(now),
    };
    for line in routing.explain(&request) {
        writeln!(output, "{line}")?;
    }
    writeln!(output, "{}", routing.route(&request).reason().text)?;
    Ok(())
}

/// A reading that says what the options say, and all of it for certain.
fn classification(arguments: &CheckArguments) -> Classification {
    let mut probabilities = [0.0; 3];
    probabilities[usize::from(arguments.tier) - 1] = 1.0;
    let score = |name: &String| IntentScore { name: name.clone(), confidence: 1.0 };
    Classification {
        language: arguments.language,
        intent: arguments.intent.as_ref().map(score),
        in_scope: Some(if arguments.intent.is_some() { 1.0 } else { 0.0 }),
        alternatives: arguments.alternative.iter().map(score).collect(),
        sentiment: Some(SentimentScore { name: arguments.sentiment, confidence: 1.0 }),
        tier: Some(TierScore { level: arguments.tier, confidence: 1.0, probabilities }),
        answerable: None,
        articles: Vec::new(),
        entities: Vec::new(),
    }
}
