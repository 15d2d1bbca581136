//! Is a backlog worked through whole, in order and once, whatever the file, and whatever happens on
//! the way?

#[path = "../common/mod.rs"]
mod common;

mod formats;
mod pipe;
mod rejected;
mod resume;
mod service;
mod support;
