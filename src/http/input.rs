//! Checks of texts that are read but not recorded; the desk checks what it records itself.

use serde_json::json;

use super::error::{ApiError, Code};
use crate::domain::MAX_TEXT_CHARS;

/// Refuses a text that says nothing or is too long.
pub(crate) fn check_text(field: &str, text: &str) -> Result<(), ApiError> {
    let details = json!({ "field": field });
    if text.chars().all(is_invisible) {
        return Err(ApiError::from(Code::TextBlank).with_details(details));
    }
    let length = text.chars().count();
    if length > MAX_TEXT_CHARS {
        let message = format!(
            "The text has {length} characters; at most {MAX_TEXT_CHARS} are read. Shorten it or \
             send it in parts."
        );
        let details = json!({ "field": field, "length": length, "limit": MAX_TEXT_CHARS });
        return Err(ApiError::new(Code::TextTooLong, message).with_details(details));
    }
    Ok(())
}

/// White space, control characters, and the marks without width that copying leaves behind.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}
