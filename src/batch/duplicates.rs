//! Which rows say almost the same as an earlier one?
//!
//! Rows are compared by their wording ([`essence`]), not by their meaning: case, accents,
//! punctuation, numbers, addresses, salutation and closing formula make no difference. A row joins
//! the group of the earlier row that it is most like; a group is known by its first row, and all its
//! rows are like that one, so that groups do not drift.
//!
//! Two ways lead to the earlier row:
//!
//! - The same essence, by its hash. Each of 262,144 buckets keeps the four essences that were
//!   seen last, about a million in all.
//! - Almost the same essence. The set of its four-letter pieces is sketched by 120 minimal hash
//!   values (`MinHash`, Broder 1997); rows that share six of them in one of 20 bands are compared
//!   (Indyk and Motwani 1998) and are near-duplicates if their sets overlap by an estimated 80 %
//!   (Jaccard). Of two texts that overlap by 80 %, 99.7 % meet in a band; the estimate is off by
//!   0.04 (standard deviation). Kept are the first rows of the latest 131,072 groups; a group that
//!   rows still join stays.
//!
//! This takes 55 MB however many rows there are. Not found are repetitions of what was last seen
//! longer ago than that, texts that mean the same in other words, near-duplicates of texts below 24
//! letters (there one letter tells two matters apart), and what differs after
//! 1,500 letters is not seen. The result depends on the rows and their order alone: who goes
//! on after a break hands the earlier rows in again.

use sha2::{Digest, Sha256};

use crate::text::essence::essence;

/// Texts with fewer letters are the same or are not.
const SHORTEST: usize = 24;
/// Letters that are looked at.
const LONGEST: usize = 1_500;
/// Share of their pieces that near-duplicates have in common at least.
const ALIKE: f64 = 0.8;

/// Letters of a piece.
const PIECE: usize = 4;
/// Minimal hash values of a band.
const BAND: usize = 6;
const BANDS: usize = 20;
const HASHES: usize = BAND * BANDS;
/// First rows whose sketches are kept; a power of two.
const SKETCHES: usize = 1 << 17;
/// Buckets of a band, and sketches in each.
const BAND_BUCKETS: usize = 1 << 15;
const BAND_SLOTS: usize = 8;
/// Buckets of exact essences, and essences in each.
const EXACT_BUCKETS: usize = 1 << 18;
const EXACT_SLOTS: usize = 4;

/// The rows seen so far, as far as they are kept.
pub struct Duplicates {
    /// Hash of an essence and the first row of its group; the latest first within a bucket. Row 0
    /// is an empty place.
    exact: Vec<[(u64, u64); EXACT_SLOTS]>,
    /// For each band, buckets of places in `sketches`, from 1; 0 is empty. A place may have got
    /// another sketch since: what is found here is compared in any case.
    bands: Vec<[u32; BAND_SLOTS]>,
    /// The sketches, see [`Sketch`].
    sketches: Vec<[u8; HASHES]>,
    /// First row of the group of each sketch.
    firsts: Vec<u64>,
    /// The place that is written next.
    next: usize,
}

impl Default for Duplicates {
    fn default() -> Self {
        Self::new()
    }
}

impl Duplicates {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self {
            exact: vec![[(0, 0); EXACT_SLOTS]; EXACT_BUCKETS],
            bands: vec![[0; BAND_SLOTS]; BANDS * BAND_BUCKETS],
            sketches: vec![[0; HASHES]; SKETCHES],
            firsts: vec![0; SKETCHES],
            next: 0,
        }
    }

    /// The first row of the group that row `number` belongs to, none where no earlier row is like
    /// it. Numbers start at 1 and grow from call to call.
    pub fn group(&mut self, number: u64, text: &str) -> Option<u64> {
        let essence = essence(text);
        if essence.is_empty() {
            return None;
        }
        let hash = exact_hash(&essence);
        let sketch = Sketch::of(&essence);
        let like = sketch.as_ref().and_then(|sketch| self.most_like(sketch));
        let found = self.seen(hash).or(like.map(|place| self.firsts[place]));
        self.keep(hash, found.unwrap_or(number));
        match (like, sketch) {
            (Some(place), _) if self.is_old(place) => {
                self.write(&Sketch(self.sketches[place]), self.firsts[place]);
            }
            (None, Some(sketch)) if found.is_none() => self.write(&sketch, number),
            _ => {}
        }
        found
    }

    fn seen(&self, hash: u64) -> Option<u64> {
        let bucket = &self.exact[hash as usize % EXACT_BUCKETS];
        bucket.iter().find(|(known, first)| *known == hash && *first > 0).map(|(_, first)| *first)
    }

    /// Puts an essence in front of its bucket; the last one falls out.
    fn keep(&mut self, hash: u64, first: u64) {
        let bucket = &mut self.exact[hash as usize % EXACT_BUCKETS];
        let end = bucket.iter().position(|(known, _)| *known == hash).unwrap_or(EXACT_SLOTS - 1);
        bucket[..=end].rotate_right(1);
        bucket[0] = (hash, first);
    }

    /// The place of the sketch that is most like this one, if it is like enough; of equally like
    /// ones that of the earliest group.
    fn most_like(&self, sketch: &Sketch) -> Option<usize> {
        let places = (0..BANDS).flat_map(|band| self.bands[sketch.bucket(band)]);
        places
            .filter(|place| *place > 0)
            .map(|place| place as usize - 1)
            .map(|place| (sketch.shared(&self.sketches[place]), place))
            .filter(|(shared, _)| similarity(*shared) >= ALIKE)
            .max_by_key(|(shared, place)| (*shared, std::cmp::Reverse(self.firsts[*place])))
            .map(|(_, place)| place)
    }

    /// Whether half of the sketches are younger: a group that rows still join is then written anew,
    /// before its place is taken.
    fn is_old(&self, place: usize) -> bool {
        (self.next + SKETCHES - 1 - place) % SKETCHES >= SKETCHES / 2
    }

    fn write(&mut self, sketch: &Sketch, first: u64) {
        let place = self.next;
        self.next = (place + 1) % SKETCHES;
        for band in 0..BANDS {
            let slots = &mut self.bands[sketch.bucket(band)];
            slots.rotate_right(1);
            slots[0] = place as u32 + 1;
        }
        self.sketches[place] = sketch.0;
        self.firsts[place] = first;
    }
}

/// The lowest bytes of the minimal hash values of a text's pieces.
struct Sketch([u8; HASHES]);

impl Sketch {
    /// None for a text that is too short.
    fn of(essence: &str) -> Option<Self> {
        let letters: Vec<char> =
            std::iter::once(' ').chain(essence.chars().take(LONGEST)).chain([' ']).collect();
        if letters.len() < SHORTEST + 2 {
            return None;
        }
        let mut least = [u32::MAX; HASHES];
        for piece in letters.windows(PIECE) {
            let packed = piece.iter().fold(0_u64, |packed, letter| {
                packed.rotate_left(16) ^ u64::from(u32::from(*letter))
            });
            let mixed = mix(packed);
            for (least, factor) in least.iter_mut().zip(&FACTORS) {
                // Multiply and shift (Dietzfelbinger 1997).
                *least = (*least).min((factor.wrapping_mul(mixed) >> 32) as u32);
            }
        }
        Some(Self(least.map(|value| mix(u64::from(value)) as u8)))
    }

    fn bucket(&self, band: usize) -> usize {
        let values = &self.0[band * BAND..(band + 1) * BAND];
        let key = values.iter().fold(0, |key, value| key << 8 | u64::from(*value));
        band * BAND_BUCKETS + mix(key) as usize % BAND_BUCKETS
    }

    fn shared(&self, other: &[u8; HASHES]) -> usize {
        self.0.iter().zip(other).filter(|(left, right)| left == right).count()
    }
}

/// An odd factor for each hash function.
const FACTORS: [u64; HASHES] = {
    let mut factors = [0; HASHES];
    let mut index = 0;
    while index < HASHES {
        factors[index] = mix(index as u64) | 1;
        index += 1;
    }
    factors
};

/// The overlap of two sets whose sketches share so many bytes: one in 256 is the same by chance.
fn similarity(shared: usize) -> f64 {
    let chance = 1.0 / 256.0;
    (shared as f64 / HASHES as f64 - chance) / (1.0 - chance)
}

/// Spreads a number over all its bits (the finaliser of `SplitMix64`, Steele 2014).
pub(super) const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn exact_hash(essence: &str) -> u64 {
    let digest = Sha256::digest(essence.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}
