//! What the text layer makes of messages, through its public functions.

use jiff::civil::{Date, date};
use lotse::domain::Language;
use lotse::text::clean::clean;
use lotse::text::entities::find;
use lotse::text::stem::Analyser;
use lotse::text::{PreparedText, prepare, prepare_on};
use proptest::prelude::*;

mod cleaning;
mod entities;
mod language;

/// A Wednesday.
const TODAY: Date = date(2026, 4, 8);

#[test]
fn a_message_is_prepared_in_one_go() {
    let text = "Hallo,\nwo bleibt NL-20481 von gestern?\n\nLG\nMax Muster\n0171 5550183\n\n\
                Am 3.4.2026 um 10:12 schrieb Service <s@n.example>:\n> Ihre Rechnung RE-2024-10233";
    let PreparedText { original, cleaned, language, entities } = prepare_on(text, None, TODAY);
    assert_eq!(original, text);
    assert_eq!(cleaned, "Hallo,\nwo bleibt NL-20481 von gestern?");
    assert_eq!(language, Language::De);
    let found: Vec<_> = entities.iter().map(|entity| entity.text.as_str()).collect();
    // The signature's number is a fact, the quoted mail's date and address are not.
    assert_eq!(found, ["NL-20481", "gestern", "0171 5550183", "RE-2024-10233"]);
    assert_eq!(prepare("hello", Some(Language::De)).language, Language::De);
}

/// Strings that look like what the finders look for, mixed with anything.
fn messages() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[ -~äöüß€\n]{0,30}",
        "(NL|K|RE|DE|\\+49|0|€|n l|null|am |vor |in |on )[-. ]?[0-9]{0,12}",
        prop::sample::select(vec![
            "NL-20481",
            "K-883201",
            " 03.04.2026",
            "3. April ",
            "letzten ",
            "Freitag",
            "zwanzig",
            " Euro ",
            " fünf",
            "hundert",
            "tausend",
            "DE89 3704 0044 0532 0130 00",
            "LG Max",
            "\n",
            "\n> ",
            "Am 3.4. schrieb X:",
            "Mit freundlichen Grüßen\n",
            "-- \n",
            "box 7",
            "a@b.example",
            "\u{308}",
            "\u{200b}",
            "👩‍👧",
            "İ",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// As long as a message may be, of what costs a finder most.
#[test]
fn hostile_messages_take_no_longer_than_long_ones() {
    for piece in [
        "LG. ",
        "liebe Grüße ",
        "null äh ",
        "n l ",
        "tausend",
        "lieferadresse",
        "heute ",
        "0431-",
        "DE89 ",
        "a@",
        "> \n",
        "Am 1 schrieb:\n",
        "Von: x\n",
        "vor 1 ",
        "3.4.",
        "1.000",
        "€5 ",
        "\u{308}",
    ] {
        let text = piece.repeat(20_000 / piece.len());
        let begin = std::time::Instant::now();
        let prepared = prepare_on(&text, None, TODAY);
        let analyser = Analyser::new(["Lieferung", "Adresse"]);
        assert!(analyser.terms(&prepared.cleaned, Language::De).len() <= text.len());
        let taken = begin.elapsed();
        assert!(taken.as_millis() < 1_500, "{piece:?} took {taken:?}");
    }
}

proptest! {
    #[test]
    fn entities_lie_in_the_text_without_overlap(text in messages(), german: bool) {
        let language = if german { Language::De } else { Language::En };
        let characters: Vec<char> = text.chars().collect();
        let mut end = 0;
        for entity in find(&text, language, TODAY) {
            prop_assert!(entity.start >= end && entity.end > entity.start);
            let span: String = characters[entity.start..entity.end].iter().collect();
            prop_assert_eq!(&span, &entity.text);
            prop_assert!(entity.value.as_ref() != Some(&entity.text));
            end = entity.end;
        }
    }

    #[test]
    fn cleaning_is_never_blank_and_changes_nothing_twice_folded(text in messages()) {
        let cleaned = clean(&text);
        let has_content = text.chars().any(char::is_alphanumeric);
        prop_assert!(!has_content || !cleaned.trim().is_empty());
        prop_assert_eq!(cleaned.trim(), &cleaned);
        prop_assert!(!cleaned.contains("  ") && !cleaned.contains("\n\n"));
    }

    #[test]
    fn preparing_is_deterministic(text in messages()) {
        prop_assert_eq!(prepare_on(&text, None, TODAY), prepare_on(&text, None, TODAY));
    }
}

#[test]
fn numbers_spelled_in_words_are_written_for_the_reader() {
    for (text, cleaned) in [
        (
            "ähm die bestellnummer ist n l zwanzig vier einundachtzig",
            "ähm die bestellnummer ist NL-20481",
        ),
        (
            "meine bestellung en el zwei null vier acht eins ist nicht da",
            "meine bestellung NL-20481 ist nicht da",
        ),
        ("my order number is n l two oh four eight one", "my order number is NL-20481"),
        ("kundennummer k acht acht drei zwei null eins bitte", "kundennummer K-883201 bitte"),
        (
            "rechnung r e zweitausendvierundzwanzig zehntausendzweihundertdreiunddreißig stimmt nicht",
            "rechnung RE-2024-10233 stimmt nicht",
        ),
        (
            "unter null eins fünf eins zwei drei vier fünf sechs sieben acht erreichbar",
            "unter 01512345678 erreichbar",
        ),
        // What is written stays as it is; so do other numbers in words.
        ("Wo ist nl 20481?", "Wo ist nl 20481?"),
        ("seit dreiundzwanzig tagen", "seit dreiundzwanzig tagen"),
    ] {
        let prepared = prepare_on(text, None, TODAY);
        assert_eq!(prepared.cleaned, cleaned);
        assert_eq!(prepared.original, text);
    }
}
