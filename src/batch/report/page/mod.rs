//! What does a reader of the report see? One file that needs nothing else: style and drawings are
//! inside, there is no script, and it prints. It looks as the reports of the service do.

mod answers;
mod clusters;
mod glance;
mod incidents;
mod matters;
mod over_time;
mod texts;

use super::Report;
use crate::domain::Language;
use crate::reports::page::{FLAG, Format, ICON, escape};
use texts::Texts;

/// The style of the reports, and what is different here.
const STYLES: [&str; 3] = [
    include_str!("../../../web/common/tokens.css"),
    include_str!("../../../web/reports/reports.css"),
    include_str!("page.css"),
];

/// How the page is written.
#[derive(Clone, Copy)]
struct View {
    language: Language,
    texts: &'static Texts,
    format: Format,
}

/// The report as one self-contained HTML page.
pub fn page(report: &Report, language: Language) -> String {
    let view = View { language, texts: Texts::of(language), format: Format(language) };
    let texts = view.texts;
    let body = if report.rows == 0 {
        format!(
            "<section class=\"panel empty\"><h2>{}</h2><p>{}</p></section>\n",
            texts.empty_title, texts.empty_text
        )
    } else {
        [
            glance::section(report, view),
            incidents::section(report, view),
            answers::section(report, view),
            over_time::section(report, view),
            matters::section(report, view),
            matters::parts(report, view),
            clusters::section(report, view),
            clusters::repeats(report, view),
            format!("<footer class=\"muted small\">{}</footer>\n", texts.privacy),
        ]
        .concat()
    };
    let noun = if report.rows == 1 { texts.title_one } else { texts.title };
    let title = format!("{} {noun}", view.format.count(report.rows));
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <title>{title} · Lotse</title>\n<link rel=\"icon\" href=\"{ICON}\">\n\
         <style>\n{}</style>\n</head>\n<body class=\"backlog\">\n\
         <a class=\"skip\" href=\"#content\">{}</a>\n<header class=\"top\">\
         <span class=\"brand\">{FLAG}Lotse</span><span class=\"muted\">{}</span></header>\n\
         <main id=\"content\">\n<div class=\"head\"><div><h1>{title}</h1>\
         <p class=\"spoken muted\">{}</p></div></div>\n{body}</main>\n</body>\n</html>\n",
        language.code(),
        STYLES.concat(),
        texts.skip,
        texts.kicker,
        origin(report, view),
    )
}

/// The line under the title: which days, which file, which model.
fn origin(report: &Report, view: View) -> String {
    let View { texts, format, .. } = view;
    let mut parts: Vec<String> = Vec::new();
    parts.extend(report.days.map(|(first, last)| {
        let (first, last) = (format.full_day(first), format.full_day(last));
        if first == last { first } else { format!("{first} – {last}") }
    }));
    if !report.input.is_empty() {
        parts.push(format!("{} {}", texts.from_file, escape(&report.input)));
    }
    if !report.model.is_empty() {
        parts.push(format!("{} {}", texts.model, escape(&report.model)));
    }
    parts.extend(report.made_on.map(|day| format!("{} {}", texts.made_on, format.full_day(day))));
    parts.join(" · ")
}

/// How something is counted, folded away.
fn means(paragraphs: &[String], view: View) -> String {
    let paragraphs: Vec<String> =
        paragraphs.iter().map(|paragraph| format!("<p>{paragraph}</p>")).collect();
    format!(
        "<details class=\"means\"><summary>{}</summary>{}</details>",
        view.texts.definitions,
        paragraphs.concat()
    )
}
