use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// Share of training rows that are changed in an epoch.
const SHARE: f64 = 0.5;

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

const CLOSINGS: [&str; 10] = [
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
];

/// A row as another customer might have typed it: umlauts spelled out or dropped, slips of the
/// finger, all lower case, no punctuation, a greeting or a closing formula around it. The meaning,
/// and so every label, stays.
pub(super) fn augment(text: &str, random: &mut StdRng) -> String {
    if !random.random_bool(SHARE) {
        return text.to_owned();
    }
    let mut text = text.to_owned();
    if random.random_bool(0.25) {
        text = respell_umlauts(&text, random.random_bool(0.6));
    }
    if random.random_bool(0.3) {
        text = text.to_lowercase();
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

fn respell_umlauts(text: &str, spelled_out: bool) -> String {
    let mut changed = String::with_capacity(text.len());
    for character in text.chars() {
        let (long, short) = match character {
            'ä' => ("ae", "a"),
            'ö' => ("oe", "o"),
            'ü' => ("ue", "u"),
            'Ä' => ("Ae", "A"),
            'Ö' => ("Oe", "O"),
            'Ü' => ("Ue", "U"),
            'ß' => ("ss", "s"),
            other => {
                changed.push(other);
                continue;
            }
        };
        changed.push_str(if spelled_out { long } else { short });
    }
    changed
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
