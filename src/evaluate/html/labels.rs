//! Can the labels be trusted, and did any row leak? Also tiers and moods label by label.

use super::super::glance::{title_of, unit_of};
use super::super::lint::Leak;
use super::super::report::{HeadReport, Report, Suspect};
use super::compare::{capital, percent};
use super::{each, escape};

/// Rows that are listed of one kind.
const LISTED: usize = 200;

/// Tier and sentiment, label by label, with what is taken for what.
pub(super) fn heads(report: &Report) -> String {
    let heads = [("Tier", &report.tier), ("Sentiment", &report.sentiment)];
    let tables = each(heads, |(title, head)| {
        head.as_ref().map_or(String::new(), |head| self::head(title, head))
    });
    if tables.is_empty() { tables } else { format!("<div class=\"heads\">{tables}</div>") }
}

fn head(title: &str, head: &HeadReport) -> String {
    let mut labels: Vec<&str> = head.labels.iter().map(|score| score.label.as_str()).collect();
    labels.sort_unstable();
    let most = head.confusions.first().map_or(1, |confusion| confusion.count).max(1);
    let headings = each(&labels, |label| format!("<th>{}</th>", escape(label)));
    let rows = each(&labels, |gold| {
        let score = head.labels.iter().find(|score| score.label == *gold);
        let cells = each(&labels, |given| {
            if gold == given {
                return format!("<td class=\"same\">{}</td>", score.map_or(0, |score| score.right));
            }
            let found =
                head.confusions.iter().find(|pair| pair.gold == *gold && pair.predicted == *given);
            found.map_or("<td></td>".to_owned(), |pair| {
                let strength = 15.0 + 50.0 * pair.count as f64 / most as f64;
                format!("<td style=\"--heat:{strength:.0}%\">{}</td>", pair.count)
            })
        });
        let scores = score.map_or(String::new(), |score| {
            each([score.precision, score.recall, score.f1], |value| {
                format!("<td class=\"plain\">{value:.3}</td>")
            })
        });
        format!("<tr><th>{}</th>{cells}{scores}</tr>\n", escape(gold))
    });
    format!(
        "<figure><figcaption><b>{title}</b><span>{} right, macro-F1 {:.3}</span></figcaption>\
         <div class=\"bare\"><table class=\"heat\"><thead><tr><th></th>{headings}\
         <th>Precision</th><th>Recall</th><th>F1</th></tr></thead><tbody>\n{rows}</tbody></table>\
         </div></figure>\n",
        percent(head.accuracy.value),
        head.macro_f1.value,
    )
}

/// Rows whose label is probably wrong.
pub(super) fn suspects(report: &Report) -> String {
    if report.suspects.is_empty() {
        return String::new();
    }
    let lists = each(["intent", "tier", "sentiment"], |head| {
        let of: Vec<&Suspect> =
            report.suspects.iter().filter(|suspect| suspect.head == head).collect();
        if of.is_empty() {
            return String::new();
        }
        let rows = each(of.iter().take(LISTED), |suspect| suspect_row(suspect));
        format!(
            "<details><summary>{} <span>{}</span></summary><div class=\"scroll\">\
             <table class=\"mistakes\"><tbody>\n{rows}</tbody></table></div>{}</details>\n",
            capital(head),
            of.len(),
            more(of.len()),
        )
    });
    format!(
        "<p class=\"lead\">Each is read as another label, and at least as surely as messages of that \
         label usually are. Look at these first: <b class=\"reached\">green</b> is the label, <b \
         class=\"missed\">orange</b> the reading, with its confidence and the usual one.</p>\n{lists}\
         <p class=\"note\">After the idea of confident learning, Northcutt et al. 2021. A system \
         that was trained on these rows finds fewer.</p>"
    )
}

fn suspect_row(suspect: &Suspect) -> String {
    let id = suspect.id.clone().unwrap_or_else(|| format!("row {}", suspect.row));
    format!(
        "<tr><td class=\"number\">{:.2}<br><small>{:.2}</small></td><td class=\"labels\">\
         <b class=\"reached\">{}</b><b class=\"missed\">{}</b><small>{} · {}</small></td>\
         <td class=\"message\" dir=\"auto\" lang=\"{}\">{}</td></tr>\n",
        suspect.confidence,
        suspect.usual,
        escape(&suspect.gold),
        escape(&suspect.predicted),
        escape(&id),
        suspect.language,
        suspect.language,
        escape(suspect.text.trim()),
    )
}

fn more(all: usize) -> String {
    match all.saturating_sub(LISTED) {
        0 => String::new(),
        more => format!("<p class=\"note\">and {more} more</p>"),
    }
}

/// Rows that stand in the training files, and the figures without them.
pub(super) fn leaks(report: &Report) -> String {
    let Some(leaks) = &report.leaks else { return String::new() };
    let files: Vec<String> = leaks.train.iter().map(|file| escape(&file.name)).collect();
    let lead = format!(
        "<p class=\"lead\"><b class=\"{}\">{} of {} messages</b> stand in {}: {} exactly (case, \
         punctuation and digits aside), {} nearly (their four-letter pieces overlap by {:.0} % or \
         more).</p>\n",
        if leaks.rows.is_empty() { "reached" } else { "missed" },
        leaks.rows.len(),
        report.rows,
        files.join(", "),
        leaks.exact,
        leaks.near,
        leaks.similarity * 100.0,
    );
    if leaks.rows.is_empty() {
        return lead;
    }
    let all = report.estimates();
    let figures = each(&leaks.without, |(name, without)| {
        let unit = unit_of(name);
        format!(
            "<tr><td>{}</td><td class=\"number quiet\">{}</td><td class=\"value\">{}</td>\
             <td class=\"number quiet\">{} – {}</td><td class=\"number quiet\">{}</td></tr>\n",
            escape(&title_of(name)),
            all.get(name).map_or(String::new(), |all| unit.write(all.value)),
            unit.write(without.value),
            unit.write_bare(without.low),
            unit.write_bare(without.high),
            without.rows,
        )
    });
    let rows = each(leaks.rows.iter().take(LISTED), leak_row);
    format!(
        "{lead}<div class=\"scroll\"><table class=\"leaks\"><thead><tr><th>Figure</th>\
         <th>All messages</th><th>Without leaks</th><th>95 % interval</th><th>Rows</th></tr></thead>\
         <tbody>\n{figures}</tbody></table></div>\n<details><summary>Leaked messages <span>{}</span>\
         </summary><div class=\"scroll\"><table class=\"mistakes\"><tbody>\n{rows}</tbody></table>\
         </div>{}</details>\n",
        leaks.rows.len(),
        more(leaks.rows.len()),
    )
}

fn leak_row(leak: &Leak) -> String {
    let id = leak.id.clone().unwrap_or_else(|| format!("row {}", leak.row));
    let from = leak.train.id.clone().unwrap_or_else(|| format!("row {}", leak.train.row));
    let differs = if leak.differs.is_empty() {
        String::new()
    } else {
        format!("<b class=\"missed\">other {}</b>", leak.differs.join(", "))
    };
    format!(
        "<tr><td class=\"number\">{:.0} %</td><td class=\"labels\"><b>{}</b>{differs}<small>{} \
         {}</small></td><td class=\"message\" dir=\"auto\">{}\n<span class=\"quiet\">{}</span></td>\
         </tr>\n",
        leak.similarity * 100.0,
        escape(&id),
        escape(&leak.train.file),
        escape(&from),
        escape(leak.text.trim()),
        escape(leak.train.text.trim()),
    )
}

/// How a file of predictions fits the rows; empty where a pack was judged.
pub(super) fn predictions(report: &Report) -> String {
    let Some(summary) = &report.predictions else { return String::new() };
    let mut parts = vec![format!(
        "{} predictions of another system, matched by {}; {} belong to no message.",
        summary.predictions, summary.matched_by, summary.unused
    )];
    if !summary.unknown_intents.is_empty() {
        let named: Vec<String> = summary
            .unknown_intents
            .iter()
            .map(|unknown| {
                format!("{} × {} (line {})", unknown.count, escape(&unknown.name), unknown.line)
            })
            .collect();
        parts.push(format!(
            "<b class=\"missed\">Intents that no message carries, counted as wrong:</b> {}.",
            named.join(", ")
        ));
    }
    if !summary.without_confidence.is_empty() {
        parts.push(format!(
            "No confidence stated of: {}; its figures are left out.",
            summary.without_confidence.join(", ")
        ));
    }
    format!("<p class=\"lead\">{}</p>\n", parts.join(" "))
}
