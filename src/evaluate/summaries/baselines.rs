//! What would a summary without any knowledge of service say? Four common ways, each cut to a
//! given number of words.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::dialogue::DialogueTurn;
use super::overlap::{first_words, tokens, word_count};
use crate::domain::Author;

/// Damping of `PageRank`, as in its paper and in that of `TextRank`.
const DAMPING: f64 = 0.85;
/// Steps of the power iteration: the remainder is below `DAMPING` to this power.
const STEPS: usize = 60;

/// The first words of the dialogue.
pub fn lead(turns: &[DialogueTurn], words: usize) -> String {
    let texts: Vec<&str> = turns.iter().map(|turn| turn.text.as_str()).collect();
    first_words(&texts.join(" "), words)
}

/// The first words of the customer.
pub fn customer_lead(turns: &[DialogueTurn], words: usize) -> String {
    let said = turns.iter().filter(|turn| turn.from == Author::Customer);
    let texts: Vec<&str> = said.map(|turn| turn.text.as_str()).collect();
    first_words(&texts.join(" "), words)
}

/// The longest turn, then the next longest, until the words are used up.
pub fn longest_turn(turns: &[DialogueTurn], words: usize) -> String {
    let mut texts: Vec<&str> = turns.iter().map(|turn| turn.text.as_str()).collect();
    texts.sort_by_key(|text| Reverse(word_count(text)));
    first_words(&texts.join(" "), words)
}

/// The sentences that have most in common with all others (`TextRank`, Mihalcea and Tarau 2004), as
/// many as the words allow, in the order of the dialogue.
pub fn text_rank(turns: &[DialogueTurn], words: usize) -> String {
    let sentences: Vec<&str> = turns.iter().flat_map(|turn| sentences(&turn.text)).collect();
    let ranks = ranks(&sentences);
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    order.sort_by(|left, right| ranks[*right].total_cmp(&ranks[*left]));
    let mut left = words;
    let mut kept: Vec<(usize, String)> = Vec::new();
    for index in order {
        if left == 0 {
            break;
        }
        let sentence = first_words(sentences[index], left);
        left -= word_count(&sentence);
        kept.push((index, sentence));
    }
    kept.sort();
    kept.into_iter().map(|(_, sentence)| sentence).collect::<Vec<String>>().join(" ")
}

/// Sentences of a turn: they end at a line's end, and at a stop that a blank follows.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    for line in text.lines() {
        let mut start = 0;
        for (index, _) in line.match_indices(['.', '!', '?']) {
            if line[index + 1..].starts_with(' ') {
                sentences.push(line[start..=index].trim());
                start = index + 1;
            }
        }
        sentences.push(line[start..].trim());
    }
    sentences.retain(|sentence| word_count(sentence) > 0);
    sentences
}

/// `PageRank` over the sentences, whose edges weigh the number of common words by the logarithms of
/// the lengths.
fn ranks(sentences: &[&str]) -> Vec<f64> {
    let words: Vec<BTreeSet<String>> =
        sentences.iter().map(|sentence| tokens(sentence).into_iter().collect()).collect();
    let weight = |left: usize, right: usize| {
        let length = (words[left].len() as f64).ln() + (words[right].len() as f64).ln();
        let common = words[left].intersection(&words[right]).count();
        if left == right || common == 0 || length <= 0.0 { 0.0 } else { common as f64 / length }
    };
    let all = 0..sentences.len();
    let weights: Vec<Vec<f64>> =
        all.clone().map(|from| all.clone().map(|to| weight(from, to)).collect()).collect();
    let sums: Vec<f64> = weights.iter().map(|row| row.iter().sum()).collect();
    let mut ranks = vec![1.0; sentences.len()];
    for _ in 0..STEPS {
        let next = |to: usize| {
            let linked = all.clone().filter(|from| weights[*from][to] > 0.0);
            let given: f64 = linked.map(|from| ranks[from] * weights[from][to] / sums[from]).sum();
            1.0 - DAMPING + DAMPING * given
        };
        ranks = all.clone().map(next).collect();
    }
    ranks
}
