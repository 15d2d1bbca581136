//! What does the report say, and does its page keep to itself?

use std::collections::BTreeMap;

use jiff::civil::date;
use lotse::batch::report::{
    Promise, Report, Sample, SampledRow, Tally, TallySettings, Tested, page,
};
use lotse::classifier::{Answering, Certificate, RiskPoint};
use lotse::domain::{ArticleScore, Language, Sentiment};
use lotse::triage::Policy;
use proptest::prelude::*;

use crate::support::{backlog, day, email, outside, row};

fn settings() -> TallySettings {
    let titles = |german: &str, english: &str| {
        BTreeMap::from([(Language::De, german.to_owned()), (Language::En, english.to_owned())])
    };
    TallySettings {
        input: "tickets.csv".to_owned(),
        model: "nordlicht-de-en".to_owned(),
        made_on: Some(date(2026, 7, 1)),
        promise: Some(Promise {
            risk: Some(0.02),
            threshold: Some(0.91),
            tested: Some(Tested { answered: 412, wrong: 6, certified: None }),
        }),
        minutes_per_ticket: Some(4.5),
        articles: BTreeMap::from([
            ("return-policy".to_owned(), titles("Rückgabe und Widerruf", "Returns")),
            ("opening-hours".to_owned(), titles("Öffnungszeiten", "Opening hours")),
            ("shipping-costs".to_owned(), titles("Versandkosten", "Shipping costs")),
        ]),
        queues: BTreeMap::from([("technical".to_owned(), "Technik".to_owned())]),
        ..TallySettings::default()
    }
}

fn counted() -> Report {
    let mut tally = Tally::new(settings());
    for row in backlog() {
        tally.add(&row);
    }
    tally.finish()
}

#[test]
fn figures_are_those_of_a_plain_count() {
    let rows = backlog();
    let report = counted();
    let count =
        |wanted: &dyn Fn(&&lotse::batch::RowResult) -> bool| rows.iter().filter(wanted).count();
    assert_eq!((report.rows, report.undated), (rows.len(), 0));
    let answered = count(&|row| row.article.is_some());
    assert_eq!(report.answers.answered.part, answered);
    let minutes = report.answers.minutes.expect("minutes a ticket were given");
    assert!((minutes.all - 4.5 * answered as f64).abs() < 1e-6);
    let wrong: f64 = rows
        .iter()
        .filter_map(|row| row.article.as_ref())
        .map(|article| 1.0 - f64::from(article.confidence))
        .sum();
    assert!((report.answers.wrong_expected - wrong).abs() < 1e-3);
    assert_eq!(report.repeats.rows.part, count(&|row| row.duplicate_of.is_some()));
    assert_eq!(
        report.sentiments[&Sentiment::Negative].part,
        count(&|row| row
            .classification
            .sentiment
            .as_ref()
            .is_some_and(|mood| mood.name == Sentiment::Negative))
    );
    for figures in &report.intents {
        let of = |row: &&lotse::batch::RowResult| {
            row.classification.intent.as_ref().map(|intent| &intent.name) == figures.intent.as_ref()
        };
        assert_eq!(figures.rows.part, count(&of), "{:?}", figures.intent);
        assert_eq!(figures.answered.part, count(&|row| of(row) && row.article.is_some()));
    }
    assert_eq!(report.intents.iter().map(|figures| figures.rows.part).sum::<usize>(), rows.len());
    let queued: usize = report.queues.iter().map(|queue| queue.rows.part).sum();
    assert_eq!(queued, rows.len() - answered);
    let timeline = report.timeline.expect("rows have days");
    let drawn: usize = timeline.points.iter().map(|point| point.rows).sum();
    assert_eq!(drawn + timeline.left_out, rows.len());
    assert!(timeline.points.windows(2).all(|pair| pair[0].start < pair[1].start));
}

#[test]
fn the_incident_and_the_topics_that_were_put_in_are_found() {
    let report = counted();
    let [incident] = report.incidents.incidents.as_slice() else {
        panic!("{:?}", report.incidents.incidents)
    };
    assert_eq!(incident.intent.as_deref(), Some("internet_down"));
    assert_eq!((incident.first, incident.last), (day(60), day(61)));
    assert!(incident.rows as f64 > 3.0 * incident.usual, "{incident:?}");
    assert!(incident.example.is_some());
    let clusters = &report.clusters;
    assert_eq!((clusters.out_of_scope, clusters.unsure, clusters.sampled), (298, 0, 298));
    let sizes: Vec<usize> = clusters.clusters.iter().map(|cluster| cluster.rows).collect();
    assert_eq!(sizes, [160, 90, 45], "{:?}", clusters.clusters);
    assert_eq!(clusters.alone, 3);
    assert!(clusters.clusters[0].words.contains(&"Handy".to_owned()), "{:?}", clusters.clusters[0]);
    assert!(clusters.clusters.iter().all(|cluster| cluster.examples.len() == 3));
}

#[test]
fn a_tally_goes_on_where_it_was_stored() {
    let rows = backlog();
    let mut tally = Tally::new(settings());
    for (index, row) in rows.iter().enumerate() {
        if index % 1_000 == 999 {
            let stored = serde_json::to_string(&tally).expect("a tally can be stored");
            tally = serde_json::from_str(&stored).expect("and read again");
        }
        tally.add(row);
    }
    assert_eq!(tally.finish(), counted());
}

#[test]
fn a_tally_stays_small() {
    let mut tally = Tally::new(TallySettings { sample: 500, ..TallySettings::default() });
    let mut lengths = Vec::new();
    for number in 1..=60_000_u64 {
        let text = format!("{number} {}", "etwas Langes ".repeat(60));
        let vector: Vec<f32> = (0..384).map(|index| ((number + index) % 7) as f32 - 3.0).collect();
        let mut row = outside(number, Language::De, &text, vector);
        row.date = Some(day(number as usize % 40_000));
        row.duplicate_of = (number > 1).then_some(number / 2);
        if number % 3 == 0 {
            row.classification.intent = row.classification.alternatives.pop();
        }
        tally.add(&row);
        if number % 20_000 == 0 {
            lengths.push(serde_json::to_string(&tally).expect("a tally can be stored").len());
        }
    }
    assert!(lengths.iter().all(|length| *length < 12_000_000), "{lengths:?}");
    let report = tally.finish();
    // Days beyond the limit are told as undated, not lost.
    assert_eq!(report.undated, 20_000);
    assert_eq!(report.clusters.sampled, 500);
}

#[test]
fn numbers_and_addresses_are_masked_in_examples() {
    let mut tally = Tally::new(TallySettings::default());
    for number in 1..=6 {
        let mut row =
            outside(number, Language::De, "Schreibt an jana@mail.example, bitte", vec![1.0, 0.0]);
        row.classification.entities = vec![email("jana@mail.example")];
        row.duplicate_of = (number > 1).then_some(1);
        tally.add(&row);
    }
    let report = tally.finish();
    assert_eq!(report.repeats.largest[0].rows, 6);
    for language in Language::ALL {
        let page = page(&report, language);
        assert!(page.contains("Schreibt an •••, bitte") && !page.contains("jana@"), "{page}");
    }
}

#[test]
fn a_page_needs_nothing_else_and_no_text_becomes_markup() {
    let mut tally = Tally::new(TallySettings {
        input: "<script>alert(1)</script>.csv".to_owned(),
        queues: BTreeMap::from([("service".to_owned(), "<i>Service</i>".to_owned())]),
        ..settings()
    });
    for number in 1..=12_u64 {
        let text = "<script>alert(2)</script> \" ' & </section>";
        let mut row = outside(number, Language::De, text, vec![1.0, 0.0]);
        row.date = Some(day(number as usize));
        row.duplicate_of = (number > 1).then_some(1);
        tally.add(&row);
    }
    for language in Language::ALL {
        let page = page(&tally.finish(), language);
        assert!(!page.contains("<script") && !page.contains("<i>"), "{page}");
        for outside in ["src=", "url(", "@import", "<link rel=\"stylesheet\"", "href=\"http"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("default-src 'none'"));
        // Each gap of a sentence was filled.
        assert!(!page.contains("{}"), "{page}");
    }
}

#[test]
fn pages_of_all_sorts_of_rows_are_well_formed() {
    let none = Tally::new(TallySettings::default()).finish();
    let mut one = Tally::new(TallySettings::default());
    let mut bare = row(1, "track_package", "Wo ist mein Paket?");
    bare.classification.sentiment = None;
    bare.classification.tier = None;
    bare.classification.in_scope = None;
    bare.queue = None;
    one.add(&bare);
    for report in [none, one.finish(), counted()] {
        for language in Language::ALL {
            let page = page(&report, language);
            for tag in ["section", "table", "ul", "li", "div", "p", "svg", "details", "figure"] {
                let opened = page.matches(&format!("<{tag}>")).count()
                    + page.matches(&format!("<{tag} ")).count();
                assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
            }
            assert!(!page.contains("NaN") && !page.contains("inf%"));
        }
    }
}

#[test]
fn the_page_says_what_the_limit_rests_on() {
    let curve = vec![
        RiskPoint { threshold: 0.95, answered: 200, wrong: 1 },
        RiskPoint { threshold: 0.9, answered: 400, wrong: 5 },
        RiskPoint { threshold: 0.5, answered: 700, wrong: 70 },
    ];
    let certificate = Certificate {
        risk: 0.02,
        confidence: 0.95,
        threshold: 0.97,
        rows: 900,
        answered: 300,
        wrong: 1,
        wrong_at_most: 0.0157,
    };
    let answering = Answering { curve, certificate: Some(certificate), ..Answering::default() };
    let said = |policy: Policy, language: Language| {
        let promise = Promise::of(&policy.with_answering(Some(answering.clone())));
        let mut tally = Tally::new(TallySettings { promise, ..TallySettings::default() });
        let mut row = row(1, "return_item", "Rückgabe?");
        row.article = Some(ArticleScore { id: "return-policy".to_owned(), confidence: 0.99 });
        tally.add(&row);
        page(&tally.finish(), language)
    };
    let usual = said(Policy::default(), Language::En);
    assert!(usual.contains("At most 2% of its answers may be wrong."));
    assert!(usual.contains("5 of 400 answers were wrong"));
    let sure = Policy { risk_confidence: Some(0.95), ..Policy::default() };
    let sure = said(sure, Language::De);
    assert!(sure.contains("1 von 300 Antworten falsch; mit 95\u{a0}% Sicherheit sind es allgemein höchstens 1,6\u{a0}%"), "{sure}");
    let by_hand = Policy { answer_threshold: Some(0.8), ..Policy::default() };
    assert!(said(by_hand, Language::De).contains("von Hand gesetzt (Sicherheit 80\u{a0}%)"));
    let never = Policy { risk: 0.0001, ..Policy::default() };
    assert!(said(never, Language::En).contains("so nothing is answered"));
    assert_eq!(Promise::of(&Policy::default()), None);
}

proptest! {
    #[test]
    fn a_sample_depends_on_neither_order_nor_breaks(
        size in 0_usize..30, all in 0_u64..200, seed in 0_u64..5, turn in 0_usize..200,
    ) {
        let make = |number: u64| SampledRow::new(number, Language::De, number.to_string(), &[1.0]);
        let mut forwards = Sample::new(size, seed);
        (1..=all).for_each(|number| forwards.offer(number, || make(number)));
        let mut numbers: Vec<u64> = (1..=all).collect();
        numbers.rotate_left(if all == 0 { 0 } else { turn % all as usize });
        numbers.reverse();
        let mut backwards = Sample::new(size, seed);
        for number in numbers {
            backwards.offer(number, || make(number));
            let stored = serde_json::to_string(&backwards).expect("a sample can be stored");
            backwards = serde_json::from_str(&stored).expect("and read again");
        }
        prop_assert_eq!(forwards.rows(), backwards.rows());
        prop_assert_eq!(forwards.rows().len(), size.min(all as usize));
        prop_assert_eq!(forwards.offered(), all as usize);
    }
}

#[test]
fn every_row_is_as_likely_to_be_sampled() {
    let mut often = [0_usize; 10];
    for seed in 0..2_000 {
        let mut sample = Sample::new(3, seed);
        for number in 0..10 {
            sample.offer(number, || SampledRow::new(number, Language::De, String::new(), &[1.0]));
        }
        sample.rows().iter().for_each(|row| often[row.number as usize] += 1);
    }
    // 600 each; 20 is one standard deviation.
    assert!(often.iter().all(|times| (500..=700).contains(times)), "{often:?}");
}

/// The page as a person sees it: `LOTSE_PAGES=DIR` keeps it for a look.
#[test]
fn pages_can_be_kept_for_a_look() {
    let dir = std::env::var_os("LOTSE_PAGES").map(std::path::PathBuf::from);
    let dir = dir.unwrap_or_else(|| {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots/backlog")
    });
    std::fs::create_dir_all(&dir).expect("a folder for pages");
    let report = counted();
    assert_eq!(report.majority_language(), Language::De);
    for language in Language::ALL {
        let page = page(&report, language);
        assert!(page.contains(&format!("<html lang=\"{language}\">")));
        std::fs::write(dir.join(format!("report-{language}.html")), page).expect("written");
    }
}
