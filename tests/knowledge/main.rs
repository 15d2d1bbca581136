//! The knowledge base through the library: articles, lint, search, cache, hot reload, commands.

mod cache;
mod commands;
mod following;
mod lint;
mod parsing;
mod search;
mod support;
