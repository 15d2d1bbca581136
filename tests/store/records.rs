use lotse::domain::{Action, Author, ConversationState, Priority};
use lotse::store::{
    Conflict, CustomerNames, CustomerUpdate, EventFilter, Recorded, Store, StoreError,
};

use crate::support::{answered, decision, escalate, home, second, step, ticket, turn};

#[tokio::test]
async fn a_recorded_message_is_read_back_whole() {
    let home = home().await;
    let record = answered("c1", None, "m1", second(1));
    assert!(matches!(home.store.record(&record).await.unwrap(), Recorded::New { seq: 2 }));

    let conversation = home.store.conversation("c1", 10).await.unwrap().unwrap();
    assert_eq!(conversation.head.state, ConversationState::Bot);
    assert_eq!(conversation.head.version, 1);
    assert_eq!(conversation.head.topic.as_deref(), Some("return_item"));
    assert_eq!(conversation.head.created_at, second(1));
    assert_eq!(conversation.turns, vec![record.message.clone(), record.reply.clone().unwrap()]);
    assert_eq!(conversation.choices, record.choices, "the question is still open");
    assert_eq!(conversation.earlier_turns, 0);
}

#[tokio::test]
async fn an_unknown_conversation_is_none() {
    assert_eq!(home().await.store.conversation("nowhere", 10).await.unwrap(), None);
}

#[tokio::test]
async fn only_the_latest_turns_are_loaded_and_the_rest_is_counted() {
    let home = home().await;
    home.store.record(&answered("c1", None, "m1", second(1))).await.unwrap();
    for version in 1..5 {
        let seen = Some((version, ConversationState::Bot));
        let mut record = answered("c1", seen, &format!("m{}", version + 1), second(version));
        record.reply = None;
        home.store.record(&record).await.unwrap();
    }
    let conversation = home.store.conversation("c1", 3).await.unwrap().unwrap();
    let texts: Vec<&str> = conversation.turns.iter().map(|turn| turn.text.as_str()).collect();
    assert_eq!(texts, ["Words of m3", "Words of m4", "Words of m5"]);
    assert_eq!(conversation.earlier_turns, 3);
    assert!(conversation.choices.is_empty(), "the customer has answered meanwhile");
    let bare = home.store.conversation("c1", 0).await.unwrap().unwrap();
    assert_eq!((bare.turns.len(), bare.earlier_turns), (0, 6));
}

#[tokio::test]
async fn the_same_message_again_gets_the_same_outcome_and_changes_nothing() {
    let home = home().await;
    let record = answered("c1", None, "m1", second(1));
    home.store.record(&record).await.unwrap();
    let before = home.store.conversation("c1", 10).await.unwrap();

    let mut again = answered("c1", Some((1, ConversationState::Bot)), "m1", second(9));
    again.outcome.decision = decision(Action::Escalate);
    again.message.id = "another-turn".to_owned();
    let recorded = home.store.record(&again).await.unwrap();
    assert_eq!(recorded, Recorded::Duplicate(Box::new(record.outcome.clone())));
    assert_eq!(home.store.conversation("c1", 10).await.unwrap(), before);
    assert_eq!(home.store.last_event().await.unwrap(), 2);
    let request = record.request.unwrap();
    assert_eq!(home.store.outcome_of(&request).await.unwrap(), Some(record.outcome));
}

#[tokio::test]
async fn the_same_id_with_other_words_is_a_conflict() {
    let home = home().await;
    home.store.record(&answered("c1", None, "m1", second(1))).await.unwrap();
    let mut other = answered("c1", Some((1, ConversationState::Bot)), "m1", second(2));
    other.request.as_mut().unwrap().text = "Other words".to_owned();
    let error = home.store.record(&other).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Conflict(Conflict::MessageId(id)) if id == "m1"),
        "{error}"
    );
    let conversation = home.store.conversation("c1", 10).await.unwrap().unwrap();
    assert_eq!(conversation.turns.len(), 2);
}

#[tokio::test]
async fn an_id_counts_within_its_conversation() {
    let home = home().await;
    home.store.record(&answered("c1", None, "1", second(1))).await.unwrap();
    let recorded = home.store.record(&answered("c2", None, "1", second(2))).await.unwrap();
    assert!(matches!(recorded, Recorded::New { .. }));
}

#[tokio::test]
async fn a_first_message_without_a_conversation_is_known_again_by_channel_and_customer() {
    let home = home().await;
    let first = |conversation: &str, customer: &str| {
        let mut record = answered(conversation, None, "m1", second(1));
        let request = record.request.as_mut().unwrap();
        request.conversation_id = None;
        request.customer_id = Some(customer.to_owned());
        record
    };
    home.store.record(&first("c1", "K-1")).await.unwrap();
    let again = home.store.record(&first("c2", "K-1")).await.unwrap();
    assert!(matches!(again, Recorded::Duplicate(outcome) if outcome.conversation_id == "c1"));
    assert_eq!(home.store.conversation("c2", 1).await.unwrap(), None, "nothing is left behind");
    let other = home.store.record(&first("c3", "K-2")).await.unwrap();
    assert!(matches!(other, Recorded::New { .. }), "another customer's m1 is another message");

    // The client that has learnt the conversation's name meanwhile repeats with it.
    let named = answered("c1", Some((1, ConversationState::Bot)), "m1", second(3));
    assert!(matches!(home.store.record(&named).await.unwrap(), Recorded::Duplicate(_)));
}

#[tokio::test]
async fn a_decision_made_on_an_old_version_is_not_kept() {
    let home = home().await;
    home.store.record(&answered("c1", None, "m1", second(1))).await.unwrap();
    let seen = Some((1, ConversationState::Bot));
    home.store.record(&answered("c1", seen, "m2", second(2))).await.unwrap();
    let error = home.store.record(&answered("c1", seen, "m3", second(3))).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(Conflict::Conversation(_))), "{error}");
    let error = home.store.record(&answered("c1", None, "m3", second(3))).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(Conflict::Conversation(_))), "{error}");
    assert_eq!(home.store.conversation("c1", 10).await.unwrap().unwrap().turns.len(), 4);
}

#[tokio::test]
async fn an_agents_step_outdates_the_bots_view() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let seen = home.store.conversation("c-t1", 0).await.unwrap().unwrap().head;
    home.store.claim_next(Some("billing"), "ada", second(5)).await.unwrap().unwrap();
    let late = answered("c-t1", Some((seen.version, seen.state)), "m2", second(6));
    let error = home.store.record(&late).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(Conflict::Conversation(_))), "{error}");
}

#[tokio::test]
async fn a_record_is_kept_in_full_or_not_at_all() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let before = home.store.conversation("c-t1", 10).await.unwrap();
    let events = home.store.last_event().await.unwrap();

    // A second unresolved ticket is refused by the schema after turns were already written.
    let mut record = answered("c-t1", Some((1, ConversationState::Waiting)), "m2", second(2));
    let second_ticket = ticket("t2", "c-t1", "billing", Priority::Normal, 60);
    record.ticket = Some(lotse::store::TicketPart::Open(Box::new(second_ticket)));
    let error = home.store.record(&record).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(Conflict::UnresolvedTicket(_))), "{error}");
    assert_eq!(home.store.conversation("c-t1", 10).await.unwrap(), before);
    assert_eq!(home.store.ticket("t2").await.unwrap(), None);
    assert_eq!(home.store.last_event().await.unwrap(), events);
    assert_eq!(home.store.outcome_of(&record.request.unwrap()).await.unwrap(), None);
}

#[tokio::test]
async fn sixteen_deliveries_of_one_message_are_recorded_once() {
    let home = home().await;
    let tasks: Vec<_> = (0..16)
        .map(|index| {
            let store = home.store.clone();
            tokio::spawn(async move {
                let mut record = answered(&format!("c{index}"), None, "m1", second(1));
                record.request.as_mut().unwrap().conversation_id = None;
                store.record(&record).await.unwrap()
            })
        })
        .collect();
    let mut new = 0;
    for task in tasks {
        new += usize::from(matches!(task.await.unwrap(), Recorded::New { .. }));
    }
    assert_eq!(new, 1);
    let events = home.store.events_after(0, &EventFilter::default(), 100).await.unwrap();
    assert_eq!(events.len(), 2, "one message and one reply");
}

#[tokio::test]
async fn choices_stay_open_beside_a_note_and_close_with_an_agents_words() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let claimed = home.store.claim_next(Some("billing"), "ada", second(5)).await.unwrap().unwrap();
    let mut note = step(&claimed.ticket, "noted", "ada", second(6));
    note.turn = Some(turn("n1", Author::Note, "Check the invoice", second(6)));
    let noted = home.store.change_ticket(&note).await.unwrap();
    let conversation = home.store.conversation("c-t1", 10).await.unwrap().unwrap();
    assert_eq!(conversation.choices.len(), 1);

    let mut reply = step(&noted.ticket, "replied", "ada", second(7));
    reply.turn = Some(turn("a1", Author::Agent, "Hello", second(7)));
    home.store.change_ticket(&reply).await.unwrap();
    let conversation = home.store.conversation("c-t1", 10).await.unwrap().unwrap();
    assert!(conversation.choices.is_empty());
    assert_eq!(conversation.head.updated_at, second(7));
}

#[tokio::test]
async fn conversations_of_a_customer_come_latest_first() {
    let home = home().await;
    let names = CustomerNames { id: Some("K-1".to_owned()), ..CustomerNames::default() };
    let update = CustomerUpdate { names, ..CustomerUpdate::default() };
    let customer = home.store.know_customer(&update, None, second(1)).await.unwrap().unwrap();
    for (id, at) in [("c1", 1), ("c2", 9), ("c3", 5)] {
        let mut record = answered(id, None, "m1", second(at));
        record.conversation.customer_id = Some("K-1".to_owned());
        record.conversation.customer = Some(customer.number);
        home.store.record(&record).await.unwrap();
    }
    home.store.record(&answered("c4", None, "m1", second(1))).await.unwrap();
    let heads = home.store.conversations_of(customer.number, 2).await.unwrap();
    let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
    assert_eq!(ids, ["c2", "c3"]);

    // A customer once known stays; a later message without one does not take it away.
    let seen = Some((1, ConversationState::Bot));
    home.store.record(&answered("c1", seen, "m2", second(20))).await.unwrap();
    let head = home.store.conversation("c1", 0).await.unwrap().unwrap().head;
    assert_eq!(head.customer_id.as_deref(), Some("K-1"));
    assert_eq!(head.customer, Some(customer.number));
}
