use std::sync::{Mutex, PoisonError};

use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, InplaceOp2, Layout, Var};

/// AdamW (Loshchilov and Hutter, 2019) in one pass over each variable's memory. candle's own
/// allocates some ten tensors a variable and step, which costs more than the forward pass.
pub(super) struct AdamW {
    slots: Vec<Slot>,
    step: i32,
}

struct Slot {
    variable: Var,
    /// Factor on the step's learning rate.
    rate: f64,
    decay: f64,
    /// First and second moments.
    moments: Mutex<(Vec<f32>, Vec<f32>)>,
}

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f32 = 1e-8;

struct Update<'a> {
    slot: &'a Slot,
    rate: f32,
    /// Factor that clips the gradient.
    clip: f32,
    /// `1 - BETA^step` for both moments.
    corrections: (f32, f32),
}

impl AdamW {
    /// Variables with their learning-rate factor and weight decay.
    pub(super) fn new(variables: impl IntoIterator<Item = (Var, f64, f64)>) -> Self {
        let slots = variables
            .into_iter()
            .map(|(variable, rate, decay)| {
                let size = variable.elem_count();
                Slot {
                    variable,
                    rate,
                    decay,
                    moments: Mutex::new((vec![0.0; size], vec![0.0; size])),
                }
            })
            .collect();
        Self { slots, step: 0 }
    }

    /// One step at learning rate `rate`, the gradient's norm clipped to `clip`.
    pub(super) fn step(
        &mut self,
        gradients: &GradStore,
        rate: f64,
        clip: f64,
    ) -> candle_core::Result<()> {
        self.step += 1;
        let mut present = Vec::with_capacity(self.slots.len());
        let mut squares = 0.0;
        for slot in &self.slots {
            // A head without a labelled row in this batch has no gradient.
            if let Some(gradient) = gradients.get(&slot.variable) {
                let gradient = gradient.contiguous()?;
                squares += f64::from(gradient.sqr()?.sum_all()?.to_scalar::<f32>()?);
                present.push((slot, gradient));
            }
        }
        let norm = squares.sqrt();
        let clip = if norm > clip { clip / norm } else { 1.0 };
        let corrections =
            ((1.0 - BETA1.powi(self.step)) as f32, (1.0 - BETA2.powi(self.step)) as f32);
        for (slot, gradient) in present {
            let update =
                Update { slot, rate: (rate * slot.rate) as f32, clip: clip as f32, corrections };
            slot.variable.inplace_op2(&gradient, &update)?;
        }
        Ok(())
    }
}

impl InplaceOp2 for Update<'_> {
    fn name(&self) -> &'static str {
        "adamw"
    }

    fn cpu_fwd(
        &self,
        target: &mut CpuStorage,
        _: &Layout,
        gradient: &CpuStorage,
        layout: &Layout,
    ) -> candle_core::Result<()> {
        let (CpuStorage::F32(weights), CpuStorage::F32(gradient)) = (target, gradient) else {
            candle_core::bail!("adamw works on f32")
        };
        let gradient = &gradient[layout.start_offset()..];
        let mut moments = self.slot.moments.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, second) = &mut *moments;
        let (beta1, beta2) = (BETA1 as f32, BETA2 as f32);
        let shrink = 1.0 - self.rate * self.slot.decay as f32;
        for (((weight, gradient), first), second) in
            weights.iter_mut().zip(gradient).zip(first).zip(second)
        {
            let gradient = gradient * self.clip;
            *first = beta1 * *first + (1.0 - beta1) * gradient;
            *second = beta2 * *second + (1.0 - beta2) * gradient * gradient;
            let step =
                (*first / self.corrections.0) / ((*second / self.corrections.1).sqrt() + EPSILON);
            *weight = *weight * shrink - self.rate * step;
        }
        Ok(())
    }
}
