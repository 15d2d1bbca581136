//! Which queue takes this ticket, how pressing is it, and by when?
//!
//! An operator's `routing.toml` holds queues, opening hours, targets and rules. Rules are tried in
//! the order of the file; the first that matches gives the queue, and of the priority rules
//! likewise the first gives the priority. [`Routing::load`] checks the file and names the line of
//! every mistake; loading again is how a changed file takes effect.

mod check;
mod file;
mod lint;
mod phone;
mod rule;
mod see;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use regex::Regex;

pub use self::phone::PhoneTarget;
use self::rule::{Condition, Seen};
use super::hours::{Calendar, Hours};
use crate::domain::{Channel, Classification, Language, Priority, Reason, Turn};

/// Queues, hours, targets and rules, checked and ready.
#[derive(Clone, Debug)]
pub struct Routing {
    calendar: Calendar,
    /// First-response targets; every channel has one.
    targets: BTreeMap<Channel, Target>,
    urgent: Option<Target>,
    queues: Vec<Queue>,
    topics: Vec<Topic>,
    person: Option<Person>,
    /// Never empty; the last has no condition.
    rules: Vec<QueueRule>,
    priorities: Vec<PriorityRule>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Target {
    first_response: SignedDuration,
    /// The clock stands still while the queue is closed.
    in_opening_hours: bool,
}

/// A human queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    /// Name, as tickets carry it.
    pub name: String,
    /// What people call it, by language; the name where it says nothing.
    pub title: BTreeMap<Language, String>,
    /// What it takes, for people.
    pub takes: String,
    /// Languages spoken there.
    pub languages: Vec<Language>,
    hours: Option<Hours>,
    channel_hours: BTreeMap<Channel, Hours>,
    phone: Vec<PhoneTarget>,
    email: Option<String>,
    /// Line in the file.
    line: usize,
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
    /// Position in `queues`.
    queue: usize,
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

/// A message that goes to people.
#[derive(Clone, Copy, Debug)]
pub struct RouteRequest<'a> {
    /// What it says.
    pub classification: &'a Classification,
    /// Its words (`PreparedText::cleaned`): topics are found in them.
    pub message: &'a str,
    /// Earlier turns of the conversation. "A person, please" follows the topic named before.
    pub earlier: &'a [Turn],
    /// Where it came in.
    pub channel: Channel,
    /// It speaks of danger to life, see `Verdict::danger`.
    pub danger: bool,
    /// A person was asked for: `decision.has_reason("person_wanted")`.
    pub person_wanted: bool,
    /// When it came in.
    pub at: Timestamp,
}

/// Where a ticket goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Human queue.
    pub queue: String,
    /// Rank within the queue.
    pub priority: Priority,
    /// First response is due at this time.
    pub due_at: Timestamp,
    /// Name of the rule that gave the queue.
    pub rule: String,
    /// Name of the rule that gave the priority, none where no rule matched.
    pub priority_rule: Option<String>,
}

impl Route {
    /// The route as a reason of the decision.
    pub fn reason(&self) -> Reason {
        let Self { queue, priority, rule, due_at, .. } = self;
        let by = self.priority_rule.as_ref().map_or(String::new(), |rule| format!(" (“{rule}”)"));
        let priority = priority.name();
        let text = format!("rule “{rule}”: queue {queue}, priority {priority}{by}, due {due_at}");
        Reason::new("route", text)
    }
}

/// Whether people are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// The queue is open.
    Open,
    /// It is closed and opens at this time.
    ClosedUntil(Timestamp),
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
    /// opening hours, intents of `known_intents` that no rule names (and named ones that are
    /// unknown), holidays that have run out at `now`. An empty `known_intents` is not compared.
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

    /// Whether people of a queue are there for a channel at `at`. An unknown queue counts as open:
    /// a ticket of a queue that was since renamed must not be promised a time.
    pub fn availability(&self, queue: &str, channel: Channel, at: Timestamp) -> Availability {
        match self.queue(queue).and_then(|queue| queue.hours_on(channel)?.opens(&self.calendar, at))
        {
            Some(opens) if opens > at => Availability::ClosedUntil(opens),
            _ => Availability::Open,
        }
    }

    /// The time zone of the opening hours.
    pub fn timezone(&self) -> &jiff::tz::TimeZone {
        &self.calendar.timezone
    }

    /// The way of a ticket.
    pub fn route(&self, request: &RouteRequest) -> Route {
        let seen = self.see(request);
        let rule = self.first_rule(&seen, request);
        let queue = &self.queues[rule.queue];
        let by = self.priorities.iter().find(|rule| rule.condition.mismatch(&seen).is_none());
        let priority = by.map_or(Priority::Normal, |rule| rule.priority);
        Route {
            queue: queue.name.clone(),
            priority,
            due_at: self.due(queue, priority, request.channel, request.at),
            rule: rule.name.clone(),
            priority_rule: by.map(|rule| rule.name.clone()),
        }
    }

    /// What each rule says to a message, down to the one that takes it: for people who wonder why.
    pub fn explain(&self, request: &RouteRequest) -> Vec<String> {
        let seen = self.see(request);
        let mut lines = Vec::new();
        let topics: Vec<&str> = seen.topics.iter().copied().collect();
        if !topics.is_empty() {
            lines.push(format!("words of topic {}", topics.join(", ")));
        }
        for rule in &self.rules {
            let place = format!("rule “{}” (line {})", rule.name, rule.line);
            let Some(why) = self.passed_over(rule, &seen, request) else {
                lines.push(format!("{place}: queue {}", self.queues[rule.queue].name));
                break;
            };
            lines.push(format!("{place}: no, {why}"));
        }
        for rule in &self.priorities {
            let place = format!("priority “{}” (line {})", rule.name, rule.line);
            let Some(why) = rule.condition.mismatch(&seen) else {
                lines.push(format!("{place}: {}", rule.priority.name()));
                break;
            };
            lines.push(format!("{place}: no, {why}"));
        }
        lines
    }

    /// The first rule that applies. If only languages or opening hours stand in the way of all,
    /// the first whose conditions hold: a ticket always finds a queue.
    fn first_rule(&self, seen: &Seen, request: &RouteRequest) -> &QueueRule {
        self.rules
            .iter()
            .find(|rule| self.passed_over(rule, seen, request).is_none())
            .or_else(|| self.rules.iter().find(|rule| rule.condition.mismatch(seen).is_none()))
            .unwrap_or_else(|| &self.rules[self.rules.len() - 1])
    }

    /// Why a rule does not apply, if it does not.
    fn passed_over(&self, rule: &QueueRule, seen: &Seen, request: &RouteRequest) -> Option<String> {
        if let Some(why) = rule.condition.mismatch(seen) {
            return Some(why);
        }
        let queue = &self.queues[rule.queue];
        if !queue.languages.contains(&seen.language) {
            return Some(format!("queue {} does not speak {}", queue.name, seen.language));
        }
        let availability = self.availability(&queue.name, request.channel, request.at);
        (rule.only_while_open && availability != Availability::Open)
            .then(|| format!("queue {} is closed", queue.name))
    }

    /// When a first response is due, see [`Hours::due`].
    fn due(&self, queue: &Queue, priority: Priority, channel: Channel, at: Timestamp) -> Timestamp {
        let due = |target: &Target| match queue.hours_on(channel) {
            Some(hours) if target.in_opening_hours => {
                hours.due(&self.calendar, at, target.first_response)
            }
            _ => at + target.first_response,
        };
        let urgent = self.urgent.as_ref().filter(|_| priority == Priority::Urgent);
        let targets = self.targets.get(&channel).into_iter().chain(urgent);
        targets.map(due).min().unwrap_or(at)
    }
}

impl Queue {
    /// Where telephone systems put callers through to, in the order of the file. Each system takes
    /// the first of a kind that it knows; empty where callers cannot be put through.
    pub fn phone_targets(&self) -> &[PhoneTarget] {
        &self.phone
    }

    /// The queue's own e-mail address, such as `billing@nordlicht.example`.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Opening hours for a channel; none means around the clock.
    fn hours_on(&self, channel: Channel) -> Option<&Hours> {
        self.channel_hours.get(&channel).or(self.hours.as_ref())
    }
}
