//! The columns of an output: those carried through, then the results.

use super::ResultColumn;
use crate::batch::BatchError;
use crate::batch::input::{Record, unique_names};

/// A column of the input that the output has as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::batch) struct Carried {
    /// Position in the input; of no meaning where rows bring columns of their own.
    pub position: usize,
    /// Name in the input.
    pub name: String,
    /// Name in the output: another one if a result has that name.
    pub output: String,
}

/// The columns of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::batch) struct Layout {
    /// Columns carried through, in their order; none if every row carries its own.
    pub carried: Option<Vec<Carried>>,
    /// Columns of results.
    pub results: Vec<ResultColumn>,
}

impl Layout {
    /// The columns `known` of the input (none if each row has its own), or those `chosen` of them.
    pub(in crate::batch) fn new(
        input: &str,
        known: Option<&[String]>,
        chosen: Option<&[String]>,
        results: Vec<ResultColumn>,
    ) -> Result<Self, BatchError> {
        let Some(names) = chosen.or(known) else { return Ok(Self { carried: None, results }) };
        let position = |name: &String| match known {
            Some(known) => known.iter().position(|known| known == name),
            None => Some(0),
        };
        let missing: Vec<String> =
            names.iter().filter(|name| position(name).is_none()).cloned().collect();
        if !missing.is_empty() {
            let columns = known.unwrap_or_default().to_vec();
            return Err(BatchError::NoColumn { name: input.to_owned(), missing, columns });
        }
        let outputs = names.iter().map(|name| output_name(name, &results)).collect();
        let carried = names.iter().zip(unique_names(outputs)).map(|(name, output)| Carried {
            position: position(name).unwrap_or_default(),
            name: name.clone(),
            output,
        });
        Ok(Self { carried: Some(carried.collect()), results })
    }

    /// Columns of rows that bring their own, in the order in which they come first.
    pub(in crate::batch) fn columns_of<'a>(
        records: impl Iterator<Item = &'a Record>,
    ) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for record in records {
            let Record::Object(fields) = record else { continue };
            for (name, _) in fields {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        names
    }

    /// Whether a column of the input is carried through.
    pub(in crate::batch) fn carries(&self, name: &str) -> bool {
        self.carried.as_ref().is_none_or(|carried| carried.iter().any(|known| known.name == name))
    }

    /// The header.
    pub(super) fn header(&self) -> impl Iterator<Item = &str> {
        let carried = self.carried.iter().flatten().map(|column| column.output.as_str());
        carried.chain(self.results.iter().map(|column| column.name()))
    }
}

/// The name in the output of an input's column: with `input_` before it where a result is called so.
pub(super) fn output_name(name: &str, results: &[ResultColumn]) -> String {
    if results.iter().any(|column| column.name() == name) {
        return format!("input_{name}");
    }
    name.to_owned()
}
