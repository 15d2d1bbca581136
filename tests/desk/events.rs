use std::time::Duration;

use futures::StreamExt;
use lotse::store::{Audience, Event, EventFilter, EventKind, Store};

use crate::support::{Office, agent, said};

async fn next(
    stream: &mut (impl futures::Stream<Item = Result<Event, lotse::store::StoreError>> + Unpin),
) -> Event {
    let waited = tokio::time::timeout(Duration::from_secs(2), stream.next()).await;
    waited.expect("an event comes at once").unwrap().unwrap()
}

#[tokio::test]
async fn listeners_get_what_was_and_what_comes() {
    let office = Office::open().await;
    office.say("c1", "hello").await;
    let filter = EventFilter { conversation_id: Some("c1".to_owned()), ..EventFilter::default() };
    let mut stream = Box::pin(office.desk.listen(1, filter));
    let reply = next(&mut stream).await;
    assert_eq!((reply.seq, reply.kind), (2, EventKind::Message));
    assert_eq!(reply.payload["turn"]["from"], "bot");

    office.say("c2", "hello").await;
    let ticket = office.held("c1", &agent("ada")).await;
    office.desk.reply(&ticket, &agent("ada"), &said("Hello, this is Ada")).await.unwrap();
    let mut seen = Vec::new();
    while seen.len() < 5 {
        let event = next(&mut stream).await;
        assert_eq!(event.conversation_id, "c1");
        seen.push(match event.kind {
            EventKind::State => event.payload["state"].as_str().unwrap().to_owned(),
            _ => event.payload["turn"]["text"].as_str().unwrap().to_owned(),
        });
    }
    assert_eq!(seen[0], "I want a human");
    assert_eq!(seen[2..], ["waiting", "human", "Hello, this is Ada"]);
}

#[tokio::test]
async fn a_listener_that_lags_behind_misses_nothing() {
    let office = Office::open().await;
    let filter = EventFilter { audience: Audience::Everyone, ..EventFilter::default() };
    let mut stream = Box::pin(office.desk.listen(0, filter));
    for number in 0..150 {
        office.say(&format!("c{number}"), "hello").await;
    }
    for seq in 1..=300 {
        assert_eq!(next(&mut stream).await.seq, seq);
    }
}

#[tokio::test]
async fn a_listener_ends_with_the_error_of_a_closed_store() {
    let office = Office::open().await;
    let mut stream = Box::pin(office.desk.listen(0, EventFilter::default()));
    office.store.close().await;
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.is_none());
}
