//! Which sentences of a message say something?
//!
//! Greetings, courtesies and signatures are dropped; what is left stays in the writer's words.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::Language;
use crate::triage::words::plain;

/// Longer sentences (speech-to-text has no full stops) are cut into clauses.
const LONGEST: usize = 36;
/// Clauses of such a sentence have at most this many words.
const LONGEST_CLAUSE: usize = 30;
/// A clause has at least this many words, where it can be helped.
const SHORTEST_CLAUSE: usize = 7;
/// A line this long without a full stop was wrapped by a mail program: the next line belongs to it.
const WRAPPED_LINE: usize = 60;
/// A closing formula ends the message unless more words than this follow.
const SIGNATURE_WORDS: usize = 40;

/// A sentence or clause, verbatim but for folded white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Index of the turn.
    pub turn: usize,
    /// Position among all sentences of the turn, those dropped included.
    pub position: usize,
    /// A clause that goes on with the sentence of the clause before it.
    pub continues: bool,
    /// A greeting or courtesy.
    pub mere: bool,
    /// The words.
    pub text: String,
    /// [`plain`] form of the words.
    pub plain: String,
}

impl Sentence {
    /// Whether this sentence directly follows `earlier`.
    pub(super) fn follows(&self, earlier: &Self) -> bool {
        self.turn == earlier.turn && self.position == earlier.position + 1
    }

    /// Number of words.
    pub(super) fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }
}

/// The sentences of one customer turn, from its cleaned text. `mere` ones are greetings and
/// courtesies: they count only where a conversation holds nothing else.
pub(super) fn split(turn: usize, text: &str, language: Language) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut position = 0;
    let paragraphs = paragraphs(text);
    let body = paragraphs.len() - signature_lines(&paragraphs);
    for whole in paragraphs[..body].iter().flat_map(|paragraph| sentence_ends(paragraph)) {
        for (index, clause) in clauses(whole).into_iter().enumerate() {
            let trimmed = without_opening(clause, language);
            let text = if plain(trimmed).is_empty() { clause } else { trimmed };
            // What was trimmed stands between this sentence and the one before.
            position += if text == clause { 1 } else { 2 };
            let (text, plain) = (text.to_owned(), plain(text));
            if !plain.is_empty() {
                let mere = trimmed.trim().is_empty() || COURTESY.is_match(&plain);
                sentences.push(Sentence {
                    turn,
                    position,
                    continues: index > 0,
                    mere,
                    text,
                    plain,
                });
            }
        }
    }
    sentences
}

/// Lines with wrapped ones joined, up to a closing formula.
fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<&str>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect();
    let mut paragraphs: Vec<String> = Vec::new();
    let mut wrapped = false;
    for (index, line) in lines.iter().enumerate() {
        let rest: usize =
            lines[index + 1..].iter().map(|line| line.split_whitespace().count()).sum();
        if index > 0 && rest <= SIGNATURE_WORDS && is_closing(line) {
            break;
        }
        match paragraphs.last_mut().filter(|_| wrapped) {
            Some(last) => {
                last.push(' ');
                last.push_str(line);
            }
            None => paragraphs.push(line.clone()),
        }
        wrapped = line.chars().count() >= WRAPPED_LINE && !line.ends_with(['.', '!', '?', ':']);
    }
    paragraphs
}

fn is_closing(line: &str) -> bool {
    line.split_whitespace().count() <= 7 && CLOSING.is_match(&plain(line))
}

/// Number of short lines at the end that look like a name, a number or an address.
fn signature_lines(paragraphs: &[String]) -> usize {
    let is_signature = |line: &&String| {
        let mut words = line.split_whitespace();
        !line.ends_with(['.', '!', '?'])
            && line.split_whitespace().count() <= 7
            && words.all(|word| {
                matches!(word, "and" | "und" | "von" | "van" | "de")
                    || word.starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic())
            })
    };
    let lines = paragraphs.iter().rev().take_while(is_signature).count();
    // A message of such lines alone is no signature.
    if lines == paragraphs.len() { 0 } else { lines }
}

/// A sentence without "Hallo Nordlicht-Team," and the fillers of speech at its beginning.
fn without_opening(sentence: &str, language: Language) -> &str {
    let mut rest = sentence;
    let opening = |rest: &str| {
        let fillers = FILLERS_EN.find(rest).filter(|_| language == Language::En);
        OPENING.find(rest).or(fillers).map_or(0, |found| found.end())
    };
    loop {
        match opening(rest) {
            0 => return rest,
            end => rest = &rest[end..],
        }
    }
}

/// Sentences of a paragraph, each with its closing signs.
fn sentence_ends(paragraph: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut characters = paragraph.char_indices().peekable();
    while let Some((index, character)) = characters.next() {
        if !matches!(character, '.' | '!' | '?' | '…') {
            continue;
        }
        let mut end = index + character.len_utf8();
        while let Some((next, sign)) = characters.peek().copied() {
            if !matches!(sign, '.' | '!' | '?' | '…' | '"' | '“' | '”' | '»' | ')' | '\'') {
                break;
            }
            end = next + sign.len_utf8();
            characters.next();
        }
        let rest = &paragraph[end..];
        let before = &paragraph[start..index];
        let ended = character != '.' || !is_abbreviation(before, rest.trim_start());
        if (rest.is_empty() || rest.starts_with(' ')) && ended {
            sentences.push(paragraph[start..end].trim());
            start = end;
        }
    }
    sentences.push(paragraph[start..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// Whether a full stop after `before` belongs to an abbreviation or an ordinal number.
fn is_abbreviation(before: &str, rest: &str) -> bool {
    let word = before.rsplit([' ', '(', '.']).next().unwrap_or_default();
    let word = word.to_lowercase();
    let known = ABBREVIATIONS.contains(&word.as_str()) || word.ends_with("nr");
    let single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let ordinal = word.len() <= 2
        && !word.is_empty()
        && word.chars().all(|digit| digit.is_ascii_digit())
        && (rest.starts_with(|next: char| next.is_lowercase() || next.is_ascii_digit())
            || MONTHS.iter().any(|month| rest.starts_with(month)));
    known || single || ordinal
}

/// A long sentence in clauses: cut after commas, and before words that begin a clause.
fn clauses(sentence: &str) -> Vec<&str> {
    let words: Vec<&str> = sentence.split(' ').collect();
    if words.len() <= LONGEST {
        return vec![sentence];
    }
    let mut clauses = Vec::new();
    let (mut start, mut position, mut count) = (0, 0, 0);
    for (index, word) in words.iter().enumerate() {
        position += word.len();
        count += 1;
        let left = words.len() - index - 1;
        let next = words.get(index + 1).copied().unwrap_or_default();
        let cut = word.ends_with([',', ';', ':'])
            || matches!(next, "–" | "-")
            || CONNECTORS.contains(&next);
        if count >= SHORTEST_CLAUSE && left >= SHORTEST_CLAUSE && cut || count >= LONGEST_CLAUSE {
            clauses.push(&sentence[start..position]);
            start = (position + 1).min(sentence.len());
            count = 0;
        }
        position += 1;
    }
    clauses.push(&sentence[start..]);
    clauses.retain(|clause| !clause.trim().is_empty());
    clauses
}

const ABBREVIATIONS: [&str; 32] = [
    "z", "b", "bzw", "nr", "ca", "dr", "hr", "fr", "str", "usw", "tel", "ggf", "inkl", "exkl",
    "evtl", "vgl", "abs", "art", "prof", "mr", "mrs", "ms", "e.g", "i.e", "approx", "no", "vs",
    "etc", "st", "ref", "kd", "mio",
];

const MONTHS: [&str; 17] = [
    "Jan", "Jän", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez",
    "Mar", "May", "Oct", "Dec",
];

/// Words that often begin a clause in speech.
const CONNECTORS: [&str; 12] = [
    "und", "aber", "weil", "denn", "obwohl", "sondern", "oder", "and", "but", "because",
    "although", "or",
];

/// Salutations and fillers at the beginning of a sentence.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(?:\s+(?-i:zusammen|there|all|folks|guys|everyone|team|support|leute|liebes?|[A-ZÄÖÜ][\w-]*)){0,4}";
    Regex::new(&format!(
        r"(?xi) ^ (?:
            @[\w.]+ [\s,:]+
            | (?:hallo|halli|hi|hey|hello|servus|moin|hallöchen|gr(?:ü|ue)(?:ß|ss)\s+(?:gott|dich|euch|sie)
              |guten\s+(?:tag|morgen|abend)|good\s+(?:morning|afternoon|evening|day))
              (?: {name} \s* [,!.:–-]+ \s* | \s+ | $ )
            | (?:sehr\s+geehrte[rsn]?|liebe[rs]?|dear|werte[rs]?) \s [^,.!?:]{{1,60}} [,!:] \s*
            | (?:ja|jo|nein|nee|ähm*|äh|öhm|hm+|uhm?|yeah|yep|okay|ok|naja|oh|ach|hä|erm|also)
              (?: [\s,.!–-]+ | $ )
        )"
    ))
    .expect("the pattern is constant, and a test uses it")
});

/// Fillers of English speech that are words of German.
static FILLERS_EN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:(?:um+|er|so|well|like|look|yes|hi)[\s,.!–-]+|no[,.!–-]+\s*)")
        .expect("the pattern is constant, and a test uses it")
});

/// Sentences in plain form that say nothing of the matter.
static COURTESY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:
        (?:vielen|besten|herzlichen|lieben|schon|mal|schonmal|ganz|sehr|tausend|im|voraus|\ )*
          (?:dank|danke|dankeschoen|merci)(?:\ \w+){0,6}
        |(?:many|lots\ of|big)?\ ?(?:thanks|thank\ you|thx|cheers|ta)(?:\ \w+){0,6}
        |(?:hallo|hi|hey|hello|moin|servus|liebe\w?|dear|guten\ \w+|good\ \w+)(?:\ \w+){0,3}
        |(?:ich\ )?hoffe(?:\ \w+){0,5}\ gut(?:\ \w+){0,3}
        |(?:i\ )?hope(?:\ \w+){0,8}\ (?:well|week|day)
        |(?:ich|wir)\ freuen?\ (?:mich|uns)\ auf(?:\ \w+){0,6}
        |(?:i\ )?(?:am\ |im\ )?look(?:ing)?\ forward(?:\ \w+){0,7}
        |(?:ich\ wuensche\ )?(?:ihnen\ )?(?:noch\ )?(?:einen?\ )?(?:schoene[ns]?|guten?)\ (?:tag|abend|woche|wochenende|noch)(?:\ \w+){0,3}
        |have\ a\ (?:nice|great|good|lovely)\ \w+
        |(?:bitte\ )?(?:entschuldig\w+|verzeih\w+|sorry)(?:\ \w+){0,4}
        |(?:\w+\ ){0,6}(?:bitte|bitten)(?:\ \w+){0,2}\ um\ (?:entschuldigung|verstaendnis|nachsicht)
        |(?:i\ )?apologi\w+(?:\ \w+){0,6}
        |(?:ich|wir)\ bedanke\w?\ (?:mich|uns)(?:\ \w+){0,6}
        |(?:ich\ bitte\ )?um\ verstaendnis|bis\ (?:bald|dann|spaeter)|bye|tschuess\w*|ciao
        )$",
    )
    .expect("the pattern is constant, and a test uses it")
});

/// Lines in plain form that begin a signature.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:
        (?:mit|viele|liebe|beste|herzliche|freundliche|schoene|sonnige|vielen|dank|besten|und|freundlichen|herzlichen|lieben|vorweihnachtlichen|einen|schoenen|\ )*
          (?:gruessen|gruesse|gruss|gruesschen)(?:\ \w+){0,4}
        |(?:mfg|lg|vg|bg|hg|br|rgds)(?:\ \w+){0,3}
        |hochachtungsvoll
        |(?:(?:many|thanks|and|with|kind|kindest|best|warm|warmest|all|the)\ )*(?:regards|wishes|best)(?:\ \w+){0,3}
        |(?:yours|sincerely|warmly|cheers|thanks|respectfully)(?:\ \w+){0,2}
        |ihre?\ \w+(?:\ \w+)?
        )$",
    )
    .expect("the pattern is constant, and a test uses it")
});

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let sentences = split(0, text, Language::De).into_iter();
        sentences.filter(|sentence| !sentence.mere).map(|sentence| sentence.text).collect()
    }

    #[test]
    fn abbreviations_and_dates_end_no_sentence() {
        assert_eq!(
            texts("Am 3. März kam z. B. nichts an. Die Nr. 7 ist ca. 3 cm zu groß! Und jetzt?"),
            ["Am 3. März kam z. B. nichts an.", "Die Nr. 7 ist ca. 3 cm zu groß!", "Und jetzt?"]
        );
        assert_eq!(texts("It is on RE-2024-10233. Why?"), ["It is on RE-2024-10233.", "Why?"]);
        assert_eq!(texts("Kostet 4.90 Euro (netto!)."), ["Kostet 4.90 Euro (netto!)."]);
    }

    #[test]
    fn greetings_courtesies_and_signatures_are_dropped() {
        let mail = "Sehr geehrte Damen und Herren,\n\nmein Paket NL-20481 ist nicht da. \
                    Bitte prüfen Sie das.\n\nVielen Dank im Voraus!\nMit freundlichen Grüßen\n\
                    Petra Lang\nTel. 0431 555 0133";
        assert_eq!(texts(mail), ["mein Paket NL-20481 ist nicht da.", "Bitte prüfen Sie das."]);
        let mail = "Hi support team,\n\nhope you are well. The box is dead.\n\nThanks,\nTobias";
        assert_eq!(texts(mail), ["The box is dead."]);
        assert_eq!(texts("Hallo, Ich kann mich nicht anmelden"), ["Ich kann mich nicht anmelden"]);
        assert_eq!(texts("@Nordlicht ja äh mein Router geht nicht"), ["mein Router geht nicht"]);
        assert_eq!(texts("Router kaputt\nTorben Iversen"), ["Router kaputt"]);
        assert_eq!(texts("Um das zu klären, ruft an"), ["Um das zu klären, ruft an"]);
    }

    #[test]
    fn english_fillers_are_dropped_from_english_alone() {
        let first = |text, language| split(0, text, language)[0].text.clone();
        assert_eq!(first("hello um so my box is dead", Language::En), "my box is dead");
        // "No outage" must not become "outage".
        assert_eq!(first("no outage listed", Language::En), "no outage listed");
        assert_eq!(first("um das Paket geht es", Language::De), "um das Paket geht es");
    }

    #[test]
    fn a_mere_courtesy_is_known_as_such() {
        for text in ["Vielen Dank!", "Hallo", "Ja", "Thanks a lot"] {
            let sentences = split(0, text, Language::De);
            assert_eq!(sentences.len(), 1, "{text}");
            assert!(sentences[0].mere && sentences[0].text == text, "{text}");
        }
        assert_eq!(split(0, "…", Language::De), []);
        assert_eq!(split(0, "", Language::De), []);
    }

    #[test]
    fn long_speech_is_cut_into_clauses() {
        let speech = "also ich hab gestern bei ihnen angerufen und da hat mir die dame gesagt dass \
                      heute ein techniker kommt aber es war keiner da und jetzt sitze ich hier ohne \
                      internet und muss morgen arbeiten und weiß nicht was ich machen soll";
        let clauses = texts(speech);
        assert!(clauses.len() >= 3, "{clauses:?}");
        assert_eq!(format!("also {}", clauses.join(" ")), speech);
    }

    #[test]
    fn wrapped_lines_belong_together() {
        let mail = "Die Verbindung bricht jeden Abend gegen acht Uhr vollständig ab und\nkommt erst \
                    nach einer Stunde wieder.";
        assert_eq!(texts(mail).len(), 1);
    }
}
