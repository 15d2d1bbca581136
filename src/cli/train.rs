use std::path::PathBuf;

use crate::train::{OUT_OF_SCOPE, Quality, TrainOptions, train};

/// Arguments of `lotse train`.
#[derive(clap::Args)]
pub(super) struct TrainArguments {
    /// Labelled rows, JSONL: {"text", "intent"?, "tier"?, "sentiment"?, "lang"?, "articles"?}
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    data: Vec<PathBuf>,
    /// Rows for calibration and thresholds [default: a sixth of --data is held back]
    #[arg(long, num_args = 1.., value_name = "FILE")]
    valid: Vec<PathBuf>,
    /// Encoder to start from: a model pack, a checkpoint directory, or a hub name
    #[arg(long, default_value = "models/nordlicht-de-en", value_name = "PACK|DIR|HUB_NAME")]
    base: String,
    /// Put before every text [default: what the base was trained with]
    #[arg(long)]
    prefix: Option<String>,
    /// Directory of the new pack
    #[arg(long, value_name = "PACK")]
    out: PathBuf,
    /// Label of rows that are out of scope
    #[arg(long, default_value = OUT_OF_SCOPE, value_name = "LABEL")]
    out_of_scope: String,
    /// Start of all random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How much is trained
    #[arg(long, value_enum, default_value = "auto")]
    quality: Quality,
    /// Operator's directory: with it, the confidence of automatic answers from its knowledge/ is
    /// fitted on the validation rows (their field `articles` names the articles that answer them)
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Smaller and faster: keep this many of the base's layers (use with --teacher)
    #[arg(long, value_name = "N")]
    layers: Option<usize>,
    /// Pack whose readings the new one is to match, on rows with and without labels; --base
    /// should be the same pack
    #[arg(long, value_name = "PACK")]
    teacher: Option<PathBuf>,
    /// Passes over the rows where the encoder is trained
    #[arg(long)]
    epochs: Option<usize>,
    /// Rows a step where the encoder is trained
    #[arg(long)]
    batch: Option<usize>,
    /// Highest learning rate where the encoder is trained
    #[arg(long)]
    rate: Option<f64>,
}

pub(super) fn run(arguments: &TrainArguments) -> anyhow::Result<()> {
    let manifest = train(&TrainOptions {
        data: arguments.data.clone(),
        valid: arguments.valid.clone(),
        base: arguments.base.clone(),
        prefix: arguments.prefix.clone(),
        out: arguments.out.clone(),
        out_of_scope: arguments.out_of_scope.clone(),
        seed: arguments.seed,
        quality: arguments.quality,
        knowledge: arguments.dir.as_ref().map(|dir| dir.join("knowledge")),
        teacher: arguments.teacher.clone(),
        layers: arguments.layers,
        epochs: arguments.epochs,
        batch: arguments.batch,
        rate: arguments.rate,
    })?;
    eprintln!("wrote {} ({})", arguments.out.display(), manifest.name);
    Ok(())
}
