//! On which days has something probably happened?

use super::texts::fill;
use super::{View, means};
use crate::batch::report::incidents::{FEWEST, FEWEST_DAYS};
use crate::batch::report::{Incident, Report};
use crate::reports::page::{Chart, Series, clip, escape, matter};

/// Incidents shown before the others are folded away.
const SHOWN: usize = 6;

pub(super) fn section(report: &Report, view: View) -> String {
    let View { texts, format, .. } = view;
    if report.days.is_none() {
        return String::new();
    }
    let found = &report.incidents;
    let how = means(&[fill(texts.incidents_how, &[format.count(FEWEST as usize)])], view);
    let content = if found.days < FEWEST_DAYS {
        let words = fill(texts.incidents_few, &[format.count(FEWEST_DAYS)]);
        format!("<p class=\"panel muted\">{words}</p>")
    } else if found.incidents.is_empty() {
        format!("<p class=\"panel muted\">{}</p>{how}", texts.incidents_none)
    } else {
        let cards: Vec<String> = found
            .incidents
            .iter()
            .enumerate()
            .map(|(index, incident)| card(&format!("incident-{index}"), incident, view))
            .collect();
        let (first, others) = cards.split_at(cards.len().min(SHOWN));
        let more = if others.is_empty() {
            String::new()
        } else {
            format!(
                "<details class=\"more\"><summary>+ {} {}</summary>\
                 <div class=\"events\">{}</div></details>",
                format.count(others.len()),
                texts.others,
                others.concat()
            )
        };
        format!("<div class=\"events\">{}</div>{more}{how}", first.concat())
    };
    format!(
        "<section aria-labelledby=\"incidents\"><h2 id=\"incidents\">{}</h2>{content}</section>\n",
        texts.incidents
    )
}

fn card(id: &str, incident: &Incident, view: View) -> String {
    let View { texts, format, language } = view;
    let name = match &incident.intent {
        Some(intent) => escape(&matter(Some(intent), language)),
        None => texts.all_matters.to_owned(),
    };
    let days = if incident.first == incident.last {
        format!("{} {}", format.weekday(incident.first), incident.first.year())
    } else {
        format!("{} – {}", format.weekday(incident.first), format.full_day(incident.last))
    };
    let example = incident
        .example
        .as_ref()
        .map_or(String::new(), |text| format!("<blockquote>{}</blockquote>", escape(&clip(text))));
    let steps: Vec<(String, String)> = incident
        .course
        .iter()
        .map(|course| (format.day(course.day), format.weekday(course.day)))
        .collect();
    let rows = |wanted: bool| {
        let course = incident.course.iter();
        course.map(|day| if day.stands_out == wanted { day.rows } else { 0 }).collect()
    };
    let title = format!("{}: {days}", texts.incidents);
    let chart = Chart {
        id,
        title: &title,
        steps: &steps,
        series: vec![
            Series { class: "series-6", name: texts.rather, values: rows(false) },
            Series { class: "series-4", name: texts.standing_out, values: rows(true) },
        ],
        format,
    };
    let usual = incident.usual.max(0.1);
    let ratio = (incident.rows as f64 / usual).clamp(1.0, 99.0);
    let ratio = if ratio >= 10.0 { ratio.round() } else { ratio };
    format!(
        "<article class=\"panel event\"><div><h3>{name}</h3>\
         <p class=\"muted small\">{days}</p>\
         <p class=\"event-size\"><b>{}</b> {} {} {} <span class=\"badge badge-warn\">{}×</span></p>\
         {example}</div>{}</article>",
        format.count(incident.rows),
        texts.title,
        texts.instead_of,
        format.decimal(if usual >= 10.0 { usual.round() } else { usual }),
        format.decimal(ratio),
        chart.stacked(),
    )
}
