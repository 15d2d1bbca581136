//! JSON lines. What came as JSON goes as it was written.

use super::layout::output_name;
use super::{BlockError, Finished, Layout};
use crate::batch::input::{Record, unique_names};

pub(super) fn block(layout: &Layout, rows: &[Finished]) -> Result<Vec<u8>, BlockError> {
    let mut block = Vec::new();
    for row in rows {
        line(layout, row, &mut block)?;
        block.push(b'\n');
    }
    Ok(block)
}

fn line(layout: &Layout, row: &Finished, block: &mut Vec<u8>) -> Result<(), BlockError> {
    let mut separator = b'{';
    let mut field = |name: &str, value: &str| -> Result<(), BlockError> {
        block.push(separator);
        separator = b',';
        serde_json::to_writer(&mut *block, name)?;
        block.push(b':');
        block.extend_from_slice(value.as_bytes());
        Ok(())
    };
    if let Some(carried) = &layout.carried {
        for column in carried.iter().filter(|column| row.record.has(&column.name)) {
            field(&column.output, &row.record.json(&column.name, column.position)?)?;
        }
    } else if let Record::Object(fields) = &row.record {
        let names = fields.iter().map(|(name, _)| output_name(name, &layout.results)).collect();
        for (name, (_, value)) in unique_names(names).iter().zip(fields) {
            field(name, value.get())?;
        }
    }
    for column in &layout.results {
        field(column.name(), &column.value(&row.result)?.to_string())?;
    }
    // Without any column at all the line is an empty object.
    block.extend_from_slice(if separator == b'{' { b"{}" } else { b"}" });
    Ok(())
}
