//! Does a customer who came while nobody is there want to be called back, and under which number?

use std::sync::LazyLock;

use regex::Regex;

use super::history::is_yes;
use super::words::{any_of, plain};
use crate::domain::{Author, Channel, Entity, EntityKind, Language, ReplyChoice, Turn};

/// Reason of a decision that offered a call-back.
pub const OFFERED: &str = "call_back_offered";
/// Reason of a decision on a message that takes the offer up without a number.
pub const WANTED: &str = "call_back_wanted";
/// Reason of a decision on a message that gives the number.
pub const NUMBER: &str = "call_back_number";

static WISH: LazyLock<Regex> = LazyLock::new(|| {
    any_of(&[
        "rueckruf*|zurueckruf*|zurueckgerufen|zurueckzurufen",
        "(?:ruf|ruft|rufe|rufen)~zurueck",
        "call (?:me|us|her|him) back|callback|call back|ring (?:me|us) back|phone (?:me|us) back",
    ])
    .expect("the patterns are constants, and a test uses them")
});

static REFUSAL: LazyLock<Regex> = LazyLock::new(|| {
    any_of(&[
        "(?:kein|keinen|ohne|nicht) (?:rueckruf|zurueckrufen|anrufen)",
        "(?:ruf|ruft|rufe|rufen)~nicht~zurueck|(?:dont|do not|no need to) (?:call|ring|phone)",
        "no (?:callback|call back)",
    ])
    .expect("the patterns are constants, and a test uses them")
});

/// The choice "call me back", on which [`wish`] is sure to be found.
pub fn choice(language: Language) -> ReplyChoice {
    let (label, value) = match language {
        Language::De => ("Rückruf", "Bitte rufen Sie mich zurück."),
        Language::En => ("Call me back", "Please call me back."),
    };
    ReplyChoice { label: label.to_owned(), value: value.to_owned() }
}

/// Channels on which a customer may hang up or leave before people are there.
pub fn may_offer(channel: Channel) -> bool {
    matches!(channel, Channel::Phone | Channel::Chat)
}

/// Whether a message asks for a call-back: in words, or by a yes to the offer made last.
pub fn wish(message: &str, earlier: &[Turn]) -> bool {
    let plain = plain(message);
    let asked = last_decided(earlier).is_some_and(|has| has(OFFERED));
    (WISH.is_match(&plain) && !REFUSAL.is_match(&plain)) || (asked && is_yes(&plain))
}

/// Whether a call-back was offered or asked for since a person last spoke.
pub fn is_under_way(earlier: &[Turn]) -> bool {
    let since = earlier.iter().rev().take_while(|turn| turn.from != Author::Agent);
    let decisions = since.filter_map(|turn| turn.decision.as_ref());
    decisions
        .into_iter()
        .any(|decision| decision.has_reason(OFFERED) || decision.has_reason(WANTED))
}

/// What the decision on the customer's last message says.
fn last_decided(earlier: &[Turn]) -> Option<impl Fn(&str) -> bool> {
    let last = earlier.iter().rfind(|turn| turn.from == Author::Customer)?;
    let decision = last.decision.as_ref()?;
    Some(|code: &str| decision.has_reason(code))
}

/// Marks the telephone number of a message as the one to call back on; the last one, if it names
/// several ("not 0171 …, but 0172 …").
pub fn mark_number(entities: &mut [Entity]) -> Option<&Entity> {
    let named = entities.iter_mut().rfind(|entity| entity.kind == EntityKind::Phone)?;
    named.kind = EntityKind::CallbackNumber;
    Some(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_found_in_its_words() {
        for language in Language::ALL {
            assert!(wish(&choice(language).value, &[]));
        }
        for text in [
            "Rückruf bitte",
            "Könnt ihr mich bitte morgen zurückrufen?",
            "Ruft mich zurück!!",
            "bitte um rückruf unter 0431 5550123",
            "can you call me back",
            "I'd like a callback",
        ] {
            assert!(wish(text, &[]), "{text}");
        }
        for text in [
            "kein Rückruf nötig",
            "Rufen Sie mich bitte nicht zurück",
            "please don't call me back",
            "Ich will das Paket zurückgeben",
            "ja",
            "I called yesterday",
            "",
        ] {
            assert!(!wish(text, &[]), "{text}");
        }
    }

    #[test]
    fn the_last_number_is_the_one_to_call() {
        let text = "nicht 0171 5550123, sondern 0431 5550199";
        let mut entities = crate::text::prepare(text, Some(Language::De)).entities;
        assert_eq!(mark_number(&mut entities).expect("a number").text, "0431 5550199");
        let kinds: Vec<EntityKind> = entities.iter().map(|entity| entity.kind).collect();
        assert_eq!(kinds, [EntityKind::Phone, EntityKind::CallbackNumber]);
        assert!(mark_number(&mut []).is_none());
    }
}
