use std::path::PathBuf;

use crate::encoder::Pooling;
use crate::import::{ImportOptions, ImportReport, import};

/// A cosine below this, on average, is worth a word.
const NEAR: f64 = 0.98;

/// Arguments of `lotse model import`.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  \
    lotse model import intfloat/multilingual-e5-small --languages de,en --out bases/e5-de-en\n  \
    lotse train --base bases/e5-de-en --data labelled.jsonl --out models/mine\n\n\
    Checkpoints of bert, distilbert, roberta, xlm-roberta and camembert can be imported (MiniLM and \
    E5 are among them), from config.json, tokenizer.json and model.safetensors; pooling is read \
    from 1_Pooling/config.json where there is one.")]
pub(crate) struct ImportArguments {
    /// Checkpoint directory, or name on the hub
    #[arg(value_name = "HUB_NAME|DIR")]
    source: String,
    /// Keep only pieces that these languages use, by ISO 639-1 code [default: keep all]
    #[arg(long, value_delimiter = ',', value_name = "CODE,…")]
    languages: Vec<String>,
    /// Directory of the new base pack
    #[arg(long, value_name = "PACK")]
    out: PathBuf,
    /// Keep about this many pieces, the most frequent ones [default: all that the languages' letters
    /// can spell]
    #[arg(long, value_name = "N")]
    pieces: Option<usize>,
    /// Texts of your own, whose pieces are kept in any case: lines, or JSON lines with `text`
    #[arg(long, num_args = 1.., value_name = "FILE")]
    text: Vec<PathBuf>,
    /// Put before every text [default: what the checkpoint was trained with, where it is known]
    #[arg(long)]
    prefix: Option<String>,
    /// Keep 16-bit floats instead of 4-bit word embeddings and 8-bit layers
    #[arg(long)]
    keep_float: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &ImportArguments) -> anyhow::Result<()> {
    let report = import(&ImportOptions {
        source: arguments.source.clone(),
        languages: arguments.languages.clone(),
        out: arguments.out.clone(),
        pieces: arguments.pieces,
        texts: arguments.text.clone(),
        prefix: arguments.prefix.clone(),
        keep_float: arguments.keep_float,
    })?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", rendered(&report));
    }
    eprintln!("wrote {}; go on with `lotse train --base`", arguments.out.display());
    if report.agreement.mean < NEAR {
        eprintln!(
            "its vectors are some way from the original's: --keep-float leaves the weights as they \
             are, and without --pieces every piece of the languages stays"
        );
    }
    Ok(())
}

fn rendered(report: &ImportReport) -> String {
    let pooling = match report.pooling {
        Pooling::Mean => "mean of the tokens",
        Pooling::Cls => "first token",
    };
    let ignored = match &report.tensors_ignored[..] {
        [] => String::new(),
        names => format!(", {} left out: {}", names.len(), names.join(", ")),
    };
    let agreement = &report.agreement;
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let lines = [
        (
            "encoder",
            format!(
                "{}, {} layers, {} wide, {} tokens a text",
                report.model_type, report.layers, report.hidden_size, report.positions
            ),
        ),
        ("vector", format!("{pooling}; prefix {:?}", report.prefix)),
        ("tensors", format!("{} read{ignored}", report.tensors_read)),
        ("pieces", format!("{} -> {}", report.pieces_before, report.pieces_after)),
        (
            "size",
            format!(
                "{:.1} MB -> {:.1} MB",
                megabytes(report.bytes_before),
                megabytes(report.bytes_after)
            ),
        ),
        (
            "compared",
            format!(
                "{} texts: {} in the same pieces; cosine to the original {:.4} on average, {:.4} \
                 at least",
                agreement.texts, agreement.same_pieces, agreement.mean, agreement.least
            ),
        ),
    ];
    lines.map(|(name, value)| format!("{name:<12} {value}\n")).concat()
}
