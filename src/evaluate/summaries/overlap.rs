//! How much of a text says the same as another? Words, key facts and ROUGE, over plain tokens.

use std::collections::HashMap;

/// Words of a text in lower case, without any other sign: "9,90 €" is `9` and `90`.
pub fn tokens(text: &str) -> Vec<String> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Number of words: pieces between white space that hold a letter or a digit.
pub fn word_count(text: &str) -> usize {
    text.split_whitespace().filter(|piece| is_word(piece)).count()
}

/// The beginning of a text with at most this many words.
pub fn first_words(text: &str, words: usize) -> String {
    let mut left = words;
    let mut kept = Vec::new();
    for piece in text.split_whitespace() {
        if is_word(piece) {
            if left == 0 {
                break;
            }
            left -= 1;
        }
        kept.push(piece);
    }
    kept.join(" ")
}

fn is_word(piece: &str) -> bool {
    piece.contains(char::is_alphanumeric)
}

/// Whether a text holds a form: its words in a row, in any case and punctuation. A `*` at the end
/// of a word of the form stands for any ending.
pub fn holds(text: &[String], form: &str) -> bool {
    let form: Vec<(String, bool)> = form
        .split(|character: char| !character.is_alphanumeric() && character != '*')
        .filter(|word| !word.trim_matches('*').is_empty())
        .map(|word| (word.trim_matches('*').to_lowercase(), word.ends_with('*')))
        .collect();
    let matches = |(word, (wanted, open)): (&String, &(String, bool))| {
        if *open { word.starts_with(wanted) } else { word == wanted }
    };
    !form.is_empty() && text.windows(form.len()).any(|run| run.iter().zip(&form).all(matches))
}

/// ROUGE-1 F (Lin 2004): harmonic mean of precision and recall of single words, each counted as
/// often as both texts have it. 0 where they have nothing in common.
pub fn rouge_1(candidate: &[String], reference: &[String]) -> f64 {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in reference {
        *left.entry(word).or_default() += 1;
    }
    let mut common = 0;
    for word in candidate {
        if let Some(count) = left.get_mut(word.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            common += 1;
        }
    }
    f_measure(common, candidate.len(), reference.len())
}

/// ROUGE-L F (Lin 2004) of whole texts: as [`rouge_1`], of the words of the longest common
/// subsequence.
pub fn rouge_l(candidate: &[String], reference: &[String]) -> f64 {
    // `longest[j]`: of the candidate so far and the first `j` words of the reference.
    let mut longest = vec![0; reference.len() + 1];
    for word in candidate {
        let mut diagonal = 0;
        for (index, other) in reference.iter().enumerate() {
            let above = longest[index + 1];
            longest[index + 1] =
                if word == other { diagonal + 1 } else { above.max(longest[index]) };
            diagonal = above;
        }
    }
    f_measure(longest[reference.len()], candidate.len(), reference.len())
}

/// The harmonic mean of `common / candidate` and `common / reference`.
fn f_measure(common: usize, candidate: usize, reference: usize) -> f64 {
    if common == 0 { 0.0 } else { 2.0 * common as f64 / (candidate + reference) as f64 }
}
