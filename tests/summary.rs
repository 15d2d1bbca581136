//! Hand-over summaries: ten conversations as an agent would get them, then properties.

use jiff::Timestamp;
use lotse::domain::{
    Action, Author, Classification, Decision, Entity, EntityKind, IntentScore, Language, Reason,
    Sentiment, SentimentScore, SuggestedArticle, Summary, TierScore, Turn,
};
use lotse::text::prepare;
use lotse::triage::{MOST_HEADLINE_WORDS, MOST_WORDS, summarize};
use proptest::prelude::*;

use EntityKind::{Amount, CustomerNumber, Date, Device, InvoiceNumber, OrderNumber, Phone};
use Language::{De, En};
use Sentiment::{Negative, Neutral, Positive};

fn turn(from: Author, text: &str) -> Turn {
    Turn {
        id: String::new(),
        from,
        text: text.to_owned(),
        at: Timestamp::UNIX_EPOCH,
        agent: None,
        classification: None,
        decision: None,
        article_id: None,
        thread: None,
    }
}

fn bot(article: &str, text: &str) -> Turn {
    let article_id = (!article.is_empty()).then(|| article.to_owned());
    Turn { article_id, ..turn(Author::Bot, text) }
}

/// A customer's turn as the classifier reads it: intent, tier, mood, entities. An entity's words
/// may be followed by " = " and its standard spelling.
fn customer(
    text: &str,
    (intent, tier, mood): (&str, u8, Sentiment),
    entities: &[(EntityKind, &str)],
) -> Turn {
    let mut probabilities = [0.0; 3];
    probabilities[usize::from(tier) - 1] = 1.0;
    let score = IntentScore { name: intent.to_owned(), confidence: 0.9 };
    let entities = entities.iter().map(|(kind, words)| {
        let (words, value) = words.split_once(" = ").map_or((*words, None), |(a, b)| (a, Some(b)));
        let start = text.find(words).map_or(0, |start| text[..start].chars().count());
        Entity {
            kind: *kind,
            text: words.to_owned(),
            value: value.map(str::to_owned),
            start,
            end: start + words.chars().count(),
        }
    });
    let classification = Classification {
        language: De,
        intent: (!intent.is_empty()).then_some(score),
        in_scope: Some(0.9),
        alternatives: Vec::new(),
        sentiment: Some(SentimentScore { name: mood, confidence: 0.9 }),
        tier: Some(TierScore { level: tier, confidence: 1.0, probabilities }),
        answerable: None,
        articles: Vec::new(),
        entities: entities.collect(),
    };
    Turn { classification: Some(classification), ..turn(Author::Customer, text) }
}

fn article(id: &str, title: &str) -> SuggestedArticle {
    SuggestedArticle { id: id.to_owned(), title: title.to_owned() }
}

fn escalated(code: &str) -> Decision {
    Decision { action: Action::Escalate, reasons: vec![Reason::new(code, "because")] }
}

/// The summary as a person sees it.
fn show(summary: &Summary) -> String {
    let facts: Vec<String> = summary
        .facts
        .iter()
        .map(|fact| format!("{:?} {} (turn {})", fact.kind, fact.text, fact.turn))
        .collect();
    let lines = [
        summary.headline.clone(),
        summary.text.clone(),
        format!("wish:  {}", summary.wish),
        format!("facts: {}", facts.join(", ")),
        format!("tried: {}", summary.tried.join(" | ")),
        format!("mood:  {} {}", summary.mood.now.name(), summary.mood.trend),
        format!("next:  {}", summary.next_step),
    ];
    lines.join("\n")
}

#[test]
fn a_late_parcel_after_two_answers() {
    let turns = [
        customer("Hallo", ("greeting", 1, Neutral), &[]),
        bot("", "Guten Tag! Wobei kann ich Ihnen helfen?"),
        customer(
            "Wo bleibt mein Paket NL-20481? Laut Sendungsverfolgung ist es seit Freitag in Zustellung.",
            ("track_order", 2, Neutral),
            &[(OrderNumber, "NL-20481"), (Date, "Freitag")],
        ),
        bot(
            "tracking-number",
            "Die Sendungsnummer kommt per E-Mail, sobald das Paket das Lager verlässt.",
        ),
        customer(
            "Das weiß ich doch, die Nummer hab ich ja. Bei DHL hab ich auch schon zweimal angerufen, die \
             sagen, ich soll mich an euch wenden!",
            ("track_order", 3, Negative),
            &[],
        ),
        customer(
            "Kann da jetzt bitte mal ein Mensch draufschauen?",
            ("contact_human_agent", 2, Negative),
            &[],
        ),
    ];
    let summary = summarize(
        &turns,
        De,
        &[article("tracking-number", "Sendungsnummer")],
        Some(&escalated("person_wanted")),
    );
    insta::assert_snapshot!(show(&summary));
}

#[test]
fn an_e_mail_about_a_router_that_drops() {
    let mail = "Sehr geehrte Damen und Herren,\n\nseit dem letzten Update Ihrer Box 7 am 11. November \
                funktioniert bei uns das Telefonieren nicht mehr vernünftig. Anrufer hören mich \
                abgehackt, ich höre ein Echo, und nach ungefähr zwei Minuten bricht das Gespräch ab. Das \
                Surfen selbst läuft tadellos. Ich betreibe von zu Hause aus eine kleine Praxis für \
                Logopädie und mache inzwischen die Hälfte meiner Beratungen über das private Handy. \
                Einen Neustart, einen anderen Hörer und ein anderes Kabel habe ich schon ausprobiert, \
                ohne Besserung. Es ist mir gegenüber den Eltern sehr unangenehm, und langsam bin ich \
                wirklich enttäuscht. Bitte veranlassen Sie eine Prüfung der Leitung oder spielen Sie die \
                alte Software zurück.\n\nMit freundlichen Grüßen\nBettina Quandt\nK-714008";
    let turns = [customer(
        mail,
        ("technical_problem", 3, Negative),
        &[(Device, "Box 7"), (Date, "11. November"), (CustomerNumber, "K-714008")],
    )];
    insta::assert_snapshot!(show(&summarize(
        &turns,
        De,
        &[article("router-restart", "Router neu starten")],
        None
    )));
}

#[test]
fn a_chat_in_short_messages() {
    let turns = [
        customer("hi", ("greeting", 1, Neutral), &[]),
        bot("", "Guten Tag! Wobei kann ich Ihnen helfen?"),
        customer("internet geht nicht", ("service_outage", 3, Neutral), &[]),
        bot("outage-status", "Aktuelle Störungen sehen Sie unter nordlicht.example/status."),
        customer(
            "steht nix. seit gestern abend",
            ("service_outage", 3, Neutral),
            &[(Date, "gestern abend")],
        ),
        customer(
            "router hab ich schon 3x neu gestartet, lampe blinkt orange",
            ("technical_problem", 3, Neutral),
            &[(Device, "router")],
        ),
        customer(
            "arbeite im homeoffice, brauch das HEUTE",
            ("service_outage", 3, Negative),
            &[(Date, "HEUTE")],
        ),
    ];
    let articles = [
        article("outage-status", "Aktuelle Störungen"),
        article("router-lights", "Bedeutung der Lichter an der Box 7"),
    ];
    insta::assert_snapshot!(show(&summarize(&turns, De, &articles, None)));
}

#[test]
fn a_double_charge_in_english() {
    let turns = [
        customer(
            "Hello, I paid for order NL-60772 by credit card on Monday and the money was taken twice, €89.00 each time.",
            ("payment_issue", 3, Neutral),
            &[(OrderNumber, "NL-60772"), (Date, "Monday"), (Amount, "€89.00")],
        ),
        customer(
            "I've already contacted my bank, they say both charges are final. Could you please refund the second one?",
            ("payment_issue", 3, Neutral),
            &[],
        ),
        customer("Thanks in advance", ("goodbye", 1, Neutral), &[]),
    ];
    insta::assert_snapshot!(show(&summarize(
        &turns,
        En,
        &[article("refund-time", "How long a refund takes")],
        None
    )));
}

#[test]
fn a_phone_call_about_an_invoice() {
    let turns = [
        customer(
            "ja grüß gott äh es geht um meine rechnung r e zwei null zwei vier eins null zwei drei drei da \
             stehen zwei posten drauf die ich nicht kenn einmal elf euro und einmal neunzehn euro und ich \
             möcht wissen wofür das sein soll",
            ("check_invoice", 2, Neutral),
            &[
                (InvoiceNumber, "r e zwei null zwei vier eins null zwei drei drei = RE-2024-10233"),
                (Amount, "elf euro"),
                (Amount, "neunzehn euro"),
            ],
        ),
        bot("invoice-internet", "Ihre Internetrechnung kommt am fünften jedes Monats."),
        customer(
            "nein das hab ich nicht gefragt verbinden sie mich bitte mit der buchhaltung",
            ("contact_human_agent", 2, Negative),
            &[],
        ),
    ];
    let articles = [article("invoice-internet", "Internetrechnung")];
    insta::assert_snapshot!(show(&summarize(
        &turns,
        De,
        &articles,
        Some(&escalated("person_wanted"))
    )));
}

#[test]
fn a_cancellation_with_a_threat() {
    let turns = [customer(
        "Dear Nordlicht,\n\nI have now asked for a call back three times, on the 2nd, the 8th and again \
         last Monday. On each occasion I was told somebody from the technical team would ring me within \
         the day. Not one call has arrived. I do not want another automatic e-mail with links to help \
         pages. I want a competent person on the line by tomorrow noon, otherwise I will move my contract \
         and my mother's to another provider.\n\nKind regards\nCatriona Muir\nCustomer K-508264\n\
         +49 171 555 0109",
        ("contact_human_agent", 3, Negative),
        &[
            (CustomerNumber, "K-508264"),
            (Phone, "+49 171 555 0109"),
            (Date, "last Monday"),
            (Date, "tomorrow noon"),
        ],
    )];
    insta::assert_snapshot!(show(&summarize(&turns, En, &[], Some(&escalated("tier_three")))));
}

#[test]
fn a_return_that_an_agent_has_worked_on() {
    let turns = [
        customer(
            "Ich will das Tablet aus NL-55190 zurückschicken, finde aber das Etikett nicht.",
            ("return_item", 2, Neutral),
            &[(Device, "Tablet"), (OrderNumber, "NL-55190")],
        ),
        bot("return-item", "Das Etikett finden Sie unter „Meine Bestellungen“."),
        customer("Da ist kein Knopf für die Rücksendung", ("return_item", 2, Negative), &[]),
        Turn {
            agent: Some("Lena".to_owned()),
            ..turn(
                Author::Agent,
                "Ich habe Ihnen das Etikett per E-Mail geschickt. Kann ich sonst noch etwas tun?",
            )
        },
        turn(Author::Note, "Kunde war ungeduldig"),
        customer(
            "Danke! Die E-Mail ist aber bis jetzt nicht angekommen, können Sie sie bitte noch mal schicken?",
            ("return_item", 2, Positive),
            &[],
        ),
    ];
    insta::assert_snapshot!(show(&summarize(
        &turns,
        De,
        &[article("return-item", "Artikel zurückgeben")],
        None
    )));
}

#[test]
fn a_danger_to_life() {
    let turns = [customer(
        "Hab grad einen Stromschlag vom Netzteil der Box bekommen!! Mein Arm kribbelt immer noch",
        ("technical_problem", 3, Negative),
        &[(Device, "Netzteil der Box")],
    )];
    insta::assert_snapshot!(show(&summarize(&turns, De, &[], Some(&escalated("danger")))));
}

#[test]
fn a_transcript_without_any_reading() {
    let turns = [
        turn(
            Author::Customer,
            "Good morning, I'd like to move my appointment. The technician is due just when I have to \
             be at the hospital.",
        ),
        turn(
            Author::Bot,
            "You can move an appointment free of charge until 24 hours before it begins.",
        ),
        turn(
            Author::Customer,
            "Yes but the link in your text message doesn't work. Could you move it to a later one?",
        ),
    ];
    insta::assert_snapshot!(show(&summarize(&turns, En, &[], None)));
}

#[test]
fn an_out_of_scope_offer_taken_up() {
    let turns = [
        customer(
            "Sucht ihr noch Leute für den Shop in Hamburg? Ich würde mich gern bewerben.",
            ("", 2, Neutral),
            &[],
        ),
        bot("", "Dabei kann ich Ihnen leider nicht weiterhelfen."),
        customer(
            "Ich möchte mit einem Menschen sprechen.",
            ("contact_human_agent", 2, Neutral),
            &[],
        ),
    ];
    insta::assert_snapshot!(show(&summarize(&turns, De, &[], Some(&escalated("person_wanted")))));
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The quoted pieces of a text, without the signs for what was left out.
fn quoted(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for part in text.split(['„', '“', '”']).skip(1).step_by(2) {
        for piece in part.split(" … ").flat_map(|piece| piece.split(" / ")) {
            pieces.push(piece.trim_matches('…').to_owned());
        }
    }
    pieces
}

fn check(turns: &[Turn], summary: &Summary) -> Result<(), TestCaseError> {
    prop_assert!(words(&summary.text) <= MOST_WORDS, "{}", summary.text);
    prop_assert!(words(&summary.headline) <= MOST_HEADLINE_WORDS, "{}", summary.headline);
    for fact in &summary.facts {
        prop_assert!(turns[fact.turn].text.contains(&fact.text));
    }
    // Cleaning folds absurd repetitions, so a quote may stand in the cleaned text alone.
    let cleaned = turns.iter().map(|turn| prepare(&turn.text, Some(De)).cleaned);
    let said: Vec<String> = turns.iter().map(|turn| turn.text.clone()).chain(cleaned).collect();
    let said = said.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let wish = summary.wish.trim_matches('…').to_owned();
    let pieces = quoted(&summary.text).into_iter().chain(quoted(&summary.headline)).chain([wish]);
    for piece in pieces.chain(summary.tried.iter().flat_map(|tried| quoted(tried))) {
        prop_assert!(said.contains(&piece), "“{piece}” was never said in “{said}”");
    }
    Ok(())
}

const PHRASES: &[&str] = &[
    "Guten Tag,",
    "Wo ist mein Paket NL-20481?",
    "Ich habe schon zweimal angerufen.",
    "K-883201",
    "Bitte prüfen Sie das",
    "und zwar heute noch",
    "Mit freundlichen Grüßen",
    "Petra Lang",
    "\n\n",
    "The box is broken, I've restarted it twice",
    "I want my money back!",
    "um yeah",
    "z. B. am 3. März",
    "aber es kommt nichts und niemand meldet sich weil alle im Urlaub sind",
    "Das kostet 49,90 Euro.",
    "Danke",
    "🙂",
    "...",
    "Sonst gehe ich zum Anwalt!",
    "@Nordlicht",
    "service@nordlicht.example",
];

fn any_turn() -> impl Strategy<Value = Turn> {
    let text = prop_oneof![
        4 => prop::collection::vec(prop::sample::select(PHRASES), 0..12)
            .prop_map(|phrases| phrases.join(" ")),
        1 => "[a-zA-Zäöüß .!?,\n]{0,200}",
    ];
    let author = prop::sample::select(vec![
        Author::Customer,
        Author::Customer,
        Author::Customer,
        Author::Bot,
        Author::Agent,
        Author::Note,
    ]);
    let reading = (
        any::<bool>(),
        prop::sample::select(vec!["track_order", "own", "greeting", "cancel_contract"]),
    );
    (author, text, reading, 1_u8..=3).prop_map(|(from, text, (read, intent), tier)| {
        if from == Author::Customer && read {
            let order = (OrderNumber, "NL-20481");
            return customer(&text, (intent, tier, Negative), &[order]);
        }
        let article_id = (from == Author::Bot).then(|| "tracking".to_owned());
        Turn { article_id, ..turn(from, &text) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn summaries_are_short_and_invent_nothing(
        turns in prop::collection::vec(any_turn(), 0..12),
        german in any::<bool>(),
    ) {
        let language = if german { De } else { En };
        check(&turns, &summarize(&turns, language, &[], None))?;
    }
}

#[test]
fn empty_and_huge_conversations_are_safe() {
    let nothing = summarize(&[], De, &[], None);
    assert_eq!(nothing.headline, "Nachricht ohne Text");
    assert_eq!(
        summarize(&[turn(Author::Customer, " \n ")], En, &[], None).headline,
        "Message without text"
    );
    let long = "Mein Paket ist nicht da. ".repeat(2_000) + &"ö".repeat(50_000);
    let turns: Vec<Turn> = (0..1_000).map(|_| turn(Author::Customer, &long)).collect();
    let summary = summarize(&turns, De, &[], None);
    assert!(words(&summary.text) <= MOST_WORDS);
    assert_eq!(summary.wish, "Mein Paket ist nicht da.");
}
