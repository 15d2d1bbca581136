//! E-mail: what is read of a mail, where it leads, and what goes out. The service is the built
//! program with the shipped model; the mail server that it sends to is a stand-in of these tests,
//! with faults where a test asks for them.

mod answers;
#[path = "../common/mod.rs"]
mod common;
mod faults;
mod inbound;
mod maildir;
mod reading;
mod smtp;
mod support;
