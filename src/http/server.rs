//! Accepts connections and ends them in order. Written out because two things matter here that a
//! ready-made loop leaves open: a client that never finishes its head is cut off, and the number of
//! connections has a limit.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::ServerConfig;
use crate::observe::{self, Shutdown};

/// Connections that the operating system keeps waiting until they are accepted.
const LISTEN_QUEUE: u32 = 4096;

/// Why nothing listens.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another program has the port.
    #[error(
        "{0} is in use by another program, perhaps another Lotse. End that one, or pass another \
         address with --listen, for example 127.0.0.1:8081"
    )]
    InUse(SocketAddr),
    /// The system does not allow it.
    #[error(
        "this user may not listen on {0}: ports under 1024 belong to the system. Pass another \
         address with --listen, for example 127.0.0.1:8080"
    )]
    NotAllowed(SocketAddr),
    /// The address is none of this machine.
    #[error("{0} is no address of this machine. Pass one that is with --listen")]
    NotHere(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {0}: {1}. Pass another address with --listen")]
    Failed(SocketAddr, io::Error),
}

/// Binds the address; port 0 takes any free one.
pub fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A restart must not wait for connections of the previous process to be forgotten.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(LISTEN_QUEUE)
    };
    bound().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(address),
        io::ErrorKind::PermissionDenied => ListenError::NotAllowed(address),
        io::ErrorKind::AddrNotAvailable => ListenError::NotHere(address),
        _ => ListenError::Failed(address, error),
    })
}

/// File handles that are kept for the store, the log and the knowledge folder.
const OTHER_FILES: u64 = 100;

/// Raises the number of files that the process may open as far as the system lets it, and gives the
/// number of connections that fit: at most `wanted`.
pub fn allow_connections(wanted: usize) -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let needed = wanted as u64 + OTHER_FILES;
        // None is "no limit".
        let Some(mut limit) = current else { return wanted };
        if limit < needed {
            let raised = maximum.map_or(needed, |maximum| maximum.min(needed));
            if setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }).is_ok() {
                limit = raised;
            }
        }
        if limit < needed {
            let connections = limit.saturating_sub(OTHER_FILES).max(1) as usize;
            tracing::info!(connections, wanted, "the system's limit of open files allows less");
            return connections;
        }
    }
    wanted
}

/// Serves until `shutdown` begins, then lets requests in work finish for
/// [`ServerConfig::shutdown_grace`].
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &ServerConfig,
    shutdown: &Shutdown,
) {
    let room = Arc::new(Semaphore::new(settings.max_connections));
    loop {
        let connection = tokio::select! {
            connection = accept(&listener, &room) => connection,
            () = shutdown.begun() => break,
        };
        let (stream, place) = connection;
        let (router, shutdown) = (router.clone(), shutdown.clone());
        let header_timeout = settings.header_timeout;
        tokio::spawn(async move {
            metrics::gauge!(observe::HTTP_CONNECTIONS).increment(1.0);
            serve_connection(stream, router, header_timeout, &shutdown).await;
            metrics::gauge!(observe::HTTP_CONNECTIONS).decrement(1.0);
            drop(place);
        });
    }
    drop(listener);
    drain(&room, settings).await;
}

/// The next connection and its place among those that may be open.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let Ok(place) = Arc::clone(room).acquire_owned().await else {
            // Nobody closes this semaphore; were it so, no connection could have a place.
            std::future::pending::<()>().await;
            continue;
        };
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) if is_of_connection(&error) => {}
            Err(error) => {
                // No file handles left, as a rule: connections in work must end first.
                tracing::warn!(%error, "cannot accept connections; trying again in a second");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Whether the error concerns the one connection that was about to be accepted.
fn is_of_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    header_timeout: Duration,
    shutdown: &Shutdown,
) {
    // Answers are small and whole; waiting to fill packets only delays them.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.begun() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "connection ended early");
    }
}

/// Waits until all connections have ended, or the time for that is over.
async fn drain(room: &Semaphore, settings: &ServerConfig) {
    let all = u32::try_from(settings.max_connections).unwrap_or(u32::MAX);
    if tokio::time::timeout(settings.shutdown_grace, room.acquire_many(all)).await.is_err() {
        let open = settings.max_connections - room.available_permits();
        tracing::warn!(open, "connections still open at the end of the time for finishing");
    }
}
