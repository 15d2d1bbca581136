use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Method, RequestBuilder, Url};

use super::network::Networks;

/// To reach the other system.
const CONNECT: Duration = Duration::from_secs(5);

/// For the whole call, the answer's body included.
const WHOLE: Duration = Duration::from_secs(15);

/// How the service calls itself to others.
const USER_AGENT: &str = concat!("Lotse/", env!("CARGO_PKG_VERSION"));

/// Why nothing outside can be called at all, or this address cannot.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// TLS cannot be set up.
    #[error(
        "calls to other systems cannot be prepared ({0}). Install the certificates of the well-known \
         authorities (Debian: the package ca-certificates)"
    )]
    Client(String),
    /// Only the web's schemes are called.
    #[error("{0} is no address of the web; it must begin with https:// or http://")]
    Scheme(String),
    /// The address lies inside.
    #[error(
        "{0} is an address of a private network, of this machine or of none at all, which is not \
         called. If it is meant, open its network in channels.allow_private"
    )]
    Inside(String),
}

/// Calls other systems over HTTP: in time, without following redirects, past any proxy, and only at
/// addresses that [`Networks`] permits. Clones share connections.
///
/// A name is resolved and checked when the connection is made, so that a name which points elsewhere
/// a moment later leads nowhere else.
#[derive(Clone, Debug)]
pub struct Outside {
    client: Client,
    networks: Arc<Networks>,
}

/// Chooses the library for TLS of this process, which clients of HTTP and mail need even for calls
/// without encryption. Whoever chose before chose the same.
pub fn choose_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl Outside {
    /// Prepares calls to what `networks` permit, of 15 seconds each at most.
    pub fn new(networks: Networks) -> Result<Self, OutsideError> {
        Self::with_limit(networks, WHOLE)
    }

    /// Prepares calls that are given up after `limit`.
    pub fn with_limit(networks: Networks, limit: Duration) -> Result<Self, OutsideError> {
        choose_tls();
        let networks = Arc::new(networks);
        let client = Client::builder()
            .dns_resolver(Resolver { networks: Arc::clone(&networks) })
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(limit)
            .user_agent(USER_AGENT)
            .build()
            .map_err(|error| OutsideError::Client(chain(&error)))?;
        Ok(Self { client, networks })
    }

    /// Refuses what can be told from the address alone. Names are checked when they are resolved.
    pub fn check(&self, url: &Url) -> Result<(), OutsideError> {
        check(&self.networks, url)
    }

    /// A request to this address.
    pub fn request(&self, method: Method, url: &Url) -> Result<RequestBuilder, OutsideError> {
        self.check(url)?;
        Ok(self.client.request(method, url.clone()))
    }
}

fn check(networks: &Networks, url: &Url) -> Result<(), OutsideError> {
    if !["http", "https"].contains(&url.scheme()) {
        return Err(OutsideError::Scheme(url.scheme().to_owned() + ":"));
    }
    // The parser has read every way of writing an IPv4 address, `0x7f.1` among them.
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse();
    if literal.is_ok_and(|address| !networks.permit(address)) {
        return Err(OutsideError::Inside(host.to_owned()));
    }
    Ok(())
}

/// Resolves names to addresses that may be called.
struct Resolver {
    networks: Arc<Networks>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let networks = Arc::clone(&self.networks);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<SocketAddr> =
                found.filter(|address| networks.permit(address.ip())).collect();
            if permitted.is_empty() {
                return Err(OutsideError::Inside(name.as_str().to_owned()).into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

/// An error with its causes: those of the library say little by themselves.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_refused_however_they_are_written() {
        let networks = Networks::default();
        for inside in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://[::1]:8080/",
            "http://[::ffff:10.0.0.1]/",
            "http://169.254.169.254/latest/meta-data",
            "https://user:word@192.168.0.1/",
        ] {
            let url = Url::parse(inside).expect("an address");
            assert!(matches!(check(&networks, &url), Err(OutsideError::Inside(_))), "{inside}");
        }
        for other in ["file:///etc/passwd", "ftp://example.org/", "gopher://example.org/"] {
            let url = Url::parse(other).expect("an address");
            assert!(matches!(check(&networks, &url), Err(OutsideError::Scheme(_))), "{other}");
        }
        for outside in ["https://example.org/hook", "http://1.1.1.1/"] {
            assert!(check(&networks, &Url::parse(outside).expect("an address")).is_ok());
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused() {
        let outside = Outside::new(Networks::default()).expect("a client");
        let url = Url::parse("http://localhost:9/").expect("an address");
        let request = outside.request(Method::GET, &url).expect("a name may be anything");
        let error = request.send().await.expect_err("localhost is inside");
        assert!(chain(&error).contains("channels.allow_private"), "{}", chain(&error));
    }
}
