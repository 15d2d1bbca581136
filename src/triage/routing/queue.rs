//! Who works on tickets: a queue with its languages, skills, hours, and where it is reached.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::phone::PhoneTarget;
use crate::domain::{Channel, Language};
use crate::triage::hours::Hours;

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
    /// What its people can do besides, for rules that ask for skills.
    pub skills: Vec<String>,
    pub(super) hours: Option<Hours>,
    pub(super) channel_hours: BTreeMap<Channel, Hours>,
    pub(super) phone: Vec<PhoneTarget>,
    pub(super) email: Option<String>,
    pub(super) overflow: Option<Overflow>,
    pub(super) call_back: bool,
    /// Line in the file.
    pub(super) line: usize,
}

/// Where new tickets go while too many wait, or for too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overflow {
    /// Position of the other queue.
    pub(super) to: usize,
    /// Longest wait in opening time, beyond which the other queue takes new tickets.
    pub(super) after: Option<SignedDuration>,
    /// Number of waiting tickets from which the other queue takes new ones.
    pub(super) waiting: Option<u32>,
    /// Channels whose tickets count and are sent away.
    pub(super) channels: Vec<Channel>,
    pub(super) line: usize,
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

    /// Whether its people call back those who came while it was closed.
    pub fn calls_back(&self) -> bool {
        self.call_back
    }

    /// Opening hours for a channel; none means around the clock.
    pub(super) fn hours_on(&self, channel: Channel) -> Option<&Hours> {
        self.channel_hours.get(&channel).or(self.hours.as_ref())
    }

    /// Whether its people can do all this.
    pub(super) fn has_skills(&self, skills: &[String]) -> bool {
        skills.iter().all(|skill| self.skills.contains(skill))
    }
}
