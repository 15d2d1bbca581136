use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Work for an outside system that is about to be kept until it is done.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDelivery {
    /// Those of one group are carried out one after another; none for one that waits for no other.
    pub group: Option<String>,
    /// Particulars, by destination.
    pub payload: Value,
}

/// Work for an outside system, kept until it is done or given up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// A UUID, the same at every attempt: what makes two attempts one for the other side.
    pub id: String,
    /// The outside system.
    pub destination: String,
    /// Those of one group are carried out one after another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Particulars, by destination.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// When it was planned.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it is to be tried next, or was given up.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// Attempts that have failed.
    pub attempts: u32,
    /// What went wrong at the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// What waits for a destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryCount {
    /// The outside system.
    pub destination: String,
    /// Deliveries that are still to be carried out.
    pub waiting: u32,
    /// Deliveries that were given up.
    pub abandoned: u32,
    /// When the oldest waiting one was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest_waiting: Option<Timestamp>,
}

/// A destination that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisabledDestination {
    /// Its settings at that time, as the destination puts them.
    pub fingerprint: String,
    /// Why it counts as gone.
    pub error: String,
}
