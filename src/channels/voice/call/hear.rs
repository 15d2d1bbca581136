//! What is to be done about what the caller did?

use super::super::state::{Asked, CallState, Noted};
use super::super::texts::{self, Words};
use super::{Heard, Manner, Move, Next, Said, Then, again, ended, said};
use crate::domain::{Language, MAX_TEXT_CHARS};
use crate::triage::{CallerSign, call_back, danger};

/// Words of an utterance that are too few to tell its language by.
const FEW_WORDS: usize = 2;

/// Whoever was asked again so often is put through, whatever the reasons were.
const MOST_REPEATED: u32 = 4;

/// Digits of a telephone number, country code included.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// The key for a person, and the one that changes the language.
const PERSON_KEY: char = '0';
const LANGUAGE_KEY: char = '9';

/// What is to be done about what the caller did.
pub(crate) fn hear(state: &CallState, heard: Heard, manner: &Manner<'_>) -> Move {
    match heard {
        Heard::Nothing if state.asked == Asked::Nothing => Move::Say(greeting(state, manner)),
        Heard::Nothing => silence(state),
        Heard::Key(key) => pressed(state, key),
        Heard::Number(number) => keyed_in(state, &number),
        Heard::Speech { text, confidence } => {
            let text: String = text.trim().chars().take(MAX_TEXT_CHARS).collect();
            if text.is_empty() {
                return hear(state, Heard::Nothing, manner);
            }
            spoken(state, text, confidence, manner)
        }
        Heard::Returned { reached: true } => Move::Say(ended(state, &[])),
        Heard::Returned { reached: false } => {
            // Only what is kept may be promised.
            let then = match state.noted {
                Noted::Reachable => &texts::NOTED,
                Noted::Unreachable => &texts::NOTED_UNKNOWN,
                Noted::Nothing => &texts::CALL_LATER,
            };
            Move::Say(ended(state, &[&texts::NOT_REACHED, then]))
        }
    }
}

/// What the caller did who pressed these keys. A hash key ends a number, and several keys are one
/// where a number was asked for.
pub(crate) fn keyed(state: &CallState, keys: &str) -> Option<Heard> {
    let keys = keys.trim();
    let number = keys.trim_end_matches('#');
    if state.asked == Asked::Number && number.chars().nth(1).is_some() {
        return Some(Heard::Number(number.to_owned()));
    }
    keys.chars().next().map(Heard::Key)
}

fn greeting(state: &CallState, manner: &Manner<'_>) -> Next {
    let language = state.language;
    let own = manner.greeting.unwrap_or_else(|| texts::GREETING.get(language));
    let say =
        vec![Said { language, text: own.to_owned() }, said(&texts::CHANGE_OVER, other(language))];
    Next { say, then: Then::Listen, state: CallState { asked: Asked::Matter, ..state.clone() } }
}

fn other(language: Language) -> Language {
    match language {
        Language::De => Language::En,
        Language::En => Language::De,
    }
}

/// Asked once more; then a person. Who is silent after an answer has hung up or has what was
/// wanted; who is silent when nobody is there is noted already.
fn silence(state: &CallState) -> Move {
    if state.silent == 0 && state.repeated < MOST_REPEATED {
        let again = CallState { silent: 1, unclear: 0, ..once_more(state) };
        return Move::Say(asked_again(again, &[&texts::NOTHING_HEARD]));
    }
    match state.asked {
        Asked::Helped | Asked::CallBack | Asked::Number => {
            Move::Say(ended(state, &[&texts::GOODBYE]))
        }
        _ => person(state, CallerSign::SaysNothing, None),
    }
}

fn pressed(state: &CallState, key: char) -> Move {
    let number = key.to_digit(10).unwrap_or_default() as usize;
    let choice = number.checked_sub(1).and_then(|place| state.choices.get(place));
    match (key, state.asked, choice) {
        (PERSON_KEY, ..) => person(state, CallerSign::PressesKey, None),
        (_, _, Some(choice)) => Move::Receive {
            text: choice.clone(),
            language: Some(state.language),
            not_helped: false,
        },
        ('1', Asked::Helped, _) => Move::Helped(ended(state, &[&texts::GLAD])),
        ('2', Asked::CallBack, _) => Move::Say(ended(state, &[&texts::GOODBYE])),
        ('2', Asked::Helped, _) => person(state, CallerSign::NotHelped, None),
        (LANGUAGE_KEY, ..) => Move::Say(changed_over(state)),
        _ if state.unclear < 2 && state.repeated < MOST_REPEATED => {
            let again = CallState { silent: 0, unclear: state.unclear + 1, ..once_more(state) };
            Move::Say(asked_again(again, &[&texts::NO_SUCH_KEY]))
        }
        _ => person(state, CallerSign::NotUnderstood, None),
    }
}

/// The other language from now on. What the keys stood for was said in the first one.
fn changed_over(state: &CallState) -> Next {
    let language = other(state.language);
    let mut changed = CallState { language, choices: Vec::new(), ..again(state) };
    match state.asked {
        Asked::Choice | Asked::PutThrough => changed.asked = Asked::Matter,
        Asked::CallBack => changed.offer([call_back::choice(language).value.as_str()]),
        Asked::Nothing | Asked::Matter | Asked::Helped | Asked::Number => {}
    }
    asked_again(changed, &[])
}

/// The number to call back on, with a word before it that says what it is.
fn keyed_in(state: &CallState, number: &str) -> Move {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || !NUMBER_DIGITS.contains(&digits.len()) {
        return unclear(state, number);
    }
    Move::Receive {
        text: texts::keyed_number(state.language, number),
        language: Some(state.language),
        not_helped: false,
    }
}

/// Asked once more; then a person.
fn unclear(state: &CallState, heard: &str) -> Move {
    if state.unclear > 0 || state.repeated >= MOST_REPEATED {
        return person(state, CallerSign::NotUnderstood, Some(heard));
    }
    let again = CallState { silent: 0, unclear: 1, ..once_more(state) };
    if state.asked == Asked::Number {
        return Move::Say(asked_again(again, &[]));
    }
    let say = vec![said(&texts::NOT_UNDERSTOOD, state.language)];
    Move::Say(Next { say, then: Then::Listen, state: again })
}

fn spoken(state: &CallState, text: String, confidence: Option<f32>, manner: &Manner<'_>) -> Move {
    // Some recognisers say 0 where they do not tell.
    let unsure = confidence.is_some_and(|sure| sure > 0.0 && sure < manner.low_confidence);
    // Whoever is in danger is not asked to repeat it.
    if unsure && danger::find(&text).is_none() {
        return unclear(state, &text);
    }
    if state.asked == Asked::Helped {
        match texts::answer(&text) {
            Some(true) => return Move::Helped(ended(state, &[&texts::GLAD])),
            Some(false) => return person(state, CallerSign::NotHelped, Some(&text)),
            None => {}
        }
    }
    if refuses_call_back(state, &text) {
        return Move::Say(ended(state, &[&texts::GOODBYE]));
    }
    taken_in(state, text)
}

/// Whether these words say no to a call-back.
pub(crate) fn refuses_call_back(state: &CallState, text: &str) -> bool {
    matches!(state.asked, Asked::CallBack | Asked::Number) && texts::answer(text) == Some(false)
}

/// The customer's own words.
pub(crate) fn taken_in(state: &CallState, text: String) -> Move {
    let is_short = text.split_whitespace().nth(FEW_WORDS).is_none();
    Move::Receive { text, language: is_short.then_some(state.language), not_helped: false }
}

/// Hands over, with a turn that tells why.
fn person(state: &CallState, sign: CallerSign, heard: Option<&str>) -> Move {
    Move::Receive {
        text: sign.turn(state.language, heard),
        language: Some(state.language),
        not_helped: sign == CallerSign::NotHelped,
    }
}

/// The same question again, which counts.
fn once_more(state: &CallState) -> CallState {
    CallState { repeated: state.repeated.saturating_add(1), ..again(state) }
}

fn asked_again(mut state: CallState, before: &[&Words]) -> Next {
    let question = match state.asked {
        Asked::Helped => &texts::HELPED_AGAIN,
        Asked::Choice => &texts::CHOOSE,
        Asked::CallBack => &texts::CALL_BACK_AGAIN,
        Asked::Number => &texts::NUMBER_AGAIN,
        Asked::Nothing | Asked::Matter | Asked::PutThrough => &texts::MATTER,
    };
    if state.asked == Asked::Nothing {
        state.asked = Asked::Matter;
    }
    let words = before.iter().copied().chain([question]);
    let say = words.map(|words| said(words, state.language)).collect();
    Next { say, then: Then::Listen, state }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MANNER: Manner<'_> = Manner { greeting: None, low_confidence: 0.4 };

    /// What callers do who do not say what it is about; changing the language is left to them.
    fn wordless() -> impl Strategy<Value = Heard> {
        let unclear = Heard::Speech { text: "krr".to_owned(), confidence: Some(0.1) };
        let keys = prop::sample::select("12345678#*".chars().collect::<Vec<_>>());
        prop_oneof![Just(Heard::Nothing), Just(unclear), keys.prop_map(Heard::Key)]
    }

    proptest! {
        #[test]
        fn nobody_is_asked_for_ever(
            events in prop::collection::vec(wordless(), 8),
            asked in prop::sample::select(
                vec![
                    Asked::Nothing,
                    Asked::Matter,
                    Asked::Helped,
                    Asked::Choice,
                    Asked::CallBack,
                    Asked::Number,
                ]
            ),
        ) {
            let mut state = CallState { asked, ..CallState::new(Language::De) };
            let mut turns = Vec::new();
            let goes_on = events.into_iter().all(|heard| match hear(&state, heard, &MANNER) {
                Move::Say(next) => {
                    let listens = next.then == Then::Listen;
                    assert!(!listens || !next.say.is_empty(), "{next:?}");
                    turns.push(next.state.turn);
                    state = next.state;
                    listens
                }
                Move::Helped(_) | Move::Receive { .. } => false,
            });
            prop_assert!(!goes_on);
            prop_assert!(turns.is_sorted());
        }
    }

    fn listening(state: &CallState, heard: Heard) -> CallState {
        match hear(state, heard, &MANNER) {
            Move::Say(next) if next.then == Then::Listen => next.state,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_kind_of_trouble_does_not_count_for_another() {
        let krr = || Heard::Speech { text: "krr".to_owned(), confidence: Some(0.1) };
        let begun = CallState { asked: Asked::Matter, ..CallState::new(Language::De) };
        let silent = listening(&begun, Heard::Nothing);
        assert_eq!((silent.silent, silent.unclear), (1, 0));
        let unclear = listening(&silent, krr());
        assert_eq!((unclear.silent, unclear.unclear), (0, 1));
        let silent = listening(&unclear, Heard::Nothing);
        assert_eq!((silent.silent, silent.unclear), (1, 0));
    }

    #[test]
    fn keys_change_their_language_with_the_caller() {
        let choices = vec!["Bitte rufen Sie mich zurück.".to_owned()];
        let german = CallState { choices, ..CallState::new(Language::De) };
        let asked_for = CallState { asked: Asked::Choice, ..german.clone() };
        let english = listening(&asked_for, Heard::Key(LANGUAGE_KEY));
        assert_eq!((english.asked, english.choices.len()), (Asked::Matter, 0));
        let offered = CallState { asked: Asked::CallBack, ..german };
        let english = listening(&offered, Heard::Key(LANGUAGE_KEY));
        assert_eq!(
            (english.asked, &*english.choices[0]),
            (Asked::CallBack, "Please call me back.")
        );
    }

    #[test]
    fn only_what_is_kept_is_promised() {
        for (noted, words) in [
            (Noted::Reachable, &texts::NOTED),
            (Noted::Unreachable, &texts::NOTED_UNKNOWN),
            (Noted::Nothing, &texts::CALL_LATER),
        ] {
            let state = CallState { noted, ..CallState::new(Language::En) };
            let heard = Heard::Returned { reached: false };
            let Move::Say(next) = hear(&state, heard, &MANNER) else { panic!("{noted:?}") };
            assert_eq!(next.say[1].text, words.get(Language::En));
        }
    }

    #[test]
    fn numbers_are_keyed_in_where_they_are_asked_for() {
        let asked = |asked| CallState { asked, ..CallState::new(Language::De) };
        let number = asked(Asked::Number);
        for (keys, expected) in [
            ("015112345678#", Some(Heard::Number("015112345678".to_owned()))),
            ("0", Some(Heard::Key('0'))),
            ("#", Some(Heard::Key('#'))),
            (" ", None),
        ] {
            assert_eq!(keyed(&number, keys), expected, "{keys}");
        }
        assert_eq!(keyed(&asked(Asked::Matter), "01"), Some(Heard::Key('0')));
        let Move::Receive { text, .. } = keyed_in(&number, "5550123") else { panic!("no number") };
        assert_eq!(text, "Rufnummer 5550123");
        assert_eq!(listening(&number, Heard::Number("0151".to_owned())).asked, Asked::Number);
    }
}
