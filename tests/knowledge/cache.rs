use std::path::Path;
use std::sync::atomic::Ordering;

use lotse::domain::Language;
use lotse::knowledge::{Knowledge, KnowledgeError, VectorCache};

use crate::support::{WordVectors, classification, draft, message, vector};

/// Loads the folder with a cache file; returns how many texts were embedded.
fn load(folder: &Path, file: &Path, model: &str) -> usize {
    let embed = WordVectors::default();
    let mut cache = VectorCache::open(file, model);
    let (knowledge, _) = Knowledge::load_cached(folder, &embed, &mut cache).unwrap();
    let text = message("What about a?", Language::En);
    let hits = knowledge.search(&text, &vector("What about a?"), &classification(&[]), 1);
    assert!((hits[0].cosine - 1.0).abs() < 1e-5, "the vectors are the right ones");
    embed.count()
}

#[test]
fn a_second_start_embeds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/down/vectors.cache");
    draft("a").write(folder.path(), "en");
    assert_eq!(load(folder.path(), &file, "m"), 3, "title, question, body");
    assert_eq!(load(folder.path(), &file, "m"), 0);
    let mut changed = draft("a");
    changed.body = "Other words.".into();
    changed.write(folder.path(), "en");
    assert_eq!(load(folder.path(), &file, "m"), 1, "only the changed text");
    assert_eq!(VectorCache::open(&file, "m").len(), 3, "the old text is gone");
}

#[test]
fn another_models_vectors_are_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vectors.cache");
    draft("a").write(folder.path(), "en");
    load(folder.path(), &file, "one");
    assert_eq!(load(folder.path(), &file, "two"), 3);
    assert_eq!(load(folder.path(), &file, "two"), 0);
}

#[test]
fn any_damage_makes_the_file_count_as_empty_and_it_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vectors.cache");
    draft("a").write(folder.path(), "en");
    load(folder.path(), &file, "m");
    let good = std::fs::read(&file).unwrap();
    let mut flipped = good.clone();
    flipped[100] ^= 1;
    let longer = [good.as_slice(), b"x"].concat();
    for damaged in [&good[..good.len() - 1], &good[..20], &[], &flipped, &longer] {
        std::fs::write(&file, damaged).unwrap();
        assert_eq!(load(folder.path(), &file, "m"), 3);
        assert_eq!(load(folder.path(), &file, "m"), 0);
    }
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 2, "no drafts are left behind");
}

#[test]
fn a_cache_that_cannot_be_written_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    // A folder stands where the file should go.
    let file = folder.path().join("cache");
    std::fs::create_dir_all(file.join("x")).unwrap();
    assert_eq!(load(folder.path(), &file, "m"), 3);
}

#[test]
fn the_same_text_is_embedded_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut article = draft("a");
    article.questions = vec![article.title.clone(), article.title.clone()];
    article.write(folder.path(), "en");
    let embed = WordVectors::default();
    Knowledge::load(folder.path(), &embed).unwrap();
    assert_eq!(embed.count(), 2);
}

#[test]
fn a_model_that_fails_is_told() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    let embed = WordVectors::default();
    embed.broken.store(true, Ordering::SeqCst);
    let error = Knowledge::load(folder.path(), &embed).err().unwrap();
    assert!(matches!(&error, KnowledgeError::Embed(_)));
    assert!(error.to_string().contains("out of order"), "{error}");
}
