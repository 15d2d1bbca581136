use std::sync::{Mutex, MutexGuard, PoisonError};

use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, Device, InplaceOp1, Layout, Storage, Tensor, Var};
use rayon::prelude::*;

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
    moments: Mutex<Moments>,
}

/// First and second moments of a variable.
enum Moments {
    /// Where the variable lies in main memory.
    Memory(Vec<f32>, Vec<f32>),
    /// Where it lies on a GPU.
    Device(Tensor, Tensor),
}

impl Moments {
    fn tensors(&self) -> candle_core::Result<(Tensor, Tensor)> {
        Ok(match self {
            Self::Memory(first, second) => (
                Tensor::new(first.as_slice(), &Device::Cpu)?,
                Tensor::new(second.as_slice(), &Device::Cpu)?,
            ),
            Self::Device(first, second) => (first.clone(), second.clone()),
        })
    }
}

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f32 = 1e-8;

struct Update<'a> {
    slot: &'a Slot,
    /// The gradient is the sum of these.
    gradients: &'a [&'a Tensor],
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
                let moments = Moments::Memory(vec![0.0; size], vec![0.0; size]);
                Slot { variable, rate, decay, moments: Mutex::new(moments) }
            })
            .collect();
        Self { slots, step: 0 }
    }

    /// Both moments of every variable, in order.
    pub(super) fn moments(&self) -> candle_core::Result<Vec<(Tensor, Tensor)>> {
        let slots = self.slots.iter();
        slots.map(|slot| slot.lock().tensors()).collect()
    }

    /// Goes on after `step` steps with their moments.
    pub(super) fn resume(
        &mut self,
        step: usize,
        moments: Vec<(Tensor, Tensor)>,
    ) -> candle_core::Result<()> {
        self.step = i32::try_from(step).unwrap_or(i32::MAX);
        for (slot, (first, second)) in self.slots.iter_mut().zip(moments) {
            slot.moments = Mutex::new(if slot.variable.device().is_cpu() {
                Moments::Memory(first.flatten_all()?.to_vec1()?, second.flatten_all()?.to_vec1()?)
            } else {
                Moments::Device(first, second)
            });
        }
        Ok(())
    }

    /// One step at learning rate `rate` along the sum of `gradients`, its norm clipped to `clip`.
    pub(super) fn step(
        &mut self,
        gradients: &[GradStore],
        rate: f64,
        clip: f64,
    ) -> candle_core::Result<()> {
        self.step += 1;
        // A head without a labelled row in this batch has no gradient.
        let present = self
            .slots
            .iter()
            .map(|slot| {
                let found = gradients.iter().filter_map(|store| store.get(&slot.variable));
                Ok((slot, found.map(Tensor::contiguous).collect::<candle_core::Result<Vec<_>>>()?))
            })
            .filter(|found| !matches!(found, Ok((_, gradients)) if gradients.is_empty()))
            .collect::<candle_core::Result<Vec<_>>>()?;
        let squares = present
            .par_iter()
            .map(|(_, gradients)| squared_norm(&gradients.iter().collect::<Vec<_>>()))
            .sum::<candle_core::Result<f64>>()?;
        let norm = squares.sqrt();
        let clip = if norm > clip { clip / norm } else { 1.0 };
        let corrections =
            ((1.0 - BETA1.powi(self.step)) as f32, (1.0 - BETA2.powi(self.step)) as f32);
        present.par_iter().try_for_each(|(slot, gradients)| {
            let gradients: Vec<&Tensor> = gradients.iter().collect();
            let update = Update {
                slot,
                gradients: &gradients,
                rate: (rate * slot.rate) as f32,
                clip: clip as f32,
                corrections,
            };
            if slot.variable.device().is_cpu() {
                slot.variable.inplace_op1(&update)
            } else {
                update.apply()
            }
        })
    }
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, Moments> {
        self.moments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Update<'_> {
    /// The same by candle's own operations, for variables that do not lie in main memory.
    fn apply(&self) -> candle_core::Result<()> {
        let variable = &self.slot.variable;
        let mut moments = self.slot.lock();
        let (first, second) = match &*moments {
            Moments::Device(first, second) => (first.clone(), second.clone()),
            Moments::Memory(..) => (variable.zeros_like()?, variable.zeros_like()?),
        };
        let mut gradient = self.gradients[0].clone();
        for more in &self.gradients[1..] {
            gradient = (gradient + *more)?;
        }
        let gradient = (gradient * f64::from(self.clip))?;
        let first = ((first * BETA1)? + (&gradient * (1.0 - BETA1))?)?;
        let second = ((second * BETA2)? + (gradient.sqr()? * (1.0 - BETA2))?)?;
        let spread = (((&second / f64::from(self.corrections.1))?.sqrt())? + f64::from(EPSILON))?;
        let step = ((&first / f64::from(self.corrections.0))? / spread)?;
        let shrink = 1.0 - f64::from(self.rate) * self.slot.decay;
        let value = ((variable.as_tensor() * shrink)? - (step * f64::from(self.rate))?)?;
        *moments = Moments::Device(first.detach(), second.detach());
        variable.set(&value.detach())
    }
}

/// Squared norm of a sum of tensors.
fn squared_norm(gradients: &[&Tensor]) -> candle_core::Result<f64> {
    if !gradients[0].device().is_cpu() {
        let mut sum = gradients[0].clone();
        for more in &gradients[1..] {
            sum = (sum + *more)?;
        }
        return Ok(f64::from(sum.sqr()?.sum_all()?.to_scalar::<f32>()?));
    }
    with_summed(
        gradients,
        #[inline(always)]
        |gradient| {
            let mut lanes = [0.0_f32; 16];
            let mut sum = 0.0_f64;
            for block in gradient.chunks(4_096) {
                lanes.fill(0.0);
                for chunk in block.chunks(lanes.len()) {
                    for (lane, value) in lanes.iter_mut().zip(chunk) {
                        *lane += value * value;
                    }
                }
                sum += lanes.iter().map(|lane| f64::from(*lane)).sum::<f64>();
            }
            sum
        },
    )
}

/// Calls `work` with the values of the sum of the tensors.
fn with_summed<R>(tensors: &[&Tensor], work: impl FnOnce(&[f32]) -> R) -> candle_core::Result<R> {
    let guards: Vec<_> = tensors.iter().map(|tensor| tensor.storage_and_layout()).collect();
    let mut slices = Vec::with_capacity(guards.len());
    for (storage, layout) in &guards {
        let Storage::Cpu(CpuStorage::F32(values)) = &**storage else {
            candle_core::bail!("adamw works on f32 in main memory")
        };
        slices.push(
            &values[layout.start_offset()..layout.start_offset() + layout.shape().elem_count()],
        );
    }
    let arch = pulp::Arch::new();
    if let [only] = slices.as_slice() {
        return Ok(arch.dispatch(
            #[inline(always)]
            || work(only),
        ));
    }
    let mut sum = slices[0].to_vec();
    arch.dispatch(
        #[inline(always)]
        || {
            for slice in &slices[1..] {
                for (sum, value) in sum.iter_mut().zip(*slice) {
                    *sum += value;
                }
            }
        },
    );
    Ok(arch.dispatch(
        #[inline(always)]
        || work(&sum),
    ))
}

impl InplaceOp1 for Update<'_> {
    fn name(&self) -> &'static str {
        "adamw"
    }

    fn cpu_fwd(&self, target: &mut CpuStorage, _: &Layout) -> candle_core::Result<()> {
        let CpuStorage::F32(weights) = target else { candle_core::bail!("adamw works on f32") };
        let mut moments = self.slot.lock();
        let Moments::Memory(first, second) = &mut *moments else {
            candle_core::bail!("adamw: the moments do not lie where the variable does")
        };
        let (beta1, beta2) = (BETA1 as f32, BETA2 as f32);
        let shrink = 1.0 - self.rate * self.slot.decay as f32;
        with_summed(
            self.gradients,
            #[inline(always)]
            |gradient| {
                for (((weight, gradient), first), second) in
                    weights.iter_mut().zip(gradient).zip(first).zip(second)
                {
                    let gradient = gradient * self.clip;
                    *first = beta1 * *first + (1.0 - beta1) * gradient;
                    *second = beta2 * *second + (1.0 - beta2) * gradient * gradient;
                    let step = (*first / self.corrections.0)
                        / ((*second / self.corrections.1).sqrt() + EPSILON);
                    *weight = *weight * shrink - self.rate * step;
                }
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pass_and_plain_operations_move_a_variable_alike() {
        let start: Vec<f32> = (0..50).map(|index| (index as f32 / 7.0).sin()).collect();
        let values =
            [(); 2].map(|()| Var::new(start.as_slice(), &Device::Cpu).expect("a variable"));
        let slots = [0, 1].map(|index| Slot {
            variable: values[index].clone(),
            rate: 1.0,
            decay: 0.1,
            moments: Mutex::new(Moments::Memory(vec![0.0; 50], vec![0.0; 50])),
        });
        for step in 1..6 {
            let gradient: Vec<f32> =
                (0..50).map(|index| ((index * step) as f32 / 5.0).cos()).collect();
            let gradient = Tensor::new(gradient.as_slice(), &Device::Cpu).expect("a gradient");
            let gradients = [&gradient, &gradient];
            let corrections = (1.0 - 0.9_f32.powi(step), 1.0 - 0.999_f32.powi(step));
            let update =
                |slot| Update { slot, gradients: &gradients, rate: 0.05, clip: 0.7, corrections };
            values[0].inplace_op1(&update(&slots[0])).expect("a step");
            update(&slots[1]).apply().expect("a step");
        }
        let [left, right] = values.map(|value| value.as_tensor().to_vec1::<f32>().expect("values"));
        for ((left, right), start) in left.iter().zip(&right).zip(&start) {
            assert!((left - right).abs() < 1e-5, "{left} and {right}");
            assert!((left - start).abs() > 1e-4, "the variable stays where it was");
        }
    }
}
