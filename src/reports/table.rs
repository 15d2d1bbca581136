//! The parts of a report as rows, for spreadsheets.

use serde::Serialize;

use super::{Durations, Report, Share, TicketFigures, Totals};

/// Which part of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableName {
    /// All figures of the period, and of the one before.
    Totals,
    /// Step by step.
    Timeline,
    /// By channel.
    Channels,
    /// By queue.
    Queues,
    /// What customers write about.
    Intents,
    /// What comes up far more often than usual.
    Rising,
    /// Ratings from 1 to 5.
    Satisfaction,
    /// The people.
    Agents,
    /// Questions that no article answered.
    Gaps,
}

impl TableName {
    /// All parts.
    pub const ALL: [Self; 9] = [
        Self::Totals,
        Self::Timeline,
        Self::Channels,
        Self::Queues,
        Self::Intents,
        Self::Rising,
        Self::Satisfaction,
        Self::Agents,
        Self::Gaps,
    ];

    /// The name used in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Totals => "totals",
            Self::Timeline => "timeline",
            Self::Channels => "channels",
            Self::Queues => "queues",
            Self::Intents => "intents",
            Self::Rising => "rising",
            Self::Satisfaction => "satisfaction",
            Self::Agents => "agents",
            Self::Gaps => "gaps",
        }
    }

    /// The part with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// Rows under named columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<&'static str>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// Columns of tickets.
const TICKETS: [&str; 12] = [
    "tickets_opened",
    "first_response_median_seconds",
    "first_response_p90_seconds",
    "first_response_count",
    "resolution_median_seconds",
    "resolution_p90_seconds",
    "resolution_count",
    "service_level_kept",
    "service_level_judged",
    "reopened",
    "unresolved",
    "overdue",
];

impl Table {
    /// A part of a report.
    pub fn of(report: &Report, name: TableName) -> Self {
        match name {
            TableName::Totals => totals(report),
            TableName::Timeline => timeline(report),
            TableName::Channels => channels(report),
            TableName::Queues => queues(report),
            TableName::Intents => intents(report),
            TableName::Rising => rising(report),
            TableName::Satisfaction => satisfaction(report),
            TableName::Agents => agents(report),
            TableName::Gaps => gaps(report),
        }
    }

    /// As CSV (RFC 4180), in UTF-8 with a header.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let terminator = csv::Terminator::CRLF;
        let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
        writer.write_record(&self.header)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| defused(cell)))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }
}

/// A cell that no spreadsheet takes for a formula: customers write some of these texts. Plain
/// numbers stay what they are.
fn defused(cell: &str) -> String {
    let dangerous = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let is_number = cell.parse::<f64>().is_ok_and(f64::is_finite);
    if cell.starts_with(dangerous) && !is_number { format!("'{cell}") } else { cell.to_owned() }
}

fn totals(report: &Report) -> Table {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut put = |name: &str, value: &dyn Fn(&Totals) -> String| {
        let before = report.before.as_ref().map(value).unwrap_or_default();
        rows.push(vec![name.to_owned(), value(&report.totals), before]);
    };
    put("messages", &|totals| totals.messages.to_string());
    put("conversations", &|totals| totals.conversations.began.to_string());
    put("escalated_share", &|totals| share(totals.conversations.escalated));
    put("contained_share", &|totals| optional(totals.conversations.contained.map(share)));
    put("first_contact_share", &|totals| share(totals.conversations.first_contact));
    for (index, name) in TICKETS.iter().enumerate() {
        put(name, &|totals| tickets(&totals.tickets)[index].clone());
    }
    put("service_level_share", &|totals| share(totals.tickets.service_level));
    put("reopened_share", &|totals| share(totals.tickets.reopened));
    put("tickets_resolved", &|totals| totals.tickets_resolved.to_string());
    put("tickets_open", &|totals| totals.tickets_open.to_string());
    put("ratings", &|totals| totals.satisfaction.satisfied.whole.to_string());
    put("satisfied_share", &|totals| share(totals.satisfaction.satisfied));
    put("mean_score", &|totals| optional(totals.satisfaction.mean));
    Table { header: vec!["figure", "value", "before"], rows }
}

fn timeline(report: &Report) -> Table {
    let rows = report.timeline.iter().map(|point| {
        let [negative, neutral, positive] = point.moods;
        let counts = [
            point.messages,
            point.answered,
            point.talked,
            point.escalated,
            point.to_people,
            negative,
            neutral,
            positive,
            point.conversations,
            point.opened,
            point.resolved,
            point.open,
        ];
        let mut row = vec![point.start.to_string()];
        row.extend(counts.map(|count| count.to_string()));
        row
    });
    let header = vec![
        "start",
        "messages",
        "answered",
        "asked_back_or_courtesy",
        "handed_over",
        "to_people",
        "negative",
        "neutral",
        "positive",
        "conversations",
        "tickets_opened",
        "tickets_resolved",
        "tickets_open",
    ];
    Table { header, rows: rows.collect() }
}

fn channels(report: &Report) -> Table {
    let rows = report.channels.iter().map(|group| {
        let contacts = group.conversations.unwrap_or_default();
        let mut row = vec![
            group.name.clone(),
            contacts.began.to_string(),
            share(contacts.escalated),
            optional(contacts.contained.map(share)),
            share(contacts.first_contact),
        ];
        row.extend(tickets(&group.tickets));
        row
    });
    let mut header = vec![
        "channel",
        "conversations",
        "escalated_share",
        "contained_share",
        "first_contact_share",
    ];
    header.extend(TICKETS);
    Table { header, rows: rows.collect() }
}

fn queues(report: &Report) -> Table {
    let rows = report.queues.iter().map(|group| {
        let mut row = vec![group.name.clone()];
        row.extend(tickets(&group.tickets));
        row
    });
    let mut header = vec!["queue"];
    header.extend(TICKETS);
    Table { header, rows: rows.collect() }
}

fn intents(report: &Report) -> Table {
    let rows = report.intents.iter().map(|count| {
        vec![
            count.intent.clone().unwrap_or_else(|| "out_of_scope".to_owned()),
            count.messages.part.to_string(),
            share(count.messages),
            share(count.answered),
            share(count.escalated),
            share(count.negative),
        ]
    });
    let header = vec![
        "intent",
        "messages",
        "share",
        "answered_share",
        "handed_over_share",
        "negative_share",
    ];
    Table { header, rows: rows.collect() }
}

fn rising(report: &Report) -> Table {
    let rows = report.rising.intents.iter().map(|rise| {
        vec![
            rise.intent.clone(),
            rise.messages.to_string(),
            rise.expected.to_string(),
            format!("{:e}", rise.chance),
            report.rising.since.to_string(),
            report.rising.until.to_string(),
        ]
    });
    let header = vec!["intent", "messages", "expected", "chance", "since", "until"];
    Table { header, rows: rows.collect() }
}

fn satisfaction(report: &Report) -> Table {
    let scores = &report.totals.satisfaction.scores;
    let rows =
        scores.iter().zip(1..).map(|(count, score)| vec![score.to_string(), count.to_string()]);
    Table { header: vec!["score", "ratings"], rows: rows.collect() }
}

fn agents(report: &Report) -> Table {
    let rows = report.agents.iter().map(|load| {
        let [median, p90, count] = durations(load.handling);
        let counts = [load.claimed, load.replies, load.resolved].map(|count| count.to_string());
        let mut row = vec![load.agent.clone()];
        row.extend(counts);
        row.extend([median, p90, count]);
        row
    });
    let header = vec![
        "agent",
        "claimed",
        "replies",
        "resolved",
        "handling_median_seconds",
        "handling_p90_seconds",
        "handling_count",
    ];
    Table { header, rows: rows.collect() }
}

fn gaps(report: &Report) -> Table {
    let rows = report.gaps.clusters.iter().map(|cluster| {
        vec![
            cluster.words.join(" "),
            cluster.language.code().to_owned(),
            cluster.questions.to_string(),
            cluster.tickets.to_string(),
            cluster.example.clone(),
            cluster.intents.join(" "),
            cluster.latest_at.to_string(),
        ]
    });
    let header =
        vec!["words", "language", "questions", "tickets", "example", "intents", "latest_at"];
    Table { header, rows: rows.collect() }
}

fn tickets(figures: &TicketFigures) -> [String; 12] {
    let [response_median, response_p90, response_count] = durations(figures.first_response);
    let [resolution_median, resolution_p90, resolution_count] = durations(figures.resolution);
    [
        figures.opened.to_string(),
        response_median,
        response_p90,
        response_count,
        resolution_median,
        resolution_p90,
        resolution_count,
        figures.service_level.part.to_string(),
        figures.service_level.whole.to_string(),
        figures.reopened.part.to_string(),
        figures.unresolved.to_string(),
        figures.overdue.to_string(),
    ]
}

fn durations(durations: Durations) -> [String; 3] {
    [
        optional(durations.median_seconds),
        optional(durations.p90_seconds),
        durations.count.to_string(),
    ]
}

fn share(share: Share) -> String {
    optional(share.share)
}

/// A blank cell where there is nothing to tell.
fn optional(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
