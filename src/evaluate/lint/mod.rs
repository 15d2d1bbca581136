//! Can these labelled rows be trusted? Duplicates, leaks between files, labels that contradict each
//! other, classes with too few rows.

mod labels;
mod leaks;
mod near;
mod print;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::train::LabelledRow;

pub use leaks::{Leak, LeakReport};

/// A file of labelled rows. The first of several is taken for the training file.
#[derive(Clone, Copy, Debug)]
pub struct LabelledFile<'a> {
    /// Its name, for the findings.
    pub name: &'a str,
    /// Its rows.
    pub rows: &'a [LabelledRow],
}

/// What counts as a finding.
#[derive(Clone, Debug)]
pub struct LintOptions {
    /// Lowest tier of an intent, where it is known. For other intents the tiers of their own rows
    /// tell: a tier that almost none of them has is doubtful.
    pub tier_floor: BTreeMap<String, u8>,
    /// Intent label of rows that are out of scope.
    pub out_of_scope: String,
    /// Two texts whose sets of four-letter pieces overlap at least so far (Jaccard) are near
    /// duplicates; above 0, at most 1.
    pub similarity: f64,
    /// Fewer rows of an intent than this are too few in the first file.
    pub least_training: usize,
    /// Fewer rows of an intent than this are too few in any other file.
    pub least_other: usize,
}

impl Default for LintOptions {
    fn default() -> Self {
        Self {
            tier_floor: BTreeMap::new(),
            out_of_scope: "out_of_scope".to_owned(),
            similarity: 0.8,
            least_training: 10,
            least_other: 3,
        }
    }
}

/// What was found in the files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LintReport {
    /// What each file holds.
    pub files: Vec<FileCounts>,
    /// Findings by kind, the serious kinds first.
    pub findings: Vec<Finding>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileCounts {
    /// Its name.
    pub name: String,
    /// Rows.
    pub rows: usize,
    /// Rows by language; `none` where a row does not say.
    pub languages: BTreeMap<String, usize>,
    /// Rows by intent, out of scope included.
    pub intents: BTreeMap<String, usize>,
    /// Rows by tier.
    pub tiers: BTreeMap<u8, usize>,
    /// Rows by sentiment.
    pub sentiments: BTreeMap<String, usize>,
    /// Rows that an article answers.
    pub answerable: usize,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// What is wrong, in words.
    pub message: String,
    /// The rows it is about.
    pub places: Vec<Place>,
}

/// The kinds of finding, the most serious first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The same text in two files: figures on the second are too good.
    Leak,
    /// Almost the same text in two files.
    NearLeak,
    /// The same text with different labels.
    Conflict,
    /// A tier below what the intent allows.
    BelowFloor,
    /// A message of tier 3 that names an article: a person must answer it.
    AnsweredTier3,
    /// Too few rows of an intent.
    ThinClass,
    /// The same text twice in one file.
    Duplicate,
    /// Almost the same text twice in one file.
    NearDuplicate,
    /// A tier that almost no other row of the intent has.
    DoubtfulTier,
}

impl FindingKind {
    /// All kinds, the most serious first.
    pub const ALL: [Self; 9] = [
        Self::Leak,
        Self::NearLeak,
        Self::Conflict,
        Self::BelowFloor,
        Self::AnsweredTier3,
        Self::ThinClass,
        Self::Duplicate,
        Self::NearDuplicate,
        Self::DoubtfulTier,
    ];

    /// A heading that says what to do about findings of this kind.
    pub fn title(self) -> &'static str {
        match self {
            Self::Leak => "The same text in two files: take it out of one",
            Self::NearLeak => "Almost the same text in two files: take it out of one",
            Self::Conflict => "The same text with different labels: decide which holds",
            Self::BelowFloor => "Tier below the intent's lowest: raise it",
            Self::AnsweredTier3 => "Tier 3 with an article: lower the tier or drop the article",
            Self::ThinClass => "Too few rows of an intent: write more",
            Self::Duplicate => "The same text twice in a file: drop one",
            Self::NearDuplicate => "Almost the same text twice in a file: vary or drop one",
            Self::DoubtfulTier => "A tier that almost no other row of the intent has: look again",
        }
    }

    /// Whether the data should not be used as it is.
    pub fn serious(self) -> bool {
        matches!(
            self,
            Self::Leak | Self::NearLeak | Self::Conflict | Self::BelowFloor | Self::AnsweredTier3
        )
    }
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// Number of the row in its file, counted from 1, blank lines aside.
    pub row: usize,
    /// The row's own identifier, if it has one.
    pub id: Option<String>,
    /// The message.
    pub text: String,
}

impl LintReport {
    /// Findings that should be settled before the data are used.
    pub fn serious(&self) -> usize {
        self.findings.iter().filter(|finding| finding.kind.serious()).count()
    }
}

/// A row with its file.
#[derive(Clone, Copy)]
struct Located<'a> {
    file: usize,
    name: &'a str,
    number: usize,
    row: &'a LabelledRow,
}

impl Located<'_> {
    fn place(&self) -> Place {
        Place {
            file: self.name.to_owned(),
            row: self.number,
            id: self.row.id.clone(),
            text: self.row.text.clone(),
        }
    }
}

/// Looks through files of labelled rows.
pub fn lint(files: &[LabelledFile], options: &LintOptions) -> LintReport {
    let rows = located(files);
    let mut same: BTreeMap<String, Vec<Located>> = BTreeMap::new();
    for located in &rows {
        same.entry(normalised(&located.row.text)).or_default().push(*located);
    }
    let counts: Vec<FileCounts> = files.iter().map(labels::counts).collect();
    let mut findings = duplicates(&same);
    findings.extend(near_duplicates(&same, options.similarity));
    findings.extend(labels::conflicts(&same));
    findings.extend(labels::tiers(&rows, options));
    findings.extend(labels::thin_classes(&counts, options));
    findings.sort_by_key(|finding| finding.kind);
    LintReport { files: counts, findings }
}

/// All rows with their files.
fn located<'a>(files: &[LabelledFile<'a>]) -> Vec<Located<'a>> {
    files
        .iter()
        .enumerate()
        .flat_map(|(index, file)| {
            file.rows.iter().enumerate().map(move |(row_index, row)| Located {
                file: index,
                name: file.name,
                number: row_index + 1,
                row,
            })
        })
        .collect()
}

/// A text without what does not tell two messages apart: case, punctuation, umlauts spelt out, and
/// the digits of a number. A text of nothing but signs stays as it is.
fn normalised(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.nfkc().flat_map(char::to_lowercase) {
        match character {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            _ if character.is_numeric() => plain.push('0'),
            _ if character.is_alphabetic() => plain.push(character),
            _ => plain.push(' '),
        }
    }
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { text.trim().to_owned() } else { words }
}

fn duplicates(same: &BTreeMap<String, Vec<Located>>) -> Vec<Finding> {
    same.values()
        .filter(|rows| rows.len() > 1)
        .map(|rows| {
            let files: BTreeSet<usize> = rows.iter().map(|located| located.file).collect();
            let kind = if files.len() > 1 { FindingKind::Leak } else { FindingKind::Duplicate };
            Finding {
                kind,
                message: format!("{} times the same text", rows.len()),
                places: rows.iter().map(Located::place).collect(),
            }
        })
        .collect()
}

fn near_duplicates(same: &BTreeMap<String, Vec<Located>>, similarity: f64) -> Vec<Finding> {
    let texts: Vec<&str> = same.keys().map(String::as_str).collect();
    let groups: Vec<&Vec<Located>> = same.values().collect();
    near::pairs(&texts, similarity)
        .into_iter()
        .map(|pair| {
            let (left, right) = (groups[pair.left], groups[pair.right]);
            // Of several equal texts the one that makes it a leak is named.
            let (one, other) = left
                .iter()
                .flat_map(|one| right.iter().map(move |other| (one, other)))
                .max_by_key(|(one, other)| one.file != other.file)
                .expect("a group holds at least the row that made it");
            let leak = one.file != other.file;
            let differs = labels::differences(&[one.row, other.row]);
            let labels = if differs.is_empty() {
                String::new()
            } else {
                format!(", with different {}", differs.join(" and "))
            };
            let (first, second) = if one.file <= other.file { (one, other) } else { (other, one) };
            Finding {
                kind: if leak { FindingKind::NearLeak } else { FindingKind::NearDuplicate },
                message: format!("{:.0} % alike{labels}", pair.similarity * 100.0),
                places: vec![first.place(), second.place()],
            }
        })
        .collect()
}
