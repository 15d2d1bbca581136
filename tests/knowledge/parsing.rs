use std::path::Path;

use jiff::civil::date;
use lotse::domain::{ArticleStatus, Language, ValidFor};
use lotse::knowledge::{ParsedArticle, Problem, Severity, parse};
use proptest::prelude::*;

const GOOD: &str = r#"+++
id = "delivery-time"
title = "Delivery time"
intents = ["delivery_period", "track_order"]
status = "approved"
owner = "service"
review_by = 2027-03-31
valid_for = "everyone"
questions = [
  "How long does delivery take?",
  "When will it arrive?",
]

[channels]
phone = "Two to three working days."
+++

Delivery takes **2–3** working days.
"#;

fn read(text: &str) -> Result<ParsedArticle, Vec<Problem>> {
    parse(Path::new("en/delivery-time.md"), Language::En, text.as_bytes())
}

/// Lines and messages of all mistakes.
fn mistakes(text: &str) -> Vec<(usize, String)> {
    let problems = read(text).expect_err("the text has mistakes");
    assert!(problems.iter().all(|problem| problem.severity == Severity::Error));
    problems.into_iter().map(|problem| (problem.line, problem.message)).collect()
}

#[track_caller]
fn one_mistake(text: &str, line: usize, part: &str) {
    let mistakes = mistakes(text);
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    assert_eq!(mistakes[0].0, line, "{mistakes:?}");
    assert!(mistakes[0].1.contains(part), "{mistakes:?}");
}

#[test]
fn reads_every_part_with_its_line() {
    let parsed = read(GOOD).unwrap();
    let article = &parsed.article;
    assert_eq!(article.id, "delivery-time");
    assert_eq!(article.language, Language::En);
    assert_eq!(article.intents, ["delivery_period", "track_order"]);
    assert_eq!(article.status, ArticleStatus::Approved);
    assert_eq!(article.valid_for, ValidFor::Everyone);
    assert_eq!(article.review_by, Some(date(2027, 3, 31)));
    assert_eq!(article.questions.len(), 2);
    assert_eq!(article.channels.phone.as_deref(), Some("Two to three working days."));
    assert_eq!(article.channels.email, None);
    let with_email =
        GOOD.replace("[channels]\n", "[channels]\nemail = \"\"\"\nIn **2** days.\"\"\"\n");
    let article = read(&with_email).expect("no mistakes").article;
    assert_eq!(article.channels.email.as_deref(), Some("In **2** days."));
    assert_eq!(article.body, "Delivery takes **2–3** working days.");
    assert_eq!(parsed.lines.intents, [4, 4]);
    assert_eq!(parsed.lines.review_by, 7);
    assert_eq!(parsed.lines.questions, [10, 11]);
    assert_eq!(parsed.lines.phone, 15);
    assert_eq!(parsed.lines.body, 18);
}

#[test]
fn line_ends_and_byte_order_marks_of_other_editors_do_not_matter() {
    let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    assert_eq!(read(&windows).unwrap(), read(GOOD).unwrap());
    let long = GOOD.replace("working days.\n", "working days.\r\nAnd\r\nmore.\r\n");
    assert_eq!(
        read(&long).unwrap().article.body,
        "Delivery takes **2–3** working days.\nAnd\nmore."
    );
}

#[test]
fn optional_parts_may_be_missing() {
    let text = GOOD
        .replace("review_by = 2027-03-31\n", "")
        .replace("[channels]\nphone = \"Two to three working days.\"\n", "");
    let article = read(&text).unwrap().article;
    assert_eq!(article.review_by, None);
    assert_eq!(article.channels.phone, None);
}

#[test]
fn fences_are_asked_for() {
    one_mistake("Just text.\n", 1, "first line must be +++");
    one_mistake("", 1, "first line must be +++");
    one_mistake(&GOOD.replace("+++", "---"), 1, "not YAML");
    one_mistake("+++\nid = \"delivery-time\"\n", 1, "no end");
}

#[test]
fn bytes_that_are_not_utf8_are_named_with_their_line() {
    let mut bytes = GOOD.replace("Delivery time", "Lieferzeit X").into_bytes();
    let place = bytes.windows(1).position(|window| window == b"X").unwrap();
    bytes[place] = 0xE4;
    let problems = parse(Path::new("en/delivery-time.md"), Language::En, &bytes).unwrap_err();
    assert_eq!(problems[0].line, 3);
    assert!(problems[0].message.contains("UTF-8"), "{problems:?}");
}

#[test]
fn mistakes_in_toml_are_named_with_their_line() {
    one_mistake(&GOOD.replace("\"Delivery time\"", "Delivery time"), 3, "not valid TOML");
    one_mistake(&GOOD.replace("owner = ", "title = "), 6, "duplicate key");
}

#[test]
fn each_mistake_in_a_value_is_named_with_its_line() {
    one_mistake(
        &GOOD.replace("owner", "owners").replace("id = ", "owner = \"x\"\nid = "),
        7,
        "unknown key `owners`",
    );
    one_mistake(
        &GOOD.replace("\"delivery-time\"", "\"delivery\""),
        2,
        "rename the file to delivery.md",
    );
    one_mistake(&GOOD.replace("\"approved\"", "\"done\""), 5, "\"draft\" or \"approved\"");
    one_mistake(&GOOD.replace("\"everyone\"", "\"all\""), 8, "\"everyone\" or \"customer\"");
    one_mistake(&GOOD.replace("2027-03-31", "\"2027-03-31\""), 7, "without quotes");
    one_mistake(&GOOD.replace("2027-03-31", "2027-03-31T10:00:00"), 7, "without quotes");
    one_mistake(&GOOD.replace("\"When will it arrive?\"", "7"), 11, "must be a text");
    one_mistake(&GOOD.replace("\"When will it arrive?\"", "\"  \""), 11, "blank");
    one_mistake(&GOOD.replace("phone =", "fax ="), 15, "unknown key `fax` in [channels]");
    one_mistake(
        &GOOD.replace("[\"delivery_period\", \"track_order\"]", "\"x\""),
        4,
        "must be a list",
    );
    one_mistake(&GOOD.replace("owner = \"service\"\n", ""), 1, "`owner` is missing");
    one_mistake(&GOOD.replace("Delivery takes **2–3** working days.\n", ""), 17, "empty");
}

#[test]
fn one_look_names_all_mistakes() {
    let text = GOOD
        .replace("\"approved\"", "\"done\"")
        .replace("owner = \"service\"\n", "note = 1\n")
        .replace("Delivery takes **2–3** working days.\n", "");
    let lines: Vec<usize> = mistakes(&text).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    for line in [1, 5, 6, 17] {
        assert!(lines.contains(&line), "{lines:?}");
    }
}

#[test]
fn a_problem_reads_like_a_compiler_message() {
    let problem = &read("nothing").unwrap_err()[0];
    assert!(problem.to_string().starts_with("en/delivery-time.md:1: error: the first line"));
}

/// The result of parsing, checked for what must always hold.
fn check(bytes: &[u8]) {
    match parse(Path::new("en/delivery-time.md"), Language::En, bytes) {
        Ok(parsed) => {
            assert!(!parsed.article.body.trim().is_empty());
            assert_eq!(parsed.article.questions.len(), parsed.lines.questions.len());
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            let lines = bytes.split(|byte| *byte == b'\n' || *byte == b'\r').count() + 1;
            for problem in problems {
                assert!((1..=lines).contains(&problem.line), "{problem} of {lines}");
                assert!(!problem.message.contains('\n'), "{problem}");
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes);
    }

    #[test]
    fn no_front_matter_makes_it_panic(front in "[a-z_ =\\[\\]{}\"'#0-9.,:+ä\n\r-]{0,200}", body in "\\PC{0,40}") {
        check(format!("+++\n{front}\n+++\n{body}").as_bytes());
    }

    #[test]
    fn no_damage_to_a_good_article_makes_it_panic(
        at in 0..GOOD.len(), bytes in proptest::collection::vec(any::<u8>(), 0..4), cut in 0..20_usize,
    ) {
        let mut damaged = GOOD.as_bytes().to_vec();
        let end = (at + cut).min(damaged.len());
        damaged.splice(at..end, bytes);
        check(&damaged);
    }
}
