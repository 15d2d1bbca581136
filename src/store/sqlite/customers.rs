//! Who is this customer? An identifier of the company's is sure. An e-mail address or a telephone
//! number may be shared within a family, so it never joins two customers that the company itself
//! tells apart.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::{Row, SqliteConnection};

use super::rows::{from_json, json};
use crate::store::{Customer, CustomerNames, CustomerUpdate, StoreError};

/// The customer whom these names belong to, if they are known: the surest name decides.
pub(super) async fn find(
    connection: &mut SqliteConnection,
    names: &CustomerNames,
) -> Result<Option<Customer>, StoreError> {
    for (kind, value) in names.iter() {
        if let Some(number) = named(connection, kind, value).await? {
            // Another identifier of the company's: another customer with the same telephone.
            if kind != "id" && names.id.is_some() && has_id(connection, number).await? {
                continue;
            }
            return load(connection, number).await.map(Some);
        }
    }
    Ok(None)
}

/// Keeps what is known of a customer, new or not; gives the number. `current` is whom the
/// conversation is known to be with: names of somebody else do not move it. None where there are no
/// names and nobody is known.
pub(super) async fn know(
    connection: &mut SqliteConnection,
    update: &CustomerUpdate,
    current: Option<i64>,
    at: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let number = match current {
        Some(current) => {
            if !update.names.is_empty() && !speaks_for(connection, &update.names, current).await? {
                return Ok(Some(current));
            }
            current
        }
        None if update.names.is_empty() => return Ok(None),
        None => match find(connection, &update.names).await? {
            Some(known) => known.number,
            None => insert(connection, at).await?,
        },
    };
    for (kind, value) in update.names.iter() {
        match named(connection, kind, value).await? {
            None if kind == "id" && has_id(connection, number).await? => {}
            None => name(connection, kind, value, number).await?,
            Some(other) if other != number && may_merge(connection, number, other).await? => {
                merge(connection, number, other).await?;
            }
            Some(_) => {}
        }
    }
    describe(connection, number, update).await?;
    Ok(Some(number))
}

/// Whether a message with these names is the known customer's: one of them is known to be, or the
/// company itself says who it is where nobody said so before. Who answers a mail in copy is not.
async fn speaks_for(
    connection: &mut SqliteConnection,
    names: &CustomerNames,
    current: i64,
) -> Result<bool, StoreError> {
    for (kind, value) in names.iter() {
        if named(connection, kind, value).await? == Some(current) {
            return Ok(true);
        }
    }
    Ok(names.id.is_some() && !has_id(connection, current).await?)
}

async fn insert(connection: &mut SqliteConnection, at: Timestamp) -> Result<i64, StoreError> {
    let query =
        sqlx::query_scalar("INSERT INTO customers (created_at) VALUES (?) RETURNING number");
    Ok(query.bind(at.as_millisecond()).fetch_one(connection).await?)
}

/// The customer with this number.
pub(super) async fn load(
    connection: &mut SqliteConnection,
    number: i64,
) -> Result<Customer, StoreError> {
    let row = sqlx::query("SELECT name, attributes FROM customers WHERE number = ?")
        .bind(number)
        .fetch_optional(&mut *connection)
        .await?
        .ok_or_else(|| StoreError::not_found("customer", &number.to_string()))?;
    let names: Vec<(String, String)> = sqlx::query_as(
        "SELECT kind, value FROM customer_names WHERE customer = ? ORDER BY kind, value",
    )
    .bind(number)
    .fetch_all(connection)
    .await?;
    let of = |wanted: &str| {
        let names = names.iter().filter(|(kind, _)| kind == wanted);
        names.map(|(_, value)| value.clone()).collect()
    };
    Ok(Customer {
        number,
        name: row.try_get("name")?,
        ids: of("id"),
        emails: of("email"),
        phones: of("phone"),
        attributes: from_json(&row, "attributes")?,
    })
}

/// Whether there still is a customer with this number: two may have turned out to be one.
pub(super) async fn exists(
    connection: &mut SqliteConnection,
    number: i64,
) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM customers WHERE number = ?)");
    Ok(query.bind(number).fetch_one(connection).await?)
}

async fn named(
    connection: &mut SqliteConnection,
    kind: &str,
    value: &str,
) -> Result<Option<i64>, StoreError> {
    let query =
        sqlx::query_scalar("SELECT customer FROM customer_names WHERE kind = ? AND value = ?");
    Ok(query.bind(kind).bind(value).fetch_optional(connection).await?)
}

async fn has_id(connection: &mut SqliteConnection, number: i64) -> Result<bool, StoreError> {
    let query = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM customer_names WHERE customer = ? AND kind = 'id')",
    );
    Ok(query.bind(number).fetch_one(connection).await?)
}

async fn name(
    connection: &mut SqliteConnection,
    kind: &str,
    value: &str,
    number: i64,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO customer_names (kind, value, customer) VALUES (?, ?, ?)")
        .bind(kind)
        .bind(value)
        .bind(number)
        .execute(connection)
        .await?;
    Ok(())
}

async fn may_merge(
    connection: &mut SqliteConnection,
    one: i64,
    other: i64,
) -> Result<bool, StoreError> {
    Ok(!(has_id(connection, one).await? && has_id(connection, other).await?))
}

/// Two customers turn out to be one.
async fn merge(connection: &mut SqliteConnection, kept: i64, gone: i64) -> Result<(), StoreError> {
    let (known, other) = (load(connection, kept).await?, load(connection, gone).await?);
    let mut attributes = other.attributes;
    attributes.extend(known.attributes);
    for statement in [
        "UPDATE customer_names SET customer = ?1 WHERE customer = ?2",
        "UPDATE conversations SET customer = ?1 WHERE customer = ?2",
        "DELETE FROM customers WHERE number <> ?1 AND number = ?2",
    ] {
        sqlx::query(statement).bind(kept).bind(gone).execute(&mut *connection).await?;
    }
    sqlx::query("UPDATE customers SET name = coalesce(name, ?), attributes = ? WHERE number = ?")
        .bind(&other.name)
        .bind(json(&attributes)?)
        .bind(kept)
        .execute(connection)
        .await?;
    Ok(())
}

async fn describe(
    connection: &mut SqliteConnection,
    number: i64,
    update: &CustomerUpdate,
) -> Result<(), StoreError> {
    if update.name.is_none() && update.attributes.is_empty() {
        return Ok(());
    }
    let mut attributes: BTreeMap<String, String> = load(connection, number).await?.attributes;
    attributes.extend(update.attributes.clone());
    attributes.retain(|_, value| !value.is_empty());
    sqlx::query("UPDATE customers SET name = coalesce(?, name), attributes = ? WHERE number = ?")
        .bind(&update.name)
        .bind(json(&attributes)?)
        .bind(number)
        .execute(connection)
        .await?;
    Ok(())
}
