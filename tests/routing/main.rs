//! Routing through the public surface: the demo's rules, mistakes with their lines, due times.

mod command;
mod conditions;
mod demo;
mod file;
mod overflow;
mod support;
mod targets;
