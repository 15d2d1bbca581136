//! Bad rows and bad wishes.

use serde_json::json;

use crate::common::stderr;
use crate::runs::{batch, csv_rows, done, folder, json_rows, read, text, write};

#[test]
fn bad_rows_are_told_of_and_stop_nothing() {
    let folder = folder();
    let long = "lang ".repeat(5_000);
    let mut csv =
        b"id;body\n1;Wo ist mein Paket?\n2;\n3;zu;viel\n4;falsch \xe4 kodiert; \n".to_vec();
    csv.extend_from_slice(format!("5;{long}\n6;\u{200b}\u{200b}\n").as_bytes());
    csv.extend_from_slice("7;\"nie geschlossen\n8;Größe ändern, schöne Grüße\n".as_bytes());
    csv.extend_from_slice(b"9;f\xfcr mich\n\n10;Wann habt ihr offen?");
    let input = write(folder.path(), "in.csv", csv);
    let output = folder.path().join("out.csv");
    let result = done(&[text(&input), "-o", text(&output), "--text", "body"]);
    let rows = csv_rows(&read(&output), b',');
    let ids: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    assert_eq!(ids, ["1", "8", "10"]);
    assert_eq!((&rows[0]["row"], &rows[2]["row"]), (&json!("1"), &json!("10")));
    let rejected = folder.path().join("out.csv.rejected.jsonl");
    let rejected: Vec<_> = json_rows(&read(&rejected))
        .iter()
        .map(|row| (row["row"].as_u64().unwrap_or(0), row["code"].clone()))
        .collect();
    let expected = [
        (2, "text_blank"),
        (3, "wrong_number_of_fields"),
        (4, "invalid_utf8"),
        (5, "text_too_long"),
        (6, "text_blank"),
        (7, "unclosed_quote"),
        (9, "invalid_utf8"),
    ];
    assert_eq!(rejected, expected.map(|(row, code)| (row, json!(code))));
    assert!(stderr(&result).contains("7 rejected: see"), "{}", stderr(&result));
}

#[test]
fn bad_json_is_told_of() {
    let folder = folder();
    let huge = "x".repeat(1_000_100);
    let lines = format!(
        "{{\"text\": \"Hallo\"}}\n[1]\n{{\"text\": [1]}}\n{{\"other\": 1}}\nnot json\n\
         {{\"text\": \"{huge}\"}}\n{{\"text\": 5}}\n{{\"text\": null}}\n"
    );
    let input = write(folder.path(), "in.jsonl", lines);
    let output = folder.path().join("out.jsonl");
    let rejected = folder.path().join("elsewhere.jsonl");
    done(&[text(&input), "-o", text(&output), "--rejected", text(&rejected)]);
    let codes: Vec<String> = json_rows(&read(&rejected))
        .iter()
        .map(|row| format!("{} {}", row["row"], row["code"].as_str().unwrap_or_default()))
        .collect();
    let expected = [
        "2 invalid_json",
        "3 text_not_a_string",
        "4 text_blank",
        "5 invalid_json",
        "6 row_too_long",
        "8 text_blank",
    ];
    assert_eq!(codes, expected);
    // A number is a text to whoever exports a table.
    assert_eq!(json_rows(&read(&output))[1]["text"], 5);
}

#[test]
fn mistakes_in_the_call_say_what_to_do() {
    let folder = folder();
    let at = folder.path();
    let csv = write(at, "in.csv", "id,betreff,nachricht\n1,a,Wo ist mein Paket?\n");
    let empty = write(at, "empty.csv", "");
    let jsonl = write(at, "in.jsonl", "{\"message\": \"Hallo\"}\n");
    let pile = write(at, "pile.parquet", "no Parquet at all");
    let output = at.join("out.csv");
    let output = text(&output);
    let cases: [(&[&str], &str); 11] = [
        (
            &[text(&csv), "-o", output],
            "has no column text. Its columns are: id, betreff, nachricht",
        ),
        (&[text(&csv), "-o", output, "--text", "id,body"], "has no column body"),
        (&[text(&csv), "-o", output, "--text", "id", "--date", "tag"], "has no column tag"),
        (&[text(&csv), "-o", output, "--text", "id", "--columns", "x"], "has no column x"),
        (&[text(&jsonl), "-o", output], "Its columns are: message"),
        (&[text(&empty), "-o", output], "it is empty"),
        (&[text(&pile), "-o", output], "no Parquet file"),
        (&["nowhere.csv", "-o", output], "cannot read nowhere.csv"),
        (&[text(&csv), "-o", text(&csv), "--text", "id", "--force"], "the output is the input"),
        (&["-", "-o", "-"], "give --format csv|tsv|jsonl|parquet|mbox"),
        (&[text(&csv), "-o", "out.mbox", "--text", "id"], "mbox is read only"),
    ];
    for (arguments, expected) in cases {
        let result = batch(arguments);
        let told = stderr(&result);
        assert_eq!(result.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
    assert!(!at.join("out.csv").exists(), "nothing is written before all is right");
    let result = batch(&[text(&csv), "-o", output, "--without", "mood"]);
    assert_eq!(result.status.code(), Some(2));
}

#[test]
fn a_file_without_rows_gives_a_header_alone() {
    let folder = folder();
    let input = write(folder.path(), "in.csv", "id,text\n");
    for name in ["out.csv", "out.parquet", "out.csv.gz"] {
        let output = folder.path().join(name);
        done(&[text(&input), "-o", text(&output)]);
        assert!(!read(&output).is_empty(), "{name}");
    }
    let header = String::from_utf8(read(&folder.path().join("out.csv"))).expect("UTF-8");
    assert!(header.starts_with("id,text,row,language,intent,"), "{header}");
    assert!(!folder.path().join("out.csv.rejected.jsonl").exists());
}
