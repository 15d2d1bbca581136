use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::config::Secret;
use crate::config::sections::duration;
use crate::domain::Language;

/// E-mail: what comes in over HTTP or from a maildir, what goes out by SMTP.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// The company's address for customers: sender of answers.
    pub address: String,
    /// The name beside it.
    #[serde(default)]
    pub name: Option<String>,
    /// Further addresses of the company. Mails from them are not answered.
    #[serde(default)]
    pub own_addresses: Vec<String>,
    /// Mailing lists over which customers' mails reach the company, by their List-Id.
    #[serde(default)]
    pub own_lists: Vec<String>,
    /// Server that takes mails, `smtps://user:password@host`; without one, nothing goes out.
    #[serde(default)]
    pub smtp_url: Option<Secret>,
    /// Longest time for handing over one mail.
    #[serde(default = "smtp_timeout", deserialize_with = "duration")]
    pub smtp_timeout: Duration,
    /// Directory in which a mail server puts incoming mails.
    #[serde(default)]
    pub maildir: Option<PathBuf>,
    /// Largest mail taken, in bytes.
    #[serde(default = "limit_bytes")]
    pub limit_bytes: usize,
    /// Last lines of an answer of the bot.
    #[serde(default)]
    pub closing: BTreeMap<Language, String>,
    /// Below every mail: the company's name and address.
    #[serde(default)]
    pub footer: BTreeMap<Language, String>,
}

fn smtp_timeout() -> Duration {
    Duration::from_mins(1)
}

fn limit_bytes() -> usize {
    25 * 1024 * 1024
}

/// Smallest limit that holds a mail without attachments.
const LEAST_LIMIT_BYTES: usize = 16 * 1024;

impl MailConfig {
    /// What does not make sense: setting and advice.
    pub(in crate::config) fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        for address in std::iter::once(&self.address).chain(&self.own_addresses) {
            if address.parse::<lettre::Address>().is_err() {
                let text =
                    format!("\"{address}\" is no e-mail address such as service@shop.example");
                found.push(("channels.mail.address", text));
            }
        }
        if let Some(Err(problem)) = self.smtp_url.as_ref().map(|url| check_smtp_url(url.reveal())) {
            found.push(("channels.mail.smtp_url", problem.to_owned()));
        }
        if let Some(maildir) = &self.maildir
            && !maildir.join("new").is_dir()
        {
            let text = format!(
                "there is no maildir at {}; make it with `mkdir -p {0}/{{new,cur,tmp}}`",
                maildir.display()
            );
            found.push(("channels.mail.maildir", text));
        }
        if self.limit_bytes < LEAST_LIMIT_BYTES {
            let text = format!("less than any mail; give at least {LEAST_LIMIT_BYTES}");
            found.push(("channels.mail.limit_bytes", text));
        }
        found
    }
}

/// Whether the address is one, and takes a password only over TLS. Never repeats the address: it
/// holds the password.
fn check_smtp_url(text: &str) -> Result<(), &'static str> {
    let url = reqwest::Url::parse(text)
        .map_err(|_| "no address; write smtps://user:password@host, or smtp://127.0.0.1:1025")?;
    let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value);
    let is_known = matches!(
        (url.scheme(), tls.as_deref()),
        ("smtps", None | Some("required")) | ("smtp", None | Some("required" | "opportunistic"))
    );
    if !is_known || url.host_str().is_none() {
        return Err(
            "write smtps://user:password@host, or smtp://user:password@host:587?tls=required",
        );
    }
    let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.password().is_some()
        && url.scheme() == "smtp"
        && tls.as_deref() != Some("required")
        && !is_local
    {
        return Err(
            "this would send the password in the clear; use smtps://, or add ?tls=required",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_smtp_url;

    #[test]
    fn passwords_go_over_tls_alone() {
        for good in [
            "smtps://user:secret@mail.example",
            "smtp://user:secret@mail.example:587?tls=required",
            "smtp://127.0.0.1:1025",
            "smtp://user:secret@localhost:1025",
            "smtp://relay.example",
        ] {
            assert_eq!(check_smtp_url(good), Ok(()), "{good}");
        }
        for bad in ["smtp://user:secret@mail.example", "mail.example:25", "http://mail.example", ""]
        {
            let problem = check_smtp_url(bad).expect_err(bad);
            assert!(!problem.contains("secret"));
        }
    }
}
