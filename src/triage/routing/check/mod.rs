//! From the file as written to rules that can be trusted; every mistake is told with its line.

mod queues;
mod rules;
mod targets;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use toml::{Spanned, Value};

use super::file::{File, OneOrMany};
use super::{Routing, RoutingProblem};
use crate::triage::hours::{Calendar, Holidays, Hours};

/// Longest time that is taken: more is a slip of the pen.
const LONGEST: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Checks a whole file.
pub(super) fn parse(text: &str) -> Result<Routing, Vec<RoutingProblem>> {
    let file: File = toml::from_str(text).map_err(|error| {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        vec![RoutingProblem { line, text: error.message().to_owned() }]
    })?;
    let mut checker = Checker { text, problems: Vec::new() };
    let calendar = checker.calendar(&file);
    let hours = checker.hours(&file);
    let targets = checker.targets(&file, &hours);
    let urgent = file.urgent.as_ref().map(|target| checker.urgent(target, &file, &hours));
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
        let holidays = file.holidays.as_ref();
        let holidays = holidays.map_or_else(Holidays::default, |named| self.holidays(named));
        Calendar { timezone, holidays }
    }

    /// `"DE-SH"`, or a list of Länder, days of every year and single days.
    fn holidays(&mut self, named: &Spanned<OneOrMany<Value>>) -> Holidays {
        let mut holidays = Holidays::default();
        match named.get_ref() {
            OneOrMany::One(text) => {
                if let Err(text) = holidays.add(text) {
                    self.problem(named, text);
                }
            }
            OneOrMany::Many(items) => {
                for item in items {
                    if let Err(text) = add(&mut holidays, item.get_ref()) {
                        self.problem(item, text);
                    }
                }
            }
        }
        holidays
    }

    fn hours(&mut self, file: &File) -> BTreeMap<String, Hours> {
        let mut all = BTreeMap::new();
        for (name, table) in &file.hours {
            let mut week: Vec<(&str, &str, &Spanned<OneOrMany<Value>>)> = Vec::new();
            for (day, periods) in table.get_ref() {
                match periods.get_ref() {
                    _ if day == "holidays" => {}
                    OneOrMany::One(text) => week.push((day, text, periods)),
                    OneOrMany::Many(_) => {
                        let text = format!("`{day}`: write \"08:00-12:00, 13:00-18:00\"");
                        self.problem(periods, text);
                    }
                }
            }
            let own = table.get_ref().get("holidays").map(|named| self.holidays(named));
            match Hours::parse(week.iter().map(|(day, text, _)| (*day, *text))) {
                Ok(hours) => {
                    let hours = match own {
                        Some(own) => hours.with_holidays(own),
                        None => hours,
                    };
                    all.insert(name.clone(), hours);
                }
                Err((index, problem)) => match week.get(index) {
                    Some((_, _, periods)) => self.problem(*periods, problem),
                    None => self.problem(table, problem),
                },
            }
        }
        all
    }

    /// The hours of this name; a mistake within them is reported there.
    fn hours_named(
        &mut self,
        reference: &Spanned<String>,
        file: &File,
        hours: &BTreeMap<String, Hours>,
    ) -> Option<Hours> {
        if !file.hours.contains_key(reference.get_ref()) {
            let text = format!("no opening hours called `{reference}`: add [hours.{reference}]");
            self.problem(reference, text);
        }
        hours.get(reference.get_ref()).cloned()
    }

    /// A time such as `15 min`; `wanted` says what it is and how it is written.
    fn duration(&mut self, written: &Spanned<String>, wanted: &str) -> SignedDuration {
        let parsed = written.get_ref().parse::<SignedDuration>().ok();
        let right = parsed.filter(|time| *time > SignedDuration::ZERO && *time <= LONGEST);
        right.unwrap_or_else(|| {
            self.problem(written, format!("`{}` is no {wanted}", written.get_ref()));
            SignedDuration::ZERO
        })
    }
}

/// Adds an item of a list of holidays. The error says what is wrong.
fn add(holidays: &mut Holidays, item: &Value) -> Result<(), String> {
    match item {
        Value::String(text) => holidays.add(text),
        Value::Datetime(day) if day.time.is_none() => match day.to_string().parse() {
            Ok(day) => {
                holidays.add_day(day);
                Ok(())
            }
            Err(_) => Err(format!("`{day}` is no date: write 2027-01-01")),
        },
        other => {
            Err(format!("`{other}` is no date: write 2027-01-01, or a Land such as \"DE-SH\""))
        }
    }
}

/// Names of skills as people carry them: in lower case, each once.
fn skills(written: &[Spanned<String>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for skill in written.iter().map(|skill| skill_name(skill.get_ref())) {
        if !names.contains(&skill) {
            names.push(skill);
        }
    }
    names
}

fn skill_name(written: &str) -> String {
    written.trim().to_lowercase()
}
