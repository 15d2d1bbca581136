//! Where do the writer's name and address begin? A closing formula goes only with the signature
//! after it: a request that follows "LG" stays, and the formula with it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::text::language::is_common;
use crate::text::words::{Word, words};

/// Most lines of a signature below its formula or delimiter.
const MOST_LINES: usize = 12;
/// Longest line and most words of a signature's line.
const LONGEST_LINE: usize = 90;
const MOST_WORDS: usize = 12;
/// Most words of a formula: "mit ganz lieben und sonnigen Grüßen".
const MOST_FORMULA_WORDS: usize = 6;
/// Most words of a name, titles and particles included.
const MOST_NAME_WORDS: usize = 7;
/// Times that a formula is looked for: some sign twice.
const MOST_FORMULAS: usize = 3;

/// Formulas of one word or abbreviation.
static SHORT: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "mfg lg vg glg bg hg br gruss gruesse gruessen grusse grussen regards wishes
         greetings sincerely faithfully truly cheers best yours warmly hochachtungsvoll
         herzlich herzlichst freundlichst"
        .split_whitespace()
        .collect()
});
/// Words of a formula before its last one; German adjectives are known by their endings.
const FORMULA_WORDS: &[&str] = &[
    "mit", "ganz", "with", "kind", "kindest", "best", "warm", "warmest", "yours", "very", "many",
    "my", "all", "the",
];
/// What may stand before a formula without a full stop.
const BEFORE_FORMULA: &[&str] =
    &["dank", "danke", "thanks", "thank", "you", "voraus", "vorab", "advance", "und", "and"];
/// Words of sentences and wishes: whatever has one is no signature.
static SENTENCE_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "ich wir mich mir mein meine meinen meinem meiner uns du bitte ist sind war hab habe
         hat haben hatte wird werden kann koennen koennte koennten muss soll moechte brauche
         brauch fehlt kommt geht gibt nicht kein keine noch schon nochmal wann wo wie warum
         wenn dass weil danke dank tschuess i we me my please pls could would is are was
         have has need want not don when where why how what if because thanks thank you ps
         nachtrag uebrigens btw storno stornieren kuendigung kuendigen erstattung zurueck
         retoure rueckruf sofort dringend hilfe cancel refund urgent asap help"
        .split_whitespace()
        .collect()
});
/// Words that belong to a name without being one.
const NAME_WORDS: &[&str] = &[
    "von", "van", "de", "der", "zu", "und", "and", "ihr", "ihre", "euer", "eure", "dein", "deine",
    "your", "yours", "dr", "prof", "dipl", "ing", "mag", "herr", "frau", "familie", "mr", "mrs",
    "ms", "aus", "from", "gez", "the", "jur", "med", "phil", "rer", "nat", "phd", "fam",
];

/// The lines without signature.
pub(super) fn without(lines: Vec<&str>) -> Vec<&str> {
    let mut lines = without_delimited(lines);
    for _ in 0..MOST_FORMULAS {
        let Some((line, cut)) = cut_at(&lines) else { break };
        lines.truncate(line + 1);
        lines[line] = trim_link(&lines[line][..cut]);
    }
    lines
}

/// Cuts at the delimiter "-- " that mail programs put before a signature (RFC 3676, 4.3).
fn without_delimited(mut lines: Vec<&str>) -> Vec<&str> {
    let delimiter = lines.iter().rposition(|line| line.trim_end() == "--");
    if let Some(delimiter) = delimiter
        && lines[delimiter + 1..].iter().filter(|line| !line.trim().is_empty()).count()
            <= MOST_LINES
        && lines[delimiter + 1..].iter().all(|line| is_contact(line))
    {
        lines.truncate(delimiter);
    }
    lines
}

/// The last line with a closing formula before a signature, and where in it to cut.
fn cut_at(lines: &[&str]) -> Option<(usize, usize)> {
    let mut below = 0;
    for (index, line) in lines.iter().enumerate().rev() {
        if line.trim().is_empty() {
            continue;
        }
        let tail = &lines[index + 1..];
        let found = formulas(line).into_iter().find(|(start, end)| {
            let is_lower = !line[*start..*end].contains(char::is_uppercase);
            is_signature(&line[*end..], is_lower, tail)
        });
        let cut = match found {
            Some((start, _)) => Some(start),
            None if is_thanks(line) && is_name_below(tail) => Some(line.len()),
            None => None,
        };
        let has_more = lines[..index].iter().any(|line| !line.trim().is_empty());
        if let Some(cut) = cut.filter(|cut| has_more || !line[..*cut].trim().is_empty()) {
            // With nothing left to cut the loop in `without` would not end early.
            let cuts =
                cut < line.trim_end().len() || !tail.iter().all(|line| line.trim().is_empty());
            return cuts.then_some((index, cut));
        }
        below += 1;
        if below > MOST_LINES {
            return None;
        }
    }
    None
}

/// Bytes of the closing formulas in a line, each at the line's or a sentence's begin.
fn formulas(line: &str) -> Vec<(usize, usize)> {
    let words = words(line);
    (0..words.len())
        .filter(|last| SHORT.contains(words[*last].folded.as_str()))
        .filter_map(|last| {
            let first = first_word(line, &words, last);
            let (start, end) = (words[first].start, words[last].end());
            let alone = first == last;
            let complete = match words[last].folded.as_str() {
                // "Best" closes a letter only before a comma or alone in its line.
                "best" | "yours" | "warmly" | "herzlich" => {
                    line[end..].trim_start().is_empty() || line[end..].starts_with(',')
                }
                "wishes" | "truly" => !alone,
                _ => true,
            };
            (complete && is_begin(line, &words, first)).then_some((start, end))
        })
        .collect()
}

/// First word of the formula whose last word is given.
fn first_word(line: &str, words: &[Word<'_>], last: usize) -> usize {
    let mut first = last;
    while let Some(before) = first.checked_sub(1)
        && last - before < MOST_FORMULA_WORDS
    {
        let word = words[before].folded.as_str();
        let adjective = ["e", "em", "en", "er"].iter().any(|ending| word.ends_with(ending))
            && !BEFORE_FORMULA.contains(&word)
            && !matches!(word, "bitte" | "sende" | "sage" | "ihre" | "eure" | "keine" | "meine");
        let fits = match words[last].folded.as_str() {
            // "Cheerful regards": any one word that begins the sentence.
            "regards" | "greetings" | "wishes" => first == last && is_begin(line, words, before),
            formula => formula.starts_with("gr") && adjective,
        };
        let belongs = FORMULA_WORDS.contains(&word) || fits;
        let adjacent = line[words[before].end()..words[first].start].trim().is_empty();
        if !(belongs && adjacent) {
            break;
        }
        first = before;
    }
    first
}

/// Whether a word stands at the begin of the line or of a sentence, or follows thanks.
fn is_begin(line: &str, words: &[Word<'_>], word: usize) -> bool {
    let before = line[..words[word].start].trim_end();
    let sign = before.chars().next_back();
    if sign.is_none_or(|sign| !sign.is_alphanumeric() && sign != ',') {
        return true;
    }
    word.checked_sub(1)
        .is_some_and(|previous| BEFORE_FORMULA.contains(&words[previous].folded.as_str()))
}

/// A line such as "Danke," or "Many thanks,": as the last but the name it closes a letter.
fn is_thanks(line: &str) -> bool {
    let words = words(line);
    line.trim_end().ends_with(',')
        && words.len() <= 4
        && words.iter().any(|w| matches!(w.folded.as_str(), "thanks" | "thank" | "danke" | "dank"))
}

fn is_name_below(tail: &[&str]) -> bool {
    tail.iter().any(|line| !line.trim().is_empty()) && is_signature("", false, tail)
}

/// Whether the rest of a formula's line and all that follows is a signature; nothing is one too.
fn is_signature(rest: &str, is_lower: bool, tail: &[&str]) -> bool {
    let rest =
        rest.trim_matches(|sign: char| !sign.is_alphanumeric() && !matches!(sign, '?' | '+'));
    let rest = without_place(rest);
    // Only who writes "lg" writes the own name in lower case.
    let may_be_lower = !rest.is_empty() && is_lower;
    let mut lines = std::iter::once(rest)
        .chain(tail.iter().copied())
        .filter(|line| line.chars().any(char::is_alphanumeric));
    let Some(name) = lines.next() else { return true };
    // Measured before it is split into words: a long line may hold a formula a word.
    if !is_short(name) {
        return false;
    }
    let (name, more) = name.split_once([',', '|']).unwrap_or((name, ""));
    let begins = is_name(name, may_be_lower);
    begins && is_contact(more) && lines.clone().count() < MOST_LINES && lines.all(is_contact)
}

/// Drops the place in "Grüße aus Wien, Max".
fn without_place(rest: &str) -> &str {
    let place = ["aus ", "from "].iter().find_map(|word| rest.strip_prefix(word));
    match place.map(|place| (place.split_once([',', '!']), is_contact(place))) {
        Some((Some((_, after)), _)) => after.trim(),
        Some((None, true)) => "",
        _ => rest,
    }
}

/// Whether these words can be a name. After the formula it may be in lower case.
fn is_name(line: &str, may_be_lower: bool) -> bool {
    let words = words(line);
    let names: Vec<_> = words
        .iter()
        .filter(|word| !NAME_WORDS.contains(&word.folded.as_str()) && !is_initial(line, word))
        .collect();
    let [first, ..] = names[..] else { return false };
    let fits = words.len() <= MOST_NAME_WORDS
        && !line.contains('?')
        && words.iter().all(|word| !word.is_number())
        && !is_sentence(line, &words);
    let capitals = names.iter().all(|word| word.text.starts_with(char::is_uppercase));
    let lower = may_be_lower && names.len() <= 2;
    fits && !is_common(&first.folded) && (capitals || lower)
}

/// Whether a line can be part of an address block: short and no sentence.
fn is_contact(line: &str) -> bool {
    if !is_short(line) {
        return false;
    }
    let words = words(line);
    words.len() <= MOST_WORDS * 2
        && words.iter().filter(|word| !word.is_number()).count() <= MOST_WORDS
        && !line.contains(['?', '!'])
        && !is_sentence(line, &words)
}

fn is_short(line: &str) -> bool {
    line.len() <= 4 * LONGEST_LINE && line.chars().count() <= LONGEST_LINE
}

fn is_sentence(line: &str, words: &[Word<'_>]) -> bool {
    words
        .iter()
        .any(|word| SENTENCE_WORDS.contains(word.folded.as_str()) && !is_initial(line, word))
}

/// Whether a word is an initial, as in "I. Lambert".
fn is_initial(line: &str, word: &Word<'_>) -> bool {
    word.text.chars().count() == 1 && line[word.end()..].starts_with('.')
}

/// Drops what linked the formula to the words before it.
fn trim_link(line: &str) -> &str {
    let line = line.trim_end().trim_end_matches([',', '-', '–', '&']).trim_end();
    [" und", " and"].iter().find_map(|link| line.strip_suffix(link)).unwrap_or(line)
}
