//! Mails as mail programs write them: whose words are whose.

use lotse::channels::mail::{Automatic, Mail, html_to_text, read};
use lotse::text::clean::{clean, new_words};
use proptest::prelude::*;

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/mail/fixtures/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("the fixture is there")
}

fn mail(name: &str) -> Mail {
    read(&fixture(name)).expect("a mail")
}

/// A mail of one part with these lines of the head and this body.
fn made(head: &str, body: &[u8]) -> Vec<u8> {
    let mut raw = format!("From: Jana <jana@a.example>\nMessage-ID: <1@a.example>\n{head}\n\n");
    raw = raw.replace('\n', "\r\n");
    let mut raw = raw.into_bytes();
    raw.extend_from_slice(body);
    raw
}

#[test]
fn the_new_words_of_each_mail_program_are_found() {
    for (name, words) in [
        (
            "outlook-de",
            "Guten Tag,\n\nwo bleibt meine Lieferung? Laut Sendungsverfolgung liegt sie seit drei \
             Tagen in Hamburg.\n\nMit freundlichen Grüßen\nJana Petersen\nEinkauf, Petersen \
             GmbH\nTel. 0431 555 0133",
        ),
        ("outlook-web-en", "My router keeps blinking orange.\n\nWhat can I do?\n\nTom"),
        ("gmail-en", "Does that also hold for headphones?"),
        (
            "gmail-html-de",
            "Geht die Rückgabe auch im Laden?\n\nUnd wie lange habe ich Zeit?\n\n--\nJörg \
             Müller\nHauptstraße 3, Kiel",
        ),
        (
            "apple-de",
            "Ich habe ihn neu gestartet, es blinkt weiter orange.\n\nKann ein Techniker kommen?",
        ),
        (
            "thunderbird-flowed-de",
            "Bitte als PDF an diese Adresse, und für die nächsten Monate dann immer so.\n\nNein, \
             danke.\n\n--\nDr. Ute Falk\nLindenweg 4, 24103 Kiel",
        ),
        ("gmx-de", "Ich möchte den Vertrag kündigen.\n\nWiebke Janssen"),
        (
            "preheader-de",
            "Hallo zusammen,\nwas kostet der Wechsel auf Nordlicht 250?\nTarif Preis\nNordlicht 50 \
             29,99 €\n\n1. Laufzeit?\n2. Anschluss?",
        ),
        (
            "disclaimer-en",
            "How do I open a business account?\n\nKind regards,\nBrendan Fahey\nBrightleaf Studio",
        ),
        ("forward-attached-de", "Warum bekomme ich eine Mahnung? Ich habe bezahlt."),
        ("forward-inline-en", ""),
    ] {
        assert_eq!(new_words(&mail(name).text), words, "{name}");
    }
}

#[test]
fn the_classifier_reads_no_signature_either() {
    for (name, words) in [
        (
            "outlook-de",
            "Guten Tag,\nwo bleibt meine Lieferung? Laut Sendungsverfolgung liegt sie seit drei Tagen \
             in Hamburg.",
        ),
        ("gmail-html-de", "Geht die Rückgabe auch im Laden?\nUnd wie lange habe ich Zeit?"),
        (
            "thunderbird-flowed-de",
            "Bitte als PDF an diese Adresse, und für die nächsten Monate dann immer so.\nNein, danke.",
        ),
        ("disclaimer-en", "How do I open a business account?"),
    ] {
        assert_eq!(clean(&mail(name).text), words, "{name}");
    }
}

#[test]
fn heads_are_read() {
    let outlook = mail("outlook-de");
    assert_eq!(outlook.id, "AM0PR05MB1234@AM0PR05MB1234.eurprd05.prod.outlook.com");
    assert_eq!(outlook.from.address, "jana.petersen@firma.example");
    assert_eq!(outlook.from.name.as_deref(), Some("Petersen, Jana"));
    assert_eq!(outlook.references, ["shop-order-20481@shop.nordlicht.example"]);
    assert!(outlook.people.contains("service@nordlicht.example"));
    let gmail = mail("gmail-en");
    assert_eq!(gmail.references, ["second@nordlicht.example", "first@nordlicht.example"]);
    let encoded = mail("gmail-html-de");
    assert_eq!(encoded.subject, "Rückgabe");
    assert_eq!(encoded.from.name.as_deref(), Some("Jörg Müller"));
    let form = mail("form");
    assert_eq!(form.reply_to.expect("a reply address").address, "lena.voss@mail.example");
    assert_eq!(form.automatic, None);
}

#[test]
fn machines_are_recognised() {
    for (name, kind) in [
        ("bounce", Automatic::Bounce),
        ("vacation-de", Automatic::AutoReply),
        ("list-en", Automatic::MailingList),
    ] {
        assert_eq!(mail(name).automatic, Some(kind), "{name}");
    }
    for (head, kind) in [
        ("Subject: Automatic reply: Order", Some(Automatic::AutoReply)),
        ("Subject: Abwesenheitsnotiz", Some(Automatic::AutoReply)),
        ("X-Autoreply: yes", Some(Automatic::AutoReply)),
        ("X-Auto-Response-Suppress: OOF, DR", Some(Automatic::AutoReply)),
        ("Auto-Submitted: auto-generated", Some(Automatic::AutoReply)),
        ("Auto-Submitted: no", None),
        ("Return-Path: <>", Some(Automatic::AutoReply)),
        ("Return-Path: <jana@a.example>", None),
        ("Precedence: auto_reply", Some(Automatic::AutoReply)),
        ("Precedence: list", Some(Automatic::MailingList)),
        ("Precedence: normal", None),
        (
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
            Some(Automatic::AutoReply),
        ),
        ("X-Failed-Recipients: a@b.example", Some(Automatic::Bounce)),
        ("Subject: Abwesend beim Liefertermin?", None),
    ] {
        let read = read(&made(head, b"Hallo")).expect("a mail");
        assert_eq!(read.automatic, kind, "{head}");
    }
    let nobody = b"From: no-reply@a.example\r\n\r\nx";
    assert_eq!(read(nobody).expect("a mail").automatic, Some(Automatic::NoReply));
}

#[test]
fn a_bounce_says_which_mail_and_why() {
    let report = mail("bounce").report.expect("a report");
    assert_eq!(report.about, ["{original}"]);
    assert_eq!(report.recipient.as_deref(), Some("jana.petersen@firma.example"));
    let reason = report.reason.expect("a reason");
    assert!(reason.starts_with("550 5.1.1") && reason.ends_with("User unknown"), "{reason}");
    assert!(!report.delayed);
}

#[test]
fn attachments_are_listed_without_logos() {
    let listed = mail("forward-attached-de").attachments;
    let named: Vec<(&str, &str)> =
        listed.iter().map(|file| (file.name.as_str(), file.media_type.as_str())).collect();
    assert_eq!(
        named,
        [("Mahnung zu RE-2026-10233", "message/rfc822"), ("Überweisung.pdf", "application/pdf")]
    );
    assert_eq!(listed[1].bytes, 19);
}

#[test]
fn a_mail_without_id_gets_the_same_one_each_time() {
    let raw = b"From: a@b.example\r\nSubject: x\r\n\r\nHallo";
    let first = read(raw).expect("a mail").id;
    assert_eq!(first, read(raw).expect("a mail").id);
    assert!(first.ends_with("@no-message-id.invalid"));
    assert_ne!(first, read(b"From: a@b.example\r\nSubject: y\r\n\r\nHallo").expect("a mail").id);
}

#[test]
fn encodings_are_what_the_bytes_say() {
    let german = "Grüße für 5 €: Größe passt";
    let windows = b"Gr\xfc\xdfe f\xfcr 5 \x80: Gr\xf6\xdfe passt";
    for (head, body) in [
        ("Content-Type: text/plain; charset=us-ascii", german.as_bytes()),
        ("Content-Type: text/plain; charset=iso-8859-1", german.as_bytes()),
        ("Content-Type: text/plain", german.as_bytes()),
        ("X-Nothing: 1", german.as_bytes()),
        ("Content-Type: text/plain; charset=iso-8859-1", windows.as_slice()),
        ("Content-Type: text/plain; charset=utf-8", windows.as_slice()),
        ("Content-Type: text/plain; charset=\"Windows-1252\"", windows.as_slice()),
        (
            "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable",
            b"Gr=FC=DFe f=FCr 5 =80:=\r\n Gr=F6=DFe passt".as_slice(),
        ),
        (
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64",
            b"R3LDvMOfZSBmw7xyIDUg4oKsOiBHcsO2w59lIHBhc3N0".as_slice(),
        ),
    ] {
        assert_eq!(read(&made(head, body)).expect("a mail").text.trim(), german, "{head}");
    }
    let mut raw = b"From: a@b.example\r\nSubject: Gr\xfc\xdfe\r\n\r\nx".to_vec();
    assert_eq!(read(&raw).expect("a mail").subject, "Grüße");
    raw = "From: a@b.example\r\nSubject: Grüße\r\n\r\nx".as_bytes().to_vec();
    assert_eq!(read(&raw).expect("a mail").subject, "Grüße");
}

#[test]
fn broken_mails_are_read_as_far_as_they_go() {
    let broken = mail("broken");
    assert!(broken.text.contains("Hilfe, mein Internet geht nicht"), "{:?}", broken.text);
    for nothing in
        [b"".as_slice(), b"{\"from\": 1}", b"\x89PNG\r\n\x1a\n", b"Hallo, ich bin kein Brief"]
    {
        assert!(read(nothing).is_err(), "{nothing:?}");
    }
}

#[test]
fn huge_heads_and_bodies_have_limits() {
    let references: String =
        (0..20_000).fold(String::new(), |all, n| format!("{all}<{n}@x.example>\n "));
    let to: String = (0..5_000).fold(String::new(), |all, n| format!("{all}p{n}@x.example,\n "));
    let head = format!(
        "Subject: {}\nTo: {to}last@x.example\nReferences: {references}<last@x.example>",
        "lang ".repeat(50_000)
    );
    let read = read(&made(&head, "wort ".repeat(2_000_000).as_bytes())).expect("a mail");
    assert!(read.subject.chars().count() <= 300 && read.people.len() <= 60);
    assert!(read.references.len() <= 40 && read.references[0] == "last@x.example");
    assert!(read.text.len() <= 1024 * 1024);
}

#[test]
fn html_of_every_kind_gives_words() {
    for (html, text) in [
        ("<p>a<p>b", "a\n\nb"),
        ("a<br>b<br/>c</br>d", "a\nb\nc\nd"),
        ("x &lt;b&gt; &amp;amp; &euro;", "x <b> &amp; €"),
        ("<b>fett</b>er <i>Text</i>", "fetter Text"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<ul><li>a<li>b</ul>c", "- a\n- b\n\nc"),
        ("<div hidden>x</div><span style='display: none !important'>y</span>z", "z"),
        ("<blockquote>eingerückt</blockquote>", "eingerückt"),
        ("<blockquote type=cite>zitiert<br>weiter</blockquote>neu", "> zitiert\n> weiter\nneu"),
        ("<title>t</title><style>s</style><script>if (a<b) {}</script>w", "w"),
        ("<!-- k -->a<![if !mso]>b<![endif]>c", "abc"),
        ("kein HTML > & <", "kein HTML > & <"),
    ] {
        assert_eq!(html_to_text(html), text, "{html}");
    }
    let deep = "<div>".repeat(100_000) + "x" + &"</div>".repeat(100_000) + &"</b>".repeat(50_000);
    assert_eq!(html_to_text(&deep), "x");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(raw in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&raw);
        let mut headed = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n".to_vec();
        headed.extend(&raw);
        let mail = read(&headed).expect("a mail");
        new_words(&mail.text);
    }

    #[test]
    fn changed_mails_are_read_without_panic(
        which in 0_usize..6, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
    ) {
        let names = ["outlook-de", "gmail-en", "apple-de", "bounce", "forward-attached-de", "preheader-de"];
        let mut raw = fixture(names[which]);
        for (place, byte) in changes {
            let place = place.index(raw.len());
            raw[place] = byte;
        }
        if let Ok(mail) = read(&raw) {
            clean(&mail.text);
        }
    }

    #[test]
    fn any_html_is_read_without_panic(html in "(<(div|p|blockquote|table|td|br|/div|/p|script|!--|a href=)( style=\"[a-z:0;-]{0,12}\")?>?|[a-zäß&;<> \n]{1,6}){0,60}") {
        html_to_text(&html);
    }
}
