//! What does this message say? A model pack reads messages: intent, sentiment and tier, each with
//! a calibrated confidence, and the vector that the knowledge search uses.

use crate::domain::Classification;

/// What one encoder pass tells of one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Intent, sentiment, tier, entities.
    pub classification: Classification,
    /// Vector of length 1 for the knowledge search.
    pub embedding: Vec<f32>,
}
