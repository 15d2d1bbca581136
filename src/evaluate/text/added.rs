//! What does a reader of a terminal see of comparison, behaviour, leaks and doubtful labels?

use crate::evaluate::behaviour::BehaviourReport;
use crate::evaluate::foreign::MatchSummary;
use crate::evaluate::glance::{signed, title_of, unit_of};
use crate::evaluate::layout::{Side, Table, WIDTH, cut, one_line};
use crate::evaluate::lint::LeakReport;
use crate::evaluate::metrics::Estimate;
use crate::evaluate::report::{BaselineReport, Report, Suspect};

/// Unknown intents that are named.
const UNKNOWN: usize = 5;

/// The added parts that the report has, before the mistakes.
pub(super) fn added(report: &Report, most: usize) -> Vec<String> {
    [
        report.predictions.as_ref().map(predictions),
        report.baseline.as_ref().map(baseline),
        report.behaviour.as_ref().map(|behaviour| self::behaviour(behaviour, most)),
        report.leaks.as_ref().map(|leaks| self::leaks(leaks, report, most)),
        (most > 0 && !report.suspects.is_empty()).then(|| suspects(&report.suspects, most)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn predictions(summary: &MatchSummary) -> String {
    let mut lines = vec![format!(
        "  {} predictions, matched by {}; {} belong to no row",
        summary.predictions, summary.matched_by, summary.unused
    )];
    if !summary.unknown_intents.is_empty() {
        let count: usize = summary.unknown_intents.iter().map(|unknown| unknown.count).sum();
        let named: Vec<String> = summary
            .unknown_intents
            .iter()
            .take(UNKNOWN)
            .map(|unknown| format!("{} × {} (line {})", unknown.count, unknown.name, unknown.line))
            .collect();
        let more = if summary.unknown_intents.len() > UNKNOWN { ", …" } else { "" };
        lines.push(format!(
            "  {count} with an intent that no row carries, counted as wrong: {}{more}",
            named.join(", ")
        ));
    }
    if !summary.without_confidence.is_empty() {
        lines.push(format!(
            "  no confidence stated of: {}; its figures are left out",
            summary.without_confidence.join(", ")
        ));
    }
    lines.iter().map(|line| cut(&one_line_indented(line), WIDTH) + "\n").collect()
}

/// A line that keeps the two blanks before it.
fn one_line_indented(line: &str) -> String {
    format!("  {}", one_line(line))
}

fn baseline(baseline: &BaselineReport) -> String {
    let mut table = Table::new(&[
        ("Against the baseline", Side::Left),
        ("this", Side::Right),
        ("baseline", Side::Right),
        ("difference", Side::Right),
        ("95 % interval", Side::Right),
        ("p", Side::Right),
        ("", Side::Left),
    ]);
    for compared in &baseline.figures {
        let (unit, values) = (unit_of(&compared.figure), &compared.values);
        let Estimate { value, low, high, .. } = values.difference;
        table.add([
            title_of(&compared.figure),
            unit.write(values.first),
            unit.write(values.second),
            signed(unit, value),
            format!("{} – {}", signed(unit, low), signed(unit, high)),
            compared.p.map_or(String::new(), probability),
            compared.verdict.name().to_owned(),
        ]);
    }
    let counts = ["intent", "tier", "sentiment"].map(|head| {
        let count = |gained| {
            let of =
                |change: &&crate::evaluate::Change| change.head == head && change.gained == gained;
            baseline.changes.iter().filter(of).count()
        };
        format!("{head} {} gained, {} lost", count(true), count(false))
    });
    let name = cut(&one_line(&format!("baseline: {}", baseline.name)), WIDTH - 2);
    format!("{}  {name}\n  rows: {}\n", table.print(), counts.join("; "))
}

fn probability(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

fn behaviour(behaviour: &BehaviourReport, most: usize) -> String {
    let mut table = Table::new(&[
        ("Behaviour", Side::Left),
        ("cases", Side::Right),
        ("failed", Side::Right),
        ("95 % interval", Side::Right),
        ("German", Side::Right),
        ("English", Side::Right),
        ("must hold", Side::Left),
    ]);
    for test in &behaviour.tests {
        let Some(failed) = test.failed else { continue };
        let unit = unit_of("behaviour_failed");
        let language = |code: &str| {
            test.by_language.get(code).map_or(String::new(), |failed| unit.write(failed.value))
        };
        table.add([
            test.name.to_owned(),
            test.cases.to_string(),
            unit.write(failed.value),
            format!("{} – {}", unit.write_bare(failed.low), unit.write_bare(failed.high)),
            language("de"),
            language("en"),
            short(test.expected).to_owned(),
        ]);
    }
    let mut printed = vec![table.print()];
    if most > 0 {
        for test in &behaviour.tests {
            if let Some(example) = test.examples.first() {
                let line = format!("{}: {}", test.name, example.changed.join("; "));
                printed.push(format!("  {}\n", cut(&one_line(&line), WIDTH - 2)));
                let text = cut(&one_line(&example.after), WIDTH - 8);
                printed.push(format!("        {text}\n"));
            }
        }
    }
    printed.concat()
}

/// An expectation without the article, to fit the table.
fn short(expected: &str) -> &str {
    expected.strip_prefix("the ").unwrap_or(expected)
}

fn leaks(leaks: &LeakReport, report: &Report, most: usize) -> String {
    let mut printed = vec![format!(
        "  Leaked rows: {} of {} stand in the training files, {} exactly, {} nearly\n",
        leaks.rows.len(),
        report.rows,
        leaks.exact,
        leaks.near
    )];
    if leaks.rows.is_empty() {
        return printed.concat();
    }
    let estimates = report.estimates();
    let mut table = Table::new(&[
        ("", Side::Left),
        ("all rows", Side::Right),
        ("without leaks", Side::Right),
        ("95 % interval", Side::Right),
        ("rows", Side::Right),
    ]);
    for (name, without) in &leaks.without {
        let unit = unit_of(name);
        table.add([
            title_of(name),
            estimates.get(name).map_or(String::new(), |all| unit.write(all.value)),
            unit.write(without.value),
            format!("{} – {}", unit.write_bare(without.low), unit.write_bare(without.high)),
            without.rows.to_string(),
        ]);
    }
    printed.push(table.print());
    for leak in leaks.rows.iter().take(most) {
        let id = leak.id.clone().unwrap_or_else(|| format!("row {}", leak.row));
        let from = leak.train.id.clone().unwrap_or_else(|| format!("row {}", leak.train.row));
        let line = format!(
            "{:3.0} %  {id} and {} {from}: {}",
            leak.similarity * 100.0,
            leak.train.file,
            leak.text
        );
        printed.push(format!("  {}\n", cut(&one_line(&line), WIDTH - 2)));
    }
    printed.concat()
}

fn suspects(suspects: &[Suspect], most: usize) -> String {
    let shown = if suspects.len() > most { format!(", the first {most}") } else { String::new() };
    let mut printed = vec![format!("  Suspected label mistakes: {}{shown}\n", suspects.len())];
    for suspect in suspects.iter().take(most) {
        let id = suspect.id.clone().unwrap_or_else(|| format!("row {}", suspect.row));
        let line = format!(
            "{:.2}  {id}: {} labelled {}, read as {} (usually {:.2})",
            suspect.confidence, suspect.head, suspect.gold, suspect.predicted, suspect.usual
        );
        let text = cut(&one_line(&suspect.text), WIDTH - 8);
        printed.push(format!("  {}\n        {text}\n", cut(&one_line(&line), WIDTH - 2)));
    }
    printed.concat()
}
