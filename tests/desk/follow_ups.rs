use lotse::domain::{Action, Sentiment};

use crate::support::Office;

fn read_in_context(outcome: &lotse::domain::Outcome) -> bool {
    outcome.decision.reasons.iter().any(|reason| reason.code == "read_in_context")
}

#[tokio::test]
async fn a_follow_up_is_read_together_with_the_message_before() {
    let office = Office::open().await;
    office.say("c1", "How do I return a router").await;
    let outcome = office.say("c1", "and what about headphones?").await;
    assert!(read_in_context(&outcome));
    assert_eq!(outcome.classification.intent.unwrap().name, "return_item");
    let read = office.script.read.lock().unwrap().clone();
    assert!(read.contains(&"How do I return a router. and what about headphones?".to_owned()));

    // A follow-up of a follow-up still leans on the first question.
    let outcome = office.say("c1", "And to Austria?").await;
    assert!(read_in_context(&outcome));
    let last = office.script.read.lock().unwrap().last().cloned().unwrap();
    assert_eq!(last, "How do I return a router. and what about headphones? And to Austria?");
}

#[tokio::test]
async fn a_clear_question_is_taken_by_itself_even_if_it_begins_with_and() {
    let office = Office::open().await;
    office.say("c1", "How do I return a router?").await;
    let outcome = office.say("c1", "And how long does delivery take?").await;
    assert!(!read_in_context(&outcome));
    assert_eq!(outcome.classification.intent.unwrap().name, "delivery_period");
}

#[tokio::test]
async fn a_first_message_and_a_long_one_have_no_context() {
    let office = Office::open().await;
    office.say("c1", "and headphones?").await;
    let long = "I would like to know whether your shop in Hamburg also repairs old television sets \
                of other makes";
    office.say("c1", long).await;
    assert_eq!(office.script.read.lock().unwrap().len(), 2, "each read once");
}

#[tokio::test]
async fn thanks_continue_nothing() {
    let office = Office::open().await;
    office.say("c1", "How do I return a router?").await;
    let outcome = office.say("c1", "ok thanks").await;
    assert_eq!(outcome.decision.action, Action::Smalltalk);
    assert_eq!(office.script.read.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn mood_and_entities_stay_those_of_the_message_itself() {
    let office = Office::open().await;
    office.say("c1", "thanks, and how can I return order NL-20481 to you?").await;
    let outcome = office.say("c1", "what about headphones from NL-77777?").await;
    let sentiment = outcome.classification.sentiment.unwrap();
    assert_eq!(sentiment.name, Sentiment::Neutral, "the message before was a happy one");
    let found: Vec<&str> =
        outcome.classification.entities.iter().map(|entity| entity.text.as_str()).collect();
    assert!(found.contains(&"NL-77777") && !found.contains(&"NL-20481"), "{found:?}");
}

#[tokio::test]
async fn a_context_that_is_out_of_scope_tells_nothing() {
    let office = Office::open().await;
    let outcome =
        office.say("c1", "tell me about the weather in Kiel tomorrow, I plan a trip").await;
    assert_eq!(outcome.decision.action, Action::Clarify);
    let outcome = office.say("c1", "and headphones?").await;
    assert!(!read_in_context(&outcome), "out of scope in context: alone it said more");
}
