//! What does the bot say in its own words?
//!
//! Fixed courteous texts in German (Sie) and English, each with a short form for the telephone, and
//! one for social networks where others read along.
//! The built-in ones stand in `texts.toml` beside this file; an operator's file of the same shape
//! replaces single texts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::opening::opening;
use super::routing::Availability;
use crate::domain::{Channel, Language, ReplyChoice};

/// The choice "talk to a person" of a question back. Its value is understood by
/// [`super::decide`] whatever the classifier makes of it.
pub(super) fn person_choice(language: Language) -> ReplyChoice {
    let (label, value) = match language {
        Language::De => ("Mit einem Menschen sprechen", "Ich möchte mit einem Menschen sprechen."),
        Language::En => ("Talk to a person", "I would like to talk to a person."),
    };
    ReplyChoice { label: label.to_owned(), value: value.to_owned() }
}

/// All fixed texts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    #[serde(default)]
    smalltalk: BTreeMap<String, Phrase>,
    #[serde(default)]
    courtesy: Phrase,
    #[serde(default)]
    out_of_scope: Phrase,
    #[serde(default)]
    question_back: Phrase,
    #[serde(default)]
    hand_over_open: Phrase,
    #[serde(default)]
    hand_over_closed: Phrase,
    #[serde(default)]
    danger: Phrase,
    #[serde(default)]
    waiting: Phrase,
    #[serde(default)]
    joined: Phrase,
    #[serde(default)]
    call_back_offer: Phrase,
    #[serde(default)]
    call_back_question: Phrase,
    #[serde(default)]
    call_back_noted: Phrase,
}

/// One text in every language and form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Phrase {
    de: Option<String>,
    en: Option<String>,
    de_phone: Option<String>,
    en_phone: Option<String>,
    de_social: Option<String>,
    en_social: Option<String>,
}

/// Why an operator's texts were not taken.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// The file could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no TOML, or has a key that is unknown. The text names the line.
    #[error("{path}: {problem}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        problem: Box<toml::de::Error>,
    },
    /// A text would say nothing.
    #[error("{path}: the text {name} is blank: write something, or leave it out")]
    Blank {
        /// The file.
        path: PathBuf,
        /// Its name, such as `danger.de`.
        name: String,
    },
    /// A text lacks what it must say.
    #[error("{path}: the text {name} must hold {needed}")]
    Lacks {
        /// The file.
        path: PathBuf,
        /// Its name, such as `hand_over_closed.de`.
        name: String,
        /// The placeholder or words that are missing.
        needed: &'static str,
    },
}

impl Default for Texts {
    /// The built-in texts.
    fn default() -> Self {
        toml::from_str(include_str!("texts.toml"))
            .expect("the file is part of the program, and the tests below read it")
    }
}

impl Texts {
    /// The built-in texts with those of an operator's file in their place.
    pub fn load(path: &Path) -> Result<Self, TextsError> {
        let path = path.to_owned();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(TextsError::Read { path, source }),
        };
        match toml::from_str::<Self>(&text) {
            Ok(own) => Ok(own.check(path)?.over(Self::default())),
            Err(problem) => Err(TextsError::Syntax { path, problem: Box::new(problem) }),
        }
    }

    fn check(self, path: PathBuf) -> Result<Self, TextsError> {
        for (name, phrase) in self.phrases() {
            for (form, text) in phrase.forms() {
                let name = format!("{name}.{form}");
                if text.trim().is_empty() {
                    return Err(TextsError::Blank { path, name });
                }
                let needed: &[&'static str] = match name.split('.').next() {
                    Some("hand_over_closed") => &["{opens}"],
                    Some("call_back_noted") => &["{number}", "{opens}"],
                    Some("danger") if form == "de_phone" => &["eins eins zwei"],
                    Some("danger") if form == "en_phone" => &["one one two"],
                    Some("danger") => &["112"],
                    _ => &[],
                };
                if let Some(needed) = needed.iter().find(|needed| !text.contains(**needed)) {
                    return Err(TextsError::Lacks { path, name, needed });
                }
            }
        }
        Ok(self)
    }

    /// These texts, and those of `other` where these are silent.
    fn over(mut self, other: Self) -> Self {
        for (intent, phrase) in other.smalltalk {
            let own = self.smalltalk.remove(&intent).unwrap_or_default();
            self.smalltalk.insert(intent, own.over(phrase));
        }
        Self {
            smalltalk: self.smalltalk,
            courtesy: self.courtesy.over(other.courtesy),
            out_of_scope: self.out_of_scope.over(other.out_of_scope),
            question_back: self.question_back.over(other.question_back),
            hand_over_open: self.hand_over_open.over(other.hand_over_open),
            hand_over_closed: self.hand_over_closed.over(other.hand_over_closed),
            danger: self.danger.over(other.danger),
            waiting: self.waiting.over(other.waiting),
            call_back_offer: self.call_back_offer.over(other.call_back_offer),
            call_back_question: self.call_back_question.over(other.call_back_question),
            call_back_noted: self.call_back_noted.over(other.call_back_noted),
            joined: self.joined.over(other.joined),
        }
    }

    fn phrases(&self) -> impl Iterator<Item = (String, &Phrase)> {
        let smalltalk =
            self.smalltalk.iter().map(|(intent, phrase)| (format!("smalltalk.{intent}"), phrase));
        let fixed = [
            ("courtesy", &self.courtesy),
            ("out_of_scope", &self.out_of_scope),
            ("question_back", &self.question_back),
            ("hand_over_open", &self.hand_over_open),
            ("hand_over_closed", &self.hand_over_closed),
            ("danger", &self.danger),
            ("waiting", &self.waiting),
            ("call_back_offer", &self.call_back_offer),
            ("call_back_question", &self.call_back_question),
            ("call_back_noted", &self.call_back_noted),
            ("joined", &self.joined),
        ];
        smalltalk.chain(fixed.map(|(name, phrase)| (name.to_owned(), phrase)))
    }
}

impl Texts {
    /// The reply to smalltalk with this intent.
    pub fn smalltalk(&self, intent: &str, language: Language, channel: Channel) -> &str {
        let own = self.smalltalk.get(intent).map(|phrase| phrase.get(language, channel));
        own.filter(|text| !text.is_empty()).unwrap_or_else(|| self.courtesy.get(language, channel))
    }

    /// "That I cannot help with", and the offer of a person.
    pub fn out_of_scope(&self, language: Language, channel: Channel) -> &str {
        self.out_of_scope.get(language, channel)
    }

    /// The question back. On the telephone it names the choices; elsewhere they are shown below.
    pub fn question_back(
        &self,
        language: Language,
        channel: Channel,
        choices: &[ReplyChoice],
    ) -> String {
        let or = match language {
            Language::De => " oder ",
            Language::En => " or ",
        };
        let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
        let listed = match labels.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{}{or}{last}", rest.join(", ")),
            _ => labels.concat(),
        };
        self.question_back.get(language, channel).replace("{choices}", &listed)
    }

    /// What is said when a ticket was opened: true to whether people are there now, and if not, to
    /// when they are. `timezone` is that of the opening hours, `now` the time of the reply.
    pub fn hand_over(
        &self,
        language: Language,
        channel: Channel,
        availability: Availability,
        now: Timestamp,
        timezone: &TimeZone,
    ) -> String {
        match availability {
            Availability::Open => self.hand_over_open.get(language, channel).to_owned(),
            Availability::ClosedUntil(opens) => self
                .hand_over_closed
                .get(language, channel)
                .replace("{opens}", &opening(language, opens, now, timezone)),
        }
    }

    /// The reply to a message that speaks of danger to life: names the emergency number.
    pub fn danger(&self, language: Language, channel: Channel) -> &str {
        self.danger.get(language, channel)
    }

    /// The acknowledgement of a message while a ticket waits.
    pub fn waiting(&self, language: Language, channel: Channel) -> &str {
        self.waiting.get(language, channel)
    }

    /// That people work on the customer's matter already, and this was added to it.
    pub fn joined(&self, language: Language, channel: Channel) -> &str {
        self.joined.get(language, channel)
    }

    /// The offer of a call-back while nobody is there.
    pub fn call_back_offer(&self, language: Language, channel: Channel) -> &str {
        self.call_back_offer.get(language, channel)
    }

    /// The question for the number to call back on.
    pub fn call_back_question(&self, language: Language, channel: Channel) -> &str {
        self.call_back_question.get(language, channel)
    }

    /// That people will call back on `number` when they are there, at `opens`. On the telephone the
    /// digits are said one by one.
    pub fn call_back_noted(
        &self,
        language: Language,
        channel: Channel,
        number: &str,
        opens: Timestamp,
        now: Timestamp,
        timezone: &TimeZone,
    ) -> String {
        let number = match channel {
            Channel::Phone => spelled(number),
            _ => number.to_owned(),
        };
        self.call_back_noted
            .get(language, channel)
            .replace("{number}", &number)
            .replace("{opens}", &opening(language, opens, now, timezone))
    }
}

/// A telephone number as it is read aloud: `plus 4 9 4 3 1`.
fn spelled(number: &str) -> String {
    let signs = number.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+');
    let spoken = signs.map(|sign| if sign == '+' { "plus".to_owned() } else { sign.to_string() });
    spoken.collect::<Vec<String>>().join(" ")
}

impl Phrase {
    fn get(&self, language: Language, channel: Channel) -> &str {
        let (written, spoken, public) = match language {
            Language::De => (&self.de, &self.de_phone, &self.de_social),
            Language::En => (&self.en, &self.en_phone, &self.en_social),
        };
        let own = match channel {
            Channel::Phone => spoken,
            Channel::Social => public,
            Channel::Chat | Channel::Email | Channel::Messenger | Channel::Form => &None,
        };
        own.as_ref().or(written.as_ref()).map_or("", String::as_str)
    }

    fn over(self, other: Self) -> Self {
        Self {
            de: self.de.or(other.de),
            en: self.en.or(other.en),
            de_phone: self.de_phone.or(other.de_phone),
            en_phone: self.en_phone.or(other.en_phone),
            de_social: self.de_social.or(other.de_social),
            en_social: self.en_social.or(other.en_social),
        }
    }

    /// The texts that are there, with their keys.
    fn forms(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let forms = [
            ("de", &self.de),
            ("en", &self.en),
            ("de_phone", &self.de_phone),
            ("en_phone", &self.en_phone),
            ("de_social", &self.de_social),
            ("en_social", &self.en_social),
        ];
        forms.into_iter().filter_map(|(name, text)| text.as_ref().map(|text| (name, text)))
    }
}

#[cfg(test)]
mod tests;
