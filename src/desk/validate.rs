use super::DeskError;
use crate::domain::{Incoming, MAX_TEXT_CHARS};

/// Longest conversation id, which may become part of addresses and file names.
const CONVERSATION_ID_CHARS: usize = 64;

/// Longest id of a customer or message; ids of e-mails are long.
const ID_CHARS: usize = 200;

/// A message with a text that can be read and ids that can be kept.
pub(super) fn incoming(incoming: Incoming) -> Result<Incoming, DeskError> {
    let text = text(&incoming.text)?;
    let id = &incoming.conversation_id;
    if id.as_deref().is_some_and(|id| !is_conversation_id(id)) {
        return Err(DeskError::InvalidId {
            field: "conversation_id",
            problem: "use 1 to 64 letters, digits or characters of _ - . :, or leave it out",
        });
    }
    for (field, id) in
        [("customer_id", &incoming.customer_id), ("message_id", &incoming.message_id)]
    {
        if id.as_deref().is_some_and(|id| !is_id(id)) {
            let problem = "use 1 to 200 characters without control characters, or leave it out";
            return Err(DeskError::InvalidId { field, problem });
        }
    }
    Ok(Incoming { text, ..incoming })
}

/// An id of the client for a message.
pub(super) fn message_id(id: &str) -> Result<&str, DeskError> {
    if is_id(id) {
        return Ok(id);
    }
    let problem = "use 1 to 200 characters without control characters, or leave it out";
    Err(DeskError::InvalidId { field: "message_id", problem })
}

/// The text with each control character but tabs and line ends made a blank, so that positions in
/// it stay what they were.
pub(crate) fn text(text: &str) -> Result<String, DeskError> {
    let characters = text.chars().count();
    if characters > MAX_TEXT_CHARS {
        return Err(DeskError::TextTooLong(characters));
    }
    let is_kept = |character: char| !character.is_control() || "\t\n\r".contains(character);
    let plain: String =
        text.chars().map(|character| if is_kept(character) { character } else { ' ' }).collect();
    if plain.chars().all(is_invisible) {
        return Err(DeskError::TextBlank);
    }
    Ok(plain)
}

/// White space, and what takes no room at all: soft hyphen, zero-width characters, marks of
/// direction, byte order mark.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}'
        )
}

fn is_conversation_id(id: &str) -> bool {
    (1..=CONVERSATION_ID_CHARS).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte))
}

fn is_id(id: &str) -> bool {
    (1..=ID_CHARS).contains(&id.chars().count()) && !id.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Channel;

    fn message(text: &str) -> Incoming {
        Incoming::new(Channel::Chat, text)
    }

    #[test]
    fn what_cannot_be_seen_is_blank() {
        for blank in ["", "   ", "\n\t\r\n", "\0\0", "\u{200B}\u{FEFF}", " \u{3000}\u{AD}\u{7}"] {
            assert!(matches!(text(blank), Err(DeskError::TextBlank)), "{blank:?}");
        }
        for visible in [".", "?", "👍", "ok", "\u{200B}x"] {
            assert!(text(visible).is_ok(), "{visible:?}");
        }
    }

    #[test]
    fn length_counts_characters() {
        let longest = "ä".repeat(MAX_TEXT_CHARS);
        assert_eq!(text(&longest).unwrap(), longest);
        let error = text(&format!("{longest}!")).unwrap_err();
        assert!(matches!(error, DeskError::TextTooLong(characters) if characters == 20_001));
        assert_eq!(error.code(), "text_too_long");
    }

    #[test]
    fn control_characters_become_blanks_of_the_same_width() {
        assert_eq!(text("a\0b\u{1B}[31mc\td\r\ne\u{85}").unwrap(), "a b [31mc\td\r\ne ");
    }

    #[test]
    fn ids_are_checked() {
        let with = |set: fn(&mut Incoming, String), id: &str| {
            let mut message = message("Hello");
            set(&mut message, id.to_owned());
            incoming(message).is_ok()
        };
        let conversation = |id: &str| with(|message, id| message.conversation_id = Some(id), id);
        assert!(conversation("c0198-Ab_c.1:2"));
        assert!(conversation(&"x".repeat(64)));
        for bad in ["", &"x".repeat(65), "a b", "ä", "a/b", "../x", "a\0"] {
            assert!(!conversation(bad), "{bad:?}");
        }
        let message_id = |id: &str| with(|message, id| message.message_id = Some(id), id);
        assert!(message_id("<CAF+é@mail.example>"));
        assert!(!message_id("") && !message_id("a\nb") && !message_id(&"x".repeat(201)));
        let customer = |id: &str| with(|message, id| message.customer_id = Some(id), id);
        assert!(customer("K-883201") && !customer("\0"));
    }
}
