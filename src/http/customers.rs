//! What does the company know of a customer?

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::App;
use super::error::ApiError;
use super::extract::{Json, Path};
use crate::domain::Contact;
use crate::store::Customer;

/// What is to be kept of a customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCustomer {
    /// How the customer is known besides the company's identifier.
    #[serde(default)]
    contact: Contact,
    /// For routing rules to ask for, such as `{"vip": "true"}`; an empty value removes one.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

/// Keeps what the company knows of a customer: mails and calls from then on are this customer's.
/// What is not named stays as it is.
#[utoipa::path(
    put,
    path = "/v1/customers/{id}",
    tag = "messages",
    params(("id" = String, Path, description = "The company's identifier of the customer")),
    request_body = NewCustomer,
    responses((status = OK, body = Customer))
)]
pub(super) async fn put_customer(
    State(app): State<App>,
    Path(id): Path<String>,
    Json(NewCustomer { contact, attributes }): Json<NewCustomer>,
) -> Result<axum::Json<Customer>, ApiError> {
    Ok(axum::Json(app.desk.know_customer(&id, &contact, &attributes).await?))
}
