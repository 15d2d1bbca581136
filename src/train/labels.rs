use std::collections::{BTreeMap, BTreeSet};

use super::LabelledRow;
use crate::domain::Sentiment;

/// Label of rows that are out of scope, unless the operator names another.
pub const OUT_OF_SCOPE: &str = "out_of_scope";

/// Fewest rows with a label that make a head worth training.
const FEWEST_ROWS: usize = 10;

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

    fn present(&self) -> usize {
        self.targets.iter().flatten().count()
    }
}

/// The heads that these rows can train. `labels` fixes the order of the intents, so that
/// validation rows get the same indices as training rows.
pub(super) fn tasks(rows: &[LabelledRow], out_of_scope: &str, intents: &[String]) -> Vec<Task> {
    let index: BTreeMap<&str, u32> =
        intents.iter().enumerate().map(|(index, name)| (name.as_str(), index as u32)).collect();
    let intent = |row: &LabelledRow| index.get(row.intent.as_deref()?).copied();
    let scope = |row: &LabelledRow| Some(u32::from(row.intent.as_deref()? != out_of_scope));
    let sentiment = |row: &LabelledRow| {
        let name = row.sentiment?;
        Sentiment::ALL.iter().position(|sentiment| *sentiment == name).map(|index| index as u32)
    };
    let tier = |row: &LabelledRow| row.tier.map(|tier| u32::from(tier) - 1);
    let answerable = |row: &LabelledRow| row.answerable().map(u32::from);
    let names = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
    let collect = |target: &dyn Fn(&LabelledRow) -> Option<u32>| rows.iter().map(target).collect();
    let sentiments: Vec<&str> = Sentiment::ALL.iter().map(|s| s.name()).collect();
    let task = |name, labels, targets, weight| Task { name, labels, targets, weight };
    vec![
        task("intent", intents.to_vec(), collect(&intent), 1.0),
        task("scope", names(&["out_of_scope", "in_scope"]), collect(&scope), 0.5),
        task("sentiment", names(&sentiments), collect(&sentiment), 0.5),
        task("tier", names(&["1", "2", "3"]), collect(&tier), 0.5),
        task("answerable", names(&["no", "yes"]), collect(&answerable), 0.5),
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

/// Intents in alphabetical order, out of scope left out.
pub(super) fn intents(rows: &[LabelledRow], out_of_scope: &str) -> Vec<String> {
    let names: BTreeSet<&str> = rows.iter().filter_map(|row| row.intent.as_deref()).collect();
    names.into_iter().filter(|name| *name != out_of_scope).map(str::to_owned).collect()
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
