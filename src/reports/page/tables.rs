//! Who waits how long, what is it about, and how is the work spread?

use super::View;
use super::format::{Format, escape};
use super::svg::row_bar;
use super::texts::{self, Texts};
use crate::domain::{Channel, Language};
use crate::reports::{Group, IntentCount, Report, TicketFigures};
use crate::triage::intent_name;

/// Matters listed before the others are folded away.
const MATTERS: usize = 10;

/// What an intent is called; an unknown one by its own name.
pub(crate) fn matter(intent: Option<&str>, language: Language) -> String {
    let Some(intent) = intent else { return Texts::of(language).out_of_scope.to_owned() };
    intent_name(intent, language).map_or_else(|| intent.replace('_', " "), str::to_owned)
}

/// Where a table is to be had for a spreadsheet.
pub(super) fn csv_link(table: &str, view: &View) -> String {
    format!("<p class=\"csv\"><a href=\"{}\" download>CSV</a></p>", view.csv(table))
}

/// A table that scrolls within itself where it does not fit.
pub(crate) fn table(
    label: &str,
    header: &[(&str, &str)],
    rows: &[String],
    language: Language,
) -> String {
    let figures = Texts::of(language).table;
    let header: Vec<String> = header
        .iter()
        .map(|(name, class)| format!("<th scope=\"col\" class=\"{class}\">{name}</th>"))
        .collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}: {figures}\">\
         <table class=\"figures\"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        header.concat(),
        rows.concat()
    )
}

/// A table of the first rows, and folded away below it one of all; `labels` name the two.
pub(crate) fn folded_table(
    labels: [&str; 2],
    header: &[(&str, &str)],
    rows: &[String],
    listed: usize,
    language: Language,
) -> String {
    let first = table(labels[0], header, &rows[..rows.len().min(listed)], language);
    if rows.len() <= listed {
        return first;
    }
    format!(
        "{first}<details class=\"more\"><summary>{} ({})</summary>{}</details>",
        labels[1],
        Format(language).count(rows.len()),
        table(labels[1], header, rows, language)
    )
}

/// First response, resolution and promises, by channel and by queue.
pub(super) fn waiting(report: &Report, view: &View) -> String {
    let texts = view.texts();
    if report.totals.tickets.opened == 0 {
        return String::new();
    }
    let name_of = |group: &Group| {
        Channel::from_name(&group.name).map_or_else(
            || group.name.clone(),
            |name| texts::channel(name, view.language).to_owned(),
        )
    };
    let by_channel: Vec<String> = report
        .channels
        .iter()
        .filter(|group| group.tickets.opened > 0)
        .map(|group| waiting_row(&name_of(group), &group.tickets, view))
        .collect();
    let by_queue: Vec<String> = report
        .queues
        .iter()
        .map(|group| waiting_row(view.queue_title(&group.name), &group.tickets, view))
        .collect();
    let part = |title: &str, first: &str, rows: &[String], csv: &str| {
        let header = [
            (first, ""),
            (texts.tickets, "extra"),
            (texts.first_response, ""),
            (texts.ninety, "extra"),
            (texts.service_level, "barred"),
            (texts.resolution, ""),
            (texts.ninety, "extra"),
            (texts.overdue, ""),
        ];
        format!(
            "<div class=\"panel\"><h3>{title}</h3>{}{}</div>",
            table(title, &header, rows, view.language),
            csv_link(csv, view)
        )
    };
    format!(
        "<section aria-labelledby=\"waiting\"><h2 id=\"waiting\">{}</h2>{}{}</section>\n",
        texts.waiting,
        part(texts.by_channel, texts.channel, &by_channel, "channels"),
        part(texts.by_queue, texts.queue, &by_queue, "queues"),
    )
}

fn waiting_row(name: &str, tickets: &TicketFigures, view: &View) -> String {
    let format = view.format();
    let kept = tickets.service_level;
    let bar = kept.share.map_or(String::new(), |share| row_bar("series-1", share));
    let overdue = if tickets.overdue > 0 {
        format!("<span class=\"badge badge-bad\">{}</span>", format.count(tickets.overdue))
    } else {
        format.count(0)
    };
    format!(
        "<tr><th scope=\"row\">{}</th><td class=\"extra\">{}</td><td>{}</td><td class=\"extra\">{}</td>\
         <td class=\"barred\"><span>{}</span>{bar}</td><td>{}</td><td class=\"extra\">{}</td>\
         <td>{overdue}</td></tr>",
        escape(name),
        format.count(tickets.opened),
        format.maybe(tickets.first_response.median_seconds),
        format.maybe(tickets.first_response.p90_seconds),
        format.share(kept),
        format.maybe(tickets.resolution.median_seconds),
        format.maybe(tickets.resolution.p90_seconds),
    )
}

/// What customers write about.
pub(super) fn intents(report: &Report, view: &View) -> String {
    let texts = view.texts();
    if report.intents.is_empty() {
        return String::new();
    }
    let most = report.intents.first().map_or(1, |count| count.messages.part).max(1);
    let rows: Vec<String> =
        report.intents.iter().map(|count| intent_row(count, most, view)).collect();
    let header = [
        (texts.intent, ""),
        (texts.messages, "barred"),
        (texts.share, "extra"),
        (texts.answered, ""),
        (texts.handed_over, ""),
        (texts.negative, "extra"),
    ];
    let calm = if report.rising.days == 0 {
        texts.rising_too_young
    } else if report.rising.intents.is_empty() {
        texts.rising_none
    } else {
        ""
    };
    format!(
        "<section aria-labelledby=\"intents\"><h2 id=\"intents\">{}</h2><div class=\"panel\">\
         {}<p class=\"muted small\">{calm}</p>{}</div></section>\n",
        texts.intents,
        folded_table([texts.intents, texts.more_intents], &header, &rows, MATTERS, view.language),
        csv_link("intents", view)
    )
}

fn intent_row(count: &IntentCount, most: usize, view: &View) -> String {
    let format = view.format();
    format!(
        "<tr><th scope=\"row\">{}</th><td class=\"barred\"><span>{}</span>{}</td>\
         <td class=\"extra\">{}</td><td>{}</td><td>{}</td><td class=\"extra\">{}</td></tr>",
        escape(&matter(count.intent.as_deref(), view.language)),
        format.count(count.messages.part),
        row_bar("series-1", count.messages.part as f64 / most as f64),
        format.share(count.messages),
        format.share(count.answered),
        format.share(count.escalated),
        format.share(count.negative),
    )
}

/// How customers rate.
pub(super) fn ratings(report: &Report, view: &View) -> String {
    let (texts, format) = (view.texts(), view.format());
    let satisfaction = &report.totals.satisfaction;
    let all = satisfaction.satisfied.whole;
    let content = match satisfaction.mean {
        None => format!("<p class=\"muted\">{}</p>", texts.no_ratings),
        Some(mean) => {
            let rows: Vec<String> = satisfaction
                .scores
                .iter()
                .zip(1..=5_u8)
                .rev()
                .map(|(count, score)| {
                    let class = if score >= 4 {
                        "bar-good"
                    } else if score == 3 {
                        "series-6"
                    } else {
                        "bar-bad"
                    };
                    format!(
                        "<tr><th scope=\"row\">{score}</th><td class=\"barred\"><span>{}</span>{}\
                         </td></tr>",
                        format.count(*count),
                        row_bar(class, *count as f64 / all.max(1) as f64)
                    )
                })
                .collect();
            let header = [(texts.score, ""), (texts.count, "barred")];
            format!(
                "<p class=\"muted small\">{}: {} {} {} {}, {} {}</p>{}",
                texts.satisfied,
                format.share(satisfaction.satisfied),
                texts.of,
                format.count(all),
                texts.satisfied_note,
                texts.mean,
                format.decimal(mean),
                table(texts.satisfaction, &header, &rows, view.language)
            )
        }
    };
    format!(
        "<div class=\"panel\"><h3>{}</h3>{content}{}</div>",
        texts.satisfaction,
        csv_link("satisfaction", view)
    )
}

/// The workload of the team.
pub(super) fn agents(report: &Report, view: &View) -> String {
    let (texts, format) = (view.texts(), view.format());
    let content = if report.agents.is_empty() {
        format!("<p class=\"muted\">{}</p>", texts.no_agents)
    } else {
        let most = report.agents.iter().map(|load| load.resolved).max().unwrap_or(0).max(1);
        let rows: Vec<String> = report
            .agents
            .iter()
            .map(|load| {
                format!(
                    "<tr><th scope=\"row\">{}</th><td class=\"extra\">{}</td><td>{}</td>\
                     <td class=\"barred\"><span>{}</span>{}</td><td>{}</td></tr>",
                    escape(&load.agent),
                    format.count(load.claimed),
                    format.count(load.replies),
                    format.count(load.resolved),
                    row_bar("series-3", load.resolved as f64 / most as f64),
                    format.maybe(load.handling.median_seconds)
                )
            })
            .collect();
        let header = [
            (texts.agent, ""),
            (texts.claimed, "extra"),
            (texts.replies, ""),
            (texts.resolved, "barred"),
            (texts.handling, ""),
        ];
        format!(
            "<p class=\"muted small\">{}</p>{}",
            texts.agents_means,
            table(texts.agents, &header, &rows, view.language)
        )
    };
    format!(
        "<section aria-labelledby=\"agents\"><h2 id=\"agents\">{}</h2>\
         <div class=\"panel\">{content}{}</div></section>",
        texts.agents,
        csv_link("agents", view)
    )
}
