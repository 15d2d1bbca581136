//! Which pieces does a language use? Those that its letters can spell, the most frequent first, and
//! those that texts of the operator's use.

use std::collections::BTreeSet;

use super::alphabet::Alphabet;
use super::tokenizer_file::{Piece, TokenizerFile};

/// Ids of the pieces to keep: what the tokenizer itself needs, what the texts use and single
/// characters in any case; then the pieces that the alphabet can spell, by rank, up to `budget`
/// pieces in all.
pub(super) fn choose(
    vocabulary: &TokenizerFile,
    alphabet: &Alphabet,
    used: &BTreeSet<u32>,
    budget: Option<usize>,
) -> BTreeSet<u32> {
    let spelling = vocabulary.spelling();
    let mut keep = &vocabulary.required() | used;
    let mut candidates: Vec<&Piece> = Vec::new();
    for piece in vocabulary.pieces().filter(|piece| !is_placeholder(&piece.text)) {
        let spelled = spelling.spell(&piece.text);
        if alphabet.always(&spelled) {
            keep.insert(piece.id);
        } else if alphabet.fits(&spelled) {
            candidates.push(piece);
        }
    }
    // BPE needs the parts of every piece that stays; they count as well.
    vocabulary.close(&mut keep);
    candidates.sort_by(|left, right| right.rank.total_cmp(&left.rank));
    for piece in candidates {
        if budget.is_some_and(|budget| keep.len() >= budget) {
            break;
        }
        keep.insert(piece.id);
    }
    keep
}

/// Rows that makers of vocabularies leave for later use; no text is ever split into them.
fn is_placeholder(text: &str) -> bool {
    ["[unused", "<unused", "madeupword"].iter().any(|start| text.starts_with(start))
}
