//! What lies outside all intents, and what came again and again?

use super::texts::fill;
use super::{View, means};
use crate::batch::report::{Cluster, Report};
use crate::reports::page::{clip, escape, language_name, matter, table};

/// Clusters shown before the others are folded away.
const SHOWN: usize = 8;

pub(super) fn section(report: &Report, view: View) -> String {
    let View { texts, format, .. } = view;
    let found = &report.clusters;
    let is_sample = found.sampled < found.out_of_scope + found.unsure;
    let cards: Vec<String> =
        found.clusters.iter().map(|cluster| card(cluster, is_sample, view)).collect();
    let (first, others) = cards.split_at(cards.len().min(SHOWN));
    let more = if others.is_empty() {
        String::new()
    } else {
        format!(
            "<details class=\"more\"><summary>+ {} {}</summary><ul class=\"gaps\">{}</ul></details>",
            format.count(others.len()),
            texts.others,
            others.concat()
        )
    };
    let content = if found.sampled == 0 {
        format!("<p class=\"panel muted\">{}</p>", texts.clusters_all_covered)
    } else if cards.is_empty() {
        format!("<p class=\"panel muted\">{}</p>", texts.clusters_none)
    } else {
        format!("<ul class=\"gaps\">{}</ul>{more}", first.concat())
    };
    let note = fill(texts.clusters_note, &[format.count(found.unsure)]);
    let mut rest = Vec::new();
    if found.alone > 0 {
        rest.push(fill(
            texts.clusters_rest,
            &[size(found.alone, is_sample, view), format.count(found.smallest)],
        ));
    }
    if found.others > 0 {
        rest.push(fill(texts.clusters_smaller, &[size(found.others, is_sample, view)]));
    }
    let rest = if rest.is_empty() || cards.is_empty() {
        String::new()
    } else {
        format!("<p class=\"muted small rest\">{}</p>", rest.join(" · "))
    };
    format!(
        "<section aria-labelledby=\"clusters\"><div class=\"section-head\"><h2 id=\"clusters\">{}</h2>\
         <p class=\"muted small\">{} {note}</p></div>{content}{rest}{}</section>\n",
        texts.clusters,
        format.count(found.out_of_scope),
        means(&[texts.clusters_how.to_owned()], view)
    )
}

/// A number of rows; of a sample, only two digits are known.
fn size(rows: usize, is_sample: bool, view: View) -> String {
    if !is_sample || rows < 100 {
        return view.format.count(rows);
    }
    let step = 10_usize.pow(rows.ilog10() - 1);
    format!("{} {}", view.texts.about, view.format.count((rows + step / 2) / step * step))
}

fn card(cluster: &Cluster, is_sample: bool, view: View) -> String {
    let View { texts, format, language } = view;
    let code = cluster.language.code();
    let examples: Vec<String> = cluster
        .examples
        .iter()
        .map(|example| {
            format!(
                "<li><blockquote lang=\"{code}\">{}</blockquote></li>",
                escape(&clip(&example.text))
            )
        })
        .collect();
    let share = cluster.out_of_scope as f64 / cluster.sampled.max(1) as f64;
    let mut notes = vec![
        language_name(cluster.language, language).to_owned(),
        format!("{} {}", format.percent((share * 100.0).round() / 100.0), texts.cluster_unplaced),
    ];
    if !cluster.nearest.is_empty() {
        let nearest: Vec<String> =
            cluster.nearest.iter().map(|intent| matter(Some(intent), language)).collect();
        notes.push(format!("{}: {}", texts.cluster_nearest, escape(&nearest.join(", "))));
    }
    let name = if cluster.words.is_empty() {
        "…".to_owned()
    } else {
        escape(&cluster.words.join(" · "))
    };
    format!(
        "<li class=\"panel gap\"><div class=\"gap-head\"><h3 lang=\"{code}\">{name}</h3><b>{}</b></div>\
         <ul>{}</ul><p class=\"muted small\">{}</p></li>",
        size(cluster.rows, is_sample, view),
        examples.concat(),
        notes.join(" · ")
    )
}

/// Messages that came again and again.
pub(super) fn repeats(report: &Report, view: View) -> String {
    let View { texts, format, language } = view;
    let found = &report.repeats;
    if found.rows.part == 0 {
        return String::new();
    }
    let rows: Vec<String> = found
        .largest
        .iter()
        .map(|group| {
            format!(
                "<tr><th scope=\"row\">{}</th><td class=\"says\" lang=\"{}\">{}</td>\
                 <td class=\"extra muted\">{} {}</td></tr>",
                format.count(group.rows),
                group.language.code(),
                escape(&clip(&group.example)),
                texts.first_row,
                format.count(group.first as usize),
            )
        })
        .collect();
    let listed = if rows.is_empty() {
        String::new()
    } else {
        let header = [(texts.rows, ""), (texts.message, "says"), ("", "extra")];
        let table = table(texts.repeats, &header, &rows, language);
        format!("<div class=\"panel repeats\">{table}</div>")
    };
    format!(
        "<section aria-labelledby=\"repeats\"><div class=\"section-head\"><h2 id=\"repeats\">{}</h2>\
         <p class=\"muted small\">{} ({}) {}</p></div>{listed}{}</section>\n",
        texts.repeats,
        format.count(found.rows.part),
        format.share(found.rows),
        texts.repeats_note,
        means(&[texts.repeats_how.to_owned()], view)
    )
}
