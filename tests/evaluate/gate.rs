use std::collections::BTreeMap;

use lotse::evaluate::{Comparison, FailIf, Operator};
use proptest::prelude::*;

fn figures() -> BTreeMap<String, f64> {
    [
        ("intent_accuracy", 0.874),
        ("intent_accuracy.de", 0.91),
        ("tier3_answered", 2.0),
        ("ece_intent", 0.03),
        ("tier_accuracy.words_5_19", 0.5),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn reasons(expression: &str) -> Vec<String> {
    FailIf::parse(expression).unwrap().check(&figures()).unwrap()
}

fn holds(expression: &str) -> bool {
    !reasons(expression).is_empty()
}

#[test]
fn comparisons_hold_as_they_read() {
    assert!(holds("intent_accuracy < 0.9"));
    assert!(holds("intent_accuracy < 90 %"));
    assert!(holds("intent_accuracy.de<.92"));
    assert!(!holds("intent_accuracy.de < 0.9"));
    assert!(holds("tier3_answered >= 2") && !holds("tier3_answered > 2"));
    assert!(holds("tier3_answered == 2") && !holds("tier3_answered != 2"));
    assert!(holds("ece_intent <= 3e-2"));
    assert!(holds("tier_accuracy.words_5_19 == 0.5"));
}

#[test]
fn and_binds_more_closely_than_or() {
    assert!(holds("ece_intent < 1 or ece_intent < 1 and ece_intent > 1"));
    assert!(!holds("(ece_intent < 1 or ece_intent < 1) and ece_intent > 1"));
    assert!(holds("((ece_intent < 1)) AND tier3_answered > 0"));
}

#[test]
fn the_reasons_carry_the_actual_figures() {
    assert_eq!(
        reasons("intent_accuracy < 0.9 and tier3_answered > 0 or ece_intent > 1"),
        ["intent_accuracy is 0.874 (< 0.9)", "tier3_answered is 2 (> 0)"]
    );
}

#[test]
fn mistakes_are_explained() {
    let error = |expression: &str| match FailIf::parse(expression) {
        Ok(parsed) => parsed.check(&figures()).unwrap_err().to_string(),
        Err(error) => error.to_string(),
    };
    insta::assert_snapshot!(
        [
            "",
            "intent_accuracy",
            "intent_accuracy < high",
            "intent_accuracy < 0.9 or",
            "intent_accuracy < 0.9 tier3_answered > 0",
            "(intent_accuracy < 0.9",
            "Größe > 1 und mehr",
            "intent_acuracy < 0.9",
            // The first part already holds; the second must be looked at all the same.
            "intent_accuracy < 0.9 or nonsense > 1",
        ]
        .map(error)
        .join("\n")
    );
}

#[test]
fn a_target_is_a_single_comparison() {
    let target = Comparison::parse("intent_accuracy.de >= 90%").unwrap();
    assert_eq!(target.figure, "intent_accuracy.de");
    assert_eq!(target.operator, Operator::AtLeast);
    assert!((target.value - 0.9).abs() < 1e-12);
    assert!(Comparison::parse("a < 1 and b < 2").is_err());
}

proptest! {
    #[test]
    fn nothing_that_is_typed_panics(expression in "[a-z_.<>=!()0-9% äor]{0,40}") {
        if let Ok(parsed) = FailIf::parse(&expression) {
            let _ = parsed.check(&figures());
        }
    }

    /// `a and b or c and d`, written without parentheses, is `(a and b) or (c and d)`.
    #[test]
    fn expressions_hold_as_logic_says(truth in prop::array::uniform4(any::<bool>())) {
        let term = |holds: bool| if holds { "ece_intent < 1" } else { "ece_intent > 1" };
        let [a, b, c, d] = truth;
        let written = format!("{} and {} or {} and {}", term(a), term(b), term(c), term(d));
        prop_assert_eq!(holds(&written), a && b || c && d);
        let grouped = format!("{} and ({} or {}) and {}", term(a), term(b), term(c), term(d));
        prop_assert_eq!(holds(&grouped), a && (b || c) && d);
    }
}
