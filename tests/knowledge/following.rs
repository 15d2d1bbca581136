use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use lotse::domain::Language;
use lotse::knowledge::{KnowledgeBase, KnowledgeSettings, Severity, Status};

use crate::support::{WordVectors, draft, write};

fn open(folder: &Path, embed: &Arc<WordVectors>) -> KnowledgeBase {
    let settings = KnowledgeSettings {
        debounce: Duration::from_millis(20),
        // Long enough that what the tests see came from file events.
        poll: Duration::from_hours(1),
        ..KnowledgeSettings::default()
    };
    KnowledgeBase::open_with(folder, Arc::clone(embed) as _, settings).unwrap()
}

#[track_caller]
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}: did not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn title(base: &KnowledgeBase, id: &str) -> Option<String> {
    base.current().article(id, Language::En).map(|article| article.title.clone())
}

fn errors(status: &Status) -> usize {
    status.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
}

#[test]
fn new_changed_and_deleted_files_take_effect() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    let embed = Arc::new(WordVectors::default());
    let base = open(folder.path(), &embed);
    assert_eq!(base.status().articles[&Language::En], 1);
    let before = base.current();

    let file = draft("b").write(folder.path(), "en");
    wait_until("the new article", || title(&base, "b").is_some());
    assert_eq!(base.status().articles[&Language::En], 2);

    let mut changed = draft("a");
    changed.title = "Another title".into();
    let embedded = embed.count();
    changed.write(folder.path(), "en");
    wait_until("the new title", || title(&base, "a").as_deref() == Some("Another title"));
    assert_eq!(embed.count(), embedded + 1, "only the title is embedded anew");

    std::fs::remove_file(file).unwrap();
    wait_until("the deletion", || title(&base, "b").is_none());
    assert!(title(&base, "a").is_some());
    assert!(before.article("b", Language::En).is_none(), "a search keeps what it began with");
    assert_eq!(
        before.article("a", Language::En).unwrap().title,
        "Title of a",
        "a search keeps what it began with"
    );
}

#[test]
fn a_new_language_folder_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    let base = open(folder.path(), &Arc::default());
    draft("a").write(folder.path(), "de");
    wait_until("the German article", || base.current().article("a", Language::De).is_some());
}

#[test]
fn a_broken_file_keeps_its_last_good_version() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    draft("b").write(folder.path(), "en");
    let base = open(folder.path(), &Arc::default());
    assert_eq!(errors(&base.status()), 0);

    write(folder.path(), "en/a.md", "+++\nid = oops\n+++\ntext");
    wait_until("the mistake", || errors(&base.status()) == 1);
    let status = base.status();
    let problem = status.problems.iter().find(|problem| problem.severity == Severity::Error);
    assert_eq!(problem.unwrap().line, 2);
    assert!(status.problems.iter().any(|problem| problem.message.contains("last good version")));
    assert_eq!(title(&base, "a").as_deref(), Some("Title of a"));

    // Other files still change while one is broken.
    std::fs::remove_file(folder.path().join("en/b.md")).unwrap();
    wait_until("the deletion", || title(&base, "b").is_none());
    assert_eq!(title(&base, "a").as_deref(), Some("Title of a"));

    let mut mended = draft("a");
    mended.title = "Mended".into();
    mended.write(folder.path(), "en");
    wait_until("the mended article", || title(&base, "a").as_deref() == Some("Mended"));
    assert_eq!(errors(&base.status()), 0);
}

#[test]
fn a_file_that_was_never_good_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    write(folder.path(), "en/b.md", "oops");
    let base = open(folder.path(), &Arc::default());
    assert_eq!(errors(&base.status()), 1);
    assert_eq!(base.status().articles[&Language::En], 1);
    draft("b").write(folder.path(), "en");
    wait_until("the mended article", || title(&base, "b").is_some());
    assert_eq!(errors(&base.status()), 0);
}

#[test]
fn the_poll_sees_changes_that_no_event_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("knowledge");
    draft("a").write(&place, "en");
    let settings = KnowledgeSettings {
        debounce: Duration::from_millis(5),
        poll: Duration::from_millis(30),
        ..KnowledgeSettings::default()
    };
    let base =
        KnowledgeBase::open_with(&place, Arc::new(WordVectors::default()), settings).unwrap();

    // A folder that is replaced as a whole takes its watch with it.
    std::fs::rename(&place, folder.path().join("old")).unwrap();
    wait_until("the missing folder", || errors(&base.status()) == 1);
    assert!(title(&base, "a").is_some(), "the knowledge stays as it was");
    draft("b").write(&place, "en");
    wait_until("the new folder", || title(&base, "b").is_some());
    assert!(title(&base, "a").is_none());
    assert_eq!(errors(&base.status()), 0);
}

#[test]
fn a_model_that_fails_leaves_the_knowledge_as_it_was_until_it_works_again() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    let embed = Arc::new(WordVectors::default());
    let base = open(folder.path(), &embed);
    embed.broken.store(true, Ordering::SeqCst);
    draft("b").write(folder.path(), "en");
    wait_until("the failure", || errors(&base.status()) == 1);
    assert!(title(&base, "a").is_some() && title(&base, "b").is_none());
    embed.broken.store(false, Ordering::SeqCst);
    // Any event makes it try again.
    write(folder.path(), "en/notes.txt", "x");
    wait_until("the new article", || title(&base, "b").is_some());
    assert_eq!(errors(&base.status()), 0);
}

#[test]
fn reading_files_is_no_change() {
    let folder = tempfile::tempdir().unwrap();
    draft("a").write(folder.path(), "en");
    let base = open(folder.path(), &Arc::default());
    let loaded = base.status().loaded_at;
    std::fs::read(folder.path().join("en/a.md")).unwrap();
    draft("a").write(folder.path(), "en");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(base.status().loaded_at, loaded, "the same content is not loaded again");
}

#[test]
fn a_missing_folder_is_an_error_at_the_start() {
    let embed = Arc::new(WordVectors::default());
    assert!(KnowledgeBase::open(Path::new("no/such/folder"), embed).is_err());
}
