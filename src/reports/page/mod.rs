//! What does somebody see who leads a team? One page without scripts; filters are a form, drawings
//! are SVG, and it prints.

mod draft;
mod format;
mod frame;
mod gaps;
mod glance;
mod over_time;
mod svg;
mod tables;
mod texts;

use crate::domain::Language;

use super::{Ask, Asked, Report, ReportError};
use format::encode;
use texts::Texts;

pub use draft::{DraftForm, draft_page, draft_written_page};
// What the report of a backlog shows in the same way.
pub(crate) use format::{Format, escape};
pub(crate) use frame::{FLAG, ICON};
pub(crate) use gaps::clip;
pub(crate) use over_time::figure;
pub(crate) use svg::{Chart, Series, row_bar};
pub(crate) use tables::{folded_table, matter, table};
pub(crate) use texts::{language_name, table_of_texts};

/// How the page is to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its language.
    pub language: Language,
    /// The language was chosen by hand: links keep it.
    pub chosen: bool,
    /// Time and filters as they were asked for.
    pub ask: Ask,
    /// All queues: their names, and what people call them.
    pub queues: Vec<(String, String)>,
}

impl View {
    fn texts(&self) -> &'static Texts {
        Texts::of(self.language)
    }

    fn format(&self) -> Format {
        Format(self.language)
    }

    /// What people call a queue; one that is no longer in the file goes by its name.
    fn queue_title<'a>(&'a self, name: &'a str) -> &'a str {
        self.queues.iter().find(|(known, _)| known == name).map_or(name, |(_, title)| title)
    }

    /// An address with the time and filters of `ask`.
    fn address(&self, path: &str, ask: &Ask) -> String {
        let parameters = [
            ("from", &ask.from),
            ("to", &ask.to),
            ("days", &ask.days),
            ("channel", &ask.channel),
            ("queue", &ask.queue),
            ("language", &ask.language),
        ];
        let mut parts: Vec<String> = parameters
            .into_iter()
            .filter_map(|(name, value)| value.as_deref().map(|value| (name, value.trim())))
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if self.chosen && !path.starts_with("/v1/") {
            parts.push(format!("lang={}", self.language.code()));
        }
        let query = parts.join("&amp;");
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Where a table of this view is to be had as CSV.
    fn csv(&self, table: &str) -> String {
        self.address(&format!("/v1/reports/{table}.csv"), &self.ask)
    }
}

/// The page of a report.
pub fn page(report: &Report, asked: &Asked, view: &View) -> String {
    let body = if !report.has_history {
        frame::empty(view)
    } else if report.totals.messages == 0
        && report.totals.tickets.opened == 0
        && report.totals.tickets_open == 0
    {
        frame::nothing(view)
    } else {
        [
            glance::rising(report, asked, view),
            glance::figures(report, view),
            over_time::section(report, asked, view),
            over_time::feeling(report, asked, view),
            tables::waiting(report, view),
            tables::intents(report, view),
            tables::agents(report, view),
            gaps::section(report, asked, view),
            frame::foot(view),
        ]
        .concat()
    };
    frame::page(view, &frame::head(Some(asked), view), &body)
}

/// The page for a request that makes no sense: the form again, and what is wrong.
pub fn problem_page(error: &ReportError, view: &View) -> String {
    frame::page(view, &frame::head(None, view), &frame::problem(error, view))
}
