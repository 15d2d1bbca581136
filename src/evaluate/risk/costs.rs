//! Which threshold costs the least work?

use std::str::FromStr;

use serde::Serialize;

use super::OpenAnswer;
use crate::evaluate::metrics::rounded;

/// What a message costs, in minutes of an agent. A right answer costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Costs {
    /// A wrong automatic answer: everything until it is made good, the message itself included.
    #[serde(serialize_with = "rounded")]
    pub wrong: f64,
    /// A message that is handed over to a person.
    #[serde(serialize_with = "rounded")]
    pub handover: f64,
}

/// Costs that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot read the costs `{text}`: {problem}; write for example `wrong=20,handover=4`, in minutes \
     of an agent"
)]
pub struct CostsError {
    text: String,
    problem: String,
}

impl FromStr for Costs {
    type Err = CostsError;

    fn from_str(text: &str) -> Result<Self, CostsError> {
        let error = |problem: String| CostsError { text: text.to_owned(), problem };
        let (mut wrong, mut handover) = (None, None);
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or_else(|| {
                error(format!("`{}` is not of the form name=minutes", part.trim()))
            })?;
            let minutes: f64 =
                value.trim().parse().ok().filter(|m: &f64| m.is_finite() && *m >= 0.0).ok_or_else(
                    || error(format!("`{}` is not a number of minutes", value.trim())),
                )?;
            let slot = match name.trim() {
                "wrong" => &mut wrong,
                "handover" => &mut handover,
                other => {
                    return Err(error(format!("`{other}` is neither `wrong` nor `handover`")));
                }
            };
            if slot.replace(minutes).is_some() {
                return Err(error(format!("`{}` stands there twice", name.trim())));
            }
        }
        match (wrong, handover) {
            (Some(wrong), Some(handover)) => Ok(Self { wrong, handover }),
            (None, _) => Err(error("`wrong` is missing".to_owned())),
            (_, None) => Err(error("`handover` is missing".to_owned())),
        }
    }
}

/// What answering from a confidence on costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CostPoint {
    /// Lowest confidence that is answered; none where nothing is.
    pub threshold: Option<f32>,
    /// Rows answered.
    pub answered: usize,
    /// Wrong ones among them.
    pub wrong: usize,
    /// Minutes of an agent for a message, on average over those open to an answer; all others cost
    /// the same at every threshold.
    #[serde(serialize_with = "rounded")]
    pub minutes: f64,
}

impl Costs {
    /// Minutes for a message if of `open` ones `answered` are answered, `wrong` of them wrongly; 0
    /// without messages.
    pub fn minutes(self, open: usize, answered: usize, wrong: usize) -> f64 {
        let handed_over = open.saturating_sub(answered) as f64;
        (self.wrong * wrong as f64 + self.handover * handed_over) / open.max(1) as f64
    }

    /// The cost of every threshold that changes something, from answering nothing to answering all.
    pub fn curve(self, answers: &[OpenAnswer]) -> Vec<CostPoint> {
        let mut sorted = answers.to_vec();
        sorted.sort_by(|left, right| right.confidence.total_cmp(&left.confidence));
        let (mut answered, mut wrong) = (0, 0);
        let point = |threshold, answered, wrong| CostPoint {
            threshold,
            answered,
            wrong,
            minutes: self.minutes(answers.len(), answered, wrong),
        };
        let mut points = vec![point(None, 0, 0)];
        for tied in
            sorted.chunk_by(|left, right| left.confidence.total_cmp(&right.confidence).is_eq())
        {
            answered += tied.len();
            wrong += tied.iter().filter(|answer| answer.wrong).count();
            points.push(point(Some(tied[0].confidence), answered, wrong));
        }
        points
    }

    /// The threshold with the least cost; of several, the strictest.
    pub fn cheapest(self, answers: &[OpenAnswer]) -> CostPoint {
        let nothing = CostPoint {
            threshold: None,
            answered: 0,
            wrong: 0,
            minutes: self.minutes(answers.len(), 0, 0),
        };
        self.curve(answers)
            .into_iter()
            .fold(nothing, |best, point| if point.minutes < best.minutes { point } else { best })
    }
}
