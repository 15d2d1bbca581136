use std::sync::Arc;
use std::sync::atomic::Ordering;

use lotse::desk::AfterResolve;
use lotse::domain::{Action, Author, Channel, ConversationState, Incoming, Language, Priority};
use lotse::store::{Audience, EventFilter, Store};

use crate::support::{Office, agent, message, second};

#[tokio::test]
async fn a_standard_question_is_answered_from_its_article() {
    let office = Office::open().await;
    let outcome = office.say("c1", "How do I return this router to you?").await;
    assert_eq!(outcome.decision.action, Action::Answer);
    assert_eq!(outcome.state, ConversationState::Bot);
    let reply = outcome.reply.unwrap();
    assert_eq!(reply.article.unwrap().id, "about-return_item");
    assert_eq!(outcome.ticket, None);

    let conversation = office.conversation("c1").await;
    assert_eq!(conversation.head.topic.as_deref(), Some("return_item"));
    assert_eq!(conversation.turns[0].decision.as_ref(), Some(&outcome.decision));
    assert_eq!(conversation.turns[1].article_id.as_deref(), Some("about-return_item"));
    assert_eq!(conversation.turns[1].text, reply.text);
}

#[tokio::test]
async fn a_message_without_ids_gets_ids() {
    let office = Office::open().await;
    let incoming = Incoming { conversation_id: None, ..message("", "hello") };
    let first = office.desk.receive(incoming.clone()).await.unwrap();
    let second = office.desk.receive(incoming).await.unwrap();
    assert_ne!(first.conversation_id, second.conversation_id);
    assert_ne!(first.message_id, second.message_id);
    assert_eq!(first.decision.action, Action::Smalltalk);
}

#[tokio::test]
async fn a_wish_for_a_person_opens_a_ticket_with_queue_and_due_time() {
    let office = Office::open().await;
    let outcome = office.say("c1", "I want a human").await;
    assert_eq!(outcome.decision.action, Action::Escalate);
    assert_eq!(outcome.state, ConversationState::Waiting);
    assert!(outcome.reply.is_some(), "the customer is told");
    let shown = outcome.ticket.unwrap();
    assert_eq!((shown.queue.as_str(), shown.priority), ("first_line", Priority::Normal));
    assert_eq!(shown.due_at, second(60));
    assert!(outcome.decision.reasons.iter().any(|reason| reason.code == "route"));

    let ticket = office.desk.ticket(&shown.id).await.unwrap();
    assert_eq!(ticket.decision, outcome.decision);
    assert_eq!(Some(ticket.summary), shown.summary);
    assert_eq!(office.conversation("c1").await.head.state, ConversationState::Waiting);
}

#[tokio::test]
async fn while_waiting_the_customer_is_answered_once_and_the_agent_sees_all() {
    let office = Office::open().await;
    let ticket = office.waiting("c1").await;
    let mut replies = Vec::new();
    for text in ["My order is NL-20481", "Are you there?", "How do I return it?"] {
        let outcome = office.say("c1", text).await;
        assert_eq!(outcome.state, ConversationState::Waiting);
        assert_eq!(outcome.decision.action, Action::None);
        assert_eq!(outcome.ticket.unwrap().id, ticket);
        replies.push(outcome.reply.is_some());
    }
    assert_eq!(replies, [true, false, false]);
    let filter = EventFilter {
        queue: Some("first_line".to_owned()),
        audience: Audience::Agents,
        ..EventFilter::default()
    };
    let events = office.store.events_after(0, &filter, 100).await.unwrap();
    let json = serde_json::to_string(&events).unwrap();
    assert!(json.contains("NL-20481") && json.contains("Are you there?"), "{json}");

    // A new waiting period brings a new acknowledgement.
    office.desk.claim(&ticket, &agent("ada")).await.unwrap();
    office.desk.release(&ticket, &agent("ada")).await.unwrap();
    assert!(office.say("c1", "Still there?").await.reply.is_some());
    assert!(office.say("c1", "Hm.").await.reply.is_none());
}

#[tokio::test]
async fn the_waiting_tickets_summary_learns_of_further_facts() {
    let office = Office::open().await;
    let ticket = office.waiting("c1").await;
    let opened = office.desk.ticket(&ticket).await.unwrap();
    assert_eq!(opened.summary.facts, vec![]);
    office.say("c1", "My order is NL-20481").await;
    let kept = office.desk.ticket(&ticket).await.unwrap();
    let facts: Vec<_> =
        kept.summary.facts.iter().map(|fact| (fact.text.as_str(), fact.turn)).collect();
    assert_eq!(facts, [("NL-20481", 2)]);
    assert_eq!(kept.decision, opened.decision, "still the decision that opened it");
}

#[tokio::test]
async fn facts_of_a_very_long_conversation_name_the_right_turn() {
    let office = Office::open().await;
    for _ in 0..110 {
        office.say("c1", "hello").await;
    }
    let outcome = office.say("c1", "I want a human for order NL-20481").await;
    let facts = outcome.ticket.unwrap().summary.unwrap().facts;
    assert_eq!((facts[0].text.as_str(), facts[0].turn), ("NL-20481", 220));
    assert!(office.conversation("c1").await.turns[220].text.contains("NL-20481"));
}

#[tokio::test]
async fn the_waiting_ticket_becomes_more_pressing_never_less() {
    let office = Office::open().await;
    let ticket = office.waiting("c1").await;
    office.clock.store(30, Ordering::Relaxed);
    let outcome = office.say("c1", "I am angry now").await;
    assert_eq!(outcome.ticket.unwrap().priority, Priority::High);
    office.say("c1", "hello?").await;
    let kept = office.desk.ticket(&ticket).await.unwrap();
    assert_eq!(kept.priority, Priority::High);
    assert_eq!(kept.due_at, second(60), "the first due time still holds");
    assert_eq!(kept.queue, "first_line");
    let history = office.store.ticket_events(&ticket).await.unwrap();
    let kinds: Vec<&str> = history.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["opened", "raised"]);
}

#[tokio::test]
async fn danger_to_life_is_answered_even_while_waiting() {
    let office = Office::open().await;
    let ticket = office.waiting("c1").await;
    office.say("c1", "Anyone?").await;
    for _ in 0..2 {
        let outcome = office.say("c1", "Help, my house is on fire").await;
        assert!(outcome.reply.unwrap().text.contains("112"));
        assert_eq!(outcome.ticket.unwrap().priority, Priority::Urgent);
    }
    office.desk.claim(&ticket, &agent("ada")).await.unwrap();
    let outcome = office.say("c1", "Help, my house is on fire").await;
    assert_eq!(outcome.reply, None, "a person has it in hand");
}

#[tokio::test]
async fn the_bot_is_silent_while_a_person_holds_the_conversation() {
    let office = Office::open().await;
    office.held("c1", &agent("ada")).await;
    let before = office.transcript("c1").await.len();
    for text in ["How do I return it?", "hello", "I want a human", "I am angry"] {
        let outcome = office.say("c1", text).await;
        assert_eq!((outcome.state, outcome.reply), (ConversationState::Human, None));
    }
    let said = office.transcript("c1").await;
    assert_eq!(said.len(), before + 4);
    assert!(said[before..].iter().all(|(from, _)| *from == Author::Customer));
}

#[tokio::test]
async fn after_the_agent_the_bot_answers_again() {
    let office = Office::open().await;
    for then in [AfterResolve::Bot, AfterResolve::Closed] {
        let id = format!("{then:?}");
        let ticket = office.held(&id, &agent("ada")).await;
        office.desk.resolve(&ticket, &agent("ada"), "done", then).await.unwrap();
        let outcome = office.say(&id, "How do I return the box?").await;
        assert_eq!(outcome.decision.action, Action::Answer);
        assert_eq!(office.conversation(&id).await.head.state, ConversationState::Bot);
        let again = office.say(&id, "I want a human").await;
        assert_ne!(again.ticket.unwrap().id, ticket, "a new matter, a new ticket");
    }
}

#[tokio::test]
async fn the_same_message_id_is_answered_the_same_and_read_once() {
    let office = Office::open().await;
    let incoming =
        Incoming { message_id: Some("m1".to_owned()), ..message("c1", "I want a human") };
    let first = office.desk.receive(incoming.clone()).await.unwrap();
    office.desk.claim(&first.ticket.clone().unwrap().id, &agent("ada")).await.unwrap();
    let again = office.desk.receive(incoming.clone()).await.unwrap();
    assert_eq!(
        serde_json::to_value(&again).unwrap(),
        serde_json::to_value(&first).unwrap(),
        "as it was answered then, whatever has happened since"
    );
    assert_eq!(office.script.read.lock().unwrap().len(), 1);
    let other = Incoming { text: "Other words".to_owned(), ..incoming };
    let error = office.desk.receive(other).await.unwrap_err();
    assert_eq!(error.code(), "conflict");
    assert!(error.to_string().contains("m1"), "{error}");
}

#[tokio::test]
async fn a_first_message_sent_twice_begins_one_conversation() {
    let office = Office::open().await;
    let incoming = Incoming {
        conversation_id: None,
        message_id: Some("m1".to_owned()),
        customer_id: Some("K-1".to_owned()),
        ..message("", "How do I return this?")
    };
    let (first, second) =
        tokio::join!(office.desk.receive(incoming.clone()), office.desk.receive(incoming.clone()));
    let id = first.unwrap().conversation_id;
    assert_eq!(second.unwrap().conversation_id, id);
    assert_eq!(office.transcript(&id).await.len(), 2);
    let customer = office.conversation(&id).await.head.customer.unwrap();
    assert_eq!(office.store.conversations_of(customer, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_agents_claim_during_the_reading_silences_the_bot() {
    let office = Office::open().await;
    let ticket = office.waiting("c1").await;
    let desk = office.desk.clone();
    office.interrupt(move || async move {
        desk.claim(&ticket, &agent("ada")).await.unwrap();
    });
    let outcome = office.say("c1", "Anyone?").await;
    assert_eq!((outcome.state, outcome.reply), (ConversationState::Human, None));
    let said = office.transcript("c1").await;
    assert_eq!(said.last().unwrap(), &(Author::Customer, "Anyone?".to_owned()));
    assert_eq!(said.iter().filter(|(_, text)| text == "Anyone?").count(), 1);
}

#[tokio::test]
async fn a_conversation_that_never_holds_still_is_given_up_with_an_error() {
    let office = Office::open().await;
    let ticket = office.waiting("c1").await;
    for round in 0..5 {
        let (desk, ticket) = (office.desk.clone(), ticket.clone());
        office.interrupt(move || async move {
            if round % 2 == 0 {
                desk.claim(&ticket, &agent("ada")).await.unwrap();
            } else {
                desk.release(&ticket, &agent("ada")).await.unwrap();
            }
        });
    }
    let error = office
        .desk
        .receive(message("c1", "Please tell your colleagues that nobody has called me back so far"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "conflict");
    assert_eq!(office.transcript("c1").await.len(), 2, "nothing of it was kept");
}

#[tokio::test]
async fn messages_of_one_conversation_are_kept_in_the_order_of_arrival() {
    let office = Arc::new(Office::open().await);
    let tasks: Vec<_> = (0..12)
        .map(|number| {
            let office = Arc::clone(&office);
            tokio::spawn(async move {
                office.say("c1", &format!("How do I return parcel {number}, please tell me")).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let said = office.transcript("c1").await;
    let numbers: Vec<String> = said
        .iter()
        .filter(|(from, _)| *from == Author::Customer)
        .map(|(_, text)| text.chars().filter(char::is_ascii_digit).collect())
        .collect();
    let expected: Vec<String> = (0..12).map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn a_caller_that_goes_away_while_it_is_read_leaves_nothing() {
    let office = Office::open().await;
    office.interrupt(std::future::pending);
    let waiting = office.desk.receive(message("c1", "How do I return this?"));
    assert!(tokio::time::timeout(std::time::Duration::from_millis(20), waiting).await.is_err());
    assert_eq!(office.store.conversation("c1", 9).await.unwrap(), None);
    office.say("c1", "How do I return this?").await;
    assert_eq!(office.transcript("c1").await.len(), 2, "the lane is free again");
}

#[tokio::test]
async fn an_overloaded_classifier_is_reported_and_nothing_is_kept() {
    let office = Office::open().await;
    *office.script.overloaded.lock().unwrap() = true;
    let error = office.desk.receive(message("c1", "hello")).await.unwrap_err();
    assert_eq!(error.code(), "overloaded");
    assert_eq!(office.store.conversation("c1", 9).await.unwrap(), None);
}

#[tokio::test]
async fn texts_and_ids_that_make_no_sense_are_refused() {
    let office = Office::open().await;
    let code = async |incoming: Incoming| office.desk.receive(incoming).await.unwrap_err().code();
    assert_eq!(code(message("c1", " \u{200B}\0\n")).await, "text_blank");
    assert_eq!(code(message("c1", &"x".repeat(20_001))).await, "text_too_long");
    assert_eq!(code(message("c 1", "hello")).await, "invalid_id");
    let outcome = office.say("c1", "hello\0there\u{7}").await;
    assert_eq!(outcome.conversation_id, "c1");
    assert_eq!(office.transcript("c1").await[0].1, "hello there ");
}

#[tokio::test]
async fn a_conversation_stays_with_its_customer() {
    let office = Office::open().await;
    let of = |customer: Option<&str>| Incoming {
        customer_id: customer.map(str::to_owned),
        ..message("c1", "hello")
    };
    office.desk.receive(of(None)).await.unwrap();
    office.desk.receive(of(Some("K-1"))).await.unwrap();
    office.desk.receive(of(None)).await.unwrap();
    let error = office.desk.receive(of(Some("K-2"))).await.unwrap_err();
    assert_eq!(error.code(), "customer_mismatch");
    let head = office.conversation("c1").await.head;
    assert_eq!(head.customer_id.as_deref(), Some("K-1"));
    assert_eq!(office.transcript("c1").await.len(), 6);
}

#[tokio::test]
async fn a_conversation_may_go_on_over_another_channel() {
    let office = Office::open().await;
    office.say("c1", "hello").await;
    let mail = Incoming { channel: Channel::Email, ..message("c1", "I want a human") };
    let outcome = office.desk.receive(mail).await.unwrap();
    assert_eq!(outcome.ticket.unwrap().due_at, second(4 * 3600), "by the e-mail's target");
    assert_eq!(office.conversation("c1").await.head.channel, Channel::Email);
}

#[tokio::test]
async fn very_short_messages_stay_in_the_conversations_language() {
    let office = Office::open().await;
    let german = Incoming {
        language: Some(Language::De),
        ..message("c1", "Wie kann ich das return label bekommen?")
    };
    office.desk.receive(german).await.unwrap();
    let short = Incoming { language: None, ..message("c1", "return label?") };
    assert_eq!(office.desk.receive(short).await.unwrap().classification.language, Language::De);
}

#[tokio::test]
async fn ratings_are_checked_and_kept() {
    let office = Office::open().await;
    office.say("c1", "hello").await;
    office.desk.rate("c1", 4, Some(" ")).await.unwrap();
    let kept = office.store.rating("c1").await.unwrap().unwrap();
    assert_eq!((kept.score, kept.comment), (4, None));
    for score in [0, 6] {
        assert_eq!(
            office.desk.rate("c1", score, None).await.unwrap_err().code(),
            "invalid_request"
        );
    }
    let error = office.desk.rate("nowhere", 5, None).await.unwrap_err();
    assert_eq!(error.code(), "conversation_not_found");
}

#[tokio::test]
async fn in_public_the_bot_is_short_and_asks_for_no_data() {
    let office = Office::open().await;
    for (text, part) in [("I want a human", "do not post"), ("hello", "How can we help?")] {
        let post = Incoming { channel: Channel::Social, ..message(text, text) };
        let post = Incoming { conversation_id: None, ..post };
        let reply = office.desk.receive(post).await.unwrap().reply.unwrap();
        assert!(reply.text.contains(part), "{}", reply.text);
        assert!(reply.text.chars().count() <= 280, "one post: {}", reply.text);
    }
}
