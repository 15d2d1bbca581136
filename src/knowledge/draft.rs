//! How does a new article begin? As a draft in a file of its own: the bot never says one, and its
//! owner finishes it in an editor.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::domain::Language;
use crate::text::umlauts::respell_umlauts;

/// Longest title, in characters.
const LONGEST_TITLE: usize = 120;
/// Longest phrasing of a question, in characters.
const LONGEST_QUESTION: usize = 300;
/// Most phrasings.
const MOST_QUESTIONS: usize = 20;
/// Longest name of a file, without `.md`.
const LONGEST_ID: usize = 60;

/// An article to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDraft {
    /// Title; the name of the file comes from it.
    pub title: String,
    /// Language, and so the folder.
    pub language: Language,
    /// Intents that it is to answer.
    pub intents: Vec<String>,
    /// Phrasings of the question.
    pub questions: Vec<String>,
    /// The answer in Markdown, as far as there is one.
    pub text: String,
    /// Who finishes it.
    pub owner: String,
    /// By when somebody has to look at it.
    pub review_by: Date,
}

/// A draft that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenDraft {
    /// Identifier of the article.
    pub id: String,
    /// Its file.
    pub path: PathBuf,
}

/// Why there is no draft.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Nothing to make a title or a file's name of.
    #[error("the title holds no letter or digit: give the article a name")]
    Untitled,
    /// Something is longer than an article can use.
    #[error("{what} has {length} characters, at most {limit} are taken: shorten it")]
    TooLong {
        /// Title or question.
        what: &'static str,
        /// Its length.
        length: usize,
        /// The longest taken.
        limit: usize,
    },
    /// More phrasings than an article can use.
    #[error("there are more than {MOST_QUESTIONS} questions: keep the most different ones")]
    TooManyQuestions,
    /// There is an article of this name.
    #[error("there is an article {id} already: write into that one, or choose another title")]
    Exists {
        /// Its identifier.
        id: String,
    },
    /// The file could not be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Writes the draft into `folder`, the one that holds a folder for each language. Never touches a
/// file that is there.
pub fn write_draft(folder: &Path, draft: &NewDraft) -> Result<WrittenDraft, DraftError> {
    let title = one_line(&draft.title);
    short_enough("the title", &title, LONGEST_TITLE)?;
    let questions: Vec<String> = draft.questions.iter().map(|text| one_line(text)).collect();
    if questions.len() > MOST_QUESTIONS {
        return Err(DraftError::TooManyQuestions);
    }
    for question in &questions {
        short_enough("a question", question, LONGEST_QUESTION)?;
    }
    let id = id_of(&title).ok_or(DraftError::Untitled)?;
    let folder = folder.join(draft.language.code());
    let path = folder.join(format!("{id}.md"));
    if is_taken(&folder, &id) {
        return Err(DraftError::Exists { id });
    }
    let failed = |source| DraftError::Write { path: path.clone(), source };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    match std::fs::File::create_new(&path) {
        Ok(mut file) => {
            let contents = contents(&id, &title, &questions, draft);
            file.write_all(contents.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(DraftError::Exists { id });
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(WrittenDraft { id, path })
}

/// Whether an article of this name lies in the language's folder or in one below it.
fn is_taken(folder: &Path, id: &str) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        match entry.file_type() {
            // Links are not followed: they may lead in a circle.
            Ok(kind) if kind.is_dir() => is_taken(&path, id),
            _ => {
                path.extension().is_some_and(|extension| extension == "md")
                    && path.file_stem().is_some_and(|stem| stem == id)
            }
        }
    })
}

fn contents(id: &str, title: &str, questions: &[String], draft: &NewDraft) -> String {
    let text = draft.text.trim();
    let text = match (text.is_empty(), draft.language) {
        (false, _) => text,
        (true, Language::De) => "Hier steht die Antwort.",
        (true, Language::En) => "Here goes the answer.",
    };
    let mut listed = String::new();
    for question in questions.iter().filter(|question| !question.is_empty()) {
        // Writing into a string cannot fail.
        let _ = writeln!(listed, "  {},", quoted(question));
    }
    let intents: Vec<String> = draft.intents.iter().map(|intent| quoted(intent)).collect();
    format!(
        "+++\nid = {}\ntitle = {}\nintents = [{}]\nstatus = \"draft\"\nowner = {}\n\
         review_by = {}\nvalid_for = \"everyone\"\nquestions = [\n{listed}]\n+++\n\n{text}\n",
        quoted(id),
        quoted(title),
        intents.join(", "),
        quoted(&draft.owner),
        draft.review_by,
    )
}

/// A TOML string on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            _ if character.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn short_enough(what: &'static str, text: &str, limit: usize) -> Result<(), DraftError> {
    let length = text.chars().count();
    if length > limit { Err(DraftError::TooLong { what, length, limit }) } else { Ok(()) }
}

/// `Rücksendung nach Österreich?` is `ruecksendung-nach-oesterreich`.
fn id_of(title: &str) -> Option<String> {
    let mut id = String::new();
    for character in respell_umlauts(title, true).chars() {
        if character.is_ascii_alphanumeric() {
            id.push(character.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    // A cut word is left out, if another one remains.
    if id.len() > LONGEST_ID {
        let end = id[..=LONGEST_ID].rfind('-').unwrap_or(LONGEST_ID);
        id.truncate(end);
    }
    let id = id.trim_end_matches('-').to_owned();
    (!id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain() {
        let long =
            "Wie lange dauert es, bis ein Paket aus Österreich wieder bei Ihnen im Lager ist";
        for (title, id) in [
            ("Rücksendung nach Österreich?", Some("ruecksendung-nach-oesterreich")),
            ("../../etc/passwd", Some("etc-passwd")),
            ("  Größe & Maße — 3/4\"  ", Some("groesse-masse-3-4")),
            ("???", None),
            (long, Some("wie-lange-dauert-es-bis-ein-paket-aus-oesterreich-wieder-bei")),
        ] {
            assert_eq!(id_of(title).as_deref(), id, "{title}");
        }
        assert_eq!(id_of(&"a".repeat(99)).map(|id| id.len()), Some(LONGEST_ID));
    }
}
