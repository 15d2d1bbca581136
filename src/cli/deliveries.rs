//! `lotse deliveries`: what waits for other systems, what they did not take, and sending it again.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use jiff::Timestamp;

use crate::config::{Config, Flags, process_environment};
use crate::store::{Delivery, SqliteSettings, SqliteStore, Store};

/// Deliveries looked at.
const MOST: usize = 10_000;

#[derive(clap::Subcommand)]
pub(super) enum DeliveriesCommand {
    /// Print what waits for each destination, and what was given up, with the reason
    List(ListArguments),
    /// Send again what was given up; a running service takes it up within a second
    Retry(RetryArguments),
}

#[derive(clap::Args)]
pub(super) struct ListArguments {
    /// Operator's directory, whose store holds the deliveries
    #[arg(long, default_value = "demo")]
    dir: PathBuf,
    /// Only those to this destination, for example zendesk or webhook:crm
    #[arg(long)]
    destination: Option<String>,
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true))]
pub(super) struct RetryArguments {
    /// Operator's directory, whose store holds the deliveries
    #[arg(long, default_value = "demo")]
    dir: PathBuf,
    /// Identifiers as `lotse deliveries list` prints them
    #[arg(group = "which")]
    ids: Vec<String>,
    /// All that were given up to this destination
    #[arg(long, group = "which")]
    destination: Option<String>,
    /// All that were given up
    #[arg(long, group = "which")]
    all: bool,
}

/// Runs a command and prints what came of it.
pub(super) fn run(command: &DeliveriesCommand, output: &mut impl Write) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command {
        DeliveriesCommand::List(arguments) => runtime.block_on(list(arguments, output)),
        DeliveriesCommand::Retry(arguments) => runtime.block_on(retry(arguments, output)),
    }
}

async fn open(dir: &Path, read_only: bool) -> anyhow::Result<SqliteStore> {
    let config = Config::load(dir, process_environment(), &Flags::default())?;
    let settings = SqliteSettings { read_only, ..SqliteSettings::default() };
    let store = SqliteStore::open_with(&config.store.path, settings).await;
    // The error's text already holds that of its cause.
    store.map_err(|error| anyhow::Error::msg(error.to_string()))
}

async fn list(arguments: &ListArguments, output: &mut impl Write) -> anyhow::Result<()> {
    let store = open(&arguments.dir, true).await?;
    let wanted = |name: &str| arguments.destination.as_ref().is_none_or(|only| only == name);
    for count in store.delivery_counts().await? {
        if wanted(&count.destination) {
            let since =
                count.oldest_waiting.map_or(String::new(), |oldest| format!(" since {oldest}"));
            writeln!(
                output,
                "{}: {} waiting{since}, {} given up",
                count.destination, count.waiting, count.abandoned
            )?;
        }
    }
    for delivery in store.abandoned_deliveries(MOST).await? {
        if wanted(&delivery.destination) {
            write(&delivery, output)?;
        }
    }
    store.close().await;
    Ok(())
}

fn write(delivery: &Delivery, output: &mut impl Write) -> anyhow::Result<()> {
    let Delivery { id, destination, due_at, attempts, last_error, .. } = delivery;
    let about = delivery.group.as_deref().map_or(String::new(), |group| format!(", {group}"));
    writeln!(output, "\n{id}\n  {destination}{about}: given up {due_at}, attempt {attempts}")?;
    writeln!(output, "  {}", last_error.as_deref().unwrap_or_default())?;
    Ok(())
}

async fn retry(arguments: &RetryArguments, output: &mut impl Write) -> anyhow::Result<()> {
    let store = open(&arguments.dir, false).await?;
    let mut ids = arguments.ids.clone();
    if ids.is_empty() {
        let mut given_up = store.abandoned_deliveries(MOST).await?;
        // In the order in which they were planned.
        given_up.sort_by(|left, right| left.id.cmp(&right.id));
        let only = arguments.destination.as_ref();
        let wanted = given_up
            .into_iter()
            .filter(|delivery| only.is_none_or(|only| *only == delivery.destination));
        ids = wanted.map(|delivery| delivery.id).collect();
    }
    let mut missing = Vec::new();
    for id in &ids {
        match store.retry_delivery(id, Timestamp::now()).await {
            Ok(()) => writeln!(output, "{id}: is sent again")?,
            Err(crate::store::StoreError::NotFound { .. }) => missing.push(id.as_str()),
            Err(error) => bail!("{error}"),
        }
    }
    store.close().await;
    if !missing.is_empty() {
        bail!(
            "there is no delivery that was given up called {}; `lotse deliveries list` prints them",
            missing.join(", ")
        );
    }
    if ids.is_empty() {
        eprintln!("Nothing was given up.");
    }
    Ok(())
}
