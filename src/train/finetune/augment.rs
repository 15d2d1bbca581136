//! How else might a customer have put it? Changes of spelling and wrapping that leave the meaning, and
//! so every label, as it is.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::spoken::spoken;
use crate::domain::Language;
use crate::text::umlauts::respell_umlauts;

/// Keys beside each other on a German keyboard, row by row.
const KEY_ROWS: [&str; 3] = ["qwertzuiopü", "asdfghjklöä", "yxcvbnm"];

const OPENINGS: [&str; 14] = [
    "Hallo, ",
    "Guten Tag, ",
    "Hi, ",
    "Servus, ",
    "Moin, ",
    "Grüß Gott, ",
    "Hello, ",
    "Hey, ",
    "Hi there, ",
    "Sehr geehrte Damen und Herren,\n",
    "Dear team,\n",
    "ähm ",
    "also ",
    "uh ",
];

const CLOSINGS: [&str; 14] = [
    " Danke!",
    " lg",
    " MfG",
    " Vielen Dank im Voraus",
    " Grüße",
    " Thanks",
    " Thank you!",
    " thx",
    " bitte",
    " please",
    "\n\nMit freundlichen Grüßen\nK. Sommer",
    "\n\nBeste Grüße, Jana M.\nvon meinem Handy gesendet",
    "\n\nKind regards\nD. Brown",
    "\n\nBest, Alex\nSent from my phone",
];

/// Share of the changed rows that become a speech transcript.
const SPOKEN: f64 = 0.12;

/// A row as another customer might have put it, with chance `share`: umlauts spelled out or dropped,
/// slips of the finger, all lower case, no punctuation, a greeting or a closing formula around it,
/// or as a speech recogniser writes what a caller says.
pub(super) fn augment(
    text: &str,
    language: Option<Language>,
    share: f64,
    random: &mut StdRng,
) -> String {
    if !random.random_bool(share) {
        return text.to_owned();
    }
    if let Some(language) = language
        && random.random_bool(SPOKEN)
    {
        return spoken(text, language, random);
    }
    let mut text = text.to_owned();
    if random.random_bool(0.25) {
        text = respell_umlauts(&text, random.random_bool(0.6));
    }
    match random.random_range(0..20) {
        0..6 => text = text.to_lowercase(),
        6 => text = text.to_uppercase(),
        _ => {}
    }
    if random.random_bool(0.25) {
        text.retain(|character| !matches!(character, '.' | ',' | '!' | '?' | ';' | ':'));
    }
    if random.random_bool(0.35) {
        text = mistype(&text, random);
    }
    // A bare greeting or a whole e-mail gets no second one: that would change what it is.
    let words = text.split_whitespace().count();
    if (4..40).contains(&words) {
        if random.random_bool(0.12) {
            text.insert_str(0, OPENINGS.choose(random).copied().unwrap_or_default());
        }
        if random.random_bool(0.12) {
            text.push_str(CLOSINGS.choose(random).copied().unwrap_or_default());
        }
    }
    text
}

/// One slip for about every 40 letters, at least one: swapped, dropped, doubled or hit beside.
fn mistype(text: &str, random: &mut StdRng) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=characters.len() / 40 {
        let letters: Vec<usize> = (1..characters.len().saturating_sub(1))
            .filter(|index| {
                characters[*index].is_alphabetic() && characters[index + 1].is_alphabetic()
            })
            .collect();
        let Some(place) = letters.choose(random).copied() else { break };
        match random.random_range(0..4) {
            0 => characters.swap(place, place + 1),
            1 => {
                characters.remove(place);
            }
            2 => characters.insert(place, characters[place]),
            _ => characters[place] = neighbour(characters[place], random),
        }
    }
    characters.into_iter().collect()
}

fn neighbour(letter: char, random: &mut StdRng) -> char {
    for row in KEY_ROWS {
        let keys: Vec<char> = row.chars().collect();
        if let Some(place) = keys.iter().position(|key| *key == letter) {
            let beside = if random.random_bool(0.5) { place.wrapping_sub(1) } else { place + 1 };
            return keys.get(beside).copied().unwrap_or(letter);
        }
    }
    letter
}
