//! Which files are there, and what do they say now? Keeps every file's last good article, and reads
//! again only files that have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use jiff::civil::Date;

use super::KnowledgeError;
use super::lint;
use super::parse::{ParsedArticle, parse};
use super::problem::Problem;
use crate::domain::{Article, Language};

/// Folders below a language's folder; guards against links that lead in a circle.
const DEEPEST: usize = 8;

/// The article files of a knowledge folder.
#[derive(Debug)]
pub(super) struct Library {
    folder: PathBuf,
    files: BTreeMap<PathBuf, FileState>,
    /// What is wrong with the folder rather than with an article.
    strays: Vec<Problem>,
}

#[derive(Debug)]
struct FileState {
    stamp: Option<Stamp>,
    language: Language,
    good: Option<Arc<ParsedArticle>>,
    problems: Vec<Problem>,
}

/// What tells a changed file from an unchanged one without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    changed: Option<SystemTime>,
    bytes: u64,
}

/// Names of files to read although their stamp is the same: two writes within one tick of the file
/// system's clock share a stamp. Names, because watchers report other paths (absolute ones) for the
/// same file, and reading one file too many does no harm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) all: bool,
    pub(super) names: BTreeSet<OsString>,
}

impl Touched {
    fn contains(&self, path: &Path) -> bool {
        self.all || path.file_name().is_some_and(|name| self.names.contains(name))
    }
}

struct Found {
    path: PathBuf,
    language: Language,
    stamp: Stamp,
}

impl Library {
    /// Reads all files of the folder.
    pub(super) fn open(folder: &Path) -> Result<Self, KnowledgeError> {
        let mut library =
            Self { folder: folder.to_owned(), files: BTreeMap::new(), strays: Vec::new() };
        library.refresh(&Touched::default())?;
        Ok(library)
    }

    /// Reads what has changed. Returns whether anything did. Without access to the folder nothing
    /// is changed: a folder that is being replaced must not empty the knowledge base.
    pub(super) fn refresh(&mut self, touched: &Touched) -> Result<bool, KnowledgeError> {
        let (found, strays) = scan(&self.folder)?;
        let mut changed = strays != self.strays;
        self.strays = strays;
        let mut before = std::mem::take(&mut self.files);
        for Found { path, language, stamp } in found {
            let known = before.remove(&path);
            let state = match known {
                Some(state) if state.stamp == Some(stamp) && !touched.contains(&path) => state,
                known => {
                    let (good, problems) =
                        known.map_or((None, Vec::new()), |state| (state.good, state.problems));
                    let Some(state) = read(&path, language, stamp, good.clone()) else {
                        changed |= good.is_some();
                        continue;
                    };
                    changed |= state.good != good || state.problems != problems;
                    state
                }
            };
            self.files.insert(path, state);
        }
        Ok(changed || !before.is_empty())
    }

    /// The articles in use: of every file the last good version, of two with one id the first.
    /// With them, every problem of the files.
    pub(super) fn articles(
        &self,
        known_intents: Option<&BTreeSet<String>>,
        today: Date,
    ) -> (Vec<Arc<Article>>, Vec<Problem>) {
        let mut problems = self.strays.clone();
        let mut kept: BTreeMap<(Language, &str), &ParsedArticle> = BTreeMap::new();
        for (path, state) in &self.files {
            problems.extend(state.problems.iter().cloned());
            let Some(parsed) = &state.good else { continue };
            if !state.problems.is_empty() {
                let message = "the last good version stays in use until the file is put right";
                problems.push(Problem::warning(path, 1, message));
            }
            let key = (state.language, parsed.article.id.as_str());
            if let Some(first) = kept.get(&key) {
                let message = format!(
                    "id \"{}\" is taken by {}: rename one of them; this one is left out",
                    key.1,
                    first.file.display()
                );
                problems.push(Problem::error(path, 1, message));
            } else {
                kept.insert(key, parsed);
            }
        }
        // A file that cannot be used is not a missing translation.
        let present: BTreeSet<(Language, String)> = self
            .files
            .iter()
            .map(|(path, state)| {
                (
                    state.language,
                    path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
                )
            })
            .collect();
        let parsed: Vec<&ParsedArticle> = kept.into_values().collect();
        problems.extend(lint::lint(&parsed, &present, known_intents, today));
        problems.sort();
        (parsed.iter().map(|parsed| Arc::clone(&parsed.article)).collect(), problems)
    }
}

/// The state of a file after reading it; none if it has gone meanwhile.
fn read(
    path: &Path,
    language: Language,
    stamp: Stamp,
    before: Option<Arc<ParsedArticle>>,
) -> Option<FileState> {
    let (stamp, parsed) = match std::fs::read(path) {
        Ok(bytes) => (Some(stamp), parse(path, language, &bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            let message = format!("cannot be read: {error}; check the file's permissions");
            // Without a stamp the file is tried again: permissions change without a trace in it.
            (None, Err(vec![Problem::error(path, 1, message)]))
        }
    };
    Some(match parsed {
        Ok(parsed) => {
            FileState { stamp, language, good: Some(Arc::new(parsed)), problems: Vec::new() }
        }
        Err(problems) => FileState { stamp, language, good: before, problems },
    })
}

/// All article files below the language folders, and what lies where no article is looked for.
fn scan(folder: &Path) -> Result<(Vec<Found>, Vec<Problem>), KnowledgeError> {
    let unreadable = |source| KnowledgeError::Folder { path: folder.to_owned(), source };
    let mut found = Vec::new();
    let mut strays = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            if let Some(language) = Language::from_code(&name) {
                collect(&path, language, DEEPEST, &mut found).map_err(unreadable)?;
            } else {
                let message = "no language has this name, so nothing in here is read: the folders \
                               are de and en";
                strays.push(Problem::warning(&path, 1, message));
            }
        } else if is_article(&path) {
            let message = "not read: move the article into the folder of its language, de or en";
            strays.push(Problem::warning(&path, 1, message));
        }
    }
    strays.sort();
    found.sort_by(|left, right| left.path.cmp(&right.path));
    Ok((found, strays))
}

fn collect(
    folder: &Path,
    language: Language,
    depth: usize,
    found: &mut Vec<Found>,
) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        // A file may go, or a link lead nowhere, between the listing and this look.
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        if metadata.is_dir() && depth > 0 {
            collect(&path, language, depth - 1, found)?;
        } else if metadata.is_file() && is_article(&path) {
            let stamp = Stamp { changed: metadata.modified().ok(), bytes: metadata.len() };
            found.push(Found { path, language, stamp });
        }
    }
    Ok(())
}

fn is_article(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}
