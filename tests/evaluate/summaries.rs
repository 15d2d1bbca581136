//! The judge of summaries: its measures on cases that can be counted by hand, and the command.

use std::collections::BTreeMap;

use lotse::domain::{Author, Language};
use lotse::evaluate::{
    Dialogue, DialogueTurn, KeyFact, SummaryReport, customer_lead, first_words, holds, lead,
    longest_turn, rouge_1, rouge_l, text_rank, tokens, word_count,
};
use proptest::prelude::*;
use serde_json::Value;

use super::common::{lotse, stderr, stdout};

fn turn(from: Author, text: &str) -> DialogueTurn {
    DialogueTurn { from, text: text.to_owned() }
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

#[test]
fn rouge_counts_what_can_be_counted_by_hand() {
    let reference = tokens("the cat sat on the mat");
    // 5 of 6 words each: "the cat on the mat" in this order, "lay" is other.
    let candidate = tokens("The cat lay on the mat.");
    assert!(near(rouge_1(&candidate, &reference), 5.0 / 6.0));
    assert!(near(rouge_l(&candidate, &reference), 5.0 / 6.0));
    // All words, but only "on the mat" (or "the cat sat") in order: 2 * 3 / (6 + 6).
    let turned = tokens("on the mat the cat sat");
    assert!(near(rouge_1(&turned, &reference), 1.0));
    assert!(near(rouge_l(&turned, &reference), 0.5));
    // "the" counts twice at most: 2 * 2 / (4 + 6).
    assert!(near(rouge_1(&tokens("the the the the"), &reference), 0.4));
    assert!(near(rouge_1(&[], &reference), 0.0) && near(rouge_l(&reference, &[]), 0.0));
}

#[test]
fn a_form_is_held_whatever_its_case_and_signs() {
    let text = tokens("Ich zahle 9,90 € bis zum 3. März, sonst STORNIERE ich NL-20481!");
    for form in ["9,90", "9.90", "3. März", "stornier*", "nl-20481", "NL 20481"] {
        assert!(holds(&text, form), "{form}");
    }
    for form in ["90 9", "stornier", "NL-2048", "13. März", "", "*"] {
        assert!(!holds(&text, form), "{form}");
    }
}

#[test]
fn baselines_take_what_their_names_say() {
    let turns = [
        turn(Author::Customer, "Hello there"),
        turn(Author::Bot, "How can I help you today?"),
        turn(Author::Customer, "My parcel NL-20481 is lost - since Monday. Please find my parcel."),
    ];
    assert_eq!(lead(&turns, 4), "Hello there How can");
    assert_eq!(customer_lead(&turns, 4), "Hello there My parcel");
    // "-" is no word.
    assert_eq!(longest_turn(&turns, 6), "My parcel NL-20481 is lost - since");
    // The two sentences about the parcel support each other; the rest shares no word.
    let ranked = text_rank(&turns, 11);
    assert_eq!(ranked, "My parcel NL-20481 is lost - since Monday. Please find my parcel.");
    for baseline in [lead, customer_lead, longest_turn, text_rank] {
        assert_eq!(baseline(&turns, 0), "");
    }
}

#[test]
fn the_report_counts_facts_and_turns() {
    let fact = |form: &str| KeyFact { fact: form.to_owned(), forms: vec![form.to_owned()] };
    let dialogue = |id: &str, language| Dialogue {
        id: id.to_owned(),
        language,
        turns: vec![
            turn(Author::Customer, "one two three four"),
            turn(Author::Agent, "five six seven eight"),
        ],
        reference: "one two five six".to_owned(),
        facts: vec![fact("two"), fact("six"), fact("eight"), fact("nine")],
    };
    let dialogues = [dialogue("a", Language::De), dialogue("b", Language::En)];
    let summaries = ["two three four five six".to_owned(), "eight".to_owned()];
    let report = SummaryReport::build(&dialogues, &summaries);
    let [all, de, en] = &report.slices[..] else { panic!("all, de, en") };
    assert_eq!((all.name.as_str(), all.dialogues, all.facts), ("all", 2, 8));
    assert!(near(all.figures[0].coverage, 3.0 / 8.0));
    assert!(near(de.figures[0].coverage, 0.5) && near(en.figures[0].coverage, 0.25));
    assert!(near(de.figures[0].words, 5.0) && near(de.figures[0].facts_per_ten_words, 4.0));
    assert!(near(de.figures[0].turns, 0.5));
    // "one two three four five" holds one fact of "a", "one" none of "b".
    let lead = &all.figures[1];
    assert!(near(lead.coverage, 1.0 / 8.0));
    let behind = lead.behind.expect("a baseline has an interval");
    assert!(near(behind.value, 0.25) && near(behind.low, 0.25) && near(behind.high, 0.25));
    assert!(near(all.figures.last().expect("the reference").coverage, 0.5));
    assert_eq!(report.missed[0].facts, ["eight", "nine"]);
}

proptest! {
    #[test]
    fn baselines_keep_to_their_words(
        texts in prop::collection::vec("[a-z .!?\n-]{0,60}", 0..6),
        words in 0_usize..30,
    ) {
        let turns: Vec<DialogueTurn> =
            texts.iter().map(|text| turn(Author::Customer, text)).collect();
        let all: usize = texts.iter().map(|text| word_count(text)).sum();
        for baseline in [lead, customer_lead, longest_turn, text_rank] {
            prop_assert_eq!(word_count(&baseline(&turns, words)), words.min(all));
        }
    }

    #[test]
    fn rouge_is_symmetric_and_one_only_for_the_same(
        left in "[a-c ]{0,20}",
        right in "[a-c ]{0,20}",
    ) {
        let (left, right) = (tokens(&left), tokens(&right));
        let (one, long) = (rouge_1(&left, &right), rouge_l(&left, &right));
        prop_assert!(near(one, rouge_1(&right, &left)) && near(long, rouge_l(&right, &left)));
        prop_assert!((0.0..=1.0).contains(&one) && long <= one + 1e-9);
        prop_assert_eq!(near(long, 1.0), left == right && !left.is_empty());
    }
}

#[test]
fn first_words_keep_signs_and_count_words() {
    assert_eq!(first_words("a – b\n c", 2), "a – b");
    assert_eq!(word_count("… 9,90 € – ja!"), 2);
}

#[test]
fn the_command_prints_figures_and_missed_facts() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("two.jsonl");
    std::fs::write(&file, TWO).expect("the file is written");
    let output = lotse().args(["evaluate", "--summaries"]).arg(&file).output().expect("it runs");
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn bad_dialogues_are_told_with_their_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bad.jsonl");
    for (content, told) in [
        ("", "holds no dialogue"),
        ("\n{\"id\": 1}", "line 2"),
        (&TWO.replace("\"customer\"", "\"bot\""), "no turn is from the customer"),
    ] {
        std::fs::write(&file, content).expect("the file is written");
        let output =
            lotse().args(["evaluate", "--summaries"]).arg(&file).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
}

#[test]
fn summaries_hold_far_more_facts_than_as_many_words_taken_otherwise() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("report.json");
    let output = lotse()
        .args(["evaluate", "--summaries", "eval/summaries/dev.jsonl", "--json"])
        .arg(&json)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", stderr(&output));
    let report: Value =
        serde_json::from_slice(&std::fs::read(&json).expect("a report")).expect("JSON");
    for slice in report["slices"].as_array().expect("slices") {
        let figures = slice["figures"].as_array().expect("figures");
        let coverage: BTreeMap<&str, f64> = figures
            .iter()
            .map(|one| (one["name"].as_str().unwrap(), one["coverage"].as_f64().unwrap()))
            .collect();
        let ours = coverage["Lotse"];
        for baseline in ["first words", "customer's first words", "longest turns", "TextRank"] {
            assert!(ours >= 1.25 * coverage[baseline], "{}: {coverage:?}", slice["name"]);
        }
    }
}

const TWO: &str = r#"{"id":"parcel","language":"de","turns":[{"from":"customer","text":"Hallo, wo bleibt meine Bestellung NL-20481? Ich warte seit dem 3. März."},{"from":"bot","text":"Den Stand sehen Sie unter „Meine Bestellungen“."},{"from":"customer","text":"Da steht nichts. Wenn sie bis Freitag nicht da ist, storniere ich."},{"from":"agent","text":"Ich rufe Sie morgen bis 12 Uhr zurück."}],"reference":"Der Kunde wartet seit dem 3. März auf NL-20481 und storniert nach Freitag. Rückruf morgen bis 12 Uhr zugesagt.","facts":[{"fact":"Bestellung","forms":["NL-20481"]},{"fact":"seit 3. März","forms":["3. märz"]},{"fact":"Frist","forms":["bis freitag"]},{"fact":"Rückruf","forms":["morgen bis 12 uhr"]},{"fact":"Name","forms":["Müller"]}]}
{"id":"router","language":"en","turns":[{"from":"customer","text":"my router keeps dropping, i restarted it twice and nothing changed. K-883201"}],"reference":"The customer's (K-883201) router drops; restarting twice did not help.","facts":[{"fact":"router","forms":["router"]},{"fact":"customer","forms":["K-883201"]},{"fact":"restarted twice","forms":["restarted it twice"]}]}
"#;
