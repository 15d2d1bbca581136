use std::path::PathBuf;

use crate::classifier::{PackSummary, verify};

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
    }
    Ok(())
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
    line(
        "trained",
        format!(
            "{} on {} rows, calibrated on {}, quality {}, seed {}",
            training.created,
            training.rows,
            training.validation_rows,
            training.quality,
            training.seed
        ),
    );
    for (name, value) in &manifest.figures {
        line("", format!("{name} {value:.4}"));
    }
}
