//! Who gets which ticket by skills, and what waits where.

use jiff::Timestamp;
use lotse::domain::{Channel, ConversationState, Priority, QueueWait, Role};
use lotse::store::{SqliteStore, Store, StoreError, TicketPart, User};

use crate::support::{answered, home, second, step, ticket};

async fn add(store: &SqliteStore, name: &str, skills: &[&str]) {
    let user = User {
        name: name.to_owned(),
        role: Role::Agent,
        password_hash: "x".to_owned(),
        skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        created_at: second(0),
    };
    store.add_user(&user).await.unwrap();
}

/// A waiting ticket that asks for skills, opened at `second`, due at `due`.
async fn open(
    store: &SqliteStore,
    id: &str,
    channel: Channel,
    opened: i64,
    due: i64,
    skills: &[&str],
) {
    let conversation = format!("c-{id}");
    let mut opening = ticket(id, &conversation, "billing", Priority::Normal, due);
    opening.skills = skills.iter().map(|skill| (*skill).to_owned()).collect();
    opening.created_at = second(opened);
    let mut record = answered(&conversation, None, "m1", second(opened));
    record.conversation.state = ConversationState::Waiting;
    record.conversation.channel = channel;
    record.outcome.state = ConversationState::Waiting;
    record.ticket = Some(TicketPart::Open(Box::new(opening)));
    store.record(&record).await.unwrap();
}

async fn next(store: &SqliteStore, agent: &str, at: Timestamp) -> Option<String> {
    store.claim_next(Some("billing"), agent, at).await.unwrap().map(|changed| changed.ticket.id)
}

#[tokio::test]
async fn the_next_ticket_is_one_that_the_agent_can_take() {
    let home = home().await;
    let store = &home.store;
    add(store, "Ada", &["fibre"]).await;
    add(store, "Bob", &["business", "fibre"]).await;
    add(store, "Eve", &[]).await;
    open(store, "t1", Channel::Chat, 0, 100, &["business", "fibre"]).await;
    open(store, "t2", Channel::Chat, 0, 200, &["business"]).await;
    open(store, "t3", Channel::Chat, 0, 300, &["fibre"]).await;
    open(store, "t4", Channel::Chat, 0, 400, &[]).await;
    assert_eq!(store.ticket("t1").await.unwrap().unwrap().skills, ["business", "fibre"]);

    // The first two ask for more than Ada can do. A name is the same in any case.
    assert_eq!(next(store, "ADA", second(5)).await.as_deref(), Some("t3"));
    assert_eq!(next(store, "Bob", second(5)).await.as_deref(), Some("t1"));
    assert_eq!(next(store, "Ada", second(5)).await.as_deref(), Some("t4"));
    assert_eq!(next(store, "Ada", second(199)).await, None);
    // Overdue, it goes to whoever is there.
    assert_eq!(next(store, "Ada", second(200)).await.as_deref(), Some("t2"));
}

#[tokio::test]
async fn who_has_no_skills_on_record_takes_everything() {
    let home = home().await;
    let store = &home.store;
    add(store, "Eve", &[]).await;
    add(store, "Ada", &["fibre"]).await;
    for id in ["t1", "t2", "t3"] {
        open(store, id, Channel::Chat, 0, 100, &["business"]).await;
    }
    assert_eq!(next(store, "Eve", second(5)).await.as_deref(), Some("t1"));
    assert_eq!(next(store, "a key, not a user", second(5)).await.as_deref(), Some("t2"));
    assert_eq!(next(store, "Ada", second(5)).await, None);
    store.set_skills("ada", &["business".to_owned()]).await.unwrap();
    assert_eq!(store.user("Ada").await.unwrap().unwrap().skills, ["business"]);
    assert_eq!(next(store, "Ada", second(5)).await.as_deref(), Some("t3"));
    store.set_skills("ada", &[]).await.unwrap();
    assert_eq!(store.user("Ada").await.unwrap().unwrap().skills, Vec::<String>::new());
    let unknown = store.set_skills("nobody", &[]).await.unwrap_err();
    assert!(matches!(unknown, StoreError::NotFound { .. }), "{unknown}");
}

#[tokio::test]
async fn what_waits_is_counted_by_queue_and_channel() {
    let home = home().await;
    let store = &home.store;
    assert_eq!(store.waits().await.unwrap(), []);
    open(store, "t1", Channel::Chat, 30, 100, &[]).await;
    open(store, "t2", Channel::Chat, 20, 100, &[]).await;
    open(store, "t3", Channel::Email, 10, 100, &[]).await;
    let wait = |channel, open, oldest| QueueWait {
        queue: "billing".to_owned(),
        channel,
        open,
        oldest: second(oldest),
    };
    let all = [wait(Channel::Chat, 2, 20), wait(Channel::Email, 1, 10)];
    assert_eq!(store.waits().await.unwrap(), all);
    // What somebody holds, and what was answered before, does not wait for a first answer.
    assert_eq!(next(store, "ada", second(40)).await.as_deref(), Some("t1"));
    let mut held = store.ticket("t1").await.unwrap().unwrap();
    held.first_response_at = Some(second(41));
    store.change_ticket(&step(&held, "released", "ada", second(42))).await.unwrap();
    let all = [wait(Channel::Chat, 1, 20), wait(Channel::Email, 1, 10)];
    assert_eq!(store.waits().await.unwrap(), all);
}
