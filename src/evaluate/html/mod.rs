//! What does a reader of the report's page see? One HTML file that needs nothing else: style and
//! drawings are inside, there is no script, and it prints.

mod behaviour;
mod charts;
mod compare;
mod labels;
mod plot;
mod risk;
mod tables;

use super::report::Report;
use crate::text::markup::escape_html as escape;

/// The style of the page.
const STYLE: &str = include_str!("style.css");

/// The report as one self-contained HTML page.
pub fn page(report: &Report) -> String {
    let title = title(report);
    let sections: Vec<Section> = [
        Section::new("figures", "At a glance", tables::glance(report)),
        Section::new("baseline", "Better than the baseline?", compare::section(report)),
        Section::new("parts", "Parts of the rows", tables::slices(report)),
        Section::new("confidence", "Can the confidence be believed?", charts::calibration(report)),
        Section::new("thresholds", "What a threshold buys", charts::thresholds(report)),
        Section::new("risk", "How far may it answer?", risk::section(report)),
        Section::new("confusions", "What is taken for what", tables::confusions(report)),
        Section::new("intents", "Every intent", tables::intents(report)),
        Section::new("heads", "Tier and sentiment", labels::heads(report)),
        Section::new("behaviour", "Does it stay steady?", behaviour::section(report)),
        Section::new("labels", "Suspected label mistakes", labels::suspects(report)),
        Section::new("leaks", "Leaks from the training files", labels::leaks(report)),
        Section::new("mistakes", "Mistakes", tables::mistakes(report)),
        Section::new("data", "What was evaluated", tables::provenance(report)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let links = each(&sections, |section| format!("<a href=\"#{0}\">{0}</a>", section.id));
    let body = each(&sections, Section::print);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<p class=\"kicker\">How good is it?</p>\n<h1>{title}</h1>\n{}\n{}</header>\n\
         {}<nav aria-label=\"Sections\">{links}</nav>\n<main>\n{body}</main>\n</body>\n</html>\n",
        tables::subtitle(report),
        tables::tiles(report),
        labels::predictions(report),
    )
}

fn title(report: &Report) -> String {
    let model = &report.about.model;
    escape(if model.is_empty() { "Predictions" } else { model })
}

/// A part of the page that has something to show.
struct Section {
    id: &'static str,
    title: &'static str,
    content: String,
}

impl Section {
    fn new(id: &'static str, title: &'static str, content: String) -> Option<Self> {
        (!content.is_empty()).then_some(Self { id, title, content })
    }

    fn print(&self) -> String {
        let Self { id, title, content } = self;
        format!("<section id=\"{id}\">\n<h2>{title}</h2>\n{content}\n</section>\n")
    }
}

/// The pieces that items are printed as, one after the other.
fn each<T>(items: impl IntoIterator<Item = T>, print: impl Fn(T) -> String) -> String {
    items.into_iter().map(print).collect::<Vec<_>>().concat()
}

/// The name of a calibrated head, for people.
fn head_title(head: &str) -> &str {
    match head {
        "intent" => "Intent",
        "in_scope" => "In scope",
        "sentiment" => "Sentiment",
        "tier" => "Tier",
        "answer" => "Answer",
        other => other,
    }
}
