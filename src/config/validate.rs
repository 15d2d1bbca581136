use std::collections::BTreeSet;
use std::time::Duration;

use super::{Config, MailConfig};

/// A setting that does not make sense.
pub(super) struct Problem {
    /// Its name, for example `server.listen`.
    pub(super) key: String,
    /// The setting, what is wrong with it, and what to do.
    pub(super) text: String,
}

/// All settings that do not make sense, so that one start shows every mistake.
pub(super) fn problems(config: &Config) -> Vec<Problem> {
    let mut found = Found::default();
    server(config, &mut found);
    paths(config, &mut found);
    desk(config, &mut found);
    access(config, &mut found);
    channels(config, &mut found);
    for (key, text) in config.channels.mail.iter().flat_map(MailConfig::problems) {
        found.check(false, key, text);
    }
    webhooks(config, &mut found);
    if let Err(error) = config.policy.validate() {
        found.0.push(Problem { key: "policy".to_owned(), text: error.to_string() });
    }
    found.check(
        config.model.capacity > 0,
        "model.capacity",
        "0 would refuse every message; give at least 1",
    );
    found.0
}

#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn check(&mut self, holds: bool, key: &str, text: impl AsRef<str>) {
        if !holds {
            let text = format!("{key}: {}", text.as_ref());
            self.0.push(Problem { key: key.to_owned(), text });
        }
    }
}

fn server(config: &Config, found: &mut Found) {
    let server = &config.server;
    let deadlines = [
        ("server.request_timeout", server.request_timeout),
        ("server.header_timeout", server.header_timeout),
        ("server.body_timeout", server.body_timeout),
    ];
    for (key, duration) in deadlines {
        found.check(
            duration >= Duration::from_millis(100),
            key,
            "shorter than any client needs; give at least \"100ms\"",
        );
    }
    found.check(
        server.body_limit_bytes >= 1024,
        "server.body_limit_bytes",
        format!("{} bytes cannot hold a message; give at least 1024", server.body_limit_bytes),
    );
    let counts = [
        ("server.max_messages_at_once", server.max_messages_at_once),
        ("server.max_connections", server.max_connections),
    ];
    for (key, count) in counts {
        found.check(count > 0, key, "0 would refuse everything; give at least 1");
    }
}

/// Consoles show a sign of life every 45 seconds, and the store keeps one every 30.
const SHORTEST_CLAIM_TIMEOUT: Duration = Duration::from_mins(2);

fn desk(config: &Config, found: &mut Found) {
    let timeout = config.desk.claim_timeout;
    found.check(
        timeout.is_zero() || timeout >= SHORTEST_CLAIM_TIMEOUT,
        "desk.claim_timeout",
        "that is so short that agents who are there would lose their tickets; give \"2m\" or more, \
         or \"0s\" for never",
    );
    let code = &config.desk.country_code;
    found.check(
        (1..=3).contains(&code.len()) && code.bytes().all(|digit| digit.is_ascii_digit()),
        "desk.country_code",
        "write the country's code of telephone numbers, such as \"49\" for Germany",
    );
}

fn paths(config: &Config, found: &mut Found) {
    found.check(
        config.knowledge.dir.is_dir(),
        "knowledge.dir",
        format!(
            "there is no directory {}; name the one that holds a folder for each language",
            config.knowledge.dir.display()
        ),
    );
    found.check(
        config.routing.file.is_file(),
        "routing.file",
        format!(
            "there is no file {}; `lotse init` shows what one looks like",
            config.routing.file.display()
        ),
    );
}

fn access(config: &Config, found: &mut Found) {
    for origin in &config.access.widget_origins {
        let is_origin = origin == "*"
            || origin.split_once("://").is_some_and(|(scheme, host)| {
                ["http", "https"].contains(&scheme) && !host.is_empty() && !host.contains('/')
            });
        found.check(
            is_origin,
            "access.widget_origins",
            format!("\"{origin}\" is no origin; write it as https://shop.example, without a path"),
        );
    }
    let mut names = BTreeSet::new();
    for (index, key) in config.access.keys.iter().enumerate() {
        let at = format!("access.keys[{index}]");
        found.check(!key.name.trim().is_empty(), &at, "the key needs a name");
        found.check(
            names.insert(&key.name),
            &at,
            format!("the name \"{}\" is taken by an earlier key; names must differ", key.name),
        );
        found.check(
            key.sha256.len() == 64 && key.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()),
            &at,
            format!(
                "sha256 of the key \"{}\" is not 64 hexadecimal digits; make it with \
                 `printf %s \"$KEY\" | sha256sum`",
                key.name
            ),
        );
    }
}

fn channels(config: &Config, found: &mut Found) {
    let channels = &config.channels;
    if let Some(url) = &channels.public_url {
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        found.check(
            host.is_some_and(|host| {
                !host.is_empty() && !host.starts_with('/') && !host.contains(['?', '#', ' '])
            }),
            "channels.public_url",
            format!("\"{url}\" is no address; write it as https://lotse.example"),
        );
    }
    let signed = [
        ("channels.twilio", channels.twilio.is_some()),
        ("channels.telnyx", channels.telnyx.is_some()),
    ];
    for (key, is_on) in signed {
        found.check(
            !is_on || channels.public_url.is_some(),
            key,
            "needs channels.public_url: signatures are made over that address, and calls come back \
             to it",
        );
    }
    if let Some(twilio) = &channels.twilio {
        found.check(
            !twilio.auth_token.reveal().trim().is_empty(),
            "channels.twilio.auth_token",
            "is blank; take it from the console of Twilio",
        );
    }
    found.check(
        (0.0..=1.0).contains(&channels.voice.low_confidence),
        "channels.voice.low_confidence",
        "must be from 0 to 1",
    );
    if let Some(agi) = &channels.agi {
        let only_here = agi.allow.iter().all(|network| network.addr().is_loopback());
        found.check(
            agi.listen.ip().is_loopback() || !only_here,
            "channels.agi.listen",
            "can be reached by other machines, but channels.agi.allow lets none of them in; name the \
             network of the telephone system there, such as \"10.0.5.0/24\"",
        );
        found.check(
            agi.max_connections > 0,
            "channels.agi.max_connections",
            "0 would refuse everything; give at least 1",
        );
    }
}

fn webhooks(config: &Config, found: &mut Found) {
    let mut names = BTreeSet::new();
    for (index, webhook) in config.channels.webhooks.iter().enumerate() {
        let at = format!("channels.webhooks[{index}]");
        let name = &webhook.name;
        let is_name = (1..=40).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        found.check(
            is_name,
            &at,
            format!("\"{name}\" is no name; use 1 to 40 letters, digits or characters of _ - ."),
        );
        found.check(
            names.insert(name),
            &at,
            format!("the name \"{name}\" is taken by an earlier webhook; names must differ"),
        );
        found.check(
            !webhook.events.is_empty(),
            &at,
            "it would never be told of anything; name events such as \"ticket\"",
        );
        for event in &webhook.events {
            let kind = event.split('.').next().unwrap_or_default();
            found.check(
                ["message", "note", "conversation", "ticket"].contains(&kind),
                &at,
                format!(
                    "there are no events \"{event}\"; there are message, conversation, ticket, note"
                ),
            );
        }
    }
}
