//! Was this one row judged rightly?

use crate::domain::{Language, Sentiment};
use crate::evaluate::metrics::Judged;
use crate::evaluate::{Prediction, ReportOptions};
use crate::train::LabelledRow;

/// A row with its prediction and the names that the options give to labels.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    /// Number of the row, from 1.
    pub number: usize,
    pub row: &'a LabelledRow,
    pub prediction: &'a Prediction,
    pub options: &'a ReportOptions,
}

impl<'a> Case<'a> {
    /// The row's language; the predicted one where the row does not say.
    pub(super) fn language(&self) -> Language {
        self.row.lang.unwrap_or(self.prediction.language)
    }

    /// Words of the message.
    pub(super) fn words(&self) -> usize {
        self.row.text.split_whitespace().count()
    }

    /// Whether the row is in scope; none without an intent label.
    pub(super) fn in_scope(&self) -> Option<bool> {
        self.row.intent.as_ref().map(|intent| *intent != self.options.out_of_scope)
    }

    /// Whether the prediction rejects the row; none where it says nothing of intents.
    pub(super) fn rejected(&self) -> Option<bool> {
        let best = self.prediction.best_intent.as_ref()?;
        Some(self.prediction.intent.is_none() || best.name == self.options.out_of_scope)
    }

    /// How far the intent alone speaks for the row being in scope: the confidence of the best
    /// intent, turned round where that is the out-of-scope label itself.
    pub(super) fn intent_score(&self) -> Option<f32> {
        let best = self.prediction.best_intent.as_ref()?;
        let outside = best.name == self.options.out_of_scope;
        Some(if outside { 1.0 - best.confidence } else { best.confidence })
    }

    /// Whether the system states how sure this head is.
    pub(super) fn states(&self, head: &str) -> bool {
        !self.options.without_confidence.iter().any(|without| without == head)
    }

    /// Gold and most probable intent of an in-scope row, nothing rejected.
    pub(super) fn best_pair(&self) -> Option<(&'a str, &'a str)> {
        if self.in_scope() != Some(true) {
            return None;
        }
        Some((self.row.intent.as_deref()?, &self.prediction.best_intent.as_ref()?.name))
    }

    /// Gold and delivered intent, out of scope being one more label.
    pub(super) fn delivered_pair(&self) -> Option<(&'a str, &'a str)> {
        let gold = self.row.intent.as_deref()?;
        if self.rejected()? {
            return Some((gold, &self.options.out_of_scope));
        }
        Some((gold, &self.prediction.intent.as_ref()?.name))
    }

    /// Whether the most probable intent of an in-scope row is right, and how sure it was.
    pub(super) fn intent(&self) -> Option<Judged> {
        let (gold, predicted) = self.best_pair()?;
        let confidence = self.prediction.best_intent.as_ref()?.confidence;
        Some(Judged { confidence, right: gold == predicted })
    }

    /// The probability of being in scope, `right` being that the row is.
    pub(super) fn scope(&self) -> Option<Judged> {
        Some(Judged { confidence: self.prediction.in_scope?, right: self.in_scope()? })
    }

    /// Gold and predicted tier.
    pub(super) fn tier_pair(&self) -> Option<(u8, u8)> {
        Some((self.row.tier?, self.prediction.tier.as_ref()?.level))
    }

    pub(super) fn tier(&self) -> Option<Judged> {
        let (gold, predicted) = self.tier_pair()?;
        let confidence = self.prediction.tier.as_ref()?.confidence;
        Some(Judged { confidence, right: gold == predicted })
    }

    /// Gold and predicted mood.
    pub(super) fn sentiment_pair(&self) -> Option<(Sentiment, Sentiment)> {
        Some((self.row.sentiment?, self.prediction.sentiment.as_ref()?.name))
    }

    pub(super) fn sentiment(&self) -> Option<Judged> {
        let (gold, predicted) = self.sentiment_pair()?;
        let confidence = self.prediction.sentiment.as_ref()?.confidence;
        Some(Judged { confidence, right: gold == predicted })
    }

    /// Whether the best article answers the row, sent or not; none without an article, or where the
    /// row does not say which articles are right.
    pub(super) fn article(&self) -> Option<Judged> {
        let right = self.row.articles.as_ref()?.contains(self.prediction.article.as_ref()?);
        Some(Judged { confidence: self.prediction.answer_confidence, right })
    }

    /// Whether the answer that was sent is right; none where none was sent, or where the row does
    /// not say which articles are right. An answer without an article cannot be right.
    pub(super) fn answer_right(&self) -> Option<bool> {
        let articles = self.row.articles.as_ref()?;
        self.prediction.answered().then(|| {
            self.prediction.article.as_ref().is_some_and(|article| articles.contains(article))
        })
    }

    /// Gold and predicted queue of a row that may reach one.
    pub(super) fn queue_pair(&self) -> Option<(&'a str, &'a str)> {
        let smalltalk = self.row.intent.as_ref();
        if smalltalk.is_some_and(|intent| self.options.smalltalk.contains(intent)) {
            return None;
        }
        Some((self.row.queue.as_deref()?, self.prediction.queue.as_deref()?))
    }
}
