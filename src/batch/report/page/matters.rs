//! What is it about, how hard is it, and who would get it?

use super::View;
use crate::batch::report::{IntentFigures, Report};
use crate::reports::Share;
use crate::reports::page::{escape, folded_table, language_name, matter, row_bar, table};

/// Matters listed before the others are folded away.
const LISTED: usize = 15;

pub(super) fn section(report: &Report, view: View) -> String {
    let texts = view.texts;
    let most = report.intents.first().map_or(1, |figures| figures.rows.part).max(1);
    let rows: Vec<String> =
        report.intents.iter().map(|figures| intent_row(figures, most, view)).collect();
    let header = [
        (texts.intent, ""),
        (texts.rows, "barred"),
        (texts.share, "extra"),
        (texts.column_answered, ""),
        (texts.column_negative, ""),
        (texts.column_tier_three, "extra"),
    ];
    format!(
        "<section aria-labelledby=\"matters\"><h2 id=\"matters\">{}</h2>\
         <div class=\"panel\">{}</div></section>\n",
        texts.matters,
        folded_table([texts.matters, texts.more_matters], &header, &rows, LISTED, view.language)
    )
}

fn intent_row(figures: &IntentFigures, most: usize, view: View) -> String {
    let format = view.format;
    format!(
        "<tr><th scope=\"row\">{}</th><td class=\"barred\"><span>{}</span>{}</td>\
         <td class=\"extra\">{}</td><td>{}</td><td>{}</td><td class=\"extra\">{}</td></tr>",
        escape(&matter(figures.intent.as_deref(), view.language)),
        format.count(figures.rows.part),
        row_bar("series-1", figures.rows.part as f64 / most as f64),
        format.share(figures.rows),
        format.share(figures.answered),
        format.share(figures.negative),
        format.share(figures.tier_three),
    )
}

/// Tiers, moods and languages beside each other, and the queues.
pub(super) fn parts(report: &Report, view: View) -> String {
    let texts = view.texts;
    let tiers =
        report.tiers.iter().map(|(tier, share)| (texts.tier_name(*tier), "series-1", *share));
    let moods = report.sentiments.iter().map(|(mood, share)| {
        let class = match mood {
            crate::domain::Sentiment::Negative => "bar-bad",
            crate::domain::Sentiment::Neutral => "series-6",
            crate::domain::Sentiment::Positive => "bar-good",
        };
        (texts.mood_name(*mood), class, *share)
    });
    let languages = report
        .languages
        .iter()
        .map(|(name, share)| (language_name(*name, view.language), "series-2", *share));
    let panels = [
        shares(texts.tiers, tiers.collect(), view),
        shares(texts.moods, moods.collect(), view),
        shares(texts.languages, languages.collect(), view),
    ];
    format!(
        "<section><div class=\"parts\">{}</div></section>\n{}",
        panels.concat(),
        queues(report, view)
    )
}

fn shares(title: &str, rows: Vec<(&str, &str, Share)>, view: View) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let rows: Vec<String> = rows
        .into_iter()
        .map(|(name, class, share)| {
            format!(
                "<tr><th scope=\"row\">{name}</th><td class=\"barred\"><span>{}</span>{}</td></tr>",
                view.format.share(share),
                row_bar(class, share.share.unwrap_or(0.0))
            )
        })
        .collect();
    let unseen = format!("<span class=\"unseen\">{title}</span>");
    let header = [(unseen.as_str(), ""), (view.texts.share, "barred")];
    format!(
        "<div class=\"panel\"><h3>{title}</h3>{}</div>",
        table(title, &header, &rows, view.language)
    )
}

fn queues(report: &Report, view: View) -> String {
    let View { texts, format, language } = view;
    if report.queues.is_empty() {
        return String::new();
    }
    let most = report.queues[0].rows.part.max(1);
    let rows: Vec<String> = report
        .queues
        .iter()
        .map(|queue| {
            format!(
                "<tr><th scope=\"row\">{}</th><td class=\"barred\"><span>{}</span>{}</td>\
                 <td class=\"extra\">{}</td><td>{}</td></tr>",
                escape(queue.title.as_ref().unwrap_or(&queue.queue)),
                format.count(queue.rows.part),
                row_bar("series-3", queue.rows.part as f64 / most as f64),
                format.share(queue.rows),
                format.share(queue.pressing),
            )
        })
        .collect();
    let header =
        [(texts.queue, ""), (texts.rows, "barred"), (texts.share, "extra"), (texts.pressing, "")];
    format!(
        "<section aria-labelledby=\"queues\"><div class=\"section-head\">\
         <h2 id=\"queues\">{}</h2><p class=\"muted small\">{}</p></div>\
         <div class=\"panel\">{}</div></section>\n",
        texts.queues,
        texts.queues_means,
        table(texts.queues, &header, &rows, language)
    )
}
