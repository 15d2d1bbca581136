//! How fast can products of bytes be where the processor has AVX-512 VNNI?
//!
//! The kernel keeps the sums of 12 rows by 32 columns in registers. Weights lie in panels of 32
//! columns, rows in tiles of up to 12, both in the order in which the kernel reads them. What turns
//! the sums back into numbers (scales, zero points, bias) happens before they leave the registers.
//! On one core of a Zen 5 it reaches 740 to 910 GOP/s with all of that, where the products alone
//! take `rten-gemm` 630 to 820 (12-layer encoder, 20 to 128 rows).
//!
//! This is the one file with unsafe code: a function that is compiled for instructions which not
//! every processor has can only be called so. [`Matrix::pack`] asks the processor first.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m512, __m512i, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_mul_ps,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512,
};

use super::bytes::{Scale, quantise_row};
use crate::encoder::QuantisedQ8;
use crate::encoder::fused::wide;

/// Columns of a panel: two vectors of sums.
const WIDTH: usize = 32;

/// Most rows of a tile. With two vectors each they make 24 sums, which leaves registers for the
/// factors.
const HEIGHT: usize = 12;

/// Numbers in a vector.
const LANES: usize = 16;

/// Four inputs of every column of a panel: byte `4 * column + input`.
type Block = [__m512i; 2];

/// Weights of a linear layer, packed for the kernel.
pub(super) struct Matrix {
    inputs: usize,
    outputs: usize,
    /// `[panels][inputs / 4]`.
    blocks: Vec<Block>,
    /// `[panels]`.
    columns: Vec<Columns>,
}

/// What turns the sums of a panel's columns into numbers.
struct Columns {
    scales: [[f32; LANES]; 2],
    /// Sums of the weights, times their scale: what a zero point of one adds.
    sums: [[f32; LANES]; 2],
    bias: [[f32; LANES]; 2],
}

/// Rows of numbers as bytes.
#[derive(Default)]
pub(super) struct Tiles {
    /// Tile after tile, each `[inputs / 4][rows of the tile]`.
    fours: Vec<[u8; 4]>,
    scales: Vec<Scale>,
    row: Vec<u8>,
}

/// Up to 12 rows, see [`Tiles`].
#[derive(Clone, Copy)]
struct Tile<'a> {
    fours: &'a [[u8; 4]],
    scales: &'a [Scale],
}

/// 32 columns, see [`Matrix`].
#[derive(Clone, Copy)]
struct Panel<'a> {
    blocks: &'a [Block],
    columns: &'a Columns,
}

impl Matrix {
    /// Packs `[outputs][inputs]` weights; none where the processor lacks the instructions or the
    /// shape is no multiple of what the kernel takes at a time.
    pub(super) fn pack(weights: &QuantisedQ8, bias: &[f32]) -> Option<Self> {
        let (inputs, outputs) = (weights.columns, weights.rows);
        let available = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vnni");
        if !available || !inputs.is_multiple_of(4) || !outputs.is_multiple_of(WIDTH) {
            return None;
        }
        let panels = || (0..outputs).step_by(WIDTH);
        let blocks = panels()
            .flat_map(|first| {
                (0..inputs).step_by(4).map(move |input| {
                    [first, first + LANES].map(|first| {
                        let mut bytes = [[0_i8; 4]; LANES];
                        for (column, four) in bytes.iter_mut().enumerate() {
                            let place = (first + column) * inputs + input;
                            four.copy_from_slice(&weights.values[place..place + 4]);
                        }
                        bytemuck::cast(bytes)
                    })
                })
            })
            .collect();
        let columns = panels()
            .map(|first| {
                let gather = |value: &dyn Fn(usize) -> f32| {
                    [first, first + LANES]
                        .map(|first| std::array::from_fn(|lane| value(first + lane)))
                };
                Columns {
                    scales: gather(&|column| weights.scales[column]),
                    sums: gather(&|column| weights.sum_of_row(column) * weights.scales[column]),
                    bias: gather(&|column| bias[column]),
                }
            })
            .collect();
        Some(Self { inputs, outputs, blocks, columns })
    }

    /// `output = input · weights + bias`, `[rows][inputs]` to `[rows][outputs]`.
    pub(super) fn multiply(&self, input: &[f32], tiles: &mut Tiles, output: &mut [f32]) {
        tiles.fill(input, self.inputs);
        let groups = self.inputs / 4;
        let panels = self.blocks.chunks_exact(groups).zip(&self.columns);
        for (panel, (blocks, columns)) in panels.enumerate() {
            for (first, rows) in tiles_of(tiles.scales.len()) {
                let tile = Tile {
                    fours: &tiles.fours[first * groups..(first + rows) * groups],
                    scales: &tiles.scales[first..first + rows],
                };
                let output = &mut output[first * self.outputs + panel * WIDTH..];
                multiply_tile(tile, Panel { blocks, columns }, output, self.outputs);
            }
        }
    }
}

/// First row and number of rows of every tile, as even as can be.
fn tiles_of(rows: usize) -> impl Iterator<Item = (usize, usize)> {
    let tiles = rows.div_ceil(HEIGHT);
    (0..tiles).map(move |tile| {
        let first = rows * tile / tiles;
        (first, rows * (tile + 1) / tiles - first)
    })
}

impl Tiles {
    fn fill(&mut self, input: &[f32], inputs: usize) {
        let (rows, groups) = (input.len() / inputs, inputs / 4);
        self.fours.resize(rows * groups, [0; 4]);
        self.scales.resize(rows, Scale::default());
        self.row.resize(inputs, 0);
        wide(
            #[inline(always)]
            || {
                for (first, count) in tiles_of(rows) {
                    let tile = &mut self.fours[first * groups..(first + count) * groups];
                    for row in 0..count {
                        let input = &input[(first + row) * inputs..(first + row + 1) * inputs];
                        self.scales[first + row] = quantise_row(input, &mut self.row);
                        let (fours, _) = self.row.as_chunks::<4>();
                        for (place, four) in tile[row..].iter_mut().step_by(count).zip(fours) {
                            *place = *four;
                        }
                    }
                }
            },
        );
    }
}

/// One tile times one panel, into `output[row * stride..][..WIDTH]`.
fn multiply_tile(tile: Tile, panel: Panel, output: &mut [f32], stride: usize) {
    macro_rules! for_rows {
        ($($rows:literal)*) => {
            match tile.scales.len() {
                // SAFETY: a matrix exists only where `Matrix::pack` found the instructions.
                $($rows => unsafe {
                    multiply_rows::<$rows>(tile, panel, output, stride);
                },)*
                rows => unreachable!("tiles have 1 to {HEIGHT} rows, this one {rows}"),
            }
        };
    }
    for_rows!(1 2 3 4 5 6 7 8 9 10 11 12);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn multiply_rows<const ROWS: usize>(tile: Tile, panel: Panel, output: &mut [f32], stride: usize) {
    let Panel { blocks, columns } = panel;
    let (groups, _) = tile.fours.as_chunks::<ROWS>();
    let mut sums = [[_mm512_setzero_si512(); 2]; ROWS];
    for (fours, block) in groups.iter().zip(blocks) {
        for (sums, four) in sums.iter_mut().zip(fours) {
            let four = _mm512_set1_epi32(i32::from_le_bytes(*four));
            sums[0] = _mm512_dpbusd_epi32(sums[0], four, block[0]);
            sums[1] = _mm512_dpbusd_epi32(sums[1], four, block[1]);
        }
    }
    for half in 0..2 {
        let vector = |values: &[[f32; LANES]; 2]| bytemuck::cast::<_, __m512>(values[half]);
        let (column_scales, column_sums) = (vector(&columns.scales), vector(&columns.sums));
        let bias = vector(&columns.bias);
        for (row, (sums, scale)) in sums.iter().zip(tile.scales).enumerate() {
            let shift = _mm512_set1_ps(-scale.step * scale.zero);
            let start = _mm512_fmadd_ps(shift, column_sums, bias);
            let factor = _mm512_mul_ps(_mm512_set1_ps(scale.step), column_scales);
            let values = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[half]), factor, start);
            let place = row * stride + half * LANES;
            output[place..place + LANES]
                .copy_from_slice(&bytemuck::cast::<_, [f32; LANES]>(values));
        }
    }
}
