//! Why can a row not be read? Such a row is told of in a file of its own; it never ends a run.

use serde::Serialize;

use crate::desk::readable_text;

/// Why a row was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Stable code, for example `text_blank`.
    pub code: &'static str,
    /// What is wrong with the row, and what to do.
    pub message: String,
}

impl Rejection {
    /// A rejection from its code and message.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The row's bytes are not what the input's encoding allows.
    pub fn not_utf8() -> Self {
        Self::new(
            "invalid_utf8",
            "the row is not UTF-8; if the whole input is written otherwise, name its encoding, such \
             as --encoding windows-1252",
        )
    }

    /// The row is longer than `limit` bytes.
    pub fn too_long(limit: usize) -> Self {
        Self::new("row_too_long", format!("the row has more than {limit} bytes"))
    }
}

/// A line of the file of rejected rows.
#[derive(Debug, Serialize)]
pub(super) struct RejectedRow<'a> {
    /// Row of the input, from 1.
    pub row: u64,
    #[serde(flatten)]
    pub rejection: &'a Rejection,
}

/// The text as the service would take it, with control characters made blanks; the same texts are
/// refused.
pub fn check_text(text: &str) -> Result<String, Rejection> {
    readable_text(text).map_err(|error| {
        let code = match error.code() {
            "text_too_long" => "text_too_long",
            _ => "text_blank",
        };
        Rejection { code, message: error.to_string() }
    })
}
