//! What is said on the telephone, and written in the chat of a contact centre, besides approved
//! articles and the desk's own words: fixed, short, speakable.

use std::fmt::Write;

use crate::domain::Language;

/// A text in both languages.
pub(crate) struct Words {
    de: &'static str,
    en: &'static str,
}

impl Words {
    pub(crate) fn get(&self, language: Language) -> &'static str {
        match language {
            Language::De => self.de,
            Language::En => self.en,
        }
    }
}

/// Where the operator gives no greeting. Callers are told that no person listens.
pub(crate) const GREETING: Words = Words {
    de: "Guten Tag! Sie sprechen mit dem digitalen Assistenten. Sagen Sie mir bitte in einem Satz, \
         worum es geht. Mit der Null erreichen Sie einen Menschen.",
    en: "Hello! You are speaking with the digital assistant. Please tell me in one sentence what \
         this is about. Press zero to reach a person.",
};

/// Said in this language to callers who are greeted in the other one; 9 changes over.
pub(crate) const CHANGE_OVER: Words = Words {
    de: "Für Deutsch drücken Sie bitte die Neun.",
    en: "For English, please press nine.",
};

pub(crate) const MATTER: Words = Words {
    de: "Sagen Sie mir bitte in einem Satz, worum es geht.",
    en: "Please tell me in one sentence what this is about.",
};

/// After a question back, where the keys have been named already.
pub(crate) const CHOOSE: Words = Words {
    de: "Drücken Sie bitte eine der genannten Tasten, oder sagen Sie mir in einem Satz, worum es \
         geht. Mit der Null erreichen Sie einen Menschen.",
    en: "Please press one of the keys, or tell me in one sentence what this is about. Press zero to \
         reach a person.",
};

pub(crate) const HELPED: Words = Words {
    de: "Hat Ihnen das geholfen? Sagen Sie ja oder nein, oder stellen Sie eine weitere Frage.",
    en: "Did that help? Say yes or no, or ask another question.",
};

pub(crate) const HELPED_AGAIN: Words = Words {
    de: "Hat Ihnen das geholfen? Für ja drücken Sie die Eins, für nein die Zwei.",
    en: "Did that help? Press one for yes, two for no.",
};

pub(crate) const NOTHING_HEARD: Words =
    Words { de: "Ich habe Sie leider nicht gehört.", en: "I am sorry, I did not hear you." };

pub(crate) const NOT_UNDERSTOOD: Words = Words {
    de: "Das habe ich leider nicht verstanden. Sagen Sie es bitte noch einmal.",
    en: "I am sorry, I did not understand that. Please say it again.",
};

pub(crate) const NO_SUCH_KEY: Words =
    Words { de: "Diese Taste ist nicht belegt.", en: "That key has no meaning here." };

pub(crate) const GLAD: Words = Words {
    de: "Das freut mich. Vielen Dank für Ihren Anruf, auf Wiederhören!",
    en: "I am glad to hear that. Thank you for calling, goodbye!",
};

pub(crate) const GOODBYE: Words = Words {
    de: "Wenn Sie noch eine Frage haben, rufen Sie gern wieder an. Auf Wiederhören!",
    en: "If you have another question, please call again. Goodbye!",
};

pub(crate) const CALL_BACK_AGAIN: Words = Words {
    de: "Sollen wir Sie zurückrufen? Für ja drücken Sie die Eins, für nein die Zwei.",
    en: "Would you like us to call you back? Press one for yes, two for no.",
};

/// Asks for the number to call back on once more.
pub(crate) const NUMBER_AGAIN: Words = Words {
    de: "Unter welcher Nummer dürfen wir Sie zurückrufen? Sagen Sie die Nummer, oder tippen Sie sie \
         ein und schließen Sie mit der Rautetaste ab.",
    en: "On which number may we call you back? Say the number, or key it in and finish with the \
         hash key.",
};

pub(crate) const FAREWELL: Words = Words { de: "Auf Wiederhören!", en: "Goodbye!" };

/// The queue has no telephone that callers can be put through to.
pub(crate) const NOTED: Words = Words {
    de: "Ihr Anliegen ist notiert, unser Team meldet sich bei Ihnen. Auf Wiederhören!",
    en: "Your request is noted, and our team will get back to you. Goodbye!",
};

/// The same where the caller's number is withheld.
pub(crate) const NOTED_UNKNOWN: Words = Words {
    de: "Ihr Anliegen ist notiert. Da Ihre Nummer unterdrückt ist, können wir Sie nicht \
         zurückrufen. Bitte rufen Sie später noch einmal an. Auf Wiederhören!",
    en: "Your request is noted. As your number is withheld, we cannot call you back. Please call \
         again later. Goodbye!",
};

/// The call was put through, and nobody took it.
pub(crate) const NOT_REACHED: Words =
    Words { de: "Gerade ist leider niemand frei.", en: "I am sorry, nobody is free right now." };

/// Something failed behind; followed by one of the next two.
pub(crate) const TROUBLE: Words = Words {
    de: "Es tut mir leid, das hat gerade nicht geklappt.",
    en: "I am sorry, something went wrong just now.",
};

pub(crate) const PUT_THROUGH: Words =
    Words { de: "Ich verbinde Sie mit unserem Team.", en: "I am putting you through to our team." };

pub(crate) const CALL_LATER: Words = Words {
    de: "Bitte rufen Sie in ein paar Minuten noch einmal an. Auf Wiederhören!",
    en: "Please call again in a few minutes. Goodbye!",
};

/// The same moments in a chat: nothing is heard or pressed there, and what is typed is always words.
pub(crate) mod written {
    use super::Words;

    pub(crate) const GREETING: Words = Words {
        de: "Guten Tag! Hier schreibt der digitale Assistent. Schreiben Sie mir bitte in einem \
             Satz, worum es geht.",
        en: "Hello! This is the digital assistant. Please write in one sentence what this is about.",
    };

    pub(crate) const MATTER: Words = Words {
        de: "Schreiben Sie mir bitte in einem Satz, worum es geht.",
        en: "Please write in one sentence what this is about.",
    };

    pub(crate) const GOODBYE: Words = Words {
        de: "Wenn Sie noch eine Frage haben, schreiben Sie uns gern wieder.",
        en: "If you have another question, please write to us again.",
    };

    pub(crate) const NOTED: Words = Words {
        de: "Ihr Anliegen ist notiert, unser Team meldet sich bei Ihnen.",
        en: "Your request is noted, and our team will get back to you.",
    };

    pub(crate) const PUT_THROUGH: Words =
        Words { de: "Ich gebe das an unser Team weiter.", en: "I am passing this on to our team." };

    pub(crate) const WRITE_LATER: Words = Words {
        de: "Bitte schreiben Sie uns in ein paar Minuten noch einmal.",
        en: "Please write to us again in a few minutes.",
    };
}

/// A number that the caller keyed in, as words to take in.
pub(crate) fn keyed_number(language: Language, number: &str) -> String {
    match language {
        Language::De => format!("Rufnummer {number}"),
        Language::En => format!("Phone number {number}"),
    }
}

/// The question back with its keys. The last choice of each question is a person: that is key 0.
pub(crate) fn keys(language: Language, labels: &[&str]) -> String {
    let mut said = match language {
        Language::De => "Damit ich Ihnen das Richtige sage:",
        Language::En => "Just so that I give you the right answer:",
    }
    .to_owned();
    for (label, key) in labels.iter().zip(KEYS) {
        let key = key.get(language);
        // Writing into a string cannot fail.
        let _ = match language {
            Language::De => write!(said, " Für {label} drücken Sie die {key}."),
            Language::En => write!(said, " For {label}, press {key}."),
        };
    }
    said += match language {
        Language::De => " Für einen Menschen die Null. Oder sagen Sie es mir.",
        Language::En => " For a person, press zero. Or just say it.",
    };
    said
}

/// The digits from 1 on, as many as choices may have.
const KEYS: [Words; super::state::MOST_CHOICES] = [
    Words { de: "Eins", en: "one" },
    Words { de: "Zwei", en: "two" },
    Words { de: "Drei", en: "three" },
    Words { de: "Vier", en: "four" },
    Words { de: "Fünf", en: "five" },
    Words { de: "Sechs", en: "six" },
    Words { de: "Sieben", en: "seven" },
    Words { de: "Acht", en: "eight" },
];

/// What an agent hears before the call is joined.
pub(crate) fn whisper(language: Language, queue: &str, headline: &str) -> String {
    match language {
        Language::De => format!("Anruf für {queue}. {headline}"),
        Language::En => format!("Call for {queue}. {headline}"),
    }
}

/// Short words that say yes to "did that help?", in the plain form that [`answer`] makes.
const YES: &[&str] = &[
    "ja",
    "jawohl",
    "jo",
    "jep",
    "jup",
    "ja danke",
    "ja vielen dank",
    "ja hat es",
    "ja das hat es",
    "ja genau",
    "ja super",
    "ja perfekt",
    "ja hat geholfen",
    "ja das hat geholfen",
    "genau",
    "perfekt",
    "super",
    "super danke",
    "alles klar",
    "alles klar danke",
    "danke",
    "danke schön",
    "dankeschön",
    "vielen dank",
    "ja alles klar",
    "ja sehr",
    "hat geholfen",
    "passt",
    "passt danke",
    "das war alles",
    "nein das war alles",
    "nein danke das war alles",
    "yes",
    "yes thanks",
    "yes thank you",
    "yeah",
    "yeah thanks",
    "yep",
    "yup",
    "yes it did",
    "yes that helped",
    "it did",
    "that helped",
    "sure",
    "perfect",
    "great",
    "great thanks",
    "thanks",
    "thank you",
    "okay thanks",
    "ok thanks",
    "thats all",
    "no thats all",
    "all good",
];

/// Short words that say no to it.
const NO: &[&str] = &[
    "nein",
    "ne",
    "nee",
    "nö",
    "nein danke",
    "nein leider nicht",
    "leider nein",
    "leider nicht",
    "nicht wirklich",
    "nein nicht wirklich",
    "nein hat es nicht",
    "nein das hat es nicht",
    "nein das hat nicht geholfen",
    "nein hat nicht geholfen",
    "hat nicht geholfen",
    "gar nicht",
    "nein gar nicht",
    "überhaupt nicht",
    "no",
    "nope",
    "nah",
    "no thanks",
    "no it didnt",
    "no it did not",
    "it didnt",
    "not really",
    "no not really",
    "not at all",
    "no not at all",
    "no sorry",
    "unfortunately not",
    "no that didnt help",
    "that didnt help",
];

/// Yes or no to "did that help?"; none where the words say more than that.
pub(crate) fn answer(heard: &str) -> Option<bool> {
    let kept = |letter: &char| letter.is_alphanumeric() || letter.is_whitespace();
    let plain: String = heard.to_lowercase().chars().filter(kept).collect();
    let fillers = ["äh", "ähm", "uh", "um", "hm", "also", "well", "oh"];
    let words: Vec<&str> =
        plain.split_whitespace().filter(|word| !fillers.contains(word)).collect();
    let said = words.join(" ");
    if YES.contains(&said.as_str()) {
        Some(true)
    } else if NO.contains(&said.as_str()) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_told_from_more_than_that() {
        for said in ["Ja.", "ähm ja danke", "Yes, it did!", "No, that's all", "DANKESCHÖN"] {
            assert_eq!(answer(said), Some(true), "{said}");
        }
        for said in ["nein", "äh nee", "No, it didn't.", "not really", "Nein, leider nicht"] {
            assert_eq!(answer(said), Some(false), "{said}");
        }
        for said in ["", "ja aber wie lange dauert das", "no i meant the router", "mensch"] {
            assert_eq!(answer(said), None, "{said}");
        }
    }

    #[test]
    fn keys_are_named_in_order() {
        let said = keys(Language::De, &["Retoure", "Erstattung"]);
        assert!(
            said.contains("Für Retoure drücken Sie die Eins. Für Erstattung drücken Sie die Zwei")
        );
        assert!(
            keys(Language::En, &["Returns"]).ends_with("For a person, press zero. Or just say it.")
        );
    }
}
