use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de};

use crate::config::sections::address;

/// Calls of Asterisk.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgiConfig {
    /// Address and port.
    #[serde(default = "listen", deserialize_with = "address")]
    pub listen: SocketAddr,
    /// Networks that may connect.
    #[serde(default = "this_machine", deserialize_with = "networks")]
    pub allow: Vec<IpNet>,
    /// Calls at the same time.
    #[serde(default = "max_connections")]
    pub max_connections: usize,
}

fn listen() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 4573))
}

fn this_machine() -> Vec<IpNet> {
    ["127.0.0.0/8", "::1/128"].iter().filter_map(|network| network.parse().ok()).collect()
}

fn max_connections() -> usize {
    200
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let network = |text: String| {
        // A single address is a network of its own.
        let parsed = text.parse::<IpNet>().ok();
        parsed.or_else(|| text.parse::<IpAddr>().map(IpNet::from).ok()).ok_or_else(|| {
            de::Error::custom(format!(
                "\"{text}\" is no network; write it as \"10.0.5.0/24\" or \"10.0.5.7\""
            ))
        })
    };
    texts.into_iter().map(network).collect()
}
