use axum::http::HeaderMap;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::config::Secret;

/// An event that is older, or lies further ahead, is not taken: somebody may have kept it.
const FRESH_SECONDS: i64 = 5 * 60;

/// Whether Chatwoot signed this body a short while ago: `X-Chatwoot-Signature` is `sha256=` and the
/// HMAC-SHA256 in hexadecimal of `{X-Chatwoot-Timestamp}.{body}`.
pub(super) fn is_signed(secret: &Secret, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(timestamp), Some(signature)) =
        (header("x-chatwoot-timestamp"), header("x-chatwoot-signature"))
    else {
        return false;
    };
    let Some(signature) = signature.strip_prefix("sha256=").and_then(bytes) else { return false };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes())
        .expect("HMAC takes keys of every length");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    // Compares in constant time.
    let fits = mac.verify_slice(&signature).is_ok();
    let age = timestamp.parse::<i64>().ok().and_then(|sent| now.as_second().checked_sub(sent));
    fits && age.is_some_and(|age| age.abs() <= FRESH_SECONDS)
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    if !hexadecimal.len().is_multiple_of(2)
        || !hexadecimal.bytes().all(|digit| digit.is_ascii_hexdigit())
    {
        return None;
    }
    let pairs = (0..hexadecimal.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"event":"message_created"}"#;

    /// `printf '%s' '1700000000.{"event":"message_created"}' | openssl dgst -sha256 -hmac geheim`
    const SIGNATURE: &str =
        "sha256=9e153f8ce4c88f0eaf3f92fc222649716a2e7ec30cd81bace087dc128513555f";

    fn signed(timestamp: &str, signature: &str, body: &[u8], now: i64) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert("x-chatwoot-timestamp", timestamp.parse().expect("a header"));
        headers.insert("x-chatwoot-signature", signature.parse().expect("a header"));
        let secret: Secret = serde_json::from_str("\"geheim\"").expect("a secret");
        let now = Timestamp::from_second(now).expect("a time");
        is_signed(&secret, &headers, body, now)
    }

    #[test]
    fn a_signature_fits_its_body_and_its_time_alone() {
        let now = 1_700_000_000;
        assert!(signed("1700000000", SIGNATURE, BODY, now));
        assert!(signed("1700000000", SIGNATURE, BODY, now + 300));
        assert!(!signed("1700000000", SIGNATURE, BODY, now + 301), "stale");
        assert!(!signed("1700000000", SIGNATURE, BODY, now - 301), "from the future");
        assert!(!signed("1700000001", SIGNATURE, BODY, now), "another time");
        assert!(!signed("1700000000", SIGNATURE, b"{}", now), "another body");
        for nonsense in ["", "sha256=", "sha256=zz", "sha256=0", &SIGNATURE[7..], "sha1=00"] {
            assert!(!signed("1700000000", nonsense, BODY, now), "{nonsense}");
        }
        assert!(!signed("", SIGNATURE, BODY, now) && !signed("soon", SIGNATURE, BODY, now));
        let secret: Secret = serde_json::from_str("\"geheim\"").expect("a secret");
        let at = Timestamp::from_second(now).expect("a time");
        assert!(!is_signed(&secret, &HeaderMap::new(), BODY, at), "no headers");
    }
}
