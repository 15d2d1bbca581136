//! What does a caller want who does not say it?
//!
//! A key, silence, words that cannot be understood, "no" to the question whether an answer helped:
//! each brings a person. It is kept as a turn of the conversation, in brackets and in fixed words,
//! so that the agent reads what happened; [`super::decide`] knows these words.

use super::words::plain;
use crate::domain::Language;

/// What a caller does instead of saying what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerSign {
    /// Presses the key for a person.
    PressesKey,
    /// Says nothing, again and again.
    SaysNothing,
    /// Speaks, but speech recognition is not sure of a word.
    NotUnderstood,
    /// Says that the answer did not help.
    NotHelped,
}

impl CallerSign {
    const ALL: [Self; 4] =
        [Self::PressesKey, Self::SaysNothing, Self::NotUnderstood, Self::NotHelped];

    /// The turn that is kept, with the words that were heard, if any.
    pub fn turn(self, language: Language, heard: Option<&str>) -> String {
        let sign = self.words(language);
        match heard.map(str::trim).filter(|heard| !heard.is_empty()) {
            Some(heard) => format!("({sign}) {heard}"),
            None => format!("({sign})"),
        }
    }

    fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::PressesKey, Language::De) => "Der Anrufer wählt mit der Taste einen Menschen",
            (Self::PressesKey, Language::En) => "The caller presses the key for a person",
            (Self::SaysNothing, Language::De) => "Vom Anrufer ist nichts zu hören",
            (Self::SaysNothing, Language::En) => "Nothing is heard from the caller",
            (Self::NotUnderstood, Language::De) => "Der Anrufer ist schlecht zu verstehen",
            (Self::NotUnderstood, Language::En) => "The caller is hard to understand",
            (Self::NotHelped, Language::De) => "Die Antwort hat dem Anrufer nicht geholfen",
            (Self::NotHelped, Language::En) => "The answer did not help the caller",
        }
    }
}

/// Whether a message begins with such a turn's words.
pub(super) fn is_sign(message: &str) -> bool {
    parts(message).is_some()
}

/// The fixed words of such a turn, without their brackets, and what was heard beside them, blank if
/// nothing was. None for any other message.
pub(super) fn parts(message: &str) -> Option<(&str, &str)> {
    let (sign, heard) = message.strip_prefix('(')?.split_once(')')?;
    let words = plain(sign);
    let is_known = Language::ALL.into_iter().any(|language| {
        CallerSign::ALL.into_iter().any(|known| plain(known.words(language)) == words)
    });
    is_known.then_some((sign, heard.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turn_is_known_again_and_nothing_else_is() {
        for language in Language::ALL {
            for sign in CallerSign::ALL {
                for heard in [None, Some("retoure äh (kopfhörer)"), Some("  ")] {
                    let turn = sign.turn(language, heard);
                    assert!(is_sign(&turn), "{turn}");
                    let heard = heard.unwrap_or_default().trim();
                    assert_eq!(parts(&turn), Some((sign.words(language), heard)));
                    assert!(!is_sign(&turn[1..]), "{turn}");
                }
            }
        }
        for text in ["", "(", "()", "(Hallo) ich", "Nothing is heard from the caller"] {
            assert!(!is_sign(text), "{text}");
        }
    }
}
