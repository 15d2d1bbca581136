//! How is a figure, a table or a long message fitted into a terminal?

/// Columns of the terminal that text is laid out for.
pub(super) const WIDTH: usize = 100;

/// A share as a percentage with one decimal, without the sign.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// A text on one line and without control characters: a message must not be able to steer the
/// terminal that it is printed on.
pub(super) fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, at most `width` characters, with an ellipsis where something is cut.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Words on lines that fit, two blanks before each.
pub(super) fn folded(words: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("  {word}")),
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect::<Vec<_>>().concat()
}

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// A table whose columns are as wide as their widest cell.
pub(super) struct Table {
    sides: Vec<Side>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub(super) fn new(columns: &[(&str, Side)]) -> Self {
        Self {
            sides: columns.iter().map(|(_, side)| *side).collect(),
            rows: vec![columns.iter().map(|(heading, _)| (*heading).to_owned()).collect()],
        }
    }

    /// Adds a row. A row of a single cell stands across the table and widens no column.
    pub(super) fn add(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table, two blanks before every line and between columns, cut at [`WIDTH`].
    pub(super) fn print(&self) -> String {
        let widths: Vec<usize> = (0..self.sides.len())
            .map(|column| {
                let cells =
                    self.rows.iter().filter(|row| row.len() > 1).filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        let mut printed = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for ((cell, width), side) in row.iter().zip(&widths).zip(&self.sides) {
                let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
                line.push_str("  ");
                let (before, after) = match side {
                    Side::Left => ("", padding.as_str()),
                    Side::Right => (padding.as_str(), ""),
                };
                line.extend([before, cell, after]);
            }
            printed.push_str(&cut(line.trim_end(), WIDTH));
            printed.push('\n');
        }
        printed
    }
}
