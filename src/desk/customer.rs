//! Who writes? Names of a customer in the one form in which they are kept and compared.

use crate::domain::Incoming;
use crate::store::{CustomerNames, CustomerUpdate};

/// Longest e-mail address, RFC 5321.
const EMAIL_BYTES: usize = 254;

/// Digits of a telephone number with its country's code, E.164.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Characters of a name or an attribute that are kept.
const CHARACTERS: usize = 200;

/// Attributes of a customer that are kept.
const ATTRIBUTES: usize = 50;

/// What a message tells of its sender. What is no address and no number names nobody.
pub(super) fn told(incoming: &Incoming, country_code: &str) -> CustomerUpdate {
    let contact = &incoming.contact;
    let attributes = incoming.attributes.iter().take(ATTRIBUTES);
    CustomerUpdate {
        names: CustomerNames {
            id: incoming.customer_id.clone(),
            email: contact.email.as_deref().and_then(email),
            phone: contact.phone.as_deref().and_then(|text| phone(text, country_code)),
        },
        name: contact.name.as_deref().and_then(line),
        attributes: attributes
            .filter_map(|(key, value)| Some((line(key)?, line(value).unwrap_or_default())))
            .collect(),
    }
}

/// An e-mail address in lower case. Mail servers may tell cases apart in front of the @; people do
/// not.
pub(super) fn email(text: &str) -> Option<String> {
    let address = text.trim().to_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let plain = address.len() <= EMAIL_BYTES
        && !address
            .chars()
            .any(|sign| sign.is_whitespace() || sign.is_control() || "<>,;".contains(sign));
    (plain && !local.is_empty() && !domain.is_empty()).then_some(address)
}

/// A telephone number in the international form. `country_code` is that of numbers with one leading
/// zero, such as `49`.
pub(super) fn phone(text: &str, country_code: &str) -> Option<String> {
    let text = text.trim().replace("(0)", "");
    let is_mark = |sign: char| " -/.()\u{a0}\u{2011}".contains(sign);
    let rest = text.strip_prefix('+').unwrap_or(&text);
    if rest.chars().any(|sign| !sign.is_ascii_digit() && !is_mark(sign)) {
        return None;
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let number = if text.starts_with('+') {
        digits
    } else if let Some(international) = digits.strip_prefix("00") {
        international.to_owned()
    } else {
        format!("{country_code}{}", digits.strip_prefix('0')?)
    };
    PHONE_DIGITS.contains(&number.len()).then(|| format!("+{number}"))
}

/// One line of text without control characters; none if nothing is left.
fn line(text: &str) -> Option<String> {
    let kept = text.chars().filter(|character| !character.is_control()).take(CHARACTERS);
    let kept: String = kept.collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_have_one_form() {
        for written in [
            "+49 431 123456",
            "0049 431 123456",
            "0431/123456",
            "+49 (0) 431 - 12 34 56",
            "(0431) 123.456",
            " +49431123456 ",
        ] {
            assert_eq!(phone(written, "49").as_deref(), Some("+49431123456"), "{written}");
        }
        assert_eq!(phone("0316 123456", "43").as_deref(), Some("+43316123456"));
        for none in
            ["", "anonymous", "+", "123456", "0", "+1234567890123456", "sip:a@b", "+49 4a31"]
        {
            assert_eq!(phone(none, "49"), None, "{none}");
        }
    }

    #[test]
    fn addresses_have_one_form() {
        assert_eq!(
            email(" Jana.Petersen@Example.ORG ").as_deref(),
            Some("jana.petersen@example.org")
        );
        for none in ["", "jana", "@example.org", "jana@", "a b@example.org", "<a@b.c>", "a@b\n.c"] {
            assert_eq!(email(none), None, "{none}");
        }
        assert_eq!(email(&format!("{}@example.org", "x".repeat(250))), None);
    }
}
