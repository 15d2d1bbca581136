//! How does Asterisk speak?
//!
//! `AGI(agi://HOST:4573/)` of the dialplan connects for each thing that the caller does. The
//! transcript comes as the first argument or in the variable `TRANSCRIPT`, a pressed key (or the
//! number that was asked for) in `LOTSE_KEY`, how sure speech recognition is in the second argument
//! or in `CONFIDENCE`. What comes next goes out as channel variables, and the dialplan carries it
//! out:
//!
//! | variable | value |
//! | --- | --- |
//! | `LOTSE_ACTION` | `listen`, `transfer` or `hangup`: what to do once `LOTSE_SAY` has been said |
//! | `LOTSE_KEYS` | what may be pressed while listening: `one` key, or a `number` that `#` ends |
//! | `LOTSE_SAY`, `LOTSE_LANGUAGE` | words for the caller, and their language, `de` or `en` |
//! | `LOTSE_QUEUE`, `LOTSE_PRIORITY`, `LOTSE_TARGET` | where to, as in `routing.toml` |
//! | `LOTSE_SUMMARY`, `LOTSE_HEADLINE`, `LOTSE_TICKET` | what people there should know |
//! | `LOTSE_INTENT`, `LOTSE_TIER`, `LOTSE_SENTIMENT` | what was understood |
//! | `LOTSE_CONVERSATION` | the conversation |
//! | `LOTSE_STATE` | read again at the next connection; leave it alone |
//!
//! ```text
//! [from-outside]
//! exten => _X.,1,Answer()
//!  same => n(ask),AGI(agi://127.0.0.1:4573/)
//!  same => n,…say ${LOTSE_SAY} by a speech engine…
//!  same => n,GotoIf($["${LOTSE_ACTION}" = "hangup"]?done)
//!  same => n,GotoIf($["${LOTSE_ACTION}" = "transfer"]?people)
//!  same => n,Set(LOTSE_KEY=)
//!  same => n,Set(TRANSCRIPT=)
//!  same => n,Set(CONFIDENCE=)
//!  same => n,…record, and transcribe into TRANSCRIPT; LOTSE_KEY for a key…
//!  same => n,Goto(ask)
//!  same => n(people),Queue(${LOTSE_QUEUE})
//!  same => n(done),Hangup()
//! ```
//!
//! All variables are set each time, those without a value to nothing, and so are those that were
//! read. A value is cut at 1,900 bytes. The caller's words stand in `LOTSE_SUMMARY`: never hand that to a shell.
//!
//! An Asterisk numbers its calls for itself alone. A conversation is named by the address that its
//! connection comes from as well; where several machines share one, give each a name of its own in
//! the address that it calls: `agi://HOST:4573/kiel`.

mod protocol;
mod server;

use std::collections::HashMap;
use std::net::IpAddr;

use tokio::io::{AsyncBufRead, AsyncWrite};

pub use server::serve;

use self::protocol::{AgiError, Commands};
use super::voice::call::{Heard, keyed};
use super::voice::state::CallState;
use super::voice::{self, Begins, Call, Lines, conversation_id, flat, number};
use crate::domain::Channel;
use crate::http::App;
use crate::triage::PhoneTarget;

/// What the dialplan sets before it connects.
const KEY: &str = "LOTSE_KEY";
const TRANSCRIPT: &str = "TRANSCRIPT";
const CONFIDENCE: &str = "CONFIDENCE";

/// Works on one connection: reads what the caller did, and sets what comes next.
async fn work<Input, Output>(
    app: &App,
    peer: IpAddr,
    input: &mut Input,
    output: &mut Output,
) -> Result<(), AgiError>
where
    Input: AsyncBufRead + Unpin,
    Output: AsyncWrite + Unpin,
{
    let environment = protocol::environment(input).await?;
    let call_id = environment.get("uniqueid").ok_or(AgiError::NotAgi)?;
    let mut commands = Commands { input, output };
    let known = commands.variable("LOTSE_STATE").await?.unwrap_or_default();
    let state = state(app, &environment, &known);
    let heard = heard(&mut commands, &environment, &state).await?;
    let call = Call {
        conversation_id: conversation_id("agi", &name(peer, &environment, call_id)),
        channel: Channel::Phone,
        number: environment.get("callerid").map(String::as_str).and_then(number),
        lines: Lines {
            takes: |target| {
                matches!(
                    target,
                    PhoneTarget::Number(_) | PhoneTarget::Sip(_) | PhoneTarget::Queue(_)
                )
            },
            by_name: true,
        },
        begins: Begins::Perhaps(None),
    };
    let answered = voice::answer(app, &call, &state, heard).await;
    for field in flat::fields(&call, &answered) {
        commands.set(field.variable, &field.value).await?;
    }
    // Read once: at the next connection, silence must not say the same again.
    for name in [KEY, TRANSCRIPT, CONFIDENCE] {
        commands.set(name, "").await?;
    }
    Ok(())
}

/// A call among those of all machines.
fn name(peer: IpAddr, environment: &HashMap<String, String>, call_id: &str) -> String {
    let peer = peer.to_canonical();
    match environment.get("network_script") {
        Some(machine) => format!("{peer}-{machine}-{call_id}"),
        None => format!("{peer}-{call_id}"),
    }
}

/// The state that the call carries; one that cannot be read begins anew rather than leave the
/// caller without an answer.
fn state(app: &App, environment: &HashMap<String, String>, known: &str) -> CallState {
    let voice = &app.config.channels.voice;
    let dialled = environment.get("dnid").or(environment.get("extension"));
    let by_number = dialled.and_then(|number| voice.numbers.get(number)).copied();
    let language = environment.get("language").and_then(|code| voice::language_of(code));
    let language = by_number.or(language).unwrap_or(voice.language);
    CallState::from_query(known, language).unwrap_or_else(|error| {
        tracing::warn!(%error, "LOTSE_STATE cannot be read; the call begins anew");
        CallState::new(language)
    })
}

async fn heard<Input, Output>(
    commands: &mut Commands<'_, Input, Output>,
    environment: &HashMap<String, String>,
    state: &CallState,
) -> Result<Heard, AgiError>
where
    Input: AsyncBufRead + Unpin,
    Output: AsyncWrite + Unpin,
{
    let key = commands.variable(KEY).await?;
    if let Some(heard) = key.and_then(|keys| keyed(state, &keys)) {
        return Ok(heard);
    }
    let text = match environment.get("arg_1") {
        Some(text) => Some(text.clone()),
        None => commands.variable(TRANSCRIPT).await?,
    };
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Heard::Nothing) };
    let sure = match environment.get("arg_2") {
        Some(sure) => Some(sure.clone()),
        None => commands.variable(CONFIDENCE).await?,
    };
    let confidence = sure.and_then(|sure| sure.trim().parse::<f32>().ok());
    Ok(Heard::Speech { text, confidence })
}
