//! Routing through the public surface: the demo's rules, mistakes with their lines, due times.

mod command;
mod demo;
mod file;
mod support;
