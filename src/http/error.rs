//! The one table of errors: stable code, HTTP status, and what is said where nothing more exact is
//! known. Handlers return [`ApiError`]; nothing leaves the service in another form.

use std::borrow::Cow;

use axum::Json;
use axum::http::header::{CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::classifier::ServiceError;
use crate::desk::DeskError;
use crate::domain::MAX_TEXT_CHARS;
use crate::store::StoreError;

/// Makes the enum, the list and the three columns from one table, so that a code without a status
/// or a text cannot exist.
macro_rules! table_of_errors {
    ($($variant:ident $code:literal $status:ident $text:literal;)+) => {
        /// A stable code of an error.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`, see [`Code::text`].")] $variant,)+
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as clients see it; never changes its meaning.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// The code with this name; [`Code::Internal`] if the table lacks it.
            pub fn from_name(name: &str) -> Self {
                match name { $($code => Self::$variant,)+ _ => Self::Internal }
            }

            /// What is said where nothing more exact is known.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

table_of_errors! {
    // The request cannot be read.
    InvalidJson "invalid_json" BAD_REQUEST "The body is not JSON. Send one JSON object, encoded as UTF-8.";
    InvalidUtf8 "invalid_utf8" BAD_REQUEST "The body is not UTF-8. Encode it as UTF-8 and send it again.";
    BodyIncomplete "body_incomplete" BAD_REQUEST "The body ended before it was complete. Send it again.";
    BodyTooSlow "body_too_slow" REQUEST_TIMEOUT "The body did not arrive in time. Send it again.";
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE "The body is too large. Send less at once.";
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE "The body must be JSON. Send it with the header Content-Type: application/json.";
    InvalidQuery "invalid_query" BAD_REQUEST "The query of the address cannot be read. The documentation at /docs lists its parameters.";
    InvalidPath "invalid_path" BAD_REQUEST "The path of the address is not UTF-8. Encode identifiers for use in addresses.";

    // The request can be read but makes no sense.
    UnknownField "unknown_field" UNPROCESSABLE_ENTITY "There is a field that is not known here. Leave it out or correct its name.";
    DuplicateField "duplicate_field" UNPROCESSABLE_ENTITY "A field is there twice. Send it once.";
    MissingField "missing_field" UNPROCESSABLE_ENTITY "A field is missing.";
    WrongType "wrong_type" UNPROCESSABLE_ENTITY "A field has a value of the wrong type.";
    UnknownChannel "unknown_channel" UNPROCESSABLE_ENTITY "There is no such channel. Use one of chat, email, phone, social, messenger, form.";
    UnknownLanguage "unknown_language" UNPROCESSABLE_ENTITY "This language is not spoken here. Use de or en, or leave it out.";
    UnknownValue "unknown_value" UNPROCESSABLE_ENTITY "A field has a value that is not among the possible ones.";
    InvalidMail "invalid_mail" UNPROCESSABLE_ENTITY "The body is no e-mail. Send the mail as it came, undecoded.";
    TextBlank "text_blank" UNPROCESSABLE_ENTITY "The text is blank. Send what the customer wrote.";
    TextTooLong "text_too_long" UNPROCESSABLE_ENTITY "The text is too long. Shorten it or send it in parts.";
    InvalidId "invalid_id" UNPROCESSABLE_ENTITY "An identifier is not usable.";
    TooManyMessages "too_many_messages" UNPROCESSABLE_ENTITY "There are too many messages in one request. Send them in several.";
    InvalidTime "invalid_time" UNPROCESSABLE_ENTITY "A time cannot be read. Write a day such as 2026-11-01 or a moment such as 2026-11-01T08:00:00Z.";
    InvalidPeriod "invalid_period" UNPROCESSABLE_ENTITY "The period makes no sense. It must begin before it ends, and not in the future.";
    InvalidRequest "invalid_request" UNPROCESSABLE_ENTITY "The request makes no sense as it is.";

    // Who calls.
    Unauthorized "unauthorized" UNAUTHORIZED "This needs a key or a sign-in. Send a key in the header Authorization: Bearer KEY, or sign in at /console.";
    WrongPassword "wrong_password" UNAUTHORIZED "Name or password is wrong. Try again, or ask the operator for a new password.";
    TooManyAttempts "too_many_attempts" TOO_MANY_REQUESTS "There were too many wrong passwords for this name. Try again after the time in Retry-After.";
    WrongSignature "wrong_signature" FORBIDDEN "The signature does not fit. Check the signing key in [channels] of lotse.toml, and that public_url is the address that the other system calls.";
    Forbidden "forbidden" FORBIDDEN "The key's role does not allow this. Use a key with the role that the documentation names.";

    // What is asked for.
    RouteNotFound "route_not_found" NOT_FOUND "There is nothing at this address. The documentation at /docs lists all addresses.";
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED "The address does not know this method. The header Allow names those it knows.";
    ConversationNotFound "conversation_not_found" NOT_FOUND "There is no such conversation. Leave conversation_id out to begin one.";
    TicketNotFound "ticket_not_found" NOT_FOUND "There is no such ticket.";
    QueueNotFound "queue_not_found" NOT_FOUND "There is no such queue. GET /v1/queues lists them.";
    AgentNotFound "agent_not_found" NOT_FOUND "There is no such agent. GET /v1/agents lists who can take a ticket.";
    ArticleNotFound "article_not_found" NOT_FOUND "There is no such article.";
    ChannelOff "channel_off" NOT_FOUND "This channel is off. Add its table to [channels] of lotse.toml.";
    TableNotFound "table_not_found" NOT_FOUND "There is no such table. Use one of totals, timeline, channels, queues, intents, rising, satisfaction, agents, gaps.";
    NotFound "not_found" NOT_FOUND "It is not there.";

    // What stands against it.
    Conflict "conflict" CONFLICT "Somebody else was faster, or it contradicts what is recorded. Load it again and decide anew.";
    CustomerMismatch "customer_mismatch" CONFLICT "The conversation belongs to another customer. Leave conversation_id out to begin a new one.";
    NotYours "not_yours" CONFLICT "Another agent holds the ticket. Ask them to release it.";

    ArticleExists "article_exists" CONFLICT "There is an article of this name already. Write into that one, or choose another title.";

    // The service cannot do it now.
    Overloaded "overloaded" TOO_MANY_REQUESTS "As many messages as possible are in work. Try again after the time in Retry-After.";
    NotReady "not_ready" SERVICE_UNAVAILABLE "The service is not ready. Try again shortly.";
    Stopping "stopping" SERVICE_UNAVAILABLE "The service is going down. Try again shortly.";
    DeadlineExceeded "deadline_exceeded" SERVICE_UNAVAILABLE "It took too long and was given up. Try again; a message_id keeps it from being recorded twice.";
    StoreLocked "store_locked" SERVICE_UNAVAILABLE "The store is locked by another program. Try again shortly.";
    StoreReadOnly "store_read_only" SERVICE_UNAVAILABLE "The store cannot be written. The operator must give write permission.";
    KnowledgeReadOnly "knowledge_read_only" SERVICE_UNAVAILABLE "The knowledge folder cannot be written. The operator must give write permission.";
    StoreFailed "store_failed" SERVICE_UNAVAILABLE "The store failed. The operator finds the reason in the log.";
    StoreFull "store_full" INSUFFICIENT_STORAGE "The store is full. The operator must free disk space.";
    Internal "internal" INTERNAL_SERVER_ERROR "Something went wrong inside the service. The operator finds the reason in the log.";
}

/// Why a request was not answered as wished.
#[derive(Debug)]
pub struct ApiError {
    code: Code,
    message: Cow<'static, str>,
    details: Option<Value>,
    retry_after_seconds: Option<u64>,
}

/// An error as clients see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorObject,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorObject {
    /// Stable code for programs.
    #[schema(example = "text_blank")]
    pub code: &'static str,
    /// For people: what is wrong and what to do.
    pub message: String,
    /// Particulars such as the field or the limit, by code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub details: Option<Value>,
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        // Who is told to come back is told when.
        let retry_after_seconds = match code {
            Code::Overloaded | Code::StoreLocked | Code::NotReady => Some(1),
            Code::Stopping | Code::DeadlineExceeded => Some(5),
            _ => None,
        };
        Self { code, message: code.text().into(), details: None, retry_after_seconds }
    }
}

impl ApiError {
    /// An error with a message of its own: what is wrong, and what to do.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), ..code.into() }
    }

    /// Adds particulars for programs.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// A defect or an outage: the reason goes to the log, the caller only learns that there is one.
    pub fn internal(reason: &dyn std::fmt::Display) -> Self {
        tracing::error!(%reason, "request failed");
        Code::Internal.into()
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// For people: what is wrong and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            error: ErrorObject {
                code: self.code.name(),
                message: self.message.into_owned(),
                details: self.details,
            },
        };
        let mut response = (self.code.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == Code::Unauthorized {
            let challenge = HeaderValue::from_static("Bearer realm=\"lotse\"");
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        // What is left of the body is not read: nothing more can follow on this connection.
        if self.code == Code::BodyTooLarge {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Overloaded { retry_after_seconds } => {
                Self::from(Code::Overloaded).retry_after(retry_after_seconds)
            }
            ServiceError::Stopped => Code::Stopping.into(),
            ServiceError::Failed(_) => Self::internal(&error),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        DeskError::from(error).into()
    }
}

impl From<DeskError> for ApiError {
    fn from(error: DeskError) -> Self {
        let code = Code::from_name(error.code());
        let details = match &error {
            DeskError::TextTooLong(length) => {
                Some(json!({ "length": length, "limit": MAX_TEXT_CHARS }))
            }
            DeskError::InvalidId { field, .. } => Some(json!({ "field": field })),
            DeskError::UnknownQueue { known, .. } => Some(json!({ "queues": known })),
            DeskError::HeldByOther { holder, .. } => Some(json!({ "holder": holder })),
            DeskError::WrongState { state, .. } => Some(json!({ "state": state })),
            _ => None,
        };
        match error {
            DeskError::Classifier(error) => error.into(),
            // The reason holds paths and advice for the operator, none of the caller's business.
            _ if code.status().is_server_error() && code != Code::Stopping => {
                tracing::error!(reason = %error, code = code.name(), "the store failed");
                code.into()
            }
            _ => Self { details, ..Self::new(code, sentence(&error.to_string())) },
        }
    }
}

/// A message of another folder as a sentence. Names of fields keep their small letter.
fn sentence(text: &str) -> String {
    let is_name = text.split(' ').next().is_some_and(|word| word.contains('_'));
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if !is_name => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        _ => format!("{text}."),
    }
}
