//! `lotse routing check`: is `routing.toml` right, and where would this message go?

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};

use crate::classifier::{Classifier, Manifest};
use crate::domain::{
    Channel, Classification, IntentScore, Language, QueueWait, Sentiment, SentimentScore, TierScore,
};
use crate::text::{PreparedText, prepare};
use crate::triage::{RouteRequest, Routing, danger};

/// The name of what is no intent, as in labelled rows.
const OUT_OF_SCOPE: &str = "out_of_scope";

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
    /// Words of a message whose way is explained. The model reads them, unless --intent says what
    /// they are about.
    pub text: Vec<String>,
    /// The operator's directory.
    #[arg(long, default_value = "demo")]
    pub dir: PathBuf,
    /// Model pack whose intents are compared with those of the rules.
    #[arg(long, default_value = "models/nordlicht-de-en")]
    pub model: PathBuf,
    /// Intent of the message; `out_of_scope` for none.
    #[arg(long)]
    pub intent: Option<String>,
    /// Second best intent, which a wish for a person may stand for.
    #[arg(long)]
    pub alternative: Option<String>,
    /// Tier of the message; as the model reads it, or 2.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub tier: Option<u8>,
    /// Sentiment of the message, negative, neutral or positive; as the model reads it, or neutral.
    #[arg(long, value_parser = sentiment)]
    pub sentiment: Option<Sentiment>,
    /// Language of the message, de or en; that of its words, or de.
    #[arg(long, value_parser = language)]
    pub language: Option<Language>,
    /// Channel of the message: chat, email, phone, social, messenger or form.
    #[arg(long, default_value = "chat", value_parser = channel)]
    pub channel: Channel,
    /// When it came in, such as 2026-11-23T10:00:00Z; now if left out.
    #[arg(long)]
    pub at: Option<Timestamp>,
    /// What is known of the customer or the channel, such as vip=true or network=facebook.
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = attribute)]
    pub attributes: Vec<(String, String)>,
    /// What waits in a queue on the channel of the message: billing=25 tickets, or billing=25,12min
    /// if the oldest has waited for 12 minutes.
    #[arg(long = "waiting", value_name = "QUEUE=TICKETS[,TIME]", value_parser = waiting)]
    pub waiting: Vec<Waiting>,
}

/// What waits in a queue.
#[derive(Clone, Debug)]
pub struct Waiting {
    queue: String,
    tickets: u32,
    since: SignedDuration,
}

fn attribute(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as vip=true")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn waiting(text: &str) -> Result<Waiting, String> {
    let problem =
        || "write QUEUE=TICKETS or QUEUE=TICKETS,TIME, such as billing=25,12min".to_owned();
    let (queue, rest) = text.split_once('=').ok_or_else(problem)?;
    let (tickets, since) = rest.split_once(',').unwrap_or((rest, "0s"));
    Ok(Waiting {
        queue: queue.trim().to_owned(),
        tickets: tickets.trim().parse().map_err(|_| problem())?,
        since: since.trim().parse().map_err(|_| problem())?,
    })
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
    let at = arguments.at.unwrap_or(now);
    let message = prepare(&arguments.text.join(" "), arguments.language);
    let danger = danger::find(&message.cleaned);
    if let Some(words) = &danger {
        writeln!(output, "the message speaks of danger to life: “{words}”")?;
    }
    let classification = classification(arguments, &message)?;
    writeln!(output, "{}", describe(&classification))?;
    let attributes = arguments.attributes.iter().cloned().collect();
    let request = RouteRequest {
        classification: &classification,
        message: &message.cleaned,
        earlier: &[],
        channel: arguments.channel,
        attributes: &attributes,
        danger: danger.is_some(),
        person_wanted: false,
        waits: &waits(routing, arguments, at)?,
        at,
    };
    for line in routing.explain(&request) {
        writeln!(output, "{line}")?;
    }
    for reason in routing.route(&request).reasons() {
        writeln!(output, "{}", reason.text)?;
    }
    Ok(())
}

/// What waits, as the options say.
fn waits(
    routing: &Routing,
    arguments: &CheckArguments,
    at: Timestamp,
) -> anyhow::Result<Vec<QueueWait>> {
    let wait = |waiting: &Waiting| {
        let queue = waiting.queue.clone();
        anyhow::ensure!(routing.queue(&queue).is_some(), "there is no queue called {queue}");
        let oldest = at.checked_sub(waiting.since)?;
        Ok(QueueWait { queue, channel: arguments.channel, open: waiting.tickets, oldest })
    };
    arguments.waiting.iter().map(wait).collect()
}

/// What the message says: as the options have it, or else as the model reads it.
fn classification(
    arguments: &CheckArguments,
    message: &PreparedText,
) -> anyhow::Result<Classification> {
    let is_read = arguments.intent.is_none()
        && !arguments.text.is_empty()
        && arguments.model.join("lotse.json").exists();
    let mut classification = if is_read {
        let classifier = Classifier::load(&arguments.model)?;
        classifier.read(std::slice::from_ref(message))?.remove(0).classification
    } else {
        let score = |name: &String| IntentScore { name: name.clone(), confidence: 1.0 };
        let intent = arguments.intent.as_ref().filter(|name| *name != OUT_OF_SCOPE).map(score);
        Classification {
            language: message.language,
            in_scope: Some(if intent.is_some() { 1.0 } else { 0.0 }),
            intent,
            alternatives: arguments.alternative.iter().map(score).collect(),
            sentiment: Some(SentimentScore { name: Sentiment::Neutral, confidence: 1.0 }),
            tier: Some(tier(2)),
            answerable: None,
            articles: Vec::new(),
            entities: Vec::new(),
        }
    };
    if let Some(level) = arguments.tier {
        classification.tier = Some(tier(level));
    }
    if let Some(name) = arguments.sentiment {
        classification.sentiment = Some(SentimentScore { name, confidence: 1.0 });
    }
    Ok(classification)
}

/// A tier that is certain.
fn tier(level: u8) -> TierScore {
    let mut probabilities = [0.0; 3];
    probabilities[usize::from(level) - 1] = 1.0;
    TierScore { level, confidence: 1.0, probabilities }
}

/// One line on what the rules see of the reading.
fn describe(classification: &Classification) -> String {
    let intent = classification.intent.as_ref().map_or("out of scope".to_owned(), |intent| {
        format!("intent {} ({:.2})", intent.name, intent.confidence)
    });
    let tier =
        classification.tier.as_ref().map_or(String::new(), |tier| format!(", tier {}", tier.level));
    let sentiment = classification.sentiment.as_ref();
    let sentiment = sentiment.map_or(String::new(), |score| format!(", {}", score.name.name()));
    format!("read as {intent}{tier}{sentiment}, {}", classification.language)
}
