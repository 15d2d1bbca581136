//! `lotse serve`: puts the parts together, listens, and ends in order.

mod parts;
mod routing_file;
mod upkeep;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;

use crate::channels;
use crate::channels::outgoing::{WorkerSettings, Workers};
use crate::config::{Config, Flags, LogFormat, process_environment};
use crate::http::{self, App};
use crate::observe::{self, Shutdown};
use parts::Parts;

/// Arguments of `lotse serve`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    lotse serve                                         the demo; open http://127.0.0.1:8080\n  \
    lotse serve --dir my-company --listen 0.0.0.0:8080  your own, for others (needs keys)\n\n\
    Settings come from DIR/lotse.toml; each is also an environment variable, for example \
    LOTSE_SERVER__REQUEST_TIMEOUT=10s. LOTSE_LOG=debug shows more of what goes on.")]
pub struct ServeArguments {
    /// Operator's directory: lotse.toml, knowledge/, routing.toml
    #[arg(
        long,
        env = "LOTSE_DIR",
        hide_env_values = true,
        default_value = "demo",
        value_name = "DIR"
    )]
    pub dir: PathBuf,
    /// Address and port [default: server.listen of lotse.toml]
    #[arg(long, env = "LOTSE_SERVER__LISTEN", hide_env_values = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Model pack [default: model.path of lotse.toml]
    #[arg(long, env = "LOTSE_MODEL__PATH", hide_env_values = true, value_name = "PACK")]
    pub model: Option<PathBuf>,
}

/// Runs the service in a runtime of its own, until it is asked to stop.
pub fn run(arguments: &ServeArguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the threads of the service")?;
    let result = runtime.block_on(serve(arguments));
    // Requests that ran out of time may still hold a thread; the process does not wait for them.
    runtime.shutdown_background();
    result
}

/// Loads everything, serves until SIGTERM or SIGINT, finishes what is in work.
pub async fn serve(arguments: &ServeArguments) -> anyhow::Result<()> {
    let flags = Flags { listen: arguments.listen, model: arguments.model.clone() };
    let mut config = Config::load(&arguments.dir, process_environment(), &flags)?;
    let json = config.log.format == LogFormat::Json;
    observe::start_logging(&config.log.filter, json).map_err(anyhow::Error::msg)?;
    config.server.max_connections = http::allow_connections(config.server.max_connections);

    // The address comes first: whoever starts Lotse twice should not wait for the model to learn it.
    let listener = http::listen(config.server.listen)?;
    let address = listener.local_addr().context("the address of the service is not known")?;
    let agi = config.channels.agi.clone();
    let agi = match agi {
        Some(settings) => Some((http::listen(settings.listen)?, settings)),
        None => None,
    };
    let parts = Parts::load(&config).await?;
    let welcome = parts.welcome(&config, address);
    let knowledge = Arc::clone(&parts.knowledge);
    let app = parts.into_app(config)?;
    let workers = Workers::start(
        channels::destinations(&app)?,
        &app.store,
        &app.desk,
        &app.shutdown,
        &WorkerSettings::default(),
    )
    .await?;
    let upkeep = tokio::spawn(upkeep::run(app.clone(), knowledge));
    let agi = agi.map(|(listener, settings)| {
        tokio::spawn(channels::agi::serve(listener, app.clone(), settings))
    });
    let mut listening = channels::start(&app);
    eprintln!("{welcome}");

    let stopping = tokio::spawn(stop_when_asked(app.clone()));
    http::serve(listener, http::router(&app), &app.config.server, &app.shutdown).await;
    if let Some(agi) = agi {
        // Calls in work end first; a panic there is in the log already.
        let _ = agi.await;
    }
    stopping.abort();
    upkeep.abort();
    listening.shutdown().await;
    workers.ended(app.config.server.shutdown_grace).await;
    app.store.close().await;
    eprintln!("Lotse has stopped.");
    Ok(())
}

/// Waits for the signal to stop; says "not ready", and a little later begins the end. A second
/// signal ends the process at once.
async fn stop_when_asked(app: App) {
    let signal = match observe::stop_signal().await {
        Ok(signal) => signal,
        Err(error) => {
            tracing::error!(%error, "signals cannot be received; only SIGKILL ends the service");
            return;
        }
    };
    app.readiness.set_stopping();
    eprintln!("{signal}: finishing what is in work; once more ends at once.");
    tokio::spawn(async {
        if observe::stop_signal().await.is_ok() {
            std::process::exit(130);
        }
    });
    tokio::time::sleep(app.config.server.shutdown_delay).await;
    let shutdown: &Shutdown = &app.shutdown;
    shutdown.begin();
}
