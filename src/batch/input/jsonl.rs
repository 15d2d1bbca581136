//! Rows of JSON lines: one object a line.

use std::fmt;
use std::io::BufRead;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::lines::{MAX_LINE_BYTES, read_line};
use super::{Record, Rows};
use crate::batch::Rejection;

/// Reads an object a line; blank lines are no rows.
pub(super) struct JsonLines<R> {
    pub(super) input: R,
}

impl<R: BufRead + Send> Rows for JsonLines<R> {
    fn columns(&self) -> Option<Vec<String>> {
        None
    }

    fn next(&mut self) -> std::io::Result<Option<Result<Record, Rejection>>> {
        loop {
            let Some(line) = read_line(&mut self.input)? else { return Ok(None) };
            if line.is_cut {
                return Ok(Some(Err(Rejection::too_long(MAX_LINE_BYTES))));
            }
            if !line.content().trim_ascii().is_empty() {
                return Ok(Some(parse(line.content())));
            }
        }
    }
}

fn parse(line: &[u8]) -> Result<Record, Rejection> {
    let text = std::str::from_utf8(line).map_err(|_| Rejection::not_utf8())?;
    let object: Object = serde_json::from_str(text).map_err(|error| {
        Rejection::new("invalid_json", format!("the line is not a JSON object: {error}"))
    })?;
    Ok(Record::Object(object.0))
}

/// The fields of a JSON object in their order, as they are written.
struct Object(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object with the row's columns")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields: Vec<(String, Box<RawValue>)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    // As in JSON readers everywhere, the last of two fields of one name counts.
                    match fields.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = value,
                        None => fields.push((name, value)),
                    }
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}
