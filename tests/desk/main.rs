//! The desk, on a real store, with scripted readings and articles.

mod agents;
mod call_back;
mod events;
mod follow_ups;
mod interleavings;
mod messages;
mod model;
mod story;
mod support;
