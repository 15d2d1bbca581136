//! The cheapest threshold against trying them all, and what is printed of promise and costs.

use lotse::domain::{Action, Language};
use lotse::evaluate::{
    Costs, FailIf, OpenAnswer, Prediction, Promise, Report, ReportOptions, RiskOptions,
    TextOptions, page, text,
};
use lotse::train::LabelledRow;
use proptest::prelude::*;

proptest! {
    #[test]
    fn the_cheapest_threshold_is_the_cheapest_of_all(
        answers in prop::collection::vec((0_u8..=20, any::<bool>()), 0..60),
        wrong in 0.0_f64..40.0, handover in 0.0_f64..10.0,
    ) {
        let answers: Vec<OpenAnswer> = answers
            .into_iter()
            .map(|(confidence, wrong)| OpenAnswer { confidence: f32::from(confidence) / 20.0, wrong })
            .collect();
        let costs = Costs { wrong, handover };
        let cost = |threshold: f32| {
            let each = answers.iter().map(|answer| match answer.confidence >= threshold {
                true if answer.wrong => wrong,
                true => 0.0,
                false => handover,
            });
            each.sum::<f64>() / answers.len().max(1) as f64
        };
        let best = costs.cheapest(&answers);
        prop_assert!((cost(best.threshold.unwrap_or(2.0)) - best.minutes).abs() < 1e-9);
        for step in 0..=21_u8 {
            prop_assert!(best.minutes <= cost(f32::from(step) / 20.0) + 1e-9);
        }
    }
}

#[test]
fn costs_are_read_or_refused_with_the_reason() {
    let costs: Costs = " wrong = 20, handover=4.5".parse().unwrap();
    assert_eq!(costs, Costs { wrong: 20.0, handover: 4.5 });
    let refused = [
        "wrong=20",
        "wrong=20,handover=-1",
        "wrong=a,handover=4",
        "wrong,handover=4",
        "wrong=1,wrong=2,handover=3",
        "wrong=20,handover=4,right=0",
        "wrong=inf,handover=4",
    ];
    let reasons: Vec<String> =
        refused.iter().map(|text| text.parse::<Costs>().unwrap_err().to_string()).collect();
    insta::assert_snapshot!(reasons.join("\n"));
}

/// 400 messages: 300 open to an answer, the surer the more often right; the threshold in use is 0.9.
fn messages() -> (Vec<LabelledRow>, Vec<Prediction>) {
    (0..400)
        .map(|index| {
            let open = index < 300;
            let confidence = 1.0 - index as f32 / 300.0;
            let wrong = (index > 120 && index % 20 == 0) || (index > 240 && index % 3 == 0);
            let row = LabelledRow {
                text: format!("message {index}"),
                articles: Some(vec![if wrong { "other" } else { "article" }.to_owned()]),
                ..LabelledRow::default()
            };
            let prediction = Prediction {
                language: Language::De,
                intent: None,
                best_intent: None,
                in_scope: None,
                sentiment: None,
                tier: None,
                action: Some(if open && confidence >= 0.9 {
                    Action::Answer
                } else {
                    Action::Escalate
                }),
                article: Some("article".to_owned()),
                answer_confidence: if open { confidence } else { 0.5 },
                open_to_answer: open,
                queue: None,
            };
            (row, prediction)
        })
        .unzip()
}

fn report(risk: f32) -> Report {
    let (rows, predictions) = messages();
    let promise = Promise::new(risk, 0.95).unwrap();
    let options = ReportOptions {
        risk: RiskOptions {
            promise: Some((promise, vec![0.55, 0.5, 0.45, 0.4, 0.3, 0.2, 0.1])),
            costs: Some(Costs { wrong: 20.0, handover: 4.0 }),
            threshold: Some(0.9),
        },
        ..ReportOptions::default()
    };
    Report::build(&rows, &predictions, &options).unwrap()
}

#[test]
fn promise_and_costs_as_text() {
    let options = TextOptions { mistakes: 0 };
    let parts = [text(&report(0.05), options), text(&report(0.02), options)];
    insta::assert_snapshot!(parts.join("\n"));
}

#[test]
fn promise_and_costs_as_json() {
    let printed: serde_json::Value =
        serde_json::from_str(&report(0.05).to_json().unwrap()).unwrap();
    let risk = &printed["risk"];
    assert_eq!((&risk["rows"], &risk["open"]), (&400.into(), &300.into()));
    insta::assert_json_snapshot!(risk, { ".curve[2:]" => "…", ".costs.curve[3:]" => "…" });
}

#[test]
fn a_gate_can_ask_for_the_promise() {
    let gate = FailIf::parse("not_certified > 0 or certified_coverage < 0.3").unwrap();
    assert_eq!(gate.check(&report(0.05).figures()), Ok(Vec::new()));
    let gate = FailIf::parse("not_certified > 0").unwrap();
    assert_eq!(gate.check(&report(0.02).figures()).unwrap().len(), 1);
    let (rows, predictions) = messages();
    let unasked = Report::build(&rows, &predictions, &ReportOptions::default()).unwrap();
    assert!(gate.check(&unasked.figures()).is_err(), "nothing was asked for");
}

#[test]
fn the_page_shows_promise_and_costs() {
    let page = page(&report(0.05));
    assert!(page.contains("<span class=\"reached\">certified</span>"));
    assert!(page.contains("Least work") && page.contains("Risk against coverage"));
    assert!(self::page(&report(0.02)).contains("<span class=\"missed\">not certified</span>"));
}
