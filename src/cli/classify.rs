use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};

use serde::{Deserialize, Serialize};

use crate::classifier::Classifier;
use crate::domain::{Classification, Language, MAX_TEXT_CHARS};
use crate::encoder::Backend;
use crate::text::{PreparedText, prepare};

/// Most lines that are read in one go. What waits on standard input makes a batch; a lone line is
/// answered at once.
const BATCH: usize = 256;

/// Longest line that is read, in bytes. The rest of a longer line is thrown away and the line is
/// answered with an error: standard input may hold anything.
const MAX_LINE_BYTES: usize = 1_000_000;

/// Arguments of `lotse classify`.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    echo 'Wo ist mein Paket?' | lotse classify\n  \
    lotse classify --jsonl < tickets.jsonl | jq -r '[.id, .intent.name] | @tsv'\n\n\
    Every line gets one result line, in order: the `classification` object of the HTTP interface \
    with the row's `id` (its own, or the line number), or {\"id\", \"error\": {\"code\", \
    \"message\"}}. Exit status 1 if any line was an error.")]
pub(super) struct ClassifyArguments {
    /// Model pack
    #[arg(long, env = "LOTSE_MODEL__PATH", default_value = "models/nordlicht-de-en")]
    model: PathBuf,
    /// How the encoder is computed: int8 (fast) or f32 (reference)
    #[arg(long, env = "LOTSE_MODEL__BACKEND", default_value_t)]
    backend: Backend,
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

#[derive(Debug, Serialize)]
struct LineError {
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
struct ErrorRow<'a> {
    id: &'a serde_json::Value,
    error: &'a LineError,
}

struct Line {
    id: serde_json::Value,
    content: Result<PreparedText, LineError>,
}

/// Reads standard input to its end; true if every line was classified.
pub(super) fn run(arguments: &ClassifyArguments) -> anyhow::Result<bool> {
    let classifier = Classifier::load_for(&arguments.model, arguments.backend)?;
    let jsonl = arguments.jsonl;
    let (sender, lines) = sync_channel(BATCH);
    let reader = std::thread::spawn(move || -> std::io::Result<()> {
        let mut input = std::io::stdin().lock();
        let mut number = 0;
        while let Some(bytes) = read_line(&mut input)? {
            number += 1;
            // The receiver is gone when standard output was closed; then nobody wants more.
            if sender.send(parse(&bytes, number, jsonl)).is_err() {
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
    let mut clean = true;
    while let Ok(first) = lines.recv() {
        let mut batch = vec![first];
        batch.extend(lines.try_iter().take(BATCH - 1));
        clean &= answer_batch(classifier, &batch, &mut output)?;
        output.flush()?;
    }
    Ok(clean)
}

fn answer_batch(
    classifier: &Classifier,
    batch: &[Line],
    output: &mut impl Write,
) -> anyhow::Result<bool> {
    let good: Vec<usize> = (0..batch.len()).filter(|index| batch[*index].content.is_ok()).collect();
    let texts: Vec<&PreparedText> =
        batch.iter().filter_map(|line| line.content.as_ref().ok()).collect();
    let mut classifications: Vec<Option<Classification>> = vec![None; batch.len()];
    for (index, reading) in good.into_iter().zip(classifier.read_many(&texts)?) {
        classifications[index] = Some(reading.classification);
    }
    let mut clean = true;
    for (line, classification) in batch.iter().zip(&classifications) {
        match (&line.content, classification) {
            (Err(error), _) => {
                clean = false;
                serde_json::to_writer(&mut *output, &ErrorRow { id: &line.id, error })?;
            }
            (Ok(_), Some(classification)) => {
                let row = ResultRow { id: &line.id, classification };
                serde_json::to_writer(&mut *output, &row)?;
            }
            (Ok(_), None) => anyhow::bail!("line {} got no result", line.id),
        }
        output.write_all(b"\n")?;
    }
    Ok(clean)
}

/// The next line without its end, cut at [`MAX_LINE_BYTES`] + 1; none at the end of the input.
fn read_line(input: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut any = false;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(any.then_some(line));
        }
        any = true;
        let (end, used) = match available.iter().position(|byte| *byte == b'\n') {
            Some(place) => (true, place),
            None => (false, available.len()),
        };
        let room = (MAX_LINE_BYTES + 1).saturating_sub(line.len());
        line.extend_from_slice(&available[..used.min(room)]);
        input.consume(used + usize::from(end));
        if end {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(Some(line));
        }
    }
}

fn parse(bytes: &[u8], number: usize, jsonl: bool) -> Line {
    let id = serde_json::Value::from(number);
    let error = |code, message: String| Err(LineError { code, message });
    if bytes.len() > MAX_LINE_BYTES {
        return Line { id, content: error("text_too_long", too_long()) };
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        let message =
            format!("line {number} is not UTF-8; convert the input, for example by iconv");
        return Line { id, content: error("invalid_utf8", message) };
    };
    if !jsonl {
        return Line { id, content: check(text, None) };
    }
    match serde_json::from_str::<InputRow>(text) {
        Ok(row) => Line { id: row.id.unwrap_or(id), content: check(&row.text, row.language) },
        Err(problem) => {
            let message =
                format!("line {number} is not a JSON object with a string `text`: {problem}");
            Line { id, content: error("invalid_json", message) }
        }
    }
}

fn check(text: &str, language: Option<Language>) -> Result<PreparedText, LineError> {
    if text.trim().is_empty() {
        let message = "the text is blank".to_owned();
        return Err(LineError { code: "text_blank", message });
    }
    if text.chars().count() > MAX_TEXT_CHARS {
        return Err(LineError { code: "text_too_long", message: too_long() });
    }
    Ok(prepare(text, language))
}

fn too_long() -> String {
    format!("the text has more than {MAX_TEXT_CHARS} characters; cut it to the customer's message")
}
