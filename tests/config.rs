//! The settings: shipped files are valid, layers win in their order, mistakes are named.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use lotse::config::{Config, Flags};
use lotse::triage::Policy;
use tempfile::TempDir;

/// An operator's directory with this lotse.toml.
fn directory(lotse_toml: &str) -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(dir.path().join("knowledge")).expect("knowledge/");
    std::fs::write(dir.path().join("routing.toml"), "").expect("routing.toml");
    std::fs::write(dir.path().join("lotse.toml"), lotse_toml).expect("lotse.toml");
    dir
}

fn load(dir: &TempDir) -> Result<Config, String> {
    Config::load(dir.path(), [], &Flags::default()).map_err(|error| error.to_string())
}

fn load_with(dir: &TempDir, variables: &[(&str, &str)]) -> Result<Config, String> {
    let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    Config::load(dir.path(), variables, &Flags::default()).map_err(|error| error.to_string())
}

#[test]
fn defaults_are_valid() {
    let dir = directory("");
    let config = load(&dir).expect("the defaults are valid");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.request_timeout, Duration::from_secs(30));
    assert_eq!(config.store.path, dir.path().join("data/lotse.sqlite"));
    assert!(config.model.path.ends_with("models/nordlicht-de-en"));
    assert!(config.model.path.is_absolute());
    assert_eq!(config.policy, Policy::default(), "default.toml says what the program does");
}

#[test]
fn demo_is_valid() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let config = Config::load(&demo, [], &Flags::default()).expect("demo/lotse.toml is valid");
    assert!(config.server.listen.ip().is_loopback());
    assert!(config.access.keys.is_empty() && config.access.open_demo);
}

#[test]
fn later_layers_win() {
    let dir = directory("[server]\nlisten = \"127.0.0.1:1001\"\nbody_limit_bytes = 2048\n");
    let config = load(&dir).expect("valid");
    assert_eq!(config.server.listen.port(), 1001);

    let variables = [
        ("LOTSE_SERVER__LISTEN", "127.0.0.1:1002"),
        ("LOTSE_POLICY__RISK", "0.05"),
        ("LOTSE_DIR", "not a setting"),
        ("PATH", "/bin"),
        ("LOTSE_STORE__PATH", "elsewhere.sqlite"),
    ];
    let config = load_with(&dir, &variables).expect("valid");
    assert_eq!(config.server.listen.port(), 1002);
    assert_eq!(config.server.body_limit_bytes, 2048);
    assert!((config.policy.risk - 0.05).abs() < 1e-6);
    let working_directory = std::env::current_dir().expect("a working directory");
    assert_eq!(config.store.path, working_directory.join("elsewhere.sqlite"));

    let flags = Flags { listen: "127.0.0.1:1003".parse().ok(), model: Some("/packs/mine".into()) };
    let environment = [("LOTSE_SERVER__LISTEN".to_owned(), "127.0.0.1:1002".to_owned())];
    let config = Config::load(dir.path(), environment, &flags).expect("valid");
    assert_eq!(config.server.listen.port(), 1003);
    assert_eq!(config.model.path, Path::new("/packs/mine"));
}

#[test]
fn mistakes_are_named() {
    let cases = [
        ("unknown name", "[server]\nlisten_to = \"127.0.0.1:80\"\n"),
        ("unknown section", "[sever]\n"),
        ("wrong type", "[server]\nbody_limit_bytes = \"many\"\n"),
        ("not an address", "[server]\nlisten = \"localhost\"\n"),
        ("not a duration", "[server]\nrequest_timeout = \"soon\"\n"),
        ("not TOML", "[server\n"),
        (
            "several at once",
            "[server]\nbody_limit_bytes = 10\nrequest_timeout = \"1ms\"\n\
             max_messages_at_once = 0\n[policy]\nrisk = 3\n[model]\ncapacity = 0\n",
        ),
        (
            "keys",
            "[[access.keys]]\nname = \"a\"\nrole = \"agent\"\nsha256 = \"abc\"\n\
             [[access.keys]]\nname = \"a\"\nrole = \"agent\"\nsha256 = \"abc\"\n",
        ),
        ("unknown role", "[[access.keys]]\nname = \"a\"\nrole = \"boss\"\nsha256 = \"abc\"\n"),
        ("nothing there", "[knowledge]\ndir = \"nowhere\"\n[routing]\nfile = \"no.toml\"\n"),
    ];
    let mut messages = String::new();
    for (name, text) in cases {
        let dir = directory(text);
        let message = load(&dir).expect_err(name);
        let message = message.replace(&*dir.path().to_string_lossy(), "DIR");
        writeln!(messages, "# {name}\n{message}\n").expect("a string");
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn mistakes_in_the_environment_are_named() {
    let dir = directory("");
    let cases = [("LOTSE_SERVER__LISTN", "1"), ("LOTSE_POLICY__RISK", "much")];
    let messages = cases.map(|variable| load_with(&dir, &[variable]).expect_err("a mistake"));
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_missing_directory_says_what_to_do() {
    let message = Config::load(Path::new("no/such"), [], &Flags::default()).expect_err("missing");
    insta::assert_snapshot!(message.to_string());
    let empty = tempfile::tempdir().expect("a temporary directory");
    let message = Config::load(empty.path(), [], &Flags::default()).expect_err("no file");
    assert!(message.to_string().contains("holds no lotse.toml"), "{message}");
}
