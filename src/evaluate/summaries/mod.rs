//! How good are hand-over summaries? Against what a person wrote, and against simple ways to
//! shorten a dialogue that are given as many words.
//!
//! Start with [`SummaryReport::build`]. The share of key facts that a summary holds is the figure
//! that counts: ROUGE rewards the reference's wording, which a summary of quotes cannot have.

mod baselines;
mod dialogue;
mod overlap;
mod print;
mod report;

pub use baselines::{customer_lead, lead, longest_turn, text_rank};
pub use dialogue::{Dialogue, DialogueTurn, DialoguesError, KeyFact, read_dialogues};
pub use overlap::{first_words, holds, rouge_1, rouge_l, tokens, word_count};
pub use print::summary_text;
pub use report::{Missed, SummaryFigures, SummaryReport, SummarySlice};
