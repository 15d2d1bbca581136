//! Which terms does a text hold for keyword search? Word stems without stop words, so that
//! "Rücksendung", "ruecksenden" and the "Rücksende" in "Rücksendeetikett" meet.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::words::{fold, words};
use crate::domain::Language;

/// Shortest and longest German word that is tried as a compound; the time grows with the square.
const COMPOUND_LETTERS: std::ops::RangeInclusive<usize> = 7..=50;
/// Shortest part of a compound; below it, chance finds words everywhere.
const SHORTEST_PART: usize = 4;
/// Letters that German puts between the parts of a compound, and endings of its last part.
const LINKS: [&str; 7] = ["", "s", "es", "n", "en", "e", "er"];

/// Words too common to tell articles apart. Question words stay: "wo" and "wann" do tell.
const GERMAN_STOP_WORDS: &str = "
    ich du er sie es wir ihr mich dich sich uns euch mir dir ihm ihn ihnen mein meine meinen
    meinem meiner dein deine deinen unser unsere unseren euer eure ihre ihren ihrem ihrer sein
    seine der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen
    und oder aber denn dass ob wenn als wie was da so auch nur noch schon mal doch ja nein bitte
    danke hallo guten tag ist sind bin bist war waren wird werden wurde würde hab habe hat haben
    hatte kann können könnte könnt muss müssen soll sollte will möchte möchten von vom zu zum
    zur in im an am auf aus bei beim mit nach für über um bis man mehr sehr hier dort dann gern
    gerne eigentlich";
const ENGLISH_STOP_WORDS: &str = "
    i you he she it we they me him her us them my your his its our their mine yours the a an
    this that these those and or but if as than then so just also please thanks hello hi is are
    am was were be been being have has had do does did doing can could would should will shall
    may might must to of in on at by for from with about into there here not no yes don doesn
    didn isn ll ve re";

static STOP_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    [GERMAN_STOP_WORDS, ENGLISH_STOP_WORDS]
        .iter()
        .flat_map(|words| words.split_whitespace())
        .map(fold)
        .collect()
});

/// Turns texts into search terms. An index and its queries must use the same one.
#[derive(Clone, Debug, Default)]
pub struct Analyser {
    /// Plain spellings and stems of the known words, each with its stem.
    known: HashMap<String, String>,
}

impl Analyser {
    /// An analyser that splits German compounds into these words, such as all words of the
    /// articles to be searched. With none ([`Analyser::default`]) nothing is split.
    pub fn new<'w>(known_words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut known = HashMap::new();
        for word in known_words.into_iter().flat_map(words) {
            if word.is_number() || STOP_WORDS.contains(&word.folded) {
                continue;
            }
            let stem = stem(&word.folded, Language::De);
            for spelling in [plain(&word.folded), stem.clone()] {
                if spelling.len() >= SHORTEST_PART {
                    known.insert(spelling, stem.clone());
                }
            }
        }
        Self { known }
    }

    /// The terms of a text in its order: lower case, umlauts folded, stemmed, without stop words;
    /// a German compound is followed by its parts where all of them are known.
    pub fn terms(&self, text: &str, language: Language) -> Vec<String> {
        let mut terms = Vec::new();
        for word in words(text) {
            let letter = word.folded.len() == 1 && !word.is_number();
            if letter || STOP_WORDS.contains(&word.folded) {
                continue;
            }
            let term = stem(&word.folded, language);
            let parts = match language {
                Language::De => self.parts(&plain(&word.folded)),
                Language::En => Vec::new(),
            };
            let parts: Vec<_> = parts.into_iter().filter(|part| *part != term).collect();
            terms.push(term);
            terms.extend(parts);
        }
        terms
    }

    /// The stems of a compound's parts, or none if it has not two or more known ones. Of several
    /// ways to split, the one with the fewest parts wins, then the one with the longest first.
    fn parts(&self, word: &str) -> Vec<String> {
        if !COMPOUND_LETTERS.contains(&word.len()) || !word.is_ascii() || self.known.is_empty() {
            return Vec::new();
        }
        // best[start]: the end of the first part and the number of parts of `word[start..]`.
        let mut best: Vec<Option<(usize, usize)>> = vec![None; word.len() + 1];
        best[word.len()] = Some((word.len(), 0));
        for start in (0..=word.len() - SHORTEST_PART).rev() {
            for end in (start + SHORTEST_PART..=word.len()).rev() {
                let whole = start == 0 && end == word.len();
                let Some((_, rest)) = best[end] else { continue };
                let better = best[start].is_none_or(|(_, count)| rest + 1 < count);
                if !whole && better && self.part(&word[start..end]).is_some() {
                    best[start] = Some((end, rest + 1));
                }
            }
        }
        let mut parts = Vec::new();
        let mut start = 0;
        while let Some((end, _)) = best[start].filter(|_| start < word.len()) {
            parts.extend(self.part(&word[start..end]).map(str::to_owned));
            start = end;
        }
        parts
    }

    /// The stem of a part, with or without the letters that link it to the next.
    fn part(&self, part: &str) -> Option<&str> {
        LINKS.iter().find_map(|link| {
            let word = part.strip_suffix(link)?;
            self.known.get(word).map(String::as_str)
        })
    }
}

/// The stem of a folded word.
fn stem(folded: &str, language: Language) -> String {
    thread_local! {
        static GERMAN: Stemmer = Stemmer::create(Algorithm::German);
        static ENGLISH: Stemmer = Stemmer::create(Algorithm::English);
    }
    match language {
        Language::De => GERMAN.with(|stemmer| stemmer.stem(&plain(folded)).into_owned()),
        Language::En => ENGLISH.with(|stemmer| stemmer.stem(folded).into_owned()),
    }
}

/// A German word without the e of a spelled-out umlaut, so that "Verträge", "Vertraege" and
/// "Vertrag" meet. After a vowel or q an `ue` is none ("neue", "Quelle"), as in Snowball's
/// variant "german2".
fn plain(folded: &str) -> String {
    let mut plain = String::with_capacity(folded.len());
    let mut before = ' ';
    let mut letters = folded.chars().peekable();
    while let Some(letter) = letters.next() {
        plain.push(letter);
        let umlaut = matches!(letter, 'a' | 'o' | 'u')
            && !matches!(before, 'a' | 'e' | 'i' | 'o' | 'u' | 'q')
            && letters.peek() == Some(&'e');
        if umlaut {
            letters.next();
        }
        before = letter;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn analyser() -> Analyser {
        Analyser::new([
            "Rücksendung Etikett Lieferung Adresse Vertrag kündigen Kündigung Kosten Versand",
            "Rechnung Nummer Konto Kunde Daten schützen Box Gebühr Tarif Wechsel Filiale",
        ])
    }

    #[test]
    fn spellings_and_forms_of_a_word_meet() {
        let analyser = Analyser::default();
        for forms in [
            &["Rücksendung", "ruecksendung", "RÜCKSENDUNGEN", "rücksenden", "rucksendung"][..],
            &["Vertrag", "Verträge", "Vertraege", "Vertrags", "Verträgen"],
            &["Straße", "strasse", "Straßen"],
            &["Kündigung", "kündigen", "kuendigen", "Kündigungen"],
            &["neu", "neue", "neuen"],
        ] {
            let terms: HashSet<_> =
                forms.iter().flat_map(|form| analyser.terms(form, Language::De)).collect();
            assert_eq!(terms.len(), 1, "{forms:?}: {terms:?}");
        }
        let english: HashSet<_> = ["return", "returns", "returned", "Returning"]
            .iter()
            .flat_map(|form| analyser.terms(form, Language::En))
            .collect();
        assert_eq!(english.len(), 1, "{english:?}");
    }

    #[test]
    fn compounds_split_into_known_words() {
        let analyser = analyser();
        for (compound, parts) in [
            ("Rücksendeetikett", &["Rücksendung", "Etikett"][..]),
            ("Ruecksendeetiketten", &["Rücksendung", "Etikett"]),
            ("Lieferadresse", &["Lieferung", "Adresse"]),
            ("Lieferungsadressen", &["Lieferung", "Adresse"]),
            ("Vertragskündigung", &["Vertrag", "Kündigung"]),
            ("Versandkosten", &["Versand", "Kosten"]),
            ("Kundennummer", &["Kunde", "Nummer"]),
            ("Kundenkontonummer", &["Kunde", "Konto", "Nummer"]),
            ("Kündigungsgebühren", &["Kündigung", "Gebühr"]),
            ("Tarifwechsel", &["Tarif", "Wechsel"]),
        ] {
            let terms = analyser.terms(compound, Language::De);
            let expected: Vec<_> =
                parts.iter().flat_map(|part| analyser.terms(part, Language::De)).collect();
            assert_eq!(terms[1..], expected, "{compound}");
        }
    }

    #[test]
    fn what_is_no_compound_stays_whole() {
        let analyser = analyser();
        for word in ["Kündigung", "Rechnung", "Adresse", "Waschmaschine", "Rechnungswal", "Kosten"]
        {
            assert_eq!(analyser.terms(word, Language::De).len(), 1, "{word}");
        }
        assert_eq!(analyser.terms("Lieferadresse", Language::En).len(), 1);
    }

    #[test]
    fn stop_words_and_single_letters_go() {
        let analyser = Analyser::default();
        assert_eq!(analyser.terms("Wo ist mein Paket, bitte?", Language::De), ["wo", "paket"]);
        assert_eq!(analyser.terms("It's the Box7", Language::En), ["box", "7"]);
        assert!(analyser.terms("", Language::De).is_empty());
    }
}
