//! How do sequences of unequal length share one pass?

/// Token sequences laid end to end without padding, ordered by length so that sequences of equal
/// length lie side by side and share their attention products.
#[derive(Debug)]
pub struct PackedBatch {
    pub(super) ids: Vec<u32>,
    pub(super) positions: Vec<u32>,
    pub(super) runs: Vec<Run>,
    /// `place[i]` is the position among the packed sequences of input sequence `i`.
    pub(super) place: Vec<u32>,
}

/// Sequences of equal length that lie side by side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// First token.
    pub(super) start: usize,
    pub(super) count: usize,
    /// Tokens of each.
    pub(super) length: usize,
}

impl PackedBatch {
    /// Packs sequences of token ids. Empty sequences are not allowed: every tokenizer adds its
    /// special tokens.
    pub fn new(sequences: &[Vec<u32>]) -> Self {
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        order.sort_by_key(|index| sequences[*index].len());
        let mut batch = Self {
            ids: Vec::new(),
            positions: Vec::new(),
            runs: Vec::new(),
            place: vec![0; sequences.len()],
        };
        for (place, index) in order.into_iter().enumerate() {
            let sequence = &sequences[index];
            batch.place[index] = place as u32;
            match batch.runs.last_mut() {
                Some(run) if run.length == sequence.len() => run.count += 1,
                _ => batch.runs.push(Run {
                    start: batch.ids.len(),
                    count: 1,
                    length: sequence.len(),
                }),
            }
            batch.ids.extend_from_slice(sequence);
            batch.positions.extend(0..sequence.len() as u32);
        }
        batch
    }

    /// Tokens of all sequences together.
    pub fn tokens(&self) -> usize {
        self.ids.len()
    }
}
