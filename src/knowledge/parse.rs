//! What does this file say? One article from the bytes of its file, or every mistake in it.
//!
//! ```text
//! +++
//! id = "delivery-time"          # the file's name without .md
//! title = "Delivery time"
//! intents = ["delivery_period"]
//! status = "approved"           # or "draft"
//! owner = "service"
//! review_by = 2027-03-31        # optional
//! valid_for = "everyone"        # or "customer"
//! questions = ["How long does delivery take?"]
//!
//! [channels]                    # optional
//! phone = "Delivery takes two to three working days."
//! email = """                   # for mails, in Markdown; without it, the body below
//! Delivery takes two to three working days. You get the tracking number in a mail of its own."""
//! social = "Two to three working days!"    # one post; without it, the body as plain text
//! +++
//!
//! The answer, in Markdown.
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::front_matter;
use super::problem::Problem;
use crate::domain::{Article, Language};

/// An article with the places of its parts, for messages that point at them.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedArticle {
    /// The article.
    pub article: Arc<Article>,
    /// Where it was read from.
    pub file: PathBuf,
    /// Lines of its parts.
    pub lines: ArticleLines,
}

/// Lines of an article's parts, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleLines {
    /// Line of each intent.
    pub intents: Vec<usize>,
    /// Line of each question.
    pub questions: Vec<usize>,
    /// Line of `review_by`, 1 without it.
    pub review_by: usize,
    /// Line of the telephone text, 1 without it.
    pub phone: usize,
    /// Line of the text for mails, 1 without it.
    pub email: usize,
    /// Line of the text for social networks, 1 without it.
    pub social: usize,
    /// First line of the body.
    pub body: usize,
}

/// Reads one article. `file` gives the expected id and the place in messages.
///
/// # Errors
/// All mistakes of the file, not only the first.
pub fn parse(file: &Path, language: Language, bytes: &[u8]) -> Result<ParsedArticle, Vec<Problem>> {
    let text = decode(file, bytes).map_err(|problem| vec![problem])?;
    let parts = split(file, &text).map_err(|problem| vec![problem])?;
    let (front, mut problems) = front_matter::read(file, parts.front_matter);
    let body = parts.body.trim();
    if body.is_empty() {
        let message = "the answer is empty: write it below the closing +++";
        problems.push(Problem::error(file, parts.body_line, message));
    }
    let Some(front) = front.filter(|_| problems.is_empty()) else { return Err(problems) };
    let blank_lines =
        parts.body.chars().take_while(|c| c.is_whitespace()).filter(|c| *c == '\n').count();
    let lines = ArticleLines { body: parts.body_line + blank_lines, ..front.lines };
    let article = Article {
        id: front.id,
        language,
        title: front.title,
        intents: front.intents,
        status: front.status,
        owner: front.owner,
        review_by: front.review_by,
        valid_for: front.valid_for,
        questions: front.questions,
        channels: front.channels,
        body: body.to_owned(),
    };
    Ok(ParsedArticle { article: Arc::new(article), file: file.to_owned(), lines })
}

/// Text without a byte order mark and with `\n` as the only line end.
fn decode(file: &Path, bytes: &[u8]) -> Result<String, Problem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        Problem::error(file, line, "this line is not UTF-8: save the file with that encoding")
    })?;
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

struct Parts<'a> {
    /// The lines between the fences. They begin on line 2 of the file.
    front_matter: &'a str,
    body: &'a str,
    /// First line after the closing fence.
    body_line: usize,
}

fn split<'a>(file: &Path, text: &'a str) -> Result<Parts<'a>, Problem> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.trim_end() {
        "+++" => {}
        "---" => {
            let message = "the front matter is TOML between two lines +++, not YAML between ---";
            return Err(Problem::error(file, 1, message));
        }
        _ => {
            let message = "the first line must be +++, then the front matter, then another +++";
            return Err(Problem::error(file, 1, message));
        }
    }
    let mut offset = 0;
    for (index, line) in rest.split_inclusive('\n').enumerate() {
        if line.trim_end() == "+++" {
            let body = &rest[offset + line.len()..];
            return Ok(Parts { front_matter: &rest[..offset], body, body_line: index + 3 });
        }
        offset += line.len();
    }
    let message = "the front matter that begins here has no end: add a line +++ below it";
    Err(Problem::error(file, 1, message))
}
