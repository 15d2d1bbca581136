//! Which rows stand for all of their kind? A sample of constant size.
//!
//! Every row draws a number from its own and the seed; the rows with the smallest numbers are kept.
//! So each row is as likely to be kept as any other, and the sample depends neither on the order of
//! the rows nor on a break in between.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::duplicates::mix;
use crate::domain::Language;

/// Rows drawn with equal chance out of all that were offered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sample {
    size: usize,
    seed: u64,
    offered: u64,
    kept: BinaryHeap<Drawn>,
}

/// A row of the sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampledRow {
    /// Its number.
    pub number: u64,
    /// Its language.
    pub language: Language,
    /// Its words, cut to a length that can be shown.
    pub text: String,
    /// The intent that comes next, if the row is placed with any.
    pub nearest: Option<String>,
    /// No intent covers it; the others are only unsure.
    pub out_of_scope: bool,
    vector: Packed,
}

/// The row with the largest number drawn is on top of the heap, and leaves first.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Drawn {
    number: u64,
    row: SampledRow,
}

impl Drawn {
    fn key(&self) -> (u64, u64) {
        (self.number, self.row.number)
    }
}

impl PartialEq for Drawn {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Drawn {}

impl PartialOrd for Drawn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Drawn {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Sample {
    /// An empty sample of at most `size` rows.
    pub fn new(size: usize, seed: u64) -> Self {
        Self { size, seed, offered: 0, kept: BinaryHeap::new() }
    }

    /// Offers the row with this number; `make` is called only if it is kept.
    pub fn offer(&mut self, number: u64, make: impl FnOnce() -> SampledRow) {
        self.offered += 1;
        let drawn = mix(mix(self.seed) ^ number);
        let full = self.kept.len() >= self.size;
        if full && self.kept.peek().is_none_or(|last| (drawn, number) >= last.key()) {
            return;
        }
        if full {
            self.kept.pop();
        }
        self.kept.push(Drawn { number: drawn, row: make() });
    }

    /// Rows offered.
    pub fn offered(&self) -> usize {
        self.offered as usize
    }

    /// The rows that were kept, in the order of their numbers.
    pub fn rows(&self) -> Vec<&SampledRow> {
        let mut rows: Vec<&SampledRow> = self.kept.iter().map(|drawn| &drawn.row).collect();
        rows.sort_unstable_by_key(|row| row.number);
        rows
    }
}

impl SampledRow {
    /// A row that no intent covers, with its vector of length 1.
    pub fn new(number: u64, language: Language, text: String, vector: &[f32]) -> Self {
        let vector = Packed::of(vector);
        Self { number, language, text, nearest: None, out_of_scope: true, vector }
    }

    /// The same row, with the intent that comes next; `out_of_scope` where it is none of them.
    #[must_use]
    pub fn placed(self, nearest: Option<String>, out_of_scope: bool) -> Self {
        Self { nearest, out_of_scope, ..self }
    }

    /// The vector, of length 1 (0 if it had none).
    pub fn vector(&self) -> Vec<f32> {
        let raw: Vec<f32> = self.vector.0.iter().map(|value| f32::from(*value)).collect();
        let length = raw.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 { raw.into_iter().map(|value| value / length).collect() } else { raw }
    }
}

/// A vector in a quarter of its room: each value in 255 steps of the largest. The cosine of two
/// such vectors is off by less than 0.01.
#[derive(Clone, Debug, PartialEq)]
struct Packed(Vec<i8>);

impl Packed {
    fn of(vector: &[f32]) -> Self {
        let largest = vector.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let scale = if largest > 0.0 { 127.0 / largest } else { 0.0 };
        Self(vector.iter().map(|value| (value * scale).round() as i8).collect())
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().map(|value| value.cast_unsigned()).collect();
        serializer.serialize_str(&STANDARD_NO_PAD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD_NO_PAD.decode(text).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes.into_iter().map(u8::cast_signed).collect()))
    }
}
