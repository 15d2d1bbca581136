use lotse::domain::{Author, Channel, Priority, Role};
use lotse::store::{
    Audience, Conflict, Event, EventFilter, EventKind, Key, Rating, Store, StoreError, hash_key,
};

use crate::support::{answered, escalate, home, second, step, turn};

#[tokio::test]
async fn listeners_read_on_from_where_they_were() {
    let home = home().await;
    assert_eq!(home.store.last_event().await.unwrap(), 0);
    home.store.record(&answered("c1", None, "m1", second(1))).await.unwrap();
    home.store.record(&answered("c2", None, "m1", second(2))).await.unwrap();
    let all = EventFilter { audience: Audience::Everyone, ..Default::default() };
    let first = home.store.events_after(0, &all, 3).await.unwrap();
    assert_eq!(first.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
    let rest = home.store.events_after(3, &all, 10).await.unwrap();
    assert_eq!(rest.iter().map(|event| event.seq).collect::<Vec<_>>(), [4]);
    let of_c2 = EventFilter { conversation_id: Some("c2".to_owned()), ..Default::default() };
    assert_eq!(home.store.events_after(0, &of_c2, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn customers_see_words_and_state_but_no_notes_tickets_or_readings() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let claimed = home.store.claim_next(Some("billing"), "ada", second(5)).await.unwrap().unwrap();
    let mut note = step(&claimed.ticket, "noted", "ada", second(6));
    note.turn = Some(turn("n1", Author::Note, "Difficult customer", second(6)));
    home.store.change_ticket(&note).await.unwrap();

    let shown = home.store.events_after(0, &EventFilter::default(), 100).await.unwrap();
    let kinds: Vec<EventKind> = shown.iter().map(|event| event.kind).collect();
    let (message, state) = (EventKind::Message, EventKind::State);
    assert_eq!(kinds, [message, message, state, state]);
    let json = serde_json::to_string(&shown).unwrap();
    for secret in ["Difficult", "confidence", "headline", "reasons"] {
        assert!(!json.contains(secret), "{secret} in {json}");
    }
}

#[tokio::test]
async fn agents_see_conversations_with_a_ticket_by_queue() {
    let home = home().await;
    home.store.record(&answered("c1", None, "m1", second(1))).await.unwrap();
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    escalate(&home.store, "t2", "technical", Priority::Normal, 60).await;
    let events = |queue: Option<&str>| {
        let filter = EventFilter {
            queue: queue.map(str::to_owned),
            audience: Audience::Agents,
            ..Default::default()
        };
        let store = home.store.clone();
        async move { store.events_after(0, &filter, 100).await.unwrap() }
    };
    let tickets = |events: &[Event]| {
        let mut ids: Vec<_> = events.iter().filter_map(|event| event.ticket_id.clone()).collect();
        ids.dedup();
        ids
    };
    assert_eq!(tickets(&events(None).await), ["t1", "t2"]);
    let billing = events(Some("billing")).await;
    assert_eq!(tickets(&billing), ["t1"]);
    let opened = billing.last().unwrap();
    assert_eq!(opened.kind, EventKind::Ticket);
    assert_eq!(opened.payload["change"], "opened");
    assert_eq!(opened.payload["headline"], "Headline of t1");
}

#[tokio::test]
async fn messages_to_customers_wait_for_their_channel_until_they_are_delivered() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let claimed = home.store.claim_next(Some("billing"), "ada", second(5)).await.unwrap().unwrap();
    for (kind, from) in [("noted", Author::Note), ("replied", Author::Agent)] {
        let ticket = home.store.ticket("t1").await.unwrap().unwrap();
        let mut change = step(&ticket, kind, "ada", second(6));
        change.turn = Some(turn(kind, from, "Words", second(6)));
        home.store.change_ticket(&change).await.unwrap();
    }
    assert_eq!(claimed.ticket.channel, Channel::Chat);
    let filter = EventFilter { audience: Audience::Everyone, ..EventFilter::default() };
    let events = home.store.events_after(0, &filter, 99).await.unwrap();
    let sent = events.iter().filter(|event| event.channel == Some(Channel::Chat));
    let authors: Vec<_> = sent.map(|event| &event.payload["turn"]["from"]).collect();
    assert_eq!(authors, ["bot", "agent"], "what customers and notes say is sent to nobody");
    assert!(events.iter().all(|event| matches!(event.channel, None | Some(Channel::Chat))));
}

#[tokio::test]
async fn pruning_drops_old_events_and_never_gives_a_number_twice() {
    let home = home().await;
    home.store.record(&answered("c1", None, "m1", second(1))).await.unwrap();
    assert_eq!(home.store.prune(second(2)).await.unwrap(), 3, "two events and a receipt");
    assert_eq!(home.store.last_event().await.unwrap(), 2);
    assert_eq!(home.store.conversation("c1", 9).await.unwrap().unwrap().turns.len(), 2);
    home.store.record(&answered("c2", None, "m1", second(3))).await.unwrap();
    let events = home.store.events_after(0, &EventFilter::default(), 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [3, 4]);
}

#[tokio::test]
async fn keys_are_found_by_hash_until_they_are_revoked() {
    let home = home().await;
    let key = |name: &str, secret: &str| Key {
        name: name.to_owned(),
        role: Role::Agent,
        hash: hash_key(secret),
        created_at: second(1),
        revoked_at: None,
    };
    let first = key("ada", "secret-1");
    home.store.add_key(&first).await.unwrap();
    assert_eq!(home.store.key(&hash_key("secret-1")).await.unwrap(), Some(first));
    assert_eq!(home.store.key(&hash_key("secret-2")).await.unwrap(), None);
    let error = home.store.add_key(&key("ada", "secret-2")).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(Conflict::KeyName(_))), "{error}");

    home.store.revoke_key("ada", second(2)).await.unwrap();
    assert_eq!(home.store.key(&hash_key("secret-1")).await.unwrap(), None);
    let error = home.store.revoke_key("ada", second(3)).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no key in use called ada");
    home.store.add_key(&key("ada", "secret-2")).await.unwrap();
    let kept = home.store.keys().await.unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0].revoked_at, Some(second(2)));
}

#[tokio::test]
async fn a_later_rating_replaces_an_earlier_one() {
    let home = home().await;
    home.store.record(&answered("c1", None, "m1", second(1))).await.unwrap();
    let rating = |conversation: &str, score| Rating {
        conversation_id: conversation.to_owned(),
        score,
        comment: Some("Gut".to_owned()),
        at: second(2),
    };
    assert_eq!(home.store.rating("c1").await.unwrap(), None);
    home.store.rate(&rating("c1", 2)).await.unwrap();
    home.store.rate(&rating("c1", 5)).await.unwrap();
    assert_eq!(home.store.rating("c1").await.unwrap(), Some(rating("c1", 5)));
    let error = home.store.rate(&rating("nowhere", 5)).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound { what: "conversation", .. }));
}

#[test]
fn a_keys_hash_is_sha_256_in_hexadecimal() {
    // FIPS 180-4, the example for "abc".
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hash_key("abc"), expected);
}
