use std::path::Path;

use jiff::civil::date;
use lotse::classifier::Ranking;
use lotse::domain::Language;
use lotse::knowledge::{Hit, Knowledge};
use tempfile::TempDir;

use crate::support::{Draft, WordVectors, classification, draft, message, vector};

fn knowledge(articles: &[(&Draft, &str)]) -> (Knowledge, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (article, language) in articles {
        article.write(folder.path(), language);
    }
    let (knowledge, _) = Knowledge::load(folder.path(), &WordVectors::default()).unwrap();
    (knowledge, folder)
}

fn find(knowledge: &Knowledge, text: &str, intents: &[(&str, f32)], k: usize) -> Vec<Hit> {
    let message = message(text, Language::En);
    knowledge.search(&message, &vector(text), &classification(intents), k)
}

fn ids(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.article.id.as_str()).collect()
}

fn shop() -> Vec<Draft> {
    let mut hours = draft("shop-hours");
    hours.title = "Opening hours of the shops".into();
    hours.intents = vec!["opening_hours".into()];
    hours.questions = vec!["When do your shops open?".into(), "Are you open on Sunday?".into()];
    hours.body = "We are open from 10 to 19.".into();
    let mut parking = draft("shop-parking");
    parking.title = "Parking".into();
    parking.intents = vec!["store_location".into()];
    parking.questions = vec!["Where can I park?".into()];
    parking.body = "There is a [garage](https://garage.example) next to the shop.".into();
    let mut cost = draft("delivery-cost");
    cost.title = "Delivery cost".into();
    cost.intents = vec!["delivery_options".into(), "delivery_period".into()];
    cost.questions = vec!["How much is shipping?".into()];
    cost.body = "Shipping is 4.90 euros.".into();
    vec![hours, parking, cost]
}

fn shop_knowledge() -> (Knowledge, TempDir) {
    let shop = shop();
    knowledge(&shop.iter().map(|article| (article, "en")).collect::<Vec<_>>())
}

#[test]
fn words_phrasings_and_intents_each_find_the_article() {
    let (knowledge, _folder) = shop_knowledge();
    let hits = find(&knowledge, "are the shops open on sunday", &[], 3);
    assert_eq!(hits[0].article.id, "shop-hours");
    assert!(hits[0].bm25 > hits[1].bm25 && hits[0].cosine > hits[1].cosine);
    let hits = find(&knowledge, "xyzzy", &[("delivery_period", 0.7), ("delivery_options", 0.2)], 3);
    assert_eq!(hits[0].article.id, "delivery-cost");
    assert!((hits[0].intent - 0.9).abs() < 1e-6, "the mass of both intents");
}

#[test]
fn every_score_stays_between_0_and_1() {
    let (knowledge, _folder) = shop_knowledge();
    let story = "shops open sunday park shipping ".repeat(40);
    for text in ["", "?", "open", "xyzzy", "When do your shops open?", &story] {
        for hit in find(&knowledge, text, &[("opening_hours", 1.0)], 9) {
            for value in [hit.bm25, hit.intent, hit.score] {
                assert!((0.0..=1.0).contains(&value), "{text}: {hit:?}");
            }
            assert!((-1.001..=1.001).contains(&hit.cosine), "{text}: {hit:?}");
        }
    }
}

#[test]
fn the_score_is_the_weighted_sum() {
    let (knowledge, _folder) = shop_knowledge();
    let weights = Ranking { bm25: 0.5, cosine: 0.1, intent: 0.4, learned: 0.0 };
    let knowledge = knowledge.with_ranking(weights);
    let hit = &find(&knowledge, "open today", &[("opening_hours", 0.5)], 1)[0];
    let sum = 0.5 * hit.bm25 + 0.1 * hit.cosine + 0.4 * hit.intent;
    assert!((hit.score - sum).abs() < 1e-6);
}

#[test]
fn a_story_around_the_question_costs_little() {
    let (knowledge, _folder) = shop_knowledge();
    let plain = find(&knowledge, "are the shops open on sunday", &[], 1)[0].bm25;
    let story = "hello, yesterday my aunt from the countryside came for a visit and wanted a present \
                 for her neighbour, so: are the shops open on sunday";
    let hit = &find(&knowledge, story, &[], 1)[0];
    assert_eq!(hit.article.id, "shop-hours");
    assert!(hit.bm25 > plain / 3.0, "{} of {plain}", hit.bm25);
}

#[test]
fn only_the_messages_language_is_searched() {
    let shop = shop();
    let (knowledge, _folder) = knowledge(&[(&shop[0], "en"), (&shop[1], "de")]);
    assert_eq!(ids(&find(&knowledge, "park", &[], 9)), ["shop-hours"]);
    let german = message("park", Language::De);
    let hits = knowledge.search(&german, &vector("park"), &classification(&[]), 9);
    assert_eq!(ids(&hits), ["shop-parking"]);
    assert!(knowledge.article("shop-parking", Language::De).is_some());
    assert!(knowledge.article("shop-parking", Language::En).is_none());
}

#[test]
fn a_language_without_articles_finds_nothing() {
    let (knowledge, _folder) = shop_knowledge();
    let german = message("park", Language::De);
    assert!(knowledge.search(&german, &vector("park"), &classification(&[]), 9).is_empty());
}

#[test]
fn drafts_are_never_found_and_expired_articles_are_marked() {
    let mut shop = shop();
    shop[0].status = "draft".into();
    shop[1].review_by = "2026-05-31".into();
    let (knowledge, _folder) = knowledge(&[(&shop[0], "en"), (&shop[1], "en")]);
    assert!(knowledge.article("shop-hours", Language::En).is_some());
    let text = message("open", Language::En);
    for (today, usable) in [(date(2026, 5, 31), true), (date(2026, 6, 1), false)] {
        let hits = knowledge.search_on(today, &text, &vector("open"), &classification(&[]), 9);
        assert_eq!(ids(&hits), ["shop-parking"]);
        assert_eq!(hits[0].usable, usable);
    }
}

#[test]
fn ties_are_settled_by_id() {
    let articles: Vec<Draft> = ["c", "a", "d", "b"].map(draft).into();
    let (knowledge, _folder) =
        knowledge(&articles.iter().map(|article| (article, "en")).collect::<Vec<_>>());
    for k in 0..6 {
        assert_eq!(ids(&find(&knowledge, "xyzzy", &[], k)), ["a", "b", "c", "d"][..k.min(4)]);
    }
}

#[test]
fn without_a_vector_words_and_intents_still_count() {
    let (knowledge, _folder) = shop_knowledge();
    let text = message("where can i park", Language::En);
    let hits = knowledge.search(&text, &[], &classification(&[]), 1);
    assert_eq!(ids(&hits), ["shop-parking"]);
    assert!(hits[0].cosine.abs() < f32::EPSILON);
}

#[test]
fn addresses_of_links_are_not_searched() {
    let (knowledge, _folder) = shop_knowledge();
    let text = message("https garage example", Language::En);
    let explanation = knowledge.explain(&text, &[], &classification(&[]), "shop-parking").unwrap();
    let found: Vec<&str> = explanation
        .terms
        .iter()
        .filter(|term| term.impact > 0.0)
        .map(|term| term.term.as_str())
        .collect();
    assert_eq!(found, ["garag"]);
}

#[test]
fn an_explanation_agrees_with_the_search() {
    let (knowledge, _folder) = shop_knowledge();
    let text = "When do your shops open on sunday and where can I park?";
    let (message, vector) = (message(text, Language::En), vector(text));
    let classification = classification(&[("store_location", 0.6), ("opening_hours", 0.3)]);
    let hits = knowledge.search(&message, &vector, &classification, 9);
    for (rank, hit) in (1..).zip(&hits) {
        let explanation =
            knowledge.explain(&message, &vector, &classification, &hit.article.id).unwrap();
        assert_eq!((explanation.rank, explanation.of), (rank, hits.len()));
        assert_eq!(&explanation.hit, hit);
        let sum: f32 = explanation.terms.iter().map(|term| term.share).sum();
        assert!((sum - hit.bm25).abs() < 1e-5);
        let mass: f32 = explanation.intents.iter().map(|intent| intent.confidence).sum();
        assert!((mass - hit.intent).abs() < 1e-6);
        assert!(explanation.nearest.is_some());
    }
    let hours = knowledge.explain(&message, &vector, &classification, "shop-hours").unwrap();
    assert_eq!(hours.nearest.as_deref(), Some("When do your shops open?"));
    assert!(knowledge.explain(&message, &vector, &classification, "nothing").is_none());
}

#[test]
fn the_same_search_gives_the_same_scores() {
    let load = || Knowledge::load(Path::new("demo/knowledge"), &WordVectors::default()).unwrap().0;
    let (first, second) = (load(), load());
    for text in ["Wann habt ihr offen?", "Wie lange dauert die Lieferung nach Wien?"] {
        let message = message(text, Language::De);
        let search = |knowledge: &Knowledge| {
            knowledge.search(&message, &vector(text), &classification(&[]), 10)
        };
        assert_eq!(search(&first), search(&second));
    }
}
