//! What does the folder hold now? Follows the knowledge folder and swaps in a new index when a file
//! has changed.
//!
//! The system's file events come first, a look at all time stamps every [`KnowledgeSettings::poll`]
//! second: network folders and container mounts send no events.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use serde::Serialize;

use super::cache::VectorCache;
use super::library::{Library, Touched};
use super::problem::Problem;
use super::{Embed, Knowledge, KnowledgeError};
use crate::classifier::Ranking;
use crate::domain::Language;

/// A stream of events is not waited out longer than this many times the debounce.
const LONGEST_WAIT: u32 = 20;

/// How a knowledge base is kept.
#[derive(Debug)]
pub struct KnowledgeSettings {
    /// Weights of the search.
    pub ranking: Ranking,
    /// Intents that articles may name; not checked without them.
    pub known_intents: Option<BTreeSet<String>>,
    /// Vectors of an earlier run.
    pub cache: VectorCache,
    /// Quiet time after a change before files are read: editors write in several steps.
    pub debounce: Duration,
    /// Time between two looks at the folder where no event came.
    pub poll: Duration,
}

impl Default for KnowledgeSettings {
    fn default() -> Self {
        Self {
            ranking: Ranking::default(),
            known_intents: None,
            cache: VectorCache::in_memory(),
            debounce: Duration::from_millis(250),
            poll: Duration::from_secs(30),
        }
    }
}

/// What is loaded and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Number of articles by language, drafts included.
    pub articles: BTreeMap<Language, usize>,
    /// Everything to put right, by file and line.
    pub problems: Vec<Problem>,
    /// When this state was loaded.
    pub loaded_at: Timestamp,
}

/// A knowledge folder that is followed: an edit takes effect without a restart.
pub struct KnowledgeBase {
    loaded: Arc<RwLock<Loaded>>,
    /// Ends the following thread when it is dropped: the thread's channel closes with it.
    _watcher: Watching,
}

struct Loaded {
    knowledge: Arc<Knowledge>,
    status: Status,
}

/// Both ends that keep the thread's channel open.
struct Watching {
    _events: Option<RecommendedWatcher>,
    _sender: mpsc::Sender<notify::Result<notify::Event>>,
}

impl KnowledgeBase {
    /// Loads the folder (the one that holds `de/` and `en/`) and follows it from then on.
    pub fn open(folder: &Path, embed: Arc<dyn Embed>) -> Result<Self, KnowledgeError> {
        Self::open_with(folder, embed, KnowledgeSettings::default())
    }

    /// As [`KnowledgeBase::open`], with settings.
    pub fn open_with(
        folder: &Path,
        embed: Arc<dyn Embed>,
        settings: KnowledgeSettings,
    ) -> Result<Self, KnowledgeError> {
        let (sender, events) = mpsc::channel();
        // Watching begins before the first reading, so that no change falls in between.
        let watcher = watch(folder, sender.clone());
        let library = Library::open(folder)?;
        let mut follower =
            Follower { folder: folder.to_owned(), library, embed, settings, day: super::today() };
        let loaded = Arc::new(RwLock::new(follower.load()?));
        let shared = Arc::downgrade(&loaded);
        std::thread::Builder::new()
            .name("knowledge".to_owned())
            .spawn(move || follower.follow(&events, &shared))
            .map_err(KnowledgeError::Thread)?;
        Ok(Self { loaded, _watcher: Watching { _events: watcher, _sender: sender } })
    }

    /// The latest knowledge. A search keeps the one it began with.
    pub fn current(&self) -> Arc<Knowledge> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner).knowledge)
    }

    /// What is loaded and what is wrong with it.
    pub fn status(&self) -> Status {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner).status.clone()
    }
}

fn watch(
    folder: &Path,
    sender: mpsc::Sender<notify::Result<notify::Event>>,
) -> Option<RecommendedWatcher> {
    let watcher = notify::recommended_watcher(sender).and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    watcher
        .inspect_err(|error| {
            tracing::warn!(
                folder = %folder.display(), %error,
                "no file events for the knowledge folder: changes are seen at the next poll"
            );
        })
        .ok()
}

/// The thread's own state.
struct Follower {
    folder: PathBuf,
    library: Library,
    embed: Arc<dyn Embed>,
    settings: KnowledgeSettings,
    /// The day for which dates were checked.
    day: Date,
}

impl Follower {
    fn load(&mut self) -> Result<Loaded, KnowledgeError> {
        let (articles, problems) =
            self.library.articles(self.settings.known_intents.as_ref(), self.day);
        let mut counts = BTreeMap::new();
        for article in &articles {
            *counts.entry(article.language).or_default() += 1;
        }
        let knowledge = Knowledge::new(articles, self.embed.as_ref(), &mut self.settings.cache)?
            .with_ranking(self.settings.ranking);
        let status = Status { articles: counts, problems, loaded_at: Timestamp::now() };
        Ok(Loaded { knowledge: Arc::new(knowledge), status })
    }

    /// Runs until the knowledge base is dropped.
    fn follow(
        mut self,
        events: &Receiver<notify::Result<notify::Event>>,
        shared: &std::sync::Weak<RwLock<Loaded>>,
    ) {
        let mut outdated = false;
        while let Some(touched) = self.wait(events) {
            let result = self.refresh(&touched, &mut outdated);
            let Some(shared) = shared.upgrade() else { return };
            let mut loaded = shared.write().unwrap_or_else(PoisonError::into_inner);
            match result {
                Ok(None) => {}
                Ok(Some(new)) => {
                    for problem in &new.status.problems {
                        tracing::debug!(%problem, "knowledge");
                    }
                    tracing::info!(
                        articles = new.status.articles.values().sum::<usize>(),
                        problems = new.status.problems.len(),
                        "knowledge loaded"
                    );
                    *loaded = new;
                }
                Err(error) => {
                    let problem = Problem::error(&self.folder, 1, error.to_string());
                    // Told once, not at every poll while it lasts.
                    if !loaded.status.problems.contains(&problem) {
                        tracing::error!(%error, "knowledge stays as it was");
                        loaded.status.problems.push(problem);
                    }
                }
            }
        }
    }

    /// The new state, if anything has changed. `outdated` remembers a change whose loading failed.
    fn refresh(
        &mut self,
        touched: &Touched,
        outdated: &mut bool,
    ) -> Result<Option<Loaded>, KnowledgeError> {
        let day = super::today();
        *outdated |= day != self.day;
        self.day = day;
        match self.library.refresh(touched) {
            Ok(changed) => *outdated |= changed,
            Err(error) => {
                // When the folder is back, its state is told anew, without this problem.
                *outdated = true;
                return Err(error);
            }
        }
        if !*outdated {
            return Ok(None);
        }
        let loaded = self.load()?;
        *outdated = false;
        Ok(Some(loaded))
    }

    /// Waits for a change that has come to rest, or for the next poll. None at the end.
    fn wait(&self, events: &Receiver<notify::Result<notify::Event>>) -> Option<Touched> {
        let mut touched = Touched::default();
        let poll_at = Instant::now() + self.settings.poll;
        let mut rest_at: Option<Instant> = None;
        let mut latest: Option<Instant> = None;
        loop {
            let until = rest_at.unwrap_or(poll_at).min(latest.unwrap_or(poll_at));
            match events.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(event) => {
                    if note(event, &mut touched) {
                        let now = Instant::now();
                        rest_at = Some(now + self.settings.debounce);
                        latest.get_or_insert(now + LONGEST_WAIT * self.settings.debounce);
                    }
                }
                Err(RecvTimeoutError::Timeout) => return Some(touched),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }
}

/// Takes an event in. Returns whether it may be a change: reading a file is none, or every refresh
/// would cause the next.
fn note(event: notify::Result<notify::Event>, touched: &mut Touched) -> bool {
    match event {
        Ok(event) if event.need_rescan() => touched.all = true,
        Ok(event) if event.kind.is_access() => return false,
        Ok(event) => {
            let names = event.paths.iter().filter_map(|path| path.file_name());
            touched.names.extend(names.map(ToOwned::to_owned));
        }
        Err(_) => touched.all = true,
    }
    true
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, EventKind, Flag};

    use super::*;

    #[test]
    fn only_events_that_may_be_changes_count() {
        let mut touched = Touched::default();
        let read = notify::Event::new(EventKind::Access(AccessKind::Any)).add_path("a.md".into());
        assert!(!note(Ok(read), &mut touched));
        assert_eq!(touched, Touched::default());

        let new = notify::Event::new(EventKind::Create(CreateKind::File));
        assert!(note(Ok(new.add_path("/x/de/a.md".into())), &mut touched));
        assert!(touched.names.contains(std::ffi::OsStr::new("a.md")) && !touched.all);

        let lost = notify::Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(note(Ok(lost), &mut touched) && touched.all);
    }
}
