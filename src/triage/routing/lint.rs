//! Doubtful places of a routing file that loads.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _};

use super::rule::Condition;
use super::target::{ChannelTargets, Clock};
use super::{Queue, QueueRule, Routing, RoutingProblem};
use crate::domain::{Channel, Language};

/// See [`Routing::lint`].
pub(super) fn lint(
    routing: &Routing,
    known_intents: &[String],
    now: Timestamp,
) -> Vec<RoutingProblem> {
    let mut problems = Vec::new();
    unreachable_rules(routing, &mut problems);
    queues(routing, &mut problems);
    overflows(routing, &mut problems);
    topics(routing, &mut problems);
    intents(routing, known_intents, &mut problems);
    holidays(routing, now, &mut problems);
    problems.sort();
    problems
}

fn unreachable_rules(routing: &Routing, problems: &mut Vec<RoutingProblem>) {
    let mut report = |line, name: &str, earlier: &str, earlier_line| {
        let text = format!(
            "rule “{name}” is never reached: “{earlier}” (line {earlier_line}) takes all its \
             messages; move it up or delete it"
        );
        problems.push(RoutingProblem { line, text });
    };
    for (index, rule) in routing.rules.iter().enumerate() {
        let earlier = routing.rules[..index].iter().find(|earlier| {
            !earlier.only_while_open
                && speaks_all(routing, earlier)
                && earlier.condition.covers(&rule.condition)
        });
        if let Some(earlier) = earlier {
            report(rule.line, &rule.name, &earlier.name, earlier.line);
        }
    }
    for (index, rule) in routing.priorities.iter().enumerate() {
        let mut before = routing.priorities[..index].iter();
        if let Some(earlier) = before.find(|earlier| earlier.condition.covers(&rule.condition)) {
            report(rule.line, &rule.name, &earlier.name, earlier.line);
        }
    }
}

/// Whether a rule finds a queue for every language.
fn speaks_all(routing: &Routing, rule: &QueueRule) -> bool {
    Language::ALL.iter().all(|language| {
        routing.able(rule).any(|index| routing.queues[index].languages.contains(language))
    })
}

fn queues(routing: &Routing, problems: &mut Vec<RoutingProblem>) {
    for (index, queue) in routing.queues.iter().enumerate() {
        let mut report = |text| problems.push(RoutingProblem { line: queue.line, text });
        let bound = Channel::ALL.into_iter().find(|channel| {
            let mut targets =
                routing.targets.get(channel).into_iter().flat_map(ChannelTargets::all);
            targets.any(|target| target.clock == Clock::Opening)
                && queue.hours_on(*channel).is_none()
        });
        if let Some(channel) = bound {
            report(format!(
                "queue `{}` has no opening hours, so its {} clock never stops: set hours",
                queue.name,
                channel.name()
            ));
        }
        if queue.call_back && queue.hours.is_none() && queue.channel_hours.is_empty() {
            report(format!(
                "queue `{}` is never closed, so it offers no call-back: set hours, or leave out \
                 call_back",
                queue.name
            ));
        }
        let is_named =
            routing.rules.iter().any(|rule| routing.able(rule).any(|able| able == index));
        let takes_over =
            |other: &Queue| other.overflow.as_ref().is_some_and(|overflow| overflow.to == index);
        if !is_named && !routing.queues.iter().any(takes_over) {
            report(format!("no rule leads to queue `{}`", queue.name));
        }
    }
}

/// Overflows that lead back to where they began, or to people who cannot take the tickets.
fn overflows(routing: &Routing, problems: &mut Vec<RoutingProblem>) {
    for (index, queue) in routing.queues.iter().enumerate() {
        let Some(overflow) = &queue.overflow else { continue };
        let mut report = |text| problems.push(RoutingProblem { line: overflow.line, text });
        let to = &routing.queues[overflow.to];
        let mut way = vec![queue.name.as_str()];
        let mut next = Some(overflow.to);
        while let Some(at) = next.filter(|_| way.len() <= routing.queues.len()) {
            way.push(&routing.queues[at].name);
            next = routing.queues[at].overflow.as_ref().map(|more| more.to).filter(|_| at != index);
        }
        if way.len() > 1 && way.last() == way.first() {
            report(format!(
                "the overflow runs in a circle ({}): when all are full, tickets stay where they are",
                way.join(" → ")
            ));
        }
        for language in queue.languages.iter().filter(|known| !to.languages.contains(known)) {
            report(format!(
                "queue `{}` does not speak {language}, so tickets in it never overflow from `{}`",
                to.name, queue.name
            ));
        }
    }
}

fn topics(routing: &Routing, problems: &mut Vec<RoutingProblem>) {
    let used: BTreeSet<&String> = conditions(routing)
        .flat_map(|condition| condition.topics.iter().flatten().chain(&condition.without_topics))
        .collect();
    for topic in routing.topics.iter().filter(|topic| !used.contains(&topic.name)) {
        let text = format!("no rule asks for topic `{}`", topic.name);
        problems.push(RoutingProblem { line: topic.line, text });
    }
}

fn intents(routing: &Routing, known: &[String], problems: &mut Vec<RoutingProblem>) {
    if known.is_empty() {
        return;
    }
    let named: BTreeSet<&String> =
        routing.rules.iter().flat_map(|rule| rule.condition.intents.iter().flatten()).collect();
    let last = routing.rules.last().map_or((1, ""), |rule| (rule.line, rule.name.as_str()));
    let missing: Vec<&str> =
        known.iter().filter(|intent| !named.contains(intent)).map(String::as_str).collect();
    if !missing.is_empty() {
        let text = format!(
            "no rule names the intents {}: “{}” takes them unless another condition matches",
            missing.join(", "),
            last.1
        );
        problems.push(RoutingProblem { line: last.0, text });
    }
    let rules = routing.rules.iter().map(|rule| (rule.line, &rule.name, &rule.condition));
    let priorities = routing.priorities.iter().map(|rule| (rule.line, &rule.name, &rule.condition));
    for (line, name, condition) in rules.chain(priorities) {
        for intent in condition.intents.iter().flatten().filter(|intent| !known.contains(intent)) {
            let text =
                format!("rule “{name}” names the intent `{intent}`, which the model does not know");
            problems.push(RoutingProblem { line, text });
        }
    }
}

/// Days that stand alone must be renewed by hand: a month before they run out is the time to say
/// so. Days that a Land has anyway mislead whoever reads them.
fn holidays(routing: &Routing, now: Timestamp, problems: &mut Vec<RoutingProblem>) {
    let holidays = &routing.calendar.holidays;
    for day in holidays.needless() {
        let text = format!("{day} is a holiday without being named: leave it out");
        problems.push(RoutingProblem { line: 1, text });
    }
    let soon = now.to_zoned(routing.calendar.timezone.clone()).date().saturating_add(30.days());
    if let Some(last) = holidays.end().filter(|last| *last < soon) {
        let text = format!(
            "the holidays end with {last}: add those of the coming year, or name your Land once \
             (\"DE-SH\")"
        );
        problems.push(RoutingProblem { line: 1, text });
    }
}

fn conditions(routing: &Routing) -> impl Iterator<Item = &Condition> {
    let rules = routing.rules.iter().map(|rule| &rule.condition);
    rules.chain(routing.priorities.iter().map(|rule| &rule.condition))
}
