use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::{IpNet, Ipv6Net};

/// Networks that are not the public internet: nothing of a company's inside, of its cloud or of this
/// machine is called only because an address outside points there.
static NOT_PUBLIC: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    [
        "0.0.0.0/8",       // this network
        "10.0.0.0/8",      // private
        "100.64.0.0/10",   // between a provider and its customers
        "127.0.0.0/8",     // this machine
        "169.254.0.0/16",  // link-local, where clouds keep their metadata
        "172.16.0.0/12",   // private
        "192.0.0.0/24",    // protocol assignments
        "192.0.2.0/24",    // documentation
        "192.88.99.0/24",  // relays of 6to4
        "192.168.0.0/16",  // private
        "198.18.0.0/15",   // measurements
        "198.51.100.0/24", // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",     // multicast
        "240.0.0.0/4",     // reserved, broadcast
        "2001::/23",       // protocol assignments, Teredo among them, which holds an IPv4 address
        "2001:db8::/32",   // documentation
        "2002::/16",       // 6to4, which holds an IPv4 address
        "3fff::/20",       // documentation
    ]
    .into_iter()
    .map(|network| network.parse().expect("the networks of this list are written correctly"))
    .collect()
});

/// Where all of IPv6 that is public lies; `::1`, `fc00::/7`, `fe80::/10`, `ff00::/8` and translated
/// IPv4 addresses do not.
static PUBLIC_IPV6: LazyLock<Ipv6Net> = LazyLock::new(|| {
    Ipv6Net::new(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3).expect("3 is a length of a prefix")
});

/// Which addresses may be called: those of the public internet, and the networks that the operator
/// opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks {
    opened: Vec<IpNet>,
}

impl Networks {
    /// The public internet and these networks.
    pub fn with(opened: &[IpNet]) -> Self {
        Self { opened: opened.to_vec() }
    }

    /// Whether this address may be called. An IPv4 address that is written as an IPv6 one counts as
    /// what it is.
    pub fn permit(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address) || self.opened.iter().any(|network| network.contains(&address))
    }
}

fn is_public(address: IpAddr) -> bool {
    let outside = match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(address) => PUBLIC_IPV6.contains(&address),
    };
    outside && !NOT_PUBLIC.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permitted(networks: &Networks, address: &str) -> bool {
        networks.permit(address.parse().expect("an address"))
    }

    #[test]
    fn only_the_public_internet_is_called() {
        let networks = Networks::default();
        for inside in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.178.1",
            "192.0.0.8",
            "198.19.0.1",
            "224.0.0.251",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
        ] {
            assert!(!permitted(&networks, inside), "{inside}");
        }
        for outside in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "2606:4700:4700::1111",
            "2a02:8109::1",
        ] {
            assert!(permitted(&networks, outside), "{outside}");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_address_is_what_it_is_however_it_is_written(bits: u32, opened in 0_u8..=32) {
            let address = std::net::Ipv4Addr::from_bits(bits);
            let network = ipnet::Ipv4Net::new(address, opened).expect("a prefix");
            for networks in [Networks::default(), Networks::with(&[network.into()])] {
                let mapped = address.to_ipv6_mapped();
                proptest::prop_assert_eq!(
                    networks.permit(address.into()),
                    networks.permit(mapped.into())
                );
            }
            proptest::prop_assert!(Networks::with(&[network.into()]).permit(address.into()));
        }
    }

    #[test]
    fn the_operator_opens_networks() {
        let networks = Networks::with(&["10.0.0.0/8".parse().expect("a network")]);
        assert!(permitted(&networks, "10.1.2.3") && permitted(&networks, "::ffff:10.1.2.3"));
        assert!(!permitted(&networks, "192.168.0.1") && !permitted(&networks, "127.0.0.1"));
    }
}
