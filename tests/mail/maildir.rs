//! Mails that a mail server puts into a directory.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::{Office, mail, maildir};

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    names
}

fn until_empty(folder: &Path) {
    let started = Instant::now();
    while !names(folder).is_empty() {
        assert!(started.elapsed() < Duration::from_mins(2), "{:?} stay", names(folder));
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn what_is_delivered_is_taken_in_once() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let path = maildir(home.path());
    let settings = [("MAILDIR", path.display().to_string()), ("LIMIT_BYTES", "20000".to_owned())];
    let question = mail("m1@petersen.example", "Versand", "Was kostet der Versand?");
    std::fs::write(path.join("new/1.a.host"), &question).expect("a file");
    std::fs::write(path.join("new/2.b.host"), b"\x00\x01 kein Brief").expect("a file");
    std::fs::write(path.join("new/3.c.host"), mail("m2@x.example", "x", &"lang ".repeat(8000)))
        .expect("a file");
    std::fs::write(path.join("new/.hidden"), b"").expect("a file");
    let mut office = Office::with(&settings);
    let started = Instant::now();
    while names(&path.join("new")).len() > 1 {
        assert!(started.elapsed() < Duration::from_mins(2), "{:?} stay", names(&path.join("new")));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(names(&path.join("cur")), ["1.a.host:2,S"]);
    assert_eq!(names(&path.join(".Lotse-failed/new")), ["2.b.host", "3.c.host"]);
    assert_eq!(std::fs::read(path.join("cur/1.a.host:2,S")).expect("the mail"), question);
    assert_eq!(office.mails.wait_for(1)[0].recipient, "jana@petersen.example");

    // A crash between taking in and putting aside leaves it where it was: it is the same mail.
    std::fs::remove_file(path.join("new/.hidden")).expect("a file");
    office.server.kill();
    std::fs::rename(path.join("cur/1.a.host:2,S"), path.join("new/1.a.host")).expect("a file");
    office.start_again();
    until_empty(&path.join("new"));
    assert_eq!(names(&path.join("cur")), ["1.a.host:2,S"]);
    let (_, receipt) = office.post(&question);
    assert_eq!(office.turns(&receipt["conversation_id"], "customer").len(), 1);
    assert_eq!(office.mails.taken().len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_mail_that_cannot_be_read_holds_up_no_other() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let path = home.path().join("Maildir");
    std::fs::create_dir_all(path.join("new")).expect("a folder");
    // A file whose first byte cannot be read.
    std::os::unix::fs::symlink("/proc/self/mem", path.join("new/0.bad")).expect("a link");
    let question = mail("h1@petersen.example", "Versand", "Was kostet der Versand?");
    std::fs::write(path.join("new/1.a.host"), &question).expect("a file");
    let office = Office::with(&[("MAILDIR", path.display().to_string())]);
    office.mails.wait_for(1);
    for number in 2..=7 {
        let started = Instant::now();
        let file = path.join(format!("new/{number}.a.host"));
        std::fs::write(&file, mail(&format!("h{number}@petersen.example"), "x", "Hallo?"))
            .expect("a file");
        while file.exists() {
            assert!(started.elapsed() < Duration::from_mins(2), "{} stays", file.display());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    until_empty(&path.join("new"));
    assert_eq!(names(&path.join(".Lotse-failed/new")), ["0.bad"]);
}
