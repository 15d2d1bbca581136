//! What does a reader of a terminal see of promise and costs?

use super::{CostPoint, CostReport, Guarantee, RiskReport};
use crate::evaluate::layout::{Side, Table, folded};

/// What a promise rests on.
pub(in crate::evaluate) const CONDITION: &str = "It holds for messages like these, with this \
    knowledge base and policy, provided that neither model nor confidence was fitted on these rows.";

/// Promise and costs, as far as they were asked for; may be empty.
pub(in crate::evaluate) fn text(report: &RiskReport) -> String {
    let guarantee = report.guarantee.as_ref().map(|guarantee| certificate(guarantee, report.rows));
    let costs = report.costs.as_ref().map(|costs| cost_table(costs, report));
    guarantee.into_iter().chain(costs).collect::<Vec<_>>().join("\n")
}

fn certificate(guarantee: &Guarantee, rows: usize) -> String {
    let title = guarantee.title();
    match (&guarantee.certificate, &guarantee.refusal) {
        (Some(found), _) => {
            let mut table = Table::new(&[(&title, Side::Left), ("CERTIFIED", Side::Right)]);
            let coverage = found.answered as f64 / rows.max(1) as f64;
            for (words, value) in [
                ("answered from a confidence of", format!("{:.4}", found.threshold)),
                ("messages answered", format!("{} of {rows}", found.answered)),
                ("share of messages answered", format!("{:.1} %", coverage * 100.0)),
                ("wrong answers", found.wrong.to_string()),
                ("true share wrong, at most", format!("{:.2} %", found.wrong_at_most * 100.0)),
            ] {
                table.add([words.to_owned(), value]);
            }
            format!("{}{}", table.print(), folded(CONDITION))
        }
        (None, Some(refusal)) => {
            format!("  {title}: NOT CERTIFIED\n{}", folded(&refusal.to_string()))
        }
        (None, None) => String::new(),
    }
}

impl Guarantee {
    /// The promise in words.
    pub(in crate::evaluate) fn title(&self) -> String {
        let percent = |share: f32| {
            let percent = format!("{:.2}", share * 100.0);
            percent.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        format!(
            "At most {} % of automatic answers wrong, with {} % confidence",
            percent(self.promise.risk),
            percent(self.promise.confidence)
        )
    }
}

fn cost_table(report: &CostReport, risk: &RiskReport) -> String {
    let mut table = Table::new(&[
        ("Work of agents", Side::Left),
        ("threshold", Side::Right),
        ("answered", Side::Right),
        ("wrong", Side::Right),
        ("minutes a message", Side::Right),
    ]);
    for (name, point) in [
        ("nothing answered", report.nothing),
        ("as now", report.in_use),
        ("least work", report.cheapest),
    ] {
        table.add(cost_row(name, &point));
    }
    format!("{}{}", table.print(), folded(&report.words(risk)))
}

fn cost_row(name: &str, point: &CostPoint) -> [String; 5] {
    [
        name.to_owned(),
        point.threshold.map_or_else(|| "–".to_owned(), |threshold| format!("{threshold:.4}")),
        point.answered.to_string(),
        point.wrong.to_string(),
        format!("{:.2}", point.minutes),
    ]
}

impl CostReport {
    /// What was counted and what it saves.
    pub(in crate::evaluate) fn words(&self, risk: &RiskReport) -> String {
        format!(
            "A wrong answer costs {} minutes, a hand-over {}; averaged over the {} of {} messages \
             that are open to an answer, the others cost the same either way. Against answering \
             nothing the least work saves {:.1} hours in 1000 messages of all kinds. It was chosen \
             on these very rows; confirm it on others.",
            self.costs.wrong,
            self.costs.handover,
            risk.open,
            risk.rows,
            self.saved * 1000.0 / 60.0
        )
    }
}
