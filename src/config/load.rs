use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::error::Kind;
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map};
use figment::{Figment, Metadata, Profile, Provider, Source};

use super::Config;
use super::environment::{ENVIRONMENT, Environment};
use super::validate::problems;

/// The defaults, part of the program.
const DEFAULTS: &str = include_str!("default.toml");

/// How error messages call the command line.
const FLAGS: &str = "command line";

/// Settings given on the command line; they win over all others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--listen`
    pub listen: Option<SocketAddr>,
    /// `--model`, relative to the working directory.
    pub model: Option<PathBuf>,
}

/// Why there are no settings to start with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The operator's directory is not there.
    #[error(
        "there is no directory {0}. Pass the operator's directory with --dir, or write a new one \
         with `lotse init {0}`"
    )]
    NoDirectory(PathBuf),
    /// The directory is not an operator's directory.
    #[error(
        "{0} holds no lotse.toml. Pass the operator's directory with --dir, or write a new one \
         with `lotse init {0}`"
    )]
    NoFile(PathBuf),
    /// Settings that cannot be read or do not make sense, one a line.
    #[error("the configuration needs a correction:\n{}", lines(.0))]
    Invalid(Vec<String>),
}

fn lines(problems: &[String]) -> String {
    problems.iter().map(|problem| format!("  - {problem}")).collect::<Vec<_>>().join("\n")
}

impl Config {
    /// Reads and checks the settings for an operator's directory. `environment` holds the process's
    /// variables, see [`super::process_environment`]; those that are not settings are left alone.
    pub fn load(
        dir: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &Flags,
    ) -> Result<Self, ConfigError> {
        if !dir.is_dir() {
            return Err(ConfigError::NoDirectory(dir.to_owned()));
        }
        let file = dir.join("lotse.toml");
        if !file.is_file() {
            return Err(ConfigError::NoFile(dir.to_owned()));
        }
        let figment = layers(&file, environment, flags);
        let mut config: Self = figment.extract().map_err(|error| explain(error, &file))?;
        config.dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        config.resolve_paths(&figment);
        let problems = problems(&config);
        if problems.is_empty() {
            return Ok(config);
        }
        let problems = problems.into_iter().map(|problem| {
            // The origin of an entry of a list is that of the list.
            let setting = problem.key.split('[').next().unwrap_or_default();
            let origin = figment.find_metadata(setting).map_or_else(String::new, origin);
            format!("{origin}{}", problem.text)
        });
        Err(ConfigError::Invalid(problems.collect()))
    }

    /// Makes paths absolute. What a file says is meant from the operator's directory; what a flag
    /// or an environment variable says, from the working directory.
    fn resolve_paths(&mut self, figment: &Figment) {
        let Self { dir, store, model, knowledge, routing, channels, .. } = self;
        let maildir = channels.mail.as_mut().and_then(|mail| mail.maildir.as_mut());
        let paths = [
            ("store.path", &mut store.path),
            ("model.path", &mut model.path),
            ("knowledge.dir", &mut knowledge.dir),
            ("routing.file", &mut routing.file),
        ];
        for (key, path) in
            paths.into_iter().chain(maildir.map(|path| ("channels.mail.maildir", path)))
        {
            let typed = figment
                .find_metadata(key)
                .is_some_and(|metadata| metadata.name == ENVIRONMENT || metadata.name == FLAGS);
            // Joining leaves absolute paths as they are.
            *path = if typed {
                std::path::absolute(&*path).unwrap_or_else(|_| path.clone())
            } else {
                dir.join(&*path)
            };
        }
    }
}

fn layers(
    file: &Path,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &Flags,
) -> Figment {
    let mut figment = Figment::from(Toml::string(DEFAULTS))
        .merge(Toml::file_exact(file))
        .merge(Environment::new(environment));
    if let Some(listen) = flags.listen {
        figment = figment.merge(Flag("server.listen", listen.to_string()));
    }
    if let Some(model) = &flags.model {
        figment = figment.merge(Flag("model.path", model.to_string_lossy().into_owned()));
    }
    figment
}

/// A setting given on the command line.
struct Flag(&'static str, String);

impl Provider for Flag {
    fn metadata(&self) -> Metadata {
        Metadata::named(FLAGS)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Serialized::default(self.0, &self.1).data()
    }
}

/// Where a setting was made, as the beginning of a sentence.
fn origin(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(Source::File(path)) => format!("{}: ", path.display()),
        _ if metadata.name == ENVIRONMENT => "environment: ".to_owned(),
        _ => String::new(),
    }
}

/// One line for each mistake: where, which setting, what is wrong.
fn explain(error: figment::Error, file: &Path) -> ConfigError {
    let explain_one = |error: figment::Error| {
        let origin = error.metadata.as_ref().map_or_else(String::new, origin);
        let key = match (&error.metadata, &error.profile) {
            (Some(metadata), Some(profile)) if metadata.name == ENVIRONMENT => {
                metadata.interpolate(profile, &error.path)
            }
            _ => error.path.join("."),
        };
        let problem = describe(&error.kind);
        match (origin.is_empty(), key.is_empty()) {
            // A file that is not TOML at all carries neither.
            (true, true) => format!("{}: {problem}", file.display()),
            (_, true) => format!("{origin}{problem}"),
            (_, false) => format!("{origin}{key}: {problem}"),
        }
    };
    ConfigError::Invalid(error.into_iter().map(explain_one).collect())
}

fn describe(kind: &Kind) -> String {
    match kind {
        Kind::UnknownField(_, known) => {
            format!("there is no such setting; there are {}", known.join(", "))
        }
        Kind::UnknownVariant(found, known) => {
            format!("\"{found}\" is not one of {}", known.join(", "))
        }
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            let expected = match expected.as_str() {
                "usize" => "a whole number",
                "f32" => "a number",
                other => other,
            };
            format!("found {found} where {expected} belongs")
        }
        other => other.to_string().trim_end().to_owned(),
    }
}
