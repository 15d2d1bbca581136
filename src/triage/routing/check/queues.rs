//! Queues.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{Checker, line_of, skills};
use crate::domain::{Channel, Language};
use crate::triage::hours::Hours;
use crate::triage::routing::file::{self, File, OneOrMany};
use crate::triage::routing::queue::Overflow;
use crate::triage::routing::{PhoneTarget, Queue, RoutingProblem};

impl Checker<'_> {
    pub(super) fn queues(&mut self, file: &File, hours: &BTreeMap<String, Hours>) -> Vec<Queue> {
        let mut queues: Vec<Queue> = Vec::new();
        for queue in &file.queues {
            let name = queue.name.get_ref().clone();
            if queues.iter().any(|earlier| earlier.name == name) {
                self.problem(&queue.name, format!("queue `{name}` is there twice"));
            }
            let queue = self.queue(queue, file, hours);
            queues.push(queue);
        }
        // Every name is known by now.
        for (index, written) in file.queues.iter().enumerate() {
            let overflow = written.overflow.as_ref();
            let overflow = overflow.and_then(|overflow| self.overflow(overflow, index, &queues));
            queues[index].overflow = overflow;
        }
        queues
    }

    fn queue(
        &mut self,
        queue: &file::Queue,
        file: &File,
        hours: &BTreeMap<String, Hours>,
    ) -> Queue {
        let name = queue.name.get_ref().clone();
        let languages = queue.languages.clone().unwrap_or_else(|| Language::ALL.to_vec());
        if languages.is_empty() {
            let text = format!("queue `{name}` speaks no language: name one, or leave it out");
            self.problem(&queue.name, text);
        }
        let own =
            queue.hours.as_ref().and_then(|reference| self.hours_named(reference, file, hours));
        let mut channel_hours = BTreeMap::new();
        for (channel, reference) in &queue.channel_hours {
            if let Some(hours) = self.hours_named(reference, file, hours) {
                channel_hours.insert(*channel, hours);
            }
        }
        Queue {
            name,
            title: queue.title.clone(),
            takes: queue.takes.clone(),
            languages,
            skills: skills(&queue.skills),
            hours: own,
            channel_hours,
            phone: queue.phone.as_ref().map_or(Vec::new(), |phone| self.phone(phone)),
            email: queue.email.as_ref().and_then(|email| self.email(email)),
            overflow: None,
            call_back: queue.call_back,
            line: self.line(&queue.name),
        }
    }

    fn overflow(
        &mut self,
        overflow: &file::Overflow,
        from: usize,
        queues: &[Queue],
    ) -> Option<Overflow> {
        let to = overflow.to.get_ref();
        let index = queues.iter().position(|queue| queue.name == *to);
        if index.is_none() {
            let text = format!("no queue called `{to}`: add a [[queue]] with this name");
            self.problem(&overflow.to, text);
        }
        if index == Some(from) {
            let text = format!("queue `{to}` cannot overflow into itself: name another");
            self.problem(&overflow.to, text);
        }
        if overflow.after.is_none() && overflow.waiting.is_none() {
            let text = "the overflow has no limit: give after = \"10 min\", waiting = 20, or both";
            self.problem(&overflow.to, text.to_owned());
        }
        let example = "time to wait: write 10 min or 1h, at most 60 days";
        let after = overflow.after.as_ref().map(|after| self.duration(after, example));
        if let Some(waiting) = overflow.waiting.as_ref().filter(|most| *most.get_ref() == 0) {
            let text = "with waiting = 0 no ticket stays in this queue: give 1 or more";
            self.problem(waiting, text.to_owned());
        }
        let channels = overflow.channels.clone().unwrap_or_else(|| Channel::ALL.to_vec());
        if channels.is_empty() {
            let text = "the overflow has no channel: name one, or leave channels out";
            self.problem(&overflow.to, text.to_owned());
        }
        Some(Overflow {
            to: index?,
            after,
            waiting: overflow.waiting.as_ref().map(|waiting| *waiting.get_ref()),
            channels,
            line: self.line(&overflow.to),
        })
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
}
