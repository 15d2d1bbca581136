//! How do people write umlauts that their keyboard lacks?

/// Every umlaut (and ß) in two letters, or in one without its dots, as writers without a German
/// keyboard do.
pub fn respell_umlauts(text: &str, spelled_out: bool) -> String {
    let mut changed = String::with_capacity(text.len());
    for letter in text.chars() {
        let (long, short) = match letter {
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
