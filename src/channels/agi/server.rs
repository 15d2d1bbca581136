use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::work;
use crate::config::AgiConfig;
use crate::http::App;

/// A call's connection has this long in all: its answer leaves in well under a second, and a peer
/// that keeps silent must not hold a place.
const DEADLINE: Duration = Duration::from_secs(20);

/// Serves the telephone system until the service ends, then lets calls in work finish.
pub async fn serve(listener: TcpListener, app: App, settings: AgiConfig) {
    let places = Arc::new(Semaphore::new(settings.max_connections));
    let allowed: Arc<[IpNet]> = settings.allow.into();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = app.shutdown.begun() => break,
        };
        match accepted {
            Ok((stream, peer)) => take(&app, stream, peer, &allowed, &places),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a call of the telephone system");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let all = u32::try_from(settings.max_connections).unwrap_or(u32::MAX);
    let grace = app.config.server.shutdown_grace;
    if tokio::time::timeout(grace, places.acquire_many(all)).await.is_err() {
        tracing::warn!("calls of the telephone system were still open at the end");
    }
}

/// Works on a connection, unless its peer may not connect or there is no room.
fn take(
    app: &App,
    stream: TcpStream,
    peer: SocketAddr,
    allowed: &[IpNet],
    places: &Arc<Semaphore>,
) {
    if !is_allowed(peer.ip(), allowed) {
        tracing::warn!(peer = %peer.ip(), "refused: not in channels.agi.allow");
        return;
    }
    let Ok(place) = Arc::clone(places).try_acquire_owned() else {
        tracing::warn!(peer = %peer.ip(), "refused: as many calls as channels.agi.max_connections");
        return;
    };
    let app = app.clone();
    tokio::spawn(async move {
        // Answers are small and whole; waiting to fill packets only delays them.
        let _ = stream.set_nodelay(true);
        let (input, mut output) = stream.into_split();
        let mut input = BufReader::new(input);
        match tokio::time::timeout(DEADLINE, work(&app, peer.ip(), &mut input, &mut output)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::info!(peer = %peer.ip(), %error, "a call broke off"),
            Err(_) => tracing::info!(peer = %peer.ip(), "a call took too long and was cut off"),
        }
        drop(place);
    });
}

/// Whether the peer is of an allowed network. A peer of version 4 may come as one of version 6.
fn is_allowed(peer: IpAddr, allowed: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    allowed.iter().any(|network| network.contains(&peer))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn only_allowed_networks_connect() {
        let allowed = ["127.0.0.0/8", "::1/128", "10.0.5.0/24"]
            .map(|network| network.parse().expect("a network"));
        for (peer, is_in) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("10.0.5.7", true),
            ("::ffff:10.0.5.7", true),
            ("10.0.6.7", false),
            ("192.0.2.1", false),
            ("::ffff:192.0.2.1", false),
            ("fe80::1", false),
        ] {
            assert_eq!(is_allowed(peer.parse().expect("an address"), &allowed), is_in, "{peer}");
        }
        assert!(!is_allowed("127.0.0.1".parse().expect("an address"), &[]));
    }
}
