//! Callers on lines of Twilio and Telnyx.

use serde_json::{Value, json};

use crate::amazon::contact;
use crate::support::{Caller, Lotse, System, attribute, contents};

const GERMAN: &str = "+494315550199";
const ENGLISH: &str = "+442079460000";
const CUSTOMER: &str = "+49151…";
const RETURNS: &str = "wie lange kann ich was zurückschicken";
const BILL: &str = "ja aber auf meiner rechnung re zweitausendvierundzwanzig eins null zwei drei drei \
                    sind zwanzig euro zu viel drauf die will ich zurück";

#[test]
fn callers_are_led_from_the_greeting_to_the_queue() {
    let lotse = Lotse::start();
    for system in [System::Twilio, System::Telnyx] {
        from_greeting_to_queue(&lotse, system);
        yes_is_kept_and_ends_the_call(&lotse, system);
        no_leads_to_a_person(&lotse, system);
        silence_leads_to_a_person(&lotse, system);
        unclear_words_are_asked_for_once_more(&lotse, system);
        keys_do_what_was_said(&lotse, system);
        english_is_spoken(&lotse, system);
        words_before_hanging_up_are_kept(&lotse, system);
        queues_are_reached_in_their_own_way(&lotse, system);
        nobody_is_there_and_calls_back(&lotse, system);
        numbers_are_keyed_in(&lotse, system);
    }
}

fn from_greeting_to_queue(lotse: &Lotse, system: System) {
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    let greeting = caller.event(&[]);
    assert!(greeting.contains("<Gather input=\"speech dtmf\" language=\"de-DE\""), "{greeting}");
    assert_eq!(greeting.contains("actionOnEmptyResult"), system == System::Twilio);
    assert_eq!(greeting.contains("</Gather><Redirect"), system == System::Telnyx);
    assert!(greeting.contains("digitalen Assistenten"), "{greeting}");

    let asked_at = caller.action.clone();
    let article = caller.says(RETURNS);
    assert!(article.contains("innerhalb von dreißig Tagen"), "{article}");
    assert!(article.contains("Hat Ihnen das geholfen?"), "{article}");
    // The same event once more: the same answer, and nothing is kept twice.
    let again = [("SpeechResult", RETURNS), ("Confidence", "0.91")];
    assert_eq!(caller.event_at(&asked_at, &again), article);

    let handed_over = caller.says(BILL);
    assert_eq!(contents(&handed_over, "Number").as_deref(), Some("+494315550101"), "{handed_over}");
    let whisper = attribute(&handed_over, "url").expect("an address");
    let whispered = caller.event_at(&whisper, &[]);
    assert!(whispered.contains("Anruf für Rechnungen. "), "{whispered}");

    let id = whisper.split_once("ticket=").expect("a ticket").1;
    let ticket = lotse.get(&format!("/v1/tickets/{id}"));
    assert_eq!((&ticket["queue"], &ticket["channel"]), (&"billing".into(), &"phone".into()));
    let summary = ticket["summary"].to_string();
    assert!(summary.contains("zwanzig euro"), "{summary}");
    let conversation = ticket["conversation_id"].as_str().expect("a conversation");
    let turns = lotse.turns(conversation);
    let from: Vec<&str> = turns.iter().map(|(from, _)| from.as_str()).collect();
    assert_eq!(from, ["customer", "bot", "customer", "bot"], "{turns:?}");

    // Nobody takes the call; then somebody does.
    let nobody = [("DialCallStatus", "no-answer")];
    let busy = caller.event_at(&caller.action, &nobody);
    assert!(busy.contains("niemand frei") && busy.ends_with("<Hangup/></Response>"), "{busy}");
    assert!(busy.contains("unser Team meldet sich"), "{busy}");
    let mut withheld = Caller::new(lotse, system, "anonymous", GERMAN);
    withheld.says(BILL);
    let busy = withheld.event(&nobody);
    assert!(busy.contains("Ihre Nummer unterdrückt"), "{busy}");
    let taken = caller.event_at(&caller.action, &[("DialCallStatus", "completed")]);
    assert!(!taken.contains("<Say") && taken.contains("<Hangup/>"), "{taken}");
    let over = caller.event(&[("CallStatus", "completed"), ("CallDuration", "93")]);
    assert!(over.ends_with("<Response></Response>"), "{over}");
    assert_eq!(lotse.turns(conversation).len(), 4);
}

fn yes_is_kept_and_ends_the_call(lotse: &Lotse, system: System) {
    for yes in [[("SpeechResult", "ähm ja, danke!")], [("Digits", "1")]] {
        let (helped, _) = lotse.helpful();
        let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
        caller.says(RETURNS);
        let asked_at = caller.action.clone();
        for _ in 0..2 {
            let glad = caller.event_at(&asked_at, &yes);
            assert!(glad.contains("Das freut mich") && glad.contains("<Hangup/>"), "{glad}");
            assert_eq!(lotse.helpful().0, helped + 1, "the same event twice counts once");
        }
    }
}

fn no_leads_to_a_person(lotse: &Lotse, system: System) {
    for no in [[("SpeechResult", "nein")], [("Digits", "2")]] {
        let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
        caller.says(RETURNS);
        let (_, did_not) = lotse.helpful();
        let handed_over = caller.event(&no);
        assert!(handed_over.contains("<Dial"), "{handed_over}");
        assert_eq!(lotse.helpful().1, did_not + 1);
        let turns = conversation_of(lotse, &handed_over);
        let asked = &turns[2].1;
        assert!(asked.starts_with("(Die Antwort hat dem Anrufer nicht geholfen)"), "{turns:?}");
        let summary = &ticket_of(lotse, &handed_over)["summary"];
        let quoted = format!("{}{}{}", summary["headline"], summary["text"], summary["wish"]);
        assert!(!quoted.contains("nicht geholfen"), "no words of the customer: {summary}");
    }
}

fn silence_leads_to_a_person(lotse: &Lotse, system: System) {
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    caller.event(&[]);
    let again = caller.event(&[]);
    assert!(again.contains("nicht gehört") && again.contains("<Gather"), "{again}");
    let handed_over = caller.event(&[("SpeechResult", "  ")]);
    assert!(handed_over.contains("<Dial"), "{handed_over}");
    assert_eq!(conversation_of(lotse, &handed_over)[0].1, "(Vom Anrufer ist nichts zu hören)");
    let summary = &ticket_of(lotse, &handed_over)["summary"];
    assert_eq!(summary["headline"], "Vom Anrufer ist nichts zu hören", "told, not quoted");
    assert_eq!(summary["wish"], "");

    // Who is silent after an answer has what was wanted.
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    caller.says(RETURNS);
    let again = caller.event(&[]);
    assert!(again.contains("Für ja drücken Sie die Eins"), "{again}");
    let over = caller.event(&[]);
    assert!(over.contains("Auf Wiederhören") && over.contains("<Hangup/>"), "{over}");
}

fn unclear_words_are_asked_for_once_more(lotse: &Lotse, system: System) {
    let unsure = |words: &'static str| [("SpeechResult", words), ("Confidence", "0.21")];
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    let again = caller.event(&unsure("wie wo rechnen"));
    assert!(again.contains("noch einmal") && again.contains("<Gather"), "{again}");
    let article = caller.says(RETURNS);
    assert!(article.contains("dreißig Tagen"), "{article}");

    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    caller.event(&unsure("wie wo rechnen"));
    let handed_over = caller.event(&unsure("rech nung zu hoch"));
    assert!(handed_over.contains("<Dial"), "{handed_over}");
    let turns = conversation_of(lotse, &handed_over);
    let kept = "(Der Anrufer ist schlecht zu verstehen) rech nung zu hoch";
    assert_eq!(turns[0].1, kept);

    // Danger is not asked for again; a confidence of 0 says nothing.
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    let danger = caller.event(&unsure("hilfe der router brennt"));
    assert!(danger.contains("Notruf eins eins zwei") && danger.contains("<Dial"), "{danger}");
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    let article = caller.event(&[("SpeechResult", RETURNS), ("Confidence", "0.0")]);
    assert!(article.contains("dreißig Tagen"), "{article}");
}

fn keys_do_what_was_said(lotse: &Lotse, system: System) {
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    caller.event(&[]);
    let wrong = caller.event(&[("Digits", "5")]);
    assert!(wrong.contains("Diese Taste ist nicht belegt"), "{wrong}");
    let english = caller.event(&[("Digits", "9")]);
    assert!(english.contains("in one sentence") && english.contains("language=\"en-GB\""));
    let handed_over = caller.event(&[("Digits", "0")]);
    assert!(handed_over.contains("<Dial") && handed_over.contains("settled by a person"));
    let turns = conversation_of(lotse, &handed_over);
    assert_eq!(turns[0].1, "(The caller presses the key for a person)");

    // A choice that was named in the first language is gone with it.
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    caller.says("wie wird das wetter morgen in hamburg");
    let english = caller.event(&[("Digits", "9")]);
    assert!(english.contains("in one sentence") && !caller.action.contains("choice="), "{english}");

    // The choice of an offer.
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    let offer = caller.says("wie wird das wetter morgen in hamburg");
    assert!(offer.contains("mit einem Menschen sprechen?"), "{offer}");
    let handed_over = caller.event(&[("Digits", "1")]);
    assert!(handed_over.contains("<Dial"), "{handed_over}");

    // Keys that mean nothing do not go on for ever.
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    let answers: Vec<String> = (0..3).map(|_| caller.event(&[("Digits", "#")])).collect();
    assert!(answers[2].contains("<Dial"), "{answers:?}");
}

fn english_is_spoken(lotse: &Lotse, system: System) {
    let mut caller = Caller::new(lotse, system, "anonymous", ENGLISH);
    let greeting = caller.event(&[]);
    assert!(greeting.contains("digital assistant") && greeting.contains("Für Deutsch"));
    // Somebody who called the German number speaks English all the same.
    let mut caller = Caller::new(lotse, system, "anonymous", GERMAN);
    let article = caller.says("hello how long do i have to send something back to you");
    assert!(article.contains("Did that help?"), "{article}");
    assert!(article.contains("<Gather input=\"speech dtmf\" language=\"en-GB\""), "{article}");
    let over = caller.says("yes thank you");
    assert!(over.contains("Thank you for calling"), "{over}");
}

fn words_before_hanging_up_are_kept(lotse: &Lotse, system: System) {
    let mut caller = Caller::new(lotse, system, CUSTOMER, GERMAN);
    caller.event(&[]);
    let words = "mein internet geht seit gestern nicht mehr";
    let over = caller.event(&[("SpeechResult", words), ("CallStatus", "completed")]);
    assert!(over.ends_with("<Response></Response>"), "{over}");
    let tickets = lotse.tickets("technical");
    let kept = tickets.iter().any(|ticket| ticket["summary"].to_string().contains("seit gestern"));
    assert!(kept, "{tickets:?}");
}

fn queues_are_reached_in_their_own_way(lotse: &Lotse, system: System) {
    let says = |words: &str, from: &str| Caller::new(lotse, system, from, ENGLISH).says(words);
    let fault = says("my internet is down since yesterday and the router blinks orange", CUSTOMER);
    if system == System::Twilio {
        assert!(fault.contains("workflowSid=\"WW0123456789abcdef0123456789abcdef\""), "{fault}");
        let task = contents(&fault, "Task").expect("a task");
        let task: Value = serde_json::from_str(&task).expect("JSON");
        assert_eq!(task["queue"], "technical");
        assert_eq!(task["language"], "en");
        assert!(task["summary"].as_str().is_some_and(|text| text.contains("router")), "{task}");
        assert!(task["ticket"].as_str().is_some_and(|id| id.starts_with('t')), "{task}");
    } else {
        assert_eq!(contents(&fault, "Enqueue").as_deref(), Some("technical"), "{fault}");
    }
    let cancel = says("i want to cancel my internet contract right now", CUSTOMER);
    let address = contents(&cancel, "Sip").expect("an address");
    let (address, headers) = address.split_once('?').expect("headers");
    assert_eq!(address, "sip:contracts@pbx.example");
    assert!(headers.len() <= 1000 && headers.contains("&X-Lotse-Queue=contracts&"), "{headers}");
    assert!(headers.contains("X-Lotse-Headline=") && !headers.contains('+'), "{headers}");

    let erase = "please erase all the personal data that you have stored about me";
    let noted = says(erase, CUSTOMER);
    assert!(noted.contains("will get back to you") && noted.contains("<Hangup/>"), "{noted}");
    let noted = says(erase, "anonymous");
    assert!(noted.contains("number is withheld"), "{noted}");
    assert!(!lotse.tickets("privacy").is_empty());
}

fn nobody_is_there_and_calls_back(lotse: &Lotse, system: System) {
    let broken = "the screen of the tablet was broken when i opened the parcel";
    let call = |from: &str| {
        let mut caller = Caller::new(lotse, system, from, ENGLISH);
        let closed = caller.says(broken);
        assert!(closed.contains("Nobody from our team is here right now"), "{closed}");
        assert!(closed.contains("call you back then?"), "{closed}");
        assert!(closed.contains("<Gather") && !closed.contains("<Dial"), "{closed}");
        caller
    };
    let noted = call(CUSTOMER).says("yes please");
    assert!(noted.contains("on plus 4 9 1 5 1 1 2 3"), "{noted}");
    assert!(noted.contains("Goodbye!") && noted.contains("<Hangup/>"), "{noted}");
    let noted = call(CUSTOMER).event(&[("Digits", "1")]);
    assert!(noted.contains("on plus 4 9 1 5 1"), "{noted}");
    for no in [[("Digits", "2")], [("SpeechResult", "no thanks")]] {
        let over = call(CUSTOMER).event(&no);
        assert!(over.contains("Goodbye!") && over.contains("<Hangup/>"), "{over}");
    }
    let mut silent = call(CUSTOMER);
    let again = silent.event(&[]);
    assert!(again.contains("Press one for yes"), "{again}");
    assert!(silent.event(&[]).contains("<Hangup/>"));
    // A number that is withheld has to be said.
    let mut caller = call("anonymous");
    let question = caller.says("yes");
    assert!(question.contains("On which telephone number"), "{question}");
    let number = "zero one five one one two three four five six seven eight";
    let noted = caller.says(number);
    assert!(noted.contains("on 0 1 5 1 1 2 3 4 5 6 7 8"), "{noted}");
}

/// A number may be keyed in where it is asked for, and only there.
fn numbers_are_keyed_in(lotse: &Lotse, system: System) {
    let broken = "the screen of the tablet was broken when i opened the parcel";
    let mut caller = Caller::new(lotse, system, "anonymous", ENGLISH);
    let offer = caller.says(broken);
    assert!(offer.contains("numDigits=\"1\""), "{offer}");
    let question = caller.event(&[("Digits", "1")]);
    assert!(question.contains("On which telephone number"), "{question}");
    assert!(question.contains("finishOnKey=\"#\"") && !question.contains("numDigits"));
    let again = caller.event(&[]);
    assert!(
        again.contains("finish with the hash key") && !again.contains("one for yes"),
        "{again}"
    );
    let again = caller.event(&[("Digits", "0151")]);
    assert!(again.contains("finish with the hash key"), "no number yet: {again}");
    let noted = caller.event(&[("Digits", "015112345678")]);
    assert!(noted.contains("on 0 1 5 1 1 2 3 4 5 6 7 8"), "{noted}");
    assert!(noted.contains("Goodbye!") && noted.contains("<Hangup/>"), "{noted}");
}

/// Somebody else writes to the store all the time: the caller is put through in time, and nothing
/// is promised that is not kept. A flow learns a queue that is open.
#[test]
fn a_store_that_is_busy_keeps_nobody_waiting() {
    let lotse = Lotse::start();
    let mut caller = Caller::new(&lotse, System::Twilio, CUSTOMER, GERMAN);
    caller.event(&[]);
    let (trouble, flow) = lotse.while_busy(|| {
        let words = json!({ "text": RETURNS });
        let flow = lotse.post("/channels/amazon/connect", &contact("busy", "VOICE", &words), 200);
        (caller.says(RETURNS), flow)
    });
    assert!(trouble.contains("nicht geklappt"), "{trouble}");
    assert_eq!(contents(&trouble, "Number").as_deref(), Some("+494315550100"), "{trouble}");
    assert_eq!(
        (&flow["LotseAction"], &flow["LotseQueue"]),
        (&json!("transfer"), &json!("first_line"))
    );
    assert!(flow["LotseTarget"].as_str().is_some_and(|arn| arn.ends_with("/first")), "{flow}");
    let busy = caller.event(&[("DialCallStatus", "no-answer")]);
    assert!(busy.contains("niemand frei") && !busy.contains("notiert"), "{busy}");
}

/// The turns of the conversation that is put through.
fn conversation_of(lotse: &Lotse, markup: &str) -> Vec<(String, String)> {
    let ticket = ticket_of(lotse, markup);
    lotse.turns(ticket["conversation_id"].as_str().expect("a conversation"))
}

/// The ticket of the call that is put through.
fn ticket_of(lotse: &Lotse, markup: &str) -> Value {
    let whisper = attribute(markup, "url").expect("an address");
    let id = whisper.split_once("ticket=").expect("a ticket").1;
    lotse.get(&format!("/v1/tickets/{id}"))
}
