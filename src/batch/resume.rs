//! Where does an interrupted run go on?
//!
//! Beside the output lies a file that says how far it is safe: rows of the input that are done, and
//! bytes of the output that hold their results. It is replaced as a whole after the output is on
//! disk; what the output has beyond that is cut away when the run goes on.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::BatchError;
use super::input::Fingerprint;
use super::output::Target;
use super::report::Tally;

/// Changes when the file does.
const FORMAT: u32 = 1;

/// Ending of the file's name.
pub(super) const ENDING: &str = ".progress.json";

/// Running counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows of the input that are done.
    pub rows: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows that the bot would have answered.
    pub answered: u64,
    /// Rows that no intent covers.
    pub out_of_scope: u64,
    /// Rows that are like an earlier one.
    pub duplicates: u64,
}

/// How far a run is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    format: u32,
    /// What the results depend on, by name.
    pub settings: BTreeMap<String, String>,
    /// The input.
    pub input: Fingerprint,
    /// The day that counts as today, so that a run over midnight stays of one piece.
    pub today: Date,
    /// What was counted; its rows are those that are skipped.
    pub counts: Counts,
    /// Windows that were written.
    pub windows: u64,
    /// Bytes or parts of the output that count.
    pub written: u64,
    /// Bytes of the file of rejected rows that count.
    pub rejected_bytes: u64,
    /// What the report needs, if one is wanted.
    pub tally: Option<Tally>,
}

impl State {
    /// The beginning of a run.
    pub(super) fn new(
        settings: BTreeMap<String, String>,
        input: Fingerprint,
        tally: Option<Tally>,
    ) -> Self {
        Self {
            format: FORMAT,
            settings,
            input,
            today: jiff::Zoned::now().date(),
            counts: Counts::default(),
            windows: 0,
            written: 0,
            rejected_bytes: 0,
            tally,
        }
    }

    /// What an earlier run left; none if there is none.
    pub(super) fn load(target: &Target) -> Result<Option<Self>, BatchError> {
        let (Some(path), Some(output)) = (target.beside(ENDING), &target.path) else {
            return Ok(None);
        };
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| BatchError::read(&path.display().to_string(), error))?,
        };
        let state: Result<Self, _> = serde_json::from_str(&text);
        match state {
            Ok(state) if state.format == FORMAT => Ok(Some(state)),
            _ => Err(BatchError::Resume {
                path: output.clone(),
                problem: format!(
                    "{} is not of this version of lotse. Begin again with --force",
                    path.display()
                ),
            }),
        }
    }

    /// Refuses to go on with another input or other settings.
    pub(super) fn check(
        &self,
        output: &Path,
        settings: &BTreeMap<String, String>,
        input: &Fingerprint,
    ) -> Result<(), BatchError> {
        let refuse = |problem: String| Err(BatchError::Resume { path: output.to_owned(), problem });
        // A pipe does not tell how much it holds.
        let sizes = [self.input.bytes, input.bytes];
        let other_size = matches!(sizes, [Some(before), Some(now)] if before != now);
        if other_size || self.input.head_sha256 != input.head_sha256 {
            return refuse(
                "the input is not the one that the run began with. Give that one, or begin again \
                 with --force"
                    .to_owned(),
            );
        }
        let names = self.settings.keys().chain(settings.keys());
        let changed: std::collections::BTreeSet<&str> = names
            .filter(|name| self.settings.get(*name) != settings.get(*name))
            .map(String::as_str)
            .collect();
        if changed.is_empty() {
            return Ok(());
        }
        let changed: Vec<&str> = changed.into_iter().collect();
        refuse(format!(
            "since the run began these have changed: {}. Give the same as then, or begin again with \
             --force",
            changed.join(", ")
        ))
    }

    /// Puts the state in place of the one before, once and for all.
    pub(super) fn save(&self, target: &Target) -> Result<(), BatchError> {
        let Some(path) = target.beside(ENDING) else { return Ok(()) };
        let draft = path.with_extension("json.new");
        let write = || {
            let mut file = File::create(&draft)?;
            file.write_all(&serde_json::to_vec(self)?)?;
            file.sync_all()?;
            std::fs::rename(&draft, &path)?;
            super::output::sync_folder(path.parent().unwrap_or(Path::new(".")))
        };
        write().map_err(|error| {
            // The draft of a full disk takes room that is needed.
            let _ = std::fs::remove_file(&draft);
            BatchError::write(&path, error)
        })
    }

    /// Takes the file away: the run has come to its end.
    pub(super) fn remove(target: &Target) -> Result<(), BatchError> {
        let Some(path) = target.beside(ENDING) else { return Ok(()) };
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(BatchError::write(&path, error))
            }
            _ => Ok(()),
        }
    }
}

/// What to do with an output that is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// Refuse it.
    #[default]
    Refuse,
    /// Go on where an interrupted run stopped; begin if there was none.
    Resume,
    /// Begin anew.
    Overwrite,
}

impl Existing {
    /// The state to go on from; none to begin.
    pub(super) fn state(self, target: &Target) -> Result<Option<State>, BatchError> {
        let Some(path) = &target.path else { return Ok(None) };
        if self == Self::Overwrite {
            // A crash before the first safe place must not leave the old state beside a new output.
            State::remove(target)?;
            return Ok(None);
        }
        let state = State::load(target)?;
        let exists = |advice| Err(BatchError::Exists { path: PathBuf::from(path), advice });
        // Devices and pipes, beside which nothing is kept, have nothing to lose.
        let is_there = target.beside(ENDING).is_some()
            && std::fs::metadata(path).is_ok_and(|metadata| {
                metadata.is_dir() || metadata.is_file() && metadata.len() > 0
            });
        match (state, self) {
            (Some(state), Self::Resume) => Ok(Some(state)),
            (Some(_), _) => exists(
                "a run that wrote it was interrupted. Go on with --resume, or begin again with \
                 --force",
            ),
            (None, Self::Resume) if is_there => exists(
                "no run is left to go on with, so it is whole or not from here. Begin again with \
                 --force",
            ),
            (None, _) if is_there => exists("name another, or overwrite it with --force"),
            (None, _) => Ok(None),
        }
    }
}
