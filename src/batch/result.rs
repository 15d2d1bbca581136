//! What is known of one row once it has been read and decided?

use jiff::civil::Date;

use crate::domain::{ArticleScore, Classification, Priority};

/// What was found out about one row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowResult {
    /// Row of the input, from 1; a header is not counted.
    pub number: u64,
    /// What the row says.
    pub classification: Classification,
    /// The human queue that would take it; none without an operator's directory.
    pub queue: Option<String>,
    /// Rank within that queue; [`Priority::Normal`] without an operator's directory.
    pub priority: Priority,
    /// The article that would have answered it, with the confidence of the answer; none where the
    /// bot would not have answered.
    pub article: Option<ArticleScore>,
    /// Row that begins the group of near-duplicates which this row belongs to; none for a row
    /// that is like no earlier one.
    pub duplicate_of: Option<u64>,
    /// Day of the row, from its date column.
    pub date: Option<Date>,
    /// The writer's own words: quotes, signatures and footers cut away. Not blank.
    pub text: String,
    /// Search vector of length 1.
    pub embedding: Vec<f32>,
}
