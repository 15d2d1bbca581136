//! `lotse lambda`: passes events of Amazon Connect and Lex V2 on to a running Lotse.
//!
//! AWS calls a Lambda function where a flow or bot asks what comes next. The service itself does not
//! run there: what a function writes to its disk is gone with it, and Lotse promises that nothing is
//! lost. This is the thin function in front: the same program, put into the function's archive under
//! the name `bootstrap` (runtime `provided.al2023`), with the address and a key of the role
//! `channel` in the function's environment.

use std::time::Duration;

use anyhow::Context;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::{Value, json};

use crate::channels::outgoing::choose_tls;

/// Amazon Connect waits for 8 seconds at most.
const DEADLINE: Duration = Duration::from_secs(6);

/// What the runtime of AWS puts into the environment; without it nobody calls.
const RUNTIME: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

/// Arguments of `lotse lambda`.
#[derive(clap::Args)]
#[command(after_help = "Runs inside AWS Lambda only: name the program `bootstrap`, or make a \
    `bootstrap` that says\n  \
    #!/bin/sh\n  \
    exec ./lotse lambda\n\
    and set LOTSE_FORWARD and LOTSE_FORWARD_KEY in the function's environment. One function serves \
    flows of Amazon Connect and bots of Lex V2: the event tells which. Nothing is kept there; a \
    running `lotse serve` with [channels.amazon] keeps and decides.")]
pub(super) struct LambdaArguments {
    /// Address of the running Lotse, such as `https://lotse.example`
    #[arg(long, env = "LOTSE_FORWARD", value_name = "URL")]
    forward: String,
    /// Key of the role channel; none for an open demo
    #[arg(long, env = "LOTSE_FORWARD_KEY", hide_env_values = true)]
    key: Option<String>,
}

/// Serves events until AWS ends the function.
pub(super) fn run(arguments: &LambdaArguments) -> anyhow::Result<()> {
    if let Some(missing) = RUNTIME.into_iter().find(|name| std::env::var_os(name).is_none()) {
        anyhow::bail!(
            "{missing} is not set: this command runs inside AWS Lambda. To try the same calls \
             elsewhere, post an event to /channels/amazon/connect or /channels/amazon/lex"
        );
    }
    crate::observe::start_logging("info", true).map_err(anyhow::Error::msg)?;
    let forwarder = Forwarder::new(arguments)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime of the function")?;
    let handler = service_fn(|event: LambdaEvent<Value>| forwarder.forward(event.payload));
    runtime.block_on(lambda_runtime::run(handler)).map_err(|error| anyhow::anyhow!("{error}"))
}

/// Whose event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Connect,
    Lex,
}

impl Source {
    fn of(event: &Value) -> Option<Self> {
        if event.get("Details").is_some_and(|details| details.get("ContactData").is_some()) {
            Some(Self::Connect)
        } else if event.get("messageVersion").is_some() && event.get("sessionId").is_some() {
            Some(Self::Lex)
        } else {
            None
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Connect => "/channels/amazon/connect",
            Self::Lex => "/channels/amazon/lex",
        }
    }
}

struct Forwarder {
    client: reqwest::Client,
    address: String,
    key: Option<String>,
}

impl Forwarder {
    fn new(arguments: &LambdaArguments) -> anyhow::Result<Self> {
        let address = arguments.forward.trim_end_matches('/').to_owned();
        anyhow::ensure!(
            address.starts_with("https://") || address.starts_with("http://"),
            "\"{address}\" is no address; write it as https://lotse.example"
        );
        choose_tls();
        let client = reqwest::Client::builder()
            .timeout(DEADLINE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("cannot make calls")?;
        Ok(Self { client, address, key: arguments.key.clone() })
    }

    /// The answer to an event. A flow has a way of its own for errors; a bot has none, and gets an
    /// answer that hands the caller over.
    async fn forward(&self, event: Value) -> Result<Value, Diagnostic> {
        let Some(source) = Source::of(&event) else {
            return Err(Diagnostic {
                error_type: "UnknownEvent".to_owned(),
                error_message:
                    "This is an event neither of Amazon Connect nor of Lex V2. Call the \
                                function from a flow's AWS Lambda block or a bot's code hook."
                        .to_owned(),
            });
        };
        match (self.call(source, &event).await, source) {
            (Ok(answer), _) => Ok(answer),
            (Err(problem), Source::Lex) => {
                tracing::error!(problem, "the event was not answered");
                Ok(handed_over(&event))
            }
            (Err(problem), Source::Connect) => {
                Err(Diagnostic { error_type: "NotAnswered".to_owned(), error_message: problem })
            }
        }
    }

    async fn call(&self, source: Source, event: &Value) -> Result<Value, String> {
        let mut request =
            self.client.post(format!("{}{}", self.address, source.path())).json(event);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        // The address may hold a password: errors are told without it.
        let failed =
            |error: reqwest::Error| format!("Lotse was not reached: {}", error.without_url());
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let answer: Value = response.json().await.map_err(failed)?;
        if status.is_success() {
            return Ok(answer);
        }
        let said = answer.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
        Err(format!("Lotse answered {status}. {said}"))
    }
}

/// Closes the bot's part, so that the flow around it goes on to people.
fn handed_over(event: &Value) -> Value {
    let at = |path: &str| event.pointer(path).cloned();
    let locale = at("/bot/localeId");
    let is_german = locale.as_ref().and_then(Value::as_str).is_some_and(|it| it.starts_with("de"));
    let words = if is_german {
        "Ich verbinde Sie mit unserem Team."
    } else {
        "I am putting you through to our team."
    };
    let mut attributes =
        at("/sessionState/sessionAttributes").filter(Value::is_object).unwrap_or_else(|| json!({}));
    attributes["LotseAction"] = "transfer".into();
    let mut intent = at("/sessionState/intent")
        .filter(Value::is_object)
        .unwrap_or_else(|| json!({ "name": "FallbackIntent" }));
    intent["state"] = "Failed".into();
    json!({
        "sessionState": {
            "sessionAttributes": attributes,
            "dialogAction": { "type": "Close" },
            "intent": intent,
        },
        "messages": [{ "contentType": "PlainText", "content": words }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_told_apart() {
        let connect = json!({"Name": "ContactFlowEvent", "Details": {"ContactData": {}}});
        assert_eq!(Source::of(&connect), Some(Source::Connect));
        let lex = json!({"messageVersion": "1.0", "sessionId": "s", "bot": {}});
        assert_eq!(Source::of(&lex), Some(Source::Lex));
        for other in [json!({}), json!([]), json!("x"), json!({"Details": {}}), Value::Null] {
            assert_eq!(Source::of(&other), None, "{other}");
        }
    }
}
