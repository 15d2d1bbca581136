//! E-mail: what is read of a mail, where it leads, and what goes out.

#[path = "../common/mod.rs"]
mod common;
mod reading;
