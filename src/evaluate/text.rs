//! What does a reader of a terminal see? The report in at most 100 columns.

mod added;

use super::glance::{glance, wanted};
use super::layout::{Side, Table, WIDTH, cut, one_line};
use super::metrics::Estimate;
use super::report::{IntentReport, MistakeKind, Report};
use super::risk;

/// Intents listed as the worst.
const WORST: usize = 12;

/// Figures of the table of slices, with their headings.
const SLICE_FIGURES: [(&str, &str); 6] = [
    ("intent_accuracy", "intent"),
    ("tier_accuracy", "tier"),
    ("sentiment_accuracy", "sentiment"),
    ("answerable_answered", "answered"),
    ("answers_right", "right"),
    ("queue_accuracy", "queue"),
];

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Most mistakes listed of each kind.
    pub mistakes: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { mistakes: 10 }
    }
}

/// The report as text for a terminal.
pub fn text(report: &Report, options: TextOptions) -> String {
    let mut blocks = vec![heading(report), figures(report)];
    blocks.extend(report.risk.as_ref().map(risk::text));
    if report.slices.iter().any(|slice| !slice.figures.is_empty()) {
        blocks.push(slices(report));
    }
    if let Some(intent) = &report.intent {
        blocks.extend(worst_intents(intent));
    }
    blocks.extend(added::added(report, options.mistakes));
    if options.mistakes > 0 {
        blocks.extend(MistakeKind::ALL.map(|kind| mistakes(report, kind, options.mistakes)));
    }
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

fn heading(report: &Report) -> String {
    let about = &report.about;
    let model = if about.model.is_empty() { "predictions" } else { &about.model };
    let files: Vec<&str> = about.data.iter().map(|file| file.name.as_str()).collect();
    let on = if files.is_empty() { String::new() } else { format!(" on {}", files.join(", ")) };
    format!("{}\n", cut(&one_line(&format!("{model}{on}: {} rows", report.rows)), WIDTH))
}

fn figures(report: &Report) -> String {
    let mut printed = Vec::new();
    let mut table = Table::new(&[
        ("Figures at a glance", Side::Left),
        ("figure", Side::Right),
        ("95 % interval", Side::Right),
        ("rows", Side::Right),
        ("target", Side::Right),
        ("", Side::Left),
    ]);
    for group in glance(report) {
        table.add([format!("· {} ·", group.title)]);
        for line in group.lines {
            let target = line.target.as_ref();
            table.add([
                line.title.clone(),
                line.unit.write(line.value),
                line.estimate.map_or(String::new(), |estimate| {
                    let end = |value| line.unit.write_bare(value);
                    format!("{} – {}", end(estimate.low), end(estimate.high))
                }),
                line.estimate.map_or(String::new(), |estimate| estimate.rows.to_string()),
                target.map_or(String::new(), wanted),
                target.map_or("", |target| verdict(target.reached)).to_owned(),
            ]);
        }
    }
    printed.push(table.print());
    for target in report.targets.iter().filter(|target| target.reached.is_none()) {
        printed.push(format!("  no figure {} on these rows\n", target.figure));
    }
    printed.concat()
}

fn verdict(reached: Option<bool>) -> &'static str {
    match reached {
        Some(true) => "reached",
        Some(false) => "MISSED",
        None => "no figure",
    }
}

fn slices(report: &Report) -> String {
    let shown: Vec<(&str, &str)> = SLICE_FIGURES
        .into_iter()
        .filter(|(name, _)| report.slices.iter().any(|slice| slice.figures.contains_key(*name)))
        .collect();
    let mut columns = vec![("By part", Side::Left), ("rows", Side::Right)];
    columns.extend(shown.iter().map(|(_, heading)| (*heading, Side::Right)));
    let mut table = Table::new(&columns);
    for slice in &report.slices {
        let mut cells = vec![slice.name.clone(), slice.rows.to_string()];
        cells.extend(shown.iter().map(|(name, _)| cell(slice.figures.get(*name))));
        table.add(cells);
    }
    format!("{}  in percent, each with its 95 % interval\n", table.print())
}

fn cell(estimate: Option<&Estimate>) -> String {
    estimate.map_or(String::new(), |Estimate { value, low, high, .. }| {
        let ends = format!("{:.0}–{:.0}", low * 100.0, high * 100.0);
        format!("{:.0} {ends:>6}", value * 100.0)
    })
}

fn worst_intents(intent: &IntentReport) -> Option<String> {
    let worst: Vec<_> = intent.labels.iter().filter(|score| score.f1 < 1.0).take(WORST).collect();
    if worst.is_empty() {
        return None;
    }
    let mut table = Table::new(&[
        ("Worst intents, as delivered", Side::Left),
        ("rows", Side::Right),
        ("precision", Side::Right),
        ("recall", Side::Right),
        ("F1", Side::Right),
        ("most often taken for", Side::Left),
    ]);
    for score in worst {
        table.add([
            cut(&one_line(&score.label), 30),
            score.support.to_string(),
            format!("{:.3}", score.precision),
            format!("{:.3}", score.recall),
            format!("{:.3}", score.f1),
            score.confused_with.as_ref().map_or(String::new(), |confusion| {
                format!("{} × {}", confusion.count, one_line(&confusion.predicted))
            }),
        ]);
    }
    Some(table.print())
}

fn mistakes(report: &Report, kind: MistakeKind, most: usize) -> String {
    let all: Vec<_> = report.mistakes.iter().filter(|mistake| mistake.kind == kind).collect();
    if all.is_empty() {
        return String::new();
    }
    let shown = if all.len() > most { format!(", the surest {most}") } else { String::new() };
    let mut printed = vec![format!("  {}: {}{shown}\n", kind.title(), all.len())];
    for mistake in all.into_iter().take(most) {
        let id = mistake.id.clone().unwrap_or_else(|| format!("row {}", mistake.row));
        let line = format!(
            "{:.2}  {id}: {} instead of {}",
            mistake.confidence, mistake.predicted, mistake.gold
        );
        let text = cut(&one_line(&mistake.text), WIDTH - 8);
        printed.push(format!("  {}\n        {text}\n", cut(&one_line(&line), WIDTH - 2)));
    }
    printed.concat()
}
