//! How do approved words, written in Markdown, look elsewhere? As plain text, as HTML, and read aloud.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use super::markup::escape_html;

/// Markdown as plain lines: marks are left out, addresses of links stand behind their words.
pub(crate) fn to_plain(markdown: &str) -> String {
    let mut page = Plain::default();
    for event in events(markdown) {
        page.take(event);
    }
    page.text.trim_end().to_owned()
}

/// Markdown as HTML. Markup inside it is shown, not obeyed; links lead to web pages, mail addresses
/// and telephone numbers only.
pub(crate) fn to_html(markdown: &str) -> String {
    let mut page = String::new();
    let harmless = events(markdown).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) if !is_safe(&dest_url) => {
            Event::Start(Tag::Link { link_type, dest_url: "#".into(), title, id })
        }
        // Pictures would be loaded from elsewhere.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Event::Text("".into()),
        other => other,
    });
    html::push_html(&mut page, harmless);
    page.trim_end().to_owned()
}

/// Plain words as HTML: an empty line is a paragraph, a break a break.
pub(crate) fn words_to_html(words: &str) -> String {
    let paragraphs = words.split("\n\n").map(str::trim).filter(|words| !words.is_empty());
    let paragraphs: Vec<String> = paragraphs
        .map(|words| format!("<p>{}</p>", escape_html(words).replace('\n', "<br>\n")))
        .collect();
    paragraphs.join("\n")
}

/// Markdown as it is read aloud: words alone, each paragraph and list item a sentence of its own.
pub(crate) fn to_spoken(markdown: &str) -> String {
    let mut spoken = String::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => spoken.push_str(&text),
            Event::SoftBreak | Event::HardBreak => spoken.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => {
                spoken.truncate(spoken.trim_end().len());
                if !spoken.is_empty() && !spoken.ends_with(['.', '!', '?', ':', ';', ',']) {
                    spoken.push('.');
                }
                spoken.push(' ');
            }
            _ => {}
        }
    }
    spoken.trim().to_owned()
}

fn events(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

fn is_safe(address: &str) -> bool {
    let scheme = address.split(':').next().unwrap_or_default().to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel")
}

#[derive(Default)]
struct Plain {
    text: String,
    /// Numbers of the next items, of the lists that are open; none for bullets.
    lists: Vec<Option<u64>>,
    /// Address of the open link, and where its words begin.
    link: Option<(String, usize)>,
}

impl Plain {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.text.push_str(&text);
            }
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            Event::Rule => self.apart(),
            Event::Start(tag) => self.begin(tag),
            Event::End(tag) => self.end(tag),
            _ => {}
        }
    }

    fn begin(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::CodeBlock(_)
                if self.lists.is_empty() =>
            {
                self.apart();
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.apart();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.new_line();
                let depth = self.lists.len().saturating_sub(1);
                self.text.push_str(&"   ".repeat(depth));
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.text.push_str(&number.to_string());
                        self.text.push_str(". ");
                        *number += 1;
                    }
                    _ => self.text.push_str("- "),
                }
            }
            Tag::TableRow | Tag::TableHead => self.new_line(),
            Tag::Link { dest_url, .. } => {
                self.link = Some((dest_url.into_string(), self.text.len()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::TableCell => self.text.push_str("  "),
            TagEnd::Link => {
                let Some((address, start)) = self.link.take() else { return };
                let words = self.text.get(start..).unwrap_or_default();
                let shown = address.trim_start_matches("mailto:").trim_start_matches("tel:");
                if is_safe(&address) && !words.contains(shown) {
                    self.text.extend([" (", shown, ")"]);
                }
            }
            _ => {}
        }
    }

    fn new_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn apart(&mut self) {
        self.new_line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ARTICLE: &str = "Sie haben **30 Tage**. Drucken Sie das Etikett\nunter \
        [Meine Bestellungen](https://nordlicht.example/orders) aus:\n\n1. Anmelden\n2. *Rückgabe* \
        wählen\n\nFragen an <service@nordlicht.example>. <b>Gruß</b> [x](javascript:alert)";

    #[test]
    fn plain_text_has_no_marks() {
        assert_eq!(
            to_plain(ARTICLE),
            "Sie haben 30 Tage. Drucken Sie das Etikett unter Meine Bestellungen \
             (https://nordlicht.example/orders) aus:\n\n1. Anmelden\n2. Rückgabe wählen\n\nFragen an \
             service@nordlicht.example. <b>Gruß</b> x"
        );
    }

    #[test]
    fn html_obeys_no_markup_of_the_words() {
        let html = to_html(ARTICLE);
        assert!(html.contains("<strong>30 Tage</strong>") && html.contains("<ol>"), "{html}");
        assert!(html.contains("&lt;b&gt;Gruß") && !html.contains("javascript"), "{html}");
        assert!(!to_html("![x](https://tracker.example/1.png)").contains("img"));
        assert_eq!(words_to_html("a <b>\nc\n\nd"), "<p>a &lt;b&gt;<br>\nc</p>\n<p>d</p>");
    }

    proptest! {
        #[test]
        fn whatever_is_written_holds_no_script(text in ".{0,200}") {
            let html = to_html(&format!("{text}<script>x</script>")).to_lowercase();
            prop_assert!(!html.contains("<script"));
            to_plain(&text);
        }
    }

    #[test]
    fn markdown_is_read_aloud_without_its_marks() {
        let markdown = "## Return\n\nSend it **back**\nwithin [30 days](https://x.example).\n\n\
                        1. Open *My orders*\n2. Print the `label`\n\n- Free of charge!\n";
        let spoken = "Return. Send it back within 30 days. Open My orders. Print the label. \
                      Free of charge!";
        assert_eq!(to_spoken(markdown), spoken);
        assert_eq!(to_spoken(""), "");
    }
}
