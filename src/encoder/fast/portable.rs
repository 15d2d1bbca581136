//! Products of bytes on any processor, by `rten-gemm` (AVX2, AVX-512, NEON at run time).

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

use super::bytes::{Scale, quantise_row};
use crate::encoder::fused::wide;
use crate::encoder::{EncoderError, QuantisedQ8};

/// Weights of a linear layer, packed for the product.
pub(super) struct Matrix {
    weights: PackedBMatrix<i8>,
    inputs: usize,
    outputs: usize,
    scales: Vec<f32>,
    /// Sums of the weights by column.
    sums: Vec<f32>,
    bias: Vec<f32>,
}

/// Memory for a product, used again and again.
#[derive(Default)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    scales: Vec<Scale>,
    sums: Vec<i32>,
}

impl Matrix {
    /// Packs `[outputs][inputs]` weights.
    pub(super) fn pack(weights: &[f32], inputs: usize, bias: &[f32]) -> Self {
        let executor = GemmExecutor::<u8, i8, i32>::new();
        // Without VNNI, x86 adds pairs of products in 16 bits: 2 * 255 * 63 still fits.
        let greatest = if executor.may_saturate() { 63 } else { 127 };
        let weights = QuantisedQ8::quantise_within(weights, inputs, greatest);
        let outputs = weights.rows;
        let turned = NdTensorView::from_data([outputs, inputs], weights.values.as_slice());
        Self {
            weights: executor.prepack_b(turned.transposed()),
            inputs,
            outputs,
            sums: (0..outputs).map(|column| weights.sum_of_row(column)).collect(),
            scales: weights.scales,
            bias: bias.to_vec(),
        }
    }

    /// `output = input · weights + bias`, `[rows][inputs]` to `[rows][outputs]`.
    pub(super) fn multiply(
        &self,
        input: &[f32],
        memory: &mut Rows,
        output: &mut [f32],
    ) -> Result<(), EncoderError> {
        let rows = input.len() / self.inputs;
        memory.bytes.resize(input.len(), 0);
        memory.sums.resize(rows * self.outputs, 0);
        memory.scales.clear();
        wide(
            #[inline(always)]
            || {
                let rows = input.chunks_exact(self.inputs);
                for (numbers, bytes) in rows.zip(memory.bytes.chunks_exact_mut(self.inputs)) {
                    memory.scales.push(quantise_row(numbers, bytes));
                }
            },
        );
        let bytes = NdTensorView::from_data([rows, self.inputs], memory.bytes.as_slice());
        let (bytes, weights) = (GemmInputA::Unpacked(bytes), GemmInputB::Packed(&self.weights));
        // Made anew, for it stays on its thread; it only asks which instructions there are.
        GemmExecutor::<u8, i8, i32>::new()
            .gemm(&mut memory.sums, bytes, weights, GemmOptions::default())
            .map_err(|error| EncoderError::Product(error.to_string()))?;
        wide(
            #[inline(always)]
            || {
                let rows = output.chunks_exact_mut(self.outputs);
                let rows = rows.zip(memory.sums.chunks_exact(self.outputs)).zip(&memory.scales);
                for ((output, sums), scale) in rows {
                    self.read_row(sums, *scale, output);
                }
            },
        );
        Ok(())
    }

    /// Turns the sums of one row back into numbers.
    #[inline(always)]
    fn read_row(&self, sums: &[i32], scale: Scale, output: &mut [f32]) {
        let columns = self.scales.iter().zip(&self.sums).zip(&self.bias);
        for ((value, sum), ((step, column), bias)) in output.iter_mut().zip(sums).zip(columns) {
            *value = (*sum as f32 - scale.zero * column) * (scale.step * step) + bias;
        }
    }
}
