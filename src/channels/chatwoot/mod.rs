//! How does the service serve as the agent bot of a Chatwoot?
//!
//! Chatwoot posts its events to `POST /channels/chatwoot`, signed. The bot acts on a customer's
//! message (incoming, not private) while the conversation is the bot's (`pending`), and on a choice
//! that the customer made under a question of the bot. Chatwoot wants an answer within 5 seconds and
//! gives the conversation to people otherwise. The message is read and recorded before it is
//! acknowledged: that takes some 50 ms, and what is acknowledged cannot be lost. Where it takes
//! longer than 4 seconds, the answer is 429: Chatwoot tries again, and gets what became of the
//! message meanwhile; and if it gives up, people take over, who would anyway be what is left.
//!
//! What the bot says and does goes out as deliveries, in order within a conversation: the words for
//! the customer, then for a hand-over the private summary, labels, team, priority, and last of all
//! the status `open`, which tells people that it is theirs. Everything but a message may be repeated
//! without harm. A message that may have arrived (the connection broke, the service was killed) is
//! looked for before it is sent again: it carries the delivery's id in its `content_attributes`
//! (older versions drop that; there, a message of a bot with the same words counts). `source_id`
//! would not do: on most channels Chatwoot does not send on what has one. Bots may not list messages,
//! so looking needs `user_token`; without it a message may in such a case arrive twice.
//!
//! From then on people speak there and the bot is silent, but what the customer says is recorded here
//! as well, as long as the ticket is unresolved: whoever works on it here sees it. Where the
//! conversation comes back to the bot (`pending`), a further message hands it over once more.
//!
//! A conversation that people resolve in Chatwoot ends its ticket here, and what they write there is
//! recorded here, as the words of the agent `chatwoot`.

mod calls;
mod destination;
mod event;
mod people;
mod receive;
mod signature;
mod thread;

pub use destination::Chatwoot;
pub(crate) use receive::routes;

/// Under which name the people of Chatwoot work on tickets here.
const AGENT: &str = "chatwoot";
