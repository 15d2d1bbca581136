use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a message tells of its sender, in one form for each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerNames {
    /// The company's own identifier.
    pub id: Option<String>,
    /// E-mail address in lower case.
    pub email: Option<String>,
    /// Telephone number in the international form, such as `+49431123456`.
    pub phone: Option<String>,
}

impl CustomerNames {
    /// Whether they name nobody.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The names with their kinds, the surest first.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("id", &self.id), ("email", &self.email), ("phone", &self.phone)]
            .into_iter()
            .filter_map(|(kind, value)| Some((kind, value.as_deref()?)))
    }
}

/// What is to be kept of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerUpdate {
    /// Who it is.
    pub names: CustomerNames,
    /// As the customer gives it; none to leave it as it is.
    pub name: Option<String>,
    /// What rules may ask for; those not named stay as they are, an empty value removes one.
    pub attributes: BTreeMap<String, String>,
}

impl Customer {
    /// What the customer is called: the name, or else the surest of what is known.
    pub fn called(&self) -> Option<&str> {
        let known = [&self.ids, &self.emails, &self.phones].into_iter().find_map(|all| all.first());
        self.name.as_ref().or(known).map(String::as_str)
    }

    /// Whether all that an update says is known already.
    pub fn knows(&self, update: &CustomerUpdate) -> bool {
        let CustomerNames { id, email, phone } = &update.names;
        id.as_ref().is_none_or(|id| self.ids.contains(id))
            && email.as_ref().is_none_or(|email| self.emails.contains(email))
            && phone.as_ref().is_none_or(|phone| self.phones.contains(phone))
            && update.name.as_ref().is_none_or(|name| self.name.as_ref() == Some(name))
            && update
                .attributes
                .iter()
                .all(|(key, value)| self.attributes.get(key).map_or("", String::as_str) == value)
    }
}

/// A customer, by all names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Customer {
    /// Number within this store.
    #[serde(skip)]
    pub number: i64,
    /// As the customer gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The company's own identifiers; more than one never, unless the company merged them itself.
    pub ids: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// What rules may ask for.
    pub attributes: BTreeMap<String, String>,
}
