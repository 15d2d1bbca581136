//! Which parcels are named? Tracking numbers of DHL, UPS and the postal union's format, and any
//! other number that is announced as one.

use std::sync::LazyLock;

use regex::Regex;

use super::Candidate;
use crate::domain::EntityKind;

/// Formats that only tracking numbers have. ASCII word boundaries keep the fast matcher.
static FORMATS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)(?-u:\b)(?:
            (?i:JJ?D) \s? (?: [0-9] [\ ]? ){9,21} [0-9]     # DHL, DHL eCommerce
          | (?i:JVGL) \s? [0-9]{10,20}                      # DHL freight
          | (?i:1Z) \s? [0-9A-Za-z]{16}                     # UPS
          | [A-Z]{2} \s? [0-9]{9} \s? (?:DE|AT|CH|GB|CN|NL|US)       # postal union, S10
          | 0034 \s? [0-9]{4} (?: \s? [0-9]{4} ){3}         # DHL, 20 digits
          | [0-9]{20} | [1-9][0-9]{11}                      # DHL, 20 and 12 digits
        )(?-u:\b)",
    )
    .expect("a fixed pattern")
});

/// A number of any carrier after the word for it.
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix)(?: sendungs\s?-?(?:nummer|nr|code|id) | sendungsverfolgung | tracking
            (?: [-\s]?(?:nummer|number|nr|no|code|id) )? | paket(?:nummer|nr) | parcel\snumber )
          (?: [\s:.\#,"'„“(-] | nummer | number | lautet | ist | is | code ){1,12}
          ( [a-z]{0,4} [0-9] (?: [0-9] | [\ ][0-9]{2} ){8,26} )(?-u:\b)"#,
    )
    .expect("a fixed pattern")
});

/// Finds tracking numbers.
pub(super) fn find(text: &str, found: &mut Vec<Candidate>) {
    let formats = FORMATS.find_iter(text).map(|hit| hit.range());
    let announced = ANNOUNCED.captures_iter(text).filter_map(|hit| Some(hit.get(1)?.range()));
    for span in formats.chain(announced) {
        let attached = text[..span.start].ends_with(['-', '+'])
            || text[span.end..].starts_with(['-', '@'])
            || text[..span.start].chars().next_back().is_some_and(char::is_alphanumeric);
        if attached {
            continue;
        }
        let value = text[span.clone()].split_whitespace().collect::<String>().to_ascii_uppercase();
        found.push(Candidate::new(EntityKind::TrackingNumber, span, Some(value)));
    }
}
