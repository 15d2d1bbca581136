//! Doubtful places of a routing file that loads.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _};

use super::rule::Condition;
use super::{Routing, RoutingProblem};
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
            let speaks_all = |language| routing.queues[earlier.queue].languages.contains(language);
            !earlier.only_while_open
                && Language::ALL.iter().all(speaks_all)
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

fn queues(routing: &Routing, problems: &mut Vec<RoutingProblem>) {
    for (index, queue) in routing.queues.iter().enumerate() {
        let mut report = |text| problems.push(RoutingProblem { line: queue.line, text });
        let bound = Channel::ALL.into_iter().find(|channel| {
            let target = routing.targets.get(channel);
            target.is_some_and(|target| target.in_opening_hours)
                && queue.hours_on(*channel).is_none()
        });
        if let Some(channel) = bound {
            report(format!(
                "queue `{}` has no opening hours, so its {} clock never stops: set hours",
                queue.name,
                channel.name()
            ));
        }
        if !routing.rules.iter().any(|rule| rule.queue == index) {
            report(format!("no rule leads to queue `{}`", queue.name));
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

/// Holidays must be renewed by hand: a month before they run out is the time to say so.
fn holidays(routing: &Routing, now: Timestamp, problems: &mut Vec<RoutingProblem>) {
    let Some(last) = routing.calendar.holidays.last() else { return };
    let soon = now.to_zoned(routing.calendar.timezone.clone()).date().saturating_add(30.days());
    if *last < soon {
        let text = format!("the holidays end with {last}: add those of the coming year");
        problems.push(RoutingProblem { line: 1, text });
    }
}

fn conditions(routing: &Routing) -> impl Iterator<Item = &Condition> {
    let rules = routing.rules.iter().map(|rule| &rule.condition);
    rules.chain(routing.priorities.iter().map(|rule| &rule.condition))
}
