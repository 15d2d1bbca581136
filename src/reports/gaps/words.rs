//! Which words tell what these texts are about?

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::Language;
use crate::text::stem::Analyser;

/// Words that name a cluster.
const WORDS: usize = 3;

/// The words that many of the members use and few of the others, as they are written most often.
pub fn telling_words(texts: &[&str], members: &[usize], language: Language) -> Vec<String> {
    let analyser = Analyser::default();
    // Number of texts that hold a stem, and the spellings of the members.
    let mut in_texts: HashMap<String, usize> = HashMap::new();
    let mut in_members: HashMap<String, usize> = HashMap::new();
    let mut spellings: HashMap<String, BTreeMap<&str, usize>> = HashMap::new();
    let members: BTreeSet<usize> = members.iter().copied().collect();
    for (index, text) in texts.iter().enumerate() {
        let mut stems: BTreeSet<String> = BTreeSet::new();
        for word in text.split(|letter: char| !letter.is_alphanumeric()) {
            let has_letters = word.chars().any(char::is_alphabetic);
            let Some(stem) = analyser.terms(word, language).into_iter().next() else { continue };
            if !has_letters || word.chars().count() < 3 {
                continue;
            }
            if members.contains(&index) {
                *spellings.entry(stem.clone()).or_default().entry(word).or_default() += 1;
            }
            stems.insert(stem);
        }
        for stem in stems {
            if members.contains(&index) {
                *in_members.entry(stem.clone()).or_default() += 1;
            }
            *in_texts.entry(stem).or_default() += 1;
        }
    }
    let mut ranked: Vec<(f64, String)> = in_members
        .into_iter()
        .filter(|(_, count)| *count >= 2 || members.len() < 2)
        .map(|(stem, count)| {
            let rarity = (1.0 + texts.len() as f64 / in_texts[&stem] as f64).ln();
            (count as f64 / members.len() as f64 * rarity, stem)
        })
        .collect();
    ranked.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
    ranked
        .into_iter()
        .take(WORDS)
        .filter_map(|(_, stem)| {
            let forms = spellings.remove(&stem)?;
            let most = forms.into_iter().max_by_key(|(_, count)| *count)?;
            Some(most.0.to_owned())
        })
        .collect()
}
