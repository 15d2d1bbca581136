use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, de};

use super::channels::ChannelsConfig;
use crate::domain::Role;
use crate::encoder::Backend;
use crate::triage::Policy;

/// All settings. `default.toml` explains each.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The operator's directory.
    #[serde(skip)]
    pub dir: PathBuf,
    /// Address, deadlines and limits of the HTTP interface.
    pub server: ServerConfig,
    /// Where conversations and tickets are kept.
    pub store: StoreConfig,
    /// The model pack and how it uses the machine.
    pub model: ModelConfig,
    /// The approved answers.
    pub knowledge: KnowledgeConfig,
    /// Queues and rules.
    pub routing: RoutingConfig,
    /// Who has a conversation, and until when.
    pub desk: DeskConfig,
    /// When the bot answers by itself.
    pub policy: Policy,
    /// Who may call.
    pub access: AccessConfig,
    /// What reaches the service on other ways than its own HTTP interface.
    pub channels: ChannelsConfig,
    /// What is written to standard error.
    pub log: LogConfig,
}

/// Address, deadlines and limits of the HTTP interface.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// Deadline of a whole request.
    #[serde(deserialize_with = "duration")]
    pub request_timeout: Duration,
    /// Time for a client to send the head of a request.
    #[serde(deserialize_with = "duration")]
    pub header_timeout: Duration,
    /// Time for a client to send the body of a request.
    #[serde(deserialize_with = "duration")]
    pub body_timeout: Duration,
    /// Largest body taken, in bytes.
    pub body_limit_bytes: usize,
    /// Requests that may read messages at the same time.
    pub max_messages_at_once: usize,
    /// Connections that may be open at the same time.
    pub max_connections: usize,
    /// Time between "not ready" and the end of accepting connections.
    #[serde(deserialize_with = "duration")]
    pub shutdown_delay: Duration,
    /// Time for requests in work to finish after that.
    #[serde(deserialize_with = "duration")]
    pub shutdown_grace: Duration,
}

pub(super) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        de::Error::custom(format!(
            "\"{text}\" is no address; write an IP address and a port such as \"127.0.0.1:8080\""
        ))
    })
}

pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let parsed: Option<SignedDuration> = text.parse().ok();
    parsed.and_then(|duration| Duration::try_from(duration).ok()).ok_or_else(|| {
        de::Error::custom(format!(
            "\"{text}\" is no duration; write a number and a unit such as \"500ms\", \"30s\" or \"2m\""
        ))
    })
}

/// Where conversations and tickets are kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `SQLite` file; made when it is not there.
    pub path: PathBuf,
    /// Events older than this are dropped; a listener that was away longer misses some.
    #[serde(deserialize_with = "duration")]
    pub keep_events: Duration,
}

/// The model pack and how it uses the machine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// Directory of the pack.
    #[serde(default = "shipped_pack")]
    pub path: PathBuf,
    /// How the encoder is computed.
    pub backend: Backend,
    /// Worker threads of the encoder, 0 for one a processor core.
    pub workers: usize,
    /// Messages that may wait for the encoder or be encoded.
    pub capacity: usize,
    /// Latest texts that are not encoded once more when they are sent again; 0 for none.
    pub repeated: usize,
}

fn shipped_pack() -> PathBuf {
    // Looked up from the working directory: the program is started in a checkout or a release
    // archive, whose `models/` holds the pack, whatever the operator's directory is.
    std::path::absolute("models/nordlicht-de-en").unwrap_or_default()
}

/// The approved answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeConfig {
    /// Directory with a folder for each language.
    pub dir: PathBuf,
}

/// Queues and rules.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingConfig {
    /// Path of `routing.toml`.
    pub file: PathBuf,
}

/// Who has a conversation, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskConfig {
    /// An agent who is away for longer loses the claims; zero for never.
    #[serde(deserialize_with = "duration")]
    pub claim_timeout: Duration,
    /// Country's code of telephone numbers in the national form, such as `49`.
    pub country_code: String,
}

/// Who may call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessConfig {
    /// Whether anyone may do everything on loopback where no keys are configured.
    pub open_demo: bool,
    /// Sites that may hold the widget, such as `https://shop.example`; `*` for any.
    pub widget_origins: Vec<String>,
    /// Keys of callers.
    #[serde(default)]
    pub keys: Vec<KeyConfig>,
}

/// A key of a caller. The key itself is known to the caller alone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyConfig {
    /// Who holds it; for agents, the name that tickets show.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// SHA-256 of the key, 64 hexadecimal digits.
    pub sha256: String,
}

/// What is written to standard error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// Filter as in `RUST_LOG`.
    pub filter: String,
    /// For people or for machines.
    pub format: LogFormat,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}
