mod others;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sha2::{Digest, Sha256};

use super::cross_validate::cross_validate;
use super::operator::{decider, share};
use super::summaries;
use crate::classifier::{Answering, Classifier};
use crate::encoder::Backend;
use crate::evaluate::{
    About, Comparison, Costs, DataFile, FailIf, LabelledFile, LintOptions, Promise, Report,
    ReportOptions, RiskOptions, TextOptions, lint, page, predict, series, summary_text, text,
};
use crate::train::{LabelledRow, OUT_OF_SCOPE, read_rows, texts_sha256};
use crate::triage::Policy;

/// Findings of one kind that the lint prints.
const FINDINGS: usize = 20;

/// Arguments of `lotse evaluate`.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    lotse evaluate --data eval/nordlicht/test.jsonl --dir demo\n  \
    lotse evaluate --data mine.jsonl --model my-pack --report report --fail-if 'intent_accuracy < 0.9'\n  \
    lotse evaluate --data held-out.jsonl --dir demo --certify 2% --confidence 95%\n  \
    lotse evaluate --cross-validate 5 --data mine.jsonl\n  \
    lotse evaluate --data mine.jsonl --model new-pack --baseline old-pack --fail-if 'worse > 0'\n  \
    lotse evaluate --data mine.jsonl --predictions rasa.jsonl --baseline models/nordlicht-de-en\n  \
    lotse evaluate --summaries eval/summaries/test.jsonl --dir demo\n  \
    lotse evaluate --lint --data demo/examples/train.jsonl demo/examples/valid.jsonl\n\n\
    Predictions of another system (--predictions, --baseline): JSONL, one object a line,\n  \
    {\"id\": \"7\", \"intent\": \"get_invoice\", \"confidence\": 0.93, \"in_scope\"?: 0.99,\n   \
    \"sentiment\"?: \"neutral\", \"sentiment_confidence\"?: 0.9, \"tier\"?: 2, \"tier_confidence\"?: 0.8}\n\
    or CSV (.csv, .tsv) with these names in its first line. Rows are found by \"id\", else by \"text\",\n\
    else by order. Intent null, an empty cell or the --out-of-scope label: rejected. Output of\n\
    `lotse classify --jsonl` and of Rasa is read as well. More: eval/README.md\n\n\
    Exit status 1 if --fail-if holds, or if the lint finds something serious.")]
pub(super) struct EvaluateArguments {
    /// Model pack
    #[arg(long, default_value = "models/nordlicht-de-en")]
    model: PathBuf,
    /// How the encoder is computed: int8 (fast) or f32 (reference)
    #[arg(long, env = "LOTSE_MODEL__BACKEND", default_value_t)]
    backend: Backend,
    /// Labelled rows, JSONL: {"text", "intent"?, "tier"?, "sentiment"?, "articles"?, "queue"?, …}
    #[arg(long, required_unless_present = "summaries", num_args = 1.., value_name = "FILE")]
    data: Vec<PathBuf>,
    /// Judge hand-over summaries instead, on dialogues, JSONL: {"id", "language", "turns",
    /// "reference", "facts"}
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "lint", "fail_if", "target", "report"])]
    summaries: Option<PathBuf>,
    /// Operator's directory: with it, answers and queues are judged as well, by its lotse.toml
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Label of rows that are out of scope
    #[arg(long, default_value = OUT_OF_SCOPE, value_name = "LABEL")]
    out_of_scope: String,
    /// Share of wrong automatic answers that sets the threshold [default: as in lotse.toml]
    #[arg(long, requires = "dir", value_parser = share, value_name = "SHARE")]
    risk: Option<f32>,
    /// Find the threshold that promises at most this share of wrong answers, for example 2%, on
    /// rows that nothing was fitted on; `--fail-if 'not_certified > 0'` makes a gate of it
    #[arg(long, requires = "dir", value_parser = share, value_name = "SHARE")]
    certify: Option<f32>,
    /// How sure the promise of --certify must be
    #[arg(long, requires = "certify", default_value = "95%", value_parser = share, value_name = "SHARE")]
    confidence: f32,
    /// Find the threshold that makes the least work; minutes of an agent for a wrong answer and for
    /// a message handed over, for example wrong=20,handover=4
    #[arg(long, requires = "dir")]
    costs: Option<Costs>,
    /// Judge another system by its predictions, JSONL or CSV; no model is loaded
    #[arg(long, value_name = "FILE", conflicts_with_all = ["model", "dir", "behaviour", "lint"])]
    predictions: Option<PathBuf>,
    /// Compare with a second pack or another system's predictions on the same rows: better, worse or
    /// undecided, figure by figure
    #[arg(long, value_name = "PACK|FILE", conflicts_with = "lint")]
    baseline: Option<PathBuf>,
    /// Change messages (slips, case, names, politeness, threats, insults) and see whether the
    /// reading stays or moves as it must; at most ROWS messages a change
    #[arg(long, value_name = "ROWS", num_args = 0..=1, require_equals = true,
          default_missing_value = "100", conflicts_with = "lint",
          value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    behaviour: Option<usize>,
    /// Training files: rows that stand there as well, exactly or nearly, and figures without them
    #[arg(long, num_args = 1.., value_name = "FILE", conflicts_with = "lint")]
    train: Vec<PathBuf>,
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
    /// Judge the rows instead of a finished model: train heads on the vectors of --model part by
    /// part, as `lotse train --quality fast` does, and tell whether more rows would help. The
    /// figures are too good where --model itself was trained on these rows
    #[arg(long, value_name = "PARTS", conflicts_with_all = ["dir", "lint", "report"])]
    cross_validate: Option<usize>,
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
    if let Some(parts) = arguments.cross_validate {
        let rows: Vec<LabelledRow> = files.into_iter().flat_map(|(_, rows)| rows).collect();
        let found = cross_validate(&arguments.model, &rows, parts, &arguments.out_of_scope)?;
        print!("{}", found.text());
        if let Some(path) = &arguments.json {
            write(path, &found.to_json()?)?;
        }
        return passes(fail_if.as_ref(), &found.figures());
    }
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
    passes(fail_if.as_ref(), &report.figures())
}

/// Whether the gate lets these figures pass; says why if it does not.
fn passes(fail_if: Option<&FailIf>, figures: &BTreeMap<String, f64>) -> anyhow::Result<bool> {
    let failures = match fail_if {
        Some(fail_if) => fail_if.check(figures)?,
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
    if let Some(path) = &arguments.predictions {
        return others::measure_predictions(path, arguments, files, targets);
    }
    let classifier = Classifier::load_for(&arguments.model, arguments.backend)?;
    let decider = match &arguments.dir {
        Some(dir) => Some(decider(dir, &classifier, arguments.risk)?),
        None => None,
    };
    let policy = decider.as_ref().map(|decider| &decider.policy);
    let risk = risk_options(arguments, policy, files)?;
    let rows: Vec<LabelledRow> = files.iter().flat_map(|(_, rows)| rows.clone()).collect();
    let progress = indicatif::ProgressBar::new(rows.len() as u64);
    let (predictions, latencies) =
        predict(&classifier, decider.as_ref(), &rows, || progress.inc(1))?;
    progress.finish_and_clear();
    let manifest = classifier.manifest();
    let data = files
        .iter()
        .map(|(path, rows)| data_file(path, rows))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let options = ReportOptions {
        out_of_scope: arguments.out_of_scope.clone(),
        smalltalk: policy.cloned().unwrap_or_default().smalltalk_intents,
        targets,
        latencies,
        risk,
        about: About {
            model: manifest.name.clone(),
            model_sha256: sha256(&arguments.model.join("lotse.json"))?,
            data,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            created: now(),
        },
        ..ReportOptions::default()
    };
    let report = Report::build(&rows, &predictions, &options)?;
    let basis = others::Basis {
        arguments,
        files,
        rows: &rows,
        predictions: &predictions,
        options: &options,
    };
    others::add(report, &basis, Some(&classifier))
}

/// The time in whole seconds.
fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn data_file(path: &Path, rows: &[LabelledRow]) -> anyhow::Result<DataFile> {
    let name = path.display().to_string();
    Ok(DataFile { name, rows: rows.len(), sha256: sha256(path)? })
}

fn sha256(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(format!("{:x}", Sha256::digest(&bytes)))
}

/// What `--certify` and `--costs` ask for. Refuses rows that the pack's confidence was fitted on.
fn risk_options(
    arguments: &EvaluateArguments,
    policy: Option<&Policy>,
    files: &[(&Path, Vec<LabelledRow>)],
) -> anyhow::Result<RiskOptions> {
    let answering = policy.and_then(|policy| policy.answering.as_ref());
    let promise = match (arguments.certify, answering) {
        (Some(risk), Some(answering)) => {
            not_fitted_on(answering, files)?;
            let promise = Promise::new(risk, arguments.confidence)?;
            Some((promise, series(&answering.curve, promise)))
        }
        _ => None,
    };
    Ok(RiskOptions {
        promise,
        costs: arguments.costs,
        threshold: policy.and_then(Policy::threshold),
    })
}

fn not_fitted_on(answering: &Answering, files: &[(&Path, Vec<LabelledRow>)]) -> anyhow::Result<()> {
    let all: Vec<LabelledRow> = files.iter().flat_map(|(_, rows)| rows.clone()).collect();
    let known = |rows: &[LabelledRow]| texts_sha256(rows) == answering.rows_sha256;
    if known(&all) || files.iter().any(|(_, rows)| known(rows)) {
        bail!(
            "the pack's confidence of answers was fitted on these rows: nothing can be certified on \
             them. Give rows that neither training nor `lotse model answers` has seen"
        );
    }
    Ok(())
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
