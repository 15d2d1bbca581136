//! `lotse key`: who may call the HTTP interface.

use std::path::PathBuf;

use jiff::Timestamp;
use rand::Rng as _;

use crate::config::{Config, Flags, process_environment};
use crate::domain::Role;
use crate::store::{Key, SqliteStore, Store as _, hash_key};

/// What to do with keys.
#[derive(clap::Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key and print it, this once: the store keeps only its hash
    Add {
        /// Name of the caller, for example web-shop
        name: String,
        /// widget: own conversations; channel: messages and classification; agent: queues and
        /// tickets as well; lead: reports; admin: everything
        #[arg(long, value_parser = role)]
        role: Role,
        /// Operator's directory, whose store keeps the key
        #[arg(long, default_value = "demo")]
        dir: PathBuf,
    },
    /// List all keys by name
    List {
        /// Operator's directory
        #[arg(long, default_value = "demo")]
        dir: PathBuf,
    },
    /// Revoke a key: it is refused from now on
    Remove {
        /// Name of the caller
        name: String,
        /// Operator's directory
        #[arg(long, default_value = "demo")]
        dir: PathBuf,
    },
}

fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name).ok_or_else(|| "write widget, channel, agent, lead or admin".to_owned())
}

pub(super) fn run(command: &KeyCommand) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(change_keys(command))
}

async fn change_keys(command: &KeyCommand) -> anyhow::Result<()> {
    let (KeyCommand::Add { dir, .. } | KeyCommand::List { dir } | KeyCommand::Remove { dir, .. }) =
        command;
    let config = Config::load(dir, process_environment(), &Flags::default())?;
    let store = SqliteStore::open(&config.store.path).await?;
    match command {
        KeyCommand::Add { name, role, .. } => {
            let secret = secret();
            store
                .add_key(&Key {
                    name: name.clone(),
                    role: *role,
                    hash: hash_key(&secret),
                    created_at: Timestamp::now(),
                    revoked_at: None,
                })
                .await?;
            eprintln!("Key of {name} ({}), shown only now:", role.name());
            println!("{secret}");
        }
        KeyCommand::List { .. } => {
            for key in store.keys().await? {
                let state = key.revoked_at.map_or_else(
                    || "in use".to_owned(),
                    |at| format!("revoked {}", at.strftime("%Y-%m-%d")),
                );
                let created = key.created_at.strftime("%Y-%m-%d");
                println!("{:<24} {:<8} made {created}  {state}", key.name, key.role.name());
            }
        }
        KeyCommand::Remove { name, .. } => {
            store.revoke_key(name, Timestamp::now()).await?;
            eprintln!("{name} is revoked; a running service refuses it within seconds.");
        }
    }
    store.close().await;
    Ok(())
}

/// 256 bits of the system's randomness in hexadecimal digits, with a prefix by which scanners for
/// leaked secrets can tell it.
fn secret() -> String {
    let [left, right]: [u128; 2] = rand::rng().random();
    format!("lotse_{left:032x}{right:032x}")
}
