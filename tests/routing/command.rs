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
fn the_command_refuses_what_it_does_not_know() {
    assert!(check(&["--channel", "fax"]).expect_err("no fax").contains("write chat, email"));
    assert!(check(&["--tier", "4"]).is_err());
    assert!(check(&["--dir", "nowhere"]).expect_err("no directory").contains("cannot read"));
}
