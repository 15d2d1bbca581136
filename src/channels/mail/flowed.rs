//! Paragraphs of `format=flowed` (RFC 3676): a line that ends with a blank goes on in the next one.

/// The text with its flowed lines joined. `delsp` is the parameter of the same name: the blank at
/// the end of a line was added and belongs to no word.
pub(super) fn unflow(text: &str, delsp: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    // Depth of quotation of the last line, if it goes on.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let words = &line[depth..];
        // A blank put before ">", "From " and blanks, so that they keep their meaning.
        let words = words.strip_prefix(' ').unwrap_or(words);
        let is_delimiter = words == "-- ";
        let flows = words.ends_with(' ') && !is_delimiter;
        let kept = if flows && delsp { &words[..words.len() - 1] } else { words };
        match lines.last_mut() {
            Some(last) if open == Some(depth) && !is_delimiter => last.push_str(kept),
            _ => lines.push(format!("{}{kept}", quotation(depth))),
        }
        open = flows.then_some(depth);
    }
    lines.join("\n")
}

fn quotation(depth: usize) -> String {
    if depth == 0 { String::new() } else { format!("{} ", ">".repeat(depth)) }
}

#[cfg(test)]
mod tests {
    use super::unflow;
    use proptest::prelude::*;

    #[test]
    fn flowed_lines_are_joined() {
        let text = "Wo bleibt \nmeine Bestellung?\n\n> Sie ist \n> unterwegs.\n -- \n-- \nJana";
        let joined = "Wo bleibt meine Bestellung?\n\n> Sie ist unterwegs.\n-- \n-- \nJana";
        assert_eq!(unflow(text, false), joined);
        assert_eq!(unflow("Donau \ndampf\n Ende", true), "Donaudampf\nEnde");
        assert_eq!(unflow("> eins \nzwei", false), "> eins \nzwei");
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "[a-c >\\-\n]{0,80}") {
            let letters = |text: &str| text.chars().filter(|sign| sign.is_alphabetic()).collect::<String>();
            prop_assert_eq!(letters(&unflow(&text, false)), letters(&text));
        }
    }
}
