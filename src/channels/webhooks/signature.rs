use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::config::SigningKey;

/// The header `webhook-signature`: one signature a key, the words `{id}.{timestamp}.{body}` under
/// HMAC-SHA256 in base64 behind `v1,`, parted by blanks.
pub(super) fn signature(keys: &[SigningKey], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signatures: Vec<String> = keys
        .iter()
        .map(|key| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes())
                .expect("HMAC takes keys of every length");
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        })
        .collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str) -> SigningKey {
        SigningKey::parse(secret).expect("a secret")
    }

    #[test]
    fn the_published_example_is_signed_as_published() {
        let body = br#"{"test": 2432232314}"#;
        let keys = [key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
        let signed = signature(&keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_a_secret_is_replaced_both_sign() {
        let old = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let new = key("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
        let both = signature(&[new.clone(), old.clone()], "id", 1, b"{}");
        let (first, second) = both.split_once(' ').expect("two signatures");
        assert_eq!(first, signature(&[new], "id", 1, b"{}"));
        assert_eq!(second, signature(&[old], "id", 1, b"{}"));
        assert_ne!(first, second);
    }

    #[test]
    fn secrets_that_are_none_are_refused() {
        let short = format!("whsec_{}", STANDARD.encode([7; 23]));
        let long = format!("whsec_{}", STANDARD.encode([7; 65]));
        for secret in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%", &short, &long]
        {
            assert!(SigningKey::parse(secret).is_err(), "{secret}");
        }
    }
}
