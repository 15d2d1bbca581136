use super::caller::is_sign;
use super::words::plain;
use crate::domain::{Action, Author, ConversationState, Turn};

/// What [`super::decide`] must know of a conversation besides the reading of its latest message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Who holds the conversation. While a person does, or a ticket waits, nothing is decided.
    pub state: ConversationState,
    /// What the writer says now (`PreparedText::cleaned`): the rules on words read it.
    pub message: String,
    /// What the bot asked in its last turn, if it asked anything.
    pub asked_back: Option<AskedBack>,
    /// Answers given since a person last held the conversation, oldest first.
    pub answers: Vec<GivenAnswer>,
}

/// A question that the bot asked back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBack {
    /// Which of several articles is meant.
    WhichArticle,
    /// Whether to hand an out-of-scope matter to a person.
    WhetherPerson,
}

/// An answer that the bot gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenAnswer {
    /// The article that was said.
    pub article_id: String,
    /// Intent of the message that it answered.
    pub intent: Option<String>,
}

/// Short words that take an offer up.
const YES: &[&str] = &[
    "ja",
    "ja bitte",
    "ja gerne",
    "ja gern",
    "gerne",
    "gern",
    "ja danke",
    "ja klar",
    "klar",
    "jo",
    "jep",
    "jup",
    "ok",
    "okay",
    "oke",
    "bitte",
    "bitte ja",
    "ja genau",
    "passt",
    "mach das",
    "bitte machen",
    "unbedingt",
    "yes",
    "yes please",
    "yeah",
    "yep",
    "yup",
    "sure",
    "please",
    "please do",
    "ok please",
    "yes thanks",
    "do it",
    "go ahead",
    "of course",
    "definitely",
];

/// Wishes for a person that need no classifier: the choice which the bot itself offers, and the
/// bare words that people type at bots.
const PERSON: &[&str] = &[
    "mensch",
    "mensch bitte",
    "mitarbeiter",
    "mitarbeiter bitte",
    "echter mensch",
    "berater",
    "mit einem menschen sprechen",
    "mit einem mitarbeiter sprechen",
    "menschen sprechen",
    "mitarbeiter sprechen",
    "ich moechte mit einem menschen sprechen",
    "ich moechte mit einem mitarbeiter sprechen",
    "ich will mit einem menschen sprechen",
    "human",
    "human please",
    "agent",
    "agent please",
    "real person",
    "person please",
    "talk to a person",
    "speak to a person",
    "talk to a human",
    "speak to a human",
    "i want to talk to a person",
    "i would like to talk to a person",
    "speak to an agent",
    "talk to an agent",
    "representative",
    "operator",
];

/// Whether [`plain`] words take an offer up.
pub(super) fn is_yes(plain: &str) -> bool {
    YES.contains(&plain)
}

impl History {
    /// The history of a new conversation whose first message is `message`.
    pub fn new(message: &str) -> Self {
        Self {
            state: ConversationState::Bot,
            message: message.to_owned(),
            asked_back: None,
            answers: Vec::new(),
        }
    }

    /// The history of a conversation: who holds it, its earlier turns in order of time, and what
    /// the writer says now.
    pub fn of(state: ConversationState, earlier: &[Turn], message: &str) -> Self {
        let since_person = earlier
            .iter()
            .rposition(|turn| turn.from == Author::Agent)
            .map_or(earlier, |position| &earlier[position + 1..]);
        let mut answers = Vec::new();
        let mut intent = None;
        for turn in since_person {
            match (turn.from, &turn.article_id) {
                (Author::Customer, _) => {
                    intent = turn
                        .classification
                        .as_ref()
                        .and_then(|classification| classification.best_intent())
                        .map(|intent| intent.name.clone());
                }
                (Author::Bot, Some(article_id)) => {
                    let article_id = article_id.clone();
                    answers.push(GivenAnswer { article_id, intent: intent.clone() });
                }
                _ => {}
            }
        }
        let asked_back = asked_back(since_person);
        Self { state, message: message.to_owned(), asked_back, answers }
    }

    /// Whether the message's words alone ask for a person: bare words, a yes to the bot's offer, or
    /// what a caller does instead of speaking.
    pub(super) fn asks_for_person(&self) -> bool {
        if is_sign(&self.message) {
            return true;
        }
        let plain = plain(&self.message);
        let accepts = self.asked_back == Some(AskedBack::WhetherPerson);
        PERSON.contains(&plain.as_str()) || (accepts && is_yes(&plain))
    }

    /// Answers already given to messages with this intent.
    pub(super) fn answers_on(&self, intent: Option<&str>) -> usize {
        self.answers.iter().filter(|answer| answer.intent.as_deref() == intent).count()
    }
}

/// What the bot's last turn asked: read from the decision of the customer turn before it.
fn asked_back(turns: &[Turn]) -> Option<AskedBack> {
    let last = turns.iter().rfind(|turn| turn.from == Author::Customer)?;
    let decision = last.decision.as_ref().filter(|decision| decision.action == Action::Clarify)?;
    Some(if decision.has_reason("out_of_scope") {
        AskedBack::WhetherPerson
    } else {
        AskedBack::WhichArticle
    })
}
