//! Rows made up for the tests.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use lotse::batch::RowResult;
use lotse::domain::{
    ArticleScore, Classification, Entity, EntityKind, IntentScore, Language, Priority, Sentiment,
    SentimentScore, TierScore,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Width of the vectors.
const WIDTH: usize = 32;

pub(crate) fn first_day() -> Date {
    date(2026, 3, 2)
}

pub(crate) fn day(index: usize) -> Date {
    first_day()
        .checked_add(i64::try_from(index).expect("few days").days())
        .expect("a day of this century")
}

/// A vector of length 1 near the axis of a topic.
pub(crate) fn near_axis(topic: usize, spread: f32, random: &mut StdRng) -> Vec<f32> {
    let mut vector: Vec<f32> =
        (0..WIDTH).map(|_| random.random_range(-1.0..1.0) * spread).collect();
    vector[topic % WIDTH] += 1.0;
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.into_iter().map(|value| value / length).collect()
}

/// A row with an intent, in scope for sure.
pub(crate) fn row(number: u64, intent: &str, text: &str) -> RowResult {
    RowResult {
        number,
        classification: Classification {
            language: Language::De,
            intent: Some(IntentScore { name: intent.to_owned(), confidence: 0.95 }),
            in_scope: Some(0.99),
            alternatives: Vec::new(),
            sentiment: Some(SentimentScore { name: Sentiment::Neutral, confidence: 0.9 }),
            tier: Some(TierScore { level: 1, confidence: 0.9, probabilities: [0.9, 0.1, 0.0] }),
            answerable: None,
            articles: Vec::new(),
            entities: Vec::new(),
        },
        queue: Some("service".to_owned()),
        priority: Priority::Normal,
        article: None,
        duplicate_of: None,
        date: None,
        text: text.to_owned(),
        embedding: Vec::new(),
    }
}

/// A row that no intent covers.
pub(crate) fn outside(number: u64, language: Language, text: &str, vector: Vec<f32>) -> RowResult {
    let mut row = row(number, "", text);
    row.classification.language = language;
    row.classification.alternatives = row.classification.intent.take().into_iter().collect();
    "place_order".clone_into(&mut row.classification.alternatives[0].name);
    row.classification.in_scope = Some(0.03);
    row.embedding = vector;
    row
}

pub(crate) fn email(text: &str) -> Entity {
    Entity { kind: EntityKind::Email, text: text.to_owned(), value: None, start: 0, end: 0 }
}

/// Topics without an intent: how many rows, and how people ask.
const TOPICS: [(usize, Language, [&str; 6]); 4] = [
    (
        160,
        Language::De,
        [
            "Nehmt ihr alte Handys in Zahlung?",
            "Kann ich mein altes Handy in Zahlung geben?",
            "Was bekomme ich für mein altes Handy, wenn ich es in Zahlung gebe?",
            "Inzahlungnahme von einem gebrauchten Handy möglich?",
            "Ich würde gern mein Altgerät in Zahlung geben und ein neues Handy kaufen.",
            "Gibt es eine Prämie für alte Handys?",
        ],
    ),
    (
        90,
        Language::De,
        [
            "Habt ihr offene Stellen im Verkauf?",
            "Ich möchte mich bei euch bewerben, gibt es gerade Stellen?",
            "Sucht ihr Aushilfen? Ich würde mich gern bewerben.",
            "Bietet ihr Ausbildungsplätze an und wo kann ich mich bewerben?",
            "Wie läuft die Bewerbung als Werkstudent ab?",
            "An wen schicke ich meine Bewerbung für ein Praktikum?",
        ],
    ),
    (
        45,
        Language::En,
        [
            "Do you sponsor local sports clubs?",
            "Our football club is looking for a sponsor, would you help?",
            "Sponsoring request for our school festival",
            "Could Nordlicht sponsor our summer run?",
            "Who decides about sponsoring at your company?",
            "We would love to have you as a sponsor of our sailing team.",
        ],
    ),
    (3, Language::De, ["Ist der Hafen im Winter zugefroren?"; 6]),
];

const INTENTS: [(&str, usize, Option<&str>, [&str; 3]); 8] = [
    (
        "track_package",
        22,
        None,
        [
            "Wo ist mein Paket? Die Nummer ist NL-20481.",
            "Mein Paket sollte gestern kommen.",
            "Die Sendungsverfolgung zeigt seit Tagen nichts.",
        ],
    ),
    (
        "return_item",
        12,
        Some("return-policy"),
        [
            "Wie lange kann ich etwas zurückschicken?",
            "Kann ich die Kopfhörer noch zurückgeben?",
            "Was kostet der Rückversand?",
        ],
    ),
    (
        "internet_down",
        9,
        None,
        [
            "Seit heute früh geht das Internet nicht.",
            "Router blinkt rot, kein Internet in Kiel.",
            "Das WLAN ist komplett weg!",
        ],
    ),
    (
        "opening_hours",
        7,
        Some("opening-hours"),
        [
            "Habt ihr am Samstag offen?",
            "Bis wann ist der Laden in Kiel heute geöffnet?",
            "Öffnungszeiten am Feiertag?",
        ],
    ),
    (
        "dispute_invoice",
        6,
        None,
        [
            "Die Rechnung ist zu hoch.",
            "Ich wurde doppelt belastet!",
            "Warum stehen 40 Euro mehr auf der Rechnung?",
        ],
    ),
    (
        "cancel_contract",
        5,
        None,
        [
            "Ich kündige meinen Vertrag.",
            "Bitte bestätigen Sie die Kündigung.",
            "Wann endet mein Vertrag, wenn ich jetzt kündige?",
        ],
    ),
    (
        "delivery_costs",
        5,
        Some("shipping-costs"),
        [
            "Was kostet der Versand?",
            "Ab wann ist der Versand frei?",
            "Versandkosten nach Österreich?",
        ],
    ),
    ("praise", 2, None, ["Super schnell, danke!", "Tolle Beratung im Laden.", "Ihr seid klasse."]),
];

/// A backlog of some months: matters with their weekdays, one incident on days 60 and 61, topics
/// that no intent covers, and repetitions.
pub(crate) fn backlog() -> Vec<RowResult> {
    let mut random = StdRng::seed_from_u64(5);
    let mut rows: Vec<RowResult> = Vec::new();
    for index in 0..112 {
        let quiet = if index % 7 == 6 {
            0.2
        } else if index % 7 == 5 {
            0.6
        } else {
            1.0
        };
        for (intent, usual, article, texts) in INTENTS {
            let incident = intent == "internet_down" && (60..62).contains(&index);
            let many = usual as f64 * quiet * if incident { 5.0 } else { 1.0 };
            for _ in 0..poisson(many, &mut random) {
                let text = texts[random.random_range(0..texts.len())];
                let mut row = row(0, intent, text);
                row.date = Some(day(index));
                let kind = &mut row.classification;
                kind.intent.as_mut().expect("an intent").confidence =
                    random.random_range(0.6..0.99);
                let mood = random.random_range(0.0..1.0);
                let angry = if article.is_some() { 0.05 } else { 0.35 };
                if let Some(sentiment) = &mut kind.sentiment {
                    sentiment.name = if intent == "praise" {
                        Sentiment::Positive
                    } else if mood < angry {
                        Sentiment::Negative
                    } else {
                        Sentiment::Neutral
                    };
                }
                let level = if article.is_some() { 1 } else { 2 + u8::from(mood < 0.2) };
                kind.tier.as_mut().expect("a tier").level = level;
                row.article = article.filter(|_| random.random_bool(0.8)).map(|id| ArticleScore {
                    id: id.to_owned(),
                    confidence: random.random_range(0.93..1.0),
                });
                if level == 3 {
                    row.priority = Priority::High;
                }
                let queue = match intent {
                    "internet_down" => "technical",
                    "dispute_invoice" | "cancel_contract" => "billing",
                    _ => "service",
                };
                row.queue = Some(queue.to_owned());
                rows.push(row);
            }
        }
    }
    for (topic, (many, language, texts)) in TOPICS.iter().enumerate() {
        for index in 0..*many {
            let vector = near_axis(topic, 0.13, &mut random);
            let mut row = outside(0, *language, texts[index % texts.len()], vector);
            row.date = Some(day(random.random_range(0..112)));
            rows.push(row);
        }
    }
    rows.sort_by_key(|row| row.date);
    let mut duplicates = lotse::batch::Duplicates::new();
    for (row, number) in rows.iter_mut().zip(1..) {
        row.number = number;
        row.duplicate_of = duplicates.group(number, &row.text);
    }
    rows
}

/// A count with this mean (Knuth's product of uniform numbers).
pub(crate) fn poisson(mean: f64, random: &mut StdRng) -> u32 {
    // In parts, so that the product does not run out of digits.
    let mut count = 0;
    let mut left = mean;
    while left > 0.0 {
        let part = left.min(30.0);
        let mut product: f64 = random.random();
        while product > (-part).exp() {
            count += 1;
            product *= random.random::<f64>();
        }
        left -= part;
    }
    count
}
