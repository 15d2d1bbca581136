//! What was asked for? Reads the parameters of an address and says what is wrong with them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Period;
use crate::domain::{Channel, Language};

/// Days where the caller names none.
const DAYS: i64 = 7;
/// Most days of a period: five years and a day.
const MOST_DAYS: i64 = 5 * 366 + 1;

/// Time and filters of a report as they stand in an address. A blank one counts as left out:
/// forms send all their fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct Ask {
    /// First day (`2026-11-01`, in the time zone of the routing rules) or moment (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day, which belongs to the period, or moment, which does not. Today if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// In place of `from` and `to`: so many days up to today. 7 if all are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<String>,
    /// Only conversations on this channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Only conversations with a ticket in this queue, and their tickets there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Only conversations in this language, `de` or `en`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Which conversations and tickets count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Filters {
    /// Only on this channel.
    pub channel: Option<Channel>,
    /// Only with a ticket in this queue.
    pub queue: Option<String>,
    /// Only in this language.
    pub language: Option<Language>,
}

/// What was asked for, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The time.
    pub period: Period,
    /// What counts.
    pub filters: Filters,
}

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// A time that cannot be read.
    #[error(
        "{field} is \"{value}\": write a day such as 2026-11-01 or a moment such as 2026-11-01T08:00:00Z"
    )]
    Time {
        /// The parameter.
        field: &'static str,
        /// What it holds.
        value: String,
    },
    /// A number of days that cannot be used.
    #[error("days is \"{0}\": write a whole number from 1 to {MOST_DAYS}")]
    Days(String),
    /// Two ways of naming the time at once.
    #[error("days stands beside from or to: give one or the other")]
    Both,
    /// The beginning is not before the end.
    #[error("the period begins at {from} and ends at {to}: the beginning must come first")]
    Backwards {
        /// Beginning.
        from: Timestamp,
        /// End.
        to: Timestamp,
    },
    /// The beginning is still to come.
    #[error("the period begins at {0}, which is still to come")]
    Future(Timestamp),
    /// More days than a report can tell of.
    #[error("the period is longer than {MOST_DAYS} days: choose a shorter one")]
    TooLong,
    /// No such channel.
    #[error("channel is \"{0}\": use one of chat, email, phone, social, messenger, form")]
    Channel(String),
    /// No such language.
    #[error("language is \"{0}\": use de or en")]
    Language(String),
}

impl Ask {
    /// What is meant, at this moment and in this zone.
    pub fn read(&self, now: Timestamp, timezone: &TimeZone) -> Result<Asked, AskError> {
        let given = |field: &Option<String>| {
            field.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let channel = given(&self.channel)
            .map(|name| Channel::from_name(&name).ok_or(AskError::Channel(name)))
            .transpose()?;
        let language = given(&self.language)
            .map(|code| Language::from_code(&code).ok_or(AskError::Language(code)))
            .transpose()?;
        let times = [given(&self.from), given(&self.to), given(&self.days)];
        let period = read_period(times, now, timezone)?;
        Ok(Asked { period, filters: Filters { channel, queue: given(&self.queue), language } })
    }
}

fn read_period(
    [from, to, days]: [Option<String>; 3],
    now: Timestamp,
    timezone: &TimeZone,
) -> Result<Period, AskError> {
    let today = now.to_zoned(timezone.clone()).date();
    if days.is_some() && (from.is_some() || to.is_some()) {
        return Err(AskError::Both);
    }
    let days = match days {
        None => DAYS,
        Some(text) => match text.parse() {
            Ok(days) if (1..=MOST_DAYS).contains(&days) => days,
            _ => return Err(AskError::Days(text)),
        },
    };
    let to = to.map(|text| read_time("to", text, timezone, Edge::End)).transpose()?;
    let to = to.or_else(|| Edge::End.of(today, timezone)).unwrap_or(now);
    let from = if let Some(text) = from {
        read_time("from", text, timezone, Edge::Start)?
    } else {
        // The last moment of the period tells its last day.
        let last = (to - 1.milliseconds()).to_zoned(timezone.clone()).date();
        Edge::Start.of(last.saturating_sub((days - 1).days()), timezone).unwrap_or(to)
    };
    if from > now {
        return Err(AskError::Future(from));
    }
    if from >= to {
        return Err(AskError::Backwards { from, to });
    }
    if to.duration_since(from).as_hours() > MOST_DAYS * 24 {
        return Err(AskError::TooLong);
    }
    Ok(Period { from, to, now, timezone: timezone.clone() })
}

/// Which end of a day is meant.
#[derive(Clone, Copy)]
enum Edge {
    Start,
    End,
}

impl Edge {
    fn of(self, day: Date, timezone: &TimeZone) -> Option<Timestamp> {
        let day = match self {
            Self::Start => day,
            Self::End => day.tomorrow().ok()?,
        };
        Some(day.to_zoned(timezone.clone()).ok()?.timestamp())
    }
}

fn read_time(
    field: &'static str,
    value: String,
    timezone: &TimeZone,
    edge: Edge,
) -> Result<Timestamp, AskError> {
    // A plus sign that was not encoded arrives as a blank.
    let text = value.replace(' ', "+");
    let moment: Option<Timestamp> = text.parse().ok();
    let day = || text.parse::<Date>().ok().and_then(|day| edge.of(day, timezone));
    // `Date` would also read the day of a moment.
    let read = if text.contains('T') { moment } else { day() };
    // The store keeps milliseconds.
    read.and_then(|at| Timestamp::from_millisecond(at.as_millisecond()).ok())
        .ok_or(AskError::Time { field, value })
}
