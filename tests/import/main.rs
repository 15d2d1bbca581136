//! `lotse model import` on tiny checkpoints of each family and tokenizer, against a slow, obvious
//! second computation of the networks.

#[path = "../common/mod.rs"]
mod common;

mod checkpoints;
mod families;
mod reference;
mod refusals;
mod vocabulary;
