//! What surrounds the figures: head, filters, and what is said where there are none.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::View;
use super::format::escape;
use super::texts::{self, Texts};
use crate::domain::{Channel, Language};
use crate::reports::{Ask, Asked, ReportError};

/// White and red: the flag of a ship with a pilot on board.
pub(crate) const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
    viewBox='0 0 30 22'%3E%3Crect width='30' height='22' rx='3' fill='%23fff'/%3E%3Cpath \
    d='M15 0h12a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H15z' fill='%23d8432a'/%3E%3C/svg%3E";
/// The same beside the name of the page.
pub(crate) const FLAG: &str = "<svg class=\"flag\" viewBox=\"0 0 30 22\" width=\"22\" height=\"16\" \
    aria-hidden=\"true\"><rect class=\"flag-white\" x=\".5\" y=\".5\" width=\"29\" height=\"21\" \
    rx=\"3\"/><path class=\"flag-red\" d=\"M15 0h12a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H15z\"/></svg>";

/// The whole document.
pub(super) fn page(view: &View, head: &str, body: &str) -> String {
    let (texts, code) = (view.texts(), view.language.code());
    let other = match view.language {
        Language::De => Language::En,
        Language::En => Language::De,
    };
    let switch = View { language: other, chosen: true, ..view.clone() };
    format!(
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} · Lotse</title>\n<link rel=\"icon\" href=\"{ICON}\">\n\
         <link rel=\"stylesheet\" href=\"/assets/common/tokens.css\">\n\
         <link rel=\"stylesheet\" href=\"/assets/reports/reports.css\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">{skip}</a>\n<header class=\"top\">\n\
         <a class=\"brand\" href=\"/console\">{FLAG}Lotse</a>\n\
         <nav aria-label=\"{pages}\"><a href=\"/console\">{console}</a>\
         <a href=\"{here}\" aria-current=\"page\">{title}</a></nav>\n\
         <a class=\"switch\" href=\"{there}\" lang=\"{there_code}\" hreflang=\"{there_code}\">\
         {other_language}</a>\n</header>\n\
         <main id=\"content\">\n{head}{body}</main>\n</body>\n</html>\n",
        title = texts.title,
        skip = texts.skip,
        pages = texts.pages,
        console = texts.console,
        here = view.address("/reports", &Ask::default()),
        there = switch.address("/reports", &view.ask),
        there_code = other.code(),
        other_language = texts.other_language,
    )
}

/// Title, ready periods and filters. Without a period that was understood, only what was typed.
pub(super) fn head(asked: Option<&Asked>, view: &View) -> String {
    let (texts, format) = (view.texts(), view.format());
    let spoken = asked.map_or_else(String::new, |asked| {
        let zone = asked.period.timezone.iana_name().unwrap_or("UTC");
        format!(
            "<p class=\"spoken muted\">{} · {} {} · {}</p>",
            format.period(&asked.period),
            texts.made_at,
            format.moment(asked.period.now, &asked.period),
            escape(zone)
        )
    });
    format!(
        "<div class=\"head\"><div><h1>{}</h1>{spoken}</div>{}</div>\n{}",
        texts.title,
        ready_periods(view),
        filters(asked, view)
    )
}

fn ready_periods(view: &View) -> String {
    let texts = view.texts();
    let given =
        |field: &Option<String>| field.as_deref().is_some_and(|text| !text.trim().is_empty());
    let ask = &view.ask;
    let chosen = match ask.days.as_deref() {
        Some(days) if !days.trim().is_empty() => days.trim(),
        _ if given(&ask.from) || given(&ask.to) => "",
        _ => "7",
    };
    let ready =
        [("1", texts.today), ("7", texts.days_7), ("30", texts.days_30), ("90", texts.days_90)];
    let links: Vec<String> = ready
        .into_iter()
        .map(|(days, name)| {
            let days = days.to_owned();
            let current = if days == chosen { " aria-current=\"true\"" } else { "" };
            let ask = Ask { from: None, to: None, days: Some(days), ..ask.clone() };
            format!("<a href=\"{}\"{current}>{}</a>", view.address("/reports", &ask), name)
        })
        .collect();
    format!("<nav class=\"ready\" aria-label=\"{}\">{}</nav>", texts.period, links.concat())
}

fn filters(asked: Option<&Asked>, view: &View) -> String {
    let (texts, ask) = (view.texts(), &view.ask);
    let typed = |field: &Option<String>| field.as_deref().unwrap_or_default().trim().to_owned();
    // A ready period moves on with time: its days are not written into the fields.
    let ready = typed(&ask.days);
    let ready = if ready.is_empty() {
        String::new()
    } else {
        format!("<input type=\"hidden\" name=\"days\" value=\"{}\">", escape(&ready))
    };
    let (from, to) = match asked {
        Some(asked) if !typed(&ask.from).is_empty() || !typed(&ask.to).is_empty() => {
            let last = Timestamp::from_millisecond(asked.period.to.as_millisecond() - 1);
            let day = |at| asked.period.zoned(at).date().to_string();
            (day(asked.period.from), day(last.unwrap_or(asked.period.to)))
        }
        _ => (typed(&ask.from), typed(&ask.to)),
    };
    let channels: Vec<(String, String)> = Channel::ALL
        .iter()
        .map(|channel| {
            (channel.name().to_owned(), texts::channel(*channel, view.language).to_owned())
        })
        .collect();
    let mut queues = view.queues.clone();
    // A queue that was since taken out of the file can still be asked for.
    let asked_queue = typed(&ask.queue);
    if !asked_queue.is_empty() && queues.iter().all(|(name, _)| *name != asked_queue) {
        queues.push((asked_queue.clone(), asked_queue));
    }
    let languages: Vec<(String, String)> = Language::ALL
        .iter()
        .map(|name| (name.code().to_owned(), texts::language_name(*name, view.language).to_owned()))
        .collect();
    let filtered =
        [&ask.channel, &ask.queue, &ask.language].into_iter().any(|field| !typed(field).is_empty());
    let without = Ask { channel: None, queue: None, language: None, ..ask.clone() };
    let remove = if filtered {
        let address = view.address("/reports", &without);
        format!("<a class=\"button button-bare\" href=\"{address}\">{}</a>", texts.without_filter)
    } else {
        String::new()
    };
    let lang = if view.chosen {
        format!("<input type=\"hidden\" name=\"lang\" value=\"{}\">", view.language.code())
    } else {
        String::new()
    };
    format!(
        "<form class=\"filters\" method=\"get\" action=\"/reports\" aria-label=\"{}\">\
         <label>{}<input class=\"field\" type=\"date\" name=\"from\" value=\"{}\"></label>\
         <label>{}<input class=\"field\" type=\"date\" name=\"to\" value=\"{}\"></label>\
         {}{}{}{ready}{lang}<div class=\"filters-do\">\
         <button class=\"button button-main\">{}</button>{remove}</div></form>\n",
        texts.filter,
        texts.from,
        escape(&from),
        texts.to,
        escape(&to),
        choice(texts.channel, "channel", &typed(&ask.channel), &channels, texts),
        choice(texts.queue, "queue", &typed(&ask.queue), &queues, texts),
        choice(texts.language, "language", &typed(&ask.language), &languages, texts),
        texts.show,
    )
}

fn choice(
    label: &str,
    name: &str,
    chosen: &str,
    options: &[(String, String)],
    texts: &Texts,
) -> String {
    let mut listed = format!("<option value=\"\">{}</option>", texts.all);
    for (value, text) in options {
        let selected = if value == chosen { " selected" } else { "" };
        let (value, text) = (escape(value), escape(text));
        // Writing into a string cannot fail.
        let _ = write!(listed, "<option value=\"{value}\"{selected}>{text}</option>");
    }
    format!("<label>{label}<select class=\"field\" name=\"{name}\">{listed}</select></label>")
}

/// What is said before the first message.
pub(super) fn empty(view: &View) -> String {
    let texts = view.texts();
    format!(
        "<section class=\"panel empty\"><h2>{}</h2><p>{}</p>\
         <p><a class=\"button\" href=\"/\">{}</a></p></section>\n",
        texts.empty_title, texts.empty_text, texts.empty_link
    )
}

/// What is said about a period without messages.
pub(super) fn nothing(view: &View) -> String {
    let texts = view.texts();
    format!(
        "<section class=\"panel empty\"><h2>{}</h2><p>{}</p></section>\n",
        texts.nothing_title, texts.nothing_text
    )
}

/// What is wrong with a request.
pub(super) fn problem(error: &ReportError, view: &View) -> String {
    format!(
        "<section class=\"panel empty problem\" role=\"alert\"><h2>{}</h2><p>{}</p></section>\n",
        view.texts().problem,
        escape(&texts::problem(error, view.language))
    )
}

/// What stands below the figures.
pub(super) fn foot(view: &View) -> String {
    format!(
        "<footer class=\"small\"><a href=\"{}\">{}</a></footer>\n",
        view.address("/v1/reports/kpi", &view.ask),
        view.texts().json
    )
}
