use lotse::domain::{Action, Channel, IntentScore, Language, Sentiment, SentimentScore, TierScore};
use lotse::evaluate::{
    About, Comparison, DataFile, MistakeKind, Prediction, Report, ReportError, ReportOptions,
    TextOptions, page, text,
};
use lotse::train::LabelledRow;
use proptest::prelude::*;

/// A row in one line: text, intent, tier, sentiment, article (`-` for none), queue (`-` for none).
fn row(id: usize, line: &str) -> LabelledRow {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let named = |part: &str| (part != "-").then(|| part.to_owned());
    LabelledRow {
        text: parts[0].to_owned(),
        intent: named(parts[1]),
        tier: parts[2].parse().ok(),
        sentiment: sentiment(parts[3]),
        lang: Some(if id.is_multiple_of(3) { Language::En } else { Language::De }),
        channel: Some(Channel::ALL[id % 3]),
        articles: Some(named(parts[4]).into_iter().collect()),
        queue: named(parts[5]),
        id: Some(format!("row-{id}")),
    }
}

fn sentiment(name: &str) -> Option<Sentiment> {
    Sentiment::ALL.into_iter().find(|sentiment| sentiment.name() == name)
}

/// A prediction in one line: intent and confidence, in scope, tier and confidence, sentiment and
/// confidence, action, article and confidence, queue. Below 0.5 a message is out of scope.
fn prediction(line: &str) -> Prediction {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let scored = |part: &str| {
        let (name, confidence) = part.split_once(' ').unwrap();
        (name.to_owned(), confidence.parse::<f32>().unwrap())
    };
    let (name, confidence) = scored(parts[0]);
    let best = IntentScore { name, confidence };
    let in_scope: f32 = parts[1].parse().unwrap();
    let (level, tier_confidence) = scored(parts[2]);
    let (mood, mood_confidence) = scored(parts[3]);
    let (article, answer_confidence) = scored(parts[5]);
    Prediction {
        language: Language::De,
        intent: (in_scope >= 0.5).then(|| best.clone()),
        best_intent: Some(best),
        in_scope: Some(in_scope),
        sentiment: sentiment(&mood)
            .map(|name| SentimentScore { name, confidence: mood_confidence }),
        tier: Some(TierScore {
            level: level.parse().unwrap(),
            confidence: tier_confidence,
            probabilities: [0.0; 3],
        }),
        action: match parts[4] {
            "answer" => Some(Action::Answer),
            "clarify" => Some(Action::Clarify),
            "smalltalk" => Some(Action::Smalltalk),
            _ => Some(Action::Escalate),
        },
        article: (article != "-").then_some(article),
        answer_confidence,
        // Asked back for want of confidence alone.
        open_to_answer: matches!(parts[4], "answer" | "clarify"),
        queue: Some(parts[6].to_owned()),
    }
}

const ROWS: [&str; 10] = [
    "Wann habt ihr offen? | opening_hours | 1 | neutral | shop-opening-hours | first_line",
    "wo ist mein paket NL-20481, ich warte seit zwei wochen!! | track_order | 2 | negative | - | first_line",
    "How long is the warranty? | warranty_claim | 2 | neutral | warranty-period | first_line",
    "Hallo | greeting | 1 | neutral | - | -",
    "Zum dritten Mal: das Internet ist tot, ich kündige | cancel_contract | 3 | negative | - | contracts",
    "What's the weather like in Kiel tomorrow? | out_of_scope | 2 | neutral | - | -",
    "rechnung bitte nochmal schicken | get_invoice | 2 | neutral | invoice-download | billing",
    "Ihr seid spitze, danke! | praise | 1 | positive | - | -",
    "Can I pay in <b>instalments</b> & how? | check_payment_methods | 1 | neutral | payment-instalments | billing",
    "wo ist mein geld | track_refund | 2 | neutral | - | billing",
];

const PREDICTIONS: [&str; 10] = [
    "opening_hours 0.98 | 0.99 | 1 0.97 | neutral 0.95 | answer | shop-opening-hours 0.97 | first_line",
    "track_order 0.91 | 0.97 | 2 0.88 | negative 0.81 | escalate | tracking-number 0.30 | first_line",
    "warranty_claim 0.85 | 0.93 | 2 0.70 | neutral 0.90 | answer | warranty-period 0.88 | first_line",
    "greeting 0.99 | 0.99 | 1 0.99 | positive 0.55 | smalltalk | - 0 | first_line",
    "technical_problem 0.62 | 0.95 | 3 0.93 | negative 0.97 | escalate | router-restart 0.20 | technical",
    "review 0.31 | 0.08 | 2 0.60 | neutral 0.80 | escalate | - 0 | first_line",
    "get_invoice 0.90 | 0.96 | 2 0.80 | neutral 0.93 | clarify | invoice-download 0.66 | billing",
    "praise 0.77 | 0.44 | 1 0.90 | positive 0.96 | escalate | - 0 | first_line",
    "check_payment_methods 0.94 | 0.98 | 2 0.51 | neutral 0.92 | answer | payment-methods 0.82 | billing",
    "track_refund 0.58 | 0.90 | 2 0.75 | neutral 0.77 | answer | refund-time 0.71 | billing",
];

pub(super) fn rows() -> Vec<LabelledRow> {
    ROWS.iter().enumerate().map(|(id, line)| row(id, line)).collect()
}

pub(super) fn predictions() -> Vec<Prediction> {
    PREDICTIONS.iter().map(|line| prediction(line)).collect()
}

pub(super) fn options() -> ReportOptions {
    let target = |text| Comparison::parse(text).unwrap();
    ReportOptions {
        targets: vec![
            target("intent_accuracy >= 90%"),
            target("answers_right >= 97%"),
            target("tier3_answered <= 0"),
            target("tier_accuracy.words_1_4 >= 0.5"),
            target("intent_accuracy.fr >= 0.5"),
        ],
        latencies: (1..=100).map(f64::from).collect(),
        about: About {
            model: "small-pack".to_owned(),
            model_sha256: "00ff".to_owned(),
            data: vec![DataFile {
                name: "test.jsonl".to_owned(),
                rows: ROWS.len(),
                sha256: "11ee".to_owned(),
            }],
            program: "lotse".to_owned(),
            created: "2025-01-01T00:00:00Z".to_owned(),
        },
        ..ReportOptions::default()
    }
}

fn report() -> Report {
    Report::build(&rows(), &predictions(), &options()).unwrap()
}

#[test]
fn the_report_as_text() {
    insta::assert_snapshot!(text(&report(), TextOptions::default()));
}

#[test]
fn the_report_as_json() {
    let report = report();
    let printed: serde_json::Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    assert_eq!(printed["intent"]["accuracy"]["rows"], 9);
    // One of each kind is enough to see the form.
    insta::assert_json_snapshot!(report, {
        ".calibration.in_scope" => "like intent",
        ".calibration.sentiment" => "like intent",
        ".calibration.tier" => "like intent",
        ".slices[1:]" => "like the first",
        ".intent.labels[4:]" => "like the first",
    });
}

/// Counted by hand from the ten rows above.
#[test]
fn the_figures_are_those_counted_by_hand() {
    let figures = report().figures();
    for (name, expected) in [
        ("rows", 10.0),
        ("intent_accuracy", 8.0 / 9.0),
        ("intent_accuracy_rejecting", 7.0 / 9.0),
        ("intent_accuracy_overall", 8.0 / 10.0),
        ("out_of_scope_recall", 1.0),
        ("in_scope_rejected", 1.0 / 9.0),
        ("out_of_scope_auroc", 1.0),
        ("out_of_scope_recall_at_5_percent_rejected", 1.0),
        ("tier_accuracy", 9.0 / 10.0),
        ("tier3_recall", 1.0),
        ("sentiment_accuracy", 9.0 / 10.0),
        ("answerable_answered", 3.0 / 4.0),
        ("answerable_answered_right", 2.0 / 4.0),
        ("answered", 4.0),
        ("answers_right", 2.0 / 4.0),
        ("answers_wrong", 2.0),
        ("tier3_answered", 0.0),
        ("clarified", 1.0 / 10.0),
        ("queue_accuracy", 6.0 / 7.0),
        ("intent_accuracy.en", 1.0),
        ("latency_median_ms", 50.5),
    ] {
        let found = figures.get(name).unwrap_or_else(|| panic!("no figure {name}"));
        assert!((found - expected).abs() < 1e-9, "{name} is {found}, expected {expected}");
    }
}

#[test]
fn mistakes_come_by_kind_and_the_surest_first() {
    let report = report();
    let ids = |kind| -> Vec<&str> {
        let of_kind = report.mistakes.iter().filter(|mistake| mistake.kind == kind);
        of_kind.filter_map(|mistake| mistake.id.as_deref()).collect()
    };
    assert_eq!(ids(MistakeKind::Answer), ["row-8", "row-9"]);
    assert_eq!(ids(MistakeKind::Intent), ["row-4"]);
    assert_eq!(ids(MistakeKind::Scope), ["row-7"]);
    assert_eq!(ids(MistakeKind::Tier), ["row-8"]);
    assert_eq!(ids(MistakeKind::Sentiment), ["row-3"]);
    assert_eq!(ids(MistakeKind::Queue), ["row-4"]);
}

#[test]
fn an_answer_to_tier_3_is_wrong_even_where_the_articles_are_unknown() {
    let mut rows = rows();
    let mut predictions = predictions();
    rows[4].articles = None;
    predictions[4].action = Some(Action::Answer);
    let report = Report::build(&rows, &predictions, &options()).unwrap();
    let answers = report.answers.as_ref().unwrap();
    assert_eq!((answers.tier3_answered, answers.unjudged), (1, 1));
    assert!(report.mistakes.iter().any(|mistake| mistake.gold == "a person (tier 3)"));
}

#[test]
fn what_a_system_does_not_say_is_left_out() {
    let rows = rows();
    let predictions: Vec<Prediction> = predictions()
        .into_iter()
        .map(|prediction| Prediction {
            in_scope: None,
            sentiment: None,
            tier: None,
            action: None,
            article: None,
            answer_confidence: 0.0,
            queue: None,
            ..prediction
        })
        .collect();
    let report = Report::build(&rows, &predictions, &ReportOptions::default()).unwrap();
    assert!(report.sentiment.is_none() && report.tier.is_none() && report.answers.is_none());
    assert!(report.queue.is_none() && report.latency.is_none());
    let scope = report.scope.as_ref().unwrap();
    assert_eq!(scope.score, "confidence");
    assert!((scope.auroc.unwrap().value - 1.0).abs() < 1e-9, "0.31 is the lowest confidence");
    assert_eq!(report.calibration.keys().collect::<Vec<_>>(), ["intent"]);
    assert!(page(&report).contains("</html>"));
    assert!(text(&report, TextOptions::default()).contains("Intent right"));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let (rows, mut predictions) = (rows(), predictions());
    let build = |rows: &[LabelledRow], predictions: &[Prediction]| {
        Report::build(rows, predictions, &ReportOptions::default()).unwrap_err()
    };
    assert_eq!(build(&[], &[]), ReportError::Empty);
    let error = build(&rows[..3], &predictions);
    assert_eq!(error.to_string(), "3 rows but 10 predictions; give one prediction a row, in order");
    predictions[2].in_scope = Some(f32::NAN);
    let error = build(&rows, &predictions);
    let expected = "row 3: the in scope confidence is NaN; it must lie between 0 and 1";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn the_page_is_whole_and_holds_nothing_foreign() {
    let mut rows = rows();
    rows[9].text = "<script>alert('x')</script> \"quoted\" & \u{1b}[2J".to_owned();
    rows[9].id = Some("<img src=x>".to_owned());
    let page = page(&Report::build(&rows, &predictions(), &options()).unwrap());
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains('\u{1b}'));
    assert!(
        page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &quot;quoted&quot; &amp;")
    );
    assert!(!page.contains("http://") && !page.contains("https://"), "nothing is fetched");
    assert!(!page.contains("NaN") && !page.contains("inf\""), "every coordinate is a number");
    for tag in ["table", "section", "figure", "svg", "tr", "details", "div", "span", "p", "text"] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        let closed = page.matches(&format!("</{tag}>")).count();
        assert_eq!(opened, closed, "every <{tag}> is closed");
    }
}

/// Rows and predictions that lack labels at random.
pub(super) fn anything() -> impl Strategy<Value = (LabelledRow, Prediction)> {
    let row = (
        "[a-zäß<&\n ]{0,40}",
        prop::option::of("(a|b|c|greeting|out_of_scope)"),
        prop::option::of(1_u8..=3),
        prop::option::of(prop::sample::select(Sentiment::ALL.to_vec())),
        prop::option::of(prop::sample::select(Channel::ALL.to_vec())),
        prop::option::of(prop::collection::vec("[xy]", 0..2)),
        prop::option::of("[pq]"),
    );
    let prediction = (
        prop::option::of(("(a|b|c|greeting|out_of_scope)", 0.0_f32..=1.0)),
        prop::option::of(0.0_f32..=1.0),
        prop::option::of((1_u8..=3, 0.0_f32..=1.0)),
        prop::option::of((prop::sample::select(Sentiment::ALL.to_vec()), 0.0_f32..=1.0)),
        prop::option::of(prop::sample::select(vec![Action::Answer, Action::Clarify, Action::None])),
        prop::option::of("[xy]"),
        0.0_f32..=1.0,
        prop::option::of("[pq]"),
    );
    (row, prediction).prop_map(|(row, prediction)| {
        let (text, intent, tier, sentiment, channel, articles, queue) = row;
        let row = LabelledRow {
            text,
            intent,
            tier,
            sentiment,
            channel,
            articles,
            queue,
            ..LabelledRow::default()
        };
        let (best, in_scope, tier, mood, action, article, answer_confidence, queue) = prediction;
        let best = best.map(|(name, confidence)| IntentScore { name, confidence });
        let prediction = Prediction {
            language: Language::De,
            intent: best.clone().filter(|_| in_scope.is_none_or(|scope| scope > 0.5)),
            best_intent: best,
            in_scope,
            sentiment: mood.map(|(name, confidence)| SentimentScore { name, confidence }),
            tier: tier.map(|(level, confidence)| TierScore {
                level,
                confidence,
                probabilities: [0.0; 3],
            }),
            action,
            article,
            answer_confidence,
            open_to_answer: action == Some(Action::Answer),
            queue,
        };
        (row, prediction)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_rows_and_predictions_make_a_sound_report(pairs in prop::collection::vec(anything(), 1..25)) {
        let (rows, predictions): (Vec<LabelledRow>, Vec<Prediction>) = pairs.into_iter().unzip();
        let mut options = options();
        options.bootstrap.resamples = 20;
        let report = Report::build(&rows, &predictions, &options).unwrap();
        for (name, estimate) in report.estimates() {
            let ordered = 0.0 <= estimate.low && estimate.low <= estimate.high;
            prop_assert!(ordered && estimate.value <= 1.0, "{name}: {estimate:?}");
            prop_assert!((1..=rows.len()).contains(&estimate.rows), "{name}: {estimate:?}");
        }
        let wrong = |kind| report.mistakes.iter().filter(|mistake| mistake.kind == kind).count();
        let missing = |estimate: Option<lotse::evaluate::metrics::Estimate>| {
            estimate.map_or(0, |e| ((1.0 - e.value) * e.rows as f64).round() as usize)
        };
        prop_assert_eq!(wrong(MistakeKind::Tier), missing(report.tier.as_ref().map(|t| t.accuracy)));
        let sentiment = report.sentiment.as_ref().map(|sentiment| sentiment.accuracy);
        prop_assert_eq!(wrong(MistakeKind::Sentiment), missing(sentiment));
        prop_assert_eq!(wrong(MistakeKind::Queue), missing(report.queue));
        let intent = report.intent.as_ref().and_then(|intent| intent.accuracy);
        prop_assert_eq!(wrong(MistakeKind::Intent), missing(intent));
        for by in ["language", "length", "channel"] {
            let sum: usize = report.slices.iter().filter(|s| s.by == by).map(|s| s.rows).sum();
            prop_assert!(sum <= rows.len());
        }
        let printed = text(&report, TextOptions { mistakes: 100 });
        prop_assert!(printed.lines().all(|line| line.chars().count() <= 100), "{printed}");
        prop_assert!(report.to_json().is_ok());
        prop_assert!(!page(&report).contains("NaN"));
    }
}
