//! What did the operator set? Four layers, each over the one before: the embedded `default.toml`,
//! `lotse.toml` in the operator's directory, environment variables (`LOTSE_SERVER__LISTEN` is
//! `server.listen`), flags of the command line. Unknown names are refused, and everything is
//! checked before anything starts.

mod channels;
mod environment;
mod load;
mod secret;
mod sections;
mod validate;

pub use channels::{
    AgiConfig, AmazonConfig, ChannelsConfig, ChatwootConfig, MailConfig, RasaConfig, SigningKey,
    TelnyxConfig, TwilioConfig, VoiceConfig, WebhookConfig, ZammadConfig, ZendeskConfig,
};
pub use environment::process_environment;
pub use load::{ConfigError, Flags};
pub use secret::Secret;
pub use sections::{
    AccessConfig, Config, KeyConfig, KnowledgeConfig, LogConfig, LogFormat, ModelConfig,
    RoutingConfig, ServerConfig, StoreConfig,
};
