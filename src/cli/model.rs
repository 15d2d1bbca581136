use std::path::{Path, PathBuf};

use anyhow::bail;

use super::operator::{decider, share};
use crate::classifier::{Answering, Certificate, Classifier, PackSummary, save_manifest, verify};
use crate::evaluate::{Promise, certify, open_answers, predict, series};
use crate::train::{fit_answering, read_all, texts_sha256};

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
    /// Measure how fast a pack reads messages on this machine
    Bench(super::bench::BenchArguments),
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
        /// Rows of the same kind that nothing was fitted on: with them, the pack gets a certificate
        /// for the risk that lotse.toml allows, or exit status 1 if they do not bear it out
        #[arg(long, num_args = 1.., value_name = "FILE")]
        held_out: Vec<PathBuf>,
        /// How sure the certificate must be
        #[arg(long, default_value = "95%", value_parser = share, value_name = "SHARE")]
        confidence: f32,
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
        ModelCommand::Bench(arguments) => super::bench::run(arguments)?,
        ModelCommand::Import(arguments) => super::import::run(arguments)?,
        ModelCommand::Answers { pack, data, valid, dir, held_out, confidence } => {
            let (rows, valid) = (read_all(data)?, read_all(valid)?);
            let answering = fit_answering(pack, &rows, &valid, &dir.join("knowledge"))?;
            print_answering(&answering);
            if held_out.is_empty() {
                eprintln!(
                    "no certificate: pass --held-out with rows that nothing was fitted on to get one"
                );
            } else {
                let certificate = certify_pack(pack, dir, held_out, *confidence)?;
                println!("certified: {}", describe(&certificate));
            }
        }
    }
    Ok(())
}

/// Certifies the finished pack for the operator's risk on rows that nothing was fitted on, and
/// writes the certificate into it.
fn certify_pack(
    pack: &Path,
    dir: &Path,
    held_out: &[PathBuf],
    confidence: f32,
) -> anyhow::Result<Certificate> {
    let rows = read_all(held_out)?;
    let classifier = Classifier::load(pack)?;
    let mut manifest = classifier.manifest().clone();
    let Some(answering) = &mut manifest.answering else { bail!("the pack answers nothing") };
    if texts_sha256(&rows) == answering.rows_sha256 {
        bail!("--held-out and --valid are the same rows: nothing can be certified on them");
    }
    let decider = decider(dir, &classifier, None)?;
    let promise = Promise::new(decider.policy.risk, confidence)?;
    let (predictions, _) = predict(&classifier, Some(&decider), &rows, || {})?;
    let (answers, judged) = open_answers(rows.iter().zip(&predictions));
    match certify(&answers, judged, &series(&answering.curve, promise), promise) {
        Ok(certificate) => {
            answering.certificate = Some(certificate);
            save_manifest(&manifest, pack)?;
            Ok(certificate)
        }
        Err(refusal) => bail!("the confidence of answers is fitted, but not certified: {refusal}"),
    }
}

fn describe(certificate: &Certificate) -> String {
    let Certificate { risk, confidence, threshold, rows, answered, wrong, .. } = certificate;
    format!(
        "at most {:.1} % of answers wrong with {:.0} % confidence from {threshold:.4} on \
         ({answered} of {rows} held-out messages answered, {wrong} wrong)",
        risk * 100.0,
        confidence * 100.0
    )
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
    if let Some(certificate) = manifest.answering.as_ref().and_then(|a| a.certificate.as_ref()) {
        line("certified", describe(certificate));
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
