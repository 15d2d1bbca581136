//! Which of the bot's choices does a mail take? They stand in our mail as a numbered list: an answer
//! may be the number, or the words of the choice.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::ReplyChoice;
use crate::text::clean;
use crate::text::letters::is_greeted;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W* (?:(?:nr|no|nummer|number|option|punkt|auswahl)\b\W*)? (?P<number>[1-9])
          \W* (?:(?:bitte|please|danke|thanks|thank\ you)\W*)? $",
    )
    .expect("a fixed pattern")
});

/// Characters of a line that is a salutation alone.
const SALUTATION_CHARS: usize = 60;

/// The choice that these words take, and nothing else.
pub(super) fn taken<'a>(words: &str, choices: &'a [ReplyChoice]) -> Option<&'a ReplyChoice> {
    if choices.is_empty() {
        return None;
    }
    let cleaned = clean::clean(words);
    let mut lines = cleaned.lines().filter(|line| !is_salutation(line));
    let (line, None) = (lines.next()?, lines.next()) else { return None };
    let bare = |text: &str| text.trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase();
    if let Some(hit) = NUMBER.captures(line) {
        let number: usize = hit["number"].parse().ok()?;
        return choices.get(number - 1);
    }
    choices
        .iter()
        .find(|choice| [&choice.label, &choice.value].iter().any(|text| bare(text) == bare(line)))
}

fn is_salutation(line: &str) -> bool {
    is_greeted(line) && line.chars().count() <= SALUTATION_CHARS && !line.contains('?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_take_a_choice() {
        let choices = ["Bestellung stornieren", "Vertrag kündigen"].map(|label| ReplyChoice {
            label: label.to_owned(),
            value: format!("Ich möchte: {label}"),
        });
        let taken = |words: &str| {
            taken(words, &choices)
                .and_then(|found| choices.iter().position(|choice| choice == found))
        };
        for words in [
            "1",
            "1.",
            "Nr. 1",
            "1 bitte!",
            "Hallo,\n\n1\n\nViele Grüße\nJana Petersen",
            "bestellung stornieren.",
            "Option 1)",
        ] {
            assert_eq!(taken(words), Some(0), "{words}");
        }
        assert_eq!(taken("2\n\nVon meinem iPhone gesendet"), Some(1));
        assert_eq!(taken("Ich möchte: Vertrag kündigen"), Some(1));
        for words in ["3", "0", "12", "1 Router fehlt", "1\nUnd wann?", "", "nein"] {
            assert_eq!(taken(words), None, "{words}");
        }
    }
}
