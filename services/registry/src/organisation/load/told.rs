//! What is told of a load: besides how the organisations stood on their first days, the whole
//! lives of those that have changed since.

use feeds::registry as fact;
use feeds::registry::{MembersOutcome, Name, Timeline};

use crate::organisation::load::history::Period;
use crate::organisation::load::line::Status;
use crate::organisation::load::tree::Tree;

/// The lives of the organisations that have a history, in the order of the load.
pub fn lives(tree: &Tree<'_>) -> Vec<Timeline> {
    let lines = tree.lines.iter().enumerate();
    lines
        .filter(|(_, line)| !line.changes.is_empty() || line.ending.is_some())
        .map(|(n, _)| life(tree, n))
        .collect()
}

fn life(tree: &Tree<'_>, n: usize) -> Timeline {
    let (line, understood) = (&tree.lines[n], &tree.understood[n]);
    let history = &understood.history;
    let last_superior_id = understood.superiors.last().map(|last| tree.id_of(last.value));
    Timeline {
        organisation_id: tree.organisation_ids[n],
        founded_on: Some(line.founded_on),
        loaded: true,
        superiors: periods(&understood.superiors, |superior| tree.id_of(*superior)),
        names: periods(&history.names, |(name, short_name)| Name {
            name: name.to_string(),
            short_name: short_name.to_string(),
        }),
        codes: periods(&history.codes, ToString::to_string),
        types: periods(&history.types, ToString::to_string),
        sectors: periods(&history.sectors, ToString::to_string),
        statuses: periods(&history.statuses, |status| match status {
            Status::Active => fact::Status::Active,
            Status::Suspended => fact::Status::Suspended,
        }),
        ending: line.ending.as_ref().map(|ending| fact::Ending {
            ended_on: ending.ended_on,
            kind: ending.kind,
            principal_successor_id: understood.successor.map(|heir| tree.id_of(heir)),
            last_superior_id,
            members_outcome: MembersOutcome::MembershipEnds,
        }),
        ..Timeline::default()
    }
}

fn periods<T, V>(periods: &[Period<T>], value: impl Fn(&T) -> V) -> Vec<fact::Period<V>> {
    let periods = periods.iter();
    periods
        .map(|period| fact::Period {
            from_on: period.from,
            until_on: period.until,
            value: value(&period.value),
        })
        .collect()
}
