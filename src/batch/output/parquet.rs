//! Parquet. Columns of a Parquet input keep their types, others are texts; of the results
//! probabilities are doubles, rows and tiers whole numbers, and lists compact JSON.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::columns::{Kind, text_of};
use super::layout::Carried;
use super::{BlockError, Finished, Layout, ResultColumn};
use crate::batch::input::Record;

/// Rows of a row group of the finished file.
const ROW_GROUP: usize = 1 << 16;

fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("lotse".to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build()
}

/// A small Parquet file of these rows.
pub(super) fn block(
    layout: &Layout,
    input: Option<&SchemaRef>,
    rows: &[Finished],
) -> Result<Vec<u8>, BlockError> {
    let schema = Arc::new(schema(layout, input));
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for column in layout.carried.iter().flatten() {
        columns.push(match input {
            Some(input) => interleaved(column, input.field(column.position).data_type(), rows)?,
            None => texts(rows.iter().map(|row| row.record.text(&column.name, column.position))),
        });
    }
    for column in &layout.results {
        columns.push(results(*column, rows)?);
    }
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)?;
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties()))?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?)
}

fn schema(layout: &Layout, input: Option<&SchemaRef>) -> Schema {
    let carried = layout.carried.iter().flatten().map(|column| match input {
        Some(input) => input.field(column.position).clone().with_name(&column.output),
        None => Field::new(&column.output, DataType::Utf8, true),
    });
    let results = layout.results.iter().map(|column| {
        let kind = match column.kind() {
            Kind::Text => DataType::Utf8,
            Kind::Share => DataType::Float64,
            Kind::Whole => DataType::Int64,
        };
        Field::new(column.name(), kind, true)
    });
    Schema::new(carried.chain(results).collect::<Vec<Field>>())
}

fn texts(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn results(column: ResultColumn, rows: &[Finished]) -> Result<ArrayRef, BlockError> {
    let values =
        rows.iter().map(|row| column.value(&row.result)).collect::<serde_json::Result<Vec<_>>>()?;
    Ok(match column.kind() {
        Kind::Text => texts(values.iter().map(|value| (!value.is_null()).then(|| text_of(value)))),
        Kind::Share => {
            Arc::new(values.iter().map(serde_json::Value::as_f64).collect::<Float64Array>())
        }
        Kind::Whole => {
            Arc::new(values.iter().map(serde_json::Value::as_i64).collect::<Int64Array>())
        }
    })
}

/// A column of a Parquet input with its type.
fn interleaved(
    column: &Carried,
    kind: &DataType,
    rows: &[Finished],
) -> Result<ArrayRef, BlockError> {
    let mut batches: Vec<&Arc<RecordBatch>> = Vec::new();
    let mut known: HashMap<*const RecordBatch, usize> = HashMap::new();
    let mut places = Vec::with_capacity(rows.len());
    for row in rows {
        let Record::Cells(cells) = &row.record else { continue };
        let number = *known.entry(Arc::as_ptr(&cells.batch)).or_insert_with(|| {
            batches.push(&cells.batch);
            batches.len() - 1
        });
        places.push((number, cells.index));
    }
    if batches.is_empty() {
        return Ok(arrow_array::new_empty_array(kind));
    }
    let arrays: Vec<&dyn arrow_array::Array> =
        batches.iter().map(|batch| batch.column(column.position).as_ref()).collect();
    Ok(arrow_select::interleave::interleave(&arrays, &places)?)
}

/// Joins small files into one with large row groups. Their rows are the same however often a run
/// was interrupted, and so is the joined file.
pub(super) fn join(parts: &[PathBuf], output: impl Write + Send) -> Result<(), ParquetError> {
    let mut output = Some(output);
    let mut writer = None;
    for part in parts {
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(part)?)?;
        let schema = Arc::clone(builder.schema());
        if let Some(output) = output.take() {
            writer = Some(ArrowWriter::try_new(output, schema, Some(properties()))?);
        }
        for batch in builder.build()? {
            if let Some(writer) = &mut writer {
                writer.write(&batch?)?;
            }
        }
    }
    if let Some(writer) = writer {
        writer.into_inner()?.flush()?;
    }
    Ok(())
}
