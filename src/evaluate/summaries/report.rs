//! Which figures does each way of summing up get?

use serde::Serialize;

use super::baselines::{customer_lead, lead, longest_turn, text_rank};
use super::dialogue::{Dialogue, DialogueTurn};
use super::overlap::{holds, rouge_1, rouge_l, tokens, word_count};
use crate::domain::Language;
use crate::evaluate::metrics::{Bootstrap, Estimate, rounded};

/// A turn counts as used if so many words in a row (or all, of a shorter turn) are in the summary.
const RUN: usize = 3;

/// A way to sum a dialogue up in a number of words.
type Baseline = fn(&[DialogueTurn], usize) -> String;

const BASELINES: [(&str, Baseline); 4] = [
    ("first words", lead),
    ("customer's first words", customer_lead),
    ("longest turns", longest_turn),
    ("TextRank", text_rank),
];

/// How good summaries are, over all dialogues and by language.
#[derive(Clone, Debug, Serialize)]
pub struct SummaryReport {
    /// All dialogues, then those of each language.
    pub slices: Vec<SummarySlice>,
    /// The summaries that lack a key fact.
    pub missed: Vec<Missed>,
}

/// The figures on some of the dialogues.
#[derive(Clone, Debug, Serialize)]
pub struct SummarySlice {
    /// `all`, or the language.
    pub name: String,
    /// Number of dialogues.
    pub dialogues: usize,
    /// Key facts in them.
    pub facts: usize,
    /// Lotse first, then the baselines, then the reference itself.
    pub figures: Vec<SummaryFigures>,
}

/// The figures of one way to sum up.
#[derive(Clone, Debug, Serialize)]
pub struct SummaryFigures {
    /// Which one.
    pub name: String,
    /// Share of the key facts that the summaries hold.
    #[serde(serialize_with = "rounded")]
    pub coverage: f64,
    /// Mean ROUGE-1 F against the reference.
    #[serde(serialize_with = "rounded")]
    pub rouge_1: f64,
    /// Mean ROUGE-L F against the reference.
    #[serde(serialize_with = "rounded")]
    pub rouge_l: f64,
    /// Mean number of words.
    #[serde(serialize_with = "rounded")]
    pub words: f64,
    /// Key facts in ten words.
    #[serde(serialize_with = "rounded")]
    pub facts_per_ten_words: f64,
    /// Share of the turns from which three words in a row are in the summary.
    #[serde(serialize_with = "rounded")]
    pub turns: f64,
    /// Coverage of Lotse minus this coverage, resampled over dialogues (both summaries of a dialogue
    /// together). None for Lotse itself and for the reference.
    pub behind: Option<Estimate>,
}

/// A summary that lacks key facts.
#[derive(Clone, Debug, Serialize)]
pub struct Missed {
    /// Dialogue.
    pub id: String,
    /// The summary.
    pub summary: String,
    /// The facts that it lacks.
    pub facts: Vec<String>,
}

/// One summary of one dialogue, measured.
struct Measured {
    hits: usize,
    facts: usize,
    rouge_1: f64,
    rouge_l: f64,
    words: usize,
    turns: f64,
}

impl SummaryReport {
    /// Judges one summary a dialogue, in the same order. Every baseline gets as many words as the
    /// summary of that dialogue has.
    ///
    /// # Panics
    ///
    /// If there are not as many summaries as dialogues.
    pub fn build(dialogues: &[Dialogue], summaries: &[String]) -> Self {
        assert_eq!(dialogues.len(), summaries.len(), "one summary for each dialogue");
        let pairs = || dialogues.iter().zip(summaries);
        let ours = pairs().map(|(dialogue, summary)| measure(dialogue, summary)).collect();
        let mut ways: Vec<(&str, Vec<Measured>)> = vec![("Lotse", ours)];
        for (name, baseline) in BASELINES {
            let measured = pairs().map(|(dialogue, summary)| {
                measure(dialogue, &baseline(&dialogue.turns, word_count(summary)))
            });
            ways.push((name, measured.collect()));
        }
        let references = dialogues.iter().map(|dialogue| measure(dialogue, &dialogue.reference));
        ways.push((REFERENCE, references.collect()));
        let slice = |name: &str, language: Option<Language>| {
            let rows: Vec<usize> = (0..dialogues.len())
                .filter(|row| language.is_none_or(|wanted| dialogues[*row].language == wanted))
                .collect();
            (!rows.is_empty()).then(|| slice(name, &rows, &ways))
        };
        let mut slices: Vec<SummarySlice> = slice("all", None).into_iter().collect();
        slices.extend(Language::ALL.into_iter().filter_map(|lang| slice(lang.code(), Some(lang))));
        let missed = pairs().filter_map(|(dialogue, summary)| missed(dialogue, summary)).collect();
        Self { slices, missed }
    }
}

/// Name of the row of the reference itself, which has its own length.
pub(super) const REFERENCE: &str = "the reference itself";

fn measure(dialogue: &Dialogue, summary: &str) -> Measured {
    let words = tokens(summary);
    let reference = tokens(&dialogue.reference);
    let is_held = |forms: &[String]| forms.iter().any(|form| holds(&words, form));
    let used = dialogue.turns.iter().filter(|turn| is_used(&tokens(&turn.text), &words)).count();
    Measured {
        hits: dialogue.facts.iter().filter(|fact| is_held(&fact.forms)).count(),
        facts: dialogue.facts.len(),
        rouge_1: rouge_1(&words, &reference),
        rouge_l: rouge_l(&words, &reference),
        words: word_count(summary),
        turns: used as f64 / dialogue.turns.len().max(1) as f64,
    }
}

fn is_used(turn: &[String], summary: &[String]) -> bool {
    let length = RUN.min(turn.len()).max(1);
    let is_in = |run: &[String]| summary.windows(length).any(|other| other == run);
    turn.windows(length).any(is_in)
}

fn missed(dialogue: &Dialogue, summary: &str) -> Option<Missed> {
    let words = tokens(summary);
    let lacks = |forms: &[String]| !forms.iter().any(|form| holds(&words, form));
    let facts = dialogue.facts.iter().filter(|fact| lacks(&fact.forms));
    let facts: Vec<String> = facts.map(|fact| fact.fact.clone()).collect();
    let missed = Missed { id: dialogue.id.clone(), summary: summary.to_owned(), facts };
    (!missed.facts.is_empty()).then_some(missed)
}

fn slice(name: &str, rows: &[usize], ways: &[(&str, Vec<Measured>)]) -> SummarySlice {
    let ours = &ways[0].1;
    let figures = ways.iter().enumerate().map(|(place, (name, measured))| {
        let is_baseline = place > 0 && *name != REFERENCE;
        let difference = |drawn: &[usize]| {
            let drawn: Vec<usize> = drawn.iter().map(|index| rows[*index]).collect();
            Some(coverage(ours, &drawn)? - coverage(measured, &drawn)?)
        };
        let behind = is_baseline.then(|| Bootstrap::default().estimate(rows.len(), difference));
        let mean = |value: fn(&Measured) -> f64| {
            rows.iter().map(|row| value(&measured[*row])).sum::<f64>() / rows.len() as f64
        };
        let words = mean(|one| one.words as f64);
        let hits = mean(|one| one.hits as f64);
        SummaryFigures {
            name: (*name).to_owned(),
            coverage: coverage(measured, rows).unwrap_or(0.0),
            rouge_1: mean(|one| one.rouge_1),
            rouge_l: mean(|one| one.rouge_l),
            words,
            facts_per_ten_words: if words > 0.0 { 10.0 * hits / words } else { 0.0 },
            turns: mean(|one| one.turns),
            behind: behind.flatten(),
        }
    });
    SummarySlice {
        name: name.to_owned(),
        dialogues: rows.len(),
        facts: rows.iter().map(|row| ours[*row].facts).sum(),
        figures: figures.collect(),
    }
}

/// Share of all key facts of these dialogues; none if they have none.
fn coverage(measured: &[Measured], rows: &[usize]) -> Option<f64> {
    let facts: usize = rows.iter().map(|row| measured[*row].facts).sum();
    let hits: usize = rows.iter().map(|row| measured[*row].hits).sum();
    (facts > 0).then(|| hits as f64 / facts as f64)
}
