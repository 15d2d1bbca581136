//! Does the customer come back to what was written or said before?
//!
//! "Ich hatte Ihnen schon geschrieben", "I'm still waiting for your answer": whoever speaks like
//! that means a matter that is known already, whatever else the words sound like.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{any_of, plain};

/// What such words look like, in plain spelling; see [`any_of`].
const PHRASES: &[&str] = &[
    // German: written, called, told.
    "(?:hatte|habe|hab|haben|hatten)(?: \\w+){0,9} (?:angeschrieben|geschrieben|geschickt|\
     angerufen|telefoniert|gemailt|gemeldet|kontaktiert|reklamiert|gesprochen|mitgeteilt)",
    "(?:schrieb|mailte|rief|meldete) (?:ich|wir)~(?:ihnen|euch|sie|an|bereits|schon|gestern|letzte)",
    "ich (?:schrieb|mailte|rief|meldete)~(?:ihnen|euch|sie|an|bereits|schon|gestern|letzte)",
    "(?:wegen|zu|bezueglich|auf|aus|in) mein(?:e|er|em|en) (?:\\w+ )?(?:e ?mail|mail|anfrage|\
     nachricht|anruf|beschwerde|reklamation|ticket|schreiben)s?",
    "(?:noch|bisher|bislang|immer noch|noch immer) (?:immer )?(?:keine|nichts) (?:antwort|\
     rueckmeldung|reaktion|von (?:ihnen|euch) gehoert)",
    "(?:warte|warten)~auf (?:eine |ihre |eure |die )?(?:antwort|rueckmeldung|rueckruf)",
    "(?:nachfragen|nachhaken|nachfassen|rufe nochmal an|melde mich nochmal|melde mich noch ?mal)",
    "(?:meine|unsere)[rmn]? (?:ticket|vorgangs|fall)nummer",
    // English.
    "(?:i|we) (?:\\w+ ){0,2}(?:wrote|emailed|mailed|called|phoned|contacted|messaged|complained)~\
     (?:you|already|yesterday|last|before|earlier|about)",
    "(?:ive|i have|weve|we have|i had|id) (?:already |just |previously ){0,2}(?:written|emailed|\
     mailed|called|phoned|contacted|messaged|sent you|spoken|complained)",
    "(?:about|regarding|following up on|follow up on|reply to|answer to|response to) my \
     (?:\\w+ )?(?:e ?mail|mail|message|call|complaint|request|enquiry|inquiry|ticket)",
    "(?:still|yet) (?:no|waiting for|havent had|have not had|not had)~(?:answer|reply|response|\
     call ?back)",
    "(?:following|follow) up",
    "my (?:ticket|case) number",
];

static TAKEN_UP: LazyLock<Regex> = LazyLock::new(|| {
    any_of(PHRASES).expect("the phrases are part of the program, and the tests below use them")
});

/// Whether the words come back to an earlier contact.
pub fn is_taken_up(text: &str) -> bool {
    TAKEN_UP.is_match(&plain(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_to_a_matter_is_heard() {
        for text in [
            "Ich hatte Ihnen wegen dem kaputten Display geschrieben",
            "guten tag ich habe ihnen gestern schon eine mail geschickt",
            "Hab schon zweimal angerufen!!",
            "Es geht um meine Reklamation, wegen meiner E-Mail von Montag",
            "Warum kommt auf meine Anfrage noch immer keine Antwort?",
            "Ich warte seit einer Woche auf Ihre Rückmeldung",
            "noch immer nichts von Ihnen gehört",
            "Ich wollte mal nachfragen",
            "I wrote to you about the broken display",
            "I've already emailed twice",
            "we called you yesterday",
            "Still no reply to my complaint",
            "I'm following up on my e-mail",
            "still waiting for a call back",
        ] {
            assert!(is_taken_up(text), "{text}");
        }
    }

    #[test]
    fn other_matters_do_not_sound_like_it() {
        for text in [
            "Mein Paket ist noch nicht da",
            "Ich habe ein Handy geschenkt bekommen",
            "Wo finde ich meine Rechnung?",
            "Ich warte auf mein Paket",
            "Ich möchte eine Beschwerde einreichen",
            "Auf meiner Rechnung steht die falsche Adresse",
            "In meinem Konto fehlt eine Bestellung",
            "I want to file a complaint",
            "Can I call you?",
            "What does my number mean?",
            "I have not received my parcel yet",
            "How do I change my e-mail address?",
            "I called my neighbour, the parcel is not there",
            "",
        ] {
            assert!(!is_taken_up(text), "{text}");
        }
    }
}
