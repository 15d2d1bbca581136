//! What does the front matter of an article set? Walks the TOML value by value, so that one look
//! at a file names all of its mistakes, each with its line.

use std::path::Path;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::parse::ArticleLines;
use super::problem::Problem;
use crate::domain::{ArticleChannels, ArticleStatus, ValidFor};

const KEYS: &str = "id, title, intents, status, owner, review_by, valid_for, questions, [channels]";

const REQUIRED: [&str; 7] = ["id", "title", "intents", "status", "owner", "valid_for", "questions"];

/// Everything that the front matter sets.
pub(super) struct FrontMatter {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) intents: Vec<String>,
    pub(super) status: ArticleStatus,
    pub(super) owner: String,
    pub(super) review_by: Option<Date>,
    pub(super) valid_for: ValidFor,
    pub(super) questions: Vec<String>,
    pub(super) channels: ArticleChannels,
    pub(super) lines: ArticleLines,
}

/// Reads the lines between the fences. The front matter is complete if there are no problems.
pub(super) fn read(file: &Path, toml: &str) -> (Option<FrontMatter>, Vec<Problem>) {
    let mut reader = Reader { file, toml, problems: Vec::new(), fields: Fields::default() };
    let (table, errors) = DeTable::parse_recoverable(toml);
    if !errors.is_empty() {
        let problems = errors.iter().map(|error| reader.syntax_error(error)).collect();
        return (None, problems);
    }
    for (key, value) in table.get_ref() {
        reader.field(key, value);
    }
    let front = reader.complete(table.get_ref());
    (front, reader.problems)
}

#[derive(Default)]
struct Fields {
    id: Option<String>,
    title: Option<String>,
    intents: Option<Vec<String>>,
    status: Option<ArticleStatus>,
    owner: Option<String>,
    review_by: Option<Date>,
    valid_for: Option<ValidFor>,
    questions: Option<Vec<String>>,
    channels: ArticleChannels,
    lines: ArticleLines,
}

struct Reader<'a> {
    file: &'a Path,
    toml: &'a str,
    problems: Vec<Problem>,
    fields: Fields,
}

impl Reader<'_> {
    /// Line in the file of a byte of the front matter, which begins on line 2.
    fn line(&self, byte: usize) -> usize {
        2 + self
            .toml
            .char_indices()
            .take_while(|(at, _)| *at < byte)
            .filter(|(_, c)| *c == '\n')
            .count()
    }

    fn syntax_error(&self, error: &toml::de::Error) -> Problem {
        let line = error.span().map_or(1, |span| self.line(span.start));
        let message = error.message().replace('\n', ", ");
        Problem::error(self.file, line, format!("not valid TOML: {message}"))
    }

    fn error<T>(&mut self, value: &Spanned<T>, message: String) {
        let line = self.line(value.span().start);
        self.problems.push(Problem::error(self.file, line, message));
    }

    fn field(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let line = self.line(value.span().start);
        match key.get_ref().as_ref() {
            "id" => self.id(value),
            "title" => self.fields.title = self.text("title", value),
            "owner" => self.fields.owner = self.text("owner", value),
            "intents" => {
                (self.fields.intents, self.fields.lines.intents) = self.list("intents", value);
            }
            "questions" => {
                (self.fields.questions, self.fields.lines.questions) =
                    self.list("questions", value);
            }
            "status" => {
                let choices =
                    [("draft", ArticleStatus::Draft), ("approved", ArticleStatus::Approved)];
                self.fields.status = self.choice("status", value, &choices);
            }
            "valid_for" => {
                let choices = [("everyone", ValidFor::Everyone), ("customer", ValidFor::Customer)];
                self.fields.valid_for = self.choice("valid_for", value, &choices);
            }
            "review_by" => {
                self.fields.review_by = self.date(value);
                self.fields.lines.review_by = line;
            }
            "channels" => self.channels(value),
            unknown => {
                let message = format!("unknown key `{unknown}`: the keys are {KEYS}");
                self.error(key, message);
            }
        }
    }

    fn id(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(id) = self.text("id", value) else { return };
        let stem = self.file.file_stem().unwrap_or_default().to_string_lossy();
        if id != stem {
            let message = format!(
                "id \"{id}\" is not the file's name: set id = \"{stem}\" or rename the file to {id}.md"
            );
            self.error(value, message);
        }
        self.fields.id = Some(id);
    }

    fn channels(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            let message = "`channels` must be a table: write [channels] and below it phone = \"…\"";
            return self.error(value, message.to_owned());
        };
        for (key, value) in table {
            let line = self.line(value.span().start);
            match key.get_ref().as_ref() {
                "phone" => {
                    self.fields.channels.phone = self.text("phone", value);
                    self.fields.lines.phone = line;
                }
                "email" => {
                    self.fields.channels.email = self.text("email", value);
                    self.fields.lines.email = line;
                }
                "social" => {
                    self.fields.channels.social = self.text("social", value);
                    self.fields.lines.social = line;
                }
                other => {
                    let message = format!(
                        "unknown key `{other}` in [channels]: there are phone, email and social"
                    );
                    self.error(key, message);
                }
            }
        }
    }

    fn text(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            let found = value.get_ref().type_str();
            self.error(value, format!("`{name}` must be a text in quotes, found: {found}"));
            return None;
        };
        let text = text.trim();
        if text.is_empty() {
            self.error(value, format!("`{name}` is blank: write something between the quotes"));
            return None;
        }
        Some(text.to_owned())
    }

    /// The texts of a list and the line of each.
    fn list(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
    ) -> (Option<Vec<String>>, Vec<usize>) {
        let Some(items) = value.get_ref().as_array() else {
            let found = value.get_ref().type_str();
            let message =
                format!("`{name}` must be a list of texts, [\"…\", \"…\"], found: {found}");
            self.error(value, message);
            return (None, Vec::new());
        };
        let mut texts = Vec::new();
        let mut lines = Vec::new();
        for item in items {
            if let Some(text) = self.text(name, item) {
                texts.push(text);
                lines.push(self.line(item.span().start));
            }
        }
        (Some(texts), lines)
    }

    fn choice<T: Copy>(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(name, value)?;
        let found = choices.iter().find(|(choice, _)| *choice == text).map(|(_, choice)| *choice);
        if found.is_none() {
            let names: Vec<String> =
                choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let message = format!("`{name}` must be {}, found \"{text}\"", names.join(" or "));
            self.error(value, message);
        }
        found
    }

    fn date(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Date> {
        let date = value
            .get_ref()
            .as_datetime()
            .filter(|datetime| datetime.time.is_none())
            .and_then(|datetime| datetime.date)
            .and_then(|date| {
                Date::new(
                    i16::try_from(date.year).ok()?,
                    i8::try_from(date.month).ok()?,
                    i8::try_from(date.day).ok()?,
                )
                .ok()
            });
        if date.is_none() {
            let message = "`review_by` must be a day without quotes, for example 2027-03-31";
            self.error(value, message.to_owned());
        }
        date
    }

    /// The whole front matter; names every required key that is not there.
    fn complete(&mut self, table: &DeTable<'_>) -> Option<FrontMatter> {
        for name in REQUIRED {
            if !table.iter().any(|(key, _)| key.get_ref() == name) {
                let message = format!("`{name}` is missing: add a line {name} = …");
                self.problems.push(Problem::error(self.file, 1, message));
            }
        }
        let fields = std::mem::take(&mut self.fields);
        let first_line = |line: usize| line.max(1);
        Some(FrontMatter {
            id: fields.id?,
            title: fields.title?,
            intents: fields.intents?,
            status: fields.status?,
            owner: fields.owner?,
            review_by: fields.review_by,
            valid_for: fields.valid_for?,
            questions: fields.questions?,
            channels: fields.channels,
            lines: ArticleLines {
                review_by: first_line(fields.lines.review_by),
                phone: first_line(fields.lines.phone),
                email: first_line(fields.lines.email),
                social: first_line(fields.lines.social),
                ..fields.lines
            },
        })
    }
}
