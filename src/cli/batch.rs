//! `lotse batch`: what do all these messages say, and what would have been done with them?

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;

use super::operator::{decider, share};
use super::pack::PackArguments;
use crate::batch::report::{Promise, Report, TallySettings, page};
use crate::batch::{
    self, BatchError, Existing, Format, InputOptions, Location, Outcome, ResultColumn, Settings,
};
use crate::classifier::Classifier;
use crate::domain::{Channel, Language};
use crate::triage::Decider;

/// Arguments of `lotse batch`.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    lotse batch tickets.csv -o read.csv --text subject,body\n  \
    lotse batch tickets.csv.gz -o read.parquet --text body --dir demo --report report.html\n  \
    lotse batch support.mbox -o read.jsonl --dir demo\n  \
    until lotse batch tickets.csv -o read.csv --text body --resume; do sleep 60; done\n  \
    cat rows.jsonl | lotse batch - -o - --format jsonl --text text | jq -r .intent\n\n\
    Formats: csv, tsv, jsonl, parquet, and mbox as input; .gz and .zst behind the name compress.\n\
    The first line of CSV names the columns. Separator and encoding (UTF-8, UTF-16, Windows-1252)\n\
    are found out, unless --delimiter and --encoding name them.\n\n\
    Each row keeps its columns and gets: row, language, intent, confidence, in_scope, alternatives,\n\
    sentiment, sentiment_confidence, tier, tier_confidence, queue, priority, entities, article,\n\
    article_confidence, duplicate_of. A column of the input with such a name gets `input_` before\n\
    it. `article` is there where the bot would have answered; queue, priority and article need\n\
    --dir, and are those of a first message from an unknown customer while all queues are open.\n\n\
    Rows that cannot be read are left out and told of in OUTPUT.rejected.jsonl: row, code, message.\n\
    A run that was interrupted left OUTPUT.progress.json; the same command with --resume goes on.\n\n\
    Exit status 0 when the input is worked through, with rejected rows or without.")]
pub(super) struct BatchArguments {
    /// File with the messages, or - for standard input
    input: String,
    /// File for the results, or - for standard output
    #[arg(short, long, value_name = "OUTPUT")]
    output: String,
    /// Columns with the customer's words; several are joined by an empty line
    #[arg(long, value_delimiter = ',', default_value = "text", value_name = "COLUMN")]
    text: Vec<String>,
    #[command(flatten)]
    pack: PackArguments,
    /// Operator's directory: with it, articles and queues are told as well
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Share of wrong automatic answers that sets the threshold [default: as in lotse.toml]
    #[arg(long, requires = "dir", value_parser = share, value_name = "SHARE")]
    risk: Option<f32>,
    /// Page with what the rows tell, as HTML
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The same figures as JSON
    #[arg(long, value_name = "FILE")]
    report_json: Option<PathBuf>,
    /// Language of the page, de or en [default: that of most rows]
    #[arg(long, value_parser = language)]
    language: Option<Language>,
    /// Minutes that agents spend on a ticket, for the page
    #[arg(long, value_name = "MINUTES")]
    minutes: Option<f64>,
    /// Column with the day of each row [default: one with a usual name, such as created]
    #[arg(long, value_name = "COLUMN")]
    date: Option<String>,
    /// Go on where a run with the same arguments was interrupted
    #[arg(long)]
    resume: bool,
    /// Overwrite the output
    #[arg(long, conflicts_with = "resume")]
    force: bool,
    /// Format of the input [default: as its name ends]
    #[arg(long, value_parser = format)]
    format: Option<Format>,
    /// Format of the output [default: as its name ends; that of the input for -]
    #[arg(long, value_parser = format, value_name = "FORMAT")]
    output_format: Option<Format>,
    /// Columns that are carried through [default: all]
    #[arg(long, value_delimiter = ',', value_name = "COLUMN")]
    columns: Option<Vec<String>>,
    /// Columns of results that are left out
    #[arg(long, value_delimiter = ',', value_parser = result_column, value_name = "COLUMN")]
    without: Vec<ResultColumn>,
    /// What stands between the columns of CSV, such as ';' or tab [default: as in the header]
    #[arg(long, value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Encoding of the input, such as windows-1252 or utf-16le [default: as its bytes look]
    #[arg(long, value_parser = encoding)]
    encoding: Option<&'static encoding_rs::Encoding>,
    /// How the messages came, for rules of the routing: chat, email, phone, social, messenger, form
    /// [default: email for mbox, otherwise chat]
    #[arg(long, value_parser = channel)]
    channel: Option<Channel>,
    /// File for rejected rows [default: OUTPUT.rejected.jsonl; standard error where -o is -]
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Read so many rows and no more
    #[arg(long, value_name = "ROWS")]
    limit: Option<u64>,
    /// Threads that encode [default: one a core]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// Rows that are in memory at once
    #[arg(long, default_value_t = 4096, value_name = "ROWS")]
    window: usize,
    /// Seconds between two places from which an interrupted run can go on
    #[arg(long, default_value_t = 10, value_name = "SECONDS")]
    checkpoint: u64,
    /// Tell nothing on the way
    #[arg(long)]
    quiet: bool,
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "write de or en".to_owned())
}

fn channel(name: &str) -> Result<Channel, String> {
    Channel::from_name(name)
        .ok_or_else(|| "write chat, email, phone, social, messenger or form".to_owned())
}

fn format(name: &str) -> Result<Format, String> {
    Format::from_name(name).ok_or_else(|| format!("write {}", Format::NAMES.join(", ")))
}

fn result_column(name: &str) -> Result<ResultColumn, String> {
    ResultColumn::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = ResultColumn::ALL.iter().map(|column| column.name()).collect();
        format!("there are {}", names.join(", "))
    })
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if text == "tab" || text == "\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(*byte),
        _ => Err("write one character, such as ';', or tab".to_owned()),
    }
}

fn encoding(label: &str) -> Result<&'static encoding_rs::Encoding, String> {
    encoding_rs::Encoding::for_label(label.as_bytes())
        .ok_or_else(|| "write such as utf-8, windows-1252, iso-8859-15, utf-16le".to_owned())
}

/// Runs `lotse batch`.
pub(super) fn run(arguments: &BatchArguments) -> anyhow::Result<()> {
    let is_reported = arguments.report.is_some() || arguments.report_json.is_some();
    if !is_reported && (arguments.language.is_some() || arguments.minutes.is_some()) {
        bail!("--language and --minutes are for the page: name its file by --report");
    }
    let classifier = arguments.pack.load()?;
    let decider = match &arguments.dir {
        Some(dir) => {
            let decider = decider(dir, &classifier, arguments.risk)?;
            Some(Decider { routing: decider.routing.always_open(), ..decider })
        }
        None => None,
    };
    let settings = settings(arguments, &classifier, decider.as_ref());
    let done = batch::run(&settings, &classifier, decider.as_ref(), |outcome| {
        write_report(arguments, outcome.report.as_ref())
    });
    match done {
        Ok(outcome) => {
            if !arguments.quiet {
                eprintln!("{}", summary(&outcome));
            }
            Ok(())
        }
        // Whoever reads standard output has had enough.
        Err(BatchError::Write { source, .. })
            if settings.output == Location::Standard && source.kind() == ErrorKind::BrokenPipe =>
        {
            Ok(())
        }
        Err(error) => Err(advised(error, &settings)),
    }
}

/// The error, with what to do where a run can go on.
fn advised(error: BatchError, settings: &Settings) -> anyhow::Error {
    let can_go_on = matches!(error, BatchError::Write { .. } | BatchError::Stopped(_))
        && settings.output != Location::Standard;
    if can_go_on {
        return anyhow::anyhow!(
            "{error}. What was written so far is kept: mend that, and give the same command with \
             --resume"
        );
    }
    error.into()
}

fn settings(
    arguments: &BatchArguments,
    classifier: &Classifier,
    decider: Option<&Decider>,
) -> Settings {
    let is_reported = arguments.report.is_some() || arguments.report_json.is_some();
    Settings {
        input: Location::parse(&arguments.input),
        options: InputOptions {
            format: arguments.format,
            delimiter: arguments.delimiter,
            encoding: arguments.encoding,
        },
        output: Location::parse(&arguments.output),
        output_format: arguments.output_format,
        text: arguments.text.clone(),
        columns: arguments.columns.clone(),
        without: arguments.without.clone(),
        date: arguments.date.clone(),
        channel: arguments.channel,
        threads: arguments.threads,
        window: arguments.window,
        limit: arguments.limit,
        checkpoint: Duration::from_secs(arguments.checkpoint),
        existing: match (arguments.resume, arguments.force) {
            (true, _) => Existing::Resume,
            (_, true) => Existing::Overwrite,
            _ => Existing::Refuse,
        },
        rejected: arguments.rejected.clone(),
        tally: is_reported.then(|| tally(arguments, classifier, decider)),
        quiet: arguments.quiet,
    }
}

fn tally(
    arguments: &BatchArguments,
    classifier: &Classifier,
    decider: Option<&Decider>,
) -> TallySettings {
    let mut articles: BTreeMap<String, BTreeMap<Language, String>> = BTreeMap::new();
    let mut queues = BTreeMap::new();
    if let Some(decider) = decider {
        for article in decider.knowledge.articles() {
            let titles = articles.entry(article.id.clone()).or_default();
            titles.insert(article.language, article.title.clone());
        }
        let language = arguments.language.unwrap_or(Language::De);
        for queue in decider.routing.queues() {
            let title = queue.title.get(&language).unwrap_or(&queue.name);
            queues.insert(queue.name.clone(), title.clone());
        }
    }
    TallySettings {
        input: arguments.input.clone(),
        model: classifier.manifest().name.clone(),
        made_on: Some(jiff::Zoned::now().date()),
        promise: decider.and_then(|decider| Promise::of(&decider.policy)),
        minutes_per_ticket: arguments.minutes,
        articles,
        queues,
        ..TallySettings::default()
    }
}

fn write_report(arguments: &BatchArguments, report: Option<&Report>) -> Result<(), BatchError> {
    let Some(report) = report else { return Ok(()) };
    let write = |path: &Path, content: &str| {
        std::fs::write(path, content)
            .map_err(|source| BatchError::Write { path: path.to_owned(), source })
    };
    if let Some(path) = &arguments.report {
        let language = arguments.language.unwrap_or_else(|| report.majority_language());
        write(path, &page(report, language))?;
    }
    if let Some(path) = &arguments.report_json {
        let json = serde_json::to_string_pretty(report)
            .map_err(|error| BatchError::Write { path: path.clone(), source: error.into() })?;
        write(path, &(json + "\n"))?;
    }
    Ok(())
}

/// What the operator reads at the end.
fn summary(outcome: &Outcome) -> String {
    let Outcome { counts, before, took, rejected, .. } = outcome;
    let seconds = took.as_secs_f64();
    let done = counts.rows - before;
    let mut text = format!(
        "lotse: {} rows, {done} of them in {seconds:.1} s ({:.0} a second); {} answered, {} out of \
         scope, {} like an earlier one",
        counts.rows,
        done as f64 / seconds.max(0.001),
        counts.answered,
        counts.out_of_scope,
        counts.duplicates
    );
    if counts.rejected > 0 {
        // Writing into a string cannot fail.
        let _ = write!(text, "; {} rejected", counts.rejected);
        if let Some(path) = rejected {
            let _ = write!(text, ": see {}", path.display());
        }
    }
    text
}
