//! Rows of a Parquet file.

use std::fs::File;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{Cells, Record, Rows};
use crate::batch::{BatchError, Rejection};

/// Rows that are decoded together.
const BATCH: usize = 1_024;

/// Reads the rows of a file, row group by row group.
pub(super) struct ParquetRows {
    reader: ParquetRecordBatchReader,
    batch: Option<Arc<RecordBatch>>,
    index: usize,
}

impl ParquetRows {
    /// Opens a file, and tells how many rows it has.
    pub(super) fn open(file: File, name: &str) -> Result<(Self, u64), BatchError> {
        let damaged = |error| {
            BatchError::read(name, format!("it is no Parquet file that can be read: {error}"))
        };
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(damaged)?;
        let rows = builder.metadata().file_metadata().num_rows();
        let reader = builder.with_batch_size(BATCH).build().map_err(damaged)?;
        Ok((Self { reader, batch: None, index: 0 }, u64::try_from(rows).unwrap_or(0)))
    }
}

impl Rows for ParquetRows {
    fn columns(&self) -> Option<Vec<String>> {
        let schema = self.reader.schema();
        Some(schema.fields().iter().map(|field| field.name().clone()).collect())
    }

    fn schema(&self) -> Option<arrow_schema::SchemaRef> {
        Some(self.reader.schema())
    }

    fn next(&mut self) -> std::io::Result<Option<Result<Record, Rejection>>> {
        loop {
            if let Some(batch) = &self.batch
                && self.index < batch.num_rows()
            {
                let cells = Cells { batch: Arc::clone(batch), index: self.index };
                self.index += 1;
                return Ok(Some(Ok(Record::Cells(cells))));
            }
            match self.reader.next().transpose().map_err(std::io::Error::other)? {
                Some(batch) => (self.batch, self.index) = (Some(Arc::new(batch)), 0),
                None => return Ok(None),
            }
        }
    }
}
