//! Is a backlog worked through whole, in order and once, whatever the file and whatever happens on
//! the way? What is found in it, and what does the report say?

#[path = "../common/mod.rs"]
mod common;

mod clusters;
mod duplicates;
mod formats;
mod incidents;
mod pipe;
mod rejected;
mod report;
mod resume;
mod runs;
mod service;
mod support;
