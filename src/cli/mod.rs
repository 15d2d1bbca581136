//! What did the operator ask for? One file a command.

pub mod routing;
