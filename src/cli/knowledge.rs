//! `lotse knowledge lint|search|explain`: is the knowledge in order, and why is which article found?

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::classifier::{Classifier, Manifest, Reading};
use crate::domain::{Article, ArticleStatus, Classification, Language};
use crate::knowledge::{Explanation, Hit, Knowledge, Severity, VectorCache, check};
use crate::text::{PreparedText, prepare};

/// Work on the knowledge base: check its articles, try a search, understand a rank.
#[derive(Debug, Subcommand)]
pub enum KnowledgeCommand {
    /// Check every article and show which intents have none.
    ///
    /// Prints each problem with its file and line, then the number of articles by intent and
    /// language. The exit status is 1 if there is an error, 0 if there are only warnings.
    #[command(after_help = "Example: lotse knowledge lint --dir demo")]
    Lint {
        /// Operator's directory; the articles are in its folder knowledge/.
        #[arg(long, default_value = "demo", value_name = "DIR")]
        dir: PathBuf,
        /// Check the articles' intents against those of this model pack.
        #[arg(long, value_name = "PACK")]
        model: Option<PathBuf>,
    },
    /// Show which articles a message finds, with their scores.
    ///
    /// The score is what the bot ranks by: words in common (bm25), the nearest phrasing (cosine)
    /// and the intents that the model reads (intent), added up with the weights of the ranking.
    #[command(after_help = "Example: lotse knowledge search \"Wann habt ihr offen?\"")]
    Search {
        /// The message, in quotes.
        text: String,
        /// Where and how to search.
        #[command(flatten)]
        place: Place,
        /// Number of articles to show.
        #[arg(short = 'n', long, default_value_t = 5, value_name = "NUMBER")]
        limit: usize,
    },
    /// Show why an article has the score and the rank that it has for a message.
    #[command(
        after_help = "Example: lotse knowledge explain \"Wann habt ihr offen?\" shop-opening-hours"
    )]
    Explain {
        /// The message, in quotes.
        text: String,
        /// Id of the article: its file name without .md.
        #[arg(value_name = "ARTICLE_ID")]
        id: String,
        /// Where and how to search.
        #[command(flatten)]
        place: Place,
    },
}

/// Where a search looks, and how.
#[derive(Args, Debug)]
pub struct Place {
    /// Language to search in; found from the message if not given.
    #[arg(long, value_name = "de|en", value_parser = language)]
    language: Option<Language>,
    /// Operator's directory; the articles are in its folder knowledge/.
    #[arg(long, default_value = "demo", value_name = "DIR")]
    dir: PathBuf,
    /// Model pack that reads the message.
    #[arg(long, default_value = "models/nordlicht-de-en", value_name = "PACK")]
    model: PathBuf,
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "the languages are de and en".to_owned())
}

/// Runs a command. Returns whether all is well: false is exit status 1.
pub fn run(command: KnowledgeCommand, out: &mut dyn Write) -> anyhow::Result<bool> {
    match command {
        KnowledgeCommand::Lint { dir, model } => {
            let intents = model.map(|model| pack_intents(&model)).transpose()?;
            lint(&folder(&dir), intents.as_ref(), out)
        }
        KnowledgeCommand::Search { text, place, limit } => {
            let query = Query::read(&text, &place)?;
            let Query { knowledge, text, reading } = &query;
            search(knowledge, text, reading, limit, out)
        }
        KnowledgeCommand::Explain { text, id, place } => {
            let query = Query::read(&text, &place)?;
            let Query { knowledge, text, reading } = &query;
            explain(knowledge, text, reading, &id, out)
        }
    }
}

fn folder(dir: &Path) -> PathBuf {
    dir.join("knowledge")
}

fn pack_intents(model: &Path) -> anyhow::Result<BTreeSet<String>> {
    let classifier = Classifier::load(model)?;
    let head = classifier.manifest().heads.get("intent").with_context(|| {
        format!("model pack {} reads no intents: leave --model away", model.display())
    })?;
    Ok(head.labels.iter().cloned().collect())
}

/// A message with everything that a search for it needs.
struct Query {
    knowledge: Knowledge,
    text: PreparedText,
    reading: Reading,
}

impl Query {
    fn read(text: &str, place: &Place) -> anyhow::Result<Self> {
        if text.trim().is_empty() {
            bail!("the message is blank: pass some words in quotes");
        }
        let classifier = Classifier::load(&place.model)?;
        let text = prepare(text, place.language);
        let reading = classifier
            .read(std::slice::from_ref(&text))?
            .pop()
            .context("the model read nothing: check it with `lotse model verify`")?;
        let file = place.dir.join("data").join("vectors.cache");
        let mut cache = VectorCache::open(&file, &model_id(&classifier));
        let (knowledge, problems) =
            Knowledge::load_cached(&folder(&place.dir), &classifier, &mut cache)?;
        for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
            tracing::warn!("{problem}");
        }
        Ok(Self { knowledge, text, reading })
    }
}

/// Tells model packs apart in a cache of vectors.
pub(super) fn model_id(classifier: &Classifier) -> String {
    let manifest = classifier.manifest();
    let files: Vec<String> =
        manifest.files.iter().map(|(file, hash)| format!("{file} {hash}")).collect();
    let Manifest { name, prefix, .. } = manifest;
    format!("{name}\n{prefix}\n{}\n{}", classifier.backend(), files.join("\n"))
}

/// Prints all problems of a knowledge folder and how many articles each intent has. Returns
/// whether there is no error.
pub fn lint(
    folder: &Path,
    known_intents: Option<&BTreeSet<String>>,
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    let (articles, problems) = check(folder, known_intents)?;
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    if !problems.is_empty() {
        writeln!(out)?;
    }
    write_coverage(&articles, known_intents, out)?;
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    writeln!(out, "\n{} articles, {errors} errors, {warnings} warnings", articles.len())?;
    Ok(errors == 0)
}

/// Prints the approved articles by intent and language, drafts in brackets.
fn write_coverage(
    articles: &[std::sync::Arc<Article>],
    known_intents: Option<&BTreeSet<String>>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut counts: BTreeMap<&str, BTreeMap<Language, (usize, usize)>> = BTreeMap::new();
    for intent in known_intents.into_iter().flatten() {
        counts.entry(intent).or_default();
    }
    for article in articles {
        for intent in &article.intents {
            let (approved, drafts) =
                counts.entry(intent).or_default().entry(article.language).or_default();
            *(if article.status == ArticleStatus::Approved { approved } else { drafts }) += 1;
        }
    }
    let mut rows = vec![
        std::iter::once("intent".to_owned())
            .chain(Language::ALL.map(|language| language.to_string()))
            .collect(),
    ];
    for (intent, by_language) in &counts {
        let cells = Language::ALL.map(|language| match by_language.get(&language) {
            None => "-".to_owned(),
            Some((approved, 0)) => approved.to_string(),
            Some((approved, drafts)) => format!("{approved} (+{drafts} drafts)"),
        });
        rows.push(std::iter::once((*intent).to_owned()).chain(cells).collect());
    }
    write_table(&rows, out)
}

/// Prints the articles found for a message. Returns whether there is any.
pub fn search(
    knowledge: &Knowledge,
    text: &PreparedText,
    reading: &Reading,
    limit: usize,
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    write_message(text, &reading.classification, out)?;
    let hits = knowledge.search(text, &reading.embedding, &reading.classification, limit);
    if hits.is_empty() {
        writeln!(out, "\nno approved article in this language; try --language")?;
        return Ok(false);
    }
    let header = ["", "score", "bm25", "cosine", "intent", "learned", "article", "title"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for (rank, hit) in (1..).zip(&hits) {
        rows.push(vec![
            rank.to_string(),
            format!("{:.3}", hit.score),
            format!("{:.3}", hit.bm25),
            format!("{:.3}", hit.cosine),
            format!("{:.3}", hit.intent),
            format!("{:.3}", hit.learned),
            hit.article.id.clone(),
            title(hit),
        ]);
    }
    writeln!(out)?;
    write_table(&rows, out)?;
    Ok(true)
}

fn title(hit: &Hit) -> String {
    if hit.usable {
        hit.article.title.clone()
    } else {
        format!("{} (review overdue: not said)", hit.article.title)
    }
}

fn write_message(
    text: &PreparedText,
    classification: &Classification,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    writeln!(out, "message   {}", text.cleaned.replace('\n', " "))?;
    writeln!(out, "language  {}", text.language)?;
    let scores: Vec<String> = classification
        .intent
        .iter()
        .chain(&classification.alternatives)
        .take(3)
        .map(|score| format!("{} {:.2}", score.name, score.confidence))
        .collect();
    let scope = if classification.intent.is_none() { " (out of scope)" } else { "" };
    writeln!(out, "intents   {}{scope}", scores.join(", "))?;
    Ok(())
}

/// Prints where the score of one article comes from. Returns whether the article takes part.
pub fn explain(
    knowledge: &Knowledge,
    text: &PreparedText,
    reading: &Reading,
    id: &str,
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    write_message(text, &reading.classification, out)?;
    let Some(explanation) =
        knowledge.explain(text, &reading.embedding, &reading.classification, id)
    else {
        let language = text.language;
        let reason = if knowledge.article(id, language).is_some() {
            format!("article {id} is a draft, so it is never found: set status = \"approved\"")
        } else {
            format!("there is no article {id} in {language}; `lotse knowledge search` shows ids")
        };
        writeln!(out, "\n{reason}")?;
        return Ok(false);
    };
    write_explanation(&explanation, knowledge, out)?;
    Ok(true)
}

fn write_explanation(
    explanation: &Explanation,
    knowledge: &Knowledge,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let Explanation { hit, rank, of, terms, nearest, intents } = explanation;
    writeln!(out, "article   {}: {}", hit.article.id, title(hit))?;
    writeln!(out, "rank      {rank} of {of}, score {:.3}\n", hit.score)?;
    let weights = knowledge.ranking();
    let part = |name: &str, weight: f32, value: f32| {
        let added = weight * value.max(0.0);
        [name.to_owned(), format!("{weight:.2}"), format!("{value:.3}"), format!("{added:.3}")]
            .to_vec()
    };
    let parts = [
        ["part", "weight", "value", "adds"].map(str::to_owned).to_vec(),
        part("bm25", weights.bm25, hit.bm25),
        part("cosine", weights.cosine, hit.cosine),
        part("intent", weights.intent, hit.intent),
        part("learned", weights.learned, hit.learned),
    ];
    write_table(&parts, out)?;
    writeln!(out, "\nbm25: words in common, by term of the message")?;
    let mut rows = vec![["term", "idf", "impact", "adds"].map(str::to_owned).to_vec()];
    for term in terms {
        let [idf, impact, share] =
            [term.idf, term.impact, term.share].map(|value| format!("{value:.3}"));
        rows.push(vec![term.term.clone(), idf, impact, share]);
    }
    write_table(&rows, out)?;
    let nearest = nearest.as_deref().unwrap_or("none");
    writeln!(out, "\ncosine: {:.3} with the nearest phrasing \"{nearest}\"", hit.cosine)?;
    let masses: Vec<String> =
        intents.iter().map(|score| format!("{} {:.3}", score.name, score.confidence)).collect();
    writeln!(out, "intent: {:.3} = {}", hit.intent, masses.join(" + "))?;
    Ok(())
}

/// Prints rows in columns two blanks apart.
fn write_table(rows: &[Vec<String>], out: &mut dyn Write) -> anyhow::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    for row in rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}
