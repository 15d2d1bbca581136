use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Language;

/// One approved (or draft) answer of the knowledge base in one language.
#[derive(Clone, Debug, PartialEq)]
pub struct Article {
    /// Identifier, the same in every language.
    pub id: String,
    /// Language, taken from the folder.
    pub language: Language,
    /// Title, shown as the source of an answer.
    pub title: String,
    /// Intents that this article may answer.
    pub intents: Vec<String>,
    /// Only approved articles are ever said.
    pub status: ArticleStatus,
    /// Who keeps it correct.
    pub owner: String,
    /// After this day the article is no longer said until someone has looked at it.
    pub review_by: Option<Date>,
    /// Whether the text is true for every customer.
    pub valid_for: ValidFor,
    /// Phrasings of the question, used for search alone.
    pub questions: Vec<String>,
    /// Texts for particular channels.
    pub channels: ArticleChannels,
    /// The answer in Markdown.
    pub body: String,
}

impl Article {
    /// Whether it may be said on that day: approved, and its day of review has not passed.
    pub fn is_usable(&self, today: Date) -> bool {
        self.status == ArticleStatus::Approved
            && self.review_by.is_none_or(|review_by| review_by >= today)
    }
}

/// Approval state of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArticleStatus {
    /// Being written; never said.
    Draft,
    /// May be said.
    Approved,
}

/// For whom the article's text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValidFor {
    /// True for every customer: may answer a tier-2 message as well.
    Everyone,
    /// Depends on the customer: a person must look; suggested to agents only above tier 1.
    Customer,
}

/// Texts of an article for channels that need another form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArticleChannels {
    /// Short speakable form for the telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Text for e-mails in Markdown, where it should say more than the body. Salutation and closing
    /// are no part of it.
    #[serde(default)]
    pub email: Option<String>,
    /// Short form for social networks, without Markdown: everybody reads along.
    #[serde(default)]
    pub social: Option<String>,
}
