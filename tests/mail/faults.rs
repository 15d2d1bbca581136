//! Mail servers that refuse, fall silent or vanish, and a service that is killed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::smtp::{Fault, Taken};
use crate::support::{Office, mail};

const QUESTION: &str = "Was kostet der Versand?";

#[test]
fn a_mail_server_in_trouble_gets_the_same_mail_again() {
    let office = Office::open();
    for (number, fault) in [
        Fault::Recipient("451 4.3.0 Try again later"),
        Fault::Contents("452 4.3.1 Disk full"),
        Fault::Silence,
        // A wrong password is the operator's mistake and loses no mail.
        Fault::Recipient("530 5.7.0 Authentication required"),
    ]
    .into_iter()
    .enumerate()
    {
        office.mails.fail(&[fault]);
        office.receive(&mail(&format!("f{number}@petersen.example"), "Versand", QUESTION));
        let taken = office.mails.wait_for(number + 1);
        let answered = taken[number].header("In-Reply-To").expect("a thread");
        assert_eq!(answered, format!("<f{number}@petersen.example>"));
    }
    // The server has it, but the word of it was lost: it comes again under the same name.
    office.mails.fail(&[Fault::Vanish]);
    office.receive(&mail("v@petersen.example", "Versand", QUESTION));
    let taken = office.mails.wait_for(6);
    assert_eq!(taken[4].id(), taken[5].id());
}

#[test]
fn what_can_never_be_sent_reaches_the_agent() {
    let office = Office::open();
    let complaint = "Das Paket NL-20481 kam völlig zerstört an. Ich schalte meinen Anwalt ein!";
    let receipt = office.receive(&mail("n@petersen.example", "Beschwerde", complaint));
    let ticket = receipt["ticket_id"].as_str().expect("a ticket").to_owned();
    office.mails.wait_for(1);
    office.mails.fail(&[Fault::Recipient("550 5.1.1 User unknown")]);
    office.reply(&ticket, "Ersatz ist unterwegs.");
    let notes = office.notes(&ticket);
    assert!(
        notes[0].contains("an jana@petersen.example konnte nicht")
            && notes[0].contains("User unknown"),
        "{notes:?}"
    );
}

#[test]
fn a_killed_service_loses_and_doubles_nothing() {
    let mut office = Office::open();
    let mut receipts = Vec::new();
    for number in 0..6 {
        // Nobody answers, so that the service is killed while it sends.
        office.mails.fail(&[Fault::Silence]);
        let raw = mail(&format!("d{number}@petersen.example"), "Versand", QUESTION);
        receipts.push((raw.clone(), office.receive(&raw)));
        office.kill_and_start();
    }
    // A mail taken just before the kill comes once more, under the name it had: mail servers
    // know it by that.
    let names = |taken: &[Taken]| -> BTreeSet<(String, String)> {
        taken
            .iter()
            .map(|mail| (mail.header("In-Reply-To").expect("a thread"), mail.id()))
            .collect()
    };
    let answered = |taken: &[Taken]| {
        names(taken).into_iter().map(|(question, _)| question).collect::<BTreeSet<_>>().len()
    };
    let taken = office.mails.wait_until(|taken| answered(taken) == 6);
    assert_eq!(names(&taken).len(), 6, "each answer has one name: {:?}", names(&taken));
    for (raw, receipt) in receipts {
        assert_eq!(office.receive(&raw), receipt);
        assert_eq!(office.turns(&receipt["conversation_id"], "customer").len(), 1);
    }
}

#[test]
fn people_learn_of_an_answer_of_the_bot_that_is_refused() {
    let office = Office::open();
    office.mails.fail(&[Fault::Recipient("550 5.1.1 User unknown")]);
    let receipt = office.receive(&mail("r@petersen.example", "Versand", QUESTION));
    let started = Instant::now();
    let mut notes = Vec::new();
    while notes.is_empty() && started.elapsed() < Duration::from_mins(2) {
        std::thread::sleep(Duration::from_millis(100));
        let id = receipt["conversation_id"].as_str().expect("a conversation");
        let conversation = office.get(&format!("/v1/conversations/{id}"));
        if conversation["state"] == "waiting" {
            notes = office.turns(&receipt["conversation_id"], "note");
        }
    }
    assert!(notes.len() == 1 && notes[0].contains("User unknown"), "{notes:?}");
}
