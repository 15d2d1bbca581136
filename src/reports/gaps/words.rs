//! Which words do texts share, and which tell what some of them are about? Words that few of the
//! texts hold count more than those that many hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::Language;
use crate::text::stem::Analyser;

/// Words that name a cluster.
const WORDS: usize = 3;
/// Shorter words name nothing, in characters.
const SHORTEST: usize = 3;

/// Words that begin a question and name nothing.
const QUESTION_WORDS: &str = "wann wo wer wen wem wie warum wieso weshalb wohin woher welche welcher \
    welches welchen wieviel when where who whom why how what which gibt geht bekomme bekommt kommt";

/// The words of texts in one language.
#[derive(Clone, Debug, Default)]
pub struct Wording<'t> {
    /// The stems of each text with the spellings it has for them, by the stem's number.
    texts: Vec<BTreeMap<usize, Vec<&'t str>>>,
    /// How much each stem counts.
    weights: Vec<f32>,
    /// Length of each text, for [`Wording::likeness`].
    lengths: Vec<f32>,
}

impl<'t> Wording<'t> {
    /// The words of these texts.
    pub fn of(texts: &[&'t str], language: Language) -> Self {
        let analyser = Analyser::default();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let texts: Vec<BTreeMap<usize, Vec<&str>>> = texts
            .iter()
            .map(|text| {
                let mut stems: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
                for word in text.split(|letter: char| !letter.is_alphanumeric()) {
                    let Some(stem) = analyser.terms(word, language).into_iter().next() else {
                        continue;
                    };
                    let next = numbers.len();
                    stems.entry(*numbers.entry(stem).or_insert(next)).or_default().push(word);
                }
                stems
            })
            .collect();
        let mut holding = vec![0_usize; numbers.len()];
        for stem in texts.iter().flat_map(BTreeMap::keys) {
            holding[*stem] += 1;
        }
        let all = texts.len() as f32;
        let weights: Vec<f32> =
            holding.iter().map(|holding| (1.0 + all / *holding as f32).ln()).collect();
        let length = |stems: &BTreeMap<usize, Vec<&str>>| {
            stems.keys().map(|stem| weights[*stem].powi(2)).sum::<f32>().sqrt()
        };
        let lengths = texts.iter().map(length).collect();
        Self { texts, weights, lengths }
    }

    /// How much two texts have in common: 0 no word that counts, 1 all of them.
    pub fn likeness(&self, left: usize, right: usize) -> f32 {
        let (few, many) = (&self.texts[left], &self.texts[right]);
        let shared = few.keys().filter(|stem| many.contains_key(stem));
        let sum: f32 = shared.map(|stem| self.weights[*stem].powi(2)).sum();
        let length = self.lengths[left] * self.lengths[right];
        if length > 0.0 { sum / length } else { 0.0 }
    }

    /// The words that many of the members use and few of the others, as members write them most
    /// often.
    pub fn telling(&self, members: &[usize]) -> Vec<String> {
        let mut used: BTreeMap<usize, (usize, BTreeMap<&str, usize>)> = BTreeMap::new();
        for member in members.iter().copied().collect::<BTreeSet<usize>>() {
            for (stem, spellings) in &self.texts[member] {
                let names = |word: &&&str| {
                    let lower = word.to_lowercase();
                    word.chars().count() >= SHORTEST
                        && word.chars().any(char::is_alphabetic)
                        && QUESTION_WORDS.split_whitespace().all(|known| known != lower)
                };
                let (count, forms) = used.entry(*stem).or_default();
                *count += 1;
                for word in spellings.iter().filter(names) {
                    *forms.entry(word).or_default() += 1;
                }
            }
        }
        let mut ranked: Vec<(f32, &str)> = used
            .iter()
            .filter(|(_, (count, _))| *count > 1 || members.len() < 2)
            .filter_map(|(stem, (count, forms))| {
                // Of equally frequent spellings the first of the alphabet: capitals.
                let form = forms.iter().rev().max_by_key(|(_, count)| **count)?.0;
                Some((*count as f32 * self.weights[*stem], *form))
            })
            .collect();
        ranked.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.cmp(right.1)));
        ranked.into_iter().take(WORDS).map(|(_, word)| word.to_owned()).collect()
    }
}
