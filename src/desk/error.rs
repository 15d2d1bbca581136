use crate::classifier::ServiceError;
use crate::domain::{MAX_TEXT_CHARS, TicketState};
use crate::store::StoreError;

/// Why the desk did not do what was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The text holds nothing that can be read.
    #[error("the text is blank: send what was written")]
    TextBlank,
    /// The text is longer than is taken.
    #[error(
        "the text has {0} characters, at most {MAX_TEXT_CHARS} are taken: shorten it or send it in \
         parts"
    )]
    TextTooLong(usize),
    /// An identifier of the client is not usable.
    #[error("{field} is not usable: {problem}")]
    InvalidId {
        /// Name of the field.
        field: &'static str,
        /// What is wrong and what is allowed.
        problem: &'static str,
    },
    /// The conversation belongs to another customer.
    #[error(
        "conversation {0} belongs to another customer: leave conversation_id out to begin a new one"
    )]
    OtherCustomer(String),
    /// A rating, label or reason that makes no sense.
    #[error("{0}")]
    InvalidValue(&'static str),
    /// There is no such queue.
    #[error("there is no queue {queue}: use one of {}", known.join(", "))]
    UnknownQueue {
        /// The queue asked for.
        queue: String,
        /// The queues that there are.
        known: Vec<String>,
    },
    /// There is no such colleague.
    #[error("there is no agent {agent}: GET /v1/agents lists who can take a ticket")]
    UnknownAgent {
        /// The agent asked for.
        agent: String,
    },
    /// Only the agent who holds the ticket may do this.
    #[error("ticket {ticket} is held by {holder}: ask them to release it")]
    HeldByOther {
        /// The ticket.
        ticket: String,
        /// Who holds it.
        holder: String,
    },
    /// The ticket is not in a state in which this can be done.
    #[error("ticket {ticket} is {}: {hint}", state.name())]
    WrongState {
        /// The ticket.
        ticket: String,
        /// Where it stands.
        state: TicketState,
        /// What to do first.
        hint: &'static str,
    },
    /// Others changed the same thing again and again.
    #[error("{0} is being changed by many at once: try again")]
    Contended(String),
    /// The message could not be read.
    #[error(transparent)]
    Classifier(#[from] ServiceError),
    /// The store failed, or what was named is not there.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DeskError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TextBlank => "text_blank",
            Self::TextTooLong(_) => "text_too_long",
            Self::InvalidId { .. } => "invalid_id",
            Self::OtherCustomer(_) => "customer_mismatch",
            Self::InvalidValue(_) => "invalid_request",
            Self::UnknownQueue { .. } => "queue_not_found",
            Self::UnknownAgent { .. } => "agent_not_found",
            Self::HeldByOther { .. } => "not_yours",
            Self::WrongState { .. } | Self::Contended(_) => "conflict",
            Self::Classifier(ServiceError::Overloaded { .. }) => "overloaded",
            Self::Classifier(ServiceError::Stopped) | Self::Store(StoreError::Closed) => "stopping",
            Self::Classifier(ServiceError::Failed(_)) => "internal",
            Self::Store(error) => store_code(error),
        }
    }
}

fn store_code(error: &StoreError) -> &'static str {
    match error {
        StoreError::NotFound { what: "conversation", .. } => "conversation_not_found",
        StoreError::NotFound { what: "ticket", .. } => "ticket_not_found",
        StoreError::NotFound { .. } => "not_found",
        StoreError::Conflict(_) => "conflict",
        StoreError::Locked(_) => "store_locked",
        StoreError::Full(_) => "store_full",
        StoreError::ReadOnly(_) => "store_read_only",
        StoreError::Closed => "stopping",
        StoreError::Open { source, .. } => store_code(source),
        StoreError::Damaged(_)
        | StoreError::Device(_)
        | StoreError::Newer { .. }
        | StoreError::Other(_) => "store_failed",
    }
}
