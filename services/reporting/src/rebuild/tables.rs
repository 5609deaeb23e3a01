//! The tables that are derived from the feeds of others, and what tells their rows apart.

/// A table that is derived, whole or but for the rows of this service's own acts.
pub struct Table {
    /// With its schema, but for `public`.
    pub name: &'static str,
    /// By which its rows are told apart; none where rows may repeat, none of whose columns is null.
    pub key: &'static [&'static str],
    /// An id that rows have, by which those that are to be looked at are looked up.
    pub id: &'static str,
    /// Rows are only added, each with a change whose id is [`Table::id`].
    pub grows: bool,
    /// Which rows are derived.
    pub derived: &'static str,
    /// Something else is unique besides the key: rows that say something else go, and come again.
    pub comes_again: bool,
}

impl Table {
    /// Its name as a part of another's.
    pub fn plain(&self) -> String {
        self.name.replace('.', "_")
    }

    const fn of(name: &'static str, key: &'static [&'static str]) -> Self {
        Self { name, key, id: key[0], grows: false, derived: "true", comes_again: false }
    }

    const fn growing(self) -> Self {
        Self { grows: true, ..self }
    }

    const fn facts(name: &'static str, grows: bool) -> Self {
        Self { name, key: &[], id: "change_id", grows, derived: NOT_OWN, comes_again: false }
    }
}

/// What this service's own acts mean is not derived from a feed of others: it has the act's id.
const NOT_OWN: &str = "not exists (select from feed.stream own where own.act_id = t.change_id)
         and not exists (select from feed.pending own where own.act_id = t.change_id)";

/// The table of organisations, which own acts name.
pub const ORGANISATION: &str = "organisation";

/// Additive facts.
pub const FACT: &str = "fact";

/// Which units are placed otherwise is told by these.
pub const PLACING: [&str; 5] =
    [ORGANISATION, "edge", "organisation_type", "organisation_sector", "suspension"];

/// Every one, each behind those that it refers to. The roll-up of facts is made of them
/// ([`super::months`]), and what processes are told of units goes by the tables' own triggers.
pub const DERIVED: [Table; 27] = [
    Table::of("access.superior", &["organisation_id", "valid"]),
    Table::of("access.ending", &["organisation_id"]),
    Table::of("access.grant_held", &["grant_id"]),
    Table { comes_again: true, ..Table::of("feed.applied", &["change_id"]).growing() },
    Table::of("change_seen", &["change_id"]).growing(),
    Table::of(ORGANISATION, &["organisation_id"]),
    Table::of("edge", &["organisation_id", "valid"]),
    Table::of("organisation_name", &["organisation_id", "valid"]),
    Table::of("organisation_sector", &["organisation_id", "valid"]),
    Table::of("organisation_type", &["organisation_id", "valid"]),
    Table::of("suspension", &["organisation_id", "valid"]),
    Table::of("succession_share", &["change_id", "predecessor_id", "line"]),
    Table::of("decision", &["decision_id"]),
    Table::of("office", &["office_id"]),
    Table::of("congress", &["congress_id"]),
    Table::of("ceremony", &["ceremony_id"]),
    Table::of("ceremony_launched", &["ceremony_id", "line"]),
    Table::of("employer_survey", &["employer_id", "surveyed_on"]),
    Table::of("steering_committee", &["steering_committee_id"]),
    Table::of("unit_assignment", &["assignment_id"]),
    Table::of("membership", &["membership_id"]),
    Table::of("person_merge", &["person_id"]),
    Table::of("founding_under_way", &["registry_act_id", "organisation_id"]),
    Table::of("movement_left", &["registry_act_id", "unit_id", "code"]),
    Table::of("act_undone", &["act_id"]),
    // An election between congresses may later be known to have been another's.
    Table::facts("subject_fact", false),
    Table::facts(FACT, true),
];
