//! Which phrasing of an article means nearly what the message means? Vectors of titles, questions
//! and answers, compared one by one.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use crate::domain::Article;

/// Words of the answer that become one of its vectors: the beginning says what it is about.
const OPENING_WORDS: usize = 60;

/// The text of Markdown without its marks and without the targets of links.
pub(super) fn plain(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell,
            ) => {
                text.push('\n');
            }
            _ => {}
        }
    }
    text.trim_end().to_owned()
}

/// The texts of an article that get a vector: title, questions, the answer's first words.
pub(super) fn texts(article: &Article) -> Vec<String> {
    let mut opening = String::new();
    for word in plain(&article.body).split_whitespace().take(OPENING_WORDS) {
        let _ = write!(opening, "{}{word}", if opening.is_empty() { "" } else { " " });
    }
    std::iter::once(article.title.clone())
        .chain(article.questions.iter().cloned())
        .chain((!opening.is_empty()).then_some(opening))
        .collect()
}

/// Vectors of numbered articles.
#[derive(Debug, Default)]
pub(super) struct Phrasings {
    vectors: Vec<Arc<[f32]>>,
    /// Which vectors belong to which article.
    ranges: Vec<Range<usize>>,
}

impl Phrasings {
    /// Adds the vectors of the next article.
    pub(super) fn push(&mut self, vectors: impl IntoIterator<Item = Arc<[f32]>>) {
        let start = self.vectors.len();
        self.vectors.extend(vectors);
        self.ranges.push(start..self.vectors.len());
    }

    /// Cosine of every article's nearest phrasing; 0 where there is nothing to compare.
    pub(super) fn cosines(&self, embedding: &[f32]) -> Vec<f32> {
        (0..self.ranges.len())
            .map(|article| self.nearest(article, embedding).map_or(0.0, |(_, cosine)| cosine))
            .collect()
    }

    /// Position (in [`texts`]) and cosine of an article's nearest phrasing.
    pub(super) fn nearest(&self, article: usize, embedding: &[f32]) -> Option<(usize, f32)> {
        self.vectors[self.ranges[article].clone()]
            .iter()
            .map(
                |vector| if vector.len() == embedding.len() { dot(vector, embedding) } else { 0.0 },
            )
            .enumerate()
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
    }
}

/// Dot product in 16 partial sums, which the compiler turns into vector instructions.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let (left_chunks, right_chunks) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let rest: f32 = left_chunks
        .remainder()
        .iter()
        .zip(right_chunks.remainder())
        .map(|(left, right)| left * right)
        .sum();
    for (left, right) in left_chunks.zip(right_chunks) {
        for lane in 0..LANES {
            sums[lane] += left[lane] * right[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}
