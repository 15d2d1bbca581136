//! How is a backlog worked through?
//!
//! Rows of a file are read, classified, decided as the service would decide them, and written in
//! the order of the input, in windows of constant size.

mod duplicates;
pub mod report;
mod result;

pub use duplicates::Duplicates;
pub use result::RowResult;
