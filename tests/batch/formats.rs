//! Every format in and out; results do not depend on it.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::common::{lotse_with_input, stderr};
use crate::runs::{TEXTS, batch, csv_rows, done, folder, json_rows, read, text, write};

/// The lines of `lotse classify` for these texts.
fn classified(texts: &[&str]) -> Vec<Value> {
    let output = lotse_with_input(&["classify"], texts.join("\n").as_bytes());
    json_rows(&output.stdout)
}

/// The results of a row, without the columns of the input and the number.
fn results(row: &Value) -> Value {
    let names = [
        "language",
        "intent",
        "confidence",
        "in_scope",
        "sentiment",
        "sentiment_confidence",
        "tier",
        "tier_confidence",
        "queue",
        "priority",
        "article",
        "article_confidence",
    ];
    let value = |name: &str| match &row[name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    names.iter().map(|name| json!([name, value(name)])).collect()
}

#[test]
fn every_format_gives_the_same_results_as_classify() {
    let folder = folder();
    let at = folder.path();
    let csv = std::iter::once("id,body".to_owned())
        .chain(TEXTS.iter().enumerate().map(|(id, text)| format!("{id},\"{text}\"")))
        .collect::<Vec<_>>()
        .join("\n");
    let input = write(at, "in.csv", &csv);
    let mut outputs = Vec::new();
    for name in ["out.csv", "out.tsv", "out.jsonl", "out.csv.gz", "out.jsonl.zst"] {
        let output = at.join(name);
        done(&[text(&input), "-o", text(&output), "--text", "body", "--dir", "demo"]);
        outputs.push(rows_of(&output));
    }
    let first: Vec<Value> = outputs[0].iter().map(results).collect();
    for rows in &outputs {
        assert_eq!(rows.iter().map(results).collect::<Vec<_>>(), first);
        assert_eq!(rows.len(), TEXTS.len());
        for (id, row) in rows.iter().enumerate() {
            assert_eq!(row["id"], id.to_string());
            assert_eq!(row["body"], TEXTS[id]);
        }
    }
    let alone = classified(&TEXTS);
    for (row, alone) in outputs[2].iter().zip(&alone) {
        let name = |key: &str| alone[key]["name"].clone();
        assert_eq!(row["intent"], name("intent"));
        assert_eq!(row["sentiment"], name("sentiment"));
        assert_eq!(row["tier"], alone["tier"]["level"]);
        assert_eq!(row["language"], alone["language"]);
        assert_eq!(row["entities"], alone["entities"]);
        // Written with four digits here.
        let share = |value: &Value| value.as_f64().unwrap_or_default();
        let off = share(&row["confidence"]) - share(&alone["intent"]["confidence"]);
        assert!(off.abs() < 1e-4, "{row} and {alone}");
        let names = |value: &Value| -> Vec<Value> {
            value.as_array().into_iter().flatten().map(|score| score["name"].clone()).collect()
        };
        assert_eq!(names(&row["alternatives"]), names(&alone["alternatives"]));
    }
    // The question about returns has an approved article, the one about the weather has none.
    assert!(outputs[2][1]["article"].is_string(), "{}", outputs[2][1]);
    assert_eq!(outputs[2][6]["article"], Value::Null);
    assert!(outputs[2].iter().all(|row| row["queue"].is_string()));
}

fn rows_of(path: &Path) -> Vec<Value> {
    let name = text(path);
    let mut bytes = read(path);
    if name.contains(".gz") {
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).expect("gzip");
        bytes = plain;
    } else if name.contains(".zst") {
        bytes = zstd::stream::decode_all(bytes.as_slice()).expect("Zstandard");
    }
    if name.contains(".jsonl") {
        json_rows(&bytes)
    } else {
        csv_rows(&bytes, if name.contains(".tsv") { b'\t' } else { b',' })
    }
}

#[test]
fn what_spreadsheets_write_is_read() {
    let folder = folder();
    let at = folder.path();
    let expected = "Wo bleibt meine Rückerstattung? „Schön“ ist das nicht — 20 € fehlen";
    let table =
        format!("sep=;\r\nNr;Größe;Anfrage\r\n1;;\"{expected}\r\nzweite \"\"Zeile\"\"\"\r\n");
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(table.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let utf16_unmarked: Vec<u8> = table.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(&table);
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend_from_slice(table.as_bytes());
    let inputs: [(&str, &[u8]); 5] = [
        ("utf-8", table.as_bytes()),
        ("marked", &marked),
        ("utf-16", &utf16),
        ("utf-16-unmarked", &utf16_unmarked),
        ("windows-1252", &windows),
    ];
    for (name, bytes) in inputs {
        let input = write(at, &format!("{name}.csv"), bytes);
        let output = at.join(format!("{name}.jsonl"));
        done(&[text(&input), "-o", text(&output), "--text", "Anfrage"]);
        let rows = json_rows(&read(&output));
        assert_eq!(rows.len(), 1, "{name}");
        assert_eq!(rows[0]["Anfrage"], format!("{expected}\r\nzweite \"Zeile\""), "{name}");
        assert_eq!((&rows[0]["Nr"], &rows[0]["Größe"]), (&json!("1"), &json!("")), "{name}");
    }
    let returns = "text,id\rWo ist mein Paket?,1\rIst das kaputt?,2\r";
    let input = write(at, "mac.csv", returns);
    let output = done(&[text(&input), "-o", "-"]);
    assert_eq!(csv_rows(&output.stdout, b',').len(), 2);
}

#[test]
fn json_is_carried_through_as_it_was_written() {
    let folder = folder();
    let line = r#"{"z": 12345678901234567890.10, "language": "fr", "text": "Wo ist mein Paket?", "deep": {"b": 1, "a": [1.0]}, "none": null}"#;
    let input = write(folder.path(), "in.jsonl", format!("{line}\n\n{{\"text\": \"Hallo\"}}\n"));
    let output = folder.path().join("out.jsonl");
    done(&[text(&input), "-o", text(&output), "--without", "row,duplicate_of,entities"]);
    let written = String::from_utf8(read(&output)).expect("UTF-8");
    let first = written.lines().next().expect("a line");
    let expected = r#"{"z":12345678901234567890.10,"input_language":"fr","text":"Wo ist mein Paket?","deep":{"b": 1, "a": [1.0]},"none":null,"language":"de","intent":"#;
    assert!(first.starts_with(expected), "{first}");
    let rows = json_rows(written.as_bytes());
    assert!(rows[1].get("z").is_none() && rows[1].get("row").is_none(), "{}", rows[1]);
}

#[test]
fn json_becomes_a_table_with_the_columns_of_the_first_rows() {
    let folder = folder();
    let lines = "{\"a\": 1, \"text\": \"Wo ist mein Paket?\"}\n{\"b\": [2], \"text\": \"Hallo\"}\n";
    let input = write(folder.path(), "in.jsonl", lines);
    let output = done(&[text(&input), "-o", "-", "--output-format", "csv"]);
    let rows = csv_rows(&output.stdout, b',');
    assert_eq!((&rows[0]["a"], &rows[0]["b"]), (&json!("1"), &json!("")));
    assert_eq!((&rows[1]["a"], &rows[1]["b"]), (&json!(""), &json!("[2]")));
    let arguments = [text(&input), "-o", "-", "--output-format", "csv", "--window", "1"];
    let output = done(&arguments);
    assert_eq!(csv_rows(&output.stdout, b',').len(), 1);
    assert!(stderr(&output).contains("unknown_column"), "{}", stderr(&output));
    let output = done(&[&arguments[..], &["--columns", "text"]].concat());
    assert_eq!(csv_rows(&output.stdout, b',').len(), 2);
}

#[test]
fn parquet_keeps_the_types_of_its_columns() {
    let folder = folder();
    let input = folder.path().join("in.parquet");
    let times = TimestampMillisecondArray::from(vec![Some(1_772_618_400_000), None, Some(0)])
        .with_timezone("UTC");
    let texts =
        vec![Some("Wo ist mein Paket?"), Some("Wie lange kann ich was zurückschicken?"), None];
    let columns: [(&str, ArrayRef); 3] = [
        ("number", Arc::new(Int64Array::from(vec![i64::MAX, 2, 3]))),
        ("created_at", Arc::new(times)),
        ("text", Arc::new(StringArray::from(texts))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a table");
    let file = File::create(&input).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("an end");

    let output = folder.path().join("out.parquet");
    done(&[text(&input), "-o", text(&output), "--dir", "demo", "--window", "1"]);
    let file = File::open(&output).expect("the output");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build();
    let batches: Vec<RecordBatch> =
        reader.expect("a reader").collect::<Result<_, _>>().expect("rows");
    let batch = &batches[0];
    assert_eq!(batch.num_rows(), 2, "the row without a text is rejected");
    let column = |name: &str| batch.column_by_name(name).expect("a column");
    assert_eq!(column("number").as_primitive::<Int64Type>().value(0), i64::MAX);
    let times = column("created_at").as_primitive::<TimestampMillisecondType>();
    assert_eq!((times.value(0), times.timezone()), (1_772_618_400_000, Some("UTC")));
    assert_eq!(column("row").as_primitive::<Int64Type>().value(1), 2);
    assert!(column("confidence").as_primitive::<Float64Type>().value(0) > 0.5);
    assert!(column("article").as_string::<i32>().value(1).len() > 1);
    assert!(!output.with_extension("parquet.parts").exists(), "parts are taken away");

    let lines = done(&[text(&input), "-o", "-", "--output-format", "jsonl"]);
    let rows = json_rows(&lines.stdout);
    assert_eq!(rows[0]["number"], i64::MAX);
    assert_eq!(rows[1]["created_at"], Value::Null);
    let again = done(&[text(&output), "-o", "-", "--output-format", "jsonl"]);
    assert_eq!(json_rows(&again.stdout)[0]["input_intent"], rows[0]["intent"]);
}

#[test]
fn mails_are_read_as_the_mail_channel_reads_them() {
    let folder = folder();
    let mbox = "From jana@mail.example Mon Mar  2 10:00:00 2026\n\
        From: Jana <jana@mail.example>\nSubject: =?utf-8?q?R=C3=BCckgabe?=\n\
        Date: Mon, 2 Mar 2026 10:00:00 +0100\nMessage-ID: <1@mail.example>\n\n\
        Wie lange kann ich was zurückschicken?\n>From here on it is quoted.\n\n\
        -- \nJana\n\n\
        From robot@mail.example Tue Mar  3 10:00:00 2026\n\
        From: robot@mail.example\nSubject: Abwesenheitsnotiz\nAuto-Submitted: auto-replied\n\n\
        Wie lange kann ich was zurückschicken?\n\n\
        From nobody\nno head at all\n";
    let input = write(folder.path(), "in.mbox", mbox);
    let output = folder.path().join("out.jsonl");
    done(&[text(&input), "-o", text(&output), "--dir", "demo"]);
    let rows = json_rows(&read(&output));
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["subject"], "Rückgabe");
    assert_eq!(rows[0]["date"], "2026-03-02T09:00:00Z");
    assert_eq!(rows[0]["from"], "jana@mail.example");
    let words = rows[0]["text"].as_str().expect("a text");
    assert!(words.contains("\nFrom here on it is quoted."), "{words}");
    assert!(!words.contains("-- "), "{words}");
    // A machine gets no answer, whatever it writes.
    assert_eq!((&rows[1]["automatic"], &rows[1]["article"]), (&json!("auto_reply"), &Value::Null));
    let rejected = json_rows(&read(&folder.path().join("out.jsonl.rejected.jsonl")));
    assert_eq!((&rejected[0]["row"], &rejected[0]["code"]), (&json!(3), &json!("invalid_mail")));
}

#[test]
fn compressed_input_is_known_by_its_bytes() {
    let folder = folder();
    let csv = "text\nWo ist mein Paket?\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(csv.as_bytes()).expect("gzip");
    let gzip = gzip.finish().expect("gzip");
    let zstd = zstd::stream::encode_all(csv.as_bytes(), 1).expect("Zstandard");
    for (name, bytes) in [("a.csv.gz", &gzip), ("b.csv", &gzip), ("c.csv.zst", &zstd)] {
        let input = write(folder.path(), name, bytes);
        let output = done(&[text(&input), "-o", "-", "--output-format", "jsonl"]);
        assert_eq!(json_rows(&output.stdout)[0]["text"], "Wo ist mein Paket?", "{name}");
    }
    // A download that broke off: the rows before the break are kept.
    let long = format!("text\n{}", "Wo ist mein Paket?\n".repeat(3));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(long.as_bytes()).expect("gzip");
    gzip.flush().expect("gzip");
    let mut broken = gzip.finish().expect("gzip");
    broken.truncate(broken.len() - 8);
    let input = write(folder.path(), "broken.csv.gz", &broken);
    let output = folder.path().join("broken.jsonl");
    let result = batch(&[text(&input), "-o", text(&output)]);
    assert_eq!(result.status.code(), Some(1));
    assert!(stderr(&result).contains("after row 3"), "{}", stderr(&result));
    assert_eq!(json_rows(&read(&output)).len(), 3);
}

#[test]
fn an_address_of_an_object_store_is_no_file() {
    let folder = folder();
    let input = write(folder.path(), "in.csv", "text\nHallo\n");
    if cfg!(feature = "object-store") {
        return;
    }
    for (from, to) in [("s3://bucket/in.csv", "-"), (text(&input), "gs://bucket/out.csv")] {
        let result = batch(&[from, "-o", to, "--format", "csv"]);
        assert_eq!(result.status.code(), Some(1));
        assert!(stderr(&result).contains("--features object-store"), "{}", stderr(&result));
    }
}
