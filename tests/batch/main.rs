//! A backlog that is worked through: what is found in it, and what the report says.

mod clusters;
mod duplicates;
mod incidents;
mod report;
mod support;
