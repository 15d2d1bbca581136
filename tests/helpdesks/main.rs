//! What other systems meet: each is a stand-in on this machine that checks what it gets and fails in
//! every way in which the real one may.

mod chatwoot;
#[path = "../common/mod.rs"]
mod common;
mod fake_chatwoot;
#[path = "../http/support.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod service;
mod settings;
mod stand_in;
mod tickets;
mod webhooks;
mod whole;
mod work;
