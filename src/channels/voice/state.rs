use url::form_urlencoded;

use crate::domain::Language;

/// Most choices that keys are given to.
pub(crate) const MOST_CHOICES: usize = 8;

/// Longest choice, in characters.
const CHOICE_CHARS: usize = 300;

/// Longest name of a beginning, in characters.
const BEGINNING_CHARS: usize = 16;

/// What must be known of a call when its next event comes. It travels with the call: in addresses,
/// session attributes and channel variables, written as a query (`turn=2&asked=helped`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallState {
    /// Number of the caller's next utterance, from 1.
    pub(crate) turn: u32,
    /// What the caller was asked last.
    pub(crate) asked: Asked,
    /// Times in a row that nothing was heard.
    pub(crate) silent: u32,
    /// Times in a row that words were not understood, or a key had no meaning.
    pub(crate) unclear: u32,
    /// Times that the caller was asked again, for whatever reason, since the last message.
    pub(crate) repeated: u32,
    /// Language spoken.
    pub(crate) language: Language,
    /// What the keys from 1 on stand for, as words to take in.
    pub(crate) choices: Vec<String>,
    /// Tells this beginning from others of the same conversation, where a system may begin anew
    /// under the same name: turns are counted from 1 again then.
    pub(crate) beginning: Option<String>,
    /// What people have of a caller who is put through.
    pub(crate) noted: Noted,
}

/// What people have of a caller who is put through: what may be promised if nobody takes the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noted {
    /// Nothing: it could not be kept.
    Nothing,
    /// A ticket, and the caller's number.
    Reachable,
    /// A ticket, but no number.
    Unreachable,
}

impl Noted {
    const ALL: [Self; 3] = [Self::Nothing, Self::Reachable, Self::Unreachable];

    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Reachable => "reachable",
            Self::Unreachable => "unreachable",
        }
    }
}

/// What the caller was asked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing yet: the call begins.
    Nothing,
    /// What it is about.
    Matter,
    /// Whether the answer helped.
    Helped,
    /// Which of several is meant.
    Choice,
    /// Whether to call back.
    CallBack,
    /// On which number to call back.
    Number,
    /// Nothing: the call was put through, and comes back when that has ended.
    PutThrough,
}

impl Asked {
    const ALL: [Self; 7] = [
        Self::Nothing,
        Self::Matter,
        Self::Helped,
        Self::Choice,
        Self::CallBack,
        Self::Number,
        Self::PutThrough,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Matter => "matter",
            Self::Helped => "helped",
            Self::Choice => "choice",
            Self::CallBack => "call_back",
            Self::Number => "number",
            Self::PutThrough => "put_through",
        }
    }
}

/// Why a state cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} cannot be \"{value}\"; pass the state on as it was given")]
pub(crate) struct StateError {
    name: String,
    value: String,
}

impl CallState {
    /// The state of a call that begins.
    pub(crate) fn new(language: Language) -> Self {
        Self {
            turn: 1,
            asked: Asked::Nothing,
            silent: 0,
            unclear: 0,
            repeated: 0,
            language,
            choices: Vec::new(),
            beginning: None,
            noted: Noted::Nothing,
        }
    }

    /// The state after the next utterance, with nothing asked again yet.
    pub(crate) fn next(&self, asked: Asked) -> Self {
        Self {
            turn: self.turn.saturating_add(1),
            asked,
            beginning: self.beginning.clone(),
            ..Self::new(self.language)
        }
    }

    /// Reads what [`Self::to_query`] wrote; what is left out is as at the beginning of a call in
    /// this language. Names that are not known are passed over: operators add their own.
    pub(crate) fn from_query(query: &str, language: Language) -> Result<Self, StateError> {
        let mut state = Self::new(language);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let number = value.parse::<u32>().ok();
            let understood = match name.as_ref() {
                "turn" => number.filter(|turn| *turn > 0).map(|turn| state.turn = turn),
                "silent" => number.map(|times| state.silent = times),
                "unclear" => number.map(|times| state.unclear = times),
                "repeated" => number.map(|times| state.repeated = times),
                "beginning" => {
                    let fits = (1..=BEGINNING_CHARS).contains(&value.len())
                        && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
                    fits.then(|| state.beginning = Some(value.clone().into_owned()))
                }
                "noted" => Noted::ALL
                    .into_iter()
                    .find(|noted| noted.name() == value)
                    .map(|noted| state.noted = noted),
                "asked" => Asked::ALL
                    .into_iter()
                    .find(|asked| asked.name() == value)
                    .map(|asked| state.asked = asked),
                "language" => Language::from_code(&value).map(|code| state.language = code),
                "choice" => {
                    let fits =
                        state.choices.len() < MOST_CHOICES && value.chars().count() <= CHOICE_CHARS;
                    fits.then(|| state.choices.push(value.clone().into_owned()))
                }
                _ => Some(()),
            };
            if understood.is_none() {
                let value = value.chars().take(60).collect();
                return Err(StateError { name: name.into_owned(), value });
            }
        }
        Ok(state)
    }

    /// The state as a query, without a question mark before it.
    pub(crate) fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("turn", &self.turn.to_string());
        query.append_pair("asked", self.asked.name());
        query.append_pair("language", self.language.code());
        let counters =
            [("silent", self.silent), ("unclear", self.unclear), ("repeated", self.repeated)];
        for (name, times) in counters.into_iter().filter(|(_, times)| *times > 0) {
            query.append_pair(name, &times.to_string());
        }
        if let Some(beginning) = &self.beginning {
            query.append_pair("beginning", beginning);
        }
        if self.noted != Noted::Nothing {
            query.append_pair("noted", self.noted.name());
        }
        for choice in &self.choices {
            query.append_pair("choice", choice);
        }
        query.finish()
    }

    /// Keeps what the keys stand for; those that do not fit can still be said.
    pub(crate) fn offer<'a>(&mut self, choices: impl IntoIterator<Item = &'a str>) {
        let fitting = choices.into_iter().filter(|choice| choice.chars().count() <= CHOICE_CHARS);
        self.choices = fitting.take(MOST_CHOICES).map(str::to_owned).collect();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn states() -> impl Strategy<Value = CallState> {
        let choices = prop::collection::vec(".{0,40}", 0..MOST_CHOICES);
        let numbers = (1_u32.., 0_u32.., 0_u32.., 0_u32..);
        let beginnings = prop::option::of("[0-9a-f]{8}");
        let noted = prop::sample::select(Noted::ALL.to_vec());
        let languages = prop::sample::select(Language::ALL.to_vec());
        let asked = prop::sample::select(Asked::ALL.to_vec());
        (numbers, asked, languages, choices, beginnings, noted).prop_map(
            |((turn, silent, unclear, repeated), asked, language, choices, beginning, noted)| {
                CallState {
                    turn,
                    asked,
                    silent,
                    unclear,
                    repeated,
                    language,
                    choices,
                    beginning,
                    noted,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn a_state_comes_back_as_it_went(state in states()) {
            let query = state.to_query();
            prop_assert_eq!(CallState::from_query(&query, Language::En), Ok(state));
            prop_assert!(query.is_ascii());
        }

        #[test]
        fn no_query_is_the_end_of_the_world(query in ".{0,80}") {
            let _ = CallState::from_query(&query, Language::De);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, name) in [
            ("turn=0", "turn"),
            ("turn=x", "turn"),
            ("turn=-1", "turn"),
            ("asked=why", "asked"),
            ("language=fr", "language"),
            ("noted=perhaps", "noted"),
            ("beginning=", "beginning"),
            ("beginning=a%20b", "beginning"),
            (&format!("beginning={}", "a".repeat(17)), "beginning"),
            (&format!("choice={}", "a".repeat(301)), "choice"),
            (&"choice=a&".repeat(9), "choice"),
        ] {
            let error = CallState::from_query(query, Language::De).expect_err(query);
            assert_eq!(error.name, name, "{query}");
        }
        let own = CallState::from_query("tenant=7&bodySHA256=ab&language=en", Language::De);
        assert_eq!(own, Ok(CallState::new(Language::En)));
    }
}
