//! What helps the agent who holds a ticket? The customer's other conversations, the articles that
//! fit, and a draft of the answer.

use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use super::error::ApiError;
use super::extract::Path;
use crate::domain::{Caller, Channel, ConversationState, Language, Ticket};
use crate::store::{ConversationHead, Customer};
use crate::triage::draft;

/// Earlier conversations given at most.
const EARLIER: usize = 20;

/// What helps the agent.
#[derive(Serialize, ToSchema)]
pub(super) struct TicketContext {
    /// Who the customer is, if known by any name.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<Customer>,
    /// The customer's other conversations on every channel, latest first.
    earlier: Vec<EarlierConversation>,
    /// Articles that fit, best first.
    articles: Vec<FittingArticle>,
    /// A draft of the answer, to change and send.
    draft: Draft,
}

/// Another conversation of the customer.
#[derive(Serialize, ToSchema)]
struct EarlierConversation {
    id: String,
    channel: Channel,
    state: ConversationState,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Its latest intent.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    /// Headline of its latest ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    headline: Option<String>,
}

/// An article that fits the customer's wish.
#[derive(Serialize, ToSchema)]
struct FittingArticle {
    id: String,
    title: String,
    language: Language,
    /// The answer in Markdown.
    text: String,
}

/// A draft of the answer.
#[derive(Serialize, ToSchema)]
struct Draft {
    text: String,
    /// The article whose words it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    article_id: Option<String>,
}

/// What helps the agent who holds the ticket.
#[utoipa::path(
    get,
    path = "/v1/tickets/{id}/context",
    tag = "agents",
    params(("id" = String, Path, description = "Ticket")),
    responses((status = OK, body = TicketContext))
)]
pub(super) async fn ticket_context(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<TicketContext>, ApiError> {
    let ticket = app.desk.ticket(&id).await?;
    let today = jiff::Zoned::now().date();
    let suggested = ticket.summary.articles.iter();
    // One that was withdrawn since must not be proposed as an answer.
    let found: Vec<_> = suggested
        .filter_map(|article| app.finds.article(&article.id, ticket.language))
        .filter(|article| article.is_usable(today))
        .collect();
    let best = found.first();
    let agent = ticket.agent.as_deref().unwrap_or(&caller.name);
    let draft = Draft {
        text: draft(&ticket, agent, best.map(|article| &**article)),
        article_id: best.map(|article| article.id.clone()),
    };
    let articles = found
        .iter()
        .map(|article| FittingArticle {
            id: article.id.clone(),
            title: article.title.clone(),
            language: article.language,
            text: article.body.clone(),
        })
        .collect();
    let customer = customer(&app, &ticket).await?;
    let earlier = earlier(&app, &ticket, customer.as_ref()).await?;
    Ok(axum::Json(TicketContext { customer, earlier, articles, draft }))
}

/// Who the customer of a ticket is, if known by any name.
async fn customer(app: &App, ticket: &Ticket) -> Result<Option<Customer>, ApiError> {
    let conversation = app.desk.conversation(&ticket.conversation_id, 0).await?;
    Ok(match conversation.head.customer {
        Some(number) => Some(app.store.customer_of(number).await?),
        None => None,
    })
}

async fn earlier(
    app: &App,
    ticket: &Ticket,
    customer: Option<&Customer>,
) -> Result<Vec<EarlierConversation>, ApiError> {
    let Some(customer) = customer else { return Ok(Vec::new()) };
    let heads = app.store.conversations_of(customer.number, EARLIER).await?;
    let mut earlier = Vec::with_capacity(heads.len());
    for head in heads.into_iter().filter(|head| head.id != ticket.conversation_id) {
        earlier.push(with_headline(app, head).await?);
    }
    Ok(earlier)
}

async fn with_headline(app: &App, head: ConversationHead) -> Result<EarlierConversation, ApiError> {
    let latest = app.store.latest_ticket(&head.id).await?;
    Ok(EarlierConversation {
        id: head.id,
        channel: head.channel,
        state: head.state,
        created_at: head.created_at,
        updated_at: head.updated_at,
        topic: head.topic,
        headline: latest.map(|ticket| ticket.summary.headline),
    })
}
