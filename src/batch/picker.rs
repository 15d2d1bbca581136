//! Which words and which day does a row have?

use jiff::civil::Date;

use super::dates::{self, Slashes};
use super::input::{Record, Rows};
use super::rejected::check_text;
use super::{BatchError, Rejection};

/// Finds the words and the day of a row.
pub(super) struct Picker {
    /// Columns with words, with their positions.
    texts: Vec<(String, usize)>,
    date: Option<(String, usize)>,
    slashes: Slashes,
    /// The column that says why a machine may have written a row.
    automatic: Option<(String, usize)>,
}

/// The words and the day of a row.
pub(super) struct Picked {
    pub text: String,
    pub date: Option<Date>,
    /// No customer may have written it: the bot would not answer.
    pub for_people: bool,
}

impl Picker {
    /// Finds the columns. `first` are the first rows: where rows bring columns of their own, those
    /// of them count; and the way in which dates are written shows in them.
    pub(super) fn new(
        input: &str,
        rows: &dyn Rows,
        first: &[&Record],
        texts: &[String],
        date: Option<&str>,
    ) -> Result<Self, BatchError> {
        let known = rows.columns();
        let columns = known
            .clone()
            .unwrap_or_else(|| super::output::Layout::columns_of(first.iter().copied()));
        let place = |name: &str| columns.iter().position(|column| column == name);
        let named = |name: &str| Some((name.to_owned(), place(name)?));
        let missing: Vec<String> = texts
            .iter()
            .map(String::as_str)
            .chain(date)
            .filter(|name| place(name).is_none())
            .map(str::to_owned)
            .collect();
        // Rows that bring their own columns may lack one of the texts; there must be one at least.
        let has_text = known.is_none() && texts.iter().any(|name| place(name).is_some());
        let is_date = date.is_some_and(|date| missing.iter().any(|name| name == date));
        if !missing.is_empty() && !columns.is_empty() && (is_date || !has_text) {
            return Err(BatchError::NoColumn { name: input.to_owned(), missing, columns });
        }
        let date = match date {
            Some(date) => named(date),
            None => columns
                .iter()
                .find(|name| dates::is_date_name(name) && has_dates(name, place(name), first))
                .and_then(|name| named(name)),
        };
        let days: Vec<String> = date
            .iter()
            .flat_map(|(name, place)| first.iter().filter_map(|row| row.text(name, *place)))
            .collect();
        Ok(Self {
            texts: texts
                .iter()
                .map(|name| (name.clone(), place(name).unwrap_or_default()))
                .collect(),
            date,
            slashes: Slashes::of(days.iter().map(String::as_str)),
            automatic: rows.automatic().and_then(named),
        })
    }

    /// The column with the day, if there is one.
    pub(super) fn date_column(&self) -> Option<&str> {
        self.date.as_ref().map(|(name, _)| name.as_str())
    }

    /// The words and the day of a row.
    pub(super) fn pick(&self, record: &Record) -> Result<Picked, Rejection> {
        let mut texts = Vec::with_capacity(self.texts.len());
        for (name, place) in &self.texts {
            if record.is_list(name) {
                let message = format!("the column {name} holds a list or an object and no text");
                return Err(Rejection::new("text_not_a_string", message));
            }
            texts.extend(record.text(name, *place).filter(|text| !text.trim().is_empty()));
        }
        let day = |(name, place): &(String, usize)| {
            dates::parse(&record.text(name, *place)?, self.slashes)
        };
        Ok(Picked {
            text: check_text(&texts.join("\n\n"))?,
            date: self.date.as_ref().and_then(day),
            for_people: self.automatic.as_ref().is_some_and(|(name, place)| {
                record.text(name, *place).is_some_and(|why| !why.is_empty())
            }),
        })
    }
}

/// Whether most of a column's values are dates.
fn has_dates(name: &str, place: Option<usize>, first: &[&Record]) -> bool {
    let values: Vec<String> =
        first.iter().filter_map(|row| row.text(name, place?)).filter(|v| !v.is_empty()).collect();
    let dates = values.iter().filter(|value| {
        dates::parse(value, Slashes::MonthFirst).is_some()
            || dates::parse(value, Slashes::DayFirst).is_some()
    });
    !values.is_empty() && dates.count() * 2 > values.len()
}
