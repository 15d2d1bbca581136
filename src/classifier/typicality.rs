//! How far is a message from everything that training has seen? The distance of its vector to the
//! nearest of some points, in a space in which rows of one intent scatter evenly in all directions
//! (Lee et al. 2018, "A Simple Unified Framework for Detecting Out-of-Distribution Samples").

use super::heads::dot;
use crate::encoder::{EncoderError, QuantisedQ8, StoredTensor, Weights};

/// Points and the space in which distances to them are taken.
#[derive(Clone, Debug)]
pub struct Typicality {
    width: usize,
    /// Rows of the matrix that a vector is multiplied with: `[width, width]`.
    whitening: Vec<f32>,
    /// `[points, width]`, whitened.
    points: Vec<f32>,
    /// Squared lengths of the points.
    lengths: Vec<f32>,
}

const WHITENING: &str = "head.scope.whitening";
const POINTS: &str = "head.scope.points";

impl Typicality {
    /// From a whitening matrix `[width, width]` and points `[points, width]` that are not whitened
    /// yet.
    pub fn new(width: usize, whitening: Vec<f32>, points: &[Vec<f32>]) -> Self {
        let mut space = Self { width, whitening, points: Vec::new(), lengths: Vec::new() };
        for point in points {
            let point = space.whiten(point);
            space.lengths.push(dot(&point, &point));
            space.points.extend(point);
        }
        space
    }

    /// Takes it out of a pack's tensors; none where the pack has none.
    pub fn load(weights: &Weights, width: usize) -> Result<Option<Self>, EncoderError> {
        let Some(rows) = weights
            .iter()
            .find(|(name, _)| *name == POINTS)
            .and_then(|(_, tensor)| tensor.shape().first().copied())
        else {
            return Ok(None);
        };
        let whitening = weights.get(WHITENING, &[width, width])?.to_f32();
        let points = weights.get(POINTS, &[rows, width])?.to_f32();
        let lengths = points.chunks_exact(width).map(|point| dot(point, point)).collect();
        Ok(Some(Self { width, whitening, points, lengths }))
    }

    /// Puts it into a pack's tensors, at 8 bit.
    pub fn store(&self, weights: &mut Weights) {
        for (name, values) in [(WHITENING, &self.whitening), (POINTS, &self.points)] {
            let quantised = QuantisedQ8::quantise(values, self.width);
            weights.insert(name, StoredTensor::Q8(quantised));
        }
    }

    /// Distance to the nearest point.
    pub fn distance(&self, pooled: &[f32]) -> f32 {
        let vector = self.whiten(pooled);
        let nearest = self
            .points
            .chunks_exact(self.width)
            .zip(&self.lengths)
            .map(|(point, length)| length - 2.0 * dot(point, &vector))
            .fold(f32::INFINITY, f32::min);
        (nearest + dot(&vector, &vector)).max(0.0).sqrt()
    }

    fn whiten(&self, vector: &[f32]) -> Vec<f32> {
        self.whitening.chunks_exact(self.width).map(|row| dot(row, vector)).collect()
    }
}
