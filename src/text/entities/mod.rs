//! What does a message name? Numbers of orders, customers, invoices and parcels, dates, amounts,
//! ways to reach the writer, devices.
//!
//! Every finder proposes candidates. Where two overlap, the one whose kind has the lower
//! `rank` wins, within a kind the longer one, then the earlier.

use std::cmp::Reverse;
use std::ops::Range;

use jiff::civil::Date;

use super::words::words;
use crate::domain::{Entity, EntityKind, Language};

mod amounts;
mod contacts;
mod dates;
mod devices;
mod numerals;
mod references;
mod relative_dates;
mod tracking;

/// A place that may hold an entity.
#[derive(Clone, Debug)]
struct Candidate {
    /// `None` for what looks like another kind but must not be reported: card numbers, IBANs
    /// with a wrong checksum.
    kind: Option<EntityKind>,
    /// Bytes of the text.
    span: Range<usize>,
    /// Normalised value.
    value: Option<String>,
}

impl Candidate {
    fn new(kind: EntityKind, span: Range<usize>, value: Option<String>) -> Self {
        Self { kind: Some(kind), span, value }
    }

    fn unreported(span: Range<usize>) -> Self {
        Self { kind: None, span, value: None }
    }
}

/// Precedence: what has a checksum, a format or letters of its own beats what merely looks alike.
fn rank(kind: Option<EntityKind>) -> u8 {
    match kind {
        Some(EntityKind::Email) => 0,
        Some(EntityKind::Iban) => 1,
        Some(EntityKind::InvoiceNumber) => 2,
        Some(EntityKind::OrderNumber) => 3,
        Some(EntityKind::CustomerNumber) => 4,
        Some(EntityKind::TrackingNumber) => 5,
        None => 6,
        Some(EntityKind::Amount) => 7,
        Some(EntityKind::Date) => 8,
        // Which number is the one to call back on is not told by its form.
        Some(EntityKind::Phone | EntityKind::CallbackNumber) => 9,
        Some(EntityKind::Device) => 10,
    }
}

/// The entities of a text, in its order and without overlap. Dates without a year and relative
/// ones ("gestern", "last Friday") are resolved from `today`.
pub fn find(text: &str, language: Language, today: Date) -> Vec<Entity> {
    let words = words(text);
    let mut found = Vec::new();
    references::find(text, &words, &mut found);
    dates::find_named(text, &words, language, today, &mut found);
    relative_dates::find(text, &words, today, &mut found);
    amounts::find_spoken(&words, &mut found);
    devices::find(text, &words, &mut found);
    if text.contains('@') {
        contacts::find_emails(text, &mut found);
    }
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        dates::find_numeric(text, today, &mut found);
        amounts::find_written(text, &mut found);
        contacts::find_numbers(text, &mut found);
        tracking::find(text, &mut found);
    }
    entities(text, without_overlap(found))
}

fn without_overlap(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by_key(|candidate| {
        (rank(candidate.kind), Reverse(candidate.span.len()), candidate.span.start)
    });
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found {
        let free = kept.iter().all(|other| {
            candidate.span.end <= other.span.start || other.span.end <= candidate.span.start
        });
        if free {
            kept.push(candidate);
        }
    }
    kept.sort_by_key(|candidate| candidate.span.start);
    kept
}

/// Counts characters up to each candidate and leaves out the unreported ones.
fn entities(text: &str, candidates: Vec<Candidate>) -> Vec<Entity> {
    let (mut bytes, mut characters) = (0, 0);
    let mut entities = Vec::new();
    for Candidate { kind, span, value } in candidates {
        let Some(kind) = kind else { continue };
        let written = &text[span.clone()];
        let start = characters + text[bytes..span.start].chars().count();
        let end = start + written.chars().count();
        (bytes, characters) = (span.end, end);
        let value = value.filter(|value| value != written);
        entities.push(Entity { kind, text: written.to_owned(), value, start, end });
    }
    entities
}
