//! What do customers write about that no intent covers?
//!
//! Rows out of scope, and those whose intent is unsure, are put together by meaning, in each language
//! for itself. A sample of constant size stands for all of them ([`super::Sample`]).
//!
//! 1. Rows whose vectors are very near (cosine [`VERY_NEAR`]) make a piece, led by the first of them
//!    (leader clustering, Hartigan 1975): one pass, and near-duplicates weigh nothing twice.
//! 2. The largest pieces are put together by meaning and words, as the questions without an article
//!    are in the reports ([`gaps::clusters`]).
//! 3. Every row goes to the cluster whose centre is nearest, if it is near enough; clusters whose
//!    centres are as near as rows of one piece become one.
//!
//! Names are the words that many rows of a cluster hold and few of the others (class-based TF-IDF,
//! without the usual words of both languages); examples are the different rows nearest to the centre.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::SampledRow;
use crate::domain::Language;
use crate::reports::gaps::{self, Wording};
use crate::text::essence::essence;

/// Rows of one piece.
const VERY_NEAR: f32 = 0.8;
/// A row and the centre of its cluster.
const NEAR_CENTRE: f32 = 0.55;
/// Two pieces of one cluster: the cosine of their centres and a part of their words in common.
const NEAR: f32 = 0.6;
const WEIGHT_OF_WORDS: f32 = 0.5;
/// Pieces that are led at most; later rows that are near none of them stay alone.
const MOST_PIECES: usize = 4_000;
/// Pieces that are put together.
const MOST_JOINED: usize = 1_500;
/// Rows that are compared with the leaders at the same time.
const BLOCK: usize = 256;
/// Share of the sampled rows that a cluster has at least, and fewest rows.
const LEAST_SHARE: f64 = 0.002;
const FEWEST: usize = 5;
/// Clusters that are told.
const TOLD: usize = 24;
/// Examples of a cluster.
const EXAMPLES: usize = 3;
/// Intents that are told as the next ones.
const NEAREST: usize = 2;

/// What no intent covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Clusters {
    /// Rows that no intent covers.
    pub out_of_scope: usize,
    /// Rows whose intent is unsure.
    pub unsure: usize,
    /// Among both: rows that were put together. The others are like them, and sizes are
    /// extrapolated.
    pub sampled: usize,
    /// Fewest rows of a cluster, extrapolated.
    pub smallest: usize,
    /// Rows like too few others, extrapolated.
    pub alone: usize,
    /// Rows in smaller clusters than those that are told, extrapolated.
    pub others: usize,
    /// The largest clusters first.
    pub clusters: Vec<Cluster>,
}

/// Rows about one matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// Its most telling words: a name to begin with.
    pub words: Vec<String>,
    /// Language of its rows.
    pub language: Language,
    /// Number of rows, extrapolated.
    pub rows: usize,
    /// Rows of it in the sample.
    pub sampled: usize,
    /// Among those: rows that no intent covers; the others are placed, but unsurely.
    pub out_of_scope: usize,
    /// Intents that come next.
    pub nearest: Vec<String>,
    /// The different rows nearest to its centre.
    pub examples: Vec<ClusterExample>,
}

/// A row that stands for its cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClusterExample {
    /// Its number.
    pub row: u64,
    /// Its text.
    pub text: String,
}

/// Puts the rows of a sample together. `offered` rows are like the sample, `out_of_scope` of them are
/// covered by no intent.
pub fn clusters(sample: &[&SampledRow], offered: usize, out_of_scope: usize) -> Clusters {
    let least = FEWEST.max((sample.len() as f64 * LEAST_SHARE).ceil() as usize);
    let extrapolated = |rows: usize| match sample.len() {
        0 => 0,
        sampled => (rows as f64 * offered as f64 / sampled as f64).round() as usize,
    };
    let mut found: Vec<Cluster> = Vec::new();
    for language in Language::ALL {
        let rows: Vec<&SampledRow> =
            sample.iter().copied().filter(|row| row.language == language).collect();
        let vectors = Vectors::of(&rows);
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        let wording = Wording::of(&texts, language);
        for members in grouped(&vectors, &wording, least) {
            found.push(Cluster {
                rows: extrapolated(members.len()),
                ..described(&members, &rows, &vectors, &wording)
            });
        }
    }
    found.sort_by(|left, right| {
        right
            .sampled
            .cmp(&left.sampled)
            .then_with(|| left.examples[0].row.cmp(&right.examples[0].row))
    });
    let inside: usize = found.iter().map(|cluster| cluster.sampled).sum();
    let others = found.split_off(found.len().min(TOLD));
    Clusters {
        out_of_scope,
        unsure: offered.saturating_sub(out_of_scope),
        sampled: sample.len(),
        smallest: extrapolated(least),
        alone: extrapolated(sample.len() - inside),
        others: extrapolated(others.iter().map(|cluster| cluster.sampled).sum()),
        clusters: found,
    }
}

/// Positions of the members of each cluster.
fn grouped(vectors: &Vectors, wording: &Wording, least: usize) -> Vec<Vec<usize>> {
    let pieces = pieces(vectors);
    let centres: Vec<Vec<f32>> = pieces.iter().map(|members| vectors.centre(members)).collect();
    let likeness = |left: usize, right: usize| {
        let words = wording.likeness(pieces[left][0], pieces[right][0]);
        dot(&centres[left], &centres[right]) + WEIGHT_OF_WORDS * words
    };
    let joined = gaps::clusters(pieces.len(), NEAR, likeness);
    let mut is_joined = vec![false; pieces.len()];
    for piece in joined.iter().flat_map(|cluster| &cluster.members) {
        is_joined[*piece] = true;
    }
    let rows_of =
        |members: &[usize]| members.iter().flat_map(|piece| &pieces[*piece]).copied().collect();
    let alone = (0..pieces.len()).filter(|piece| !is_joined[*piece]).map(|piece| vec![piece]);
    let seeds: Vec<Vec<usize>> =
        joined.iter().map(|cluster| cluster.members.clone()).chain(alone).collect();
    let mut centres: Vec<(usize, Vec<f32>)> = seeds
        .iter()
        .map(|members| rows_of(members))
        // What is too small even with all that may still come to it is no cluster.
        .filter(|rows: &Vec<usize>| 2 * rows.len() >= least)
        .map(|rows| (rows.len(), vectors.centre(&rows)))
        .collect();
    centres.sort_by_key(|(rows, _)| std::cmp::Reverse(*rows));
    let mut groups = assigned(vectors, &merged(centres));
    groups.retain(|members| members.len() >= least);
    groups
}

/// Rows very near to the first of them, the largest pieces first.
fn pieces(vectors: &Vectors) -> Vec<Vec<usize>> {
    let mut pieces: Vec<Vec<usize>> = Vec::new();
    let nearest = |pieces: &[Vec<usize>], from: usize, row: usize| {
        let leaders = pieces[from..].iter().enumerate();
        leaders
            .map(|(index, members)| (from + index, vectors.cosine(members[0], row)))
            .filter(|(_, cosine)| *cosine >= VERY_NEAR)
            // Of equally near ones the first.
            .fold(None, |best: Option<(usize, f32)>, (index, cosine)| match best {
                Some((_, known)) if known >= cosine => best,
                _ => Some((index, cosine)),
            })
    };
    for start in (0..vectors.len()).step_by(BLOCK) {
        let block = start..(start + BLOCK).min(vectors.len());
        let known = pieces.len();
        let found: Vec<Option<(usize, f32)>> =
            block.clone().into_par_iter().map(|row| nearest(&pieces, 0, row)).collect();
        for (row, found) in block.zip(found) {
            // Pieces that began within the block.
            let later = nearest(&pieces, known, row);
            let best = match (found, later) {
                (Some(early), Some(late)) if late.1 > early.1 => Some(late),
                (early, late) => early.or(late),
            };
            match best {
                Some((piece, _)) => pieces[piece].push(row),
                None if pieces.len() < MOST_PIECES => pieces.push(vec![row]),
                None => {}
            }
        }
    }
    pieces.sort_by_key(|members| std::cmp::Reverse(members.len()));
    pieces.truncate(MOST_JOINED);
    pieces
}

/// Centres that are as near as rows of one piece become the larger one of them.
fn merged(centres: Vec<(usize, Vec<f32>)>) -> Vec<Vec<f32>> {
    let mut kept: Vec<Vec<f32>> = Vec::new();
    for (_, centre) in centres {
        if kept.iter().all(|other| dot(other, &centre) < VERY_NEAR) {
            kept.push(centre);
        }
    }
    kept
}

/// Each row at the centre that is nearest, if it is near enough.
fn assigned(vectors: &Vectors, centres: &[Vec<f32>]) -> Vec<Vec<usize>> {
    let nearest: Vec<Option<usize>> = (0..vectors.len())
        .into_par_iter()
        .map(|row| {
            let cosines = centres.iter().map(|centre| dot(centre, vectors.row(row))).enumerate();
            let best = cosines.max_by(|left, right| {
                left.1.total_cmp(&right.1).then_with(|| right.0.cmp(&left.0))
            });
            best.filter(|(_, cosine)| *cosine >= NEAR_CENTRE).map(|(centre, _)| centre)
        })
        .collect();
    let mut groups = vec![Vec::new(); centres.len()];
    for (row, centre) in nearest.into_iter().enumerate() {
        if let Some(centre) = centre {
            groups[centre].push(row);
        }
    }
    groups
}

fn described(
    members: &[usize],
    rows: &[&SampledRow],
    vectors: &Vectors,
    wording: &Wording,
) -> Cluster {
    let centre = vectors.centre(members);
    let mut by_nearness: Vec<(f32, usize)> =
        members.iter().map(|row| (dot(&centre, vectors.row(*row)), *row)).collect();
    by_nearness
        .sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
    let mut examples: Vec<ClusterExample> = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for row in by_nearness.iter().map(|(_, row)| rows[*row]) {
        let essence = essence(&row.text);
        if examples.len() < EXAMPLES && !told.contains(&essence) {
            examples.push(ClusterExample { row: row.number, text: row.text.clone() });
            told.push(essence);
        }
    }
    let mut nearest: BTreeMap<&str, usize> = BTreeMap::new();
    for intent in members.iter().filter_map(|row| rows[*row].nearest.as_deref()) {
        *nearest.entry(intent).or_default() += 1;
    }
    let mut nearest: Vec<(&str, usize)> = nearest.into_iter().collect();
    nearest.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    // An intent that hardly any row is near says nothing.
    let often = nearest.into_iter().filter(|(_, count)| 5 * count >= members.len());
    Cluster {
        words: wording.telling(members),
        language: rows[members[0]].language,
        rows: members.len(),
        sampled: members.len(),
        out_of_scope: members.iter().filter(|row| rows[**row].out_of_scope).count(),
        nearest: often.take(NEAREST).map(|(intent, _)| intent.to_owned()).collect(),
        examples,
    }
}

/// The vectors of rows, one behind the other.
struct Vectors {
    width: usize,
    count: usize,
    values: Vec<f32>,
}

impl Vectors {
    fn of(rows: &[&SampledRow]) -> Self {
        let vectors: Vec<Vec<f32>> = rows.iter().map(|row| row.vector()).collect();
        let width = vectors.first().map_or(0, Vec::len);
        Self { width, count: rows.len(), values: vectors.concat() }
    }

    fn len(&self) -> usize {
        self.count
    }

    fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    fn cosine(&self, left: usize, right: usize) -> f32 {
        dot(self.row(left), self.row(right))
    }

    /// The mean of these rows, of length 1.
    fn centre(&self, rows: &[usize]) -> Vec<f32> {
        let mut centre = vec![0.0; self.width];
        for row in rows {
            for (sum, value) in centre.iter_mut().zip(self.row(*row)) {
                *sum += value;
            }
        }
        let length = dot(&centre, &centre).sqrt().max(f32::MIN_POSITIVE);
        centre.into_iter().map(|value| value / length).collect()
    }
}

/// Sum of products; in eight lanes, which the compiler turns into one instruction.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    const LANES: usize = 8;
    let mut sums = [0.0_f32; LANES];
    let (left_chunks, left_rest) = left.as_chunks::<LANES>();
    let (right_chunks, right_rest) = right.as_chunks::<LANES>();
    for (left, right) in left_chunks.iter().zip(right_chunks) {
        for lane in 0..LANES {
            sums[lane] += left[lane] * right[lane];
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum();
    sums.iter().sum::<f32>() + rest
}
