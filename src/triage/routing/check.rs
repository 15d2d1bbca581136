//! From the file as written to rules that can be trusted; every mistake is told with its line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use regex::Regex;
use toml::Spanned;

use super::file::{Clock, Conditions, File, OneOrMany};
use super::{
    Person, PhoneTarget, PriorityRule, Queue, QueueRule, Routing, RoutingProblem, Target, Topic,
    rule::Condition,
};
use crate::domain::{Channel, Language};
use crate::triage::hours::{Calendar, Hours};
use crate::triage::words::plain;

/// Longest target that is taken: more is a slip of the pen.
const LONGEST_TARGET: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Checks a whole file.
pub(super) fn parse(text: &str) -> Result<Routing, Vec<RoutingProblem>> {
    let file: File = toml::from_str(text).map_err(|error| {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        vec![RoutingProblem { line, text: error.message().to_owned() }]
    })?;
    let mut checker = Checker { text, problems: Vec::new() };
    let calendar = checker.calendar(&file);
    let hours = checker.hours(&file);
    let targets = checker.targets(&file);
    let urgent = file.urgent.as_ref().map(|target| checker.target(target));
    let queues = checker.queues(&file, &hours);
    let topics = checker.topics(&file);
    let person = checker.person(&file);
    let rules = checker.rules(&file, &queues, &topics);
    let priorities = checker.priorities(&file, &topics);
    let mut problems = checker.problems;
    if !problems.is_empty() {
        problems.sort();
        return Err(problems);
    }
    Ok(Routing { calendar, targets, urgent, queues, topics, person, rules, priorities })
}

/// Line of a byte position, from 1.
fn line_of(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
}

struct Checker<'a> {
    text: &'a str,
    problems: Vec<RoutingProblem>,
}

impl Checker<'_> {
    fn line<T>(&self, item: &Spanned<T>) -> usize {
        line_of(self.text, item.span().start)
    }

    fn problem<T>(&mut self, item: &Spanned<T>, text: String) {
        self.problems.push(RoutingProblem { line: self.line(item), text });
    }

    fn calendar(&mut self, file: &File) -> Calendar {
        let name = file.timezone.get_ref();
        let timezone = TimeZone::get(name).unwrap_or_else(|error| {
            let text = format!(
                "unknown time zone `{name}` ({error}): write one such as Europe/Berlin, and \
                 install the time-zone data of the system (package tzdata)"
            );
            self.problem(&file.timezone, text);
            TimeZone::UTC
        });
        let mut holidays = BTreeSet::new();
        for day in &file.holidays {
            match day.get_ref().to_string().parse() {
                Ok(date) if day.get_ref().time.is_none() => {
                    holidays.insert(date);
                }
                _ => {
                    let text = format!("`{}` is no date: write 2027-01-01", day.get_ref());
                    self.problem(day, text);
                }
            }
        }
        Calendar { timezone, holidays }
    }

    fn hours(&mut self, file: &File) -> BTreeMap<String, Hours> {
        let mut all = BTreeMap::new();
        for (name, week) in &file.hours {
            let days: Vec<(&String, &Spanned<String>)> = week.get_ref().iter().collect();
            let pairs =
                days.iter().map(|(day, periods)| (day.as_str(), periods.get_ref().as_str()));
            match Hours::parse(pairs) {
                Ok(hours) => {
                    all.insert(name.clone(), hours);
                }
                Err((index, problem)) => match days.get(index) {
                    Some((_, periods)) => self.problem(periods, problem),
                    None => self.problem(week, problem),
                },
            }
        }
        all
    }

    fn targets(&mut self, file: &File) -> BTreeMap<Channel, Target> {
        for channel in Channel::ALL {
            if !file.targets.contains_key(&channel) {
                let text = format!(
                    "no first-response target for channel {0}: add [targets.{0}]",
                    channel.name()
                );
                self.problems.push(RoutingProblem { line: 1, text });
            }
        }
        file.targets.iter().map(|(channel, target)| (*channel, self.target(target))).collect()
    }

    fn target(&mut self, target: &super::file::Target) -> Target {
        let written = &target.first_response;
        let parsed = written.get_ref().parse::<SignedDuration>().ok();
        let first_response = parsed
            .filter(|time| *time > SignedDuration::ZERO && *time <= LONGEST_TARGET)
            .unwrap_or_else(|| {
                let text = format!(
                    "`{}` is no time to respond in: write 90s, 15 min or 4h, at most 60 days",
                    written.get_ref()
                );
                self.problem(written, text);
                SignedDuration::ZERO
            });
        Target { first_response, in_opening_hours: target.clock == Clock::Opening }
    }

    fn queues(&mut self, file: &File, hours: &BTreeMap<String, Hours>) -> Vec<Queue> {
        let mut queues: Vec<Queue> = Vec::new();
        for queue in &file.queues {
            let name = queue.name.get_ref().clone();
            if queues.iter().any(|earlier| earlier.name == name) {
                self.problem(&queue.name, format!("queue `{name}` is there twice"));
            }
            let languages = queue.languages.clone().unwrap_or_else(|| Language::ALL.to_vec());
            if languages.is_empty() {
                let text = format!("queue `{name}` speaks no language: name one, or leave it out");
                self.problem(&queue.name, text);
            }
            let hours_named = |checker: &mut Self, reference: &Spanned<String>| {
                let found = hours.get(reference.get_ref());
                // A mistake within the hours is reported there.
                if !file.hours.contains_key(reference.get_ref()) {
                    let text =
                        format!("no opening hours called `{reference}`: add [hours.{reference}]");
                    checker.problem(reference, text);
                }
                found.cloned()
            };
            let own = queue.hours.as_ref().and_then(|reference| hours_named(self, reference));
            let mut channel_hours = BTreeMap::new();
            for (channel, reference) in &queue.channel_hours {
                if let Some(hours) = hours_named(self, reference) {
                    channel_hours.insert(*channel, hours);
                }
            }
            let phone = queue.phone.as_ref().map_or(Vec::new(), |phone| self.phone(phone));
            let email = queue.email.as_ref().and_then(|email| self.email(email));
            queues.push(Queue {
                name,
                title: queue.title.clone(),
                takes: queue.takes.clone(),
                languages,
                hours: own,
                channel_hours,
                phone,
                email,
                line: self.line(&queue.name),
            });
        }
        queues
    }

    fn phone(&mut self, phone: &Spanned<OneOrMany>) -> Vec<PhoneTarget> {
        let mut read = |line: usize, text: &str| {
            let target = text.parse();
            target.map_err(|text| self.problems.push(RoutingProblem { line, text })).ok()
        };
        let line_of = |span: std::ops::Range<usize>| line_of(self.text, span.start);
        match phone.get_ref() {
            OneOrMany::One(text) => read(line_of(phone.span()), text).into_iter().collect(),
            OneOrMany::Many(texts) => {
                texts.iter().filter_map(|text| read(line_of(text.span()), text.get_ref())).collect()
            }
        }
    }

    fn email(&mut self, email: &Spanned<String>) -> Option<String> {
        let address = email.get_ref().parse::<lettre::Address>();
        if let Err(error) = &address {
            let text =
                format!("`{email}` is no e-mail address ({error}): write billing@shop.example");
            self.problem(email, text);
        }
        address.ok().map(|address| address.to_string())
    }

    fn topics(&mut self, file: &File) -> Vec<Topic> {
        let mut topics: Vec<Topic> = Vec::new();
        for topic in &file.topics {
            let name = topic.name.get_ref();
            if topics.iter().any(|earlier| earlier.name == *name) {
                self.problem(&topic.name, format!("topic `{name}` is there twice"));
            }
            let patterns: Vec<String> =
                topic.words.iter().map(|words| word_pattern(words.get_ref())).collect();
            let blank = |words: &&Spanned<String>| !words.get_ref().contains(char::is_alphanumeric);
            if let Some(words) = topic.words.iter().find(blank) {
                self.problem(words, format!("`{words}` holds no word"));
            }
            match Regex::new(&format!(r"(?-u:\b(?:{})\b)", patterns.join("|"))) {
                Ok(words) if !patterns.is_empty() => {
                    topics.push(Topic { name: name.clone(), words, line: self.line(&topic.name) });
                }
                _ => self.problem(
                    &topic.name,
                    format!("topic `{name}` needs words, a few hundred at most"),
                ),
            }
        }
        topics
    }

    fn person(&mut self, file: &File) -> Option<Person> {
        let person = file.person.as_ref()?;
        let from = &person.alternative_from;
        if !(0.0..=1.0).contains(from.get_ref()) {
            self.problem(from, "person.alternative_from: give a number from 0 to 1".to_owned());
        }
        Some(Person { intents: names(&person.intents), alternative_from: *from.get_ref() })
    }

    fn rules(&mut self, file: &File, queues: &[Queue], topics: &[Topic]) -> Vec<QueueRule> {
        let mut rules = Vec::new();
        for rule in &file.rules {
            let target = rule.queue.get_ref();
            let queue = queues.iter().position(|queue| queue.name == *target);
            if queue.is_none() {
                let text = format!("no queue called `{target}`: add a [[queue]] with this name");
                self.problem(&rule.queue, text);
            }
            rules.push(QueueRule {
                name: rule.name.get_ref().clone(),
                condition: self.condition(&rule.when, topics),
                queue: queue.unwrap_or_default(),
                only_while_open: rule.only_while_open,
                line: self.line(&rule.name),
            });
        }
        match (file.rules.last(), rules.last()) {
            (Some(written), Some(rule)) if !rule.condition.is_empty() || rule.only_while_open => {
                let text = "the last rule must have no conditions, so that every ticket finds a \
                            queue: add one with a name and a queue alone";
                self.problem(&written.name, text.to_owned());
            }
            (None, _) => {
                let text = "no rules: add a [[rule]] with a name and a queue".to_owned();
                self.problems.push(RoutingProblem { line: 1, text });
            }
            _ => {}
        }
        rules
    }

    fn priorities(&mut self, file: &File, topics: &[Topic]) -> Vec<PriorityRule> {
        let rules = file.priorities.iter().map(|rule| PriorityRule {
            name: rule.name.get_ref().clone(),
            condition: self.condition(&rule.when, topics),
            priority: rule.priority,
            line: self.line(&rule.name),
        });
        rules.collect()
    }

    fn condition(&mut self, written: &Conditions, topics: &[Topic]) -> Condition {
        let named = written.topics.iter().flatten().chain(&written.without_topics);
        for topic in named {
            if !topics.iter().any(|known| known.name == *topic.get_ref()) {
                let text = format!("no topic called `{topic}`: add a [[topic]] with its words");
                self.problem(topic, text);
            }
        }
        for tier in written.tiers.iter().flatten() {
            if !(1..=3).contains(tier.get_ref()) {
                self.problem(tier, format!("there is no tier {tier}: tiers are 1, 2 and 3"));
            }
        }
        Condition {
            intents: written.intents.as_deref().map(names),
            tiers: written.tiers.as_ref().map(|tiers| tiers.iter().map(|t| *t.get_ref()).collect()),
            sentiments: written.sentiments.clone(),
            languages: written.languages.clone(),
            channels: written.channels.clone(),
            topics: written.topics.as_deref().map(names),
            without_topics: names(&written.without_topics),
            danger: written.danger,
        }
    }
}

fn names(items: &[Spanned<String>]) -> Vec<String> {
    items.iter().map(|item| item.get_ref().clone()).collect()
}

/// The pattern of an operator's words: written as they please, `*` for the rest of a word.
fn word_pattern(words: &str) -> String {
    let word = |word: &str| {
        let parts: Vec<String> = word.split('*').map(|part| regex::escape(&plain(part))).collect();
        parts.join(r"\w*")
    };
    words.split_whitespace().map(word).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_patterns_of_the_plain_form() {
        assert_eq!(word_pattern("Anwält*"), r"anwaelt\w*");
        assert_eq!(word_pattern("zum  dritten Mal"), "zum dritten mal");
        assert_eq!(word_pattern("*rechnung*"), r"\w*rechnung\w*");
    }
}
