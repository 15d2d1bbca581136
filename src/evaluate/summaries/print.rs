//! What does a reader of a terminal see of the figures of summaries?

use super::report::{SummaryReport, SummarySlice};
use crate::evaluate::layout::{Side, Table, cut, one_line, percent};

/// Columns of a summary in the list of missed facts.
const SUMMARY_WIDTH: usize = 1_000;

/// The report as text, with at most so many summaries that lack a key fact.
pub fn summary_text(report: &SummaryReport, missed: usize) -> String {
    let shown = &report.missed[..missed.min(report.missed.len())];
    let mut blocks: Vec<String> = report.slices.iter().map(table).collect();
    if !shown.is_empty() {
        let of = report.missed.len();
        let heading = format!("Summaries that lack a fact, {} of {of}\n", shown.len());
        let lines = shown.iter().map(|missed| {
            let summary = cut(&one_line(&missed.summary), SUMMARY_WIDTH);
            let facts = one_line(&missed.facts.join("; "));
            format!("  {}: {summary}\n    lacks: {facts}\n", one_line(&missed.id))
        });
        blocks.push(heading + &lines.collect::<String>());
    }
    blocks.join("\n")
}

fn table(slice: &SummarySlice) -> String {
    let heading = format!("{} ({} dialogues)", slice.name, slice.dialogues);
    let mut table = Table::new(&[
        (heading.as_str(), Side::Left),
        ("facts", Side::Right),
        ("Lotse ahead by", Side::Right),
        ("R-1", Side::Right),
        ("R-L", Side::Right),
        ("words", Side::Right),
        ("per 10", Side::Right),
        ("turns", Side::Right),
    ]);
    for figures in &slice.figures {
        let behind = figures.behind.map_or(String::new(), |behind| {
            let (low, high) = (percent(behind.low), percent(behind.high));
            format!("{} ({low} – {high})", percent(behind.value))
        });
        table.add([
            figures.name.clone(),
            percent(figures.coverage),
            behind,
            format!("{:.2}", figures.rouge_1),
            format!("{:.2}", figures.rouge_l),
            format!("{:.1}", figures.words),
            format!("{:.2}", figures.facts_per_ten_words),
            percent(figures.turns),
        ]);
    }
    table.print()
}
