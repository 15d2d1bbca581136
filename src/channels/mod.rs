//! How does each channel speak? Every folder turns its format into an [`Incoming`] for
//! [`Desk::receive`], and what comes out of it back; no decision is taken here.
//!
//! [`Incoming`]: crate::domain::Incoming
//! [`Desk::receive`]: crate::desk::Desk::receive

pub mod mail;
