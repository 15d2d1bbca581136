//! Does a webhook come from who it says? Twilio and `SignalWire` sign with a shared secret, Telnyx
//! with a key pair.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use ring::signature::{ED25519, UnparsedPublicKey};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

/// A signature of Telnyx is good for this long: a recorded request cannot be sent again later.
const TOLERANCE_SECONDS: i64 = 300;

/// Parameters of a request, in their order, repeated ones included.
pub(super) type Parameters = [(String, String)];

/// Whether Twilio signed a form: HMAC-SHA1 over the address and every name with its value. Twilio
/// is not consistent about ports in addresses, so the address counts with its port and without.
pub(super) fn is_twilios(token: &str, address: &str, form: &Parameters, given: &str) -> bool {
    // A parameter that is there twice with one value is signed once.
    let mut sorted: Vec<&(String, String)> = form.iter().collect();
    sorted.sort();
    sorted.dedup();
    let signed: String =
        sorted.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect();
    is_signed(token, address, &signed, given)
}

/// Whether Twilio signed a JSON body: the address alone is signed, and holds the body's SHA-256.
pub(super) fn is_twilios_body(token: &str, address: &str, body: &[u8], given: &str) -> bool {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let Some((_, announced)) = parameters.find(|(name, _)| name == "bodySHA256") else {
        return false;
    };
    let digest = super::hexadecimal(&Sha256::digest(body));
    let is_body = bool::from(digest.as_bytes().ct_eq(announced.to_ascii_lowercase().as_bytes()));
    is_body & is_signed(token, address, "", given)
}

fn is_signed(token: &str, address: &str, rest: &str, given: &str) -> bool {
    let Ok(given) = STANDARD.decode(given.trim()) else { return false };
    let forms = [without_port(address), with_port(address)];
    // Every form is tried, so that the time tells nothing.
    forms.iter().fold(false, |found, form| {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else { return found };
        mac.update(form.as_bytes());
        mac.update(rest.as_bytes());
        found | mac.verify_slice(&given).is_ok()
    })
}

/// Scheme, host, port and the rest of an address.
fn parts(address: &str) -> (&str, &str, Option<&str>, &str) {
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let port = authority
        .rsplit_once(':')
        .filter(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    match port {
        Some((host, port)) => (scheme, host, Some(port), rest),
        None => (scheme, authority, None, rest),
    }
}

fn without_port(address: &str) -> String {
    let (scheme, host, _, rest) = parts(address);
    format!("{scheme}://{host}{rest}")
}

fn with_port(address: &str) -> String {
    let (scheme, host, port, rest) = parts(address);
    let port = port.unwrap_or(if scheme == "http" { "80" } else { "443" });
    format!("{scheme}://{host}:{port}{rest}")
}

/// Whether Telnyx signed a body at this time: Ed25519 over `timestamp|body`, not long ago. `now` is
/// in seconds since 1970.
pub(super) fn is_telnyxs(
    public_key: &[u8],
    timestamp: &str,
    body: &[u8],
    given: &str,
    now: i64,
) -> bool {
    let Ok(given) = STANDARD.decode(given.trim()) else { return false };
    let recent = timestamp
        .parse::<i64>()
        .is_ok_and(|at| now.checked_sub(at).is_some_and(|age| age.abs() <= TOLERANCE_SECONDS));
    let mut signed = Vec::with_capacity(timestamp.len() + 1 + body.len());
    signed.extend_from_slice(timestamp.as_bytes());
    signed.push(b'|');
    signed.extend_from_slice(body);
    let key = UnparsedPublicKey::new(&ED25519, public_key);
    recent && key.verify(&signed, &given).is_ok()
}

#[cfg(test)]
mod tests {
    use ring::signature::{Ed25519KeyPair, KeyPair};

    use super::*;

    const TOKEN: &str = "12345";
    const ADDRESS: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

    fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn call(from: &str) -> Vec<(String, String)> {
        form(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Digits", "1234"),
            ("From", from),
            ("To", "+18005551212"),
            ("Caller", from),
        ])
    }

    /// The vectors of Twilio's documentation and of its own libraries.
    #[test]
    fn the_published_vectors_hold() {
        let first = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";
        let second = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
        assert!(is_twilios(TOKEN, ADDRESS, &call("+12349013030"), first));
        assert!(is_twilios(TOKEN, ADDRESS, &call("+14158675309"), second));
        assert!(!is_twilios(TOKEN, ADDRESS, &call("+14158675309"), first));
        assert!(!is_twilios("12346", ADDRESS, &call("+14158675309"), second));
    }

    #[test]
    fn a_port_may_be_there_or_not() {
        let other_port = ADDRESS.replace(".com", ".com:1234");
        let plain = ADDRESS.replace("https", "http");
        let plain_port = other_port.replace("https", "http");
        for (address, signature) in [
            (other_port.as_str(), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            (plain_port.as_str(), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
            (ADDRESS, "kvajT1Ptam85bY51eRf/AJRuM3w="),
            (plain.as_str(), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        ] {
            assert!(is_twilios(TOKEN, address, &call("+14158675309"), signature), "{address}");
        }
    }

    #[test]
    fn repeated_parameters_are_sorted_by_their_values() {
        let form = form(&[
            ("Sid", "CA123"),
            ("SidAccount", "AC123"),
            ("Digits", "5678"),
            ("Digits", "1234"),
            ("Digits", "1234"),
        ]);
        assert!(is_twilios(TOKEN, ADDRESS, &form, "IK+Dwps556ElfBT0I3Rgjkr1wJU="));
    }

    #[test]
    fn a_json_body_is_signed_by_its_hash_in_the_address() {
        let hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
        let body = br#"{"property": "value", "boolean": true}"#;
        let address = format!("{ADDRESS}&bodySHA256={hash}");
        let signature = "a9nBmqA0ju/hNViExpshrM61xv4=";
        assert!(is_twilios_body(TOKEN, &address, body, signature));
        assert!(!is_twilios_body(TOKEN, &address, b"{}", signature));
        assert!(!is_twilios_body(TOKEN, ADDRESS, body, signature));
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        for given in ["", " ", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "####", &"A".repeat(10_000)] {
            assert!(!is_twilios(TOKEN, ADDRESS, &call("+14158675309"), given), "{given}");
        }
        // Whoever knows no token signs with none.
        assert!(!is_twilios(TOKEN, "", &[], "thdgmXbHnVbBwPfGkw0ohQhR8jU="));
    }

    #[test]
    fn telnyx_signs_the_time_and_the_body() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key pair");
        let body = b"CallSid=v3%3Aabc&SpeechResult=hallo";
        let signature = |signed: &[u8]| STANDARD.encode(pair.sign(signed).as_ref());
        let key = pair.public_key().as_ref();
        let good = signature(b"1700000000|CallSid=v3%3Aabc&SpeechResult=hallo");
        for (now, is_recent) in [(0, true), (299, true), (-300, true), (301, false), (-301, false)]
        {
            let now = 1_700_000_000 + now;
            assert_eq!(is_telnyxs(key, "1700000000", body, &good, now), is_recent, "{now}");
        }
        let now = 1_700_000_000;
        assert!(!is_telnyxs(key, "1700000001", body, &good, now));
        assert!(!is_telnyxs(key, "1700000000", b"CallSid=other", &good, now));
        assert!(!is_telnyxs(&[1; 32], "1700000000", body, &good, now));
        assert!(!is_telnyxs(&[], "1700000000", body, &good, now));
        assert!(!is_telnyxs(key, "soon", body, &signature(b"soon|"), now));
        assert!(!is_telnyxs(key, &i64::MIN.to_string(), body, &good, now));
    }
}
