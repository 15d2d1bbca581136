//! Which matter comes up far more often than usual? A likely incident.
//!
//! The latest hours are compared with the same hours of the days before. A rise counts only if both
//! the number of messages and their share among all messages are beyond chance: an advertisement
//! brings more of everything, a quiet night leaves one matter alone, and neither is an incident. The
//! larger of the two probabilities is that of a false alarm by the pair, and it is multiplied by the
//! number of matters looked at (Bonferroni).

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::figures::rounded;
use super::period::shift_days;
use super::{Bucket, Period, drawn_at_least, rise_by_chance};
use crate::store::Facts;

/// Length of the window that is looked at.
pub(super) const WINDOW_HOURS: i64 = 3;
/// Days before with which it is compared.
pub(super) const DAYS: i64 = 7;
/// At most so many looks in a hundred raise a false alarm while nothing is going on.
pub(super) const FALSE_ALARM: f64 = 0.01;
/// Fewer messages raise no alarm.
pub(super) const FEWEST: usize = 5;

/// The latest hours compared with the same hours of the days before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Rising {
    /// Beginning of the latest hours.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// End of the latest hours.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Days before that could be compared with: none while the store is younger than a day.
    pub days: usize,
    /// Probability of a false alarm of one look.
    pub false_alarm: f64,
    /// Fewest messages of an alarm.
    pub fewest: usize,
    /// Intents looked at.
    pub intents_tested: usize,
    /// Those beyond chance, the least probable first.
    pub intents: Vec<RisingIntent>,
}

/// An intent that comes up far more often than usual.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RisingIntent {
    /// The intent.
    pub intent: String,
    /// Messages in the latest hours.
    pub messages: usize,
    /// As many were to be expected.
    pub expected: f64,
    /// Probability that chance brings such a rise in any of the intents.
    pub chance: f64,
}

/// From when on messages must be known for [`rising`].
pub(super) fn needed_from(period: &Period) -> Timestamp {
    windows(period, None).1.last().map_or(period.from, |window| window.start)
}

/// The latest hours of the period, and the same hours of the days before that the store knows in
/// full.
fn windows(period: &Period, known_from: Option<Timestamp>) -> (Bucket, Vec<Bucket>) {
    let length = SignedDuration::from_hours(WINDOW_HOURS);
    let end = period.end();
    let window = |end: Timestamp| Bucket { start: end.saturating_sub(length).unwrap_or(end), end };
    let zoned = period.zoned(end);
    let before = (1..=DAYS)
        .filter_map(|days| shift_days(&zoned, days).map(window))
        .filter(|window| known_from.is_none_or(|known| known <= window.start))
        .collect();
    (window(end), before)
}

/// Looks for intents that rise.
pub fn rising(facts: &Facts, period: &Period) -> Rising {
    let nothing_yet = facts.first_message_at.unwrap_or(period.end());
    let (latest, before) = windows(period, Some(nothing_yet));
    // Messages now and before, by intent and of all.
    let mut counts: HashMap<&str, [usize; 2]> = HashMap::new();
    let mut all = [0; 2];
    for message in &facts.messages {
        let inside = |window: &Bucket| window.start <= message.at && message.at < window.end;
        let side = if inside(&latest) {
            0
        } else if before.iter().any(inside) {
            1
        } else {
            continue;
        };
        all[side] += 1;
        if let Some(intent) = message.intent.as_deref() {
            counts.entry(intent).or_default()[side] += 1;
        }
    }
    let tested = if before.is_empty() { 0 } else { counts.len() };
    let mut intents: Vec<RisingIntent> = counts
        .iter()
        .filter(|(_, [now, _])| tested > 0 && *now >= FEWEST)
        .map(|(intent, [now, earlier])| {
            let by_number = rise_by_chance(*now, *earlier, before.len());
            let by_share = drawn_at_least(*now, all[0], now + earlier, all[0] + all[1]);
            RisingIntent {
                intent: (*intent).to_owned(),
                messages: *now,
                expected: rounded(*earlier as f64 / before.len() as f64),
                chance: (by_number.max(by_share) * tested as f64).min(1.0),
            }
        })
        .filter(|rise| rise.chance <= FALSE_ALARM)
        .collect();
    intents.sort_by(|left, right| {
        left.chance.total_cmp(&right.chance).then_with(|| left.intent.cmp(&right.intent))
    });
    Rising {
        since: latest.start,
        until: latest.end,
        days: before.len(),
        false_alarm: FALSE_ALARM,
        fewest: FEWEST,
        intents_tested: tested,
        intents,
    }
}
