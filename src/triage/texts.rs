//! What does the bot say in its own words?

use crate::domain::{Language, ReplyChoice};

/// The choice "talk to a person" of a question back. Its value is understood by
/// [`super::decide`] whatever the classifier makes of it.
pub(super) fn person_choice(language: Language) -> ReplyChoice {
    let (label, value) = match language {
        Language::De => ("Mit einem Menschen sprechen", "Ich möchte mit einem Menschen sprechen."),
        Language::En => ("Talk to a person", "I would like to talk to a person."),
    };
    ReplyChoice { label: label.to_owned(), value: value.to_owned() }
}
