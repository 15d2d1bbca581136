use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sha2::{Digest, Sha256};

use super::summaries;
use crate::classifier::Classifier;
use crate::evaluate::{
    About, Comparison, DataFile, Decider, FailIf, LabelledFile, LintOptions, Report, ReportOptions,
    TextOptions, lint, page, predict, summary_text, text,
};
use crate::knowledge::Knowledge;
use crate::train::{LabelledRow, OUT_OF_SCOPE, read_rows};
use crate::triage::{Policy, Routing};

/// Findings of one kind that the lint prints.
const FINDINGS: usize = 20;

/// Arguments of `lotse evaluate`.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    lotse evaluate --data eval/nordlicht/test.jsonl --dir demo\n  \
    lotse evaluate --data mine.jsonl --model my-pack --report report --fail-if 'intent_accuracy < 0.9'\n  \
    lotse evaluate --lint --data demo/examples/train.jsonl demo/examples/valid.jsonl\n  \
    lotse evaluate --summaries eval/summaries/test.jsonl --dir demo\n\n\
    Exit status 1 if --fail-if holds, or if the lint finds something serious.")]
pub(super) struct EvaluateArguments {
    /// Model pack
    #[arg(long, default_value = "models/nordlicht-de-en")]
    model: PathBuf,
    /// Labelled rows, JSONL: {"text", "intent"?, "tier"?, "sentiment"?, "articles"?, "queue"?, …}
    #[arg(long, required_unless_present = "summaries", num_args = 1.., value_name = "FILE")]
    data: Vec<PathBuf>,
    /// Judge hand-over summaries instead, on dialogues, JSONL: {"id", "language", "turns",
    /// "reference", "facts"}
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "lint", "fail_if", "target", "report"])]
    summaries: Option<PathBuf>,
    /// Operator's directory: with it, answers and queues are judged as well
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Label of rows that are out of scope
    #[arg(long, default_value = OUT_OF_SCOPE, value_name = "LABEL")]
    out_of_scope: String,
    /// Share of wrong automatic answers that sets the threshold
    #[arg(long, default_value_t = Policy::default().risk)]
    risk: f32,
    /// Show what is to be reached beside a figure, for example `tier_accuracy >= 87%`
    #[arg(long, num_args = 1.., value_name = "COMPARISON")]
    target: Vec<String>,
    /// End with status 1 if this holds, for example `ece_intent > 0.04 or tier3_answered > 0`
    #[arg(long, value_name = "EXPRESSION")]
    fail_if: Option<String>,
    /// Write report.html and report.json into this directory
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Write the report as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Mistakes of each kind to print
    #[arg(long, default_value_t = 10, value_name = "N")]
    mistakes: usize,
    /// Check the rows themselves: duplicates, leaks between files, conflicts, thin classes
    #[arg(long)]
    lint: bool,
}

/// Runs the command; false is exit status 1.
pub(super) fn run(arguments: &EvaluateArguments) -> anyhow::Result<bool> {
    if let Some(file) = &arguments.summaries {
        return judge_summaries(arguments, file).map(|()| true);
    }
    let files = arguments
        .data
        .iter()
        .map(|path| Ok((path.as_path(), read_rows(path)?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    if arguments.lint {
        return Ok(check_rows(arguments, &files));
    }
    let fail_if = arguments.fail_if.as_deref().map(FailIf::parse).transpose()?;
    let targets = arguments
        .target
        .iter()
        .map(|target| Comparison::parse(target))
        .collect::<Result<Vec<_>, _>>()?;
    let report = measure(arguments, &files, targets)?;
    print!("{}", text(&report, TextOptions { mistakes: arguments.mistakes }));
    if let Some(directory) = &arguments.report {
        std::fs::create_dir_all(directory)
            .with_context(|| format!("cannot make the directory {}", directory.display()))?;
        write(&directory.join("report.html"), &page(&report))?;
        write(&directory.join("report.json"), &report.to_json()?)?;
    }
    if let Some(path) = &arguments.json {
        write(path, &report.to_json()?)?;
    }
    let failures = match &fail_if {
        Some(fail_if) => fail_if.check(&report.figures())?,
        None => Vec::new(),
    };
    for failure in &failures {
        eprintln!("lotse: --fail-if holds: {failure}");
    }
    Ok(failures.is_empty())
}

fn judge_summaries(arguments: &EvaluateArguments, file: &Path) -> anyhow::Result<()> {
    let report = summaries::measure(file, &arguments.model, arguments.dir.as_deref())?;
    print!("{}", summary_text(&report, arguments.mistakes));
    if let Some(path) = &arguments.json {
        write(path, &serde_json::to_string_pretty(&report)?)?;
    }
    Ok(())
}

fn measure(
    arguments: &EvaluateArguments,
    files: &[(&Path, Vec<LabelledRow>)],
    targets: Vec<Comparison>,
) -> anyhow::Result<Report> {
    let classifier = Classifier::load(&arguments.model)?;
    let decider = match &arguments.dir {
        Some(dir) => Some(decider(dir, &classifier, arguments.risk)?),
        None => None,
    };
    let rows: Vec<LabelledRow> = files.iter().flat_map(|(_, rows)| rows.clone()).collect();
    let progress = indicatif::ProgressBar::new(rows.len() as u64);
    let (predictions, latencies) =
        predict(&classifier, decider.as_ref(), &rows, || progress.inc(1))?;
    progress.finish_and_clear();
    let manifest = classifier.manifest();
    let data = files
        .iter()
        .map(|(path, rows)| {
            let bytes = std::fs::read(path)?;
            let name = path.display().to_string();
            Ok(DataFile { name, rows: rows.len(), sha256: format!("{:x}", Sha256::digest(&bytes)) })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let options = ReportOptions {
        out_of_scope: arguments.out_of_scope.clone(),
        smalltalk: Policy::default().smalltalk_intents,
        targets,
        latencies,
        about: About {
            model: manifest.name.clone(),
            model_sha256: manifest.files.get("model.safetensors").cloned().unwrap_or_default(),
            data,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            created: jiff::Timestamp::now().to_string(),
        },
        ..ReportOptions::default()
    };
    Ok(Report::build(&rows, &predictions, &options)?)
}

fn decider(dir: &Path, classifier: &Classifier, risk: f32) -> anyhow::Result<Decider> {
    let Some(answering) = classifier.answering() else {
        bail!(
            "the pack has no confidence of automatic answers: run `lotse model answers` with rows \
             that name their articles, or leave --dir away"
        );
    };
    let policy = Policy { risk, ..Policy::default() }.with_answering(Some(answering.clone()));
    policy.validate()?;
    let (knowledge, problems) = Knowledge::load(&dir.join("knowledge"), classifier)?;
    for problem in problems {
        eprintln!("{problem}");
    }
    Ok(Decider {
        knowledge: knowledge.with_ranking(answering.ranking),
        routing: Routing::load(&dir.join("routing.toml"))?,
        policy,
    })
}

fn check_rows(arguments: &EvaluateArguments, files: &[(&Path, Vec<LabelledRow>)]) -> bool {
    let tier_floor = Classifier::load(&arguments.model)
        .map_or_else(|_| LintOptions::default().tier_floor, |c| c.manifest().tier_floor.clone());
    let options = LintOptions {
        tier_floor,
        out_of_scope: arguments.out_of_scope.clone(),
        ..LintOptions::default()
    };
    let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
    let files: Vec<LabelledFile> =
        files.iter().zip(&names).map(|((_, rows), name)| LabelledFile { name, rows }).collect();
    let report = lint(&files, &options);
    print!("{}", report.text(FINDINGS));
    report.serious() == 0
}

fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    std::fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
