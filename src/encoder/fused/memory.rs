//! Where do the values of a tensor lie, and which vectors does this machine have?

use candle_core::{CpuStorage, Layout, Result, Storage, Tensor, bail};

/// Values of a contiguous f32 storage.
pub(in crate::encoder) fn values<'a>(
    storage: &'a CpuStorage,
    layout: &Layout,
) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(values), Some((start, end))) => Ok(&values[start..end]),
        _ => bail!("fused operations work on contiguous f32 tensors in main memory"),
    }
}

/// Calls `work` with the values of tensors in main memory.
pub(in crate::encoder) fn with_values<const N: usize, R>(
    tensors: [&Tensor; N],
    work: impl FnOnce([&[f32]; N]) -> R,
) -> Result<R> {
    let contiguous = tensors.map(Tensor::contiguous);
    let mut held = Vec::with_capacity(N);
    for tensor in contiguous {
        held.push(tensor?);
    }
    let guards: Vec<_> = held.iter().map(Tensor::storage_and_layout).collect();
    let mut slices: [&[f32]; N] = [&[]; N];
    for (slice, (storage, layout)) in slices.iter_mut().zip(&guards) {
        let Storage::Cpu(storage) = &**storage else {
            bail!("fused operations work in main memory")
        };
        *slice = values(storage, layout)?;
    }
    Ok(work(slices))
}

/// Runs a loop compiled for the widest vectors of this machine.
#[inline]
pub(in crate::encoder) fn wide<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}
