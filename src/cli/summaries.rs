//! `lotse evaluate --summaries`: what does the service make of dialogues whose summary is known?

use std::path::Path;

use jiff::Timestamp;

use crate::classifier::{Classifier, Reading};
use crate::domain::{Author, SuggestedArticle, Turn};
use crate::evaluate::{Dialogue, SummaryReport, read_dialogues};
use crate::knowledge::Knowledge;
use crate::text::{PreparedText, prepare};
use crate::triage::{conversation_language, summarize};

/// Articles suggested to the agent, as by the service.
const SUGGESTIONS: usize = 3;

/// Reads and sums up every dialogue of the file as `POST /v1/summarize` does, and judges the
/// summaries. With an operator's directory, articles are suggested as well.
pub(super) fn measure(
    file: &Path,
    model: &Path,
    dir: Option<&Path>,
) -> anyhow::Result<SummaryReport> {
    let dialogues = read_dialogues(file)?;
    let classifier = Classifier::load(model)?;
    let knowledge = match dir {
        Some(dir) => {
            let (knowledge, problems) = Knowledge::load(&dir.join("knowledge"), &classifier)?;
            for problem in problems {
                eprintln!("{problem}");
            }
            Some(knowledge)
        }
        None => None,
    };
    let progress = indicatif::ProgressBar::new(dialogues.len() as u64);
    let mut summaries = Vec::with_capacity(dialogues.len());
    for dialogue in &dialogues {
        summaries.push(summary(dialogue, &classifier, knowledge.as_ref())?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(SummaryReport::build(&dialogues, &summaries))
}

/// The running text of the summary.
fn summary(
    dialogue: &Dialogue,
    classifier: &Classifier,
    knowledge: Option<&Knowledge>,
) -> anyhow::Result<String> {
    let mut turns = Vec::with_capacity(dialogue.turns.len());
    let mut last: Option<(PreparedText, Reading)> = None;
    for (index, turn) in dialogue.turns.iter().enumerate() {
        let mut classification = None;
        if turn.from == Author::Customer {
            let text = prepare(&turn.text, None);
            let reading = classifier.read(std::slice::from_ref(&text))?.remove(0);
            classification = Some(reading.classification.clone());
            last = Some((text, reading));
        }
        turns.push(Turn {
            id: index.to_string(),
            from: turn.from,
            text: turn.text.clone(),
            at: Timestamp::UNIX_EPOCH,
            agent: None,
            classification,
            decision: None,
            article_id: None,
            thread: None,
        });
    }
    let language = conversation_language(&turns).unwrap_or(dialogue.language);
    let hits = last.iter().zip(knowledge).flat_map(|((text, reading), knowledge)| {
        knowledge.search(text, &reading.embedding, &reading.classification, SUGGESTIONS)
    });
    let articles: Vec<SuggestedArticle> = hits
        .map(|hit| SuggestedArticle {
            id: hit.article.id.clone(),
            title: hit.article.title.clone(),
        })
        .collect();
    Ok(summarize(&turns, language, &articles, None).text)
}
