use std::path::PathBuf;

use crate::classifier::{Answering, PackSummary, verify};
use crate::train::{fit_answering, read_all};

/// What to do with a model pack.
#[derive(clap::Subcommand)]
pub(super) enum ModelCommand {
    /// Print what the pack is: size, heads, languages, what it was trained on, its figures
    Info {
        /// Model pack
        #[arg(default_value = "models/nordlicht-de-en")]
        pack: PathBuf,
        /// Print lotse.json with sizes as JSON
        #[arg(long)]
        json: bool,
    },
    /// Check hashes and shapes, and read one message with it
    Verify {
        /// Model pack
        #[arg(default_value = "models/nordlicht-de-en")]
        pack: PathBuf,
    },
    /// Make a base for `lotse train` out of a BERT-family checkpoint: smaller, and in your languages
    Import(super::import::ImportArguments),
    /// Fit the confidence of automatic answers anew for a knowledge base that has changed much
    Answers {
        /// Model pack, whose lotse.json is rewritten
        #[arg(default_value = "models/nordlicht-de-en")]
        pack: PathBuf,
        /// Training rows whose field `articles` names the articles that answer them ([] where none)
        #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
        data: Vec<PathBuf>,
        /// Rows of the same kind that the model was not trained on
        #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
        valid: Vec<PathBuf>,
        /// Operator's directory; the articles are in its folder knowledge/
        #[arg(long, default_value = "demo")]
        dir: PathBuf,
    },
}

pub(super) fn run(command: &ModelCommand) -> anyhow::Result<()> {
    match command {
        ModelCommand::Info { pack, json } => {
            let summary = verify(pack)?;
            if *json {
                println!("{}", serde_json::to_string_pretty(&summary)?);
            } else {
                print_summary(&summary);
            }
        }
        ModelCommand::Verify { pack } => {
            let summary = verify(pack)?;
            println!(
                "{}: whole, {} files match their hashes, one message read",
                pack.display(),
                summary.manifest.files.len()
            );
        }
        ModelCommand::Import(arguments) => super::import::run(arguments)?,
        ModelCommand::Answers { pack, data, valid, dir } => {
            let (rows, valid) = (read_all(data)?, read_all(valid)?);
            let answering = fit_answering(pack, &rows, &valid, &dir.join("knowledge"))?;
            print_answering(&answering);
        }
    }
    Ok(())
}

/// What each risk buys on the rows that the confidence was fitted on.
fn print_answering(answering: &Answering) {
    println!("{:>6}  {:>9}  {:>8}  {:>6}", "risk", "threshold", "answered", "wrong");
    for risk in [0.005, 0.01, 0.02, 0.05, 0.1] {
        let Some(threshold) = answering.threshold(risk) else {
            println!("{:>5.1}%  too few rows to keep it", risk * 100.0);
            continue;
        };
        let point = answering.curve.iter().rfind(|point| point.threshold >= threshold);
        let (answered, wrong) = point.map_or((0, 0), |point| (point.answered, point.wrong));
        println!("{:>5.1}%  {threshold:>9.3}  {answered:>8}  {wrong:>6}", risk * 100.0);
    }
}

fn print_summary(summary: &PackSummary) {
    let manifest = &summary.manifest;
    let line = |name: &str, value: String| println!("{name:<12} {value}");
    line("pack", format!("{} ({})", manifest.name, summary.path.display()));
    line("size", format!("{:.1} MB on disk", summary.bytes as f64 / 1e6));
    line(
        "encoder",
        format!(
            "{} layers, {} wide, {:.1} M weights, from {}",
            summary.layers,
            summary.hidden_size,
            summary.parameters as f64 / 1e6,
            manifest.training.base
        ),
    );
    line("languages", manifest.languages.join(", "));
    for (name, head) in &manifest.heads {
        let labels = if head.labels.len() > 6 {
            format!("{} labels", head.labels.len())
        } else {
            head.labels.join(", ")
        };
        line(name, format!("{labels} (temperature {:.2})", head.temperature));
    }
    if let Some(scope) = &manifest.scope {
        line("in scope", format!("from a probability of {:.2}", scope.threshold));
    }
    let training = &manifest.training;
    let trained = if manifest.heads.is_empty() {
        format!("not yet: a base for `lotse train`, made {}", training.created)
    } else {
        format!(
            "{} on {} rows, calibrated on {}, quality {}, seed {}",
            training.created,
            training.rows,
            training.validation_rows,
            training.quality,
            training.seed
        )
    };
    line("trained", trained);
    for (name, value) in &manifest.figures {
        line("", format!("{name} {value:.4}"));
    }
}
