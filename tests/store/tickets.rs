use std::collections::BTreeSet;

use lotse::domain::{
    Author, Channel, ConversationState, Language, Priority, Sentiment, TicketState,
};
use lotse::store::{Conflict, Correction, Store, StoreError, TicketFilter, TicketPart};

use crate::support::{answered, escalate, home, second, step, turn};

#[tokio::test]
async fn the_next_ticket_is_the_most_urgent_then_the_first_due_then_the_oldest() {
    let home = home().await;
    for (id, priority, due) in [
        ("t1", Priority::Low, 1),
        ("t2", Priority::Normal, 50),
        ("t3", Priority::Normal, 40),
        ("t4", Priority::Urgent, 90),
        ("t5", Priority::Normal, 40),
    ] {
        escalate(&home.store, id, "billing", priority, due).await;
    }
    escalate(&home.store, "t0", "technical", Priority::Urgent, 0).await;
    let listed = home
        .store
        .tickets(&TicketFilter { queue: Some("billing".to_owned()), ..Default::default() }, 10)
        .await
        .unwrap();
    let mut claimed = Vec::new();
    while let Some(changed) =
        home.store.claim_next(Some("billing"), "ada", second(5)).await.unwrap()
    {
        assert_eq!(changed.ticket.state, TicketState::Claimed);
        assert_eq!(changed.ticket.agent.as_deref(), Some("ada"));
        claimed.push(changed.ticket.id);
    }
    assert_eq!(claimed, ["t4", "t3", "t5", "t2", "t1"]);
    let order: Vec<String> = listed.into_iter().map(|ticket| ticket.id).collect();
    assert_eq!(order, claimed, "the list shows the order in which tickets are given out");
    let conversation = home.store.conversation("c-t4", 0).await.unwrap().unwrap();
    assert_eq!(conversation.head.state, ConversationState::Human);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_agents_at_once_never_get_the_same_ticket() {
    let home = home().await;
    let tickets = 60;
    for index in 0..tickets {
        escalate(&home.store, &format!("t{index:02}"), "billing", Priority::Normal, index).await;
    }
    let agents: Vec<_> = (0..16)
        .map(|agent| {
            let store = home.store.clone();
            tokio::spawn(async move {
                let mut claimed = Vec::new();
                let name = format!("agent-{agent}");
                while let Some(changed) =
                    store.claim_next(Some("billing"), &name, second(5)).await.unwrap()
                {
                    assert_eq!(changed.ticket.agent.as_deref(), Some(name.as_str()));
                    claimed.push(changed.ticket.id);
                }
                claimed
            })
        })
        .collect();
    let mut all = Vec::new();
    for agent in agents {
        all.extend(agent.await.unwrap());
    }
    assert_eq!(all.len(), 60, "every ticket is given out");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 60, "and none twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_claims_of_one_ticket_one_succeeds() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let seen = home.store.ticket("t1").await.unwrap().unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|agent| {
            let (store, seen) = (home.store.clone(), seen.clone());
            tokio::spawn(async move {
                let claim = step(&seen, "claimed", &format!("agent-{agent}"), second(5));
                store.change_ticket(&claim).await
            })
        })
        .collect();
    let mut holders = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(changed) => holders.push(changed.ticket.agent.unwrap()),
            Err(StoreError::Conflict(Conflict::Ticket(id))) => assert_eq!(id, "t1"),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(holders.len(), 1);
    let kept = home.store.ticket("t1").await.unwrap().unwrap();
    assert_eq!(kept.agent, Some(holders.remove(0)));
    assert_eq!(home.store.ticket_events("t1").await.unwrap().len(), 2, "opened and claimed");
}

#[tokio::test]
async fn a_tickets_life_is_told_by_its_history_and_moves_the_conversation() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let mut ticket =
        home.store.claim_next(Some("billing"), "ada", second(5)).await.unwrap().unwrap().ticket;
    for (kind, state) in [
        ("replied", ConversationState::Human),
        ("noted", ConversationState::Human),
        ("released", ConversationState::Waiting),
        ("claimed", ConversationState::Human),
        ("resolved", ConversationState::Bot),
        ("reopened", ConversationState::Waiting),
    ] {
        let mut change = step(&ticket, kind, "ada", second(6));
        if kind == "replied" {
            change.turn = Some(turn("a1", Author::Agent, "Hello", second(6)));
        }
        let changed = home.store.change_ticket(&change).await.unwrap();
        assert_eq!(changed.ticket.version, ticket.version + 1);
        assert_eq!(changed.seq, home.store.last_event().await.unwrap());
        ticket = changed.ticket;
        let head = home.store.conversation("c-t1", 0).await.unwrap().unwrap().head;
        assert_eq!(head.state, state, "after {kind}");
    }
    let history = home.store.ticket_events("t1").await.unwrap();
    let kinds: Vec<&str> = history.iter().map(|event| event.kind.as_str()).collect();
    let expected =
        ["opened", "claimed", "replied", "noted", "released", "claimed", "resolved", "reopened"];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn a_resolved_ticket_does_not_come_back_beside_another() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let claimed = home.store.claim_next(Some("billing"), "ada", second(5)).await.unwrap().unwrap();
    let resolved = home
        .store
        .change_ticket(&step(&claimed.ticket, "resolved", "ada", second(6)))
        .await
        .unwrap();
    assert_eq!(home.store.unresolved_ticket("c-t1").await.unwrap(), None);
    let head = home.store.conversation("c-t1", 0).await.unwrap().unwrap().head;
    let mut again = answered("c-t1", Some((head.version, head.state)), "m2", second(7));
    again.conversation.state = ConversationState::Waiting;
    let other = crate::support::ticket("t2", "c-t1", "billing", Priority::Normal, 60);
    again.ticket = Some(TicketPart::Open(Box::new(other)));
    home.store.record(&again).await.unwrap();

    let reopen = step(&resolved.ticket, "reopened", "ada", second(8));
    let error = home.store.change_ticket(&reopen).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(Conflict::UnresolvedTicket(_))), "{error}");
    let waiting = home.store.unresolved_ticket("c-t1").await.unwrap().unwrap();
    assert_eq!((waiting.id.as_str(), waiting.state), ("t2", TicketState::Open));
}

#[tokio::test]
async fn a_message_brings_the_waiting_ticket_up_to_date() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::Normal, 60).await;
    let mut record = answered("c-t1", Some((1, ConversationState::Waiting)), "m2", second(2));
    record.conversation.state = ConversationState::Waiting;
    record.conversation.acknowledged = true;
    record.ticket = Some(TicketPart::Refresh {
        id: "t1".to_owned(),
        summary: Box::default(),
        priority: Priority::Urgent,
        due_at: second(30),
        event: None,
    });
    home.store.record(&record).await.unwrap();
    let ticket = home.store.ticket("t1").await.unwrap().unwrap();
    assert_eq!((ticket.priority, ticket.due_at), (Priority::Urgent, second(30)));
    assert_eq!((ticket.version, ticket.updated_at), (2, second(2)));
    assert!(home.store.conversation("c-t1", 0).await.unwrap().unwrap().head.acknowledged);

    // A new waiting period begins without an acknowledgement.
    let claimed = home.store.claim_next(Some("billing"), "ada", second(5)).await.unwrap().unwrap();
    home.store.change_ticket(&step(&claimed.ticket, "released", "ada", second(6))).await.unwrap();
    assert!(!home.store.conversation("c-t1", 0).await.unwrap().unwrap().head.acknowledged);
}

#[tokio::test]
async fn queues_count_what_waits_and_name_the_most_urgent() {
    let home = home().await;
    assert_eq!(home.store.queues().await.unwrap(), vec![]);
    escalate(&home.store, "t1", "billing", Priority::High, 60).await;
    escalate(&home.store, "t2", "billing", Priority::Normal, 30).await;
    escalate(&home.store, "t3", "technical", Priority::Low, 10).await;
    home.store.claim_next(Some("technical"), "ada", second(1)).await.unwrap();
    let queues = home.store.queues().await.unwrap();
    let shown: Vec<_> = queues
        .iter()
        .map(|count| {
            let urgent = (count.highest_priority, count.next_due_at);
            (count.queue.as_str(), count.open, count.claimed, urgent)
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("billing", 2, 0, (Some(Priority::High), Some(second(30)))),
            ("technical", 0, 1, (None, None)),
        ]
    );
}

#[tokio::test]
async fn tickets_are_listed_by_queue_state_agent_and_conversation() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::High, 60).await;
    escalate(&home.store, "t2", "billing", Priority::Normal, 30).await;
    home.store.claim_next(Some("billing"), "ada", second(1)).await.unwrap();
    let list = async |filter: TicketFilter| {
        let tickets = home.store.tickets(&filter, 10).await.unwrap();
        tickets.into_iter().map(|ticket| ticket.id).collect::<Vec<_>>()
    };
    let open = TicketFilter { states: vec![TicketState::Open], ..Default::default() };
    assert_eq!(list(open).await, ["t2"]);
    let hers = TicketFilter { agent: Some("ada".to_owned()), ..Default::default() };
    assert_eq!(list(hers).await, ["t1"]);
    let both = TicketFilter {
        states: vec![TicketState::Open, TicketState::Claimed],
        ..Default::default()
    };
    assert_eq!(list(both).await, ["t1", "t2"]);
    let one = TicketFilter { conversation_id: Some("c-t2".to_owned()), ..Default::default() };
    assert_eq!(list(one).await, ["t2"]);
}

#[tokio::test]
async fn a_correction_becomes_a_labelled_example() {
    let home = home().await;
    escalate(&home.store, "t1", "billing", Priority::High, 60).await;
    let ticket = home.store.ticket("t1").await.unwrap().unwrap();
    let correction = Correction {
        id: "k1".to_owned(),
        ticket_id: "t1".to_owned(),
        conversation_id: "c-t1".to_owned(),
        text: "Words of m1".to_owned(),
        language: Language::De,
        channel: Channel::Chat,
        intent: Some("get_refund".to_owned()),
        tier: Some(2),
        sentiment: Some(Sentiment::Negative),
        agent: "ada".to_owned(),
        at: second(9),
    };
    let mut change = step(&ticket, "corrected", "ada", second(9));
    change.conversation_state = None;
    change.correction = Some(correction.clone());
    home.store.change_ticket(&change).await.unwrap();
    assert_eq!(home.store.corrections(None).await.unwrap(), vec![correction.clone()]);
    assert_eq!(home.store.corrections(Some(second(10))).await.unwrap(), vec![]);
    let row = serde_json::to_value(&correction).unwrap();
    assert_eq!((&row["lang"], &row["tier"]), (&"de".into(), &2.into()));
}

#[tokio::test]
async fn a_change_of_an_unknown_ticket_is_not_found() {
    let home = home().await;
    let unknown = crate::support::ticket("t9", "c9", "billing", Priority::Low, 1);
    let error = home.store.change_ticket(&step(&unknown, "claimed", "ada", second(1))).await;
    assert!(matches!(error, Err(StoreError::NotFound { what: "ticket", .. })));
    assert_eq!(home.store.claim_next(Some("billing"), "ada", second(1)).await.unwrap(), None);
}
