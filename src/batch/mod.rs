//! How is a backlog worked through?
//!
//! [`run`] reads the rows of a file (`input`), cuts them into windows of constant size, reads and
//! decides each window on all cores as the service would (`read`), and writes the rows in the order
//! of the input (`writer`, `output`). Reading, encoding and writing overlap. A run that was killed
//! goes on where it stopped (`resume`); rows that cannot be read are told of in a file of their own
//! (`rejected`). While rows stream by, near-duplicates are grouped and a [`report`] is counted.

mod dates;
mod duplicates;
mod error;
mod format;
mod input;
mod object_store;
mod output;
mod picker;
mod progress;
mod read;
mod rejected;
pub mod report;
mod result;
mod resume;
mod run;
mod windows;
mod writer;

pub use duplicates::Duplicates;
pub use error::BatchError;
pub use format::Format;
pub use input::{InputOptions, Line, Location, MAX_LINE_BYTES, read_line};
pub use output::ResultColumn;
pub use rejected::{Rejection, check_text};
pub use result::RowResult;
pub use resume::{Counts, Existing};
pub use run::{Outcome, Settings, run};
