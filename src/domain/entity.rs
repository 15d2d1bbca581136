use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A number, date, address or device named in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// The words as written.
    pub text: String,
    /// Normalised value: ISO date, amount with a point and currency, IBAN without blanks, the
    /// catalogue's device name. Absent where `text` already is the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// First character, counted in Unicode scalar values of the message as sent.
    pub start: usize,
    /// One past the last character, counted likewise.
    pub end: usize,
}

/// The kinds of entity that are recognised.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// Order number, for example `NL-20481`.
    OrderNumber,
    /// Customer number, for example `K-883201`.
    CustomerNumber,
    /// Invoice number, for example `RE-2024-10233`.
    InvoiceNumber,
    /// Parcel tracking number.
    TrackingNumber,
    /// Calendar date or day, relative ones included ("gestern", "last Friday").
    Date,
    /// Amount of money.
    Amount,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Telephone number that the customer wants to be called back on.
    CallbackNumber,
    /// IBAN with a valid checksum.
    Iban,
    /// A device of the catalogue.
    Device,
}
