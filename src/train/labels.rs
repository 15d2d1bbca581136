use std::collections::{BTreeMap, BTreeSet};

use super::LabelledRow;
use crate::classifier::NO_ARTICLE;
use crate::domain::Sentiment;

/// Label of rows that are out of scope, unless the operator names another.
pub const OUT_OF_SCOPE: &str = "out_of_scope";

/// Fewest rows with a label that make a head worth training.
const FEWEST_ROWS: usize = 10;

/// Fewest training rows of an article that make it a label.
const FEWEST_ARTICLE_ROWS: usize = 5;

/// Labels that training rows bring with them, in the order of the heads' outputs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Vocabulary {
    /// In alphabetical order, out of scope left out.
    pub(super) intents: Vec<String>,
    /// "None", then the articles that answer enough rows.
    pub(super) articles: Vec<String>,
}

impl Vocabulary {
    pub(super) fn of(rows: &[LabelledRow], out_of_scope: &str) -> Self {
        let intents: BTreeSet<&str> = rows.iter().filter_map(|row| row.intent.as_deref()).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows {
            if let Some(first) = row.articles.as_ref().and_then(|articles| articles.first()) {
                *counts.entry(first).or_default() += 1;
            }
        }
        let frequent = counts.into_iter().filter(|(_, count)| *count >= FEWEST_ARTICLE_ROWS);
        Self {
            intents: intents
                .into_iter()
                .filter(|name| *name != out_of_scope)
                .map(str::to_owned)
                .collect(),
            articles: std::iter::once(NO_ARTICLE.to_owned())
                .chain(frequent.map(|(id, _)| id.to_owned()))
                .collect(),
        }
    }
}

/// One head to be trained: its labels and each row's target.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Task {
    /// Name of the head.
    pub(super) name: &'static str,
    /// Labels in the order of the outputs.
    pub(super) labels: Vec<String>,
    /// Index of the label, by row; none where the row does not carry it.
    pub(super) targets: Vec<Option<u32>>,
    /// Weight of the head's loss beside the others.
    pub(super) weight: f64,
}

impl Task {
    /// Outputs of the head: two labels need only one.
    pub(super) fn outputs(&self) -> usize {
        if self.labels.len() == 2 { 1 } else { self.labels.len() }
    }

    /// The task for some of its rows.
    pub(super) fn only(&self, rows: &[usize]) -> Self {
        Self { targets: rows.iter().map(|row| self.targets[*row]).collect(), ..self.clone() }
    }

    fn present(&self) -> usize {
        self.targets.iter().flatten().count()
    }
}

/// The heads that these rows can train; `vocabulary` is that of the training rows, so that
/// validation rows get the same indices.
pub(super) fn tasks(
    rows: &[LabelledRow],
    out_of_scope: &str,
    vocabulary: &Vocabulary,
) -> Vec<Task> {
    let place = |labels: &[String], name: &str| {
        labels.iter().position(|label| label == name).map(|index| index as u32)
    };
    let index: BTreeMap<&str, u32> =
        vocabulary.intents.iter().zip(0..).map(|(name, index)| (name.as_str(), index)).collect();
    let intent = |row: &LabelledRow| index.get(row.intent.as_deref()?).copied();
    let scope = |row: &LabelledRow| Some(u32::from(row.intent.as_deref()? != out_of_scope));
    let sentiment = |row: &LabelledRow| {
        let name = row.sentiment?;
        Sentiment::ALL.iter().position(|sentiment| *sentiment == name).map(|index| index as u32)
    };
    let tier = |row: &LabelledRow| row.tier.map(|tier| u32::from(tier) - 1);
    let answerable = |row: &LabelledRow| row.answerable().map(u32::from);
    let article = |row: &LabelledRow| {
        let first = row.articles.as_ref()?.first();
        place(&vocabulary.articles, first.map_or(NO_ARTICLE, String::as_str))
    };
    let names = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
    let collect = |target: &dyn Fn(&LabelledRow) -> Option<u32>| rows.iter().map(target).collect();
    let sentiments: Vec<&str> = Sentiment::ALL.iter().map(|s| s.name()).collect();
    let task = |name, labels, targets, weight| Task { name, labels, targets, weight };
    vec![
        task("intent", vocabulary.intents.clone(), collect(&intent), 1.0),
        task("scope", names(&["out_of_scope", "in_scope"]), collect(&scope), 0.5),
        task("sentiment", names(&sentiments), collect(&sentiment), 0.5),
        task("tier", names(&["1", "2", "3"]), collect(&tier), 0.5),
        task("answerable", names(&["no", "yes"]), collect(&answerable), 0.5),
        task("article", vocabulary.articles.clone(), collect(&article), 0.5),
    ]
}

/// The tasks of training rows that are worth a head: enough rows, and more than one label.
pub(super) fn trainable(tasks: Vec<Task>) -> Vec<Task> {
    tasks
        .into_iter()
        .filter(|task| {
            let different: BTreeSet<u32> = task.targets.iter().flatten().copied().collect();
            task.present() >= FEWEST_ROWS && different.len() > 1
        })
        .collect()
}

/// Lowest tier of an intent over its rows. Up to 2 % of the rows may lie below it: a few mislabelled
/// rows must not lower the floor of a whole intent.
pub(super) fn tier_floor(rows: &[LabelledRow], out_of_scope: &str) -> BTreeMap<String, u8> {
    let mut tiers: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for row in rows {
        if let (Some(intent), Some(tier)) = (row.intent.as_deref(), row.tier)
            && intent != out_of_scope
        {
            tiers.entry(intent).or_default().push(tier);
        }
    }
    tiers
        .into_iter()
        .map(|(intent, mut tiers)| {
            tiers.sort_unstable();
            (intent.to_owned(), tiers[tiers.len() / 50])
        })
        .collect()
}
