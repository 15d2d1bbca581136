use jiff::Timestamp;

/// A mail that came in or went out, as far as later ones depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRecord {
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// The conversation that it belongs to.
    pub conversation_id: String,
    /// Whether it went out.
    pub sent: bool,
    /// SHA-256 of what was read of it, in hexadecimal.
    pub digest: String,
    /// Who wrote it, or whom it went to.
    pub address: String,
    /// Where the sender wants answers, if elsewhere.
    pub reply_to: Option<String>,
    /// What the other side is called.
    pub name: Option<String>,
    /// Subject as in its head.
    pub subject: String,
    /// Message-IDs of the mails that it answers, the nearest first.
    pub references: Vec<String>,
    /// All addresses in its head, in lower case.
    pub people: Vec<String>,
    /// When it came, or was sent for the first time.
    pub at: Timestamp,
}
