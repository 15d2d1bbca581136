//! Which tables make up the page?

use std::collections::BTreeSet;

use super::super::glance::{Line, Unit, glance as groups, unit_of, wanted};
use super::super::metrics::{Confusion, Estimate};
use super::super::report::{Mistake, MistakeKind, Report, Slice};
use super::{each, escape};

/// Intents in the table of confusions.
const CONFUSED: usize = 18;

/// Mistakes of one kind that are listed.
const MISTAKES: usize = 300;

/// Width of the strip that shows an interval, in pixels.
const STRIP: f64 = 250.0;

/// Figures shown large at the top.
const TILES: [(&str, &str); 6] = [
    ("intent_accuracy", "intents right, in scope"),
    ("out_of_scope_recall", "out of scope rejected"),
    ("tier_accuracy", "tiers right"),
    ("sentiment_macro_f1", "sentiment macro-F1"),
    ("answerable_answered", "of answerable messages answered"),
    ("answers_right", "of answers right"),
];

/// Columns of the table of slices.
const SLICE_FIGURES: [(&str, &str); 8] = [
    ("intent_accuracy", "Intent"),
    ("out_of_scope_recall", "Out of scope rejected"),
    ("in_scope_rejected", "In scope rejected"),
    ("tier_accuracy", "Tier"),
    ("sentiment_accuracy", "Sentiment"),
    ("answerable_answered", "Answered"),
    ("answers_right", "Answers right"),
    ("queue_accuracy", "Queue"),
];

/// The line under the title.
pub(super) fn subtitle(report: &Report) -> String {
    let about = &report.about;
    let files: Vec<String> = about.data.iter().map(|file| escape(&file.name)).collect();
    let mut parts = vec![format!("{} messages", report.rows)];
    parts.extend((!files.is_empty()).then(|| files.join(", ")));
    parts.extend((!about.created.is_empty()).then(|| escape(&about.created)));
    let missed = report.targets.iter().filter(|target| target.reached == Some(false)).count();
    let judged = report.targets.iter().filter(|target| target.reached.is_some()).count();
    if judged > 0 {
        let class = if missed == 0 { "reached" } else { "missed" };
        let reached = judged - missed;
        parts.push(format!("<b class=\"{class}\">{reached} of {judged} targets reached</b>"));
    }
    format!("<p class=\"subtitle\">{}</p>", parts.join(" · "))
}

/// The few figures shown large.
pub(super) fn tiles(report: &Report) -> String {
    let estimates = report.estimates();
    let mut tiles: Vec<String> = TILES
        .iter()
        .filter_map(|(name, words)| {
            let (unit, estimate) = (unit_of(name), estimates.get(*name)?);
            Some(format!(
                "<div class=\"tile\"><b>{}</b><span>{words}</span><small>{}</small></div>",
                unit.write(estimate.value),
                interval(unit, estimate)
            ))
        })
        .collect();
    if let Some(answers) = &report.answers {
        let (count, all) = (answers.tier3_answered, answers.tier3);
        tiles.push(format!(
            "<div class=\"tile\"><b>{count}</b><span>tier-3 messages answered</span>\
             <small>of {all}</small></div>"
        ));
    }
    if tiles.is_empty() {
        String::new()
    } else {
        format!("<div class=\"tiles\">{}</div>\n", tiles.concat())
    }
}

fn interval(unit: Unit, estimate: &Estimate) -> String {
    format!("{} – {}", unit.write_bare(estimate.low), unit.write_bare(estimate.high))
}

/// The main figures with intervals and targets.
pub(super) fn glance(report: &Report) -> String {
    let mut rows: Vec<String> = Vec::new();
    for group in groups(report) {
        rows.push(format!("<tr class=\"group\"><th colspan=\"6\">{}</th></tr>\n", group.title));
        rows.extend(group.lines.iter().map(glance_row));
    }
    format!(
        "<div class=\"scroll\"><table class=\"glance\"><thead><tr><th>Figure</th><th></th>\
         <th class=\"strip\"></th><th>95 % interval</th><th>Rows</th><th>Target</th></tr></thead>\
         <tbody>\n{rows}</tbody></table></div>",
        rows = rows.concat()
    )
}

fn glance_row(line: &Line) -> String {
    let reached = line.target.as_ref().and_then(|target| target.reached);
    let class = match reached {
        Some(true) => "reached",
        Some(false) => "missed",
        None => "",
    };
    let target = line.target.as_ref().map_or(String::new(), |target| {
        let mark = if reached == Some(true) { "reached" } else { "missed" };
        format!("{} <b class=\"{class}\">{mark}</b>", escape(&wanted(target)))
    });
    let (strip, ends, rows) = line.estimate.as_ref().map_or_else(Default::default, |estimate| {
        (strip(line, estimate, class), interval(line.unit, estimate), estimate.rows.to_string())
    });
    let sub = if line.title.starts_with(' ') { " class=\"sub\"" } else { "" };
    format!(
        "<tr title=\"{name}\"><td{sub}>{title}</td><td class=\"value\">{value}</td>\
         <td class=\"strip\">{strip}</td><td class=\"number quiet\">{ends}</td>\
         <td class=\"number quiet\">{rows}</td><td class=\"number\">{target}</td></tr>\n",
        name = escape(&line.name),
        title = escape(line.title.trim()),
        value = line.unit.write(line.value),
    )
}

/// A figure, its interval and its target on a scale from 0.
fn strip(line: &Line, estimate: &Estimate, class: &str) -> String {
    let most = match line.name.split('_').next() {
        Some("ece") => 0.25,
        Some("brier") => 0.5,
        _ => 1.0,
    };
    let place = |value: f64| 4.0 + (value / most).clamp(0.0, 1.0) * (STRIP - 8.0);
    let tick = line.target.as_ref().map_or(String::new(), |target| {
        let x = place(target.value);
        format!("<line class=\"target\" x1=\"{x:.1}\" y1=\"1\" x2=\"{x:.1}\" y2=\"15\"/>")
    });
    let (low, high) = (place(estimate.low), place(estimate.high));
    format!(
        "<svg viewBox=\"0 0 {STRIP} 16\" width=\"{STRIP}\" height=\"16\" aria-hidden=\"true\">\
         <line class=\"track\" x1=\"4\" y1=\"8\" x2=\"{end:.1}\" y2=\"8\"/>\
         <line class=\"range {class}\" x1=\"{low:.1}\" y1=\"8\" x2=\"{high:.1}\" y2=\"8\"/>{tick}\
         <circle class=\"point {class}\" cx=\"{x:.1}\" cy=\"8\" r=\"4\"/></svg>",
        end = STRIP - 4.0,
        x = place(estimate.value),
    )
}

/// The main figures by language, channel and length.
pub(super) fn slices(report: &Report) -> String {
    let shown: Vec<(&str, &str)> = SLICE_FIGURES
        .into_iter()
        .filter(|(name, _)| report.slices.iter().any(|slice| slice.figures.contains_key(*name)))
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    let whole = report.figures();
    let headings = each(&shown, |(_, words)| format!("<th>{words}</th>"));
    let mut rows: Vec<String> = Vec::new();
    let mut by = "";
    for slice in &report.slices {
        if slice.by != by {
            by = &slice.by;
            let columns = shown.len() + 2;
            rows.push(format!("<tr class=\"group\"><th colspan=\"{columns}\">By {by}</th></tr>\n"));
        }
        let cells = each(&shown, |(name, _)| {
            slice_cell(slice.figures.get(*name), whole.get(*name).copied(), name)
        });
        let Slice { name, rows: count, .. } = slice;
        let name = escape(name);
        rows.push(format!(
            "<tr><td>{name}</td><td class=\"number quiet\">{count}</td>{cells}</tr>\n"
        ));
    }
    format!(
        "<p class=\"lead\">In percent, with 95 % intervals. <b class=\"missed\">Orange</b>: the \
         whole interval is worse than the figure on all rows; <b class=\"reached\">green</b>: \
         better.</p>\n\
         <div class=\"scroll\"><table class=\"slices\"><thead><tr><th></th><th>Rows</th>{headings}\
         </tr></thead><tbody>\n{}</tbody></table></div>",
        rows.concat()
    )
}

/// One figure of a slice, marked where its interval leaves out the figure on all rows.
fn slice_cell(estimate: Option<&Estimate>, whole: Option<f64>, name: &str) -> String {
    let Some(estimate) = estimate else {
        return "<td class=\"number quiet\">–</td>".to_owned();
    };
    let (below, above) =
        whole.map_or((false, false), |whole| (estimate.high < whole, estimate.low > whole));
    let less_is_better = name == "in_scope_rejected";
    let class = match (below, above) {
        (false, false) => "",
        (below, _) if below == less_is_better => "reached",
        _ => "missed",
    };
    format!(
        "<td class=\"number\" title=\"{} rows\"><b class=\"{class}\">{:.1}</b> \
         <small>{:.0}–{:.0}</small></td>",
        estimate.rows,
        estimate.value * 100.0,
        estimate.low * 100.0,
        estimate.high * 100.0,
    )
}

/// Gold against delivered intents, for those most often confused.
pub(super) fn confusions(report: &Report) -> String {
    let Some(intent) = &report.intent else { return String::new() };
    let mut labels: Vec<&str> = Vec::new();
    for Confusion { gold, predicted, .. } in &intent.confusions {
        for label in [gold, predicted] {
            if !labels.contains(&label.as_str()) && labels.len() < CONFUSED {
                labels.push(label);
            }
        }
    }
    if labels.is_empty() {
        return String::new();
    }
    labels.sort_unstable();
    let most = intent.confusions.first().map_or(1, |confusion| confusion.count);
    let count = |gold: &str, predicted: &str| -> usize {
        if gold == predicted {
            return intent.labels.iter().find(|score| score.label == gold).map_or(0, |s| s.right);
        }
        let found = intent.confusions.iter().find(|c| c.gold == gold && c.predicted == predicted);
        found.map_or(0, |confusion| confusion.count)
    };
    let headings =
        each(&labels, |label| format!("<th class=\"turned\"><span>{}</span></th>", escape(label)));
    let rows = each(&labels, |gold| {
        let cells =
            each(&labels, |predicted| heat_cell(gold, predicted, count(gold, predicted), most));
        format!("<tr><th>{}</th>{cells}</tr>\n", escape(gold))
    });
    format!(
        "<p class=\"lead\">Rows: what the message is. Columns: what it was delivered as (rejected \
         ones count as out of scope). The {} most confused labels; on the diagonal the right \
         ones.</p>\n<div class=\"scroll\"><table class=\"heat\"><thead><tr><th></th>{headings}</tr>\
         </thead><tbody>\n{rows}</tbody></table></div>",
        labels.len()
    )
}

fn heat_cell(gold: &str, predicted: &str, count: usize, most: usize) -> String {
    if count == 0 {
        return "<td></td>".to_owned();
    }
    if gold == predicted {
        return format!("<td class=\"same\">{count}</td>");
    }
    let strength = 15.0 + 50.0 * count as f64 / most.max(1) as f64;
    format!(
        "<td style=\"--heat:{strength:.0}%\" title=\"{} taken for {}: {count}\">{count}</td>",
        escape(gold),
        escape(predicted)
    )
}

/// Every intent with its scores, the worst first.
pub(super) fn intents(report: &Report) -> String {
    let Some(intent) = &report.intent else { return String::new() };
    let rows = each(&intent.labels, |score| {
        let confused = score.confused_with.as_ref().map_or(String::new(), |confusion| {
            format!("{} × {}", confusion.count, escape(&confusion.predicted))
        });
        format!(
            "<tr><td>{}</td><td class=\"number quiet\">{}</td><td class=\"number\">{:.3}</td>\
                 <td class=\"number\">{:.3}</td><td class=\"number\"><span class=\"bar\" \
                 style=\"--part:{:.1}%\">{:.3}</span></td><td>{confused}</td></tr>\n",
            escape(&score.label),
            score.support,
            score.precision,
            score.recall,
            score.f1 * 100.0,
            score.f1,
        )
    });
    format!(
        "<p class=\"lead\">As delivered, the worst F1 first.</p>\n<div class=\"scroll\"><table>\
         <thead><tr><th>Intent</th><th>Rows</th><th>Precision</th><th>Recall</th><th>F1</th>\
         <th>Most often taken for</th></tr></thead><tbody>\n{rows}</tbody></table></div>"
    )
}

/// Everything that went wrong, by kind.
pub(super) fn mistakes(report: &Report) -> String {
    if report.mistakes.is_empty() {
        return String::new();
    }
    let mut blocks = vec![
        "<p class=\"lead\">The surest first: a sure mistake is often a wrong label. <b \
         class=\"reached\">Green</b>: what the row says; <b class=\"missed\">orange</b>: what \
         was predicted, with its confidence.</p>\n"
            .to_owned(),
    ];
    let kinds: BTreeSet<MistakeKind> = report.mistakes.iter().map(|mistake| mistake.kind).collect();
    for (index, kind) in kinds.into_iter().enumerate() {
        let all: Vec<&Mistake> = report.mistakes.iter().filter(|m| m.kind == kind).collect();
        let rows = each(all.iter().take(MISTAKES), |mistake| mistake_row(mistake));
        let more = all.len().saturating_sub(MISTAKES);
        let more =
            if more > 0 { format!("<p class=\"note\">and {more} more</p>") } else { String::new() };
        blocks.push(format!(
            "<details{}><summary>{} <span>{}</span></summary><div class=\"scroll\">\
             <table class=\"mistakes\"><tbody>\n{rows}</tbody></table></div>{more}</details>\n",
            if index == 0 { " open" } else { "" },
            kind.title(),
            all.len(),
        ));
    }
    blocks.concat()
}

fn mistake_row(mistake: &Mistake) -> String {
    let id = mistake.id.clone().unwrap_or_else(|| format!("row {}", mistake.row));
    format!(
        "<tr><td class=\"number\">{:.2}</td><td class=\"labels\"><b class=\"reached\">{}</b>\
         <b class=\"missed\">{}</b><small>{} · {}</small></td><td class=\"message\" dir=\"auto\" \
         lang=\"{}\">{}</td></tr>\n",
        mistake.confidence,
        escape(&mistake.gold),
        escape(&mistake.predicted),
        escape(&id),
        mistake.language,
        mistake.language,
        escape(mistake.text.trim()),
    )
}

/// Model, data and program, and how to read the figures.
pub(super) fn provenance(report: &Report) -> String {
    let about = &report.about;
    let mut rows = vec![("Model", about.model.clone()), ("SHA-256", about.model_sha256.clone())];
    for file in &about.data {
        rows.push(("Data", format!("{}, {} rows", file.name, file.rows)));
        rows.push(("SHA-256", file.sha256.clone()));
    }
    rows.push(("Program", about.program.clone()));
    rows.push(("Made", about.created.clone()));
    let rows = each(rows.iter().filter(|(_, value)| !value.is_empty()), |(name, value)| {
        format!("<tr><td>{name}</td><td>{}</td></tr>\n", escape(value))
    });
    format!(
        "<table class=\"about\"><tbody>\n{rows}</tbody></table>\n\
         <p class=\"note\">Intervals of shares: Wilson 1927; of other figures: bootstrap, Efron \
         1979; “at most”: exact bound, Clopper and Pearson 1934, with 95 % confidence. Calibration \
         error: 15 bins of equal width, Guo et al. 2017. Macro-F1: mean over the labels that occur, \
         as in scikit-learn. AUROC: ties count half. An answer is right if its article is among \
         those that the row names.</p>"
    )
}
