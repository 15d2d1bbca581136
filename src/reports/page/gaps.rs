//! Which articles are missing, and where does one begin to write them?

use super::View;
use super::draft::{DraftForm, hidden_fields};
use super::format::escape;
use super::texts;
use crate::reports::gaps::GapCluster;
use crate::reports::{Asked, Report};

/// Clusters shown before the others are folded away.
const SHOWN: usize = 6;

/// The section.
pub(super) fn section(report: &Report, asked: &Asked, view: &View) -> String {
    let (texts, format, gaps) = (view.texts(), view.format(), &report.gaps);
    let cards: Vec<String> =
        gaps.clusters.iter().map(|cluster| card(cluster, asked, view)).collect();
    let (first, others) = cards.split_at(cards.len().min(SHOWN));
    let others = if others.is_empty() {
        String::new()
    } else {
        format!(
            "<details class=\"more\"><summary>+ {}</summary><ul class=\"gaps\">{}</ul></details>",
            format.count(others.len()),
            others.concat()
        )
    };
    let content = if gaps.questions == 0 {
        format!("<p class=\"panel muted\">{}</p>", texts.no_gaps)
    } else if cards.is_empty() && gaps.pending == 0 {
        format!("<p class=\"panel muted\">{}</p>", texts.gaps_alone)
    } else {
        format!("<ul class=\"gaps\">{}</ul>{others}", first.concat())
    };
    let mut notes = vec![format!(
        "{} {}, {} {}",
        format.count(gaps.questions),
        texts.gap_questions,
        format.count(gaps.tickets),
        texts.gap_tickets
    )];
    if gaps.single > 0 {
        notes.push(format!("{} {}", format.count(gaps.single), texts.gap_single));
    }
    if gaps.pending > 0 {
        notes.push(format!("{} {}", format.count(gaps.pending), texts.gap_pending));
    }
    format!(
        "<section aria-labelledby=\"gaps\"><div class=\"section-head\"><h2 id=\"gaps\">{}</h2>\
         <p class=\"muted small\">{}</p></div>{content}\
         <details class=\"means\"><summary>{}</summary><p>{}</p></details>{}</section>\n",
        texts.gaps,
        notes.join(" · "),
        texts.definitions,
        texts.gaps_means,
        super::tables::csv_link("gaps", view)
    )
}

fn card(cluster: &GapCluster, asked: &Asked, view: &View) -> String {
    let (texts, format) = (view.texts(), view.format());
    let form = DraftForm {
        title: cluster.example.chars().take(120).collect(),
        language: cluster.language.code().to_owned(),
        intents: cluster.intents.join(", "),
        questions: cluster.phrasings.join("\n"),
        text: String::new(),
    };
    let code = cluster.language.code();
    let latest = asked.period.zoned(cluster.latest_at).date();
    format!(
        "<li class=\"panel gap\"><h3 lang=\"{code}\">{}</h3>\
         <blockquote lang=\"{code}\">{}</blockquote>\
         <p class=\"gap-weight\"><b>{}</b> {} · <b>{}</b> {}</p>\
         <div class=\"gap-do\"><p class=\"muted small\">{} · {} {}</p>\
         <form method=\"post\" action=\"/reports/draft\">{}\
         <button class=\"button\">{}</button></form></div></li>",
        escape(&cluster.words.join(" · ")),
        escape(&clip(&cluster.example)),
        format.count(cluster.questions),
        texts.gap_questions,
        format.count(cluster.tickets),
        if cluster.tickets == 1 { texts.gaps_saves_one } else { texts.gaps_saves },
        texts::language_name(cluster.language, view.language),
        texts.gap_latest,
        format.day(latest),
        hidden_fields(&form, view),
        texts.gap_start,
    )
}

/// A question of some length is cut.
pub(crate) fn clip(text: &str) -> String {
    const LONGEST: usize = 220;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
