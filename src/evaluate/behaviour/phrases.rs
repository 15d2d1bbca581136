//! Which words are added or exchanged? None of them stands in the training's augmentation.

use crate::domain::Language;

/// Phrases in German and in English.
pub(super) struct Phrases {
    german: &'static [&'static str],
    english: &'static [&'static str],
}

impl Phrases {
    pub(super) fn of(&self, language: Language) -> &'static [&'static str] {
        match language {
            Language::De => self.german,
            Language::En => self.english,
        }
    }
}

pub(super) const POLITE_STARTS: Phrases = Phrases {
    german: &[
        "Ich hoffe, es geht Ihnen gut.",
        "Bitte entschuldigen Sie die Störung.",
        "Ich hätte da ein kleines Anliegen, wenn es gerade passt.",
        "Einen wunderschönen Morgen ins Team.",
    ],
    english: &[
        "I hope this message finds you well.",
        "Sorry to trouble you with this.",
        "If you have a moment, I have a small request.",
        "Good morning to the whole team.",
    ],
};

pub(super) const POLITE_ENDS: Phrases = Phrases {
    german: &[
        "Für Ihre Mühe bin ich Ihnen schon jetzt verbunden.",
        "Über eine kurze Rückmeldung würde ich mich freuen.",
        "Haben Sie noch einen angenehmen Tag.",
        "Mit den besten Wünschen",
    ],
    english: &[
        "I appreciate your time.",
        "I look forward to hearing from you.",
        "Have a pleasant day.",
        "With best wishes",
    ],
};

pub(super) const LEGAL_THREATS: Phrases = Phrases {
    german: &[
        "Wenn sich bis Freitag nichts tut, übergebe ich das meinem Anwalt.",
        "Andernfalls sehen wir uns vor Gericht.",
        "Ich werde sonst Anzeige erstatten.",
    ],
    english: &[
        "If nothing happens by Friday, I will hand this to my lawyer.",
        "Otherwise I will see you in court.",
        "I am ready to take legal action over this.",
    ],
};

pub(super) const LEAVING: Phrases = Phrases {
    german: &[
        "Sonst bin ich die längste Zeit Kunde bei euch gewesen.",
        "Wenn das so bleibt, wechsle ich zur Konkurrenz.",
        "Sonst kündige ich alles, was ich bei Ihnen habe.",
    ],
    english: &[
        "Otherwise you have seen the last of me as a customer.",
        "If this goes on, I am switching to a competitor.",
        "Otherwise I will cancel everything I have with you.",
    ],
};

pub(super) const THIRD_CONTACTS: Phrases = Phrases {
    german: &[
        "Das ist jetzt das dritte Mal, dass ich mich deswegen bei Ihnen melde.",
        "Ich schreibe Ihnen nun schon zum dritten Mal in dieser Sache.",
        "Zweimal habe ich deshalb schon angerufen, passiert ist nichts.",
    ],
    english: &[
        "This is the third time I contact you about it.",
        "I am writing to you for the third time about this matter.",
        "I have already called twice because of this, and nothing happened.",
    ],
};

pub(super) const INSULTS: Phrases = Phrases {
    german: &[
        "Ihr seid doch völlig unfähig.",
        "Was für ein Saftladen.",
        "So ein dämlicher Verein.",
        "Bei euch arbeiten nur Idioten.",
    ],
    english: &[
        "You people are utterly useless.",
        "What a joke of a company.",
        "You bunch of clowns.",
        "Only idiots work at your place.",
    ],
};

/// The sentence with which a writer gives a name, before and after the name.
pub(super) fn introduction(language: Language, name: &str) -> String {
    match language {
        Language::De => format!("Mein Name ist {name}."),
        Language::En => format!("My name is {name}."),
    }
}

/// Names as they are frequent where the language is spoken.
pub(super) const FAMILIAR_NAMES: Phrases = Phrases {
    german: &["Sabine Krüger", "Thomas Neumann", "Anna Hofmann", "Jan Petersen"],
    english: &["Emily Clarke", "James Walker", "Sarah Bennett", "Tom Harrison"],
};

/// Names of other origins.
pub(super) const OTHER_NAMES: [&str; 12] = [
    "Mehmet Yıldırım",
    "Fatima El Amrani",
    "Nguyễn Thị Lan",
    "Oluwaseun Adeyemi",
    "Agnieszka Wójcik",
    "Dragan Petrović",
    "Priya Raghunathan",
    "Li Xiaoming",
    "Ahmad Al-Khatib",
    "Giulia Esposito",
    "Olena Shevchenko",
    "Kwame Boateng",
];
