//! First-response targets.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use toml::Spanned;

use super::Checker;
use crate::domain::Channel;
use crate::triage::hours::Hours;
use crate::triage::routing::RoutingProblem;
use crate::triage::routing::file::{self, File};
use crate::triage::routing::target::{ChannelTargets, Clock, Stages, Target};

/// The targets of a channel or network, as they are written.
struct Written<'a> {
    first_response: &'a Spanned<String>,
    clock: Option<&'a Spanned<String>>,
    normal: Option<&'a file::Target>,
}

impl Checker<'_> {
    /// The targets of all channels.
    pub(super) fn targets(
        &mut self,
        file: &File,
        hours: &BTreeMap<String, Hours>,
    ) -> BTreeMap<Channel, ChannelTargets> {
        for channel in Channel::ALL {
            if !file.targets.contains_key(&channel) {
                let text = format!(
                    "no first-response target for channel {0}: add [targets.{0}]",
                    channel.name()
                );
                self.problems.push(RoutingProblem { line: 1, text });
            }
        }
        let mut targets = BTreeMap::new();
        for (channel, written) in &file.targets {
            let own = Written {
                first_response: &written.first_response,
                clock: written.clock.as_ref(),
                normal: written.normal.as_ref(),
            };
            let own = self.stages(&own, Clock::Always, file, hours);
            let mut networks = BTreeMap::new();
            for (name, written) in &written.network {
                let network = Written {
                    first_response: &written.first_response,
                    clock: written.clock.as_ref(),
                    normal: written.normal.as_ref(),
                };
                let clock = own.pressing.clock.clone();
                let stages = self.stages(&network, clock, file, hours);
                networks.insert(name.trim().to_lowercase(), stages);
            }
            targets.insert(*channel, ChannelTargets { own, networks });
        }
        targets
    }

    /// The target of urgent tickets.
    pub(super) fn urgent(
        &mut self,
        written: &file::Target,
        file: &File,
        hours: &BTreeMap<String, Hours>,
    ) -> Target {
        self.target(&written.first_response, written.clock.as_ref(), Clock::Always, file, hours)
    }

    /// Both stages; a clock that is not named is that of the stage or channel above.
    fn stages(
        &mut self,
        written: &Written,
        clock: Clock,
        file: &File,
        hours: &BTreeMap<String, Hours>,
    ) -> Stages {
        let pressing = self.target(written.first_response, written.clock, clock, file, hours);
        let normal = written.normal.map(|normal| {
            let (time, clock) = (&normal.first_response, normal.clock.as_ref());
            let target = self.target(time, clock, pressing.clock.clone(), file, hours);
            let is_time = target.first_response > SignedDuration::ZERO;
            if is_time && target.first_response < pressing.first_response {
                let text = format!(
                    "tickets of normal priority would be due after {:#}, before those of high \
                     priority after {:#}: exchange them",
                    target.first_response, pressing.first_response
                );
                self.problem(time, text);
            }
            target
        });
        Stages { pressing, normal }
    }

    fn target(
        &mut self,
        first_response: &Spanned<String>,
        clock: Option<&Spanned<String>>,
        otherwise: Clock,
        file: &File,
        hours: &BTreeMap<String, Hours>,
    ) -> Target {
        let wanted = "time to respond in: write 90s, 15 min or 4h, at most 60 days";
        let first_response = self.duration(first_response, wanted);
        let clock = clock.map(|name| self.clock(name, file, hours));
        Target { first_response, clock: clock.flatten().unwrap_or(otherwise) }
    }

    fn clock(
        &mut self,
        name: &Spanned<String>,
        file: &File,
        hours: &BTreeMap<String, Hours>,
    ) -> Option<Clock> {
        let text = name.get_ref().as_str();
        match text {
            "always" => return Some(Clock::Always),
            "opening" => return Some(Clock::Opening),
            _ => {}
        }
        if !file.hours.contains_key(text) {
            let text = format!(
                "no clock called `{text}`: write always, opening (while the queue is open), or the \
                 name of hours of yours and add [hours.{text}]"
            );
            self.problem(name, text);
        }
        // A mistake within the hours is reported there.
        hours.get(text).map(|hours| Clock::Hours(text.to_owned(), Box::new(hours.clone())))
    }
}
