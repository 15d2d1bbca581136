//! How is the work going?
//!
//! [`Reports`] loads what happened in a period ([`crate::store::Facts`]) and computes a [`Report`]
//! of it: pure functions, one file a question. Nothing is counted in memory over time, so a restart
//! loses nothing, and the same period always gives the same figures. [`gaps`] are the questions
//! that no article answered. [`page()`] shows a report, [`Table`] is any part of it as rows.

mod agents;
mod ask;
mod chance;
mod conversations;
mod figures;
pub mod gaps;
mod intents;
pub(crate) mod page;
mod period;
mod report;
mod rising;
mod service;
mod table;
mod tickets;
mod timeline;

pub use agents::{AgentLoad, agents};
pub use ask::{Ask, AskError, Asked, Filters};
pub use chance::{drawn_at_least, rise_by_chance};
pub use conversations::{Contacts, contacts};
pub use figures::{Durations, Satisfaction, Share, satisfaction};
pub use gaps::Gaps;
pub use intents::{IntentCount, intents};
pub use page::{DraftForm, View, draft_page, draft_written_page, page, problem_page};
pub use period::{Bucket, Period, Step};
pub use report::{Group, Report, Totals, report};
pub use rising::{Rising, RisingIntent, rising};
pub use service::{ReportError, Reports};
pub use table::{Table, TableName};
pub use tickets::{TicketFigures, tickets};
pub use timeline::{Point, timeline};
