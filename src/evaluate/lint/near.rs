//! Which texts are almost the same?
//!
//! An exact search for all pairs above a Jaccard similarity, by prefix filtering (Chaudhuri et al.
//! 2006; Bayardo et al. 2007): two sets that overlap that far must share one of their rarest
//! members, so only texts that do are compared.

use std::collections::HashMap;

/// Letters in a piece of text.
const PIECE: usize = 4;

/// Room for rounding when shares are compared with the threshold.
const SLACK: f64 = 1e-9;

/// Two texts, by index, and how far their pieces overlap.
pub(super) struct Pair {
    pub left: usize,
    pub right: usize,
    /// Jaccard similarity of the sets of pieces.
    pub similarity: f64,
}

/// All pairs of texts at least this similar, the most similar first.
pub(super) fn pairs(texts: &[&str], threshold: f64) -> Vec<Pair> {
    let sets = rarest_first(texts);
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|text| sets[*text].len());
    // Rarest pieces of the texts seen so far; those are no longer than the current one.
    let mut holders: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut last_compared = vec![usize::MAX; texts.len()];
    let mut found = Vec::new();
    for (position, &current) in order.iter().enumerate() {
        let set = &sets[current];
        let shared_at_least = (threshold * set.len() as f64 - SLACK).ceil().max(1.0) as usize;
        for piece in &set[..=set.len() - shared_at_least] {
            let others = holders.entry(*piece).or_default();
            for &other in others.iter() {
                let tried = std::mem::replace(&mut last_compared[other], position) == position;
                if tried || sets[other].len() < shared_at_least {
                    continue;
                }
                let similarity = jaccard(set, &sets[other]);
                if similarity >= threshold - SLACK {
                    let (left, right) = (current.min(other), current.max(other));
                    found.push(Pair { left, right, similarity });
                }
            }
            others.push(current);
        }
    }
    found.sort_by(|one, other| {
        other
            .similarity
            .total_cmp(&one.similarity)
            .then_with(|| (one.left, one.right).cmp(&(other.left, other.right)))
    });
    found
}

/// The set of pieces of each text, as numbers that grow with the number of texts holding the piece.
fn rarest_first(texts: &[&str]) -> Vec<Vec<u32>> {
    let pieces: Vec<Vec<String>> = texts.iter().map(|text| pieces(text)).collect();
    let mut holders: HashMap<&str, usize> = HashMap::new();
    for piece in pieces.iter().flatten() {
        *holders.entry(piece).or_default() += 1;
    }
    let mut ranked: Vec<(usize, &str)> =
        holders.into_iter().map(|(piece, count)| (count, piece)).collect();
    ranked.sort_unstable();
    let ranks: HashMap<&str, u32> =
        ranked.into_iter().zip(0..).map(|((_, piece), rank)| (piece, rank)).collect();
    pieces
        .iter()
        .map(|set| {
            let mut set: Vec<u32> = set.iter().map(|piece| ranks[piece.as_str()]).collect();
            set.sort_unstable();
            set
        })
        .collect()
}

/// The different runs of [`PIECE`] letters, a blank before and after the text counting as letters.
/// Never empty.
fn pieces(text: &str) -> Vec<String> {
    let letters: Vec<char> = format!(" {text} ").chars().collect();
    let mut pieces: Vec<String> =
        letters.windows(PIECE.min(letters.len())).map(|window| window.iter().collect()).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

/// Shared members over all members of two sorted sets.
fn jaccard(left: &[u32], right: &[u32]) -> f64 {
    let (mut one, mut other, mut shared) = (0, 0, 0);
    while one < left.len() && other < right.len() {
        match left[one].cmp(&right[other]) {
            std::cmp::Ordering::Less => one += 1,
            std::cmp::Ordering::Greater => other += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                one += 1;
                other += 1;
            }
        }
    }
    f64::from(shared) / (left.len() + right.len() - shared as usize) as f64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::{pairs, pieces};

    proptest! {
        /// The filter loses no pair: it finds what comparing each text with each other finds.
        #[test]
        fn finds_what_comparing_all_finds(
            texts in prop::collection::vec("[ab]{0,3}(xyz|wo ist|mein){0,4}[abc]{0,3}", 0..30),
            threshold in prop::sample::select(vec![0.5, 0.7, 0.8, 1.0]),
        ) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let sets: Vec<HashSet<String>> =
                texts.iter().map(|text| pieces(text).into_iter().collect()).collect();
            let mut expected = HashSet::new();
            for left in 0..texts.len() {
                for right in left + 1..texts.len() {
                    let shared = sets[left].intersection(&sets[right]).count() as f64;
                    let all = sets[left].union(&sets[right]).count() as f64;
                    if shared / all >= threshold - 1e-9 {
                        expected.insert((left, right));
                    }
                }
            }
            let found = pairs(&texts, threshold);
            let distinct: HashSet<_> = found.iter().map(|pair| (pair.left, pair.right)).collect();
            prop_assert_eq!(found.len(), distinct.len());
            prop_assert_eq!(distinct, expected);
        }
    }
}
