use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts the log on standard error. `filter` is used where neither `LOTSE_LOG` nor `RUST_LOG` is
/// set; with `json`, a line is one JSON object. A log that was already started stays as it is, so
/// that tests may start several services in one process.
///
/// # Errors
/// The message of a filter that cannot be read, with where it came from.
pub fn start_logging(filter: &str, json: bool) -> Result<(), String> {
    let from_environment = ["LOTSE_LOG", "RUST_LOG"]
        .into_iter()
        .find_map(|name| Some((name, std::env::var(name).ok().filter(|text| !text.is_empty())?)));
    let (origin, filter) = from_environment.unwrap_or(("log.filter", filter.to_owned()));
    let filter: EnvFilter = filter.parse().map_err(|error| {
        format!("{origin}: \"{filter}\" is no filter ({error}); write one such as \"info\"")
    })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start is no mistake: the first log stays.
    let _ = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).try_init()
    };
    Ok(())
}
