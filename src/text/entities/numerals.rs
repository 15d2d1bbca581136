//! Which number do these words say? "dreiundzwanzig", "twenty three", "zwei null vier acht eins".

use crate::text::words::Word;

/// Longest word that is read as a number; the longest below a million has 66 letters, and nobody
/// says it.
const LONGEST_WORD: usize = 50;

/// The value of a single number word of either language, German compounds included
/// ("neunundvierzig", "zweitausendvierundzwanzig").
pub(super) fn value(folded: &str) -> Option<u32> {
    if folded.len() > LONGEST_WORD || !folded.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    simple(folded).or_else(|| german_compound(folded))
}

fn simple(folded: &str) -> Option<u32> {
    Some(match folded {
        "null" | "zero" => 0,
        "eins" | "ein" | "eine" | "einen" | "einem" | "einer" | "one" => 1,
        "zwei" | "zwo" | "two" => 2,
        "drei" | "three" => 3,
        "vier" | "four" => 4,
        "fuenf" | "funf" | "five" => 5,
        "sechs" | "six" => 6,
        "sieben" | "siebn" | "seven" => 7,
        "acht" | "eight" => 8,
        "neun" | "nine" => 9,
        "zehn" | "ten" => 10,
        "elf" | "eleven" => 11,
        "zwoelf" | "zwolf" | "twelve" => 12,
        "dreizehn" | "thirteen" => 13,
        "vierzehn" | "fourteen" => 14,
        "fuenfzehn" | "funfzehn" | "fifteen" => 15,
        "sechzehn" | "sixteen" => 16,
        "siebzehn" | "seventeen" => 17,
        "achtzehn" | "eighteen" => 18,
        "neunzehn" | "nineteen" => 19,
        "zwanzig" | "twenty" => 20,
        "dreissig" | "thirty" => 30,
        "vierzig" | "forty" | "fourty" => 40,
        "fuenfzig" | "funfzig" | "fifty" => 50,
        "sechzig" | "sixty" => 60,
        "siebzig" | "seventy" => 70,
        "achtzig" | "eighty" => 80,
        "neunzig" | "ninety" => 90,
        "hundert" | "hundred" => 100,
        "tausend" | "thousand" => 1000,
        _ => return None,
    })
}

fn german_compound(folded: &str) -> Option<u32> {
    if let Some((thousands, rest)) = folded.split_once("tausend") {
        let thousands = if thousands.is_empty() { 1 } else { value(thousands)? };
        return (thousands < 1000).then_some(thousands * 1000 + remainder(rest)?);
    }
    if let Some((hundreds, rest)) = folded.split_once("hundert") {
        let hundreds = if hundreds.is_empty() { 1 } else { simple(hundreds)? };
        return (hundreds < 100).then_some(hundreds * 100 + remainder(rest)?);
    }
    let (ones, tens) = folded.split_once("und")?;
    let (ones, tens) = (simple(ones)?, simple(tens)?);
    ((1..10).contains(&ones) && (20..100).contains(&tens)).then_some(tens + ones)
}

/// What follows "hundert" or "tausend" within a word, a linking "und" included.
fn remainder(rest: &str) -> Option<u32> {
    let rest = rest.strip_prefix("und").unwrap_or(rest);
    if rest.is_empty() { Some(0) } else { value(rest) }
}

/// Reads one number, spelled over one or more words or written in digits, from the start of
/// `words`; gives its value and how many words it takes.
pub(super) fn read(words: &[Word<'_>]) -> Option<(u32, usize)> {
    let first = words.first()?;
    if first.is_number() {
        return first.text.parse().ok().map(|number| (number, 1));
    }
    let (mut total, mut current, mut taken) = (0_u32, value(&first.folded)?, 1);
    if current >= 1000 {
        (total, current) = (current, 0);
    }
    while let Some(word) = words.get(taken) {
        let linked = matches!(word.folded.as_str(), "and" | "und");
        if linked && (total + current) < 100 {
            break;
        }
        let Some(next) = words.get(taken + usize::from(linked)).and_then(|w| value(&w.folded))
        else {
            break;
        };
        match next {
            100 if (1..10).contains(&current) => current *= 100,
            1000 if total == 0 && (1..1000).contains(&current) => {
                (total, current) = (current * 1000, 0);
            }
            1..10
                if current.is_multiple_of(10)
                    && !fits_alone(current)
                    && !is_german_ten(&words[taken - 1].folded) =>
            {
                current += next;
            }
            10..100 if current.is_multiple_of(100) && current + total > 0 => current += next,
            101..1000 if total > 0 && current == 0 => current = next,
            _ => break,
        }
        taken += 1 + usize::from(linked);
    }
    Some((total + current, taken))
}

/// Whether the word is a German "zwanzig" to "neunzig": ones stand before it, so that "zwanzig vier"
/// are two numbers.
fn is_german_ten(folded: &str) -> bool {
    folded.ends_with("zig") || folded == "dreissig"
}

/// Whether nothing can be added to a number: after "null" and "zehn" a new number begins.
fn fits_alone(current: u32) -> bool {
    current % 100 == 10 || current == 0
}

/// The day that an ordinal of either language names: "dritten" and "third" are 3.
pub(super) fn ordinal(folded: &str) -> Option<u32> {
    match folded {
        "first" => return Some(1),
        "second" => return Some(2),
        "third" => return Some(3),
        "fifth" => return Some(5),
        "eighth" => return Some(8),
        "ninth" => return Some(9),
        "twelfth" => return Some(12),
        "twentieth" => return Some(20),
        "thirtieth" => return Some(30),
        _ => {}
    }
    if let Some(stem) = folded.strip_suffix("th") {
        return simple(stem).filter(|number| *number > 3);
    }
    let stem = ["ten", "ter", "tes", "te"].iter().find_map(|end| folded.strip_suffix(end))?;
    match stem {
        "ers" => Some(1),
        "drit" => Some(3),
        "sieb" | "sieben" => Some(7),
        "ach" => Some(8),
        _ => value(stem.strip_suffix('s').unwrap_or(stem)).filter(|number| *number > 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::words;

    #[test]
    fn number_words_of_both_languages() {
        for (text, expected, taken) in [
            ("zwanzig Euro", 20, 1),
            ("dreiundzwanzig", 23, 1),
            ("neunundneunzig", 99, 1),
            ("hundertneunundvierzig", 149, 1),
            ("zwölfhundertneunzig", 1290, 1),
            ("zweitausendvierundzwanzig", 2024, 1),
            ("ein hundert zwanzig", 120, 3),
            ("twenty four", 24, 2),
            ("a", 0, 0),
            ("one hundred and forty nine euros", 149, 5),
            ("two thousand twenty four", 2024, 4),
            ("thousand", 1000, 1),
            ("vier acht", 4, 1),
            ("zwanzig vier einundachtzig", 20, 1),
            ("zero four", 0, 1),
            ("ten five", 10, 1),
            ("twenty and", 20, 1),
            ("14 Tagen", 14, 1),
        ] {
            let expected = (taken > 0).then_some((expected, taken));
            assert_eq!(read(&words(text)), expected, "{text}");
        }
    }

    #[test]
    fn ordinals_of_both_languages() {
        for (word, expected) in [
            ("ersten", Some(1)),
            ("zweiter", Some(2)),
            ("dritten", Some(3)),
            ("siebte", Some(7)),
            ("achten", Some(8)),
            ("zwoelften", Some(12)),
            ("zwanzigsten", Some(20)),
            ("einunddreissigste", Some(31)),
            ("first", Some(1)),
            ("fourth", Some(4)),
            ("twelfth", Some(12)),
            ("warten", None),
            ("teen", None),
        ] {
            assert_eq!(ordinal(word), expected, "{word}");
        }
    }
}
