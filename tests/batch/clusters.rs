//! Is what no intent covers put together by what it is about?

use std::path::Path;

use lotse::batch::report::{Cluster, SampledRow, clusters};
use lotse::classifier::Classifier;
use lotse::domain::Language;
use lotse::text::prepare;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::support::near_axis;

fn put_together(rows: &[SampledRow], offered: usize) -> lotse::batch::report::Clusters {
    clusters(&rows.iter().collect::<Vec<_>>(), offered, offered)
}

#[test]
fn nothing_makes_no_clusters() {
    let found = put_together(&[], 0);
    assert_eq!((found.sampled, found.clusters.len(), found.alone), (0, 0, 0));
}

#[test]
fn topics_come_out_whole_with_their_sizes() {
    let mut random = StdRng::seed_from_u64(1);
    // Topic, rows, spread; the last ones are each for themselves.
    let mut rows = Vec::new();
    for (topic, many) in [(0, 300), (1, 120), (2, 40), (3, 4)] {
        for _ in 0..many {
            let text = format!("frage {}", ["eins", "zwei", "drei", "vier"][topic]);
            let vector = near_axis(topic, 0.15, &mut random);
            rows.push(SampledRow::new(rows.len() as u64, Language::De, text, &vector));
        }
    }
    for index in 0..20 {
        let vector = near_axis(index, 1.0, &mut random);
        rows.push(SampledRow::new(
            rows.len() as u64,
            Language::De,
            format!("nur einmal {index}"),
            &vector,
        ));
    }
    let found = put_together(&rows, rows.len() * 10);
    let sizes: Vec<usize> = found.clusters.iter().map(|cluster| cluster.sampled).collect();
    assert_eq!(sizes.len(), 3, "{sizes:?}");
    for (size, wanted) in sizes.iter().zip([300, 120, 40]) {
        assert!(size.abs_diff(wanted) <= 4, "{sizes:?}");
    }
    assert!(found.clusters[0].words.contains(&"eins".to_owned()), "{:?}", found.clusters[0]);
    // Sizes stand for all rows that the sample was drawn from.
    assert!(found.clusters.iter().all(|cluster| cluster.rows == 10 * cluster.sampled));
    let inside: usize = found.clusters.iter().map(|cluster| cluster.rows).sum();
    assert_eq!(inside + found.alone, rows.len() * 10);
    assert_eq!(put_together(&rows, rows.len() * 10), found);
}

/// Made-up questions on matters that the demo company has no intent for.
const TOPICS: [(&str, [&str; 8]); 4] = [
    (
        "Inzahlungnahme",
        [
            "Nehmt ihr alte Handys in Zahlung?",
            "Kann ich mein altes Handy bei euch in Zahlung geben?",
            "Was bekomme ich für mein gebrauchtes iPhone, wenn ich es in Zahlung gebe?",
            "Kauft ihr gebrauchte Smartphones an?",
            "Ich würde gern mein altes Smartphone verkaufen, macht ihr Ankauf?",
            "Gibt es eine Prämie, wenn ich mein altes Handy abgebe?",
            "Inzahlungnahme von Altgeräten, wie funktioniert das?",
            "Wie viel zahlt ihr für ein gebrauchtes Handy?",
        ],
    ),
    (
        "Bewerbung",
        [
            "Habt ihr offene Stellen im Verkauf?",
            "Ich möchte mich bei euch als Verkäuferin bewerben.",
            "Sucht ihr gerade Aushilfen oder Werkstudenten?",
            "Bietet ihr Ausbildungsplätze an?",
            "An wen schicke ich meine Bewerbung?",
            "Kann ich bei euch ein Praktikum machen?",
            "Wo finde ich eure Stellenangebote?",
            "Wie ist der Stand meiner Bewerbung als Techniker?",
        ],
    ),
    (
        "Sponsoring",
        [
            "Unser Sportverein sucht einen Sponsor für neue Trikots.",
            "Würdet ihr unser Sommerfest sponsern?",
            "Sponsoring-Anfrage für einen Segelverein",
            "Unterstützt ihr Vereine mit Spenden?",
            "Wir suchen Sponsoren für unseren Spendenlauf, macht ihr mit?",
            "Könnt ihr unserer Schule etwas für die Tombola spenden?",
            "An wen wende ich mich wegen einer Spende für den Verein?",
            "Sponsort ihr Fußballmannschaften?",
        ],
    ),
    (
        "Wetter",
        [
            "Wie wird das Wetter morgen in Kiel?",
            "Regnet es am Wochenende an der Ostsee?",
            "Wird es morgen stürmisch?",
            "Scheint am Samstag in Flensburg die Sonne?",
            "Wie warm wird es heute?",
            "Kommt nächste Woche Schnee?",
            "Wie ist die Wettervorhersage für Hamburg?",
            "Gibt es heute Nacht Frost?",
        ],
    ),
];

#[test]
fn the_shipped_model_keeps_topics_apart() {
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/nordlicht-de-en");
    let classifier = Classifier::load(&pack).expect("the shipped pack");
    let mut rows = Vec::new();
    let mut topics = Vec::new();
    for (topic, (_, texts)) in TOPICS.iter().enumerate() {
        let texts: Vec<_> = texts.iter().map(|text| prepare(text, Some(Language::De))).collect();
        for (text, reading) in texts.iter().zip(classifier.read(&texts).expect("readings")) {
            let number = rows.len() as u64;
            let text = text.cleaned.clone();
            rows.push(SampledRow::new(number, Language::De, text, &reading.embedding));
            topics.push(topic);
        }
    }
    let found = put_together(&rows, rows.len());
    let described: Vec<(usize, &Vec<String>)> =
        found.clusters.iter().map(|cluster| (cluster.sampled, &cluster.words)).collect();
    let topic_of = |cluster: &Cluster| {
        let topics: Vec<usize> =
            cluster.examples.iter().map(|example| topics[example.row as usize]).collect();
        topics.windows(2).all(|pair| pair[0] == pair[1]).then(|| topics[0])
    };
    let mut seen: Vec<usize> = found
        .clusters
        .iter()
        .map(|cluster| topic_of(cluster).unwrap_or_else(|| panic!("mixed: {cluster:?}")))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() >= 3, "{described:?}");
    let inside: usize = found.clusters.iter().map(|cluster| cluster.sampled).sum();
    assert!(inside >= 18, "{described:?}, {} alone", found.alone);
}
