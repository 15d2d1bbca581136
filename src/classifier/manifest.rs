use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Version of the pack format that this program writes and reads.
pub const FORMAT: u32 = 1;

/// `lotse.json` of a model pack: everything about the model that is not a tensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the format, [`FORMAT`].
    pub format: u32,
    /// Name of the pack.
    pub name: String,
    /// Languages that the training rows carry.
    pub languages: Vec<String>,
    /// Put before a text, as the base encoder was trained to expect.
    pub prefix: String,
    /// Heads by name: `intent`, `scope`, `sentiment`, `tier`, `answerable`,
    /// `article`. A head exists only
    /// where the training rows carry its labels.
    pub heads: BTreeMap<String, HeadInfo>,
    /// How the probability of being in scope is made; absent without out-of-scope rows.
    pub scope: Option<ScopeCalibration>,
    /// Lowest tier that the training rows give an intent: a message's tier is never below it.
    pub tier_floor: BTreeMap<String, u8>,
    /// How the confidence of an automatic answer is made; absent until `lotse train` has seen a
    /// knowledge base and rows with articles.
    pub answering: Option<Answering>,
    /// What the pack was trained on.
    pub training: TrainingRecord,
    /// Figures of the last evaluation, by name.
    pub figures: BTreeMap<String, f64>,
    /// SHA-256 of the pack's other files, by file name.
    pub files: BTreeMap<String, String>,
}

/// Labels and calibration of one head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadInfo {
    /// Labels in the order of the head's outputs.
    pub labels: Vec<String>,
    /// Logits are divided by this before the softmax.
    pub temperature: f32,
}

/// Logistic model of "in scope" over the scores of one pass.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeCalibration {
    /// Constant.
    pub bias: f32,
    /// Weight of the scope head's logit.
    pub logit: f32,
    /// Weight of the energy (log-sum-exp of the intent logits).
    pub energy: f32,
    /// Weight of the greatest intent probability.
    pub maximum: f32,
    /// Weight of the distance to what training has seen.
    #[serde(default)]
    pub distance: f32,
    /// A message below this probability is out of scope.
    pub threshold: f32,
}

/// Logistic model of "the top article is a full and right answer", and what it cost on validation
/// rows to answer above each level of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    /// How the scores of an article are weighed against each other.
    pub ranking: Ranking,
    /// Constant.
    pub bias: f32,
    /// Weights by feature name, see `triage::answer_confidence`.
    pub weights: BTreeMap<String, f32>,
    /// Points of the curve, highest threshold first.
    pub curve: Vec<RiskPoint>,
}

/// Weights of the knowledge search's linear fusion `score = Σ weight · value`; they sum to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// Weight of the words in common.
    pub bm25: f32,
    /// Weight of the nearest phrasing.
    pub cosine: f32,
    /// Weight of the intent.
    pub intent: f32,
    /// Weight of what labelled messages were answered with.
    pub learned: f32,
}

impl Ranking {
    /// The fused score; values below 0 count as 0.
    pub fn fuse(&self, bm25: f32, cosine: f32, intent: f32, learned: f32) -> f32 {
        self.bm25 * bm25.max(0.0)
            + self.cosine * cosine.max(0.0)
            + self.intent * intent.max(0.0)
            + self.learned * learned.max(0.0)
    }
}

impl Default for Ranking {
    fn default() -> Self {
        Self { bm25: 0.25, cosine: 0.45, intent: 0.30, learned: 0.0 }
    }
}

/// What happens on validation rows if all messages at or above a confidence are answered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskPoint {
    /// Lowest confidence that is answered.
    pub threshold: f32,
    /// Rows that would be answered.
    pub answered: u32,
    /// Rows among them whose answer would be wrong.
    pub wrong: u32,
}

impl Answering {
    /// The lowest threshold whose share of wrong answers, itself and at every higher threshold of
    /// weight, stays within `risk`. One wrong answer is added to what was counted, so that few
    /// rows cannot promise much. None where no threshold keeps the risk.
    pub fn threshold(&self, risk: f32) -> Option<f32> {
        self.curve
            .iter()
            .filter(|point| (point.wrong + 1) as f32 <= risk * (point.answered + 1) as f32)
            .map(|point| point.threshold)
            .reduce(f32::min)
    }
}

/// What a pack was trained on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingRecord {
    /// When, RFC 3339.
    pub created: String,
    /// Version of the program.
    pub program: String,
    /// Training rows.
    pub rows: usize,
    /// Validation rows, used for calibration and thresholds.
    pub validation_rows: usize,
    /// SHA-256 over the training and validation files.
    pub data_sha256: String,
    /// Seed of the run.
    pub seed: u64,
    /// `fast` (heads on the base encoder) or `full` (the encoder trained as well).
    pub quality: String,
    /// Where the encoder came from.
    pub base: String,
}
