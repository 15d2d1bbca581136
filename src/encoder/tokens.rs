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
        input.extend(text.chars().take(MAX_CHARS));
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
