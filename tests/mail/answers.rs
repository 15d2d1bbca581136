//! A question comes by mail and is answered by mail; a matter for people is worked on by mail.

use crate::reading::fixture;
use crate::support::{Office, answers, mail, mail_with};

const QUESTION: &str =
    "Guten Tag,\n\nwie lange kann ich etwas zurückschicken?\n\nViele Grüße\nJana Petersen";
const COMPLAINT: &str = "Das Paket NL-20481 kam völlig zerstört an, das ist eine Frechheit! Ich schalte meinen Anwalt ein.";

#[test]
fn a_question_is_answered_in_its_thread() {
    let office = Office::open();
    let question = mail_with(
        "q1@petersen.example",
        "Rückgabe",
        "References: <old@petersen.example>\n",
        QUESTION,
    );
    let receipt = office.receive(&question);
    assert_eq!(receipt["action"], "answer", "{receipt}");
    let [sent] = &office.mails.wait_for(1)[..] else { panic!("one mail") };
    assert_eq!(sent.sender, "service@nordlicht.example");
    assert_eq!(sent.recipient, "jana@petersen.example");
    assert_eq!(sent.subject(), "Re: Rückgabe");
    assert_eq!(sent.header("In-Reply-To").as_deref(), Some("<q1@petersen.example>"));
    let references = sent.header("References").expect("references");
    assert_eq!(references, "<old@petersen.example> <q1@petersen.example>");
    assert_eq!(sent.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    assert!(sent.header("Date").is_some() && sent.id().ends_with("@nordlicht.example"));
    let text = sent.text();
    assert!(text.starts_with("Guten Tag Jana Petersen,\n\n") && text.contains("30 Tage"), "{text}");
    assert!(
        text.ends_with("Freundliche Grüße\nNordlicht Kundenservice\n\n-- \nNordlicht GmbH, Kiel\n"),
        "{text}"
    );
    assert!(sent.html().contains("<p>Guten Tag Jana Petersen,</p>"), "{}", sent.html());
    let turns = office.turns(&receipt["conversation_id"], "customer");
    assert_eq!(turns, [format!("Rückgabe\n\n{QUESTION}")]);

    // The same mail again: the same receipt, and nothing more goes out.
    assert_eq!(office.receive(&question), receipt);

    // What the customer answers, with our mail quoted below, goes on in the same conversation.
    let quoted: String = text.lines().fold(String::new(), |all, line| format!("{all}> {line}\n"));
    let follow_up = format!(
        "Gilt das auch für Kopfhörer?\n\nAm 23.11.2026 um 10:01 schrieb Nordlicht:\n{quoted}"
    );
    let second = mail_with("q2@petersen.example", "AW: Rückgabe", &answers(&sent.id()), &follow_up);
    let second = office.receive(&second);
    assert_eq!(second["conversation_id"], receipt["conversation_id"]);
    let turns = office.turns(&receipt["conversation_id"], "customer");
    assert_eq!(turns[1], "Gilt das auch für Kopfhörer?");
    let next = &office.mails.wait_for(2)[1];
    assert_eq!(next.header("In-Reply-To").as_deref(), Some("<q2@petersen.example>"));
    assert_eq!(
        next.header("References").expect("references"),
        format!("<{}> <q2@petersen.example>", sent.id())
    );

    // Somebody else who names our mail gets a conversation of their own.
    let other = String::from_utf8(mail_with(
        "x1@evil.example",
        "Re: Rückgabe",
        &answers(&sent.id()),
        QUESTION,
    ))
    .expect("text")
    .replace("jana@petersen.example", "mallory@evil.example");
    let other = office.receive(other.as_bytes());
    assert_ne!(other["conversation_id"], receipt["conversation_id"]);
    assert_eq!(office.mails.wait_for(3)[2].recipient, "mallory@evil.example");
}

#[test]
fn people_answer_by_mail_and_learn_of_automatic_mails() {
    let office = Office::open();
    let receipt = office.receive(&mail("c1@petersen.example", "Beschwerde", COMPLAINT));
    assert_eq!(receipt["action"], "escalate", "{receipt}");
    let ticket = receipt["ticket_id"].as_str().expect("a ticket");
    let handed_over = office.mails.wait_for(1).remove(0);
    assert_eq!(handed_over.subject(), "Re: Beschwerde");

    office.reply(ticket, "Hallo Frau Petersen,\n\ndas tut uns leid. Ersatz ist <unterwegs>.\n\nViele Grüße\nAnna Berger");
    let reply = office.mails.wait_for(2).remove(1);
    assert_eq!(reply.header("Auto-Submitted"), None);
    assert_eq!(reply.header("In-Reply-To").as_deref(), Some("<c1@petersen.example>"));
    let text = reply.text();
    assert!(
        text.starts_with("Hallo Frau Petersen,\n\ndas tut")
            && text.contains("Anna Berger\n\n-- \n"),
        "{text}"
    );
    assert!(reply.html().contains("&lt;unterwegs&gt;"), "{}", reply.html());

    // A vacation note and a bounce of our mails: nobody is answered, the agent is told.
    for (name, unique, part) in
        [("vacation-de", "1", "Automatische Antwort von"), ("bounce", "2", "ist nicht angekommen")]
    {
        let raw = String::from_utf8(fixture(name)).expect("text");
        let raw = raw.replace("{unique}", unique).replace("{original}", &reply.id());
        for _ in 0..2 {
            let (status, left) = office.post(raw.as_bytes());
            assert_eq!((status, &left["taken"]), (200, &false.into()), "{left}");
            assert_eq!(left["ticket_id"], ticket, "{left}");
        }
        let notes = office.notes(ticket);
        assert_eq!(notes.iter().filter(|note| note.contains(part)).count(), 1, "{notes:?}");
    }
    assert_eq!(office.turns(&receipt["conversation_id"], "customer").len(), 1);

    // The customer goes on in the thread of the agent's mail; the bot stays silent.
    let next = mail_with(
        "c2@petersen.example",
        "Re: Beschwerde",
        &answers(&reply.id()),
        "Danke, wann kommt es?",
    );
    assert_eq!(office.receive(&next)["conversation_id"], receipt["conversation_id"]);
    assert_eq!(office.mails.taken().len(), 2);
}

#[test]
fn a_choice_is_made_by_its_number() {
    let office = Office::open();
    let receipt = office.receive(&mail("k1@petersen.example", "Frage", "Wie erreiche ich euch?"));
    assert_eq!(receipt["action"], "clarify", "{receipt}");
    let question = office.mails.wait_for(1).remove(0);
    let text = question.text();
    assert!(text.contains("\n1. ") && text.contains("Nummer"), "{text}");
    let label =
        text.lines().find_map(|line| line.strip_prefix("1. ")).expect("a choice").to_owned();
    let chosen =
        mail_with("k2@petersen.example", "Re: Frage", &answers(&question.id()), "1\n\nVG Jana");
    let chosen = office.receive(&chosen);
    assert_eq!(chosen["conversation_id"], receipt["conversation_id"]);
    let said = office.turns(&receipt["conversation_id"], "customer").remove(1);
    let id = receipt["conversation_id"].as_str().expect("a conversation");
    assert_ne!(said, "1", "{label} in {id}");
    // Handled again after an answer, the mail is the same one.
    let again =
        mail_with("k2@petersen.example", "Re: Frage", &answers(&question.id()), "1\n\nVG Jana");
    let (status, again) = office.post(&again);
    assert_eq!((status, again["conversation_id"].as_str()), (200, Some(id)), "{again}");
    assert_eq!(office.turns(&receipt["conversation_id"], "customer").len(), 2);
}

#[test]
fn a_contact_form_is_answered_where_it_says() {
    let office = Office::open();
    let receipt = office.receive(&fixture("form"));
    assert_eq!(receipt["action"], "answer", "{receipt}");
    let sent = office.mails.wait_for(1).remove(0);
    assert_eq!(sent.recipient, "lena.voss@mail.example");
    assert!(sent.text().starts_with("Guten Tag Lena Voss,"), "{}", sent.text());
}

#[test]
fn two_machines_do_not_write_to_each_other_for_ever() {
    let office = Office::with(&[("ANSWERS_PER_DAY", "2".to_owned())]);
    for number in 1..=2 {
        let thanks =
            mail(&format!("l{number}@petersen.example"), "Versand", "Was kostet der Versand?");
        assert_eq!(office.receive(&thanks)["reason"], serde_json::Value::Null);
        office.mails.wait_for(number);
    }
    let third = office.receive(&mail("l3@petersen.example", "Versand", "Was kostet der Versand?"));
    assert_eq!(third["reason"], "many_answers", "{third}");
    assert!(third["ticket_id"].is_string(), "{third}");
    let other = fixture("form");
    assert_eq!(office.receive(&other)["reason"], serde_json::Value::Null);
    assert_eq!(office.mails.wait_for(3)[2].recipient, "lena.voss@mail.example");
}

#[test]
fn people_learn_of_an_answer_of_the_bot_that_came_back() {
    let office = Office::open();
    let receipt =
        office.receive(&mail("z1@petersen.example", "Versand", "Was kostet der Versand?"));
    assert_eq!(receipt["ticket_id"], serde_json::Value::Null, "{receipt}");
    let sent = office.mails.wait_for(1).remove(0);
    let raw = String::from_utf8(fixture("bounce")).expect("text");
    let raw = raw.replace("{unique}", "9").replace("{original}", &sent.id());
    for _ in 0..2 {
        let (_, left) = office.post(raw.as_bytes());
        let ticket = left["ticket_id"].as_str().expect("a ticket");
        let notes = office.notes(ticket);
        assert!(notes.len() == 1 && notes[0].contains("ist nicht angekommen"), "{notes:?}");
    }
    assert_eq!(office.mails.taken().len(), 1);
}
