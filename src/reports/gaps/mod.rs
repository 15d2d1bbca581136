//! Which questions has nobody written an article for?
//!
//! A question counts where the bot had the conversation and found nothing to say: it was handed over
//! because no article fitted well enough, or it could not be placed at all. What went to people for
//! other reasons (a wish for a person, anger, danger, a matter that needs judgement or a look into
//! the customer's records) is no gap: an article would not have helped.
//!
//! The latest of these questions are put together ([`clusters`]) by meaning, with the vectors of the
//! encoder that reads messages, and by words in common ([`Wording`]), which also give a cluster its
//! name. Neither does it alone: "Nehmt ihr alte Handys in Zahlung?" and "Altgerät in Zahlung geben"
//! mean the same in hardly the same words, while an encoder that was trained on intents finds "Haben
//! Kopfhörer …?" and "Hat das Telefon eSIM?" much alike.

mod cluster;
mod vectors;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use cluster::{Cluster, clusters};
pub use vectors::Vectors;
pub use words::Wording;

use super::Period;
use crate::domain::{Action, Language};
use crate::store::{Facts, MessageFact};

/// Questions that are put together, the latest ones.
pub const MOST: usize = 500;

/// Two questions belong together from this likeness on: the cosine of their vectors and half of what
/// they share in words. Found with the shipped model on phrasings of questions that it does not
/// know: as many pairs with the same meaning lie above as with a cosine of 0.5 alone, with a quarter
/// of the pairs that have another one.
const NEAR: f32 = 0.6;
const WEIGHT_OF_WORDS: f32 = 0.5;

/// Clusters that are told.
const MOST_CLUSTERS: usize = 20;
/// Phrasings that a draft of an article begins with.
const PHRASINGS: usize = 5;
/// Longest phrasing, in characters: a question, not a letter.
const LONGEST_PHRASING: usize = 140;
/// Intents that a draft of an article begins with.
const INTENTS: usize = 2;

/// Reasons for which an article is missing.
const MISSING: [&str; 4] =
    ["no_article", "answer_confidence_low", "article_score_low", "question_not_settled"];

/// Reasons for which an article would not have helped.
const NOT_FOR_ARTICLES: [&str; 7] = [
    "danger",
    "person_wanted",
    "tier_three",
    "negative_sentiment",
    "article_depends_on_customer",
    "answered_before",
    "answers_used_up",
];

/// Questions that no article answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Gaps {
    /// All such questions of the period.
    pub questions: usize,
    /// Tickets that followed from them.
    pub tickets: usize,
    /// Among the latest ones: put together by meaning.
    pub compared: usize,
    /// Among the latest ones: not compared yet, since reading them takes longer than a page may.
    pub pending: usize,
    /// Compared, and like no other.
    pub single: usize,
    /// Questions that mean the same, the most frequent first.
    pub clusters: Vec<GapCluster>,
}

/// Questions that mean the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GapCluster {
    /// Its most telling words.
    pub words: Vec<String>,
    /// Language of the questions.
    pub language: Language,
    /// Number of questions.
    pub questions: usize,
    /// Tickets that followed: an article saves as many at most.
    pub tickets: usize,
    /// The question nearest to the middle.
    pub example: String,
    /// When the latest one came.
    #[schema(value_type = String, format = DateTime)]
    pub latest_at: Timestamp,
    /// Its most frequent intents.
    pub intents: Vec<String>,
    /// A few of the questions, for the draft of an article.
    pub phrasings: Vec<String>,
}

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The store's number of the message.
    pub number: i64,
    /// When it came.
    pub at: Timestamp,
    /// Its language.
    pub language: Language,
    /// Its intent.
    pub intent: Option<String>,
    /// Position of the first ticket that followed in its conversation.
    pub ticket: Option<usize>,
}

/// A question with its words and its vector.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadGap {
    /// The question.
    pub gap: Gap,
    /// Its words, quotes and signatures cut away.
    pub text: String,
    /// What it means; length 1.
    pub vector: std::sync::Arc<[f32]>,
}

/// Whether a message is a question that an article could have answered and none did.
pub fn is_gap(message: &MessageFact) -> bool {
    let codes = message.reasons.as_deref().unwrap_or_default();
    let has = |wanted: &[&str]| codes.split(' ').any(|code| wanted.contains(&code));
    match message.action {
        Some(Action::Escalate) => has(&MISSING) && !has(&NOT_FOR_ARTICLES),
        Some(Action::Clarify) => has(&["out_of_scope"]),
        _ => false,
    }
}

/// The questions of the period, oldest first.
pub fn find(facts: &Facts, period: &Period) -> Vec<Gap> {
    let mut tickets: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, ticket) in facts.tickets.iter().enumerate() {
        tickets.entry(ticket.conversation).or_default().push(index);
    }
    let messages = facts.messages.iter().filter(|message| period.holds(message.at));
    messages
        .filter(|message| is_gap(message))
        .map(|message| Gap {
            number: message.number,
            at: message.at,
            language: facts.conversations[message.conversation as usize].language,
            intent: message.intent.as_deref().map(str::to_owned),
            ticket: tickets.get(&message.conversation).and_then(|tickets| {
                let later = |index: &usize| facts.tickets[*index].opened_at >= message.at;
                tickets.iter().copied().find(later)
            }),
        })
        .collect()
}

/// What can be told without the words.
pub(super) fn counted(facts: &Facts, period: &Period) -> Gaps {
    let found = find(facts, period);
    let latest = found.len().min(MOST);
    Gaps {
        questions: found.len(),
        tickets: distinct_tickets(&found),
        pending: latest,
        ..Gaps::default()
    }
}

/// Puts the questions together that mean the same. `pending` are those among the latest that have
/// no vector yet.
pub fn put_together(counted: &Gaps, questions: &[ReadGap], pending: usize) -> Gaps {
    let mut gaps = Gaps { pending, compared: questions.len(), ..counted.clone() };
    let mut found: Vec<GapCluster> = Vec::new();
    for language in Language::ALL {
        let of_language: Vec<&ReadGap> =
            questions.iter().filter(|question| question.gap.language == language).collect();
        let texts: Vec<&str> = of_language.iter().map(|question| question.text.as_str()).collect();
        let wording = Wording::of(&texts, language);
        let likeness = |left: usize, right: usize| {
            let meaning = cosine(&of_language[left].vector, &of_language[right].vector);
            meaning + WEIGHT_OF_WORDS * wording.likeness(left, right)
        };
        let clusters = clusters(of_language.len(), NEAR, likeness);
        for cluster in &clusters {
            let words = wording.telling(&cluster.members);
            let members: Vec<&ReadGap> =
                cluster.members.iter().map(|index| of_language[*index]).collect();
            found.push(describe(&members, of_language[cluster.middle], words));
        }
        let inside: usize = clusters.iter().map(|cluster| cluster.members.len()).sum();
        gaps.single += of_language.len() - inside;
    }
    found.sort_by(|left, right| {
        let rank = |cluster: &GapCluster| (cluster.tickets, cluster.questions, cluster.latest_at);
        rank(right).cmp(&rank(left)).then_with(|| left.example.cmp(&right.example))
    });
    found.truncate(MOST_CLUSTERS);
    gaps.clusters = found;
    gaps
}

fn describe(members: &[&ReadGap], middle: &ReadGap, words: Vec<String>) -> GapCluster {
    let gaps: Vec<Gap> = members.iter().map(|member| member.gap.clone()).collect();
    let mut intents: BTreeMap<&str, usize> = BTreeMap::new();
    for intent in gaps.iter().filter_map(|gap| gap.intent.as_deref()) {
        *intents.entry(intent).or_default() += 1;
    }
    let mut intents: Vec<(&str, usize)> = intents.into_iter().collect();
    intents.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut phrasings: Vec<String> = Vec::new();
    for text in std::iter::once(&middle.text).chain(members.iter().map(|member| &member.text)) {
        let is_short = text.chars().count() <= LONGEST_PHRASING;
        if phrasings.len() < PHRASINGS && is_short && !phrasings.contains(text) {
            phrasings.push(text.clone());
        }
    }
    GapCluster {
        words,
        language: middle.gap.language,
        questions: members.len(),
        tickets: distinct_tickets(&gaps),
        example: middle.text.clone(),
        latest_at: gaps.iter().map(|gap| gap.at).max().unwrap_or(middle.gap.at),
        intents: intents.into_iter().take(INTENTS).map(|(name, _)| name.to_owned()).collect(),
        phrasings,
    }
}

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn distinct_tickets(gaps: &[Gap]) -> usize {
    gaps.iter().filter_map(|gap| gap.ticket).collect::<BTreeSet<usize>>().len()
}
