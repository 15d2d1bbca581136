use rayon::prelude::*;

use super::{Classifier, ClassifierError, Reading};
use crate::text::PreparedText;

/// Messages that one thread reads together: with those of similar length beside each other, some
/// passes of the encoder.
const CHUNK: usize = 32;

impl Classifier {
    /// Reads many messages on all threads of the current rayon pool, those of similar length
    /// together; the readings come in the order of the messages.
    pub fn read_many(&self, texts: &[&PreparedText]) -> Result<Vec<Reading>, ClassifierError> {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|index| texts[*index].cleaned.len());
        let chunks = order
            .par_chunks(CHUNK)
            // The longest first: at the end no thread waits for one that has just begun with them.
            .rev()
            .map(|chunk| {
                let chunk_texts: Vec<&PreparedText> =
                    chunk.iter().map(|index| texts[*index]).collect();
                Ok(chunk.iter().copied().zip(self.read(&chunk_texts)?).collect())
            })
            .collect::<Result<Vec<Vec<(usize, Reading)>>, ClassifierError>>()?;
        let mut readings: Vec<Option<Reading>> = texts.iter().map(|_| None).collect();
        for (index, reading) in chunks.into_iter().flatten() {
            readings[index] = Some(reading);
        }
        Ok(readings.into_iter().flatten().collect())
    }
}
