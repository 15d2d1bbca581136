//! The service as its callers meet it: over HTTP, with a real store and real knowledge, and a
//! reader of messages that understands a few words at once.

mod access;
mod bad_input;
mod conversation;
mod desk;
mod documentation;
mod load;
mod page;
mod people;
mod reading;
mod store_faults;
mod story;
mod streams;
mod support;
