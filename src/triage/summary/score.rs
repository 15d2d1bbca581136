//! Which sentences state the wish, and which say what happened?

use std::sync::LazyLock;

use regex::Regex;

use super::sentences::Sentence;
use crate::triage::words::{any_of, plain};

/// A generic request in more words than this says something of its own.
const BARE_WORDS: usize = 9;

/// What the words of a sentence tell of its worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Score {
    /// How strongly it asks for something.
    pub wish: f32,
    /// How much it tells of what happened.
    pub event: f32,
    /// It names what was already tried.
    pub tried: bool,
    /// It threatens or sets a term.
    pub threat: bool,
    /// It could stand in any conversation: "I have a question", "an agent please".
    pub filler: bool,
}

/// Beginnings of a request.
const REQUESTS: &[&str] = &[
    "(?:ich|wir) (?:\\w+ ){0,2}(?:moecht*|will|wollen|haette|haetten|wuerde|wuerden|brauche|brauch|braeuchte|benoetige|benoetigen|fordere|fordern|erwarte|erwarten|verlange|verlangen|wuensche|suche|bitte|wollte|wollt)",
    "(?:moecht*|will|wuerde|haette|braeuchte|muss|mag|wollt) (?:ich|wir|gern|gerne)",
    "(?:koennen|koennten|wuerden|duerfen) (?:sie|wir|mir|mich)",
    "(?:koenntet|koennt|kann|kannst|koenntest|koennts|darf|soll|muss) (?:ihr|du|ich|man|mir|mich|wir|uns|bitte|jemand|es|das)",
    "(?:bitte|please) \\w+",
    "(?:laesst|lassen) sich",
    "wie (?:kann|komm|bekomm|krieg|geht|lange|viel|mach|stell|richte|lautet|schnell)*",
    "(?:wo|wann|warum|wieso|weshalb) (?:ist|sind|bleib|find|kann|bekomm|komm|krieg|wird|geht|hab|muss)*",
    "(?:gibt es|gibts|habt ihr|haben sie|haetten sie|ist es moeglich)",
    "ich (?:frage|wuesste gern|wollte (?:mal |nur |kurz )?(?:fragen|wissen))|meine frage|moecht* wissen",
    "i (?:want|need|would like|wish|demand|expect|request|require|wonder|was wondering)",
    "(?:id|wed) (?:like|love|rather|be grateful|appreciate)",
    "(?:can|could|would|will|may) (?:you|i|someone|somebody|anyone|we|your)",
    "how (?:can|do|long|much|to|many|soon|would|quickly)",
    "(?:where|when|why|what|which|who) (?:is|are|was|will|do|does|did|can|should|happens|happened|s|exactly|number|time)",
    "(?:wheres|whens|whats)|is it possible|do (?:you|i)|am i",
];

/// Other words that ask.
const ASKING: &[&str] = &[
    "bitte|please",
    "^\\w+(?:en|ern|eln) sie",
    "bitte (?:um|ich|sie|euch|wir)|ich bitte|wir bitten",
    "(?:waere|waeren) (?:\\w+ ){0,3}(?:nett|dankbar|schoen|super|toll)",
    // Alone "was" is English as well.
    "(?:^|(?:wissen|fragen|frage|sagen|sagt|weiss|erklaer\\w*|wie und) )(?:was|wer|ob)|welche[rsnm]?|wohin|bis wann|ab wann",
    "hat mein*|ist es|ist das|geht das|interessier*",
    "rueckruf|zurueckrufen|ersatz|geld zurueck|erstattung|umtausch*|stornier*|kuendig*",
    "grateful if|appreciate|wonder|wondering|my question|curious|like to know|let me know",
    "call me back|ring me back|refund me|my money back|replacement",
];

static REQUEST: LazyLock<Regex> = LazyLock::new(|| words(&[REQUESTS, ASKING].concat()));

static REQUEST_BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    let anchored: Vec<String> = REQUESTS.iter().map(|phrase| format!("^(?:{phrase})")).collect();
    words(&anchored.iter().map(String::as_str).collect::<Vec<&str>>())
});

/// Requests that any message could hold.
static GENERIC: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "(?:um|auf) (?:\\w+ ){0,3}(?:rueckmeldung|antwort|hilfe|klaerung|bearbeitung|info|bestaetigung)",
        "(?:bitte )?(?:helfen sie|helft|hilf) mir",
        "koenn\\w+ (?:sie|ihr) mir (?:\\w+ )?(?:helfen|weiterhelfen)",
        "(?:ich )?(?:brauche|braeuchte) (?:\\w+ )?hilfe",
        "(?:ich )?(?:habe|haette|hab) (?:\\w+ ){0,2}(?:eine|ne|mal) (?:\\w+ )?(?:frage|problem)",
        "(?:please|can you|could you) (?:help|advise|assist)(?: me)?",
        "(?:i )?(?:need|have) (?:\\w+ )?(?:help|a question|an issue|a problem)",
        "(?:get back to me|let me know)(?: soon| asap| please)?$",
        "was (?:soll|mach|mache|kann) ich (?:jetzt |nun |denn |da ){0,2}(?:tun|machen)?",
    ])
});

/// Questions that only vent.
static RHETORICAL: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "zu viel verlangt|gehts noch|geht s noch|was soll (?:das|der|dieser)|wie kann das sein|kann das sein|wollen sie mich|wollt ihr mich|ernsthaft|euer ernst|ihr ernst|schaemt|wo leben wir|bin ich hier",
        "too much to ask|are you kidding|seriously|how is (?:that|this) possible|how can (?:that|this) be|is (?:that|this) a joke|what (?:kind|sort) of",
    ])
});

/// Beginnings of a sentence that adds to the one before.
static ADDITION: LazyLock<Regex> =
    LazyLock::new(|| words(&["^(?:und|and|ausserdem|dazu|sollte|sollten|also|in addition|if)"]));

/// A bare wish for a person: says nothing of the matter.
static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "(?:mit|einen|ein|nen|an) (?:\\w+ ){0,2}(?:mensch|menschen|mitarbeiter|mitarbeiterin|berater|person)",
        "(?:mensch|mitarbeiter|berater|human|agent|person) (?:bitte|please|now|jetzt|sprechen)",
        "(?:real|actual|live|speak to a|talk to a|to a|a) (?:human|person|agent|employee)",
        "(?:verbind|weiterverbind|durchstell|weiterleit)*|(?:put|patch) me through|(?:transfer|connect) me",
        "(?:kein|keinen|not a|no) (?:bot|roboter|maschine|computer|robot|machine)",
    ])
});

/// Words of a fault, a delay or a denial.
static EVENT: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "nicht|kein*|nie|niemand|nichts|ned|net|nix",
        "defekt*|kaputt*|beschaedigt*|fehler*|falsch*|fehlt|fehlen|verloren|leer|gerissen|zerbrochen|zersplittert",
        "geht nicht|funktionier*|bricht|abbruch|abbrueche|ausfall|ausgefallen|stoerung|blinkt|leuchtet|langsam|tot|offline",
        "doppelt|zweimal|zu viel|abgebucht|abgelehnt|mahnung|gesperrt|verspaetet|warte|gewartet",
        "(?:habe|hab|haben|hatte|hatten|wurde|wurden|kam|kamen|bekam|erhielt|bestellt|gekauft|geliefert|angekommen|zurueckgeschickt)",
        "not|never|no|nobody|nothing|cant|cannot|dont|doesnt|didnt|isnt|wasnt|hasnt|havent|wont|couldnt",
        "broken|damaged|wrong|missing|lost|empty|cracked|faulty|defective|error|failed|fails|failing",
        "drops|dropping|collapses|down|outage|slow|blinking|flashing|red light|dead|offline|stuck|locked",
        "twice|charged|declined|overcharged|late|delayed|waiting|waited|reminder",
        "(?:ordered|bought|received|arrived|returned|sent|delivered|came|got|was|were|told|promised)",
    ])
});

/// Words of time, which tell since when and how often.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "seit|gestern|vorgestern|heute|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag",
        "(?:letzte|vorige|vergangene|diese)[nrs]? (?:woche|monat|jahr|\\w+tag)",
        "(?:immer noch|schon wieder|zum (?:zweiten|dritten|vierten|wiederholten) mal|\\w+mal)",
        "since|yesterday|today|monday|tuesday|wednesday|thursday|friday|saturday|sunday",
        "(?:last|this) (?:week|month|year|night)|(?:days?|weeks?|months?) ago|still|again|third time|times",
        "\\d+",
    ])
});

/// What an agent must not miss: threats and deadlines.
static THREAT: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "anwalt*|rechtsanwalt*|gericht|klage|verbraucherzentrale|bundesnetzagentur|schlichtung*",
        "(?:sonst|andernfalls|ansonsten|dann) (?:\\w+ ){0,6}(?:kuendig*|wechs*|anbieter|anzeige|konkurrenz)",
        "(?:kuendige|wechsle|wechsel) (?:ich|den|zur|zum|meinen)",
        "(?:storniere|kuendige|stornieren|kuendigen) (?:ich|wir)|(?:ich|wir) (?:\\w+ ){0,3}(?:storniere|kuendige)n?",
        "(?:ill|i will|im going to|we will|well) (?:\\w+ ){0,2}(?:cancel|leave|switch|move|report)",
        "frist|letztmalig|bis (?:spaetestens|morgen|heute|ende|zum|montag|dienstag|mittwoch|donnerstag|freitag)",
        "lawyer|solicitor|court|sue|legal action|ombuds*|trading standards|another provider|switch provider*",
        "(?:otherwise|or else|or i will|or ill)|by (?:tomorrow|monday|tuesday|wednesday|thursday|friday|the end|noon)|deadline",
    ])
});

/// What was already done about it.
static TRIED: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "(?:schon|bereits|mehrfach|mehrmals|dreimal|zweimal|fuenfmal|viermal) (?:\\w+ ){0,5}(?:angerufen|geschrieben|gemeldet|kontaktiert|probiert|versucht|ausprobiert|gestartet|neugestartet|zurueckgesetzt|getauscht|gewechselt|gezogen|geprueft|gemacht|installiert|geloescht|gesucht|gefragt|nachgefragt|bezahlt|telefoniert|durchgesehen|gelesen)",
        "(?:angerufen|geschrieben|gemeldet|kontaktiert|probiert|versucht|gestartet|zurueckgesetzt|getauscht|ausprobiert|nachgefragt) (?:\\w+ ){0,3}(?:schon|bereits|nichts|ohne)",
        "(?:neu gestartet|neugestartet|neustart|zurueckgesetzt|stecker gezogen|werkseinstellung*|anderes kabel|anderen browser|andere[ns]? (?:geraet|hoerer|steckdose))",
        "(?:ohne (?:erfolg|besserung|ergebnis)|bringt nichts|hat nichts (?:gebracht|genuetzt)|hilft (?:auch )?nicht|hat nicht geholfen|ergebnislos|vergeblich)",
        "(?:zum (?:zweiten|dritten|vierten|fuenften) mal|\\w+mal (?:angerufen|geschrieben|kontakt*))",
        "(?:ive|i have|we have|weve|have) (?:already |also |now |even |just ){0,2}(?:tried|restarted|rebooted|reset|called|phoned|emailed|written|contacted|checked|swapped|changed|reinstalled|cleared|unplugged|asked|chatted)",
        "i (?:already |also |even ){0,1}(?:tried|restarted|rebooted|reset|swapped|reinstalled|unplugged)",
        "already (?:\\w+ ){0,3}(?:tried|restarted|rebooted|reset|called|phoned|emailed|wrote|written|contacted|checked|swapped|done|asked|spoke|spoken|paid|did)",
        "(?:no luck|no joy|to no avail|didnt help|doesnt help|without success|made no difference|still the same)",
        "(?:called|phoned|emailed|wrote|asked|contacted) (?:\\w+ ){0,3}(?:twice|times|three|four)",
    ])
});

/// What an agent says will happen, or has done.
static PROMISE: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "(?:ich|wir) (?:\\w+ ){0,2}(?:schick*|ruf*|meld*|sende*|erstatt*|pruef*|setz*|trag*|verlaenger*|streich*|frag*|lass*|kuemmer*|habe|haben|werde|werden|veranlass*|bitte)",
        "(?:schicke|rufe|melde|sende|erstatte|setze|trage|verlaengere|streiche|frage|lasse|kuemmere) ich",
        "(?:meldet|ruft|kommt|erhalten|bekommen|dauert|innerhalb|spaetestens|werktage|bis)",
        "(?:i|we) (?:will|shall|have|can|see)|(?:ill|well|ive|weve)|i(?: a)?m (?:sending|raising|putting)",
        "(?:will be|will call|will ring|takes|within|leaves|by the latest|working days|refund*|credit*)",
    ])
});

/// How an agent introduces themselves or feels for the customer.
static POLITE: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "(?:das )?tut mir leid|ich verstehe|(?:ich bin|hier ist|mein name ist) \\w+$|schaue? ich mir an|klaere ich",
        "(?:im|i am) (?:very |so )?sorry|i apologi\\w+|i understand|oh dear|(?:im|i am|this is) \\w+$|\\w+ here$",
    ])
});

/// Anger without news.
static VENTING: LazyLock<Regex> = LazyLock::new(|| {
    words(&[
        "frechheit|unverschaemt*|unfassbar|skandal|sauerei|saftladen|katastrophe|unterirdisch|ein witz|lachhaft|zumutung|enttaeuscht|nervt",
        "ridiculous|unacceptable|disgrace*|outrageous|joke|pathetic|terrible|awful|disappointed|disgusting|useless",
    ])
});

fn words(phrases: &[&str]) -> Regex {
    any_of(phrases).expect("the patterns are constants, and tests use them all")
}

/// Scores a sentence. `recency` runs from 0 (first customer turn) to 1 (last), `entities` weighs
/// the facts that it names, `topic` the words that it shares with the suggested articles' titles.
pub(super) fn score(sentence: &Sentence, recency: f32, entities: f32, topic: usize) -> Score {
    let text = sentence.plain.as_str();
    let count = |pattern: &Regex, most: usize| pattern.find_iter(text).take(most).count() as f32;
    let has = |pattern: &Regex| pattern.is_match(text);
    let words = sentence.words();
    let length = match words {
        0..=2 => -1.5,
        3..=22 => 0.0,
        _ => -0.5,
    };
    let news = entities.min(3.0) + 0.4 * topic.min(3) as f32 + length + 0.8 * recency;
    let threat = if has(&THREAT) { 2.0 } else { 0.0 };
    let mut wish = count(&REQUEST, 2) * 1.5 + news;
    if sentence.text.contains('?') {
        wish += 1.5;
    }
    // "Someone competent on the line by noon, or I leave" is more than a bare wish for a person.
    let filler = words <= BARE_WORDS && (has(&GENERIC) || has(&PERSON));
    if filler || has(&RHETORICAL) {
        wish -= 3.0;
    }
    if sentence.continues || has(&ADDITION) {
        wish -= 1.5;
    }
    let mut event = count(&EVENT, 3) + 0.7 * count(&TIME, 2) + news + threat;
    if has(&VENTING) {
        event -= 0.5;
    }
    if filler {
        event -= 2.0;
    }
    Score { wish: wish + threat / 2.0, event, tried: has(&TRIED), threat: threat > 0.0, filler }
}

/// Whether a sentence asks for anything at all.
pub(super) fn asks(sentence: &Sentence) -> bool {
    sentence.text.contains('?') || REQUEST.is_match(&sentence.plain)
}

/// Whether a sentence of an agent says what will happen or was done.
pub(super) fn promises(sentence: &Sentence) -> bool {
    PROMISE.is_match(&sentence.plain)
}

/// Whether a sentence of an agent is mere courtesy.
pub(super) fn is_polite(sentence: &Sentence) -> bool {
    sentence.words() <= BARE_WORDS && POLITE.is_match(&sentence.plain)
}

/// A wish from the words on that ask, if it is longer than `words` and they come later: speech
/// often tells the story first. "…" stands for what was left out.
pub(super) fn from_request(wish: &str, words: usize) -> String {
    if wish.split_whitespace().count() <= words {
        return wish.to_owned();
    }
    match request_start(wish) {
        0 => wish.to_owned(),
        start => {
            let rest: Vec<&str> = wish.split_whitespace().skip(start).collect();
            format!("…{}", rest.join(" "))
        }
    }
}

/// The word of a wish from which on it asks, counted from 0; 0 where none begins a request.
pub(super) fn request_start(wish: &str) -> usize {
    let all: Vec<&str> = wish.split_whitespace().collect();
    let begins = |start: &usize| REQUEST_BEGINS.is_match(&plain(&all[*start..].join(" ")));
    (0..all.len()).find(begins).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(text: &str) -> Score {
        let plain = crate::triage::words::plain(text);
        score(
            &Sentence {
                turn: 0,
                position: 0,
                continues: false,
                mere: false,
                text: text.to_owned(),
                plain,
            },
            1.0,
            0.0,
            0,
        )
    }

    #[test]
    fn exact_wishes_beat_generic_ones() {
        let exact = scored("Bitte schicken Sie mir die Rechnung noch einmal.").wish;
        for generic in [
            "Bitte um schnelle Rückmeldung.",
            "Ich möchte mit einem Menschen sprechen.",
            "Ich habe eine Frage.",
            "Das ist eine Frechheit!",
        ] {
            assert!(scored(generic).wish < exact, "{generic}");
        }
    }

    #[test]
    fn events_and_threats_beat_venting() {
        let venting = scored("Das ist eine bodenlose Frechheit!").event;
        for event in [
            "Seit Montag geht das Internet nicht.",
            "The charger was broken on arrival.",
            "Sonst wechsle ich den Anbieter.",
        ] {
            assert!(scored(event).event > venting + 1.0, "{event}");
        }
    }

    #[test]
    fn what_was_tried_is_recognised() {
        for tried in [
            "Den Router habe ich schon dreimal neu gestartet",
            "hab schon zweimal angerufen",
            "I've restarted it and swapped the cable",
            "already called twice",
            "Einen Neustart habe ich probiert, ohne Erfolg.",
        ] {
            assert!(scored(tried).tried, "{tried}");
        }
        for other in ["Ich habe ein Paket bestellt", "I have an order", "Wo ist mein Paket?"] {
            assert!(!scored(other).tried, "{other}");
        }
    }
}
