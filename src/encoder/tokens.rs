use std::path::Path;

use tokenizers::Tokenizer;

use super::EncoderError;

/// Longest sequence that is encoded; what follows in a longer text is not read.
pub const MAX_TOKENS: usize = 512;

/// Characters that are given to the tokenizer. 512 tokens never need more, and a text of a
/// megabyte must not cost a second of tokenising.
const MAX_CHARS: usize = 6_000;

/// Turns text into token ids.
#[derive(Clone)]
pub struct TextTokenizer {
    tokenizer: Tokenizer,
    /// Longest sequence that is given out.
    limit: usize,
}

impl TextTokenizer {
    /// Reads a `tokenizer.json`. Its own truncation and padding settings are cleared: batches are
    /// packed, and the length is limited here.
    pub fn read(path: &Path) -> Result<Self, EncoderError> {
        let bytes = std::fs::read(path)
            .map_err(|source| EncoderError::Read { path: path.to_owned(), source })?;
        let damaged = |error: tokenizers::Error| EncoderError::Damaged {
            path: path.to_owned(),
            problem: error.to_string(),
        };
        let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(damaged)?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(damaged)?;
        Ok(Self { tokenizer, limit: MAX_TOKENS })
    }

    /// The same tokenizer for an encoder that knows no more than `positions` token positions.
    #[must_use]
    pub fn limited(mut self, positions: usize) -> Self {
        self.limit = positions.clamp(1, MAX_TOKENS);
        self
    }

    /// Token ids of `prefix` + `text`, at most [`MAX_TOKENS`] (or fewer, see
    /// [`Self::limited`]), the closing special token included.
    pub fn encode(&self, prefix: &str, text: &str) -> Result<Vec<u32>, EncoderError> {
        let mut input = String::with_capacity(prefix.len() + text.len().min(MAX_CHARS * 4));
        input.push_str(prefix);
        let characters = text.chars().take(MAX_CHARS);
        if is_shouted(text) {
            input.extend(characters.flat_map(char::to_lowercase));
        } else {
            input.extend(characters);
        }
        let encoding = self
            .tokenizer
            .encode_fast(input, true)
            .map_err(|error| EncoderError::Tokenise(error.to_string()))?;
        let mut ids = encoding.get_ids().to_vec();
        if ids.len() > self.limit {
            let last = ids[ids.len() - 1];
            ids.truncate(self.limit);
            ids[self.limit - 1] = last;
        }
        Ok(ids)
    }
}

/// Letters from which on capitals are a way of writing rather than an abbreviation.
const SHOUTED_LETTERS: usize = 8;

/// Whether a text is written in capitals. It says the same in small letters, of which the encoder has
/// seen far more; the tokenizer knows few words in capitals and would cut the others into bits.
fn is_shouted(text: &str) -> bool {
    let (mut capital, mut small) = (0_usize, 0_usize);
    for character in text.chars().take(MAX_CHARS) {
        capital += usize::from(character.is_uppercase());
        small += usize::from(character.is_lowercase());
    }
    capital >= SHOUTED_LETTERS && capital >= 4 * small
}

#[cfg(test)]
mod tests {
    use super::is_shouted;

    #[test]
    fn only_texts_in_capitals_are_shouted() {
        for text in ["WO IST MEIN PAKET???", "MEINE RECHNUNG RE-2024-1 ist FALSCH, UNVERSCHÄMT"] {
            assert!(is_shouted(text), "{text}");
        }
        for text in ["Wo ist mein Paket?", "DHL?", "IBAN DE", "USB-C am NL-X200 geht nicht", ""] {
            assert!(!is_shouted(text), "{text}");
        }
    }
}
