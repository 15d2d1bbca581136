use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The way a message reached the company. It sets the reply's form and the first-response target.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Chat widget on the web page.
    Chat,
    /// E-mail.
    Email,
    /// Telephone: the text is a speech-to-text transcript.
    Phone,
    /// Public or direct message on a social network.
    Social,
    /// Messenger such as WhatsApp.
    Messenger,
    /// Contact form.
    Form,
}

impl Channel {
    /// All channels, in the order in which tables print them.
    pub const ALL: [Self; 6] =
        [Self::Chat, Self::Email, Self::Phone, Self::Social, Self::Messenger, Self::Form];

    /// The name used in JSON, in `routing.toml` and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Social => "social",
            Self::Messenger => "messenger",
            Self::Form => "form",
        }
    }

    /// The channel with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}
