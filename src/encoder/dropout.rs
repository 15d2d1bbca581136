//! Which values does a training step leave out? Masks that follow from a seed and are computed
//! again where they are needed, so that none is ever stored.

use std::cell::Cell;

use candle_core::{Result, Tensor};

/// Source of dropout masks: the n-th mask of a seed is always the same.
#[derive(Debug)]
pub struct Dropout {
    share: f32,
    next: Cell<u32>,
}

/// One mask over a tensor's values in memory order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mask {
    seed: u32,
    /// A value is dropped if its random number is below this.
    below: u32,
    /// What kept values are multiplied with, so that the mean stays.
    kept: f32,
}

impl Dropout {
    /// Drops each value with probability `share`.
    pub fn new(share: f32, seed: u64) -> Self {
        Self { share, next: Cell::new(mix((seed ^ (seed >> 32)) as u32)) }
    }

    /// Zeroes values at random and scales the others up, so that the mean stays.
    pub fn apply(&self, tensor: &Tensor) -> Result<Tensor> {
        if self.share <= 0.0 {
            return Ok(tensor.clone());
        }
        let factors = self.mask().factors(tensor.elem_count());
        tensor * Tensor::from_vec(factors, tensor.dims(), tensor.device())?
    }

    pub(super) fn mask(&self) -> Mask {
        let seed = self.next.get();
        self.next.set(seed.wrapping_add(0x9e37_79b9));
        Mask {
            seed: mix(seed),
            below: (f64::from(self.share) * f64::from(u32::MAX)) as u32,
            kept: 1.0 / (1.0 - self.share),
        }
    }
}

impl Mask {
    /// Keeps everything.
    pub(super) const NONE: Self = Self { seed: 0, below: 0, kept: 1.0 };

    /// What value `index` is multiplied with.
    #[inline(always)]
    pub(super) fn factor(self, index: u32) -> f32 {
        let random = mix(index.wrapping_mul(0x85eb_ca6b) ^ self.seed);
        if random < self.below { 0.0 } else { self.kept }
    }

    pub(super) fn factors(self, count: usize) -> Vec<f32> {
        super::fused::wide(
            #[inline(always)]
            || {
                let mut factors = vec![0.0; count];
                for (index, factor) in factors.iter_mut().enumerate() {
                    *factor = self.factor(index as u32);
                }
                factors
            },
        )
    }
}

/// Every input bit changes every output bit with a chance of about a half ("lowbias32" by Chris
/// Wellons).
#[inline(always)]
fn mix(mut bits: u32) -> u32 {
    bits ^= bits >> 16;
    bits = bits.wrapping_mul(0x7feb_352d);
    bits ^= bits >> 15;
    bits = bits.wrapping_mul(0x846c_a68b);
    bits ^ (bits >> 16)
}
