//! What does an HTML mail say? Its words in lines, as a reader sees them: quoted mails marked with
//! ">" as in plain text, so that [`crate::text::clean`] finds them there as well.
//!
//! The tokens are those of a browser's parser; a tree is not built: mails are broken in ways in
//! which only the order of the tags can be relied on.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, EndTag, StartTag, Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use style::Style;

mod style;

/// Elements that may be open inside one another; more are read as if they stood side by side.
const DEEPEST: usize = 400;

/// What the quoted mail below begins with, where only the mail program's own mark tells.
const DIVIDER: &str = "-----Original Message-----";

/// Further elements that begin and end a line.
const OTHER_BLOCKS: &[&str] =
    &["body", "caption", "html", "table", "tbody", "tfoot", "thead", "tr"];

/// Elements with an empty line around them.
const PARAGRAPHS: &[&str] = &["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre"];

/// Elements without an end.
const EMPTY: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements that may stand in a head; all others end it, for its end tag may be left out.
const IN_HEAD: &[&str] = &[
    "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "script", "style",
    "template", "title", "xml",
];

/// Elements that begin and end a line, and end an open paragraph, whose end tag may be left out as
/// well.
const END_PARAGRAPH: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "ul",
];

/// Elements inside which a paragraph outside goes on.
const BARRIERS: &[&str] = &["table", "td", "th", "caption", "object", "button"];

/// Elements whose contents are not words.
const UNSEEN: &[&str] = &[
    "head", "iframe", "noembed", "noframes", "object", "script", "style", "svg", "template",
    "textarea", "title", "xmp", "xml",
];

/// Elements that end when the next of their kind begins.
const ENDED_BY_NEXT: &[&str] = &["p", "li", "td", "th", "tr", "dd", "dt", "option"];

/// Classes, ids and names with which mail programs mark the mail that is answered.
const QUOTED: &[&str] = &[
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "moz-cite-prefix",
    "quoted_header",
    "quoted_html",
    "zmail_extra",
    "quote",
];

/// Ids and classes of the place where the quoted mail begins and goes on to the end.
const DIVIDERS: &[&str] = &[
    "divrplyfwdmsg",
    "x_divrplyfwdmsg",
    "zwchr",
    "ms-outlook-mobile-reference-message",
    "mail-editor-reference-message-container",
    "olk_src_body_section",
    "isreplycontent",
    "isforwardcontent",
];

/// Ids and classes of a signature.
const SIGNATURES: &[&str] = &[
    "gmail_signature",
    "moz-signature",
    "protonmail_signature_block",
    "applemailsignature",
    "ms-outlook-mobile-signature",
];

/// The words of an HTML text in lines. Never fails: whatever is no HTML is read as words.
pub fn to_text(html: &str) -> String {
    let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while !matches!(tokenizer.feed(&input), html5ever::TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.0.into_inner().into_text()
}

#[derive(Default)]
struct Reader(RefCell<Page>);

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => page.words(&text),
            Token::TagToken(tag) if tag.kind == StartTag => return page.start(&tag),
            Token::TagToken(tag) if tag.kind == EndTag => page.end(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An element that has begun.
#[expect(clippy::struct_excessive_bools, reason = "they say independent things of its contents")]
struct Open {
    name: String,
    hidden: bool,
    quoted: bool,
    preformatted: bool,
    /// Whether an empty line stands around it.
    apart: bool,
    /// Number of the next item, for ordered lists.
    next_item: Option<usize>,
}

#[derive(Default)]
struct Page {
    lines: Vec<String>,
    line: String,
    open: Vec<Open>,
    hidden: usize,
    quoted: usize,
    preformatted: usize,
}

impl Page {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let marks = Marks::of(tag);
        self.end_what_ends(name);
        if self.hidden == 0 {
            self.before(name, &marks);
        }
        if ENDED_BY_NEXT.contains(&name) && self.open.last().is_some_and(|open| open.name == name) {
            self.close_last();
        }
        if !EMPTY.contains(&name) && !tag.self_closing && self.open.len() < DEEPEST {
            let style = &marks.style;
            let open = Open {
                name: name.to_owned(),
                hidden: UNSEEN.contains(&name) || style.hidden || marks.hidden,
                quoted: marks.is_quoted(name),
                preformatted: name == "pre" || style.preformatted,
                apart: marks.is_apart(name),
                next_item: (name == "ol").then_some(1),
            };
            self.hidden += usize::from(open.hidden);
            self.quoted += usize::from(open.quoted);
            self.preformatted += usize::from(open.preformatted);
            self.open.push(open);
        }
        match name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }

    /// Ends what ends before this element, without an end tag.
    fn end_what_ends(&mut self, name: &str) {
        let head = match name {
            "body" => self.open.iter().rposition(|open| open.name == "head"),
            _ if IN_HEAD.contains(&name) => None,
            _ => self.last_is_head(),
        };
        while head.is_some_and(|head| self.open.len() > head) {
            self.close_last();
        }
        if END_PARAGRAPH.contains(&name) {
            let inside = self.open.iter().rev();
            let mut inside = inside.take_while(|open| !BARRIERS.contains(&open.name.as_str()));
            if inside.any(|open| open.name == "p") {
                self.end("p");
            }
        }
    }

    /// Where the head stands, if nothing in it is open.
    fn last_is_head(&self) -> Option<usize> {
        self.open.last().filter(|open| open.name == "head")?;
        Some(self.open.len() - 1)
    }

    /// What an element puts before its contents.
    fn before(&mut self, name: &str, marks: &Marks) {
        if is_block(name) {
            self.end_line();
        }
        if marks.is_apart(name) {
            self.blank_line();
        }
        if marks.is_one_of(DIVIDERS) {
            self.lines.push(DIVIDER.to_owned());
        } else if marks.is_one_of(SIGNATURES) && self.quoted == 0 {
            let last = self.lines.iter().rev().find(|line| !is_blank(line));
            if last.is_none_or(|line| line != "-- ") {
                self.lines.push("-- ".to_owned());
            }
        }
        match name {
            "br" => self.break_line(),
            "td" | "th" if !self.line.is_empty() && !self.line.ends_with(' ') => {
                self.line.push(' ');
            }
            "li" => {
                let list =
                    self.open.iter_mut().rev().find(|open| matches!(&*open.name, "ol" | "ul"));
                let mark = match list.and_then(|list| list.next_item.as_mut()) {
                    Some(number) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    None => "- ".to_owned(),
                };
                self.line.push_str(&mark);
            }
            // Emoji are pictures in some mail programs.
            "img" => {
                if let Some(alt) = &marks.alt
                    && alt.chars().count() <= 4
                    && !alt.is_ascii()
                {
                    self.line.push_str(alt);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if self.hidden == 0 && is_block(name) {
            self.end_line();
            let begun = self.open.iter().rfind(|open| open.name == name);
            if begun.is_some_and(|open| open.apart) {
                self.blank_line();
            }
        }
        // An end without a beginning ends nothing, but "</br>" and "</p>" are read as breaks.
        if let Some(position) = self.open.iter().rposition(|open| open.name == name) {
            while self.open.len() > position {
                self.close_last();
            }
        } else if name == "br" && self.hidden == 0 {
            self.break_line();
        }
    }

    fn close_last(&mut self) {
        let Some(last) = self.open.pop() else { return };
        if last.quoted {
            self.end_line();
        }
        self.hidden -= usize::from(last.hidden);
        self.quoted -= usize::from(last.quoted);
        self.preformatted -= usize::from(last.preformatted);
    }

    fn words(&mut self, text: &str) {
        if self.last_is_head().is_some() && !text.trim().is_empty() {
            self.close_last();
        }
        if self.hidden > 0 {
            return;
        }
        for sign in text.chars() {
            match sign {
                '\n' | '\r' if self.preformatted > 0 => {
                    if sign == '\n' {
                        self.break_line();
                    }
                }
                // Breaks and tabs of the source are blanks, and several are one.
                ' ' | '\t' | '\n' | '\r' | '\u{c}' if self.preformatted == 0 => {
                    if !self.line.is_empty() && !self.line.ends_with(' ') {
                        self.line.push(' ');
                    }
                }
                _ => self.line.push(sign),
            }
        }
    }

    /// Ends the line if there is one. Outlook writes an empty one as a blank that does not break.
    fn end_line(&mut self) {
        if !self.line.trim().is_empty() {
            self.break_line();
        } else if self.line.contains('\u{a0}') {
            self.blank_line();
        }
        self.line.clear();
    }

    fn break_line(&mut self) {
        let line = std::mem::take(&mut self.line).replace('\u{a0}', " ");
        // The delimiter of signatures ends with a blank.
        let words = if line.trim() == "--" { "-- " } else { line.trim_end() };
        let line = if self.quoted > 0 { format!("> {words}") } else { words.to_owned() };
        self.lines.push(line);
    }

    fn blank_line(&mut self) {
        if self.lines.last().is_some_and(|line| !is_blank(line)) {
            self.lines.push(if self.quoted > 0 { ">".to_owned() } else { String::new() });
        }
    }

    fn into_text(mut self) -> String {
        self.end_line();
        let mut text = String::new();
        let mut blanks = 0;
        for line in &self.lines {
            blanks = if is_blank(line) { blanks + 1 } else { 0 };
            if blanks > 1 || (text.is_empty() && blanks > 0) {
                continue;
            }
            text.push_str(line);
            text.push('\n');
        }
        text.truncate(text.trim_end_matches(['\n', '>']).len());
        text
    }
}

fn is_blank(line: &str) -> bool {
    line.trim_matches(['>', ' ']).is_empty()
}

/// The attributes of an element that matter.
#[derive(Default)]
struct Marks {
    names: Vec<String>,
    style: Style,
    cites: bool,
    hidden: bool,
    alt: Option<String>,
}

impl Marks {
    fn of(tag: &Tag) -> Self {
        let mut marks = Self::default();
        for attribute in &tag.attrs {
            let value: &str = &attribute.value;
            match &*attribute.name.local {
                "class" | "id" | "name" => {
                    marks.names.extend(value.split_whitespace().map(str::to_ascii_lowercase));
                }
                "style" => marks.style = Style::of(value),
                "type" => marks.cites |= value.eq_ignore_ascii_case("cite"),
                "cite" => marks.cites = true,
                "hidden" => marks.hidden = true,
                "alt" => marks.alt = Some(value.to_owned()),
                _ => {}
            }
        }
        marks
    }

    fn is_one_of(&self, names: &[&str]) -> bool {
        self.names.iter().any(|name| names.contains(&name.as_str()))
    }

    /// Whether an empty line stands around an element. Those of Word have no margin.
    fn is_apart(&self, name: &str) -> bool {
        PARAGRAPHS.contains(&name) && !self.names.iter().any(|name| name.starts_with("mso"))
    }

    /// Whether an element holds an earlier mail. A block that is merely indented does not.
    fn is_quoted(&self, name: &str) -> bool {
        let is_block = name == "blockquote";
        self.is_one_of(QUOTED)
            || (is_block
                && (self.cites
                    || self.style.border_left
                    || self.names.iter().any(|name| name.contains("quote"))))
    }
}

/// Whether an element begins and ends a line.
fn is_block(name: &str) -> bool {
    END_PARAGRAPH.contains(&name) || OTHER_BLOCKS.contains(&name)
}
