//! Lotse reads every customer message that reaches a company, and steers it.
//!
//! Read [`domain`] first, then follow one message: [`http`] takes it in, [`desk`] knows the order
//! of the steps, [`classifier`] reads it, [`knowledge`] finds the article, [`triage`] decides,
//! [`store`] keeps it. A folder knows only those below it in the list that the README gives.

pub mod batch;
pub mod channels;
pub mod classifier;
pub mod cli;
pub mod config;
pub mod desk;
pub mod domain;
pub mod encoder;
pub mod evaluate;
pub mod http;
pub mod import;
pub mod knowledge;
pub mod observe;
pub mod reports;
pub mod store;
pub mod text;
pub mod train;
pub mod triage;
pub mod web;
