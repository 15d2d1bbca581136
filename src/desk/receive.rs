use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::decided::{Arrival, Decided, Joins};
use super::hub::Notice;
use super::{Desk, DeskError, context, customer, new_id, validate};
use crate::classifier::Reading;
use crate::domain::{Author, ConversationState, Incoming, Language, Outcome, Reason, Turn};
use crate::store::{
    Conflict, Conversation, ConversationHead, Customer, Recorded, Request, StoreError,
};
use crate::text::{self, PreparedText};
use crate::triage::{AskedBack, HITS, History, decide};

/// Times that a decision is made anew because the conversation changed under it.
const ATTEMPTS: usize = 5;

/// Turns of a conversation that a decision and a summary look at.
pub(super) const TURNS: usize = 200;

/// What was said in another conversation counts as context for so long.
const LATELY: SignedDuration = SignedDuration::from_hours(72);

/// Turns of another conversation looked at.
const CONTEXT_TURNS: usize = 20;

/// Words of a message that are too few to tell its language by.
const FEW_WORDS: usize = 2;

impl Desk {
    /// Takes a customer's message: reads it, decides, answers or hands over, and keeps all of it.
    /// The same message id brings the same outcome and is kept once.
    pub async fn receive(&self, incoming: Incoming) -> Result<Outcome, DeskError> {
        let arrival = self.arrival(validate::incoming(incoming)?);
        let _lane = self.lanes.enter(&arrival.conversation_id).await;
        if let Some(request) = &arrival.request
            && let Some(outcome) = self.store.outcome_of(request).await?
        {
            return Ok(outcome);
        }
        for _ in 0..ATTEMPTS {
            match self.attempt(&arrival).await {
                Err(DeskError::Store(StoreError::Conflict(
                    Conflict::Conversation(_) | Conflict::Ticket(_) | Conflict::UnresolvedTicket(_),
                ))) => tracing::debug!(conversation = arrival.conversation_id, "deciding again"),
                result => return result,
            }
        }
        Err(DeskError::Contended(format!("conversation {}", arrival.conversation_id)))
    }

    /// The message with the names that it goes by.
    fn arrival(&self, incoming: Incoming) -> Arrival {
        let customer = customer::told(&incoming, &self.country_code);
        let sender = customer.names.iter().next().map(|(_, name)| name.to_owned());
        let request = incoming.message_id.clone().map(|message_id| Request {
            message_id,
            conversation_id: incoming.conversation_id.clone(),
            channel: incoming.channel,
            customer_id: sender,
            text: incoming.text.clone(),
        });
        Arrival {
            conversation_id: incoming.conversation_id.clone().unwrap_or_else(|| new_id("c")),
            message_id: incoming.message_id.clone().unwrap_or_else(|| new_id("m")),
            customer,
            request,
            incoming,
        }
    }

    /// Load, decide, plan, record, publish.
    async fn attempt(&self, arrival: &Arrival) -> Result<Outcome, DeskError> {
        let conversation = self.store.conversation(&arrival.conversation_id, TURNS).await?;
        if let Some(conversation) = &conversation {
            refuse_other_customer(conversation, &arrival.incoming)?;
        }
        let mut decided = self.decide(arrival, conversation).await?;
        self.join_open_matter(&mut decided).await?;
        let plan = self.plan(&mut decided).await?;
        let record = decided.record(plan);
        let outcome = record.outcome.clone();
        let heard_by = [record.conversation.id.clone(), record.conversation.thread.clone()];
        let recorded = self
            .keep(
                |store| async move { store.record(&record).await },
                move |recorded| match recorded {
                    Recorded::New { seq } => Some(Notice::of(*seq, &heard_by)),
                    Recorded::Duplicate(_) => None,
                },
            )
            .await?;
        Ok(match recorded {
            Recorded::New { .. } => outcome,
            Recorded::Duplicate(outcome) => *outcome,
        })
    }

    /// Prepare, read, search, decide.
    async fn decide<'a>(
        &self,
        arrival: &'a Arrival,
        conversation: Option<Conversation>,
    ) -> Result<Decided<'a>, DeskError> {
        let at = self.now();
        let (head, turns, earlier_turns, choices) = match conversation {
            Some(known) => (Some(known.head), known.turns, known.earlier_turns, known.choices),
            None => (None, Vec::new(), 0, Vec::new()),
        };
        let customer = self.customer(arrival, head.as_ref()).await?;
        let mut message = prepare(&arrival.incoming, head.as_ref().map(|head| head.language));
        // A note is read as what the customer said last: that is what it is about.
        if arrival.is_note()
            && let Some(said) = turns.iter().rfind(|turn| turn.from == Author::Customer)
        {
            message = text::prepare(&said.text, head.as_ref().map(|head| head.language));
        }
        let state = head.as_ref().map_or(ConversationState::Bot, |head| head.state);
        let spoken = heard_in(&arrival.conversation_id, &turns);
        let history = History::of(state, &spoken, &message.cleaned);

        // A choice that the bot offered is a whole question.
        let last = turns.iter().rev().find(|turn| turn.from != Author::Note);
        let is_here = last
            .and_then(|turn| turn.thread.as_ref())
            .is_none_or(|said| said.id == arrival.conversation_id);
        let is_choice =
            is_here && choices.iter().any(|choice| choice.value == arrival.incoming.text);
        let asked_back = history.asked_back == Some(AskedBack::WhichArticle);
        let context = if is_choice || arrival.is_note() {
            None
        } else if spoken.iter().any(|turn| turn.from == Author::Customer) {
            context::of(&message, &spoken, asked_back)
        } else {
            let before = self.heard_before(customer.as_ref(), head.as_ref(), at).await?;
            context::of(&message, &before, false)
        };
        let (reading, in_context) = self.read(&message, context.as_deref()).await?;
        let hits = self.finds.find(in_context.as_ref().unwrap_or(&message), &reading, HITS);
        let mut verdict = decide(&reading.classification, &hits, &history, &self.policy);
        if let (Some(_), Some(context)) = (in_context, context) {
            let text = format!("read together with the message before: “{context}”");
            verdict.decision.reasons.push(Reason::new("read_in_context", text));
        }
        if let Some(reason) = arrival.incoming.handling.reason() {
            verdict = verdict.for_people(reason.clone());
        }
        Ok(Decided {
            arrival,
            message,
            reading,
            hits,
            verdict,
            head,
            turns,
            earlier_turns,
            customer,
            joins: Joins::Nothing,
            other_tickets: Vec::new(),
            seen_state: None,
            before: Vec::new(),
            at,
        })
    }

    /// The customer, by the names that the message gives or by those known before. What is new is
    /// kept at once: the decision depends on who it is.
    async fn customer(
        &self,
        arrival: &Arrival,
        head: Option<&ConversationHead>,
    ) -> Result<Option<Customer>, DeskError> {
        let told = &arrival.customer;
        let current = match head.and_then(|head| head.customer) {
            Some(number) => Some(self.store.customer_of(number).await?),
            None => self.store.customer(&told.names).await?,
        };
        if current.as_ref().is_some_and(|known| known.knows(told))
            || (current.is_none() && told.names.is_empty())
        {
            return Ok(current);
        }
        let number = head.and_then(|head| head.customer);
        Ok(self.store.know_customer(told, number, self.now()).await?)
    }

    /// What the customer said lately in another conversation: "and how long does that take?" may
    /// come by telephone after a mail.
    async fn heard_before(
        &self,
        customer: Option<&Customer>,
        head: Option<&ConversationHead>,
        at: Timestamp,
    ) -> Result<Vec<Turn>, DeskError> {
        let Some(customer) = customer else { return Ok(Vec::new()) };
        let others = self.store.conversations_of(customer.number, 2).await?;
        let own = head.map(|head| head.id.as_str());
        let lately = others
            .into_iter()
            .find(|other| Some(other.id.as_str()) != own && other.updated_at >= at - LATELY);
        let Some(lately) = lately else { return Ok(Vec::new()) };
        let known = self.store.conversation(&lately.id, CONTEXT_TURNS).await?;
        Ok(known.map_or(Vec::new(), |known| known.turns))
    }

    /// Reads the message alone and, if it may be a follow-up, in context at the same time. Gives
    /// the better reading, and the text it is of if that is more than the message.
    async fn read(
        &self,
        message: &PreparedText,
        context: Option<&str>,
    ) -> Result<(Reading, Option<PreparedText>), DeskError> {
        let Some(context) = context else {
            return Ok((self.reads.read(message.clone()).await?, None));
        };
        let joined = context::joined(context, message);
        let (alone, in_context) =
            tokio::join!(self.reads.read(message.clone()), self.reads.read(joined.clone()));
        let alone = alone?;
        Ok(match context::better(&alone, in_context?) {
            Some(reading) => (reading, Some(joined)),
            None => (alone, None),
        })
    }
}

/// Who names a customer may only go on with that customer's conversations.
fn refuse_other_customer(
    conversation: &Conversation,
    incoming: &Incoming,
) -> Result<(), DeskError> {
    match (&conversation.head.customer_id, &incoming.customer_id) {
        (Some(known), Some(named)) if known != named => {
            Err(DeskError::OtherCustomer(conversation.head.id.clone()))
        }
        _ => Ok(()),
    }
}

/// What was said under this identifier, and by agents under any: what the bot asked on the
/// telephone is not answered by mail.
fn heard_in<'a>(thread: &str, turns: &'a [Turn]) -> Cow<'a, [Turn]> {
    let is_heard = |turn: &Turn| {
        turn.thread.as_ref().is_none_or(|said| said.id == thread)
            || matches!(turn.from, Author::Agent | Author::Note)
    };
    if turns.iter().all(is_heard) {
        return Cow::Borrowed(turns);
    }
    turns.iter().filter(|turn| is_heard(turn)).cloned().collect()
}

/// The prepared text. A message of very few words ("DHL?") stays in the conversation's language.
fn prepare(incoming: &Incoming, spoken: Option<Language>) -> PreparedText {
    let is_short = incoming.text.split_whitespace().nth(FEW_WORDS).is_none();
    let language = incoming.language.or(spoken.filter(|_| is_short));
    text::prepare(&incoming.text, language)
}
