//! The decision on one message: a pure function, tried from the most pressing reason to the least.

use std::sync::Arc;

use super::confidence::{answer_confidence, intent_margin, sentiment_share, top_usable};
use super::danger;
use super::history::{AskedBack, History};
use super::policy::Policy;
use super::texts::person_choice;
use super::words::plain;
use crate::domain::{
    Action, Article, Classification, ConversationState, Decision, IntentScore, Reason, ReplyChoice,
    Sentiment, ValidFor,
};
use crate::knowledge::Hit;

/// Articles offered by a question back.
const CHOICES: usize = 3;

/// What is done with a message, and what the reply needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The action with its reasons.
    pub decision: Decision,
    /// The article to say, with [`Action::Answer`].
    pub article: Option<Arc<Article>>,
    /// The choices of a question back, with [`Action::Clarify`].
    pub choices: Vec<ReplyChoice>,
    /// The message speaks of danger to life: urgent, and the reply names the emergency number. It
    /// may stand beside [`Action::None`] as well: a waiting ticket then becomes urgent, and the
    /// fixed reply is said even though nothing else is.
    pub danger: bool,
}

impl Verdict {
    fn new(action: Action, reasons: Vec<Reason>) -> Self {
        let decision = Decision { action, reasons };
        Self { decision, article: None, choices: Vec::new(), danger: false }
    }

    /// The same with people looking after the message, for a reason that is not in its words. Where
    /// they do already, it stays with them.
    #[must_use]
    pub fn for_people(mut self, reason: Reason) -> Self {
        if self.decision.action != Action::None {
            self.decision.reasons.retain(|known| known.code == "danger");
            self.decision.action = Action::Escalate;
        }
        self.decision.reasons.push(reason);
        Self { article: None, choices: Vec::new(), ..self }
    }
}

/// Decides what to do with a message. The first that applies:
///
/// 1. A person holds the conversation or a ticket waits: nothing is said.
/// 2. Danger to life: urgent escalation.
/// 3. The customer chose an article that the last question back offered: answer.
/// 4. The customer asks for a person: escalation.
/// 5. Greeting, goodbye, praise in a calm tone: fixed reply.
/// 6. Out of scope: [`Action::Clarify`] with the reason `out_of_scope`, whose only choice is a
///    person. No ticket is opened unless the customer takes the offer up. A tier-3 message goes on
///    to step 7 instead: distress that no danger word gives away is not brushed off. Straight
///    after a question back between articles the matter was in scope a moment ago: escalation.
/// 7. Tier 3, or strong negative sentiment: escalation.
/// 8. A usable article, and the answer confidence reaches the threshold: answer. Above tier 1 the
///    article must hold for everyone; an article just said is not said again, and after
///    [`Policy::answers_per_topic`] answers on one topic a person takes over.
/// 9. Two articles or intents are close, both could be answered, and the bot did not ask back
///    last: a question back.
/// 10. Otherwise escalation.
pub fn decide(
    classification: &Classification,
    hits: &[Hit],
    history: &History,
    policy: &Policy,
) -> Verdict {
    let danger = danger::find(&history.message);
    let mut verdict = held(history)
        .or_else(|| danger.is_some().then(|| Verdict::new(Action::Escalate, Vec::new())))
        .or_else(|| chosen_article(classification, hits, history))
        .or_else(|| person_wanted(classification, history, policy))
        .or_else(|| smalltalk(classification, policy))
        .or_else(|| out_of_scope(classification, history, policy))
        .or_else(|| needs_judgement(classification, policy))
        .unwrap_or_else(|| answer_or_hand_over(classification, hits, history, policy));
    if let Some(words) = danger {
        let text = format!("the message speaks of danger to life: “{words}”");
        verdict.decision.reasons.insert(0, Reason::new("danger", text));
        verdict.danger = true;
    }
    verdict
}

fn held(history: &History) -> Option<Verdict> {
    let reason = match history.state {
        ConversationState::Human => {
            Reason::new("human_holds", "an agent holds the conversation; the bot is silent")
        }
        ConversationState::Waiting => {
            Reason::new("waiting", "the conversation waits for an agent; its ticket stays")
        }
        ConversationState::Bot | ConversationState::Closed => return None,
    };
    Some(Verdict::new(Action::None, vec![reason]))
}

/// The article whose choice of the last question back the customer sent or typed.
fn chosen_article(
    classification: &Classification,
    hits: &[Hit],
    history: &History,
) -> Option<Verdict> {
    history.asked_back.filter(|asked| *asked == AskedBack::WhichArticle)?;
    let message = plain(&history.message);
    let hit = hits.iter().filter(|hit| hit.usable).find(|hit| {
        let article = &hit.article;
        article.language == classification.language
            && (plain(choice_value(article)) == message || plain(&article.title) == message)
    })?;
    let text = format!("chose “{}” from the question back", hit.article.title);
    let mut verdict = Verdict::new(Action::Answer, vec![Reason::new("choice_made", text)]);
    verdict.article = Some(Arc::clone(&hit.article));
    Some(verdict)
}

fn person_wanted(
    classification: &Classification,
    history: &History,
    policy: &Policy,
) -> Option<Verdict> {
    let share = mass(classification, &policy.person_intents);
    let limit = policy.person_confidence;
    let text = if history.asks_for_person() {
        "the customer asks for a person in so many words".to_owned()
    } else if classification.intent.is_some() && share >= limit {
        format!("asks for a person: probability {share:.2} ≥ {limit:.2}")
    } else {
        return None;
    };
    Some(Verdict::new(Action::Escalate, vec![Reason::new("person_wanted", text)]))
}

fn smalltalk(classification: &Classification, policy: &Policy) -> Option<Verdict> {
    let intent = classification.intent.as_ref()?;
    let share = mass(classification, &policy.smalltalk_intents);
    let limit = policy.smalltalk_confidence;
    let negative = classification.sentiment.as_ref().map(|score| score.name);
    if !policy.smalltalk_intents.contains(&intent.name)
        || share < limit
        || negative == Some(Sentiment::Negative)
        || tier_level(classification) == 3
    {
        return None;
    }
    let text = format!("{}: smalltalk probability {share:.2} ≥ {limit:.2}", intent.name);
    Some(Verdict::new(Action::Smalltalk, vec![Reason::new("smalltalk", text)]))
}

fn out_of_scope(
    classification: &Classification,
    history: &History,
    policy: &Policy,
) -> Option<Verdict> {
    // Without a scope score the pack cannot tell; a missing intent then means a missing head.
    let in_scope = classification.in_scope.filter(|_| classification.intent.is_none())?;
    if tier_three(classification, policy).is_some() {
        return None;
    }
    let text = format!("out of scope: probability of being in scope {in_scope:.2}");
    let reason = Reason::new("out_of_scope", text);
    if history.asked_back == Some(AskedBack::WhichArticle) {
        let unsettled =
            Reason::new("question_not_settled", "the question back did not settle what is meant");
        return Some(Verdict::new(Action::Escalate, vec![unsettled, reason]));
    }
    let mut verdict = Verdict::new(Action::Clarify, vec![reason]);
    verdict.choices = vec![person_choice(classification.language)];
    Some(verdict)
}

fn needs_judgement(classification: &Classification, policy: &Policy) -> Option<Verdict> {
    let mut reasons: Vec<Reason> = tier_three(classification, policy).into_iter().collect();
    let (negative, limit) =
        (sentiment_share(classification, Sentiment::Negative), policy.negative_limit);
    if negative >= limit {
        let text = format!("negative sentiment {negative:.2} ≥ {limit:.2}");
        reasons.push(Reason::new("negative_sentiment", text));
    }
    (!reasons.is_empty()).then(|| Verdict::new(Action::Escalate, reasons))
}

fn tier_three(classification: &Classification, policy: &Policy) -> Option<Reason> {
    let tier = classification.tier.as_ref()?;
    let (share, limit) = (tier.probabilities[2], policy.tier_three_limit);
    let text = if share >= limit {
        format!("tier 3 probability {share:.2} ≥ {limit:.2}")
    } else if tier.level == 3 {
        format!("tier 3 is the most probable tier ({share:.2})")
    } else {
        return None;
    };
    Some(Reason::new("tier_three", text))
}

/// Steps 8 to 10. The reasons against an answer stay beside a question back or an escalation.
fn answer_or_hand_over(
    classification: &Classification,
    hits: &[Hit],
    history: &History,
    policy: &Policy,
) -> Verdict {
    let (Some(answering), Some(threshold)) = (&policy.answering, policy.threshold()) else {
        let text = match policy.answering {
            None => "the model pack has no learned answer confidence".to_owned(),
            Some(_) => no_threshold(policy),
        };
        return Verdict::new(Action::Escalate, vec![Reason::new("answers_off", text)]);
    };
    let Some(top) = top_usable(classification, hits) else {
        let text = match hits.first() {
            Some(hit) => format!("the best article “{}” may not be said", hit.article.title),
            None => "no article was found".to_owned(),
        };
        return Verdict::new(Action::Escalate, vec![Reason::new("no_article", text)]);
    };
    let confidence = answer_confidence(classification, hits, answering);
    let limits = describe_threshold(policy, threshold);
    let mut against = obstacles(classification, top, history, policy);
    if confidence >= threshold && against.is_empty() {
        let text = format!("answer confidence {confidence:.2} ≥ {limits}");
        let found = format!("article “{}”, score {:.2}", top.article.title, top.score);
        let reasons =
            vec![Reason::new("answer_confidence_reached", text), Reason::new("article", found)];
        let mut verdict = Verdict::new(Action::Answer, reasons);
        verdict.article = Some(Arc::clone(&top.article));
        return verdict;
    }
    if confidence < threshold {
        let text = format!("answer confidence {confidence:.2} < {limits}");
        against.push(Reason::new("answer_confidence_low", text));
    }
    if confidence >= policy.clarify_confidence
        && let Some(mut verdict) = question_back(classification, hits, history, policy)
    {
        verdict.decision.reasons.extend(against);
        return verdict;
    }
    Verdict::new(Action::Escalate, against)
}

/// What forbids saying the top article, however sure it is.
fn obstacles(
    classification: &Classification,
    top: &Hit,
    history: &History,
    policy: &Policy,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let title = &top.article.title;
    if top.score < policy.article_score {
        let text =
            format!("article “{title}”: score {:.2} < {:.2}", top.score, policy.article_score);
        reasons.push(Reason::new("article_score_low", text));
    }
    if !holds_for_tier(classification, top) {
        let level = tier_level(classification);
        let text = format!("tier {level}, and article “{title}” does not hold for every customer");
        reasons.push(Reason::new("article_depends_on_customer", text));
    }
    if history.answers.last().is_some_and(|answer| answer.article_id == top.article.id) {
        let text = format!("article “{title}” was the last answer and did not settle it");
        reasons.push(Reason::new("answered_before", text));
    }
    let given = history.answers_on(classification.best_intent().map(|score| score.name.as_str()));
    if given >= policy.answers_per_topic {
        let text =
            format!("{given} answers given on this topic, at most {}", policy.answers_per_topic);
        reasons.push(Reason::new("answers_used_up", text));
    }
    reasons
}

/// A question back between close articles, if it can settle the matter.
fn question_back(
    classification: &Classification,
    hits: &[Hit],
    history: &History,
    policy: &Policy,
) -> Option<Verdict> {
    let answerable = classification.answerable.unwrap_or(1.0);
    if history.asked_back.is_some() || answerable < policy.clarify_answerable {
        return None;
    }
    let candidates: Vec<&Hit> = hits
        .iter()
        .filter(|hit| {
            hit.usable
                && hit.article.language == classification.language
                && obstacles(classification, hit, history, policy).is_empty()
        })
        .collect();
    let best = candidates.first()?.score;
    let near = |hit: &Hit| best > 0.0 && hit.score / best >= policy.clarify_article_ratio;
    let mut offered: Vec<&Hit> = candidates.iter().copied().filter(|hit| near(hit)).collect();
    let reason = if offered.len() >= 2 {
        let text = format!(
            "articles “{}” ({:.2}) and “{}” ({:.2}) are close",
            offered[0].article.title, offered[0].score, offered[1].article.title, offered[1].score
        );
        Reason::new("articles_close", text)
    } else {
        let (first, second) = close_intents(classification, policy)?;
        offered = [first, second]
            .iter()
            .filter_map(|intent| {
                candidates.iter().copied().find(|hit| hit.article.intents.contains(&intent.name))
            })
            .collect();
        offered.dedup_by_key(|hit| &hit.article.id);
        if offered.len() < 2 {
            return None;
        }
        let text = format!(
            "intents {} ({:.2}) and {} ({:.2}) are close",
            first.name, first.confidence, second.name, second.confidence
        );
        Reason::new("intents_close", text)
    };
    let mut verdict = Verdict::new(Action::Clarify, vec![reason]);
    verdict.choices = offered.iter().take(CHOICES).map(|hit| choice(&hit.article)).collect();
    verdict.choices.push(person_choice(classification.language));
    Some(verdict)
}

fn close_intents<'a>(
    classification: &'a Classification,
    policy: &Policy,
) -> Option<(&'a IntentScore, &'a IntentScore)> {
    let first = classification.intent.as_ref()?;
    let second = classification.alternatives.first()?;
    (intent_margin(classification) <= policy.clarify_intent_margin).then_some((first, second))
}

fn choice(article: &Article) -> ReplyChoice {
    ReplyChoice { label: article.title.clone(), value: choice_value(article).to_owned() }
}

/// What the customer sends by choosing an article: its first question, which finds it for sure.
fn choice_value(article: &Article) -> &str {
    article.questions.first().unwrap_or(&article.title)
}

/// Tier 1 may be answered from any article, tier 2 only from one that is true for everyone.
fn holds_for_tier(classification: &Classification, hit: &Hit) -> bool {
    tier_level(classification) <= 1 || hit.article.valid_for == ValidFor::Everyone
}

/// The tier, 2 where the pack has no tier head: nothing then says that the question is standard.
fn tier_level(classification: &Classification) -> u8 {
    classification.tier.as_ref().map_or(2, |tier| tier.level)
}

/// Probability mass of the named intents.
fn mass(classification: &Classification, names: &[String]) -> f32 {
    names.iter().map(|name| classification.probability_of(name)).sum()
}

fn describe_threshold(policy: &Policy, threshold: f32) -> String {
    match policy.answer_threshold {
        Some(_) => format!("{threshold:.2} (configured)"),
        None => format!("{threshold:.2} ({})", describe_risk(policy)),
    }
}

fn describe_risk(policy: &Policy) -> String {
    let risk = percent(policy.risk);
    match policy.risk_confidence {
        Some(confidence) => {
            format!("certified: risk {risk} with {} confidence", percent(confidence))
        }
        None => format!("risk {risk}"),
    }
}

fn no_threshold(policy: &Policy) -> String {
    let risk = percent(policy.risk);
    match policy.risk_confidence {
        Some(confidence) => format!(
            "the model pack has no certificate for a risk of {risk} with {} confidence",
            percent(confidence)
        ),
        None => format!("no threshold keeps the risk of {risk}"),
    }
}

fn percent(share: f32) -> String {
    let percent = format!("{:.1}", share * 100.0);
    format!("{} %", percent.trim_end_matches(".0"))
}
