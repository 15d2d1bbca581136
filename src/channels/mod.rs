//! How does each channel speak? Every channel only translates: what comes in becomes an `Incoming`
//! for [`crate::desk::Desk::receive`], what goes out becomes deliveries that [`outgoing`] carries
//! out. No channel takes a decision, and none knows SQL.

pub mod outgoing;

use std::sync::Arc;

use crate::http::App;
use outgoing::{Destination, OutsideError};

/// Why the channels cannot be started as they are configured.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// A setting cannot be used.
    #[error("{setting}: {problem}")]
    Setting {
        /// Name of the setting.
        setting: String,
        /// What is wrong with it, and what to do.
        problem: OutsideError,
    },
    /// Nothing outside can be called.
    #[error(transparent)]
    Outside(#[from] OutsideError),
}

/// All systems outside that are told of what happens here, as configured.
pub fn destinations(_app: &App) -> Result<Vec<Arc<dyn Destination>>, ChannelError> {
    Ok(Vec::new())
}
