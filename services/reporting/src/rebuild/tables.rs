//! The tables that are derived from the feeds of others, and what tells their rows apart.

/// A table that is derived, whole or but for the rows of this service's own acts.
pub struct Table {
    /// With its schema, but for `public`.
    pub name: &'static str,
    /// By which its rows are told apart; none where rows may repeat.
    pub key: &'static [&'static str],
    /// An id that rows have, by which those that are to be looked at are looked up.
    pub id: &'static str,
    /// Rows are only added, each with a change whose id is [`Table::id`].
    pub grows: bool,
    /// Which rows are derived.
    pub derived: &'static str,
    /// Something else is unique besides the key: rows that say something else go, and come again.
    pub comes_again: bool,
    /// Columns in which rows may differ that are the same: they say how far a feed was followed when the
    /// row was written, which is otherwise where many changes are followed at once.
    pub apart: &'static [&'static str],
    /// The triggers by which the table tells what it was, or tells its rows once more: what they write is
    /// derived itself.
    pub recorders: &'static [&'static str],
}

impl Table {
    /// Its name as a part of another's.
    pub fn plain(&self) -> String {
        self.name.replace('.', "_")
    }

    const fn of(name: &'static str, key: &'static [&'static str]) -> Self {
        Self { name, key, id: key[0], ..Self::repeating(name, "") }
    }

    const fn repeating(name: &'static str, id: &'static str) -> Self {
        Self {
            name,
            key: &[],
            id,
            grows: false,
            derived: "true",
            comes_again: false,
            apart: &[],
            recorders: &[],
        }
    }

    /// A table of the tree: what it said before lies in its past.
    const fn of_tree(name: &'static str, key: &'static [&'static str]) -> Self {
        Self { recorders: &KEEPS_PAST, ..Self::of(name, key) }
    }

    const fn past(name: &'static str) -> Self {
        Self::repeating(name, "organisation_id")
    }

    const fn tells_again(self) -> Self {
        Self { recorders: &TELLS_AGAIN, ..self }
    }

    const fn told_again(name: &'static str, id: &'static str) -> Self {
        Self { apart: &["position"], ..Self::repeating(name, id) }
    }

    const fn growing(self) -> Self {
        Self { grows: true, ..self }
    }

    const fn facts(name: &'static str) -> Self {
        Self { grows: true, derived: NOT_OWN, ..Self::repeating(name, "change_id") }
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
pub const PLACING: [&str; 6] = [
    ORGANISATION,
    "edge",
    "organisation_type",
    "organisation_sector",
    "organisation_industry",
    "suspension",
];

/// Which units were known to be placed otherwise, by these.
pub const PLACED: [&str; 6] = [
    "organisation_past",
    "edge_past",
    "organisation_type_past",
    "organisation_sector_past",
    "organisation_industry_past",
    "suspension_past",
];

/// What is told one by one, processes keep in memory, too: where something differs of these, it is read
/// anew.
pub const LISTED: [&str; 7] = [
    "subject_fact",
    "office_told",
    "employer_told",
    "person_merge_told",
    "succession_share",
    "act_undone",
    "change_seen",
];

const KEEPS_PAST: [&str; 3] = ["recorded_anew", "keeps_past_of_updates", "keeps_past_of_deletes"];
const TELLS_AGAIN: [&str; 3] = ["tell_again_inserted", "tell_again_updated", "tell_again_deleted"];

/// Every one, each behind those that it refers to. The roll-up of facts is made of them
/// ([`super::months`]), and what processes are told of units goes by the tables' own triggers.
pub const DERIVED: [Table; 37] = [
    Table::of("access.superior", &["organisation_id", "valid"]),
    Table::of("access.ending", &["organisation_id"]),
    Table::of("access.grant_held", &["grant_id"]),
    Table { comes_again: true, ..Table::of("feed.applied", &["change_id"]).growing() },
    Table::of("change_seen", &["change_id"]).growing(),
    Table::of_tree(ORGANISATION, &["organisation_id"]),
    Table::of_tree("edge", &["organisation_id", "valid"]),
    Table::of("organisation_name", &["organisation_id", "valid"]),
    Table::of_tree("organisation_sector", &["organisation_id", "valid"]),
    Table::of_tree("organisation_industry", &["organisation_id", "valid"]),
    Table::of_tree("organisation_type", &["organisation_id", "valid"]),
    Table::of_tree("suspension", &["organisation_id", "valid"]),
    Table::past("organisation_past"),
    Table::past("edge_past"),
    Table::past("organisation_sector_past"),
    Table::past("organisation_industry_past"),
    Table::past("organisation_type_past"),
    Table::past("suspension_past"),
    Table::of("succession_share", &["change_id", "predecessor_id", "line"]),
    Table::of("decision", &["decision_id"]),
    Table::of("office", &["office_id"]).tells_again(),
    Table::told_again("office_told", "organisation_id"),
    Table::of("congress", &["congress_id"]),
    Table::of("ceremony", &["ceremony_id"]),
    Table::of("ceremony_launched", &["ceremony_id", "line"]),
    Table::of("employer_survey", &["employer_id", "surveyed_on"]).tells_again(),
    Table::told_again("employer_told", "employer_id"),
    Table::of("steering_committee", &["steering_committee_id"]),
    Table::of("unit_assignment", &["assignment_id"]),
    Table::of("membership", &["membership_id"]),
    Table::of("person_merge", &["person_id"]).tells_again(),
    Table::told_again("person_merge_told", "person_id"),
    Table::of("founding_under_way", &["registry_act_id", "organisation_id"]),
    Table::of("movement_left", &["registry_act_id", "unit_id", "code"]),
    Table::of("act_undone", &["act_id"]),
    Table::facts("subject_fact"),
    Table::facts(FACT),
];
