//! Which queue takes this ticket, how pressing is it, and by when?
//!
//! An operator's `routing.toml` holds queues, opening hours, targets and rules. Rules are tried in
//! the order of the file; the first that matches gives the queue, and of the priority rules
//! likewise the first gives the priority. [`Routing::load`] checks the file and names the line of
//! every mistake; loading again is how a changed file takes effect.

mod check;
mod choose;
mod file;
mod lint;
mod phone;
mod queue;
mod request;
mod rule;
mod see;
mod target;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use regex::Regex;

pub use self::phone::PhoneTarget;
pub use self::queue::Queue;
pub use self::request::{Availability, Route, RouteRequest};
use self::rule::Condition;
pub use self::target::NETWORK;
use self::target::{ChannelTargets, Target};
use super::hours::Calendar;
use crate::domain::{Channel, Priority};

/// Queues, hours, targets and rules, checked and ready.
#[derive(Clone, Debug)]
pub struct Routing {
    calendar: Calendar,
    /// First-response targets; every channel has one.
    targets: BTreeMap<Channel, ChannelTargets>,
    urgent: Option<Target>,
    queues: Vec<Queue>,
    topics: Vec<Topic>,
    person: Option<Person>,
    /// Never empty; the last has a queue and no condition.
    rules: Vec<QueueRule>,
    priorities: Vec<PriorityRule>,
}

#[derive(Clone, Debug)]
struct Topic {
    name: String,
    words: Regex,
    line: usize,
}

/// How a wish for a person finds its topic.
#[derive(Clone, Debug, PartialEq)]
struct Person {
    intents: Vec<String>,
    /// Probability from which the next best intent names the topic.
    alternative_from: f32,
}

#[derive(Clone, Debug, PartialEq)]
struct QueueRule {
    name: String,
    condition: Condition,
    /// Position in `queues`; without one, the first queue that has the skills.
    queue: Option<usize>,
    /// What whoever takes the ticket must be able to do.
    skills: Vec<String>,
    only_while_open: bool,
    line: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct PriorityRule {
    name: String,
    condition: Condition,
    priority: Priority,
    line: usize,
}

/// Why a `routing.toml` was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RoutingError {
    /// The file could not be read.
    #[error("cannot read {path}: {source}. A routing file is part of the operator's directory")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file has mistakes; each is reported with its line.
    #[error("{}", describe(path, problems))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The mistakes, in the order of the file.
        problems: Vec<RoutingProblem>,
    },
}

/// A mistake or a doubtful place in `routing.toml`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoutingProblem {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub text: String,
}

fn describe(path: &Path, problems: &[RoutingProblem]) -> String {
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}:{}: {}", path.display(), problem.line, problem.text))
        .collect();
    lines.join("\n")
}

impl Routing {
    /// Reads and checks a routing file.
    pub fn load(path: &Path) -> Result<Self, RoutingError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| RoutingError::Read { path: path.to_owned(), source })?;
        check::parse(&text)
            .map_err(|problems| RoutingError::Invalid { path: path.to_owned(), problems })
    }

    /// Doubtful places that do not stop the service: rules that can never match, queues without
    /// opening hours, overflows in a circle, intents of `known_intents` that no rule names (and
    /// named ones that are unknown), holidays that have run out at `now`. An empty `known_intents` is not compared.
    pub fn lint(&self, known_intents: &[String], now: Timestamp) -> Vec<RoutingProblem> {
        lint::lint(self, known_intents, now)
    }

    /// The queues, in the order of the file.
    pub fn queues(&self) -> &[Queue] {
        &self.queues
    }

    /// The queue of this name.
    pub fn queue(&self, name: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.name == name)
    }

    /// The queue of the last rule, which takes what no other does.
    pub fn default_queue(&self) -> Option<&Queue> {
        self.queues.get(self.rules.last()?.queue?)
    }

    /// Whether people of a queue are there for a channel at `at`. An unknown queue counts as open:
    /// a ticket of a queue that was since renamed must not be promised a time.
    pub fn availability(&self, queue: &str, channel: Channel, at: Timestamp) -> Availability {
        match self.queue(queue).and_then(|queue| queue.hours_on(channel)?.opens(&self.calendar, at))
        {
            Some(opens) if opens > at => Availability::ClosedUntil(opens),
            _ => Availability::Open,
        }
    }

    /// The same queues and rules with every queue open around the clock: for messages whose time of
    /// arrival says nothing, such as those of a backlog.
    #[must_use]
    pub fn always_open(mut self) -> Self {
        for queue in &mut self.queues {
            queue.hours = None;
            queue.channel_hours.clear();
        }
        self
    }

    /// The time zone of the opening hours.
    pub fn timezone(&self) -> &jiff::tz::TimeZone {
        &self.calendar.timezone
    }

    /// Whether a queue sends tickets away when too much waits: then [`RouteRequest::waits`] is
    /// looked at.
    pub fn has_overflow(&self) -> bool {
        self.queues.iter().any(|queue| queue.overflow.is_some())
    }
}
