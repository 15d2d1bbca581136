//! `lotse corrections`: what agents corrected, as labelled rows for `lotse train`.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::{Config, Flags, process_environment};
use crate::store::{Correction, SqliteSettings, SqliteStore, Store as _};
use crate::train::LabelledRow;

#[derive(clap::Args)]
pub(super) struct CorrectionsArguments {
    /// Operator's directory, whose store holds the corrections
    #[arg(long, default_value = "demo")]
    dir: PathBuf,
    /// Only those of this day (UTC) and later, for example 2026-11-01
    #[arg(long)]
    since: Option<Date>,
}

/// Prints one row a line, oldest first. Later corrections of the same words stand further down.
pub(super) fn run(arguments: &CorrectionsArguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let corrections = runtime.block_on(corrections(arguments))?;
    let mut output = std::io::stdout().lock();
    for correction in &corrections {
        serde_json::to_writer(&mut output, &row(correction))?;
        writeln!(output)?;
    }
    eprintln!(
        "{} corrections. Train with them: lotse train --data ROWS CORRECTIONS --out-of-scope \
         out_of_scope --base PACK --out NEW_PACK",
        corrections.len()
    );
    Ok(())
}

async fn corrections(arguments: &CorrectionsArguments) -> anyhow::Result<Vec<Correction>> {
    let config = Config::load(&arguments.dir, process_environment(), &Flags::default())?;
    let settings = SqliteSettings { read_only: true, ..SqliteSettings::default() };
    let store = SqliteStore::open_with(&config.store.path, settings).await?;
    let since = match arguments.since {
        Some(day) => {
            Some(day.to_zoned(TimeZone::UTC).context("this day is out of range")?.timestamp())
        }
        None => None,
    };
    Ok(store.corrections(since).await?)
}

fn row(correction: &Correction) -> LabelledRow {
    LabelledRow {
        text: correction.text.clone(),
        intent: correction.intent.clone(),
        tier: correction.tier,
        sentiment: correction.sentiment,
        lang: Some(correction.language),
        channel: Some(correction.channel),
        id: Some(correction.id.clone()),
        ..LabelledRow::default()
    }
}
