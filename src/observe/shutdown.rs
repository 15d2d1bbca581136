use tokio::sync::watch;

/// Tells every part of the process when it is time to end. Clones belong together.
#[derive(Clone, Debug)]
pub struct Shutdown {
    begun: watch::Sender<bool>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { begun: watch::Sender::new(false) }
    }
}

impl Shutdown {
    /// Begins the end: everyone who waits in [`Self::begun`] goes on.
    pub fn begin(&self) {
        self.begun.send_replace(true);
    }

    /// Whether the end has begun.
    pub fn has_begun(&self) -> bool {
        *self.begun.borrow()
    }

    /// Waits until the end has begun.
    pub async fn begun(&self) {
        // The wait fails only without a sender, and `self` is one.
        let _ = self.begun.subscribe().wait_for(|begun| *begun).await;
    }
}

/// Waits until the operating system asks the process to stop and says how it asked.
pub async fn stop_signal() -> std::io::Result<&'static str> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => Ok("SIGTERM"),
            _ = interrupt.recv() => Ok("SIGINT"),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await.map(|()| "Ctrl-C")
    }
}
