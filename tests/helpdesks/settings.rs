//! Settings of helpdesks and webhooks: mistakes are named, secrets are not.

use lotse::channels;
use lotse::config::{Config, Flags};

use super::service::{Service, Settings};

const GOOD: &str = "\
[channels.chatwoot]
base_url = 'https://chat.example/desk'
token = 'word-one'
webhook_secret = 'word-two'
user_token = 1234567
[channels.zendesk]
base_url = 'https://company.zendesk.com'
email = 'bot@company.example'
token = 'word-three'
[channels.zammad]
base_url = 'https://zammad.example'
token = 'word-four'
group = 'Users'
unknown_customer = 'unknown@company.example'
[[channels.webhooks]]
name = 'crm'
url = 'https://crm.example/hook'
secret = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD']
events = ['ticket', 'message.created']
";

fn load(toml: &str) -> Result<Config, String> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(dir.path().join("knowledge")).expect("knowledge/");
    std::fs::write(dir.path().join("routing.toml"), "").expect("routing.toml");
    std::fs::write(dir.path().join("lotse.toml"), toml).expect("lotse.toml");
    Config::load(dir.path(), [], &Flags::default()).map_err(|error| error.to_string())
}

#[test]
fn good_settings_are_taken_and_secrets_shown_nowhere() {
    let config = load(GOOD).expect("valid settings");
    let shown = format!("{config:?}");
    for secret in ["word-one", "word-two", "word-three", "word-four", "1234567", "MfKQ9"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    let chatwoot = config.channels.chatwoot.expect("settings");
    assert_eq!(chatwoot.user_token.expect("a token").reveal(), "1234567");
    assert_eq!(config.channels.webhooks[0].secret.len(), 2);
}

#[test]
fn mistakes_are_named() {
    let cases = [
        ("https://crm.example/hook", "crm.example", "no address of the web"),
        ("https://crm.example/hook", "ftp://crm.example", "no address of the web"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA", "24 to 64 bytes"),
        ("'ticket', ", "'tickets', ", "no events \"tickets\""),
        ("'ticket', 'message.created'", "", "never be told"),
        ("name = 'crm'", "name = 'my crm'", "is no name"),
        ("group = 'Users'", "", "missing field"),
        ("email = ", "mail = ", "no such setting"),
        (
            "[channels.chatwoot]",
            "[channels]\nallow_private = ['ten']\n[channels.chatwoot]",
            "no network",
        ),
    ];
    for (good, bad, words) in cases {
        let toml = GOOD.replace(good, bad);
        assert_ne!(toml, GOOD);
        let error = load(&toml).expect_err(bad);
        assert!(error.contains(words), "{bad}: {error}");
        assert!(!error.contains("MfKQ9") && !error.contains("word-"), "{error}");
    }
    let twice = format!("{GOOD}{}", &GOOD[GOOD.find("[[").expect("a webhook")..]);
    assert!(load(&twice).expect_err("two of one name").contains("is taken"));
}

#[tokio::test]
async fn what_could_never_be_called_is_told_at_the_start() {
    let inside = GOOD.replace("https://zammad.example", "http://10.0.0.5:3000");
    let service =
        Service::start_with(Settings { toml: inside.clone(), ..Settings::default() }).await;
    let Err(error) = channels::destinations(&service.app) else { panic!("10.0.0.5 is inside") };
    let error = error.to_string();
    assert!(
        error.contains("channels.zammad.base_url") && error.contains("allow_private"),
        "{error}"
    );
    let opened = format!("[channels]\nallow_private = ['10.0.0.0/8']\n{inside}");
    let service = Service::start_with(Settings { toml: opened, ..Settings::default() }).await;
    let destinations = channels::destinations(&service.app).expect("the network is open");
    let names: Vec<&str> = destinations.iter().map(|destination| destination.name()).collect();
    assert_eq!(names, ["chatwoot", "zendesk", "zammad", "webhook:crm"]);
}
