use std::collections::BTreeSet;

use clap::{CommandFactory, Parser};
use lotse::classifier::Reading;
use lotse::cli::knowledge::{KnowledgeCommand, explain, lint, run, search};
use lotse::domain::Language;
use lotse::knowledge::Knowledge;

use crate::support::{WordVectors, classification, draft, message, vector, write};

#[derive(Parser)]
struct Program {
    #[command(subcommand)]
    command: KnowledgeCommand,
}

/// What a command prints, and whether all is well.
fn output(command: impl FnOnce(&mut dyn std::io::Write) -> anyhow::Result<bool>) -> (String, bool) {
    let mut out = Vec::new();
    let ok = command(&mut out).unwrap();
    (String::from_utf8(out).unwrap(), ok)
}

#[test]
fn the_arguments_are_in_order() {
    Program::command().debug_assert();
}

#[test]
fn lint_prints_problems_and_coverage() {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = folder.path().join("knowledge");
    draft("a").write(&knowledge, "en");
    let mut unfinished = draft("b");
    unfinished.status = "draft".into();
    unfinished.write(&knowledge, "en");
    let known = BTreeSet::from(["delivery_period".to_owned(), "track_order".to_owned()]);
    let (text, ok) = output(|out| lint(&knowledge, Some(&known), out));
    assert!(ok, "{text}");
    assert!(text.contains("intent           de  en\n"), "{text}");
    assert!(text.contains("delivery_period  -   1 (+1 drafts)\n"), "{text}");
    assert!(text.contains("track_order      -   -\n"), "{text}");
    assert!(text.ends_with("2 articles, 0 errors, 0 warnings\n"), "{text}");

    let broken = write(&knowledge, "en/c.md", "oops");
    let program =
        Program::try_parse_from(["x", "lint", "--dir", folder.path().to_str().unwrap()]).unwrap();
    let (text, ok) = output(|out| run(program.command, out));
    assert!(!ok, "{text}");
    assert!(text.starts_with(&format!("{}:1: error: ", broken.display())), "{text}");
    assert!(text.contains("1 errors"), "{text}");
}

#[test]
fn search_and_explain_print_tables() {
    let folder = tempfile::tempdir().unwrap();
    draft("apples").write(folder.path(), "en");
    let mut pears = draft("pears");
    pears.review_by = "2020-01-01".into();
    pears.write(folder.path(), "en");
    let mut plums = draft("plums");
    plums.status = "draft".into();
    plums.write(folder.path(), "en");
    let (knowledge, _) = Knowledge::load(folder.path(), &WordVectors::default()).unwrap();
    let text = message("what about apples", Language::En);
    let reading = Reading {
        classification: classification(&[("delivery_period", 0.8), ("track_order", 0.1)]),
        embedding: vector(&text.cleaned),
    };

    let (table, ok) = output(|out| search(&knowledge, &text, &reading, 5, out));
    assert!(ok);
    assert!(table.contains("intents   delivery_period 0.80, track_order 0.10\n"), "{table}");
    let rows: Vec<&str> = table.lines().skip(4).collect();
    assert!(rows[0].contains("bm25") && rows[1].starts_with("1  "), "{table}");
    assert!(rows[1].contains("apples") && rows[2].contains("review overdue"), "{table}");
    assert_eq!(rows.len(), 3, "{table}");

    let (text_out, ok) = output(|out| explain(&knowledge, &text, &reading, "apples", out));
    assert!(ok);
    for part in [
        "rank      1 of 2",
        "cosine: 1.000 with the nearest phrasing \"What about apples?\"",
        "intent: 0.800 = delivery_period 0.800",
    ] {
        assert!(text_out.contains(part), "{part}: {text_out}");
    }

    let (text_out, ok) = output(|out| explain(&knowledge, &text, &reading, "plums", out));
    assert!(!ok && text_out.contains("is a draft"), "{text_out}");
    let (text_out, ok) = output(|out| explain(&knowledge, &text, &reading, "figs", out));
    assert!(!ok && text_out.contains("no article figs in en"), "{text_out}");

    let german = message("was ist mit birnen", Language::De);
    let (text_out, ok) = output(|out| search(&knowledge, &german, &reading, 5, out));
    assert!(!ok && text_out.contains("--language"), "{text_out}");
}

#[test]
fn a_missing_model_pack_says_what_to_do() {
    let program =
        Program::try_parse_from(["x", "search", "hello", "--model", "no/such/pack"]).unwrap();
    let error = run(program.command, &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("--model"), "{error}");
    let program = Program::try_parse_from(["x", "search", " "]).unwrap();
    let error = run(program.command, &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("blank"), "{error}");
    assert!(Program::try_parse_from(["x", "search", "hi", "--language", "fr"]).is_err());
}
