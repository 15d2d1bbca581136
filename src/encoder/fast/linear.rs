use super::portable;
#[cfg(target_arch = "x86_64")]
use super::vnni;
use crate::encoder::{EncoderError, QuantisedQ8, Weights};

/// A linear layer with weights of 8 bit.
pub(super) struct Linear {
    product: Product,
    outputs: usize,
}

enum Product {
    #[cfg(target_arch = "x86_64")]
    Vnni(vnni::Matrix),
    Portable(portable::Matrix),
}

/// Memory for products, used again and again.
#[derive(Default)]
pub(super) struct Memory {
    #[cfg(target_arch = "x86_64")]
    tiles: vnni::Tiles,
    rows: portable::Rows,
}

impl Linear {
    /// One layer out of those called `names`, their outputs side by side; each `[outputs][inputs]`.
    /// With `portable`, the products are those of any processor.
    pub(super) fn load(
        weights: &Weights,
        names: &[String],
        shape: [usize; 2],
        portable: bool,
    ) -> Result<Self, EncoderError> {
        let [outputs, inputs] = shape;
        let (mut values, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            values.extend(weights.get(&format!("{name}.weight"), &[outputs, inputs])?.to_f32());
            bias.extend(weights.get(&format!("{name}.bias"), &[outputs])?.to_f32());
        }
        let product = if portable { None } else { packed(&values, inputs, &bias) };
        let product = product
            .unwrap_or_else(|| Product::Portable(portable::Matrix::pack(&values, inputs, &bias)));
        Ok(Self { product, outputs: bias.len() })
    }

    /// `output = input · weights + bias`, `[rows][inputs]` to `[rows][outputs]`.
    pub(super) fn apply(
        &self,
        input: &[f32],
        rows: usize,
        memory: &mut Memory,
        output: &mut Vec<f32>,
    ) -> Result<(), EncoderError> {
        output.resize(rows * self.outputs, 0.0);
        match &self.product {
            #[cfg(target_arch = "x86_64")]
            Product::Vnni(matrix) => matrix.multiply(input, &mut memory.tiles, output),
            Product::Portable(matrix) => matrix.multiply(input, &mut memory.rows, output)?,
        }
        Ok(())
    }
}

/// The fastest product that this processor has, if it is another than the portable one.
#[cfg(target_arch = "x86_64")]
fn packed(values: &[f32], inputs: usize, bias: &[f32]) -> Option<Product> {
    vnni::Matrix::pack(&QuantisedQ8::quantise(values, inputs), bias).map(Product::Vnni)
}

#[cfg(not(target_arch = "x86_64"))]
fn packed(_: &[f32], _: usize, _: &[f32]) -> Option<Product> {
    None
}
