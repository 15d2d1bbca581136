//! How far may the bot answer, and what does that rest on?

use serde::{Deserialize, Serialize};

use crate::triage::Policy;

/// The limit above which a row counts as answered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// Share of automatic answers that may be wrong; none where the operator set the limit itself.
    pub risk: Option<f32>,
    /// Lowest confidence that is answered; none where nothing keeps the risk, so that nothing is
    /// answered.
    pub threshold: Option<f32>,
    /// The labelled rows that the limit rests on.
    pub tested: Option<Tested>,
}

/// Labelled rows on which the limit was tried.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// Rows that were answered.
    pub answered: usize,
    /// Rows among them whose answer was wrong.
    pub wrong: usize,
    /// With a certificate: nothing was fitted on the rows, and with this confidence no larger share
    /// is wrong than `wrong_at_most`.
    pub certified: Option<Certified>,
}

/// What a certificate promises.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certified {
    /// How sure it is.
    pub confidence: f32,
    /// Upper bound of the share of wrong answers.
    pub wrong_at_most: f32,
}

impl Promise {
    /// The limit that this policy sets. None without a pack that can answer.
    pub fn of(policy: &Policy) -> Option<Self> {
        let answering = policy.answering.as_ref()?;
        let threshold = policy.threshold();
        let tested = match (policy.answer_threshold, policy.risk_confidence, threshold) {
            (None, Some(_), Some(_)) => answering.certificate.map(|certificate| Tested {
                answered: certificate.answered,
                wrong: certificate.wrong,
                certified: Some(Certified {
                    confidence: certificate.confidence,
                    wrong_at_most: certificate.wrong_at_most,
                }),
            }),
            (_, _, Some(threshold)) => {
                // The rows at the lowest point of the curve that is still answered.
                let points = answering.curve.iter().filter(|point| point.threshold >= threshold);
                points.min_by(|left, right| left.threshold.total_cmp(&right.threshold)).map(
                    |point| Tested {
                        answered: point.answered as usize,
                        wrong: point.wrong as usize,
                        certified: None,
                    },
                )
            }
            (_, _, None) => None,
        };
        let risk = policy.answer_threshold.is_none().then_some(policy.risk);
        Some(Self { risk, threshold, tested })
    }
}
