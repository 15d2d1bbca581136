//! What is held beside a model: another system's predictions, a baseline, changed messages, the
//! training files.

use std::path::Path;

use anyhow::Context as _;

use super::{EvaluateArguments, data_file, decider, now, sha256};
use crate::classifier::Classifier;
use crate::evaluate::{
    About, Baseline, BehaviourOptions, Comparison, ForeignFile, LabelledFile, LeakReport,
    LintOptions, MatchSummary, Matched, Prediction, Report, ReportOptions, RowsOf, behave, predict,
};
use crate::train::{LabelledRow, read_rows};

/// What a report was built from.
pub(super) struct Basis<'a> {
    pub arguments: &'a EvaluateArguments,
    pub files: &'a [(&'a Path, Vec<LabelledRow>)],
    pub rows: &'a [LabelledRow],
    pub predictions: &'a [Prediction],
    pub options: &'a ReportOptions,
}

/// A system to compare with.
struct Other {
    name: String,
    sha256: String,
    matched: Matched,
}

/// The report of another system's predictions; no model is loaded.
pub(super) fn measure_predictions(
    path: &Path,
    arguments: &EvaluateArguments,
    files: &[(&Path, Vec<LabelledRow>)],
    targets: Vec<Comparison>,
) -> anyhow::Result<Report> {
    let other = foreign(path, arguments, files)?;
    let rows: Vec<LabelledRow> = files.iter().flat_map(|(_, rows)| rows.clone()).collect();
    let Matched { predictions, summary } = other.matched;
    let options = ReportOptions {
        out_of_scope: arguments.out_of_scope.clone(),
        targets,
        without_confidence: summary.without_confidence.clone(),
        about: About {
            model: other.name,
            model_sha256: other.sha256,
            data: files
                .iter()
                .map(|(path, rows)| data_file(path, rows))
                .collect::<anyhow::Result<_>>()?,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            created: now(),
        },
        ..ReportOptions::default()
    };
    let report = Report::build(&rows, &predictions, &options)?.with_predictions(summary);
    let basis =
        Basis { arguments, files, rows: &rows, predictions: &predictions, options: &options };
    add(report, &basis, None)
}

/// The report with baseline, behavioural tests and leaks, as far as they are asked for.
pub(super) fn add(
    mut report: Report,
    basis: &Basis,
    classifier: Option<&Classifier>,
) -> anyhow::Result<Report> {
    let Basis { arguments, rows, predictions, options, .. } = basis;
    if let Some(path) = &arguments.baseline {
        let other = baseline(path, basis)?;
        let summary = &other.matched.summary;
        let baseline = Baseline {
            name: &other.name,
            sha256: &other.sha256,
            predictions: &other.matched.predictions,
            without_confidence: &summary.without_confidence,
        };
        report = report.with_baseline(rows, predictions, options, &baseline)?;
    }
    if let (Some(most), Some(classifier)) = (arguments.behaviour, classifier) {
        let options = BehaviourOptions {
            rows: most,
            out_of_scope: options.out_of_scope.clone(),
            smalltalk: options.smalltalk.clone(),
            ..BehaviourOptions::default()
        };
        let progress = indicatif::ProgressBar::new_spinner();
        let behaviour = behave(classifier, rows, &options, |test| {
            progress.set_message(format!("behaviour: {test}"));
            progress.tick();
        })?;
        progress.finish_and_clear();
        report = report.with_behaviour(behaviour);
    }
    if !arguments.train.is_empty() {
        report = report.with_leaks(leaks(basis)?);
    }
    Ok(report)
}

/// A file of predictions, matched to the rows.
fn foreign(
    path: &Path,
    arguments: &EvaluateArguments,
    files: &[(&Path, Vec<LabelledRow>)],
) -> anyhow::Result<Other> {
    let file = ForeignFile::read(path)?;
    let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
    let rows: Vec<RowsOf> =
        files.iter().zip(&names).map(|((_, rows), name)| RowsOf { name, rows }).collect();
    let matched = file.match_rows(&rows, &arguments.out_of_scope)?;
    Ok(Other { name: path.display().to_string(), sha256: file.sha256, matched })
}

/// The baseline: a pack where the path is a directory, otherwise a file of predictions.
fn baseline(path: &Path, basis: &Basis) -> anyhow::Result<Other> {
    if !path.is_dir() {
        let other = foreign(path, basis.arguments, basis.files)?;
        for unknown in &other.matched.summary.unknown_intents {
            eprintln!(
                "{}, line {}: no row carries the intent `{}` ({} predictions, counted as wrong)",
                other.name, unknown.line, unknown.name, unknown.count
            );
        }
        return Ok(other);
    }
    let classifier = Classifier::load(path).context("--baseline")?;
    let decider = match &basis.arguments.dir {
        // A pack that cannot decide is compared in what it reads.
        Some(dir) if classifier.answering().is_some() => {
            Some(decider(dir, &classifier, basis.arguments.risk)?)
        }
        _ => None,
    };
    let progress = indicatif::ProgressBar::new(basis.rows.len() as u64);
    let (predictions, _) = predict(&classifier, decider.as_ref(), basis.rows, || progress.inc(1))?;
    progress.finish_and_clear();
    let manifest = classifier.manifest();
    Ok(Other {
        name: format!("{} ({})", manifest.name, path.display()),
        sha256: sha256(&path.join("lotse.json"))?,
        matched: Matched { predictions, summary: MatchSummary::default() },
    })
}

fn leaks(basis: &Basis) -> anyhow::Result<LeakReport> {
    let mut read = Vec::new();
    for path in &basis.arguments.train {
        read.push((path.display().to_string(), read_rows(path)?));
    }
    let train: Vec<LabelledFile> =
        read.iter().map(|(name, rows)| LabelledFile { name, rows }).collect();
    let similarity = LintOptions::default().similarity;
    let mut report =
        LeakReport::new(&train, basis.rows, basis.predictions, basis.options, similarity)?;
    report.train = basis
        .arguments
        .train
        .iter()
        .zip(&read)
        .map(|(path, (_, rows))| data_file(path, rows))
        .collect::<anyhow::Result<_>>()?;
    Ok(report)
}
