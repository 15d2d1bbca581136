//! What of a text stays the same when it is written again? Letters in one case, without accents and
//! punctuation, numbers and addresses left open, without salutation, closing formula and thanks.

use super::letters::without_ends;
use super::words::words;

/// Stands for any number, amount, date or address.
const ANY: &str = "0";

/// Words that may close a message without saying anything about it.
const THANKS: [&str; 14] = [
    "danke", "vielen", "besten", "dank", "im", "voraus", "bitte", "thanks", "thank", "you", "many",
    "in", "advance", "please",
];

/// The words of a text that make it what it is, with one blank between them. Two texts with the same
/// essence differ in nothing but case, accents, punctuation, numbers, addresses and courtesies.
/// Empty only for a blank text.
pub fn essence(text: &str) -> String {
    let mut kept = folded(without_ends(text));
    let told = kept.iter().rposition(|word| !THANKS.contains(&word.as_str()));
    match told {
        Some(last) => kept.truncate(last + 1),
        None if kept.is_empty() => return text.trim().to_lowercase(),
        None => {}
    }
    kept.join(" ")
}

fn folded(text: &str) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(text.len() / 5);
    let mut keep = |word: &str| {
        if word != ANY || kept.last().is_none_or(|last| last != ANY) {
            kept.push(word.to_owned());
        }
    };
    for token in text.split_whitespace() {
        if is_address(token) {
            keep(ANY);
            continue;
        }
        for word in words(token) {
            keep(if word.is_number() { ANY } else { &word.folded });
        }
    }
    kept
}

fn is_address(token: &str) -> bool {
    token.contains('@') || token.contains("://") || token.starts_with("www.")
}

#[cfg(test)]
mod tests {
    use super::essence;

    #[test]
    fn what_says_the_same_has_the_same_essence() {
        for (one, other) in [
            ("Wo ist mein Paket 20481?", "wo ist mein paket 99?!"),
            (
                "Hallo, die Rechnung über 49,99 € ist falsch. Danke!",
                "die Rechnung über 5 € ist falsch",
            ),
            ("Bitte an a@b.example schreiben. MfG Jana", "Bitte an c.d@e.example schreiben"),
            ("Grüße", "GRÜSSE"),
            ("Größe prüfen", "Groesse pruefen, vielen Dank im Voraus"),
        ] {
            assert_eq!(essence(one), essence(other));
        }
        assert_ne!(essence("Paket ist da"), essence("Paket ist nicht da"));
        assert_eq!(essence("Danke"), "danke");
        assert_eq!(essence(" 🙂 "), "🙂");
        assert_eq!(essence("  "), "");
    }
}
