use std::path::PathBuf;
use std::time::Instant;

use anyhow::ensure;
use serde::Serialize;

use super::pack::PackArguments;
use crate::classifier::{Classifier, Readers, Reading};
use crate::text::{PreparedText, prepare};
use crate::train::read_rows;

/// Arguments of `lotse model bench`.
#[derive(clap::Args)]
pub(super) struct BenchArguments {
    #[command(flatten)]
    pack: PackArguments,
    /// Messages to read, as JSON lines with a field `text`
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Threads that read
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Times that all messages are read, after once for warmth
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Also read the messages one by one on one thread
    #[arg(long)]
    single: bool,
}

#[derive(Serialize)]
struct Figures {
    backend: &'static str,
    messages: usize,
    tokens: usize,
    threads: usize,
    rounds: Vec<Round>,
    single_ms: Option<Single>,
}

/// One reading of all messages.
#[derive(Serialize)]
struct Round {
    /// From text to result, tokenising included.
    seconds: f64,
    /// Tokenising alone, on the same threads, measured by itself.
    tokenise_seconds: f64,
}

/// Milliseconds of a message that is read alone.
#[derive(Serialize)]
struct Single {
    p50: f64,
    p99: f64,
}

/// Measures how fast a pack reads here and prints the figures as one JSON object.
pub(super) fn run(arguments: &BenchArguments) -> anyhow::Result<()> {
    ensure!(arguments.threads > 0 && arguments.rounds > 0, "--threads and --rounds start at 1");
    let classifier = arguments.pack.load()?;
    let rows = read_rows(&arguments.data)?;
    let prepared: Vec<PreparedText> = rows.iter().map(|row| prepare(&row.text, None)).collect();
    let texts: Vec<&PreparedText> = prepared.iter().collect();
    let readers = Readers::new(arguments.threads)?;
    let mut tokens = 0;
    for text in &texts {
        tokens += classifier.token_ids(text)?.len();
    }
    read(&readers, &classifier, &texts)?;
    let rounds = (0..arguments.rounds)
        .map(|_| round(&readers, &classifier, &texts))
        .collect::<anyhow::Result<_>>()?;
    let single_ms = arguments.single.then(|| single(&classifier, &texts)).transpose()?;
    let figures = Figures {
        backend: classifier.backend().name(),
        messages: texts.len(),
        tokens,
        threads: arguments.threads,
        rounds,
        single_ms,
    };
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}

fn read(
    readers: &Readers,
    classifier: &Classifier,
    texts: &[&PreparedText],
) -> anyhow::Result<Vec<Reading>> {
    Ok(readers.read(classifier, texts, |_, reading| reading)?)
}

fn round(
    readers: &Readers,
    classifier: &Classifier,
    texts: &[&PreparedText],
) -> anyhow::Result<Round> {
    let started = Instant::now();
    let readings = read(readers, classifier, texts)?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(readings.len() == texts.len(), "not every message was read");
    let started = Instant::now();
    for ids in readers.each(texts.len(), |index| classifier.token_ids(texts[index]))? {
        ids?;
    }
    Ok(Round { seconds, tokenise_seconds: started.elapsed().as_secs_f64() })
}

fn single(classifier: &Classifier, texts: &[&PreparedText]) -> anyhow::Result<Single> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut times = pool.install(|| {
        texts
            .iter()
            .map(|text| {
                let started = Instant::now();
                classifier.read(std::slice::from_ref(text))?;
                Ok(started.elapsed().as_secs_f64() * 1e3)
            })
            .collect::<anyhow::Result<Vec<f64>>>()
    })?;
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    Ok(Single { p50: at(0.5), p99: at(0.99) })
}
