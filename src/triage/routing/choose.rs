//! Which rule applies, and which queue follows from it?

use jiff::SignedDuration;

use super::queue::Overflow;
use super::rule::Seen;
use super::{Availability, Queue, QueueRule, Route, RouteRequest, Routing};
use crate::domain::Priority;

/// A queue that is over its limit, and where its new tickets go.
struct Spill {
    /// Position of the queue that takes them.
    to: usize,
    /// Why, for people.
    why: String,
}

impl Routing {
    /// The way of a ticket.
    pub fn route(&self, request: &RouteRequest) -> Route {
        let seen = self.see(request);
        let (rule, named) = self.first_rule(&seen, request);
        let (priority, priority_rule) = self.priority(&seen);
        let spill = self.spill(rule, named, priority, request).and_then(Result::ok);
        let queue = &self.queues[spill.as_ref().map_or(named, |spill| spill.to)];
        Route {
            queue: queue.name.clone(),
            priority,
            due_at: self.due(queue, priority, request).0,
            skills: rule.skills.clone(),
            rule: rule.name.clone(),
            priority_rule: priority_rule.map(str::to_owned),
            overflow: spill.map(|spill| spill.why),
        }
    }

    /// What each rule says to a message, down to the one that takes it: for people who wonder why.
    pub fn explain(&self, request: &RouteRequest) -> Vec<String> {
        let seen = self.see(request);
        let zone = self.calendar.timezone.iana_name().unwrap_or("UTC");
        let mut lines = vec![format!("{} in {zone}", seen.local.strftime("%A %Y-%m-%d %H:%M"))];
        let topics: Vec<&str> = seen.topics.iter().copied().collect();
        if !topics.is_empty() {
            lines.push(format!("words of topic {}", topics.join(", ")));
        }
        for rule in &self.rules {
            let place = format!("rule “{}” (line {})", rule.name, rule.line);
            match self.queue_of(rule, &seen, request) {
                Ok(queue) => {
                    lines.push(format!("{place}: queue {}", self.queues[queue].name));
                    break;
                }
                Err(why) => lines.push(format!("{place}: no, {why}")),
            }
        }
        for rule in &self.priorities {
            let place = format!("priority “{}” (line {})", rule.name, rule.line);
            let Some(why) = rule.condition.mismatch(&seen) else {
                lines.push(format!("{place}: {}", rule.priority.name()));
                break;
            };
            lines.push(format!("{place}: no, {why}"));
        }
        let (rule, named) = self.first_rule(&seen, request);
        let (priority, _) = self.priority(&seen);
        let spill = self.spill(rule, named, priority, request);
        let queue = match &spill {
            Some(Ok(spill)) => spill.to,
            _ => named,
        };
        lines.extend(spill.map(|spill| match spill {
            Ok(spill) => format!("overflow: {}", spill.why),
            Err(why) => format!("no overflow: {why}"),
        }));
        let queue = &self.queues[queue];
        lines.push(match self.availability(&queue.name, request.channel, request.at) {
            Availability::Open => format!("queue {} is open", queue.name),
            Availability::ClosedUntil(opens) => {
                let opens = opens.to_zoned(self.calendar.timezone.clone());
                let opens = opens.strftime("%A %Y-%m-%d %H:%M");
                format!("queue {} is closed until {opens}", queue.name)
            }
        });
        let target = self.due(queue, priority, request).1;
        lines.extend(target.map(|target| format!("first answer within {target}")));
        lines
    }

    /// The first rule that applies, with its queue. If only languages or opening hours stand in the
    /// way of all, the first whose conditions hold: a ticket always finds a queue.
    fn first_rule(&self, seen: &Seen, request: &RouteRequest) -> (&QueueRule, usize) {
        let applies = |rule: &&QueueRule| rule.condition.mismatch(seen).is_none();
        self.rules
            .iter()
            .find_map(|rule| Some((rule, self.queue_of(rule, seen, request).ok()?)))
            .or_else(|| {
                let rule = self.rules.iter().find(applies)?;
                Some((rule, self.able(rule).next()?))
            })
            .unwrap_or_else(|| {
                let last = &self.rules[self.rules.len() - 1];
                (last, last.queue.unwrap_or_default())
            })
    }

    /// Queues that a rule can mean, in the order of the file: the one that it names, or those that
    /// have its skills.
    pub(super) fn able(&self, rule: &QueueRule) -> impl Iterator<Item = usize> {
        (0..self.queues.len()).filter(move |index| match rule.queue {
            Some(queue) => *index == queue,
            None => self.queues[*index].has_skills(&rule.skills),
        })
    }

    /// The queue of a rule, or why it does not apply. Where the rule names none, an open one comes
    /// before a closed one.
    fn queue_of(
        &self,
        rule: &QueueRule,
        seen: &Seen,
        request: &RouteRequest,
    ) -> Result<usize, String> {
        if let Some(why) = rule.condition.mismatch(seen) {
            return Err(why);
        }
        let who = || match rule.queue {
            Some(queue) => format!("queue {}", self.queues[queue].name),
            None => format!("no queue with the skills {}", rule.skills.join(", ")),
        };
        let speaks = |index: &usize| self.queues[*index].languages.contains(&seen.language);
        let Some(first) = self.able(rule).find(speaks) else {
            let does = if rule.queue.is_some() { "does not speak" } else { "speaks" };
            return Err(format!("{} {does} {}", who(), seen.language));
        };
        let open = self.able(rule).filter(speaks).find(|index| self.is_open(*index, request));
        if open.is_none() && rule.only_while_open {
            let is = if rule.queue.is_some() { "is closed" } else { "is open" };
            return Err(format!("{} {is}", who()));
        }
        Ok(open.unwrap_or(first))
    }

    fn priority(&self, seen: &Seen) -> (Priority, Option<&str>) {
        let by = self.priorities.iter().find(|rule| rule.condition.mismatch(seen).is_none());
        by.map_or((Priority::Normal, None), |rule| (rule.priority, Some(&rule.name)))
    }

    /// Where a ticket of this queue goes instead, while too much waits there: from queue to queue,
    /// until one is below its limit. None below the limit; the error says why the ticket stays all
    /// the same. Urgent tickets stay: they are taken before all that waits.
    fn spill(
        &self,
        rule: &QueueRule,
        named: usize,
        priority: Priority,
        request: &RouteRequest,
    ) -> Option<Result<Spill, String>> {
        let mut queue = named;
        let mut passed = vec![named];
        let mut whys: Vec<String> = Vec::new();
        loop {
            let (overflow, why) = match self.over_limit(&self.queues[queue], request) {
                Some(over) => over,
                None if whys.is_empty() => return None,
                None => return Some(Ok(Spill { to: queue, why: whys.join("; ") })),
            };
            let to = &self.queues[overflow.to];
            let language = request.classification.language;
            let stays = if priority == Priority::Urgent {
                Some("urgent tickets are taken first anyway".to_owned())
            } else if passed.contains(&overflow.to) {
                Some(format!("queue {} is over its limit as well", to.name))
            } else if !to.languages.contains(&language) {
                Some(format!("queue {} does not speak {language}", to.name))
            } else if !to.has_skills(&rule.skills) {
                Some(format!("queue {} does not have the skills", to.name))
            } else if !self.is_open(overflow.to, request) {
                Some(format!("queue {} is closed", to.name))
            } else {
                None
            };
            whys.push(why);
            if let Some(stays) = stays {
                return Some(Err(format!("{}, but {stays}", whys.join("; "))));
            }
            queue = overflow.to;
            passed.push(queue);
        }
    }

    /// The queue's overflow and why it applies, if too much waits in it.
    fn over_limit<'a>(
        &self,
        queue: &'a Queue,
        request: &RouteRequest,
    ) -> Option<(&'a Overflow, String)> {
        let overflow = queue.overflow.as_ref()?;
        if !overflow.channels.contains(&request.channel) {
            return None;
        }
        let waits = request
            .waits
            .iter()
            .filter(|wait| wait.queue == queue.name && overflow.channels.contains(&wait.channel));
        let open: u32 = waits.clone().map(|wait| wait.open).sum();
        let to = &self.queues[overflow.to].name;
        if let Some(limit) = overflow.waiting.filter(|limit| open >= *limit) {
            let why =
                format!("{open} tickets wait in {}, at most {limit} may: to {to}", queue.name);
            return Some((overflow, why));
        }
        let limit = overflow.after?;
        // Time in which nobody was there to answer is no sign of too much work.
        let waited = |wait: &crate::domain::QueueWait| match queue.hours_on(wait.channel) {
            Some(hours) => hours.open_time(&self.calendar, wait.oldest, request.at),
            None => request.at.duration_since(wait.oldest),
        };
        let longest = waits.map(waited).max().filter(|longest| *longest > limit)?;
        let longest = SignedDuration::from_mins(longest.as_mins());
        let why = format!(
            "the oldest ticket has waited for {longest:#} in {}, at most {limit:#} is right: to {to}",
            queue.name
        );
        Some((overflow, why))
    }

    fn is_open(&self, queue: usize, request: &RouteRequest) -> bool {
        let name = &self.queues[queue].name;
        self.availability(name, request.channel, request.at) == Availability::Open
    }
}
