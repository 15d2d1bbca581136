use std::sync::Arc;

use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch, cast::AsArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;
use serde_json::Value;
use serde_json::value::RawValue;

/// A row as it stands in the input.
#[derive(Clone, Debug)]
pub(in crate::batch) enum Record {
    /// A text a column, in the order of the input's columns.
    Texts(Vec<String>),
    /// Fields with names of their own, values as they are written.
    Object(Vec<(String, Box<RawValue>)>),
    /// A row of a table with types.
    Cells(Cells),
}

/// A row of a table with types.
#[derive(Clone, Debug)]
pub(in crate::batch) struct Cells {
    pub batch: Arc<RecordBatch>,
    pub index: usize,
}

impl Record {
    /// The value of a column as text: none where the row has no such column, or no value in it.
    /// Values that are no text are written as JSON.
    pub(in crate::batch) fn text(&self, name: &str, position: usize) -> Option<String> {
        match self {
            Self::Texts(texts) => texts.get(position).cloned(),
            Self::Object(fields) => {
                let (_, value) = fields.iter().find(|(known, _)| known == name)?;
                text_of(value)
            }
            Self::Cells(cells) => cells.text(position),
        }
    }

    /// Whether the row has a column, with a value or not.
    pub(in crate::batch) fn has(&self, name: &str) -> bool {
        match self {
            Self::Object(fields) => fields.iter().any(|(known, _)| known == name),
            Self::Texts(_) | Self::Cells(_) => true,
        }
    }

    /// Whether the value of a column is a JSON list or object.
    pub(in crate::batch) fn is_list(&self, name: &str) -> bool {
        match self {
            Self::Object(fields) => fields
                .iter()
                .any(|(known, value)| known == name && value.get().starts_with(['[', '{'])),
            Self::Texts(_) | Self::Cells(_) => false,
        }
    }

    /// The first column of a row with columns of its own that is none of these.
    pub(in crate::batch) fn other_than(&self, is_known: impl Fn(&str) -> bool) -> Option<&str> {
        match self {
            Self::Object(fields) => {
                fields.iter().map(|(name, _)| name.as_str()).find(|name| !is_known(name))
            }
            Self::Texts(_) | Self::Cells(_) => None,
        }
    }

    /// The value of a column in JSON, as it is written where it was JSON before.
    pub(in crate::batch) fn json(&self, name: &str, position: usize) -> serde_json::Result<String> {
        match self {
            Self::Texts(texts) => {
                serde_json::to_string(texts.get(position).map_or("", String::as_str))
            }
            Self::Object(fields) => {
                let value = fields.iter().find(|(known, _)| known == name);
                Ok(value.map_or("null", |(_, value)| value.get()).to_owned())
            }
            Self::Cells(cells) => serde_json::to_string(&cells.value(position)),
        }
    }

    /// Roughly the memory that it takes.
    pub(in crate::batch) fn bytes(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.iter().map(|text| text.len() + 24).sum(),
            Self::Object(fields) => {
                fields.iter().map(|(name, value)| name.len() + value.get().len() + 48).sum()
            }
            Self::Cells(cells) => {
                cells.batch.get_array_memory_size() / cells.batch.num_rows().max(1)
            }
        }
    }
}

/// A JSON value as text: what a text says, other values as they are written, none for null.
pub(in crate::batch) fn text_of(value: &RawValue) -> Option<String> {
    match value.get() {
        "null" => None,
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        other => Some(other.to_owned()),
    }
}

impl Cells {
    fn text(&self, position: usize) -> Option<String> {
        let column = self.batch.columns().get(position)?;
        if column.is_null(self.index) {
            return None;
        }
        let options = FormatOptions::default();
        let formatter = ArrayFormatter::try_new(column.as_ref(), &options).ok()?;
        Some(formatter.value(self.index).to_string())
    }

    fn value(&self, position: usize) -> Value {
        let Some(column) = self.batch.columns().get(position) else { return Value::Null };
        let index = self.index;
        if column.is_null(index) {
            return Value::Null;
        }
        match column.data_type() {
            DataType::Boolean => column.as_boolean().value(index).into(),
            DataType::Int8 => column.as_primitive::<Int8Type>().value(index).into(),
            DataType::Int16 => column.as_primitive::<Int16Type>().value(index).into(),
            DataType::Int32 => column.as_primitive::<Int32Type>().value(index).into(),
            DataType::Int64 => column.as_primitive::<Int64Type>().value(index).into(),
            DataType::UInt8 => column.as_primitive::<UInt8Type>().value(index).into(),
            DataType::UInt16 => column.as_primitive::<UInt16Type>().value(index).into(),
            DataType::UInt32 => column.as_primitive::<UInt32Type>().value(index).into(),
            DataType::UInt64 => column.as_primitive::<UInt64Type>().value(index).into(),
            DataType::Float32 => column.as_primitive::<Float32Type>().value(index).into(),
            DataType::Float64 => column.as_primitive::<Float64Type>().value(index).into(),
            _ => self.text(position).map_or(Value::Null, Value::from),
        }
    }
}
