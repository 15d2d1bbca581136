//! Is it better than the baseline, and on which messages?

use super::super::glance::{Unit, signed, title_of, unit_of};
use super::super::metrics::Estimate;
use super::super::report::{BaselineReport, BaselineVerdict, Change, Compared, Report};
use super::{each, escape};

/// Width of the strip that shows a difference, in pixels.
const STRIP: f64 = 220.0;

/// Rows that are listed of one kind.
const CHANGES: usize = 100;

/// The section's content; empty without a baseline.
pub(super) fn section(report: &Report) -> String {
    let Some(baseline) = &report.baseline else { return String::new() };
    let count = |verdict| baseline.count(verdict);
    let rows = each(&baseline.figures, |compared| row(compared, scale(baseline, compared)));
    format!(
        "<p class=\"lead\">Against <b>{}</b> on the same messages: <b class=\"reached\">{} \
         better</b>, <b class=\"missed\">{} worse</b>, {} undecided. Undecided means that chance \
         explains the difference well enough; of many figures about one in twenty is decided by \
         chance.</p>\n<div class=\"scroll\"><table class=\"compared\"><thead><tr><th>Figure</th>\
         <th>This</th><th>Baseline</th><th>Difference</th><th class=\"strip\">baseline better · \
         this better</th><th>95 % interval</th><th>p</th><th></th></tr></thead><tbody>\n{rows}\
         </tbody></table></div>\n<p class=\"note\">Shares: exact test of McNemar 1947 on the \
         messages where exactly one is right; other figures: paired bootstrap, decided where the \
         interval leaves out 0 and there are 30 messages or more. Differences of shares in percentage points.</p>\n{}",
        escape(&baseline.name),
        count(BaselineVerdict::Better),
        count(BaselineVerdict::Worse),
        count(BaselineVerdict::Undecided),
        changes(baseline),
    )
}

/// The largest end of an interval among figures of the same unit, so that their strips compare.
fn scale(baseline: &BaselineReport, compared: &Compared) -> f64 {
    let unit = unit_of(&compared.figure);
    baseline
        .figures
        .iter()
        .filter(|other| unit_of(&other.figure) == unit)
        .flat_map(|other| [other.values.difference.low, other.values.difference.high])
        .map(f64::abs)
        .fold(1e-6, f64::max)
}

fn row(compared: &Compared, most: f64) -> String {
    let Compared { values, .. } = compared;
    let unit = unit_of(&compared.figure);
    let class = class(compared.verdict);
    let Estimate { value, low, high, .. } = values.difference;
    let agreement = compared.agreement.map_or(String::new(), |agreement| {
        format!(
            "only this right: {}, only the baseline right: {}",
            agreement.only_first, agreement.only_second
        )
    });
    format!(
        "<tr title=\"{agreement}\"><td>{}</td><td class=\"value\">{}</td><td class=\"number\">{}\
         </td><td class=\"number\"><b class=\"{class}\">{}</b></td><td class=\"strip\">{}</td>\
         <td class=\"number quiet\">{} to {}</td><td class=\"number quiet\">{}</td><td>\
         <b class=\"{class}\">{}</b></td></tr>\n",
        escape(&title_of(&compared.figure)),
        unit.write(values.first),
        unit.write(values.second),
        signed(unit, value),
        strip(compared, most, class),
        signed(unit, low),
        signed(unit, high),
        compared.p.map_or(String::new(), probability),
        compared.verdict.name(),
    )
}

fn probability(p: f64) -> String {
    if p < 0.001 { "&lt; 0.001".to_owned() } else { format!("{p:.3}") }
}

fn class(verdict: BaselineVerdict) -> &'static str {
    match verdict {
        BaselineVerdict::Better => "reached",
        BaselineVerdict::Worse => "missed",
        BaselineVerdict::Undecided => "open",
    }
}

/// The difference with its interval; to the right is better.
fn strip(compared: &Compared, most: f64, class: &str) -> String {
    let turn = if compared.less_is_better { -1.0 } else { 1.0 };
    let place = |value: f64| STRIP / 2.0 + turn * value / most * (STRIP / 2.0 - 6.0);
    let Estimate { value, low, high, .. } = compared.values.difference;
    let (one, other) = (place(low), place(high));
    format!(
        "<svg viewBox=\"0 0 {STRIP} 16\" width=\"{STRIP}\" height=\"16\" aria-hidden=\"true\">\
         <line class=\"track\" x1=\"4\" y1=\"8\" x2=\"{end:.1}\" y2=\"8\"/>\
         <line class=\"zero\" x1=\"{middle:.1}\" y1=\"1\" x2=\"{middle:.1}\" y2=\"15\"/>\
         <line class=\"range {class}\" x1=\"{:.1}\" y1=\"8\" x2=\"{:.1}\" y2=\"8\"/>\
         <circle class=\"point {class}\" cx=\"{:.1}\" cy=\"8\" r=\"4\"/></svg>",
        one.min(other),
        one.max(other),
        place(value),
        end = STRIP - 4.0,
        middle = STRIP / 2.0,
    )
}

/// Messages that exactly one of the two judges rightly.
fn changes(baseline: &BaselineReport) -> String {
    each(["intent", "tier", "sentiment"], |head| {
        each([false, true], |gained| {
            let of: Vec<&Change> = baseline
                .changes
                .iter()
                .filter(|change| change.head == head && change.gained == gained)
                .collect();
            if of.is_empty() {
                return String::new();
            }
            let words = if gained { "right here, wrong there" } else { "wrong here, right there" };
            let rows = each(of.iter().take(CHANGES), |change| change_row(change));
            let more = match of.len().saturating_sub(CHANGES) {
                0 => String::new(),
                more => format!("<p class=\"note\">and {more} more</p>"),
            };
            format!(
                "<details><summary>{} {words} <span>{}</span></summary><div class=\"scroll\">\
                 <table class=\"mistakes\"><tbody>\n{rows}</tbody></table></div>{more}</details>\n",
                capital(head),
                of.len()
            )
        })
    })
}

fn change_row(change: &Change) -> String {
    let id = change.id.clone().unwrap_or_else(|| format!("row {}", change.row));
    let (right, wrong) = if change.gained {
        (("this", &change.first), ("baseline", &change.second))
    } else {
        (("baseline", &change.second), ("this", &change.first))
    };
    format!(
        "<tr><td class=\"labels\"><b class=\"reached\">{} <small>{}</small></b>\
         <b class=\"missed\">{} <small>{}</small></b><small>{} · {}</small></td>\
         <td class=\"message\" dir=\"auto\" lang=\"{}\">{}</td></tr>\n",
        escape(right.1),
        right.0,
        escape(wrong.1),
        wrong.0,
        escape(&id),
        change.language,
        change.language,
        escape(change.text.trim()),
    )
}

/// A word with a capital letter.
pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// A share of rows in percent, for other sections.
pub(super) fn percent(value: f64) -> String {
    Unit::Share.write(value)
}
