//! A morning on every channel, each in its own format, with the shipped model and Nordlicht's own
//! rules: every matter ends in its queue, and a mail that is followed by a call is one matter. The
//! matters are plain ones; how often the model reads others right is measured in `eval`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::amazon::{contact, utterance};
use crate::support::{Caller, Lotse, System};

const QUEUES: [&str; 6] =
    ["first_line", "billing", "technical", "contracts", "complaints", "privacy"];

/// Channel, words, and the queue that takes them; none where an article answers.
const MORNING: [(&str, &str, Option<&str>); 17] = [
    ("chat", "Wie lange kann ich einen Artikel zurückgeben?", None),
    ("chat", "Do you deliver to Austria as well?", None),
    (
        "chat",
        "Meine Rechnung RE-2026-30499 ist falsch, da stehen 20 Euro zu viel.",
        Some("billing"),
    ),
    ("messenger", "Flensburg Altstadt: kein Internet, ganzes Haus ist offline.", Some("technical")),
    (
        "messenger",
        "hallo ich hab grad bestellt NL-48802 aber die alte adresse drin, könnt ihr die noch ändern?",
        Some("first_line"),
    ),
    (
        "social",
        "@Nordlicht my order NL-47730 has been on its way for ELEVEN days. Absolutely fed up with you lot!",
        Some("first_line"),
    ),
    (
        "form",
        "Das bestellte Tablet NL-48155 ist beschädigt angekommen, das Display ist gesprungen.",
        Some("complaints"),
    ),
    (
        "form",
        "I am on Nordlicht 250 and would like to move down to Nordlicht 100, please arrange the change.",
        Some("contracts"),
    ),
    (
        "mail",
        "bitte teilen Sie mir nach Art. 15 DSGVO mit, welche personenbezogenen Daten Sie über mich gespeichert haben.",
        Some("privacy"),
    ),
    (
        "mail",
        "seit drei Wochen zahle ich für nichts. Wenn das so weitergeht, schalte ich meinen Anwalt ein!",
        Some("complaints"),
    ),
    (
        "mail",
        "I hereby cancel my contract Nordlicht 100 at the end of the term. Please confirm.",
        Some("contracts"),
    ),
    (
        "twilio",
        "ja hallo bei uns geht seit zehn minuten das internet nicht mehr und das telefon auch nicht",
        Some("technical"),
    ),
    ("twilio", "wie lange kann ich was zurückschicken", None),
    (
        "telnyx",
        "hello um i was charged twice for the same order can someone look at my invoice",
        Some("billing"),
    ),
    ("connect", "mein router qualmt und es riecht verbrannt hier im flur", Some("first_line")),
    (
        "lex",
        "die haben mir schon wieder das falsche kabel geschickt ich bin echt bedient",
        Some("complaints"),
    ),
    (
        "rasa",
        "Ich möchte meinen Vertrag kündigen, mein Name ist Brandt und ich ziehe ins Ausland.",
        Some("contracts"),
    ),
];

#[test]
fn a_mornings_mix_of_all_channels_ends_in_the_right_queues() {
    let lotse = Lotse::start_with(|command| {
        command
            .env_remove("LOTSE_ROUTING__FILE")
            .env("LOTSE_CHANNELS__MAIL__ADDRESS", "service@nordlicht.example")
            .env("LOTSE_CHANNELS__RASA", "{}");
    });
    for (number, (channel, words, _)) in MORNING.iter().enumerate() {
        deliver(&lotse, number, channel, words);
    }
    let found = where_matters_are(&lotse);
    let mut wrong = Vec::new();
    for (channel, words, queue) in MORNING {
        let ended = found.iter().find(|(said, _)| said.contains(words)).map(|(_, queue)| *queue);
        if ended != queue {
            wrong.push(format!("{channel}: {words}\n  expected {queue:?}, found {ended:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    a_mail_and_a_call_are_one_matter(&lotse);
}

fn deliver(lotse: &Lotse, number: usize, channel: &str, words: &str) {
    let from = format!("+4915112{number:06}");
    match channel {
        "chat" | "messenger" | "social" | "form" => {
            let message = json!({ "channel": channel, "text": words });
            lotse.post("/v1/messages", &message, 200);
        }
        "mail" => mail(lotse, &format!("{number}@mail.example"), words),
        "twilio" | "telnyx" => {
            let system = if channel == "twilio" { System::Twilio } else { System::Telnyx };
            let english = words.starts_with("hello");
            let to = if english { "+442079460000" } else { "+494315550199" };
            let mut caller = Caller::new(lotse, system, &from, to);
            caller.event(&[]);
            caller.says(words);
        }
        "connect" => {
            let parameters = json!({ "text": words, "confidence": "0.9" });
            let event = contact(&format!("contact-{number}"), "VOICE", &parameters);
            lotse.post("/channels/amazon/connect", &event, 200);
        }
        "lex" => {
            let event = utterance(&format!("session-{number}"), words, &json!({}));
            lotse.post("/channels/amazon/lex", &event, 200);
        }
        "rasa" => {
            let message = json!({ "sender": format!("rasa-{number}"), "message": words });
            lotse.post("/webhooks/rest/webhook", &message, 200);
        }
        other => panic!("no channel {other}"),
    }
}

fn mail(lotse: &Lotse, from: &str, words: &str) {
    let mail = format!(
        "From: Kundin <{from}>\r\nTo: service@nordlicht.example\r\nSubject: Anliegen\r\n\
         Message-ID: <{}@mail.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         Guten Tag,\r\n\r\n{words}\r\n",
        uuid::Uuid::new_v4()
    );
    let answer = lotse.post_raw("/channels/mail", &[("content-type", "message/rfc822")], mail);
    assert!(answer.status().is_success(), "{:?}", answer.text());
}

/// What customers said in each conversation that waits, and the queue.
fn where_matters_are(lotse: &Lotse) -> BTreeMap<String, &'static str> {
    let mut found = BTreeMap::new();
    for queue in QUEUES {
        for ticket in lotse.tickets(queue) {
            let id = ticket["conversation_id"].as_str().expect("an id").replace(':', "%3A");
            let said = lotse.turns(&id).into_iter().filter(|(from, _)| from == "customer");
            found.insert(said.map(|(_, text)| text).collect::<Vec<_>>().join("\n"), queue);
        }
    }
    found
}

fn a_mail_and_a_call_are_one_matter(lotse: &Lotse) {
    let known = json!({
        "contact": { "email": "jansen@mail.example", "phone": "+49 151 99000001" },
        "attributes": { "vip": "true" },
    });
    let client = reqwest::blocking::Client::new();
    let put = client.put(lotse.server.url("/v1/customers/K-700001")).json(&known);
    assert!(put.send().expect("an answer").status().is_success());
    let before = tickets(lotse);
    mail(lotse, "jansen@mail.example", "Sie haben die Rechnung RE-2026-30418 zweimal abgebucht.");
    let mut caller = Caller::new(lotse, System::Twilio, "+4915199000001", "+494315550199");
    caller.event(&[]);
    let markup = caller.says(
        "ich hatte ihnen heut früh geschrieben wegen der rechnung die doppelt abgebucht wurde",
    );
    // By night the caller is told when people are there, and offered a call back.
    let told = markup.contains("<Dial") || markup.contains("vorgemerkt");
    assert!(told, "{markup}");
    let after = tickets(lotse);
    let new: Vec<&String> = after.difference(&before).collect();
    assert_eq!(new.len(), 1, "one matter: {new:?}");
    let ticket: Value = lotse.get(&format!("/v1/tickets/{}", new[0]));
    assert_eq!((&ticket["queue"], &ticket["channel"]), (&json!("billing"), &json!("phone")));
    let before = ticket["summary"]["before"][0].as_str().expect("what happened before");
    assert!(before.contains("E-Mail"), "{ticket:#}");
    let conversation = ticket["conversation_id"].as_str().expect("an id").replace(':', "%3A");
    let said = lotse.turns(&conversation);
    assert_eq!(said.iter().filter(|(from, _)| from == "customer").count(), 2, "{said:?}");
}

fn tickets(lotse: &Lotse) -> BTreeSet<String> {
    let all = QUEUES.iter().flat_map(|queue| lotse.tickets(queue));
    all.map(|ticket| ticket["id"].as_str().expect("an id").to_owned()).collect()
}
