use serde_json::json;

use super::hub::Notice;
use super::steps::{AfterResolve, Step, Taken, take};
use super::{Desk, DeskError, new_id, validate};
use crate::domain::{Author, Caller, Classification, Sentiment, Ticket, TicketEvent, Turn};
use crate::store::{
    Changed, Conflict, Conversation, Correction, Store, StoreError, TicketChange, hash_key,
};
use crate::triage::summarize;

/// Times that a step is tried again after somebody else was faster.
const ATTEMPTS: usize = 5;

/// What a message should have been read as. At least one is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// The customer's turn; the one that opened the ticket if none is named.
    pub turn_id: Option<String>,
    /// The right intent; `out_of_scope` for none.
    pub intent: Option<String>,
    /// The right tier, 1 to 3.
    pub tier: Option<u8>,
    /// The right sentiment.
    pub sentiment: Option<Sentiment>,
}

/// Words of an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The words.
    pub text: String,
    /// The client's own id: the same words with the same id are kept once.
    pub message_id: Option<String>,
    /// Under which identifier of the conversation another system has said the words already: they
    /// are kept there, and nobody sends them again.
    pub said_in: Option<String>,
}

/// Where a ticket is to go: a queue, a colleague, or a colleague with the queue changed as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The queue.
    pub queue: Option<String>,
    /// The colleague.
    pub agent: Option<String>,
    /// A note for whoever takes it on.
    pub note: Option<Words>,
}

impl Desk {
    /// Gives the agent the next ticket of a queue, or of all queues; none if nothing waits.
    pub async fn claim_next(
        &self,
        queue: Option<&str>,
        caller: &Caller,
    ) -> Result<Option<Ticket>, DeskError> {
        if let Some(queue) = queue {
            self.require_queue(queue)?;
        }
        let (queue, agent, at) = (queue.map(str::to_owned), caller.name.clone(), self.now());
        let changed = self
            .keep(
                |store| async move { store.claim_next(queue.as_deref(), &agent, at).await },
                |changed| changed.as_ref().map(notice),
            )
            .await?;
        Ok(changed.map(|changed| changed.ticket))
    }

    /// Gives the agent this ticket. Done again by the same agent, it changes nothing.
    pub async fn claim(&self, ticket_id: &str, caller: &Caller) -> Result<Ticket, DeskError> {
        self.step(ticket_id, caller, &Step::Claim, Extra::default()).await
    }

    /// Says something to the customer. Only the agent who holds the ticket may.
    pub async fn reply(
        &self,
        ticket_id: &str,
        caller: &Caller,
        words: &Words,
    ) -> Result<Ticket, DeskError> {
        let extra = self.agent_turn(Author::Agent, ticket_id, caller, words)?;
        self.step(ticket_id, caller, &Step::Reply, extra).await
    }

    /// Leaves a note that the customer never sees.
    pub async fn note(
        &self,
        ticket_id: &str,
        caller: &Caller,
        words: &Words,
    ) -> Result<Ticket, DeskError> {
        let extra = self.agent_turn(Author::Note, ticket_id, caller, words)?;
        self.step(ticket_id, caller, &Step::Note, extra).await
    }

    /// Puts the ticket into another queue, held by nobody, or hands it to a colleague.
    pub async fn transfer(
        &self,
        ticket_id: &str,
        caller: &Caller,
        to: Target,
    ) -> Result<Ticket, DeskError> {
        let Target { queue, agent, note } = to;
        if let Some(queue) = &queue {
            self.require_queue(queue)?;
        }
        let agent = match agent {
            Some(agent) => Some(self.colleague(&agent).await?),
            None if queue.is_none() => {
                return Err(DeskError::InvalidValue("give a queue or an agent"));
            }
            None => None,
        };
        let extra = match note {
            Some(note) => self.agent_turn(Author::Note, ticket_id, caller, &note)?,
            None => Extra::default(),
        };
        let step = Step::Transfer { queue, agent };
        self.step(ticket_id, caller, &step, extra).await
    }

    /// Puts the ticket back into its queue.
    pub async fn release(&self, ticket_id: &str, caller: &Caller) -> Result<Ticket, DeskError> {
        self.step(ticket_id, caller, &Step::Release, Extra::default()).await
    }

    /// Ends the work on the ticket.
    pub async fn resolve(
        &self,
        ticket_id: &str,
        caller: &Caller,
        reason: &str,
        then: AfterResolve,
    ) -> Result<Ticket, DeskError> {
        let step = Step::Resolve { reason: validate::text(reason)?, then };
        self.step(ticket_id, caller, &step, Extra::default()).await
    }

    /// Puts a resolved ticket back into its queue.
    pub async fn reopen(&self, ticket_id: &str, caller: &Caller) -> Result<Ticket, DeskError> {
        self.step(ticket_id, caller, &Step::Reopen, Extra::default()).await
    }

    /// Says what a message should have been read as; it becomes a labelled example.
    pub async fn correct(
        &self,
        ticket_id: &str,
        caller: &Caller,
        labels: Labels,
    ) -> Result<Ticket, DeskError> {
        check_labels(&labels)?;
        let step = Step::Correct {
            labels: json!({
                "intent": labels.intent, "tier": labels.tier, "sentiment": labels.sentiment,
            }),
        };
        self.step(ticket_id, caller, &step, Extra { labels: Some(labels), ..Extra::default() })
            .await
    }

    /// Takes a step on the ticket as it is now; when somebody else is faster, on what they left.
    pub(super) async fn step(
        &self,
        ticket_id: &str,
        caller: &Caller,
        step: &Step,
        extra: Extra,
    ) -> Result<Ticket, DeskError> {
        for _ in 0..ATTEMPTS {
            let ticket = self.ticket(ticket_id).await?;
            if extra.is_sent(&*self.store).await? {
                return Ok(ticket);
            }
            let Some(taken) = take(&ticket, step, caller, self.now())? else {
                return Ok(ticket);
            };
            let change = self.change(&ticket, taken, caller, &extra).await?;
            let kept = self
                .keep(
                    |store| async move { store.change_ticket(&change).await },
                    |changed| Some(notice(changed)),
                )
                .await;
            match kept {
                Ok(changed) => return Ok(changed.ticket),
                Err(StoreError::Conflict(Conflict::Ticket(_) | Conflict::MessageId(_))) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeskError::Contended(format!("ticket {ticket_id}")))
    }

    async fn change(
        &self,
        before: &Ticket,
        taken: Taken,
        caller: &Caller,
        extra: &Extra,
    ) -> Result<TicketChange, DeskError> {
        let at = self.now();
        let mut ticket = taken.ticket;
        let is_passed_on =
            ["transferred", "released", "returned", "reopened"].contains(&taken.kind);
        let mut correction = None;
        if is_passed_on || extra.labels.is_some() {
            let conversation = self.conversation(&ticket.conversation_id, usize::MAX).await?;
            if is_passed_on {
                // The next agent reads what this one has done.
                let articles = std::mem::take(&mut ticket.summary.articles);
                let decision = Some(&ticket.decision);
                let known_before = std::mem::take(&mut ticket.summary.before);
                ticket.summary =
                    summarize(&conversation.turns, ticket.language, &articles, decision);
                ticket.summary.add_before(&known_before, ticket.language);
            }
            if let Some(labels) = &extra.labels {
                correction = Some(self.correction(before, &conversation, labels, caller)?);
            }
        }
        Ok(TicketChange {
            ticket,
            conversation_state: taken.conversation_state,
            turn: extra.turn.clone(),
            said_in: extra.said_in.clone(),
            key: extra.key.clone(),
            event: TicketEvent {
                kind: taken.kind.to_owned(),
                actor: caller.name.clone(),
                detail: taken.detail,
                at,
            },
            correction,
        })
    }

    fn correction(
        &self,
        ticket: &Ticket,
        conversation: &Conversation,
        labels: &Labels,
        caller: &Caller,
    ) -> Result<Correction, DeskError> {
        let turn = corrected_turn(ticket, conversation, labels.turn_id.as_deref())?;
        let language = turn
            .classification
            .as_ref()
            .map_or(ticket.language, |classification: &Classification| classification.language);
        Ok(Correction {
            id: new_id("e"),
            ticket_id: ticket.id.clone(),
            conversation_id: ticket.conversation_id.clone(),
            text: turn.text.clone(),
            language,
            channel: ticket.channel,
            intent: labels.intent.clone(),
            tier: labels.tier,
            sentiment: labels.sentiment,
            agent: caller.name.clone(),
            at: self.now(),
        })
    }

    fn agent_turn(
        &self,
        from: Author,
        ticket_id: &str,
        caller: &Caller,
        words: &Words,
    ) -> Result<Extra, DeskError> {
        let key = match &words.message_id {
            Some(id) => Some(key(from, ticket_id, caller, validate::message_id(id)?)),
            None => None,
        };
        let turn = Turn {
            id: new_id("u"),
            from,
            text: validate::text(&words.text)?,
            at: self.now(),
            agent: Some(caller.name.clone()),
            classification: None,
            decision: None,
            article_id: None,
            thread: None,
        };
        Ok(Extra { turn: Some(turn), said_in: words.said_in.clone(), key, labels: None })
    }

    fn require_queue(&self, queue: &str) -> Result<(), DeskError> {
        let routing = (self.routing)();
        let known: Vec<String> = routing.queues().iter().map(|known| known.name.clone()).collect();
        if known.iter().any(|known| known == queue) {
            return Ok(());
        }
        Err(DeskError::UnknownQueue { queue: queue.to_owned(), known })
    }
}

/// The name of words that a client gave an id: with their agent, their ticket and their kind.
fn key(from: Author, ticket_id: &str, caller: &Caller, message_id: &str) -> String {
    hash_key(&format!("{} {ticket_id} {} {message_id}", from.name(), caller.name))
}

fn notice(changed: &Changed) -> Notice {
    Notice::of(changed.seq, &changed.threads)
}

/// What a step brings along besides the ticket's change.
#[derive(Clone, Debug, Default)]
pub(super) struct Extra {
    turn: Option<Turn>,
    /// Where the turn was said already.
    said_in: Option<String>,
    /// Name of the turn, if the client gave it an id.
    key: Option<String>,
    labels: Option<Labels>,
}

impl Extra {
    /// Whether the turn was kept before; an error if its name went with other words.
    async fn is_sent(&self, store: &dyn Store) -> Result<bool, DeskError> {
        let (Some(turn), Some(key)) = (&self.turn, &self.key) else { return Ok(false) };
        match store.words_sent(key).await? {
            None => Ok(false),
            Some(words) if words == turn.text => Ok(true),
            Some(_) => Err(StoreError::from(Conflict::MessageId(key.clone())).into()),
        }
    }
}

/// The turn that labels are for: the named one, or the customer's last words before the ticket.
fn corrected_turn<'a>(
    ticket: &Ticket,
    conversation: &'a Conversation,
    turn_id: Option<&str>,
) -> Result<&'a Turn, DeskError> {
    let mut turns = conversation.turns.iter().filter(|turn| turn.from == Author::Customer);
    let found = match turn_id {
        Some(id) => turns.find(|turn| turn.id == id),
        None => turns.rfind(|turn| turn.at <= ticket.created_at),
    };
    found.ok_or_else(|| {
        DeskError::Store(StoreError::not_found("customer's turn", turn_id.unwrap_or_default()))
    })
}

fn check_labels(labels: &Labels) -> Result<(), DeskError> {
    if labels.intent.is_none() && labels.tier.is_none() && labels.sentiment.is_none() {
        return Err(DeskError::InvalidValue("give at least one of intent, tier and sentiment"));
    }
    if labels.tier.is_some_and(|tier| !(1..=3).contains(&tier)) {
        return Err(DeskError::InvalidValue("tier must be 1, 2 or 3"));
    }
    let is_name = |name: &str| {
        (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    if labels.intent.as_deref().is_some_and(|intent| !is_name(intent)) {
        return Err(DeskError::InvalidValue(
            "intent must have 1 to 64 letters, digits or characters of _ - .",
        ));
    }
    Ok(())
}
