//! What comes next in the chat of a contact centre? Pure, as [`super::call`]. What is typed is words:
//! there are no keys, and nobody is asked to speak.

use super::call::{Heard, Move, Next, Then, ended, refuses_call_back, said, taken_in};
use super::state::{Asked, CallState};
use super::texts::written;
use crate::domain::MAX_TEXT_CHARS;

/// What is to be done about what the customer wrote.
pub(crate) fn hear(state: &CallState, heard: Heard) -> Move {
    let typed = match heard {
        Heard::Speech { text, .. } | Heard::Number(text) => text,
        Heard::Key(key) => key.to_string(),
        Heard::Nothing | Heard::Returned { .. } => String::new(),
    };
    let text: String = typed.trim().chars().take(MAX_TEXT_CHARS).collect();
    if text.is_empty() {
        return Move::Say(asks(state));
    }
    if refuses_call_back(state, &text) {
        return Move::Say(ended(state, &[&written::GOODBYE]));
    }
    taken_in(state, text)
}

fn asks(state: &CallState) -> Next {
    let begins = state.asked == Asked::Nothing;
    let words = if begins { &written::GREETING } else { &written::MATTER };
    let asked = if begins { Asked::Matter } else { state.asked };
    let say = vec![said(words, state.language)];
    Next { say, then: Then::Listen, state: CallState { asked, ..state.clone() } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn digits_are_words() {
        let state = CallState { asked: Asked::Matter, ..CallState::new(Language::De) };
        for digit in ["0", "9", "1"] {
            let typed = Heard::Speech { text: digit.to_owned(), confidence: Some(0.1) };
            let Move::Receive { text, .. } = hear(&state, typed) else { panic!("{digit}") };
            assert_eq!(text, digit);
        }
    }

    #[test]
    fn nobody_is_asked_to_speak_or_press() {
        for language in Language::ALL {
            for asked in [Asked::Nothing, Asked::Matter, Asked::CallBack] {
                let state = CallState { asked, ..CallState::new(language) };
                let Move::Say(next) = hear(&state, Heard::Nothing) else { panic!("{asked:?}") };
                let text = next.say[0].text.to_lowercase();
                let spoken = ["sprechen", "sagen", "taste", "null", "speak", "tell", "press"];
                assert!(!spoken.iter().any(|word| text.contains(word)), "{text}");
                assert_eq!(next.then, Then::Listen);
            }
        }
    }
}
