use super::*;

fn at(time: &str) -> Timestamp {
    time.parse().expect("valid time")
}

fn load(text: &str) -> Result<Texts, TextsError> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("texts.toml");
    std::fs::write(&path, text).expect("writes");
    Texts::load(&path)
}

#[test]
fn the_built_in_texts_are_complete_and_valid() {
    let texts = Texts::default();
    for (name, phrase) in texts.phrases() {
        assert!([4, 6].contains(&phrase.forms().count()), "{name}");
        for public in [&phrase.de_social, &phrase.en_social].into_iter().flatten() {
            // What fits into one post with the opening hours or the choices in it.
            assert!(public.chars().count() <= 240, "{name}: {public}");
        }
        for (spoken, written) in [(&phrase.de_phone, &phrase.de), (&phrase.en_phone, &phrase.en)] {
            let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
            // The spoken question names the choices.
            assert!(length(spoken) <= length(written) || name == "question_back", "{name}");
        }
    }
    assert_eq!(texts.clone().check(PathBuf::new()).expect("valid"), texts);
    for intent in super::super::Policy::default().smalltalk_intents {
        assert!(texts.smalltalk.contains_key(&intent), "{intent}");
    }
}

#[test]
fn an_operator_replaces_single_texts() {
    let texts = load("[smalltalk.greeting]\nde = \"Moin!\"\n").expect("valid");
    assert_eq!(texts.smalltalk("greeting", Language::De, Channel::Chat), "Moin!");
    let built_in = Texts::default();
    for (language, channel) in [(Language::En, Channel::Chat), (Language::De, Channel::Phone)] {
        let other = texts.smalltalk("greeting", language, channel);
        assert_eq!(other, built_in.smalltalk("greeting", language, channel));
    }
    assert_eq!(
        texts.smalltalk("weather", Language::En, Channel::Phone),
        "Thank you. Is there anything else I can do for you?"
    );
}

#[test]
fn texts_that_lack_something_are_refused() {
    let problem = |text: &str| load(text).expect_err("refused").to_string();
    assert!(problem("[danger]\nde = \"Viel Glück!\"").contains("danger.de must hold 112"));
    assert!(problem("[hand_over_closed]\nen = \"Later.\"").contains("{opens}"));
    assert!(problem("[waiting]\nde = \" \"").contains("waiting.de is blank"));
    assert!(problem("[wating]\nde = \"x\"").contains("line 1"));
    assert!(problem("[waiting]\nfr = \"x\"").contains("line 2"));
}

#[test]
fn a_hand_over_tells_the_truth_about_opening_hours() {
    let texts = Texts::default();
    let timezone = TimeZone::get("Europe/Berlin").expect("time-zone data is installed");
    let now = at("2026-11-23T20:00:00Z");
    let opens = |language, time| {
        let availability = Availability::ClosedUntil(at(time));
        texts.hand_over(language, Channel::Chat, availability, now, &timezone)
    };
    for (time, de, en) in [
        ("2026-11-23T22:30:00Z", "heute ab 23:30 Uhr", "today from 11:30 pm"),
        ("2026-11-24T07:00:00Z", "morgen ab 8 Uhr", "tomorrow from 8 am"),
        ("2026-11-29T11:00:00Z", "am Sonntag ab 12 Uhr", "on Sunday from 12 pm"),
        ("2026-11-30T07:00:00Z", "am 30. November ab 8 Uhr", "on 30 November from 8 am"),
    ] {
        assert!(opens(Language::De, time).contains(de), "{}", opens(Language::De, time));
        assert!(opens(Language::En, time).contains(en), "{}", opens(Language::En, time));
    }
    let open = texts.hand_over(Language::De, Channel::Phone, Availability::Open, now, &timezone);
    assert!(open.ends_with("einen Moment bitte."), "{open}");
}

#[test]
fn the_spoken_question_names_the_choices() {
    let choices = ["Chatzeiten", "Öffnungszeiten"]
        .map(|label| ReplyChoice { label: label.to_owned(), value: String::new() });
    let texts = Texts::default();
    let spoken = texts.question_back(Language::De, Channel::Phone, &choices);
    assert!(spoken.ends_with("worum geht es: Chatzeiten oder Öffnungszeiten?"), "{spoken}");
    let written = texts.question_back(Language::De, Channel::Chat, &choices);
    assert!(!written.contains("Chatzeiten"), "{written}");
}
