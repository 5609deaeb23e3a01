//! What is reported of a unit: what it did, with what its kind asks of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::reference::ActivityKind;

time::serde::format_description!(pub(crate) civil_day, Date, "[year]-[month]-[day]");

/// One activity of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The unit.
    pub organisation_id: Uuid,
    /// A code of activity_kinds.toml.
    pub kind: String,
    /// When it was.
    pub held_on: Date,
    /// How many different members were reached.
    pub members_reached: i32,
    /// How many different workers who are not members were reached.
    pub workers_reached: i32,
    /// How many times.
    pub times: i32,
    /// By name.
    pub fields: Fields,
}

/// What is said of an activity, by the names of its kind's fields; as the table keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(pub BTreeMap<String, Value>);

/// What a field is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A whole number, or an amount of money.
    Number(i64),
    /// A text.
    Text(String),
    /// A day.
    #[serde(with = "civil_day")]
    Date(Date),
    /// What was chosen.
    Codes(Vec<String>),
    /// Organisations.
    Organisations(Vec<Uuid>),
    /// An employer.
    Employer(Employer),
    /// A document.
    Document(Document),
}

/// An employer, of the register or by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Employer {
    /// As registry knows it.
    Known(Uuid),
    /// As it is called.
    Named(String),
}

/// A document, of the register or written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Document {
    /// As registry recorded it.
    Known(Uuid),
    /// As it stands on paper.
    Written {
        /// Who issued it.
        issuer: String,
        /// For example `Chỉ thị`.
        kind: String,
        /// For example `05-CT/TW`.
        number: String,
        /// When.
        #[serde(with = "civil_day")]
        issued_on: Date,
    },
}

/// An activity that somebody reports, in a line of a request.
pub struct Reported {
    /// Its kind.
    pub kind: &'static ActivityKind,
    /// What is reported.
    pub activity: Activity,
    /// How its field's names in the request begin: `activities[3].`.
    pub line: String,
    /// Where each of its fields stands in the request.
    pub places: BTreeMap<String, usize>,
}

impl Reported {
    /// Where a field of it stands in the request, `activities[3].fields[0]`.
    pub fn place(&self, name: &str) -> String {
        let place = self.places.get(name).copied().unwrap_or_default();
        format!("{}fields[{place}]", self.line)
    }
}
