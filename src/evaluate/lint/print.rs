//! What does a reader of a terminal see of the findings?

use super::{Finding, FindingKind, LintReport};
use crate::domain::Language;
use crate::evaluate::layout::{Side, Table, WIDTH, cut, one_line};

/// Characters of a file's name that fit into the table.
const NAME: usize = 23;

/// Rows of a finding that are shown.
const PLACES: usize = 4;

impl LintReport {
    /// The findings as text for a terminal, at most `most` of each kind.
    pub fn text(&self, most: usize) -> String {
        let mut blocks = vec![self.counts()];
        for kind in FindingKind::ALL {
            let of_kind: Vec<&Finding> =
                self.findings.iter().filter(|finding| finding.kind == kind).collect();
            if !of_kind.is_empty() {
                blocks.push(findings(kind, &of_kind, most));
            }
        }
        let rows: usize = self.files.iter().map(|file| file.rows).sum();
        blocks.push(format!(
            "{rows} rows in {} files: {} serious findings, {} to look at\n",
            self.files.len(),
            self.serious(),
            self.findings.len() - self.serious(),
        ));
        blocks.join("\n")
    }

    fn counts(&self) -> String {
        let mut columns = vec![("Files", Side::Left), ("rows", Side::Right)];
        columns.extend(Language::ALL.map(|language| (language.code(), Side::Right)));
        columns.extend(
            ["none", "intents", "tier 1", "tier 2", "tier 3", "negative", "article"]
                .map(|heading| (heading, Side::Right)),
        );
        let mut table = Table::new(&columns);
        for file in &self.files {
            let share = |count: Option<&usize>| {
                let count = count.copied().unwrap_or(0);
                if file.rows == 0 {
                    "–".to_owned()
                } else {
                    format!("{:.0}", 100.0 * count as f64 / file.rows as f64)
                }
            };
            let mut cells = vec![end_of(&one_line(&file.name)), file.rows.to_string()];
            cells.extend(Language::ALL.map(|language| share(file.languages.get(language.code()))));
            cells.push(share(file.languages.get("none")));
            cells.push(file.intents.len().to_string());
            cells.extend([1, 2, 3].map(|tier| share(file.tiers.get(&tier))));
            cells.push(share(file.sentiments.get("negative")));
            cells.push(share(Some(&file.answerable)));
            table.add(cells);
        }
        format!(
            "{}  in percent of the rows: language, tier, negative mood, answered by an article\n",
            table.print()
        )
    }
}

/// The end of a file's name, which tells more than its beginning.
fn end_of(name: &str) -> String {
    let length = name.chars().count();
    if length <= NAME {
        return name.to_owned();
    }
    format!("…{}", name.chars().skip(length - NAME + 1).collect::<String>())
}

fn findings(kind: FindingKind, all: &[&Finding], most: usize) -> String {
    let mut printed = vec![format!("  {} ({})\n", kind.title(), all.len())];
    for finding in all.iter().take(most) {
        printed.push(format!("  - {}\n", cut(&one_line(&finding.message), WIDTH - 4)));
        for place in finding.places.iter().take(PLACES) {
            let id = place.id.clone().unwrap_or_else(|| format!("row {}", place.row));
            let line = format!("{} {id}: {}", place.file, place.text);
            printed.push(format!("      {}\n", cut(&one_line(&line), WIDTH - 6)));
        }
        if finding.places.len() > PLACES {
            printed.push(format!("      and {} more\n", finding.places.len() - PLACES));
        }
    }
    if all.len() > most {
        printed.push(format!("    and {} more\n", all.len() - most));
    }
    printed.concat()
}
