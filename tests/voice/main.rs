//! Calls of every telephone system, from the greeting to the queue, with the shipped model behind
//! real sockets.

#[path = "../common/mod.rs"]
mod common;
mod support;

mod agi;
mod amazon;
mod bad_input;
mod lambda;
mod morning;
mod rasa;
mod twilio;
