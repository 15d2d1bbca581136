use std::path::Path;

/// A format of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Columns between commas or semicolons, with a header.
    Csv,
    /// Columns between tabs, with a header.
    Tsv,
    /// A JSON object a line.
    Jsonl,
    /// Columns with types.
    Parquet,
    /// Mails; read only.
    Mbox,
}

impl Format {
    /// The names of all formats.
    pub const NAMES: [&str; 5] = ["csv", "tsv", "jsonl", "parquet", "mbox"];

    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            "jsonl" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            "mbox" => Some(Self::Mbox),
            _ => None,
        }
    }

    /// The name of the format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Mbox => "mbox",
        }
    }

    /// The format that a file name tells, with or without `.gz` or `.zst` behind it.
    pub fn of_name(name: &str) -> Option<Self> {
        // An address may have a query behind the name.
        let name = name.split(['?', '#']).next()?.to_lowercase();
        let plain = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
        match Path::new(plain).extension()?.to_str()? {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" | "pq" => Some(Self::Parquet),
            "mbox" | "mbx" => Some(Self::Mbox),
            _ => None,
        }
    }
}
