//! Mails over HTTP: what is taken, what is left, what is refused.

use reqwest::blocking::Client;
use serde_json::Value;

use crate::common::server::Server;
use crate::reading::fixture;
use crate::support::{Office, answer, answers, mail, mail_with};

#[test]
fn what_stands_in_a_mail_reaches_the_agent() {
    let office = Office::open();
    // Numbers of the history, files, and the subject that says it all.
    let receipt = office.receive(&fixture("outlook-de"));
    let turns = office.turns(&receipt["conversation_id"], "customer");
    assert!(
        turns[0].starts_with("Ihre Bestellung NL-20481\n\nGuten Tag,\n\nwo bleibt"),
        "{turns:?}"
    );
    assert!(turns[0].ends_with("[Im Verlauf genannt: RE-2026-10233]"), "{turns:?}");
    let receipt = office.receive(&fixture("forward-attached-de"));
    let turns = office.turns(&receipt["conversation_id"], "customer");
    let (words, listed) = turns[0].rsplit_once("\n\n").expect("two parts");
    assert_eq!(words, "Warum bekomme ich eine Mahnung? Ich habe bezahlt.");
    assert!(listed.starts_with("[Anlagen: Mahnung zu RE-2026-10233 (E-Mail, "), "{listed}");
    assert!(listed.ends_with("); Überweisung.pdf (PDF, 19 B)]"), "{listed}");
    let passed_on = office.receive(&fixture("forward-inline-en"));
    let turns = office.turns(&passed_on["conversation_id"], "customer");
    assert!(turns[0].contains("It was charged twice."), "{turns:?}");
    let subject_alone =
        office.receive(&mail("s1@petersen.example", "Wo ist Bestellung NL-30512?", "siehe oben"));
    let turns = office.turns(&subject_alone["conversation_id"], "customer");
    assert_eq!(turns[0], "Wo ist Bestellung NL-30512?\n\nsiehe oben");

    // Left unanswered, with the reason.
    for (raw, reason) in [
        (fixture("list-en"), "mailing_list"),
        (fixture("vacation-de"), "auto_reply"),
        (fixture("bounce"), "bounce"),
        (mail("b1@petersen.example", "", " \n> nur Zitat"), ""),
        (mail("b2@petersen.example", "(kein Betreff)", "\n\n"), "blank"),
    ] {
        let (status, receipt) = office.post(&raw);
        assert_eq!(status, 200, "{receipt}");
        if reason.is_empty() {
            assert_eq!(receipt["taken"], true, "{receipt}");
        } else {
            assert_eq!((&receipt["taken"], &receipt["reason"]), (&false.into(), &reason.into()));
        }
    }
}

#[test]
fn what_may_be_a_customers_matter_goes_to_people_without_a_word() {
    let office = Office::open();
    let from = |id: &str, address: &str, head: &str, text: &str| {
        let raw = String::from_utf8(mail_with(id, "Anliegen", head, text)).expect("text");
        raw.replace("jana@petersen.example", address).into_bytes()
    };
    let question = "Was kostet der Versand?";
    let forward =
        "Bitte kümmern.\n\n-----Ursprüngliche Nachricht-----\nVon: Tom\n\nMein Router ist kaputt.";
    for (raw, reason, part) in [
        (
            from(
                "w1@x.example",
                "shop@x.example",
                "List-Unsubscribe: <https://x.example>\n",
                question,
            ),
            "maybe_automatic",
            question,
        ),
        (
            from("w2@x.example", "noreply@form.example", "", question),
            "no_reply",
            "[Nimmt keine Antworten an: noreply@form.example]",
        ),
        (
            from("w3@x.example", "Service@Nordlicht.example", "", forward),
            "own_address",
            "Mein Router ist kaputt.",
        ),
    ] {
        let receipt = office.receive(&raw);
        assert_eq!((&receipt["reason"], &receipt["action"]), (&reason.into(), &"escalate".into()));
        assert!(receipt["ticket_id"].is_string(), "{receipt}");
        let turns = office.turns(&receipt["conversation_id"], "customer");
        assert!(turns[0].contains(part), "{turns:?}");
        assert!(office.turns(&receipt["conversation_id"], "bot").is_empty());
        assert_eq!(office.receive(&raw), receipt);
    }
    assert_eq!(office.mails.taken().len(), 0);
}

#[test]
fn words_below_unmarked_history_are_kept() {
    let office = Office::open();
    let first = office.receive(&mail("u1@petersen.example", "Versand", "Was kostet der Versand?"));
    let answer = office.mails.wait_for(1).remove(0);
    let below = "-----Ursprüngliche Nachricht-----\nVon: Nordlicht\nGesendet: Montag\n\nDer Versand \
                 ist frei.\n\nUnd wie lange dauert die Lieferung nach Wien?";
    let next = mail_with("u2@petersen.example", "AW: Versand", &answers(&answer.id()), below);
    assert_eq!(office.receive(&next)["conversation_id"], first["conversation_id"]);
    let turns = office.turns(&first["conversation_id"], "customer");
    assert!(turns[1].contains("die Lieferung nach Wien?"), "{turns:?}");
}

#[test]
fn a_provider_sends_the_key_as_a_password() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let store = home.path().join("lotse.sqlite");
    let mut add = crate::common::lotse();
    add.args(["key", "add", "provider", "--role", "channel", "--dir", "demo"]);
    let added = add.env("LOTSE_STORE__PATH", &store).output().expect("the binary runs");
    let printed = String::from_utf8(added.stdout).expect("text");
    let key = printed.lines().next().expect("a key").trim().to_owned();
    let server = Server::start_with(&store, |command| {
        command.env("LOTSE_CHANNELS__MAIL__ADDRESS", "service@nordlicht.example");
    });
    let post = |path: &str, key: &str| {
        let request = Client::new().post(server.url(path)).basic_auth("any", Some(key));
        let raw = mail("p1@petersen.example", "Versand", "Was kostet der Versand?");
        answer(request.header("content-type", "message/rfc822").body(raw)).0
    };
    assert_eq!(post("/channels/mail", &key), 200, "{printed}");
    assert_eq!(post("/channels/mail", "wrong"), 401);
    // A password is a key on this route alone.
    assert_eq!(post("/v1/classify", &key), 401);
}

#[test]
fn a_message_id_used_twice_loses_no_mail() {
    let office = Office::open();
    let first =
        office.receive(&mail("same@petersen.example", "Frage", "Wo ist mein Paket NL-20481?"));
    let second =
        office.receive(&mail("same@petersen.example", "Frage", "Und wo ist die Rechnung?"));
    assert_ne!(first["message_id"], second["message_id"]);
    let again = office.receive(&mail("same@petersen.example", "Frage", "Und wo ist die Rechnung?"));
    assert_eq!(again, second);
    let nameless = b"From: a@b.example\r\nSubject: Frage\r\n\r\nWas kostet der Versand?";
    assert_eq!(office.receive(nameless), office.receive(nameless));
}

#[test]
fn large_and_strange_bodies() {
    let office = Office::open();
    let url = office.server.url("/channels/mail");
    let send = |kind: &str, body: Vec<u8>| {
        answer(Client::new().post(&url).header("content-type", kind).body(body))
    };
    let code = |answer: &(u16, Value)| {
        (answer.0, answer.1["error"]["code"].as_str().unwrap_or("").to_owned())
    };

    // A file of 18 MB is 24 MB as base64.
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let file = line.repeat(18_000_000 / 57);
    let mut large = b"From: a@b.example\r\nMessage-ID: <large@b.example>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n\
        Was kostet der Versand?\r\n--x\r\nContent-Type: application/zip; name=alles.zip\r\n\
        Content-Transfer-Encoding: base64\r\n\r\n"
        .to_vec();
    large.extend_from_slice(file.as_bytes());
    large.extend_from_slice(b"--x--\r\n");
    let receipt = office.receive(&large);
    let turns = office.turns(&receipt["conversation_id"], "customer");
    assert_eq!(turns, ["Was kostet der Versand?\n\n[Anlage: alles.zip (ZIP, 18,0 MB)]"]);
    for (kind, body, status, name) in [
        ("application/json", b"{}".to_vec(), 415, "unsupported_media_type"),
        ("text/plain", mail("t@x.example", "a", "b"), 415, "unsupported_media_type"),
        ("message/rfc822", b"{\"a\": 1}".to_vec(), 422, "invalid_mail"),
        ("message/rfc822", Vec::new(), 422, "invalid_mail"),
        (
            "multipart/form-data; boundary=f",
            b"--f\r\ncontent-disposition: form-data; name=\"to\"\r\n\r\nx\r\n--f--\r\n".to_vec(),
            422,
            "missing_field",
        ),
        ("multipart/form-data", b"x".to_vec(), 400, "body_incomplete"),
    ] {
        let refused = send(kind, body);
        assert_eq!(code(&refused), (status, name.to_owned()), "{kind}: {}", refused.1);
    }
    let mut form = b"--f\r\ncontent-disposition: form-data; name=\"to\"\r\n\r\nx\r\n--f\r\n\
        content-disposition: form-data; name=\"email\"\r\n\r\n"
        .to_vec();
    form.extend(mail_with("form@petersen.example", "Versand", "", "Was kostet der Versand?"));
    form.extend(b"\r\n--f--\r\n");
    let (status, receipt) = send("multipart/form-data; boundary=f", form);
    assert_eq!((status, &receipt["taken"]), (200, &true.into()), "{receipt}");
}

#[test]
fn a_mail_beyond_the_limit_is_refused() {
    let office = Office::with(&[("LIMIT_BYTES", "20000".to_owned())]);
    let (status, refused) = office.post(&mail("l@petersen.example", "x", &"lang ".repeat(6_000)));
    let error = &refused["error"];
    assert_eq!((status, error["code"].as_str()), (413, Some("body_too_large")), "{refused}");
    assert_eq!(error["details"]["limit_bytes"], 20_000);
}

#[test]
fn without_settings_the_channel_is_off() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(&home.path().join("lotse.sqlite"));
    let request = Client::new().post(server.url("/channels/mail"));
    let (status, body) =
        answer(request.header("content-type", "message/rfc822").body("From: a@b.example\n\nx"));
    assert_eq!((status, body["error"]["code"].as_str()), (404, Some("channel_off")), "{body}");
    assert!(body["error"]["message"].as_str().is_some_and(|text| text.contains("[channels.mail]")));
}
