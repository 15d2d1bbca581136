//! What does an operator's directory decide with? For commands that judge decisions without serving.

use std::path::Path;

use anyhow::bail;

use crate::classifier::Classifier;
use crate::config::{Config, Flags, process_environment};
use crate::knowledge::{Knowledge, VectorCache};
use crate::triage::{Decider, Routing};

/// Articles, routing and policy of the operator's directory `dir`, as `lotse serve` would use them
/// with this pack; a `risk` takes the place of what the directory says of the threshold.
pub(super) fn decider(
    dir: &Path,
    classifier: &Classifier,
    risk: Option<f32>,
) -> anyhow::Result<Decider> {
    let Some(answering) = classifier.answering() else {
        bail!(
            "the pack has no confidence of automatic answers: run `lotse model answers` with rows \
             that name their articles, or leave --dir away"
        );
    };
    let config = Config::load(dir, process_environment(), &Flags::default())?;
    let mut policy = config.policy.with_answering(Some(answering.clone()));
    if let Some(risk) = risk {
        policy.risk = risk;
        policy.risk_confidence = None;
        policy.answer_threshold = None;
    }
    policy.validate()?;
    // The same file as that of the service: articles are embedded once.
    let cache_file = config.dir.join("data").join("vectors.cache");
    let mut cache = VectorCache::open(&cache_file, &super::knowledge::model_id(classifier));
    let (knowledge, problems) =
        Knowledge::load_cached(&config.knowledge.dir, classifier, &mut cache)?;
    for problem in problems {
        eprintln!("{problem}");
    }
    Ok(Decider {
        knowledge: knowledge.with_ranking(answering.ranking),
        routing: Routing::load(&config.routing.file)?,
        policy,
    })
}

/// Reads a share: `0.02` or `2%`.
pub(super) fn share(text: &str) -> Result<f32, String> {
    let (number, scale) = match text.trim().strip_suffix('%') {
        Some(number) => (number.trim_end(), 100.0),
        None => (text.trim(), 1.0),
    };
    let share = number.parse::<f64>().ok().map(|number| (number / scale) as f32);
    share
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "write a share such as 0.02 or 2%".to_owned())
}
