//! CSV and TSV. Lists are compact JSON.

use super::columns::text_of;
use super::{BlockError, Finished, Layout};

pub(super) fn block(
    delimiter: u8,
    layout: &Layout,
    rows: &[Finished],
    is_first: bool,
) -> Result<Vec<u8>, BlockError> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    if is_first {
        writer.write_record(layout.header())?;
    }
    for row in rows {
        for column in layout.carried.iter().flatten() {
            let text = row.record.text(&column.name, column.position);
            writer.write_field(text.unwrap_or_default())?;
        }
        for column in &layout.results {
            writer.write_field(text_of(&column.value(&row.result)?))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
