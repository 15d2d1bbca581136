//! Where does a telephone system put a caller through to, to reach a queue?

use std::fmt;
use std::str::FromStr;

/// A place on the telephone where people of a queue answer. Each telephone system takes the kinds
/// that it knows; a queue may name one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneTarget {
    /// A telephone number, `tel:+49302312501`: here `+` and 7 to 15 digits.
    Number(String),
    /// A SIP address with its scheme, such as `sip:billing@pbx.example`.
    Sip(String),
    /// A workflow of Twilio's `TaskRouter`, `workflow:WW…`: here the identifier of `WW` and 32 digits.
    Workflow(String),
    /// A queue of the telephone system, `queue:billing`: here its name.
    Queue(String),
    /// A queue of Amazon Connect with its whole name, `arn:aws:connect:…`.
    Arn(String),
}

/// What a telephone target may be, for those who wrote something else.
const KINDS: &str = "write tel:+49302312501, sip:billing@pbx.example, workflow:WW and 32 digits of \
                     Twilio, queue:billing, or the arn:aws:connect:… of a queue";

impl FromStr for PhoneTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let problem = |why: &str| format!("`{text}` is no telephone target ({why}): {KINDS}");
        let (scheme, rest) = text.split_once(':').ok_or_else(|| problem("no kind before a :"))?;
        match scheme {
            "tel" => number(rest).map(Self::Number).ok_or_else(|| {
                problem("a number is + with country code, and 7 to 15 digits in all")
            }),
            "sip" | "sips" if is_address(rest) => Ok(Self::Sip(text.to_owned())),
            "sip" | "sips" => Err(problem("an address is name@host")),
            "workflow" if is_workflow(rest) => Ok(Self::Workflow(rest.to_owned())),
            "workflow" => Err(problem("a workflow is WW and 32 hexadecimal digits")),
            "queue" if is_name(rest) => Ok(Self::Queue(rest.to_owned())),
            "queue" => Err(problem("a name has 1 to 64 letters, digits or characters of _ - .")),
            "arn" if is_connect_queue(rest) => Ok(Self::Arn(text.to_owned())),
            "arn" => Err(problem("not arn:aws:connect:region:account:instance/…/queue/…")),
            _ => Err(problem("unknown kind")),
        }
    }
}

impl fmt::Display for PhoneTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "tel:{number}"),
            Self::Workflow(id) => write!(formatter, "workflow:{id}"),
            Self::Queue(name) => write!(formatter, "queue:{name}"),
            Self::Sip(address) | Self::Arn(address) => formatter.write_str(address),
        }
    }
}

/// A number as `+4930…`, whatever stands between its digits.
fn number(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+')?;
    let is_known = |character: char| character.is_ascii_digit() || " -.()".contains(character);
    if !digits.chars().all(is_known) {
        return None;
    }
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    ((7..=15).contains(&digits.len()) && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

/// The characters of a SIP address that need no quotes anywhere.
fn is_address(text: &str) -> bool {
    let is_plain = |part: &str, more: &str| {
        !part.is_empty()
            && part.chars().all(|one| one.is_ascii_alphanumeric() || more.contains(one))
    };
    text.len() <= 255
        && text
            .split_once('@')
            .is_some_and(|(user, host)| is_plain(user, "+-_.~") && is_plain(host, "-.:;=[]"))
}

fn is_workflow(text: &str) -> bool {
    text.strip_prefix("WW")
        .is_some_and(|id| id.len() == 32 && id.chars().all(|digit| digit.is_ascii_hexdigit()))
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.chars().all(|one| one.is_ascii_alphanumeric() || "_-.".contains(one))
}

/// `aws:connect:eu-central-1:123456789012:instance/ID/queue/ID`, without the `arn:` before it.
fn is_connect_queue(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty() && part.chars().all(|one| one.is_ascii_alphanumeric() || one == '-')
    };
    let parts: Vec<&str> = text.split(':').collect();
    let [partition, "connect", region, account, resource] = parts[..] else { return false };
    let resource: Vec<&str> = resource.split('/').collect();
    partition.starts_with("aws")
        && [partition, region].into_iter().all(is_plain)
        && account.len() == 12
        && account.chars().all(|digit| digit.is_ascii_digit())
        && matches!(resource[..], ["instance", instance, "queue", queue]
            if is_plain(instance) && is_plain(queue))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:connect:eu-central-1:123456789012:instance/1-a/queue/2-b";

    #[test]
    fn every_kind_is_read_and_written_back() {
        let workflow = format!("WW{}", "0a".repeat(16));
        let kinds = [
            ("tel:+49302312501".to_owned(), PhoneTarget::Number("+49302312501".to_owned())),
            ("sip:a.b@pbx.example".to_owned(), PhoneTarget::Sip("sip:a.b@pbx.example".to_owned())),
            (
                "sips:x@[2001:db8::1]:5061;transport=tls".to_owned(),
                PhoneTarget::Sip("sips:x@[2001:db8::1]:5061;transport=tls".to_owned()),
            ),
            (format!("workflow:{workflow}"), PhoneTarget::Workflow(workflow)),
            ("queue:first_line".to_owned(), PhoneTarget::Queue("first_line".to_owned())),
            (ARN.to_owned(), PhoneTarget::Arn(ARN.to_owned())),
        ];
        for (text, target) in kinds {
            assert_eq!(text.parse(), Ok(target.clone()), "{text}");
            assert_eq!(target.to_string(), text);
        }
        let spaced = "tel:+49 (30) 23125-01".parse();
        assert_eq!(spaced, Ok(PhoneTarget::Number("+49302312501".to_owned())));
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in [
            "",
            "tel:",
            "tel:030 23125",
            "tel:+0302312501",
            "tel:+49",
            "tel:+49３０2312501",
            "tel:+4930231250112345",
            "+49302312501",
            "sip:billing",
            "sip:a b@x",
            "sip:a@x\"><Dial>",
            "sip:@x",
            "workflow:WW12",
            "workflow:WWzz0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
            "queue:",
            "queue:a,b",
            "queue:a\nEXEC",
            "arn:aws:s3:::bucket",
            "fax:+49302312501",
            "arn:aws:connect:eu-central-1:123:instance/a/queue/b",
            "arn:aws:connect:eu-central-1:123456789012:instance/a/user/b",
        ] {
            let problem = text.parse::<PhoneTarget>().expect_err(text);
            assert!(problem.contains("write tel:+49302312501"), "{problem}");
        }
    }
}
