//! How do numbers become bytes? A row at a time, by a step and a zero point of its own.

/// How the bytes of a row are read: `number = (byte - zero) * step`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Scale {
    pub(super) step: f32,
    pub(super) zero: f32,
}

/// Numbers that a compiler may keep in vector registers.
const LANES: usize = 32;

/// Adding this rounds to an integer, which then stands in the lowest bits.
const ROUND: f32 = 12_582_912.0;

/// Turns a row of numbers into bytes. Zero is always met exactly.
#[inline(always)]
pub(super) fn quantise_row(numbers: &[f32], bytes: &mut [u8]) -> Scale {
    let (least, greatest) = range(numbers);
    // One step short of 255: rounding the zero point and the number may add up to one.
    let step = (greatest - least) / 254.0;
    let inverse = if step > 0.0 { 1.0 / step } else { 0.0 };
    let zero = (-least * inverse).round();
    let shift = ROUND + zero;
    for (byte, number) in bytes.iter_mut().zip(numbers) {
        *byte = number.mul_add(inverse, shift).to_bits() as u8;
    }
    Scale { step, zero }
}

/// Least and greatest number, zero among them.
#[inline(always)]
fn range(numbers: &[f32]) -> (f32, f32) {
    let (mut least, mut greatest) = ([0.0_f32; LANES], [0.0_f32; LANES]);
    let (chunks, rest) = numbers.as_chunks::<LANES>();
    for chunk in chunks {
        for ((least, greatest), number) in least.iter_mut().zip(&mut greatest).zip(chunk) {
            *least = if number < least { *number } else { *least };
            *greatest = if number > greatest { *number } else { *greatest };
        }
    }
    let least = least.iter().chain(rest).fold(0.0_f32, |least, number| least.min(*number));
    let greatest = greatest.iter().chain(rest).fold(0.0_f32, |most, number| most.max(*number));
    (least, greatest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::quantise_row;

    proptest! {
        #[test]
        fn bytes_stand_for_their_numbers(
            numbers in prop::collection::vec(-1e4_f32..1e4, 1..100),
            shift in prop::sample::select(vec![-2e4_f32, 0.0, 2e4]),
        ) {
            let numbers: Vec<f32> = numbers.iter().map(|number| number + shift).collect();
            let mut bytes = vec![0; numbers.len()];
            let scale = quantise_row(&numbers, &mut bytes);
            for (byte, number) in bytes.iter().zip(&numbers) {
                let read = (f32::from(*byte) - scale.zero) * scale.step;
                prop_assert!((read - number).abs() <= scale.step * 1.01, "{read} for {number}");
            }
        }
    }

    #[test]
    fn a_row_of_zeros_stays_one() {
        let mut bytes = vec![7; 40];
        let scale = quantise_row(&[0.0; 40], &mut bytes);
        assert!(bytes.iter().all(|byte| (f32::from(*byte) - scale.zero) * scale.step == 0.0));
    }
}
