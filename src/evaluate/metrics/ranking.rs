//! Does a higher score mean a better case, and where should the line be drawn?

use std::cmp::Ordering;

use serde::Serialize;

use super::rounded;

/// Area under the receiver operating characteristic: the probability that a positive row scores
/// above a negative one, ties counting half (Mann and Whitney 1947). Rows are (score, positive).
/// None without both kinds.
pub fn auroc(rows: &[(f32, bool)]) -> Option<f64> {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|left, right| left.0.total_cmp(&right.0));
    let positives = sorted.iter().filter(|(_, positive)| *positive).count();
    let negatives = sorted.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    let (mut wins, mut negatives_below) = (0.0, 0);
    for tied in sorted.chunk_by(|left, right| left.0.total_cmp(&right.0) == Ordering::Equal) {
        let tied_positives = tied.iter().filter(|(_, positive)| *positive).count();
        let tied_negatives = tied.len() - tied_positives;
        wins += tied_positives as f64 * (negatives_below as f64 + tied_negatives as f64 / 2.0);
        negatives_below += tied_negatives;
    }
    Some(wins / (positives as f64 * negatives as f64))
}

/// A row's score of being in scope, with what it costs to reject it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScopeScore {
    /// Score; a row below the threshold is rejected.
    pub score: f32,
    /// Whether the row is in scope.
    pub in_scope: bool,
    /// Whether rejecting this in-scope row is a loss. All of them, if every rejected message
    /// counts; those with the right intent, if only lost accuracy counts.
    pub costs: bool,
}

/// What rejecting at a threshold achieves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AtLoss {
    /// Rows below this score are rejected; none where all rows are.
    pub threshold: Option<f32>,
    /// Share of the out-of-scope rows that are rejected.
    #[serde(serialize_with = "rounded")]
    pub recall: f64,
    /// Share of the in-scope rows that are rejected and cost something.
    #[serde(serialize_with = "rounded")]
    pub loss: f64,
}

impl AtLoss {
    /// Every threshold that changes something, from rejecting nothing to rejecting all. Empty
    /// without rows of both kinds.
    pub fn curve(rows: &[ScopeScore]) -> Vec<Self> {
        let inside = rows.iter().filter(|row| row.in_scope).count();
        let outside = rows.len() - inside;
        if inside == 0 || outside == 0 {
            return Vec::new();
        }
        let mut sorted = rows.to_vec();
        sorted.sort_by(|left, right| left.score.total_cmp(&right.score));
        let (mut found, mut lost) = (0_usize, 0_usize);
        let mut points = Vec::new();
        for tied in sorted.chunk_by(|left, right| left.score.total_cmp(&right.score).is_eq()) {
            points.push(Self {
                threshold: Some(tied[0].score),
                recall: found as f64 / outside as f64,
                loss: lost as f64 / inside as f64,
            });
            for row in tied {
                found += usize::from(!row.in_scope);
                lost += usize::from(row.in_scope && row.costs);
            }
        }
        points.push(Self {
            threshold: None,
            recall: found as f64 / outside as f64,
            loss: lost as f64 / inside as f64,
        });
        points
    }
}

/// The most out-of-scope rows that can be rejected while the loss stays within `allowed`, a share
/// of the in-scope rows. None without rows of both kinds.
pub fn recall_at_loss(rows: &[ScopeScore], allowed: f64) -> Option<AtLoss> {
    AtLoss::curve(rows).into_iter().take_while(|point| point.loss <= allowed).last()
}

/// A row that could be acted upon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Confidence; rows at or above the threshold are acted upon.
    pub confidence: f32,
    /// Whether acting would be wrong.
    pub wrong: bool,
    /// Whether the row counts as one that ought to be covered.
    pub wanted: bool,
}

/// What acting on all rows at or above a threshold achieves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Lowest confidence acted upon.
    pub threshold: f32,
    /// Rows acted upon.
    pub taken: usize,
    /// Wrong ones among them.
    pub wrong: usize,
    /// Share of the wanted rows that are acted upon.
    #[serde(serialize_with = "rounded")]
    pub coverage: f64,
    /// Share of wrong ones among those acted upon.
    #[serde(serialize_with = "rounded")]
    pub risk: f64,
}

/// The risk-coverage curve of selective prediction (El-Yaniv and Wiener 2010): one point for every
/// distinct confidence, the highest first. `wanted` is the number of rows that ought to be covered,
/// which may be more than those among the candidates.
pub fn risk_coverage(candidates: &[Candidate], wanted: usize) -> Vec<CurvePoint> {
    let mut sorted = candidates.to_vec();
    sorted.sort_by(|left, right| right.confidence.total_cmp(&left.confidence));
    let (mut taken, mut wrong, mut covered) = (0, 0, 0_usize);
    sorted
        .chunk_by(|left, right| left.confidence.total_cmp(&right.confidence).is_eq())
        .map(|tied| {
            taken += tied.len();
            wrong += tied.iter().filter(|row| row.wrong).count();
            covered += tied.iter().filter(|row| row.wanted).count();
            CurvePoint {
                threshold: tied[0].confidence,
                taken,
                wrong,
                coverage: if wanted == 0 { 0.0 } else { covered as f64 / wanted as f64 },
                risk: wrong as f64 / taken as f64,
            }
        })
        .collect()
}
