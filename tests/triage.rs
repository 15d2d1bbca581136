//! The decision on one message, through the public surface: a table of cases, then properties.

use std::collections::BTreeMap;
use std::sync::Arc;

use lotse::classifier::{Answering, Certificate, RiskPoint};
use lotse::domain::{
    Action, Article, ArticleChannels, ArticleStatus, Author, Classification, ConversationState,
    Decision, IntentScore, Language, Reason, Sentiment, SentimentScore, TierScore, Turn, ValidFor,
};
use lotse::knowledge::Hit;
use lotse::triage::{
    AskedBack, FEATURES, GivenAnswer, History, Policy, Verdict, answer_confidence, decide, features,
};
use proptest::prelude::*;

fn intents(scores: &[(&str, f32)]) -> Vec<IntentScore> {
    scores
        .iter()
        .map(|(name, confidence)| IntentScore { name: (*name).to_owned(), confidence: *confidence })
        .collect()
}

/// A calm, clear, standard German question.
fn standard(scores: &[(&str, f32)]) -> Classification {
    let mut scores = intents(scores);
    Classification {
        language: Language::De,
        intent: Some(scores.remove(0)),
        in_scope: Some(0.98),
        alternatives: scores,
        sentiment: Some(SentimentScore { name: Sentiment::Neutral, confidence: 0.95 }),
        tier: Some(TierScore { level: 1, confidence: 0.9, probabilities: [0.9, 0.08, 0.02] }),
        answerable: Some(0.95),
        articles: Vec::new(),
        entities: Vec::new(),
    }
}

fn tier(level: u8, probabilities: [f32; 3]) -> TierScore {
    TierScore { level, confidence: probabilities[usize::from(level) - 1], probabilities }
}

fn mood(name: Sentiment, confidence: f32) -> SentimentScore {
    SentimentScore { name, confidence }
}

fn article(id: &str, intents: &[&str]) -> Article {
    Article {
        id: id.to_owned(),
        language: Language::De,
        title: format!("Titel {id}"),
        intents: intents.iter().map(|name| (*name).to_owned()).collect(),
        status: ArticleStatus::Approved,
        owner: "service".to_owned(),
        review_by: None,
        valid_for: ValidFor::Everyone,
        questions: vec![format!("Frage zu {id}?")],
        channels: ArticleChannels::default(),
        body: format!("Antwort zu {id}."),
    }
}

fn hit(article: Article, score: f32) -> Hit {
    Hit {
        article: Arc::new(article),
        score,
        bm25: score,
        cosine: score,
        intent: score,
        learned: 0.0,
        usable: true,
    }
}

fn hours_hit(score: f32) -> Hit {
    hit(article("hotline-hours", &["opening_hours"]), score)
}

/// Answers from a score of about 0.7: sigmoid(10 · (0.7 − 0.5)) = 0.88.
fn policy() -> Policy {
    let answering = Answering {
        bias: -5.0,
        weights: BTreeMap::from([("score".to_owned(), 10.0)]),
        curve: vec![RiskPoint { threshold: 0.88, answered: 999, wrong: 9 }],
        ..Answering::default()
    };
    Policy::default().with_answering(Some(answering))
}

fn codes(verdict: &Verdict) -> Vec<&str> {
    verdict.decision.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

#[track_caller]
fn expect(verdict: &Verdict, action: Action, code: &str) {
    assert_eq!(verdict.decision.action, action, "{:#?}", verdict.decision);
    assert!(codes(verdict).contains(&code), "{:#?}", verdict.decision);
}

#[test]
fn a_clear_standard_question_is_answered() {
    let hits = [hours_hit(0.9), hit(article("contact-phone", &["contact"]), 0.3)];
    let policy = Policy { risk: 0.01, ..policy() };
    let history = History::new("Wann ist die Hotline besetzt?");
    let verdict = decide(&standard(&[("opening_hours", 0.97)]), &hits, &history, &policy);
    expect(&verdict, Action::Answer, "answer_confidence_reached");
    assert_eq!(verdict.article.map(|article| article.id.clone()), Some("hotline-hours".to_owned()));
    assert_eq!(verdict.decision.reasons[0].text, "answer confidence 0.98 ≥ 0.88 (risk 1 %)");
}

#[test]
fn what_forbids_an_answer() {
    let calm = standard(&[("opening_hours", 0.97)]);
    let hits = [hours_hit(0.9)];
    let history = History::new("Wann ist die Hotline besetzt?");
    let decide_with = |classification: &Classification, hits: &[Hit], history: &History| {
        decide(classification, hits, history, &policy())
    };

    let raised = Classification { tier: Some(tier(1, [0.5, 0.1, 0.4])), ..calm.clone() };
    expect(&decide_with(&raised, &hits, &history), Action::Escalate, "tier_three");

    let angry = Classification { sentiment: Some(mood(Sentiment::Negative, 0.9)), ..calm.clone() };
    expect(&decide_with(&angry, &hits, &history), Action::Escalate, "negative_sentiment");

    let mut draft = hours_hit(0.9);
    draft.usable = false;
    expect(&decide_with(&calm, &[draft], &history), Action::Escalate, "no_article");

    let english = Classification { language: Language::En, ..calm.clone() };
    expect(&decide_with(&english, &hits, &history), Action::Escalate, "no_article");
    expect(&decide_with(&calm, &[], &history), Action::Escalate, "no_article");
    let weak = [hours_hit(0.5)];
    expect(&decide_with(&calm, &weak, &history), Action::Escalate, "answer_confidence_low");

    let mut personal = article("hotline-hours", &["opening_hours"]);
    personal.valid_for = ValidFor::Customer;
    let personal = [hit(personal, 0.9)];
    expect(&decide_with(&calm, &personal, &history), Action::Answer, "article");
    let record = Classification { tier: Some(tier(2, [0.1, 0.8, 0.1])), ..calm.clone() };
    let verdict = decide_with(&record, &personal, &history);
    expect(&verdict, Action::Escalate, "article_depends_on_customer");
    expect(&decide_with(&record, &hits, &history), Action::Answer, "article");

    let answer = |id: &str| GivenAnswer {
        article_id: id.to_owned(),
        intent: Some("opening_hours".to_owned()),
    };
    let again = History { answers: vec![answer("hotline-hours")], ..history.clone() };
    expect(&decide_with(&calm, &hits, &again), Action::Escalate, "answered_before");
    let thrice = History { answers: vec![answer("a"), answer("b")], ..history.clone() };
    expect(&decide_with(&calm, &hits, &thrice), Action::Escalate, "answers_used_up");

    let never = Policy { risk: 0.0, ..policy() };
    expect(&decide(&calm, &hits, &history, &never), Action::Escalate, "answers_off");
    let unlearned = Policy::default();
    expect(&decide(&calm, &hits, &history, &unlearned), Action::Escalate, "answers_off");
    let picky = Policy { article_score: 0.95, ..policy() };
    expect(&decide(&calm, &hits, &history, &picky), Action::Escalate, "article_score_low");
}

#[test]
fn a_person_who_holds_or_is_waited_for_is_never_talked_over() {
    let hits = [hours_hit(0.9)];
    for (state, code) in
        [(ConversationState::Human, "human_holds"), (ConversationState::Waiting, "waiting")]
    {
        let history = History { state, ..History::new("Wann ist die Hotline besetzt?") };
        let verdict = decide(&standard(&[("opening_hours", 0.97)]), &hits, &history, &policy());
        expect(&verdict, Action::None, code);
        assert!(!verdict.danger);
        let history = History { state, ..History::new("hilfe, der akku brennt") };
        let verdict = decide(&standard(&[("opening_hours", 0.97)]), &hits, &history, &policy());
        expect(&verdict, Action::None, code);
        assert!(verdict.danger);
    }
    let closed = History { state: ConversationState::Closed, ..History::new("Öffnungszeiten?") };
    let verdict = decide(&standard(&[("opening_hours", 0.97)]), &hits, &closed, &policy());
    expect(&verdict, Action::Answer, "article");
}

#[test]
fn danger_goes_first() {
    let history = History::new("Danke, tschüss! Ach ja, ich hab einen Stromschlag bekommen");
    let verdict = decide(&standard(&[("goodbye", 0.97)]), &[], &history, &policy());
    expect(&verdict, Action::Escalate, "danger");
    assert!(verdict.danger);
    assert!(verdict.decision.reasons[0].text.contains("stromschlag"));
}

#[test]
fn a_wish_for_a_person_is_granted() {
    let read = standard(&[("contact_human_agent", 0.8), ("opening_hours", 0.1)]);
    let history = History::new("kann mich bitte jemand zurückrufen");
    expect(
        &decide(&read, &[hours_hit(0.9)], &history, &policy()),
        Action::Escalate,
        "person_wanted",
    );

    let misread = standard(&[("greeting", 0.9)]);
    for words in ["Mensch bitte!", "AGENT", "Ich möchte mit einem Menschen sprechen."] {
        let verdict = decide(&misread, &[], &History::new(words), &policy());
        expect(&verdict, Action::Escalate, "person_wanted");
    }
}

#[test]
fn smalltalk_only_in_a_calm_tone() {
    let thanks = standard(&[("goodbye", 0.4), ("praise", 0.3), ("review", 0.2)]);
    let history = History::new("vielen dank und tschüss");
    expect(&decide(&thanks, &[], &history, &policy()), Action::Smalltalk, "smalltalk");
    let sarcastic =
        Classification { sentiment: Some(mood(Sentiment::Negative, 0.5)), ..thanks.clone() };
    assert_eq!(decide(&sarcastic, &[], &history, &policy()).decision.action, Action::Escalate);
    let grave = Classification { tier: Some(tier(3, [0.3, 0.3, 0.4])), ..thanks };
    assert_eq!(decide(&grave, &[], &history, &policy()).decision.action, Action::Escalate);
}

#[test]
fn out_of_scope_offers_a_person_and_opens_no_ticket() {
    let mut foreign = standard(&[("greeting", 0.3)]);
    foreign.alternatives = foreign.intent.take().into_iter().collect();
    foreign.in_scope = Some(0.05);
    let history = History::new("Wie wird das Wetter?");
    let verdict = decide(&foreign, &[], &history, &policy());
    expect(&verdict, Action::Clarify, "out_of_scope");
    assert_eq!(verdict.choices.len(), 1);

    let distressed = Classification { tier: Some(tier(3, [0.1, 0.3, 0.6])), ..foreign.clone() };
    expect(&decide(&distressed, &[], &history, &policy()), Action::Escalate, "tier_three");

    // The choice, and a plain yes, take the offer up.
    for words in [verdict.choices[0].value.as_str(), "Ja, bitte!"] {
        let offered = History { asked_back: Some(AskedBack::WhetherPerson), ..History::new(words) };
        expect(&decide(&foreign, &[], &offered, &policy()), Action::Escalate, "person_wanted");
    }
    let yes_to_nothing = decide(&foreign, &[], &History::new("ja bitte"), &policy());
    expect(&yes_to_nothing, Action::Clarify, "out_of_scope");

    let unsettled =
        History { asked_back: Some(AskedBack::WhichArticle), ..History::new("keins davon") };
    expect(&decide(&foreign, &[], &unsettled, &policy()), Action::Escalate, "question_not_settled");
}

#[test]
fn close_articles_are_asked_about_once() {
    let read = standard(&[("opening_hours", 0.9)]);
    let hits = [
        hours_hit(0.6),
        hit(article("chat-hours", &["opening_hours"]), 0.58),
        hit(article("shop-hours", &["opening_hours"]), 0.55),
        hit(article("delivery-time", &["delivery_period"]), 0.52),
        hit(article("far", &["delivery_period"]), 0.2),
    ];
    let history = History::new("Wann habt ihr auf?");
    let verdict = decide(&read, &hits, &history, &policy());
    expect(&verdict, Action::Clarify, "articles_close");
    expect(&verdict, Action::Clarify, "answer_confidence_low");
    let labels: Vec<&str> = verdict.choices.iter().map(|choice| choice.label.as_str()).collect();
    let articles = ["Titel hotline-hours", "Titel chat-hours", "Titel shop-hours"];
    assert_eq!(labels, [&articles[..], &["Mit einem Menschen sprechen"]].concat());
    assert_eq!(verdict.choices[1].value, "Frage zu chat-hours?");

    let asked = History { asked_back: Some(AskedBack::WhichArticle), ..history.clone() };
    assert_eq!(decide(&read, &hits, &asked, &policy()).decision.action, Action::Escalate);
    let choice = History { message: "frage zu chat-hours".to_owned(), ..asked };
    let verdict = decide(&read, &hits, &choice, &policy());
    expect(&verdict, Action::Answer, "choice_made");
    assert_eq!(verdict.article.map(|article| article.id.clone()), Some("chat-hours".to_owned()));

    let doubtful = Classification { answerable: Some(0.2), ..read };
    assert_eq!(decide(&doubtful, &hits, &history, &policy()).decision.action, Action::Escalate);
}

#[test]
fn close_intents_are_asked_about_where_both_have_an_article() {
    let read = standard(&[("delivery_period", 0.45), ("track_order", 0.4)]);
    let hits = [
        hit(article("delivery-time", &["delivery_period"]), 0.6),
        hit(article("tracking-number", &["track_order"]), 0.4),
    ];
    let history = History::new("paket?");
    let verdict = decide(&read, &hits, &history, &policy());
    expect(&verdict, Action::Clarify, "intents_close");
    assert_eq!(verdict.choices.len(), 3);
    let verdict = decide(&read, &hits[..1], &history, &policy());
    assert_eq!(verdict.decision.action, Action::Escalate);
}

#[test]
fn history_is_read_from_the_turns() {
    let turn = |from, text: &str| Turn {
        id: String::new(),
        from,
        text: text.to_owned(),
        at: jiff::Timestamp::UNIX_EPOCH,
        agent: None,
        classification: None,
        decision: None,
        article_id: None,
        thread: None,
    };
    let decision =
        |action, code| Some(Decision { action, reasons: vec![Reason::new(code, "because")] });
    let turns = [
        turn(Author::Customer, "Öffnungszeiten?"),
        Turn { article_id: Some("forgotten".to_owned()), ..turn(Author::Bot, "…") },
        turn(Author::Agent, "Hallo"),
        Turn {
            classification: Some(standard(&[("opening_hours", 0.9)])),
            ..turn(Author::Customer, "Öffnungszeiten?")
        },
        Turn { article_id: Some("hotline-hours".to_owned()), ..turn(Author::Bot, "…") },
        Turn {
            decision: decision(Action::Clarify, "out_of_scope"),
            ..turn(Author::Customer, "Wetter?")
        },
        turn(Author::Bot, "Dabei kann ich nicht helfen."),
    ];
    let history = History::of(ConversationState::Bot, &turns, "ja");
    assert_eq!(history.asked_back, Some(AskedBack::WhetherPerson));
    let answer = GivenAnswer {
        article_id: "hotline-hours".to_owned(),
        intent: Some("opening_hours".to_owned()),
    };
    assert_eq!(history.answers, [answer]);
    assert_eq!(History::of(ConversationState::Bot, &[], "ja"), History::new("ja"));
}

#[test]
fn features_describe_the_top_usable_hit() {
    let read = standard(&[("opening_hours", 0.9), ("greeting", 0.05)]);
    let mut draft = hit(article("draft", &[]), 0.95);
    draft.usable = false;
    let hits = [draft, hours_hit(0.8), hours_hit(0.7)];
    let values: BTreeMap<&str, f32> =
        features(&read, &hits).expect("one hit is usable").into_iter().collect();
    assert_eq!(values.len(), FEATURES.len());
    let close = |name: &str, expected: f32| {
        assert!((values[name] - expected).abs() < 1e-5, "{name}: {}", values[name]);
    };
    close("score", 0.8);
    close("score_margin", 0.8 - 0.95);
    close("covers_intent", 1.0);
    close("intent_margin", 0.85);
    close("answerable", (0.95_f32 / 0.05).ln());
    close("negative", 0.025);
    assert_eq!(features(&read, &hits[..1]), None);
}

fn share() -> impl Strategy<Value = f32> {
    (0_u8..=100).prop_map(|percent| f32::from(percent) / 100.0)
}

prop_compose! {
    fn any_classification()(
        names in prop::collection::vec(
            prop::sample::select(vec![
                "opening_hours", "greeting", "contact_human_agent", "complaint", "return_item",
            ]),
            0..4,
        ),
        shares in prop::collection::vec(share(), 4),
        in_scope in prop::option::of(share()),
        out in any::<bool>(),
        sentiment in prop::option::of((0_usize..3, share())),
        tier_shares in prop::option::of([share(), share(), share()]),
        level in 1_u8..=3,
        answerable in prop::option::of(share()),
        english in any::<bool>(),
    ) -> Classification {
        let scores: Vec<(&str, f32)> = names.into_iter().zip(shares).collect();
        let mut alternatives = intents(&scores);
        let intent = (!out && !alternatives.is_empty()).then(|| alternatives.remove(0));
        Classification {
            language: if english { Language::En } else { Language::De },
            intent,
            in_scope,
            alternatives,
            sentiment: sentiment.map(|(index, confidence)| SentimentScore {
                name: Sentiment::ALL[index],
                confidence,
            }),
            tier: tier_shares.map(|shares| tier(level, shares)),
            answerable,
            articles: Vec::new(),
            entities: Vec::new(),
        }
    }
}

prop_compose! {
    fn any_hit()(
        id in prop::sample::select(vec!["a", "b", "c"]),
        score in share(),
        usable in any::<bool>(),
        everyone in any::<bool>(),
    ) -> Hit {
        let mut article = article(id, &["opening_hours", "return_item"]);
        article.valid_for = if everyone { ValidFor::Everyone } else { ValidFor::Customer };
        Hit { usable, ..hit(article, score) }
    }
}

prop_compose! {
    fn any_history()(
        state in prop::sample::select(vec![
            ConversationState::Bot, ConversationState::Closed, ConversationState::Human,
            ConversationState::Waiting,
        ]),
        message in prop::sample::select(vec![
            "Wann habt ihr auf?", "Frage zu a?", "ja", "es brennt", "Mensch bitte", "",
        ]),
        asked in prop::sample::select(vec![
            None, Some(AskedBack::WhichArticle), Some(AskedBack::WhetherPerson),
        ]),
        given in prop::collection::vec(prop::sample::select(vec!["a", "b"]), 0..4),
    ) -> History {
        let answers = given.into_iter().map(|id| GivenAnswer {
            article_id: id.to_owned(),
            intent: Some("opening_hours".to_owned()),
        });
        History {
            state, asked_back: asked, answers: answers.collect(), ..History::new(message)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_verdict_keeps_the_rules(
        read in any_classification(),
        mut hits in prop::collection::vec(any_hit(), 0..5),
        history in any_history(),
    ) {
        hits.sort_by(|left, right| right.score.total_cmp(&left.score));
        let policy = policy();
        let verdict = decide(&read, &hits, &history, &policy);
        let action = verdict.decision.action;
        let held = matches!(history.state, ConversationState::Human | ConversationState::Waiting);
        prop_assert_eq!(held, action == Action::None);
        prop_assert!(!verdict.decision.reasons.is_empty());
        prop_assert_eq!(verdict.danger, history.message == "es brennt");
        if verdict.danger {
            prop_assert!(held || action == Action::Escalate);
        }
        prop_assert_eq!(verdict.article.is_some(), action == Action::Answer);
        prop_assert_eq!(verdict.choices.is_empty(), action != Action::Clarify);
        prop_assert!(verdict.choices.len() <= 4);
        if let Some(article) = &verdict.article {
            let hit = hits.iter().find(|hit| Arc::ptr_eq(&hit.article, article));
            prop_assert!(hit.is_some_and(|hit| hit.usable));
            prop_assert_eq!(article.language, read.language);
            let chosen = codes(&verdict).contains(&"choice_made");
            if !chosen {
                let level = read.tier.as_ref().map_or(2, |tier| tier.level);
                prop_assert!(level < 3);
                prop_assert!(level == 1 || article.valid_for == ValidFor::Everyone);
                let answering = policy.answering.as_ref().expect("set above");
                let confidence = answer_confidence(&read, &hits, answering);
                prop_assert!(confidence >= 0.88);
            }
        }
        if action == Action::Clarify && history.asked_back.is_some() {
            prop_assert!(codes(&verdict).contains(&"out_of_scope"));
        }
    }
}

/// Only a certified threshold counts where the policy asks for one, and the reason says so.
#[test]
fn a_certificate_sets_the_threshold_where_it_is_asked_for() {
    let certificate = Certificate {
        risk: 0.02,
        confidence: 0.95,
        threshold: 0.8,
        rows: 900,
        answered: 400,
        wrong: 1,
        wrong_at_most: 0.012,
    };
    let asked = |risk_confidence, certificate| {
        let mut policy = Policy { risk_confidence: Some(risk_confidence), ..policy() };
        if let Some(answering) = &mut policy.answering {
            answering.certificate = certificate;
        }
        let hits = [hours_hit(0.9)];
        let question = standard(&[("opening_hours", 0.95)]);
        decide(&question, &hits, &History::new("Wann seid ihr da?"), &policy).decision
    };
    let answered = asked(0.95, Some(certificate));
    assert_eq!(answered.action, Action::Answer);
    let reason = &answered.reasons[0].text;
    assert!(reason.ends_with("≥ 0.80 (certified: risk 2 % with 95 % confidence)"), "{reason}");
    for refused in [asked(0.99, Some(certificate)), asked(0.95, None)] {
        assert_eq!(
            (refused.action, refused.reasons[0].code.as_str()),
            (Action::Escalate, "answers_off")
        );
        assert!(refused.reasons[0].text.contains("has no certificate"), "{:?}", refused.reasons);
    }
    let without = Policy { risk_confidence: None, ..policy() };
    assert_eq!(without.threshold(), Some(0.88), "the pack's curve decides as before");
}
