//! Between columns and domain types.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::store::StoreError;

/// A value as JSON text.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Other(error.to_string()))
}

/// An optional value as JSON text.
pub(super) fn optional_json<T: Serialize + ?Sized>(
    value: Option<&T>,
) -> Result<Option<String>, StoreError> {
    value.map(json).transpose()
}

/// The value of a column that holds JSON.
pub(super) fn from_json<T: DeserializeOwned>(
    row: &SqliteRow,
    column: &str,
) -> Result<T, StoreError> {
    parse(&row.try_get::<String, _>(column)?, column)
}

/// The value of a column that holds JSON or nothing.
pub(super) fn from_optional_json<T: DeserializeOwned>(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<T>, StoreError> {
    row.try_get::<Option<String>, _>(column)?.map(|text| parse(&text, column)).transpose()
}

fn parse<T: DeserializeOwned>(text: &str, column: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Damaged(format!("column {column} cannot be read: {error}")))
}

/// The time of a column that holds milliseconds.
pub(super) fn time(row: &SqliteRow, column: &str) -> Result<Timestamp, StoreError> {
    to_time(row.try_get(column)?)
}

/// A time from milliseconds.
pub(super) fn to_time(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|error| StoreError::Damaged(format!("a time cannot be read: {error}")))
}

/// The value that a column names.
pub(super) fn named<T>(
    row: &SqliteRow,
    column: &str,
    from_name: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let name: String = row.try_get(column)?;
    from_name(&name).ok_or_else(|| StoreError::Damaged(format!("column {column} holds {name:?}")))
}

/// The value that a column names, if it names one.
pub(super) fn optional_named<T>(
    row: &SqliteRow,
    column: &str,
    from_name: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    match row.try_get::<Option<String>, _>(column)? {
        Some(_) => named(row, column, from_name).map(Some),
        None => Ok(None),
    }
}

/// A count for `LIMIT`.
pub(super) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
