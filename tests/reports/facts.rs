//! What does the store give for a report?

use jiff::{SignedDuration, Timestamp};
use lotse::desk::{AfterResolve, Target};
use lotse::domain::{Action, Caller, Channel, Language, Role, Sentiment, TicketState};
use lotse::store::{Facts, FactsFilter, SqliteStore, StepKind, Store};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnectOptions;

use crate::support::Service;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn filter(from: &str, to: &str) -> FactsFilter {
    FactsFilter {
        from: at(from),
        to: at(to),
        channel: None,
        language: None,
        queue: None,
        most: 1_000_000,
    }
}

/// Two days of a company: what the desk writes is what reports read.
async fn two_days() -> Service {
    let service = Service::start().await;
    let anna = Caller { name: "Anna".to_owned(), role: Role::Agent };
    service.at("2024-11-18T09:00:00Z");
    service.say(Channel::Chat, "c-answered", "Kann ich das zurückgeben?").await;
    service.at("2024-11-18T09:01:00Z").say(Channel::Chat, "c-answered", "Danke").await;
    let billed = service
        .at("2024-11-18T10:00:00Z")
        .say(Channel::Email, "c-billing", "Meine Rechnung ist falsch, das ist eine Frechheit")
        .await;
    let ticket = billed.ticket.unwrap().id;
    service
        .settle(
            &ticket,
            "Anna",
            ["2024-11-18T10:10:00Z", "2024-11-18T10:20:00Z", "2024-11-18T10:50:00Z"],
        )
        .await;
    service.at("2024-11-19T08:00:00Z").desk.reopen(&ticket, &anna).await.unwrap();
    let to_complaints = Target { queue: Some("complaints".to_owned()), agent: None, note: None };
    service.at("2024-11-19T08:30:00Z").desk.claim(&ticket, &anna).await.unwrap();
    service.at("2024-11-19T08:40:00Z").desk.transfer(&ticket, &anna, to_complaints).await.unwrap();
    service.at("2024-11-19T09:00:00Z");
    service.say(Channel::Messenger, "c-gap", "Kann ich einen Gutschein verschenken?").await;
    service.at("2024-11-19T09:30:00Z").desk.rate("c-answered", 5, None).await.unwrap();
    service
}

#[tokio::test]
async fn it_is_what_the_desk_wrote() {
    let service = two_days().await;
    let facts =
        service.store.facts(&filter("2024-11-18T00:00:00Z", "2024-11-20T00:00:00Z")).await.unwrap();
    assert_eq!(facts.conversations.len(), 3);
    let actions: Vec<_> = facts.messages.iter().map(|message| message.action.unwrap()).collect();
    assert_eq!(actions, [Action::Answer, Action::Smalltalk, Action::Escalate, Action::Escalate]);
    let intents: Vec<_> =
        facts.messages.iter().map(|message| message.intent.as_deref().unwrap()).collect();
    assert_eq!(intents, ["return_item", "goodbye", "payment_issue", "discount_voucher"]);
    assert_eq!(facts.messages[2].sentiment, Some(Sentiment::Negative));
    // Reasons are kept where a question may have stayed without an answer.
    assert_eq!(facts.messages[0].reasons, None);
    assert_eq!(facts.messages[2].reasons.as_deref(), Some("tier_three route"));
    assert!(lotse::reports::gaps::is_gap(&facts.messages[3]), "{:?}", facts.messages[3]);
    assert!(!lotse::reports::gaps::is_gap(&facts.messages[2]));

    assert_eq!(facts.tickets.len(), 2);
    let billed = &facts.tickets[0];
    let conversation = &facts.conversations[billed.conversation as usize];
    assert_eq!((conversation.channel, conversation.language), (Channel::Email, Language::De));
    assert_eq!(conversation.began_at, at("2024-11-18T10:00:00Z"));
    assert_eq!((&*billed.queue, billed.state), ("complaints", TicketState::Open));
    let kinds: Vec<_> =
        facts.steps.iter().filter(|step| step.ticket == 0).map(|step| step.kind).collect();
    assert_eq!(
        kinds,
        [
            StepKind::Other,
            StepKind::Claimed,
            StepKind::Replied,
            StepKind::Resolved,
            StepKind::Reopened,
            StepKind::Claimed,
            StepKind::HandedOn,
        ]
    );
    assert_eq!(&*facts.steps[2].actor, "Anna");
    assert_eq!(facts.ratings.len(), 1);
    assert_eq!(facts.first_message_at, Some(at("2024-11-18T09:00:00Z")));
    let numbers: Vec<i64> = facts.messages.iter().map(|message| message.number).collect();
    let said = service.store.said(&numbers[3..]).await.unwrap();
    assert_eq!(said[0].text, "Kann ich einen Gutschein verschenken?");
    assert_eq!(service.store.said(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn the_window_ends_before_its_end_and_tickets_that_still_wait_are_in_it() {
    let service = two_days().await;
    let facts = |from, to| {
        let (store, filter) = (service.store.clone(), filter(from, to));
        async move { store.facts(&filter).await.unwrap() }
    };
    let exact = facts("2024-11-18T09:00:00Z", "2024-11-18T10:00:00Z").await;
    assert_eq!((exact.messages.len(), exact.tickets.len()), (2, 0));
    // Opened the day before, and neither resolved since.
    let later = facts("2024-11-20T00:00:00Z", "2024-11-21T00:00:00Z").await;
    assert_eq!((later.messages.len(), later.tickets.len(), later.ratings.len()), (0, 2, 0));
    assert_eq!(later.first_message_at, Some(at("2024-11-18T09:00:00Z")));
    let earlier = facts("2024-11-12T00:00:00Z", "2024-11-18T00:00:00Z").await;
    assert_eq!(earlier, Facts { first_message_at: later.first_message_at, ..Facts::default() });
}

#[tokio::test]
async fn filters_leave_what_they_name() {
    let service = two_days().await;
    let all = filter("2024-11-18T00:00:00Z", "2024-11-20T00:00:00Z");
    let count = |filter: FactsFilter| {
        let store = service.store.clone();
        async move {
            let facts = store.facts(&filter).await.unwrap();
            (facts.messages.len(), facts.tickets.len(), facts.ratings.len())
        }
    };
    assert_eq!(
        count(FactsFilter { channel: Some(Channel::Email), ..all.clone() }).await,
        (1, 1, 0)
    );
    assert_eq!(count(FactsFilter { channel: Some(Channel::Chat), ..all.clone() }).await, (2, 0, 1));
    assert_eq!(count(FactsFilter { language: Some(Language::En), ..all.clone() }).await, (0, 0, 0));
    let queue = |name: &str| FactsFilter { queue: Some(name.to_owned()), ..all.clone() };
    assert_eq!(count(queue("complaints")).await, (1, 1, 0));
    assert_eq!(count(queue("first_line")).await, (1, 1, 0));
    // The ticket has left this queue.
    assert_eq!(count(queue("billing")).await, (0, 0, 0));
}

/// Pages of rows follow each other without a gap, also where many rows have the same time.
#[tokio::test]
async fn many_rows_come_whole_and_in_order() {
    const COUNT: usize = 9_500;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("many.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let options = SqliteConnectOptions::new().filename(&path);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(
        "PRAGMA synchronous = OFF; BEGIN;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9500)
         INSERT INTO conversations (id, channel, language, state, version, created_at, updated_at)
         SELECT 'c' || i, 'chat', 'de', 'bot', 1, 1000 * (i / 5000), 1000 FROM n;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9500)
         INSERT INTO turns (id, conversation_id, seq, author, text, at, classification, decision)
         SELECT 'u' || i, 'c' || i, 1, 'customer', 'Wort \"' || i, 1000 * (i / 5000),
         '{\"intent\":{\"name\":\"in\\\"tent\"},\"sentiment\":null}',
         '{\"action\":\"answer\",\"reasons\":[]}' FROM n; COMMIT;",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let everything = FactsFilter {
        from: Timestamp::UNIX_EPOCH,
        to: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(10),
        channel: None,
        language: None,
        queue: None,
        most: 1_000_000,
    };
    let facts = store.facts(&everything).await.unwrap();
    assert_eq!(facts.messages.len(), COUNT);
    assert_eq!(facts.conversations.len(), COUNT);
    assert!(facts.messages.is_sorted_by_key(|message| (message.at, message.number)));
    let distinct: std::collections::BTreeSet<i64> =
        facts.messages.iter().map(|message| message.number).collect();
    assert_eq!(distinct.len(), COUNT);
    assert_eq!(facts.messages[0].intent.as_deref(), Some("in\"tent"));
    assert!(!facts.truncated);
    let few = store.facts(&FactsFilter { most: 5_000, ..everything.clone() }).await.unwrap();
    assert!(few.truncated && few.messages.len() == 5_000);
    let exactly = store.facts(&FactsFilter { most: 9_500, ..everything }).await.unwrap();
    assert!(!exactly.truncated);
}

/// Resolving a second ticket of the same conversation is not taken for the first.
#[tokio::test]
async fn a_conversation_may_have_several_tickets() {
    let service = Service::start().await;
    for day in ["18", "19"] {
        let time = |clock: &str| format!("2024-11-{day}T{clock}:00Z");
        let outcome =
            service.at(&time("10:00")).say(Channel::Chat, "c-1", "Meine Rechnung ist falsch").await;
        let ticket = outcome.ticket.unwrap().id;
        let agent = Caller { name: "Anna".to_owned(), role: Role::Agent };
        service.at(&time("10:01")).desk.claim(&ticket, &agent).await.unwrap();
        service
            .at(&time("10:05"))
            .desk
            .resolve(&ticket, &agent, "erledigt", AfterResolve::Closed)
            .await
            .unwrap();
    }
    let facts =
        service.store.facts(&filter("2024-11-18T00:00:00Z", "2024-11-20T00:00:00Z")).await.unwrap();
    assert_eq!((facts.conversations.len(), facts.tickets.len()), (1, 2));
    let resolved: Vec<u32> = facts
        .steps
        .iter()
        .filter(|step| step.kind == StepKind::Resolved)
        .map(|step| step.ticket)
        .collect();
    assert_eq!(resolved, [0, 1]);
}
