use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};

/// What every variable starts with.
const PREFIX: &str = "LOTSE_";
/// How error messages call this source.
pub(super) const ENVIRONMENT: &str = "environment variable";
/// Stands for the point between the names of a setting.
const SEPARATOR: &str = "__";

/// The variables of this process; those that are not Unicode are none of ours.
pub fn process_environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// The environment variables that are settings: `LOTSE_`, then at least two names joined by two
/// underscores. `LOTSE_DIR` and the like are flags of commands and not looked at here.
pub(super) struct Environment {
    variables: Vec<(String, String)>,
}

impl Environment {
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables
            .into_iter()
            .filter_map(|(name, value)| {
                let key = name.strip_prefix(PREFIX)?;
                key.contains(SEPARATOR).then(|| (key.to_ascii_lowercase(), value))
            })
            .collect();
        Self { variables }
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named(ENVIRONMENT).interpolater(|_: &Profile, keys: &[&str]| {
            format!("{PREFIX}{}", keys.join(SEPARATOR).to_ascii_uppercase())
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut settings = Dict::new();
        for (key, text) in &self.variables {
            let names: Vec<&str> = key.split(SEPARATOR).collect();
            // Numbers, true and false, lists in brackets; anything else is the text itself.
            let value: Value = match text.parse() {
                Ok(value) => value,
                Err(infallible) => match infallible {},
            };
            insert(&mut settings, &names, value);
        }
        Ok(Profile::Default.collect(settings))
    }
}

/// Puts a value at a path of names, making the tables on the way.
fn insert(table: &mut Dict, names: &[&str], value: Value) {
    match names {
        [] => {}
        [name] => {
            table.insert((*name).to_owned(), value);
        }
        [name, rest @ ..] => {
            let entry = table.entry((*name).to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, inner) = entry {
                insert(inner, rest, value);
            }
        }
    }
}
