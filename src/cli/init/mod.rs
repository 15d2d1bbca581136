//! `lotse init`: a small operator's directory to start from.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// Arguments of `lotse init`.
#[derive(clap::Args)]
#[command(after_help = "Example: lotse init my-company && lotse serve --dir my-company")]
pub(super) struct InitArguments {
    /// Directory to make; it must be new or empty
    dir: PathBuf,
}

/// Every file with its content. The routing is that of the demo: its queues are those of most
/// companies, and it is the better explained example for being in use.
const FILES: [(&str, &str); 5] = [
    ("lotse.toml", include_str!("lotse.toml")),
    ("routing.toml", include_str!("../../../demo/routing.toml")),
    ("knowledge/de/opening-hours.md", include_str!("opening-hours.de.md")),
    ("knowledge/en/opening-hours.md", include_str!("opening-hours.en.md")),
    ("examples/train.jsonl", include_str!("examples.jsonl")),
];

pub(super) fn run(arguments: &InitArguments) -> anyhow::Result<()> {
    let dir = &arguments.dir;
    if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; name a new directory", dir.display());
    }
    for (file, content) in FILES {
        write(&dir.join(file), content)?;
    }
    println!(
        "Made {dir}:\n  \
         lotse.toml     address, store, risk, keys\n  \
         routing.toml   queues, opening hours, rules\n  \
         knowledge/     one draft article a language; see what is missing with\n                 \
         lotse knowledge lint --dir {dir}\n  \
         examples/      the form of labelled messages for lotse train\n\n\
         Start it with:   lotse serve --dir {dir}",
        dir = dir.display()
    );
    Ok(())
}

fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)
        .and_then(|()| std::fs::write(path, content))
        .with_context(|| format!("cannot write {}", path.display()))
}
