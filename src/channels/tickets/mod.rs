//! How do tickets reach a helpdesk in which people work on them? What is common to all of them: when
//! a ticket is opened here, one is made there, with an internal note for whoever takes it on: the
//! summary, then what was said so far. The customer has heard from the bot already, and a public
//! comment would make most helpdesks write to them once more. What the customer adds later becomes a
//! further note. All that concerns one ticket goes out in order.
//!
//! Nothing comes back from there: whoever works in the helpdesk resolves the ticket here as well, or
//! has a program do it over the HTTP interface.

mod work;
mod zammad;
mod zendesk;

pub use zammad::Zammad;
pub use zendesk::Zendesk;
