use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::input::{self, Input, Record};
use super::output::{Encoder, Layout, Sink, Target};
use super::picker::Picker;
use super::progress::Progress;
use super::read::{Seen, WindowReader};
use super::report::{Report, Tally, TallySettings};
use super::resume::State;
use super::windows::{Numbered, Windows};
use super::writer::{Ended, Rejected, Writer};
use super::{BatchError, Counts, Existing, Format, InputOptions, Location, ResultColumn};
use crate::classifier::{Classifier, Readers};
use crate::domain::Channel;
use crate::triage::Decider;

/// What to work through, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the rows are.
    pub input: Location,
    /// How they are read.
    pub options: InputOptions,
    /// Where the results go.
    pub output: Location,
    /// Their format; otherwise as the name of the output ends, or that of the input.
    pub output_format: Option<Format>,
    /// Columns with the customer's words, joined by an empty line.
    pub text: Vec<String>,
    /// Columns that are carried through; all if none are named.
    pub columns: Option<Vec<String>>,
    /// Columns of results that are left out.
    pub without: Vec<ResultColumn>,
    /// The column with the day; otherwise one with a usual name.
    pub date: Option<String>,
    /// How the messages came; for mails that is e-mail, otherwise chat.
    pub channel: Option<Channel>,
    /// Encoder threads; 0 for one a core.
    pub threads: usize,
    /// Rows of a window.
    pub window: usize,
    /// Rows after which the run ends.
    pub limit: Option<u64>,
    /// Time between two safe places.
    pub checkpoint: Duration,
    /// What to do with an output that is there.
    pub existing: Existing,
    /// The file of rejected rows; otherwise beside the output, or standard error.
    pub rejected: Option<PathBuf>,
    /// Counts for a report, if one is wanted.
    pub tally: Option<TallySettings>,
    /// Tell nothing on the way.
    pub quiet: bool,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was counted, in this run and those that it went on from.
    pub counts: Counts,
    /// Rows that earlier runs had done.
    pub before: u64,
    /// Time of this run.
    pub took: Duration,
    /// The file of rejected rows, if there are any.
    pub rejected: Option<PathBuf>,
    /// The report, if one was wanted.
    pub report: Option<Report>,
}

/// What is known before the first row is read by the model.
struct Plan {
    picker: Picker,
    layout: Layout,
    first: Vec<Numbered>,
    channel: Channel,
}

/// Works through a backlog. `finally` is given the outcome when the output is whole, while the run
/// could still be repeated from its last safe place: what it writes is never missing afterwards.
pub fn run(
    settings: &Settings,
    classifier: &Classifier,
    decider: Option<&Decider>,
    finally: impl FnOnce(&Outcome) -> Result<(), BatchError>,
) -> Result<Outcome, BatchError> {
    let target = Target::new(settings.output.clone());
    check(settings, &target)?;
    let before = settings.existing.state(&target)?;
    let input = input::open(&settings.input, &settings.options)?;
    let format = output_format(settings, input.format)?;
    let Input { rows, name, format: input_format, fingerprint, extent, notes } = input;
    let schema = rows.schema();
    let mut windows = Windows::new(rows, &name, settings.window, settings.limit);
    let plan = Plan::new(settings, &name, input_format, format, &mut windows)?;
    tell(settings, &name, &notes, &plan.picker);
    let identity = identity(settings, classifier, decider, format, plan.channel);
    if let (Some(state), Some(path)) = (&before, &target.path) {
        state.check(path, &identity, &fingerprint)?;
    }
    let written = before.as_ref().map(|state| state.written);
    let rejected_written = before.as_ref().map(|state| state.rejected_bytes);
    let rejected = settings.rejected.clone().or_else(|| target.beside(".rejected.jsonl"));
    let files = (
        Sink::open(&target, format, written)?,
        Rejected::open(rejected.clone(), rejected_written)?,
    );
    let state = before.unwrap_or_else(|| {
        State::new(identity, fingerprint, settings.tally.clone().map(Tally::new))
    });
    let encoder = Encoder::new(format, &settings.output.to_string(), plan.layout.clone(), schema)?;
    let readers = Readers::new(settings.threads)
        .map_err(|error| BatchError::Setting(format!("cannot start threads: {error}")))?;
    let reader = WindowReader {
        readers: &readers,
        classifier,
        decider,
        picker: &plan.picker,
        layout: settings.columns.is_none().then_some(&plan.layout),
        channel: plan.channel,
        today: state.today,
    };
    let known = state.counts.rows;
    let progress = Progress::new(extent, known, settings.quiet);
    let mut writer = Writer::new(target, encoder, files, state, progress, settings.checkpoint);
    // From here on an output without a state beside it is whole.
    writer.save()?;
    let started = Instant::now();
    let ended = pass_through(windows, plan.first, &reader, known, writer)?;
    let counts = ended.state.counts;
    let outcome = Outcome {
        counts,
        before: known,
        took: started.elapsed(),
        rejected: rejected.filter(|_| counts.rejected > 0),
        report: ended.state.tally.as_ref().map(Tally::finish),
    };
    finally(&outcome)?;
    ended.tidy()?;
    Ok(outcome)
}

fn check(settings: &Settings, target: &Target) -> Result<(), BatchError> {
    let refuse = |problem: &str| Err(BatchError::Setting(problem.to_owned()));
    if settings.window == 0 {
        return refuse("a window of 0 rows never ends: give at least 1");
    }
    if settings.text.is_empty() {
        return refuse("name at least one column with the customer's words by --text");
    }
    if settings.existing == Existing::Resume && target.path.is_none() {
        return refuse(
            "standard output cannot be gone on with: name a file by -o, or leave --resume away",
        );
    }
    if let (Location::File(input), Some(output)) = (&settings.input, &target.path)
        && let (Ok(input), Ok(output)) = (input.canonicalize(), output.canonicalize())
        && input == output
        && target.beside("").is_some()
    {
        return refuse("the output is the input: name another file by -o");
    }
    if let Location::Object(url) = &settings.output {
        super::object_store::check(url)?;
    }
    Ok(())
}

fn output_format(settings: &Settings, input: Format) -> Result<Format, BatchError> {
    let named = settings.output_format.or_else(|| match &settings.output {
        Location::Standard => None,
        output => Format::of_name(&output.to_string()),
    });
    match (named, &settings.output, input) {
        (Some(format), ..) => Ok(format),
        (None, Location::Standard, Format::Mbox) => Ok(Format::Jsonl),
        (None, Location::Standard, input) => Ok(input),
        (None, output, _) => Err(BatchError::Setting(format!(
            "cannot tell the format of {output} by its name: give --output-format \
             csv|tsv|jsonl|parquet"
        ))),
    }
}

impl Plan {
    /// Looks at the first window.
    fn new(
        settings: &Settings,
        name: &str,
        input: Format,
        output: Format,
        windows: &mut Windows,
    ) -> Result<Self, BatchError> {
        let first = windows.next()?;
        let records: Vec<&Record> = first.iter().filter_map(|(_, row)| row.as_ref().ok()).collect();
        let (text, date) = (&settings.text, settings.date.as_deref());
        let picker = Picker::new(name, windows.rows(), &records, text, date)?;
        let mut columns = windows.rows().columns();
        // A table has the same columns in every row.
        if columns.is_none() && output != Format::Jsonl {
            columns = Some(Layout::columns_of(records.iter().copied()));
        }
        let is_open = windows.rows().columns().is_none();
        let known = columns.as_deref().filter(|_| !is_open || settings.columns.is_none());
        let results = ResultColumn::ALL.into_iter();
        let results = results.filter(|column| !settings.without.contains(column)).collect();
        let layout = Layout::new(name, known, settings.columns.as_deref(), results)?;
        let usual = if input == Format::Mbox { Channel::Email } else { Channel::Chat };
        let channel = settings.channel.unwrap_or(usual);
        Ok(Self { picker, layout, first, channel })
    }
}

fn tell(settings: &Settings, name: &str, notes: &[String], picker: &Picker) {
    if settings.quiet {
        return;
    }
    for note in notes {
        eprintln!("lotse: {name}: {note}");
    }
    if let (None, Some(column)) = (&settings.date, picker.date_column()) {
        eprintln!(
            "lotse: {name}: the column {column} has the day of each row; --date names another"
        );
    }
}

/// What the results depend on, by name: a run only goes on if nothing of it has changed.
fn identity(
    settings: &Settings,
    classifier: &Classifier,
    decider: Option<&Decider>,
    format: Format,
    channel: Channel,
) -> BTreeMap<String, String> {
    let hash = |text: String| format!("{:x}", Sha256::digest(text));
    let json = |value: Result<String, serde_json::Error>| hash(value.unwrap_or_default());
    let options = &settings.options;
    let names: Vec<&str> = settings.without.iter().map(|column| column.name()).collect();
    let mut identity: Vec<(&str, String)> = vec![
        ("program", env!("CARGO_PKG_VERSION").to_owned()),
        ("--model", json(serde_json::to_string(classifier.manifest()))),
        ("--backend", classifier.backend().to_string()),
        ("--text", settings.text.join(",")),
        ("--columns", settings.columns.as_ref().map_or("all".to_owned(), |names| names.join(","))),
        ("--without", names.join(",")),
        ("--date", settings.date.clone().unwrap_or_default()),
        ("--channel", channel.name().to_owned()),
        ("--window", settings.window.to_string()),
        ("--format", options.format.map_or("", Format::name).to_owned()),
        ("--output-format", format.name().to_owned()),
        ("--delimiter", options.delimiter.map_or(String::new(), |byte| byte.to_string())),
        ("--encoding", options.encoding.map_or("", encoding_rs::Encoding::name).to_owned()),
        ("--report", settings.tally.is_some().to_string()),
    ];
    if let Some(decider) = decider {
        let articles: Vec<_> = decider.knowledge.articles().collect();
        identity.push(("articles of --dir", hash(format!("{articles:?}"))));
        identity.push(("routing of --dir", hash(format!("{:?}", decider.routing))));
        identity.push(("policy of --dir", json(serde_json::to_string(&decider.policy))));
    }
    identity.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Reads, looks and writes, each in a thread of its own, with one window between them at most.
fn pass_through(
    mut windows: Windows,
    first: Vec<Numbered>,
    reader: &WindowReader,
    known: u64,
    mut writer: Writer,
) -> Result<Ended, BatchError> {
    std::thread::scope(|scope| {
        let (give, take): (SyncSender<Result<Vec<Numbered>, BatchError>>, _) = sync_channel(1);
        let (hand_on, receive): (SyncSender<Vec<Seen>>, Receiver<Vec<Seen>>) = sync_channel(1);
        scope.spawn(move || {
            let mut window = Ok(first);
            // Nobody takes windows any more when the run has failed.
            loop {
                let is_last = window.as_ref().map_or(true, Vec::is_empty);
                if give.send(window).is_err() || is_last {
                    return;
                }
                window = windows.next();
            }
        });
        let writing = scope.spawn(move || {
            for window in receive {
                if let Err(error) = writer.write(window) {
                    writer.give_up();
                    return Err(error);
                }
            }
            Ok(writer)
        });
        let read = look(&take, reader, known, &hand_on);
        // The writer ends when nobody hands anything on, the reader when nobody takes.
        drop((hand_on, take));
        let written = writing.join().map_err(|_| BatchError::Stopped("the writer panicked"))?;
        match (written?, read) {
            (writer, Ok(())) => writer.finish(),
            (writer, Err(error)) => {
                writer.give_up();
                Err(error)
            }
        }
    })
}

fn look(
    take: &Receiver<Result<Vec<Numbered>, BatchError>>,
    reader: &WindowReader,
    known: u64,
    hand_on: &SyncSender<Vec<Seen>>,
) -> Result<(), BatchError> {
    for window in take {
        let window = window?;
        if window.is_empty() {
            return Ok(());
        }
        // The writer keeps the error for which it takes no more.
        if hand_on.send(reader.read(window, known)?).is_err() {
            return Ok(());
        }
    }
    Err(BatchError::Stopped("the thread that reads the input panicked"))
}
