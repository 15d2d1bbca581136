//! Is it good enough for the pipeline to go on?
//!
//! ```text
//! expression = both { "or" both }
//! both       = term { "and" term }
//! term       = "(" expression ")" | comparison
//! comparison = figure ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) number [ "%" ]
//! ```

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// A condition under which an evaluation fails, such as
/// `intent_accuracy < 0.9 or tier3_answered > 0`.
#[derive(Clone, Debug, PartialEq)]
pub struct FailIf(Expression);

#[derive(Clone, Debug, PartialEq)]
enum Expression {
    Compare(Comparison),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

/// A figure compared with a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Name of the figure.
    pub figure: String,
    /// How it compares.
    pub operator: Operator,
    /// With what.
    pub value: f64,
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Operator {
    /// Less than.
    #[serde(rename = "<")]
    Below,
    /// Less than or equal to.
    #[serde(rename = "<=")]
    AtMost,
    /// Greater than.
    #[serde(rename = ">")]
    Above,
    /// Greater than or equal to.
    #[serde(rename = ">=")]
    AtLeast,
    /// The same.
    #[serde(rename = "==")]
    Equal,
    /// Not the same.
    #[serde(rename = "!=")]
    Unequal,
}

/// Why an expression cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FailIfError {
    /// It cannot be read.
    #[error(
        "cannot read `{expression}`: expected {expected} at character {position}, found {found}; \
         write for example `intent_accuracy < 0.9 or tier3_answered > 0`"
    )]
    Syntax {
        /// The whole expression.
        expression: String,
        /// What should stand there.
        expected: &'static str,
        /// Where, counted from 1.
        position: usize,
        /// What stands there.
        found: String,
    },
    /// The report has no such figure.
    #[error("the report has no figure `{name}`; {hint}it has {}{parts}", known.join(", "))]
    UnknownFigure {
        /// The name.
        name: String,
        /// A likely meaning, or nothing.
        hint: String,
        /// The names of figures of all rows.
        known: Vec<String>,
        /// How to name a part of the rows, or nothing.
        parts: String,
    },
}

impl FailIf {
    /// Reads an expression. `and` binds more closely than `or`; parentheses are allowed.
    pub fn parse(expression: &str) -> Result<Self, FailIfError> {
        let mut parser = Parser::new(expression);
        let parsed = parser.expression()?;
        parser.end()?;
        Ok(Self(parsed))
    }

    /// The comparisons that make the evaluation fail, in words with the actual figures; none if
    /// the expression does not hold. Every figure that is named must exist: a gate must not pass
    /// because a figure is missing.
    pub fn check(&self, figures: &BTreeMap<String, f64>) -> Result<Vec<String>, FailIfError> {
        Ok(self.0.holds(figures)?.unwrap_or_default())
    }
}

impl Expression {
    /// The comparisons that make it hold; none if it does not. Looks at every part even when the
    /// result is settled, so that a misspelt name never goes unnoticed.
    fn holds(&self, figures: &BTreeMap<String, f64>) -> Result<Option<Vec<String>>, FailIfError> {
        let each = |parts: &[Self]| -> Result<Vec<Option<Vec<String>>>, FailIfError> {
            parts.iter().map(|part| part.holds(figures)).collect()
        };
        Ok(match self {
            Self::Compare(comparison) => {
                let value = comparison.look_up(figures)?;
                comparison.holds_for(value).then(|| vec![comparison.explain(value)])
            }
            Self::All(parts) => {
                each(parts)?.into_iter().collect::<Option<Vec<_>>>().map(|reasons| reasons.concat())
            }
            Self::Any(parts) => {
                let reasons: Vec<Vec<String>> = each(parts)?.into_iter().flatten().collect();
                (!reasons.is_empty()).then(|| reasons.concat())
            }
        })
    }
}

impl Comparison {
    /// Reads a single comparison, such as `intent_accuracy.de >= 90 %`.
    pub fn parse(text: &str) -> Result<Self, FailIfError> {
        let mut parser = Parser::new(text);
        let comparison = parser.comparison()?;
        parser.end()?;
        Ok(comparison)
    }

    /// Whether it holds for this value of the figure.
    pub fn holds_for(&self, value: f64) -> bool {
        match self.operator {
            Operator::Below => value < self.value,
            Operator::AtMost => value <= self.value,
            Operator::Above => value > self.value,
            Operator::AtLeast => value >= self.value,
            Operator::Equal => (value - self.value).abs() < f64::EPSILON,
            Operator::Unequal => (value - self.value).abs() >= f64::EPSILON,
        }
    }

    fn explain(&self, value: f64) -> String {
        let [value, limit] = [value, self.value].map(|number| (number * 1e6).round() / 1e6);
        format!("{} is {value} ({} {limit})", self.figure, self.operator.symbol())
    }

    fn look_up(&self, figures: &BTreeMap<String, f64>) -> Result<f64, FailIfError> {
        figures.get(&self.figure).copied().ok_or_else(|| unknown(&self.figure, figures))
    }
}

impl Operator {
    /// Symbols with their meaning, longer ones before those that they begin with.
    const SYMBOLS: [(&'static str, Self); 6] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        ("<", Self::Below),
        (">", Self::Above),
    ];

    /// The way it is written.
    pub fn symbol(self) -> &'static str {
        Self::SYMBOLS.iter().find(|(_, operator)| *operator == self).map_or("", |(text, _)| text)
    }
}

/// Says which names there are: those of all rows, and apart from them the parts of the rows.
fn unknown(name: &str, figures: &BTreeMap<String, f64>) -> FailIfError {
    let known = figures.keys().filter(|known| !known.contains('.')).cloned().collect();
    let parts: BTreeSet<&str> =
        figures.keys().filter_map(|known| Some(known.split_once('.')?.1)).collect();
    let parts = parts.into_iter().collect::<Vec<_>>().join(", ");
    FailIfError::UnknownFigure {
        name: name.to_owned(),
        hint: nearest(name, figures.keys())
            .map(|nearest| format!("did you mean `{nearest}`? "))
            .unwrap_or_default(),
        known,
        parts: if parts.is_empty() {
            parts
        } else {
            format!("; the main ones also of a part of the rows, behind a dot: {parts}")
        },
    }
}

/// The name with the most pairs of neighbouring letters in common, if it has at least half.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let pairs =
        |text: &str| -> Vec<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let wanted = pairs(wanted);
    names
        .map(|name| {
            let pairs = pairs(name);
            let common = wanted.iter().filter(|pair| pairs.contains(pair)).count();
            (2.0 * common as f64 / (wanted.len() + pairs.len()).max(1) as f64, name)
        })
        .filter(|(alike, _)| *alike >= 0.5)
        .max_by(|left, right| left.0.total_cmp(&right.0).then_with(|| right.1.cmp(left.1)))
        .map(|(_, name)| name)
}

/// Reads an expression from left to right.
struct Parser<'a> {
    expression: &'a str,
    /// Bytes read so far.
    position: usize,
}

impl<'a> Parser<'a> {
    fn new(expression: &'a str) -> Self {
        Self { expression, position: 0 }
    }

    /// What is left, blanks passed over.
    fn rest(&mut self) -> &'a str {
        let rest = &self.expression[self.position..];
        let trimmed = rest.trim_start();
        self.position += rest.len() - trimmed.len();
        trimmed
    }

    /// Takes the longest beginning whose characters belong.
    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|character| !belongs(character)).unwrap_or(rest.len());
        self.position += length;
        &rest[..length]
    }

    /// Takes this symbol if it stands next.
    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.rest().starts_with(symbol);
        self.position += if found { symbol.len() } else { 0 };
        found
    }

    /// Takes this word if it stands next as a whole.
    fn word(&mut self, word: &str) -> bool {
        let start = self.position;
        let found = self.take(is_name).eq_ignore_ascii_case(word);
        self.position = if found { self.position } else { start };
        found
    }

    fn expression(&mut self) -> Result<Expression, FailIfError> {
        let mut parts = vec![self.both()?];
        while self.word("or") {
            parts.push(self.both()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) })
    }

    fn both(&mut self) -> Result<Expression, FailIfError> {
        let mut parts = vec![self.term()?];
        while self.word("and") {
            parts.push(self.term()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::All(parts) })
    }

    fn term(&mut self) -> Result<Expression, FailIfError> {
        if !self.symbol("(") {
            return Ok(Expression::Compare(self.comparison()?));
        }
        let inner = self.expression()?;
        if self.symbol(")") { Ok(inner) } else { Err(self.error("`)`, `and` or `or`")) }
    }

    fn comparison(&mut self) -> Result<Comparison, FailIfError> {
        let figure = self.take(is_name).to_owned();
        if figure.is_empty() {
            return Err(self.error("the name of a figure"));
        }
        let found = Operator::SYMBOLS.into_iter().find(|(symbol, _)| self.symbol(symbol));
        let Some((_, operator)) = found else {
            return Err(self.error("one of < <= > >= == !="));
        };
        let value = self.number()?;
        Ok(Comparison { figure, operator, value })
    }

    fn number(&mut self) -> Result<f64, FailIfError> {
        self.rest();
        let start = self.position;
        let digits =
            self.take(|character| character.is_ascii_digit() || "+-.eE".contains(character));
        let number = digits.parse::<f64>().ok().filter(|number| number.is_finite());
        let Some(number) = number else {
            self.position = start;
            return Err(self.error("a number"));
        };
        Ok(if self.symbol("%") { number / 100.0 } else { number })
    }

    fn end(&mut self) -> Result<(), FailIfError> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.error("`and`, `or` or the end")) }
    }

    fn error(&mut self, expected: &'static str) -> FailIfError {
        let rest = self.rest();
        let found = match rest.split_whitespace().next() {
            Some(word) => format!("`{word}`"),
            None => "the end".to_owned(),
        };
        FailIfError::Syntax {
            expression: self.expression.to_owned(),
            expected,
            position: self.expression[..self.position].chars().count() + 1,
            found,
        }
    }
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '.'
}
