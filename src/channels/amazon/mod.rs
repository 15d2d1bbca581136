//! How do Amazon Connect and Lex V2 speak?
//!
//! [`connect`] answers the event of a flow's "AWS Lambda function" block, [`lex`] that of a bot's
//! code hook. Both come as JSON over HTTP with a key of the role `channel`: AWS calls a Lambda
//! function, and that only passes them on (`lotse lambda`, or a few lines of one's own).

pub(crate) mod connect;
pub(crate) mod lex;

use super::voice::Lines;
use crate::config::ChannelsConfig;
use crate::http::error::{ApiError, Code};
use crate::triage::PhoneTarget;

/// A contact flow finds queues by their ARN, or by a name that it compares with.
const LINES: Lines = Lines { takes: |target| matches!(target, PhoneTarget::Arn(_)), by_name: true };

fn check_on(channels: &ChannelsConfig) -> Result<(), ApiError> {
    if channels.amazon.is_some() {
        return Ok(());
    }
    let message = "This channel is off. Add [channels.amazon] to lotse.toml.";
    Err(ApiError::new(Code::ChannelOff, message))
}

fn bad_state(problem: &impl std::fmt::Display) -> ApiError {
    ApiError::new(Code::InvalidRequest, format!("In the state of the call, {problem}."))
}
