//! What do we do with this message?

pub mod danger;
mod words;
