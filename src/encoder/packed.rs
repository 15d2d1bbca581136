//! How do sequences of unequal length share one pass?

use std::ops::Range;

use super::EncoderError;

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
    pub fn new(sequences: &[impl AsRef<[u32]>]) -> Self {
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        order.sort_by_key(|index| sequences[*index].as_ref().len());
        let mut batch = Self {
            ids: Vec::new(),
            positions: Vec::new(),
            runs: Vec::new(),
            place: vec![0; sequences.len()],
        };
        for (place, index) in order.into_iter().enumerate() {
            let sequence = sequences[index].as_ref();
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

    /// Tokens of every sequence, in packed order.
    pub(super) fn sequences(&self) -> impl Iterator<Item = Range<usize>> {
        self.runs.iter().flat_map(|run| {
            (0..run.count).map(move |index| {
                let first = run.start + index * run.length;
                first..first + run.length
            })
        })
    }

    /// Leaves of `[tokens][width]` only the first token of every sequence; their number.
    pub(super) fn keep_first(&self, width: usize, rows: &mut Vec<f32>) -> usize {
        for (sequence, tokens) in self.sequences().enumerate() {
            rows.copy_within(tokens.start * width..(tokens.start + 1) * width, sequence * width);
        }
        rows.truncate(self.place.len() * width);
        self.place.len()
    }

    /// What is made of each item, one a packed sequence, in the order in which the sequences were
    /// given.
    pub(super) fn in_given_order<T, R>(
        &self,
        items: impl Iterator<Item = T>,
        make: impl Fn(T) -> R,
    ) -> Vec<R> {
        let mut results: Vec<Option<R>> = items.map(|item| Some(make(item))).collect();
        self.place.iter().filter_map(|place| results[*place as usize].take()).collect()
    }
}

/// Vectors of any number of sequences, those of similar length encoded together in passes of at most
/// `most` tokens; `progress` is told how many were done by each pass.
pub(super) fn in_passes(
    sequences: &[Vec<u32>],
    most: usize,
    mut progress: impl FnMut(usize),
    encode: impl Fn(&PackedBatch) -> Result<Vec<Vec<f32>>, EncoderError>,
) -> Result<Vec<Vec<f32>>, EncoderError> {
    let mut order: Vec<usize> = (0..sequences.len()).collect();
    order.sort_by_key(|index| sequences[*index].len());
    let mut vectors = vec![Vec::new(); sequences.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start;
        let mut tokens = 0;
        while end < order.len() && (end == start || tokens + sequences[order[end]].len() <= most) {
            tokens += sequences[order[end]].len();
            end += 1;
        }
        let batch: Vec<&[u32]> =
            order[start..end].iter().map(|index| sequences[*index].as_slice()).collect();
        let encoded = encode(&PackedBatch::new(&batch))?;
        for (index, vector) in order[start..end].iter().zip(encoded) {
            vectors[*index] = vector;
        }
        progress(end - start);
        start = end;
    }
    Ok(vectors)
}
