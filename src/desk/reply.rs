use super::decided::Decided;
use crate::domain::{Action, Article, Channel, Reply, ReplyArticle};
use crate::text::markdown;
use crate::triage::{Availability, Routing, Texts, call_back};

/// What the bot says when it has the conversation; nothing where the decision says so.
pub(super) fn of(texts: &Texts, decided: &Decided<'_>) -> Option<Reply> {
    let (verdict, language, channel) = (&decided.verdict, decided.language(), decided.channel());
    match verdict.decision.action {
        Action::Answer => verdict.article.as_ref().map(|article| Reply {
            text: words_of(article, channel),
            article: Some(ReplyArticle { id: article.id.clone(), title: article.title.clone() }),
            choices: Vec::new(),
        }),
        Action::Clarify => {
            let text = if decided.has_reason("out_of_scope") {
                texts.out_of_scope(language, channel).to_owned()
            } else {
                texts.question_back(language, channel, &verdict.choices)
            };
            Some(Reply { text, article: None, choices: verdict.choices.clone() })
        }
        Action::Smalltalk => {
            let intent = decided.reading.classification.best_intent();
            let intent = intent.map_or("", |intent| intent.name.as_str());
            Some(plain(texts.smalltalk(intent, language, channel)))
        }
        Action::Escalate | Action::None => None,
    }
}

/// What the bot says when it hands over.
pub(super) fn handed_over(
    texts: &Texts,
    decided: &Decided<'_>,
    routing: &Routing,
    queue: &str,
) -> Reply {
    if decided.verdict.danger {
        return danger(texts, decided);
    }
    let (language, channel) = (decided.language(), decided.channel());
    let availability = routing.availability(queue, channel, decided.at);
    let zone = routing.timezone();
    plain(&texts.hand_over(language, channel, availability, decided.at, zone))
}

/// The fixed words that name the emergency number.
pub(super) fn danger(texts: &Texts, decided: &Decided<'_>) -> Reply {
    plain(texts.danger(decided.language(), decided.channel()))
}

/// That a message was added to the waiting ticket.
pub(super) fn acknowledgement(texts: &Texts, decided: &Decided<'_>) -> Reply {
    plain(texts.waiting(decided.language(), decided.channel()))
}

/// The offer of a call-back, with a choice that takes it up.
pub(super) fn call_back_offer(texts: &Texts, decided: &Decided<'_>) -> Reply {
    let language = decided.language();
    let choices = vec![call_back::choice(language)];
    Reply { choices, ..plain(texts.call_back_offer(language, decided.channel())) }
}

/// The question for the number to call back on.
pub(super) fn call_back_question(texts: &Texts, decided: &Decided<'_>) -> Reply {
    plain(texts.call_back_question(decided.language(), decided.channel()))
}

/// That the number to call back on is noted.
pub(super) fn call_back_noted(
    texts: &Texts,
    decided: &Decided<'_>,
    number: &str,
    availability: Availability,
    routing: &Routing,
) -> Reply {
    let (language, channel) = (decided.language(), decided.channel());
    let opens = match availability {
        Availability::ClosedUntil(opens) => opens,
        Availability::Open => decided.at,
    };
    let zone = routing.timezone();
    plain(&texts.call_back_noted(language, channel, number, opens, decided.at, zone))
}

/// Two replies as one.
pub(super) fn together(first: Reply, then: Reply) -> Reply {
    let text = format!("{} {}", first.text, then.text);
    Reply { text, choices: then.choices, ..first }
}

/// That the matter is in hand already, and the message was added to it. A caller expects to be put
/// through: where nobody is there, the words of a hand-over say so.
pub(super) fn joined(
    texts: &Texts,
    decided: &Decided<'_>,
    routing: &Routing,
    queue: &str,
) -> Reply {
    let (language, channel) = (decided.language(), decided.channel());
    let is_open = routing.availability(queue, channel, decided.at) == Availability::Open;
    if channel == Channel::Phone && !is_open {
        return handed_over(texts, decided, routing, queue);
    }
    plain(texts.joined(language, channel))
}

fn plain(text: &str) -> Reply {
    Reply { text: text.to_owned(), article: None, choices: Vec::new() }
}

/// The article's words for this channel.
fn words_of(article: &Article, channel: Channel) -> String {
    match (channel, &article.channels.phone) {
        (Channel::Phone, Some(spoken)) => spoken.clone(),
        (Channel::Phone, None) => markdown::to_spoken(&article.body),
        (Channel::Email, _) => article.channels.email.as_ref().unwrap_or(&article.body).clone(),
        // Neither shows Markdown.
        (Channel::Social, _) => {
            article.channels.social.clone().unwrap_or_else(|| markdown::to_plain(&article.body))
        }
        (Channel::Messenger, _) => markdown::to_plain(&article.body),
        (Channel::Chat | Channel::Form, _) => article.body.clone(),
    }
}
