//! What could the bot have answered, and how sure is that?

use super::View;
use super::texts::fill;
use crate::batch::report::{Answers, ArticleFigures, Promise, Report};
use crate::reports::page::{escape, folded_table, row_bar};

/// Articles listed before the others are folded away.
const LISTED: usize = 10;

pub(super) fn section(report: &Report, view: View) -> String {
    let (texts, answers) = (view.texts, &report.answers);
    let words: Vec<String> =
        words(answers, view).iter().map(|sentence| format!("<p>{sentence}</p>")).collect();
    format!(
        "<section aria-labelledby=\"answers\"><h2 id=\"answers\">{}</h2>\
         <div class=\"panel\"><div class=\"lead\">{}</div>{}</div></section>\n",
        texts.answers,
        words.concat(),
        articles(answers, view)
    )
}

/// The figures in plain words.
fn words(answers: &Answers, view: View) -> Vec<String> {
    let View { texts, format, .. } = view;
    let Some(promise) = &answers.promise else { return vec![texts.answers_off.to_owned()] };
    let mut words = vec![limit(promise, view)];
    words.extend(tested(promise, view));
    if promise.threshold.is_none() {
        words.push(texts.promise_nothing.to_owned());
        return words;
    }
    if answers.answered.part == 0 {
        words.push(texts.answers_none.to_owned());
        return words;
    }
    let answered = format.count(answers.answered.part);
    let wrong = format.count(answers.wrong_expected.round() as usize);
    let values = match view.language {
        crate::domain::Language::De => [answered, wrong],
        crate::domain::Language::En => [wrong, answered],
    };
    words.push(fill(texts.expected, &values));
    words.extend(
        answers
            .minutes
            .map(|minutes| fill(texts.assumption, &[format.decimal(minutes.per_ticket)])),
    );
    words
}

fn limit(promise: &Promise, view: View) -> String {
    let View { texts, format, .. } = view;
    match (promise.risk, promise.threshold) {
        (None, Some(threshold)) => fill(texts.promise_set, &[format.percent(f64::from(threshold))]),
        (risk, _) => {
            fill(texts.promise_risk, &[format.percent(f64::from(risk.unwrap_or_default()))])
        }
    }
}

fn tested(promise: &Promise, view: View) -> Option<String> {
    let View { texts, format, .. } = view;
    let tested = promise.tested?;
    let mut values = vec![format.count(tested.wrong), format.count(tested.answered)];
    Some(match tested.certified {
        None => fill(texts.tested, &values),
        Some(certified) => {
            values.push(format.percent(f64::from(certified.confidence)));
            values.push(format.percent(f64::from(certified.wrong_at_most)));
            fill(texts.certified, &values)
        }
    })
}

fn articles(answers: &Answers, view: View) -> String {
    let texts = view.texts;
    if answers.articles.is_empty() {
        return String::new();
    }
    let most = answers.articles[0].rows.part.max(1);
    let rows: Vec<String> =
        answers.articles.iter().map(|article| row(article, most, view)).collect();
    let header = [
        (texts.article, ""),
        (texts.rows, "barred"),
        (texts.share, "extra"),
        (texts.confidence, ""),
    ];
    folded_table([texts.answers, texts.more_articles], &header, &rows, LISTED, view.language)
}

fn row(article: &ArticleFigures, most: usize, view: View) -> String {
    let format = view.format;
    let title = article.titles.get(&view.language).or_else(|| article.titles.values().next());
    format!(
        "<tr><th scope=\"row\">{}</th><td class=\"barred\"><span>{}</span>{}</td>\
         <td class=\"extra\">{}</td><td>{}</td></tr>",
        escape(title.unwrap_or(&article.id)),
        format.count(article.rows.part),
        row_bar("series-1", article.rows.part as f64 / most as f64),
        format.share(article.rows),
        format.percent(article.confidence),
    )
}
