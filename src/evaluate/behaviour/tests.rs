//! Which tests are there?

use rand::rngs::StdRng;

use super::changes;
use super::phrases::{INSULTS, LEAVING, LEGAL_THREATS, POLITE_ENDS, POLITE_STARTS, THIRD_CONTACTS};
use super::{BehaviourOptions, Expectation};
use crate::domain::Language;
use crate::text::prepare;
use crate::train::LabelledRow;

/// Words from which on a sentence can be added without making another message of it.
const ENOUGH_WORDS: usize = 4;

/// A message that may be changed.
pub(super) struct Eligible<'a> {
    pub row: &'a LabelledRow,
    /// Number of the row, from 1.
    pub number: usize,
    pub language: Language,
    /// The message without quotes and signature: what is added must not be cut away with them.
    pub text: String,
    /// Whether it asks for something: a wish or question, no greeting and nothing out of scope.
    asks: bool,
}

impl<'a> Eligible<'a> {
    pub(super) fn new(row: &'a LabelledRow, number: usize, options: &BehaviourOptions) -> Self {
        let prepared = prepare(&row.text, row.lang);
        let (text, language) = (prepared.cleaned, prepared.language);
        let talk = row.intent.as_ref().is_some_and(|intent| {
            *intent == options.out_of_scope || options.smalltalk.contains(intent)
        });
        let asks = !talk && text.split_whitespace().count() >= ENOUGH_WORDS;
        Self { row, number, language, text, asks }
    }

    /// The text of a message that asks for something.
    fn request(&self) -> Option<&str> {
        self.asks.then_some(self.text.as_str())
    }
}

/// The message as it is read first and after the change; none where the change does not apply.
type Change = fn(&Eligible, &mut StdRng) -> Option<(String, String)>;

/// One test.
pub(super) struct Test {
    /// Its name in figures.
    pub name: &'static str,
    /// What is done to a message.
    pub title: &'static str,
    pub expectation: Expectation,
    pub change: Change,
}

/// All tests: first invariance, then direction.
pub(super) const TESTS: [Test; 11] = [
    Test {
        name: "typos",
        title: "Slips: words run together or apart, vowels lost, spelt by ear",
        expectation: Expectation::AllSame,
        change: |row, random| {
            Some((row.text.clone(), changes::mistype(&row.text, row.language, random)))
        },
    },
    Test {
        name: "lower_case",
        title: "All in lower case",
        expectation: Expectation::AllSame,
        change: |row, _| Some((row.text.clone(), row.text.to_lowercase())),
    },
    Test {
        name: "upper_case",
        title: "ALL IN CAPITALS",
        expectation: Expectation::IntentSame,
        change: |row, _| Some((row.text.clone(), row.text.to_uppercase())),
    },
    Test {
        name: "umlauts",
        title: "Umlauts spelt out (ae) or without dots (a)",
        expectation: Expectation::AllSame,
        change: |row, random| Some((row.text.clone(), changes::respell_umlauts(&row.text, random))),
    },
    Test {
        name: "punctuation",
        title: "Without punctuation and line breaks",
        expectation: Expectation::AllSame,
        change: |row, _| Some((row.text.clone(), changes::without_punctuation(&row.text))),
    },
    Test {
        name: "names",
        title: "The writer's name exchanged for one of another origin",
        expectation: Expectation::AllSame,
        change: |row, random| changes::exchange_name(row.request()?, row.language, random),
    },
    Test {
        name: "politeness",
        title: "A polite sentence before or after",
        expectation: Expectation::AllSame,
        change: |row, random| {
            let text = row.request()?;
            Some((
                text.to_owned(),
                changes::surround(text, &POLITE_STARTS, &POLITE_ENDS, row.language, random),
            ))
        },
    },
    Test {
        name: "legal_threat",
        title: "Added: a threat of legal action",
        expectation: Expectation::TierNotLower,
        change: |row, random| changes::append(row.request()?, &LEGAL_THREATS, row.language, random),
    },
    Test {
        name: "leaving",
        title: "Added: a threat to leave",
        expectation: Expectation::TierNotLower,
        change: |row, random| changes::append(row.request()?, &LEAVING, row.language, random),
    },
    Test {
        name: "third_contact",
        title: "Added: this is the third time I contact you",
        expectation: Expectation::TierNotLower,
        change: |row, random| {
            changes::append(row.request()?, &THIRD_CONTACTS, row.language, random)
        },
    },
    Test {
        name: "insult",
        title: "Added: an insult",
        expectation: Expectation::SentimentNotMorePositive,
        change: |row, random| changes::append(row.request()?, &INSULTS, row.language, random),
    },
];
