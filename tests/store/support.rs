use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use lotse::domain::{
    Action, Author, Channel, Classification, ConversationState, Decision, IntentScore, Language,
    Outcome, Priority, Reason, ReplyChoice, Sentiment, SentimentScore, Summary, Ticket,
    TicketEvent, TicketState, TierScore, Turn,
};
use lotse::store::{
    ConversationUpdate, Recorded, Request, SqliteStore, Store, TicketChange, TicketPart, TurnRecord,
};
use tempfile::TempDir;

/// A store in a directory of its own, which goes away with it.
pub(crate) struct Home {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) path: PathBuf,
    _directory: TempDir,
}

pub(crate) async fn home() -> Home {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lotse.db");
    let store = Arc::new(SqliteStore::open(&path).await.unwrap());
    Home { store, path, _directory: directory }
}

/// A time so many seconds after the beginning of all tests.
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

pub(crate) fn classification() -> Classification {
    Classification {
        language: Language::De,
        intent: Some(IntentScore { name: "return_item".to_owned(), confidence: 0.97 }),
        in_scope: Some(0.99),
        alternatives: vec![],
        sentiment: Some(SentimentScore { name: Sentiment::Neutral, confidence: 0.9 }),
        tier: Some(TierScore { level: 1, confidence: 0.93, probabilities: [0.0; 3] }),
        answerable: None,
        articles: Vec::new(),
        entities: vec![],
    }
}

pub(crate) fn decision(action: Action) -> Decision {
    Decision { action, reasons: vec![Reason::new("test", "because the test says so")] }
}

pub(crate) fn turn(id: &str, from: Author, text: &str, at: Timestamp) -> Turn {
    let customer = from == Author::Customer;
    Turn {
        id: id.to_owned(),
        from,
        text: text.to_owned(),
        at,
        agent: None,
        classification: customer.then(classification),
        decision: customer.then(|| decision(Action::Answer)),
        article_id: (from == Author::Bot).then(|| "returns".to_owned()),
        thread: None,
    }
}

/// A message that the bot answers. `seen` is version and state of the conversation, none for a new
/// one.
pub(crate) fn answered(
    conversation: &str,
    seen: Option<(i64, ConversationState)>,
    message: &str,
    at: Timestamp,
) -> TurnRecord {
    let text = format!("Words of {message}");
    let reply = turn(&format!("{conversation}-{message}-reply"), Author::Bot, "Thirty days.", at);
    let request = Request {
        message_id: message.to_owned(),
        conversation_id: Some(conversation.to_owned()),
        channel: Channel::Chat,
        customer_id: None,
        text: text.clone(),
    };
    TurnRecord {
        conversation: ConversationUpdate {
            id: conversation.to_owned(),
            thread: conversation.to_owned(),
            joins: None,
            seen_version: seen.map(|(version, _)| version),
            seen_state: seen.map(|(_, state)| state),
            channel: Channel::Chat,
            language: Language::De,
            customer_id: None,
            customer: None,
            state: ConversationState::Bot,
            topic: Some("return_item".to_owned()),
            acknowledged: false,
            at,
        },
        outcome: Outcome {
            conversation_id: conversation.to_owned(),
            message_id: message.to_owned(),
            state: ConversationState::Bot,
            classification: classification(),
            decision: decision(Action::Answer),
            reply: None,
            ticket: None,
        },
        request: Some(request),
        message: turn(&format!("{conversation}-{message}"), Author::Customer, &text, at),
        reply: Some(reply),
        choices: vec![ReplyChoice { label: "Ja".to_owned(), value: "ja".to_owned() }],
        ticket: None,
        other_tickets: Vec::new(),
    }
}

pub(crate) fn ticket(
    id: &str,
    conversation: &str,
    queue: &str,
    priority: Priority,
    due: i64,
) -> Ticket {
    Ticket {
        id: id.to_owned(),
        conversation_id: conversation.to_owned(),
        customer_id: None,
        customer: None,
        channel: Channel::Chat,
        language: Language::De,
        queue: queue.to_owned(),
        priority,
        state: TicketState::Open,
        agent: None,
        due_at: second(due),
        first_response_at: None,
        created_at: second(0),
        updated_at: second(0),
        summary: Summary { headline: format!("Headline of {id}"), ..Summary::default() },
        classification: classification(),
        decision: decision(Action::Escalate),
        resolution: None,
        skills: Vec::new(),
        version: 1,
    }
}

/// A first message that opens a ticket in a new conversation called `c-<ticket>`.
pub(crate) async fn escalate(
    store: &SqliteStore,
    id: &str,
    queue: &str,
    priority: Priority,
    due: i64,
) {
    let conversation = format!("c-{id}");
    let mut record = answered(&conversation, None, "m1", second(0));
    record.conversation.state = ConversationState::Waiting;
    record.outcome.state = ConversationState::Waiting;
    record.ticket =
        Some(TicketPart::Open(Box::new(ticket(id, &conversation, queue, priority, due))));
    assert!(matches!(store.record(&record).await.unwrap(), Recorded::New { .. }));
}

/// A change of a ticket that an agent would make.
pub(crate) fn step(ticket: &Ticket, kind: &str, agent: &str, at: Timestamp) -> TicketChange {
    let mut ticket = ticket.clone();
    let conversation_state = match kind {
        "claimed" => {
            ticket.state = TicketState::Claimed;
            ticket.agent = Some(agent.to_owned());
            ConversationState::Human
        }
        "released" | "reopened" => {
            ticket.state = TicketState::Open;
            ticket.agent = None;
            ConversationState::Waiting
        }
        "resolved" => {
            ticket.state = TicketState::Resolved;
            ticket.agent = Some(agent.to_owned());
            ticket.resolution = Some("done".to_owned());
            ConversationState::Bot
        }
        _ => ConversationState::Human,
    };
    TicketChange {
        ticket,
        conversation_state: Some(conversation_state),
        turn: None,
        said_in: None,
        key: None,
        event: TicketEvent {
            kind: kind.to_owned(),
            actor: agent.to_owned(),
            detail: serde_json::Value::Null,
            at,
        },
        correction: None,
    }
}
