use std::collections::BTreeSet;
use std::path::Path;

use jiff::{ToSpan, Zoned};
use lotse::knowledge::{KnowledgeError, Severity, check};

use crate::support::{draft, write};

/// Problems as `path:line severity message`, the path from the folder.
fn problems(folder: &Path) -> Vec<String> {
    told(folder, None)
}

fn told(folder: &Path, known: Option<&BTreeSet<String>>) -> Vec<String> {
    let (_, problems) = check(folder, known).unwrap();
    problems
        .iter()
        .map(|problem| {
            let file = problem.file.strip_prefix(folder).unwrap();
            format!("{}:{} {} {}", file.display(), problem.line, problem.severity, problem.message)
        })
        .collect()
}

#[track_caller]
fn only(folder: &Path, start: &str, part: &str) {
    let problems = problems(folder);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].starts_with(start) && problems[0].contains(part), "{problems:#?}");
}

#[test]
fn a_good_article_has_no_problems() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "de");
    draft("a").write(folder.path(), "en");
    assert_eq!(problems(folder.path()), [""; 0]);
}

#[test]
fn reviews_are_called_for_in_time() {
    let today = Zoned::now().date();
    let mut article = draft("a");
    for (days, part) in
        [(-1, Some("is past")), (0, Some("is near")), (30, Some("is near")), (31, None)]
    {
        let folder = tempfile::tempdir().unwrap();
        article.review_by = today.saturating_add(i64::from(days).days()).to_string();
        article.write(folder.path(), "en");
        match part {
            Some(part) => only(folder.path(), "en/a.md:7 warning", part),
            None => assert_eq!(problems(folder.path()), [""; 0]),
        }
    }
}

#[test]
fn long_texts_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut article = draft("a");
    article.body = "word ".repeat(120);
    article.phone = Some("word ".repeat(45));
    article.write(folder.path(), "en");
    assert_eq!(problems(folder.path()), [""; 0]);
    article.body.push_str("- more");
    article.write(folder.path(), "en");
    only(folder.path(), "en/a.md:14 warning", "121 words");
    article.body = "short".to_owned();
    article.phone = Some("word ".repeat(46));
    article.write(folder.path(), "en");
    only(folder.path(), "en/a.md:11 warning", "46 words");
}

#[test]
fn telephone_texts_must_be_speakable() {
    let folder = tempfile::tempdir().unwrap();
    let mut article = draft("a");
    for (phone, part) in [
        ("See nordlicht.example for more.", "address"),
        ("Go to https://x.org now.", "address"),
        ("Write to us@nordlicht.example please.", "address"),
        ("Call us (it is free).", "brackets"),
    ] {
        article.phone = Some(phone.to_owned());
        article.write(folder.path(), "en");
        only(folder.path(), "en/a.md:11 warning", part);
    }
    article.phone = Some("z. B. Das kostet 4.90 Euro. Bis 20 Uhr.".to_owned());
    article.write(folder.path(), "en");
    assert_eq!(problems(folder.path()), [""; 0]);
    article.phone = None;
    article.write(folder.path(), "en");
    only(folder.path(), "en/a.md:1 warning", "no telephone text");
}

#[test]
fn texts_for_mails_are_no_whole_letters() {
    let folder = tempfile::tempdir().unwrap();
    for (email, problem) in [
        ("Within **30 days**, and headphones only unopened.", None),
        ("Hello,\\n\\nwithin 30 days.", Some("salutation or closing")),
        ("Within 30 days.\\n\\nKind regards", Some("salutation or closing")),
    ] {
        let channels = format!("[channels]\nemail = \"{email}\"\n");
        let text = draft("a").text().replace("[channels]\n", &channels);
        write(folder.path(), "en/a.md", &text);
        match problem {
            Some(part) => only(folder.path(), "en/a.md:11 warning", part),
            None => assert_eq!(problems(folder.path()), [""; 0]),
        }
    }
}

#[test]
fn missing_translations_are_named_once_a_language_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    assert_eq!(problems(folder.path()), [""; 0]);
    draft("b").write(folder.path(), "en");
    draft("b").write(folder.path(), "de");
    only(folder.path(), "en/a.md:1 warning", "add de/a.md");
    // A translation with a mistake is not a missing one.
    write(folder.path(), "de/a.md", "oops");
    only(folder.path(), "de/a.md:1 error", "+++");
}

#[test]
fn questions_of_two_articles_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let (mut a, mut b) = (draft("a"), draft("b"));
    a.questions = vec!["How do I return an item?".into(), "How do I return it?".into()];
    b.questions = vec!["Where is it?".into(), "how do i RETURN an item".into()];
    a.write(folder.path(), "en");
    b.write(folder.path(), "en");
    only(
        folder.path(),
        "en/b.md:9 warning",
        "nearly the same as \"How do I return an item?\" of a",
    );
    b.questions = vec!["How do I exchange an item?".into()];
    b.write(folder.path(), "en");
    assert_eq!(problems(folder.path()), [""; 0]);
}

#[test]
fn intents_are_checked_where_they_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut article = draft("a");
    article.intents = vec!["delivery_period".into(), "delivery_perod".into()];
    article.write(folder.path(), "en");
    let known = BTreeSet::from(["delivery_period".to_owned()]);
    let problems = told(folder.path(), Some(&known));
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].starts_with("en/a.md:4 error unknown intent \"delivery_perod\""));
}

#[test]
fn articles_that_nothing_leads_to_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut article = draft("a");
    article.intents.clear();
    article.questions.clear();
    article.write(folder.path(), "en");
    let problems = problems(folder.path());
    assert_eq!(problems.len(), 2, "{problems:#?}");
}

#[test]
fn an_id_belongs_to_one_file_a_language() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "en/first/a.md", &draft("a").text());
    write(folder.path(), "en/second/a.md", &draft("a").text());
    only(folder.path(), "en/second/a.md:1 error", "is taken by");
    assert_eq!(check(folder.path(), None).unwrap().0.len(), 1);
}

#[test]
fn strays_are_named_and_other_files_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    write(folder.path(), "en/.a.md.swp", "x");
    write(folder.path(), "en/picture.png", "x");
    write(folder.path(), ".git/config", "x");
    assert_eq!(problems(folder.path()), [""; 0]);
    write(folder.path(), "fr/a.md", &draft("a").text());
    write(folder.path(), "b.md", &draft("b").text());
    let problems = problems(folder.path());
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(problems[0].contains("folder of its language"), "{problems:#?}");
    assert!(problems[1].contains("no language has this name"), "{problems:#?}");
}

#[test]
fn a_missing_folder_is_an_error_that_says_what_to_give() {
    let error = check(Path::new("no/such/folder"), None).unwrap_err();
    assert!(matches!(error, KnowledgeError::Folder { .. }));
    assert!(error.to_string().contains("de/ and en/"), "{error}");
}

#[test]
fn the_demo_is_in_order() {
    let (articles, problems) = check(Path::new("demo/knowledge"), None).unwrap();
    assert!(articles.len() > 100);
    let errors: Vec<_> =
        problems.iter().filter(|problem| problem.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
