//! Topics and rules.

use regex::Regex;
use toml::Spanned;

use super::{Checker, skill_name, skills};
use crate::triage::hours::{Weekdays, Window};
use crate::triage::routing::file::{Conditions, File, OneOrMany, Rule};
use crate::triage::routing::rule::Condition;
use crate::triage::routing::{Person, PriorityRule, Queue, QueueRule, RoutingProblem, Topic};
use crate::triage::words::plain;

impl Checker<'_> {
    pub(super) fn topics(&mut self, file: &File) -> Vec<Topic> {
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

    pub(super) fn person(&mut self, file: &File) -> Option<Person> {
        let person = file.person.as_ref()?;
        let from = &person.alternative_from;
        if !(0.0..=1.0).contains(from.get_ref()) {
            self.problem(from, "person.alternative_from: give a number from 0 to 1".to_owned());
        }
        Some(Person { intents: names(&person.intents), alternative_from: *from.get_ref() })
    }

    pub(super) fn rules(
        &mut self,
        file: &File,
        queues: &[Queue],
        topics: &[Topic],
    ) -> Vec<QueueRule> {
        let rules: Vec<QueueRule> =
            file.rules.iter().map(|rule| self.rule(rule, queues, topics)).collect();
        match (file.rules.last(), rules.last()) {
            (Some(written), Some(rule))
                if !rule.condition.is_empty()
                    || rule.only_while_open
                    || !rule.skills.is_empty()
                    || written.queue.is_none() =>
            {
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

    fn rule(&mut self, rule: &Rule, queues: &[Queue], topics: &[Topic]) -> QueueRule {
        let needed = skills(&rule.skills);
        let mut queue = None;
        match &rule.queue {
            Some(target) => {
                let name = target.get_ref();
                queue = queues.iter().position(|queue| queue.name == *name);
                let Some(known) = queue.map(|index| &queues[index]) else {
                    let text = format!("no queue called `{name}`: add a [[queue]] with this name");
                    self.problem(target, text);
                    // Nothing is routed by a file with a mistake.
                    return self.checked(rule, queue, needed, topics);
                };
                for skill in rule
                    .skills
                    .iter()
                    .filter(|skill| !known.skills.contains(&skill_name(skill.get_ref())))
                {
                    let text =
                        format!("queue `{name}` does not have the skill `{skill}`: add it there");
                    self.problem(skill, text);
                }
            }
            None if needed.is_empty() => {
                let text = "the rule leads nowhere: name a queue, or the skills of one".to_owned();
                self.problem(&rule.name, text);
            }
            None if !queues.iter().any(|queue| queue.has_skills(&needed)) => {
                let text =
                    format!("no queue has the skills {}: add them to one", needed.join(", "));
                self.problem(&rule.name, text);
            }
            None => {}
        }
        self.checked(rule, queue, needed, topics)
    }

    fn checked(
        &mut self,
        rule: &Rule,
        queue: Option<usize>,
        skills: Vec<String>,
        topics: &[Topic],
    ) -> QueueRule {
        QueueRule {
            name: rule.name.get_ref().clone(),
            condition: self.condition(&rule.when, topics),
            queue,
            skills,
            only_while_open: rule.only_while_open,
            line: self.line(&rule.name),
        }
    }

    pub(super) fn priorities(&mut self, file: &File, topics: &[Topic]) -> Vec<PriorityRule> {
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
            attributes: written
                .attributes
                .iter()
                .map(|(name, values)| (name.clone(), self.values(name, values)))
                .collect(),
            between: written.between.as_ref().and_then(|between| {
                let window = Window::parse(between.get_ref());
                window.map_err(|text| self.problem(between, text)).ok()
            }),
            weekdays: written.weekdays.as_ref().and_then(|days| self.weekdays(days)),
        }
    }

    fn values(&mut self, name: &str, values: &Spanned<OneOrMany>) -> Vec<String> {
        match values.get_ref() {
            OneOrMany::One(value) => vec![value.clone()],
            OneOrMany::Many(several) => {
                if several.is_empty() {
                    let text = format!("attribute `{name}` has no value to be: name one");
                    self.problem(values, text);
                }
                names(several)
            }
        }
    }

    fn weekdays(&mut self, days: &Spanned<OneOrMany>) -> Option<Weekdays> {
        let parsed = match days.get_ref() {
            OneOrMany::One(text) => Weekdays::parse([text.as_str()]),
            OneOrMany::Many(texts) => {
                Weekdays::parse(texts.iter().map(|text| text.get_ref().as_str()))
            }
        };
        parsed.map_err(|text| self.problem(days, text)).ok()
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
