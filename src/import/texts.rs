//! Which texts tell the pieces in use, and which show how well the import went?

use std::path::{Path, PathBuf};

use super::ImportError;
use super::languages;

/// Most texts of the operator's that the encoders are compared on.
const COMPARED: usize = 200;

/// Texts of files: plain lines, or JSON lines with a field `text`.
pub(super) fn read_all(paths: &[PathBuf]) -> Result<Vec<String>, ImportError> {
    let mut texts = Vec::new();
    for path in paths {
        let found = read(path)?;
        if found.is_empty() {
            let problem = "holds no text".to_owned();
            return Err(ImportError::File { path: path.clone(), problem });
        }
        texts.extend(found);
    }
    Ok(texts)
}

fn read(path: &Path) -> Result<Vec<String>, ImportError> {
    let content = std::fs::read_to_string(path).map_err(|error| ImportError::File {
        path: path.to_owned(),
        problem: format!("cannot be read as UTF-8 text ({error})"),
    })?;
    let text = |line: &str| {
        // A line that only looks like JSON is a text like any other.
        let row: Option<serde_json::Value> = serde_json::from_str(line).ok();
        row.and_then(|row| Some(row.get("text")?.as_str()?.to_owned()))
            .unwrap_or_else(|| line.to_owned())
    };
    let lines = content.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(text).collect())
}

/// Texts on which the imported encoder is compared with the original: some built-in sentences of
/// the languages, and texts of the operator's from all over their files.
pub(super) fn samples(codes: &[String], texts: &[String]) -> Vec<String> {
    let built_in: Vec<String> = codes
        .iter()
        .map(String::as_str)
        .chain(codes.is_empty().then_some("en"))
        .filter_map(languages::by_code)
        .flat_map(|language| language.samples)
        .map(|sample| (*sample).to_owned())
        .collect();
    let step = texts.len().div_ceil(COMPARED).max(1);
    built_in.into_iter().chain(texts.iter().step_by(step).cloned()).collect()
}
