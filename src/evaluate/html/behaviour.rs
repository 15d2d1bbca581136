//! Does the reading stay where it must, and move where it must?

use super::super::behaviour::{BehaviourExample, BehaviourTest, Expectation};
use super::super::metrics::Estimate;
use super::super::report::Report;
use super::compare::percent;
use super::{each, escape};

/// The section's content; empty where no test was run.
pub(super) fn section(report: &Report) -> String {
    let Some(behaviour) = &report.behaviour else { return String::new() };
    let invariance = |test: &&BehaviourTest| {
        matches!(test.expectation, Expectation::AllSame | Expectation::IntentSame)
    };
    let (same, moved): (Vec<&BehaviourTest>, Vec<&BehaviourTest>) =
        behaviour.tests.iter().filter(|test| test.cases > 0).partition(invariance);
    let group = |title: &str, tests: &[&BehaviourTest]| {
        if tests.is_empty() {
            return String::new();
        }
        let rows = each(tests, |test| row(test));
        format!("<tr class=\"group\"><th colspan=\"6\">{title}</th></tr>\n{rows}")
    };
    format!(
        "<p class=\"lead\">Messages are changed, and the reading of the changed message is compared \
         with that of the message itself; labels play no part. At most {} messages a change, drawn \
         with seed {}.</p>\n<div class=\"scroll\"><table class=\"behaviour\"><thead><tr>\
         <th>Change</th><th>Failed</th><th>95 % interval</th><th>German</th><th>English</th>\
         <th>Messages</th></tr></thead><tbody>\n{}{}</tbody></table></div>\n{}",
        behaviour.rows,
        behaviour.seed,
        group("What must not matter", &same),
        group("What must not lower the alarm", &moved),
        each(behaviour.tests.iter().filter(|test| test.failures > 0), examples),
    )
}

fn row(test: &BehaviourTest) -> String {
    let language = |code: &str| {
        test.by_language.get(code).map_or("–".to_owned(), |failed| percent(failed.value))
    };
    let ends = test.failed.map_or(String::new(), |Estimate { low, high, .. }| {
        format!("{:.1} – {:.1}", low * 100.0, high * 100.0)
    });
    let share = test.failed.map_or(0.0, |failed| failed.value);
    format!(
        "<tr title=\"behaviour_{}_failed\"><td>{}<small>{}</small></td><td class=\"number\">\
         <span class=\"bar failed\" style=\"--part:{:.1}%\">{}</span></td>\
         <td class=\"number quiet\">{ends}</td><td class=\"number\">{}</td>\
         <td class=\"number\">{}</td><td class=\"number quiet\">{}</td></tr>\n",
        test.name,
        escape(test.title),
        test.expected,
        share * 100.0,
        percent(share),
        language("de"),
        language("en"),
        test.cases,
    )
}

fn examples(test: &BehaviourTest) -> String {
    let heads: Vec<String> =
        test.by_head.iter().map(|(head, count)| format!("{head} {count}")).collect();
    let rows = each(&test.examples, example);
    let more = match test.failures - test.examples.len() {
        0 => String::new(),
        more => format!("<p class=\"note\">and {more} more</p>"),
    };
    format!(
        "<details><summary>{} <span>{} of {} · {}</span></summary><div class=\"scroll\">\
         <table class=\"mistakes\"><tbody>\n{rows}</tbody></table></div>{more}</details>\n",
        escape(test.title),
        test.failures,
        test.cases,
        heads.join(", "),
    )
}

fn example(example: &BehaviourExample) -> String {
    let id = example.id.clone().unwrap_or_else(|| format!("row {}", example.row));
    let changed =
        each(&example.changed, |changed| format!("<b class=\"missed\">{}</b>", escape(changed)));
    format!(
        "<tr><td class=\"labels\">{changed}<small>{} · {}</small></td>\
         <td class=\"message\" dir=\"auto\" lang=\"{}\"><span class=\"quiet\">{}</span>\n{}</td>\
         </tr>\n",
        escape(&id),
        example.language,
        example.language,
        escape(example.before.trim()),
        escape(example.after.trim()),
    )
}
