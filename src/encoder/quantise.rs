use half::f16;

/// Weights that share one scale in the 4-bit format.
pub const Q4_GROUP: usize = 32;

/// A matrix at 4 bit: groups of 32 weights along a row, one f16 scale a group,
/// `w = (nibble - 8) * scale` (the grid of ggml's `Q4_0`). Byte `i` of a row holds column `2i` in
/// its low and column `2i + 1` in its high nibble.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantisedQ4 {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns, a multiple of 32.
    pub columns: usize,
    /// `rows * columns / 2` bytes.
    pub nibbles: Vec<u8>,
    /// `rows * columns / 32` scales.
    pub scales: Vec<f16>,
}

impl QuantisedQ4 {
    /// Quantises a row-major matrix. A matrix that already lies on such a grid is kept exactly (to
    /// the rounding of its f16 storage).
    ///
    /// # Panics
    /// If `columns` is no multiple of 32 or `values` is no whole number of rows.
    pub fn quantise(values: &[f32], columns: usize) -> Self {
        assert!(columns.is_multiple_of(Q4_GROUP) && values.len().is_multiple_of(columns));
        let mut nibbles = Vec::with_capacity(values.len() / 2);
        let mut scales = Vec::with_capacity(values.len() / Q4_GROUP);
        for group in values.chunks_exact(Q4_GROUP) {
            // The weight of greatest magnitude sits on -8, the end of the range that reaches furthest.
            let extreme = group
                .iter()
                .copied()
                .fold(0.0_f32, |best, value| if value.abs() > best.abs() { value } else { best });
            let scale = f16::from_f32(extreme / -8.0);
            let inverse = if scale == f16::ZERO { 0.0 } else { 1.0 / scale.to_f32() };
            let nibble = |value: f32| (value * inverse + 8.0).round().clamp(0.0, 15.0) as u8;
            nibbles
                .extend(group.chunks_exact(2).map(|pair| nibble(pair[0]) | (nibble(pair[1]) << 4)));
            scales.push(scale);
        }
        Self { rows: values.len() / columns, columns, nibbles, scales }
    }

    /// Appends the floats of one row to `target`.
    pub fn append_row(&self, row: usize, target: &mut Vec<f32>) {
        let bytes = &self.nibbles[row * self.columns / 2..(row + 1) * self.columns / 2];
        let groups = self.columns / Q4_GROUP;
        let scales = &self.scales[row * groups..(row + 1) * groups];
        for (group, scale) in bytes.chunks_exact(Q4_GROUP / 2).zip(scales) {
            let scale = scale.to_f32();
            for byte in group {
                target.push((f32::from(byte & 15) - 8.0) * scale);
                target.push((f32::from(byte >> 4) - 8.0) * scale);
            }
        }
    }

    /// All weights as floats, row-major.
    pub fn to_f32(&self) -> Vec<f32> {
        let mut values = Vec::with_capacity(self.rows * self.columns);
        for row in 0..self.rows {
            self.append_row(row, &mut values);
        }
        values
    }
}

/// A matrix at 8 bit with one scale a row: `w = q * scale`.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantisedQ8 {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// `rows * columns` values from -127 to 127.
    pub values: Vec<i8>,
    /// One scale a row.
    pub scales: Vec<f32>,
}

impl QuantisedQ8 {
    /// Quantises a row-major matrix symmetrically, a scale a row.
    pub fn quantise(values: &[f32], columns: usize) -> Self {
        Self::quantise_within(values, columns, 127)
    }

    /// As [`Self::quantise`], with no value beyond `greatest`.
    pub fn quantise_within(values: &[f32], columns: usize, greatest: i8) -> Self {
        let mut quantised = Vec::with_capacity(values.len());
        let mut scales = Vec::with_capacity(values.len() / columns);
        for row in values.chunks_exact(columns) {
            let extreme = row.iter().fold(0.0_f32, |best, value| best.max(value.abs()));
            let scale = extreme / f32::from(greatest);
            let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
            quantised.extend(row.iter().map(|value| (value * inverse).round() as i8));
            scales.push(scale);
        }
        Self { rows: scales.len(), columns, values: quantised, scales }
    }

    fn row(&self, row: usize) -> &[i8] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// Appends the floats of one row to `target`.
    pub fn append_row(&self, row: usize, target: &mut Vec<f32>) {
        target.extend(self.row(row).iter().map(|value| f32::from(*value) * self.scales[row]));
    }

    /// Sum of the quantised values of one row.
    pub(super) fn sum_of_row(&self, row: usize) -> f32 {
        self.row(row).iter().map(|value| i32::from(*value)).sum::<i32>() as f32
    }

    /// All weights as floats, row-major.
    pub fn to_f32(&self) -> Vec<f32> {
        let mut values = Vec::with_capacity(self.values.len());
        for row in 0..self.rows {
            self.append_row(row, &mut values);
        }
        values
    }
}
