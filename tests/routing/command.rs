//! `lotse routing check`.

use crate::support::{MONDAY, at};

/// Runs `lotse routing check` with these arguments at a fixed time.
fn check(arguments: &[&str]) -> Result<String, String> {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        check: lotse::cli::routing::CheckArguments,
    }
    let arguments = std::iter::once("check").chain(arguments.iter().copied());
    let line = <Line as clap::Parser>::try_parse_from(arguments).map_err(|e| e.to_string())?;
    let mut output = Vec::new();
    lotse::cli::routing::check(&line.check, at(MONDAY), &mut output).map_err(|e| e.to_string())?;
    String::from_utf8(output).map_err(|e| e.to_string())
}

#[test]
fn the_command_explains_a_message() {
    let words = ["Ich", "rede", "mit", "meinem", "Anwalt"];
    let options = ["--model", "nowhere", "--intent", "get_invoice", "--channel", "email"];
    let output = check(&[&options[..], &words[..]].concat()).expect("succeeds");
    assert!(output.starts_with("note: no model pack at nowhere"), "{output}");
    let expected = "rule “legal threat”: queue complaints, priority high (“legal threat”), \
                    due 2026-11-23T14:00:00Z\n";
    assert!(output.ends_with(expected), "{output}");
    let danger = check(&["hier", "brennt", "es:", "es brennt"]).expect("succeeds");
    assert!(danger.contains("danger to life: “es brennt”"), "{danger}");
    assert!(danger.contains("priority urgent"), "{danger}");
}

#[test]
fn the_model_reads_the_message_where_no_option_does() {
    let output = check(&["Wo", "bleibt", "meine", "Rechnung", "für", "Oktober?"]).expect("reads");
    assert!(output.contains("read as intent get_invoice ("), "{output}");
    assert!(output.contains("rule “billing” (line"), "{output}");
    assert!(output.contains("queue billing is open"), "{output}");
    let other = check(&["--tier", "3", "--sentiment", "negative", "Wie", "wird", "das", "Wetter?"]);
    let other = other.expect("reads");
    assert!(other.contains("read as out of scope, tier 3, negative, de"), "{other}");
    let none = check(&["--intent", "out_of_scope"]).expect("succeeds");
    assert!(none.contains("read as out of scope, tier 2, neutral, de"), "{none}");
}

#[test]
fn attributes_waits_and_times_are_explained() {
    let options = ["--model", "nowhere", "--intent", "get_invoice", "--channel", "phone"];
    let explain = |more: &[&str]| check(&[&options[..], more].concat()).expect("succeeds");
    let important = explain(&["--attribute", "vip=true"]);
    assert!(important.contains("priority high (“important customer”)"), "{important}");
    let full = explain(&["--waiting", "billing=25"]);
    assert!(full.contains("overflow: 25 tickets wait in billing, at most 20 may: to first_line"));
    assert!(full.contains("rule “billing”: queue first_line"), "{full}");
    let slow = explain(&["--waiting", "billing=1,12min"]);
    assert!(slow.contains("has waited for 12m in billing, at most 10m is right"), "{slow}");
    let night = explain(&["--at", "2026-10-30T20:00:00Z"]);
    // Saturday is Reformation Day.
    assert!(night.contains("Friday 2026-10-30 21:00 in Europe/Berlin"), "{night}");
    assert!(night.contains("queue billing is closed until Monday 2026-11-02 08:00"), "{night}");
    assert!(night.contains("first answer within 1m 30s while the queue is open"), "{night}");
    let social = check(&[
        "--model",
        "nowhere",
        "--intent",
        "get_invoice",
        "--channel",
        "social",
        "--attribute",
        "network=facebook",
    ]);
    assert!(social.expect("succeeds").contains("first answer within 15m around the clock"));
}

#[test]
fn the_command_refuses_what_it_does_not_know() {
    assert!(check(&["--attribute", "vip"]).expect_err("no value").contains("write NAME=VALUE"));
    assert!(check(&["--waiting", "billing"]).expect_err("no number").contains("QUEUE=TICKETS"));
    let unknown = check(&["--model", "nowhere", "--intent", "x", "--waiting", "nowhere=3"]);
    assert!(unknown.expect_err("no such queue").contains("there is no queue called nowhere"));
    assert!(check(&["--channel", "fax"]).expect_err("no fax").contains("write chat, email"));
    assert!(check(&["--tier", "4"]).is_err());
    assert!(check(&["--dir", "nowhere"]).expect_err("no directory").contains("cannot read"));
}
