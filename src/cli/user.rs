//! `lotse user`: who may sign in to the console and the reports.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use anyhow::Context as _;
use jiff::Timestamp;

use crate::config::{Config, Flags, process_environment};
use crate::domain::Role;
use crate::http::hash_password;
use crate::store::{SqliteStore, Store as _, User};

/// What to do with users.
#[derive(clap::Subcommand)]
pub(super) enum UserCommand {
    /// Add a person; the password is the first line of standard input
    Add {
        /// Name, as customers and colleagues see it
        name: String,
        /// agent: works on tickets; lead: reports, and the tickets of others; admin: everything
        #[arg(long, value_parser = role)]
        role: Role,
        /// What the person can do besides, such as business,english: tickets that ask for other
        /// skills are not handed out to this person. Left out, all are
        #[arg(long, value_delimiter = ',', value_parser = skill)]
        skills: Vec<String>,
        /// Operator's directory, whose store keeps the user
        #[arg(long, default_value = "demo")]
        dir: PathBuf,
    },
    /// Give a person another password, the first line of standard input; ends the sessions
    Password {
        /// Name
        name: String,
        /// Operator's directory
        #[arg(long, default_value = "demo")]
        dir: PathBuf,
    },
    /// Say anew what a person can do; without skills, everything
    Skills {
        /// Name
        name: String,
        /// Skills, as with `add`
        #[arg(value_delimiter = ',', value_parser = skill)]
        skills: Vec<String>,
        /// Operator's directory
        #[arg(long, default_value = "demo")]
        dir: PathBuf,
    },
    /// List all people
    List {
        /// Operator's directory
        #[arg(long, default_value = "demo")]
        dir: PathBuf,
    },
    /// Remove a person; the sessions end at once, what the person did stays
    Remove {
        /// Name
        name: String,
        /// Operator's directory
        #[arg(long, default_value = "demo")]
        dir: PathBuf,
    },
}

fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name)
        .filter(|role| *role >= Role::Agent)
        .ok_or_else(|| "write agent, lead or admin".to_owned())
}

fn skill(name: &str) -> Result<String, String> {
    let name = name.trim().to_lowercase();
    let is_name = (1..=64).contains(&name.chars().count());
    if is_name { Ok(name) } else { Err("a skill has a name of 1 to 64 characters".to_owned()) }
}

pub(super) fn run(command: &UserCommand) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(change_users(command))
}

async fn change_users(command: &UserCommand) -> anyhow::Result<()> {
    let (UserCommand::Add { dir, .. }
    | UserCommand::Password { dir, .. }
    | UserCommand::Skills { dir, .. }
    | UserCommand::List { dir }
    | UserCommand::Remove { dir, .. }) = command;
    let config = Config::load(dir, process_environment(), &Flags::default())?;
    let store = SqliteStore::open(&config.store.path).await?;
    match command {
        UserCommand::Add { name, role, skills, .. } => {
            let name = name.trim().to_owned();
            let is_name = (1..=64).contains(&name.chars().count());
            anyhow::ensure!(is_name, "a name has 1 to 64 characters");
            let password_hash = hash_password(&password()?)?;
            let created_at = Timestamp::now();
            let user =
                User { name, role: *role, password_hash, skills: skills.clone(), created_at };
            store.add_user(&user).await?;
            eprintln!(
                "{} ({}) can sign in at /console. A service that runs as an open demo asks for \
                 names after its next start.",
                user.name,
                role.name()
            );
        }
        UserCommand::Password { name, .. } => {
            store.set_password(name, &hash_password(&password()?)?).await?;
            eprintln!("{name} has a new password and is signed out everywhere.");
        }
        UserCommand::Skills { name, skills, .. } => {
            store.set_skills(name, skills).await?;
            let all = if skills.is_empty() { "everything".to_owned() } else { skills.join(", ") };
            eprintln!("{name} can do {all}.");
        }
        UserCommand::List { .. } => {
            for user in store.users().await? {
                let created = user.created_at.strftime("%Y-%m-%d");
                let skills = match user.skills.join(", ") {
                    none if none.is_empty() => none,
                    skills => format!(", skills {skills}"),
                };
                println!("{:<24} {:<8} added {created}{skills}", user.name, user.role.name());
            }
        }
        UserCommand::Remove { name, .. } => {
            store.remove_user(name).await?;
            eprintln!("{name} is removed and signed out.");
        }
    }
    store.close().await;
    Ok(())
}

/// The first line of standard input: never an argument, which others on the machine could read.
fn password() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprint!("Password (8 characters or more, shown as you type): ");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).context("the password cannot be read")?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    anyhow::ensure!(!password.is_empty(), "give the password as the first line of standard input");
    Ok(password)
}
