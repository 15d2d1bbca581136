use std::io::Write;
use std::sync::mpsc::{Receiver, sync_channel};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::pack::PackArguments;
use crate::batch::{self, MAX_LINE_BYTES, Rejection, check_text, read_line};
use crate::classifier::{Classifier, Readers, Reading};
use crate::domain::{Classification, Language};
use crate::text::{PreparedText, prepare};

/// Most lines that are read in one go. What waits on standard input makes a batch; a lone line is
/// answered at once.
const BATCH: usize = 256;

/// Arguments of `lotse classify`.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    echo 'Wo ist mein Paket?' | lotse classify\n  \
    lotse classify --jsonl < tickets.jsonl | jq -r '[.id, .intent.name] | @tsv'\n\n\
    Every line gets one result line, in order: the `classification` object of the HTTP interface \
    with the row's `id` (its own, or the line number), or {\"id\", \"error\": {\"code\", \
    \"message\"}}. Exit status 1 if any line was an error.")]
pub(super) struct ClassifyArguments {
    #[command(flatten)]
    pack: PackArguments,
    /// Lines are JSON objects {"text", "id"?, "language"?} instead of plain text
    #[arg(long)]
    jsonl: bool,
}

/// A JSON line; other fields are ignored, so that labelled rows can be piped through.
#[derive(Deserialize)]
struct InputRow {
    text: String,
    id: Option<serde_json::Value>,
    #[serde(alias = "lang")]
    language: Option<Language>,
}

#[derive(Serialize)]
struct ResultRow<'a> {
    id: &'a serde_json::Value,
    #[serde(flatten)]
    classification: &'a Classification,
}

#[derive(Serialize)]
struct ErrorRow<'a> {
    id: &'a serde_json::Value,
    error: &'a Rejection,
}

struct Line {
    id: serde_json::Value,
    content: Result<PreparedText, Rejection>,
}

/// Reads standard input to its end; true if every line was classified.
pub(super) fn run(arguments: &ClassifyArguments) -> anyhow::Result<bool> {
    let classifier = arguments.pack.load()?;
    let jsonl = arguments.jsonl;
    let (sender, lines) = sync_channel(BATCH);
    let reader = std::thread::spawn(move || -> std::io::Result<()> {
        let mut input = std::io::stdin().lock();
        let mut number = 0;
        while let Some(line) = read_line(&mut input)? {
            number += 1;
            // The receiver is gone when standard output was closed; then nobody wants more.
            if sender.send(parse(&line, number, jsonl)).is_err() {
                break;
            }
        }
        Ok(())
    });
    let clean = match answer_lines(&classifier, &lines) {
        Err(error) if is_closed_pipe(&error) => return Ok(true),
        result => result?,
    };
    match reader.join() {
        Ok(result) => result.map_err(|error| anyhow::anyhow!("reading standard input: {error}"))?,
        Err(_) => anyhow::bail!("the thread that reads standard input panicked"),
    }
    Ok(clean)
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

fn answer_lines(classifier: &Classifier, lines: &Receiver<Line>) -> anyhow::Result<bool> {
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let readers = Readers::new(0).context("cannot start the threads of the encoder")?;
    let mut clean = true;
    while let Ok(first) = lines.recv() {
        let mut batch = vec![first];
        batch.extend(lines.try_iter().take(BATCH - 1));
        clean &= answer_batch(&readers, classifier, &batch, &mut output)?;
        output.flush()?;
    }
    Ok(clean)
}

fn answer_batch(
    readers: &Readers,
    classifier: &Classifier,
    batch: &[Line],
    output: &mut impl Write,
) -> anyhow::Result<bool> {
    let texts: Vec<&PreparedText> =
        batch.iter().filter_map(|line| line.content.as_ref().ok()).collect();
    let classifications =
        readers.read(classifier, &texts, |_, reading: Reading| reading.classification)?;
    let mut classifications = classifications.iter();
    let mut clean = true;
    for line in batch {
        if let Err(error) = &line.content {
            clean = false;
            serde_json::to_writer(&mut *output, &ErrorRow { id: &line.id, error })?;
        } else {
            let classification = classifications
                .next()
                .with_context(|| format!("line {} got no result", line.id))?;
            let row = ResultRow { id: &line.id, classification };
            serde_json::to_writer(&mut *output, &row)?;
        }
        output.write_all(b"\n")?;
    }
    Ok(clean)
}

fn parse(line: &batch::Line, number: usize, jsonl: bool) -> Line {
    let id = serde_json::Value::from(number);
    if line.is_cut {
        let message =
            format!("line {number} has more than {MAX_LINE_BYTES} bytes; cut it to the text");
        return Line { id, content: Err(Rejection::new("text_too_long", message)) };
    }
    let Ok(text) = std::str::from_utf8(line.content()) else {
        let message =
            format!("line {number} is not UTF-8; convert the input, for example by iconv");
        return Line { id, content: Err(Rejection::new("invalid_utf8", message)) };
    };
    if !jsonl {
        return Line { id, content: check(text, None) };
    }
    match serde_json::from_str::<InputRow>(text) {
        Ok(row) => Line { id: row.id.unwrap_or(id), content: check(&row.text, row.language) },
        Err(problem) => {
            let message =
                format!("line {number} is not a JSON object with a string `text`: {problem}");
            Line { id, content: Err(Rejection::new("invalid_json", message)) }
        }
    }
}

fn check(text: &str, language: Option<Language>) -> Result<PreparedText, Rejection> {
    Ok(prepare(&check_text(text)?, language))
}
