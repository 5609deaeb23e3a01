//! What is told of a load: besides how the organisations stood on their first days, the whole
//! lives of those that have changed since.

use chassis::feed::NewChange;
use feeds::registry as fact;
use feeds::registry::{MembersOutcome, Name, Organisation, Timeline};
use tokio::task::yield_now;
use uuid::Uuid;

use crate::organisation::load::history::Period;
use crate::organisation::load::line::Status;
use crate::organisation::load::tree::Tree;

/// Lines that are put in words before others have their turn: about ten milliseconds of work.
const AT_A_TIME: usize = 1_000;

/// What is told, in the order of the load. It needs nothing but the tree, and may be put in words
/// while that is written.
pub async fn changes(tree: &Tree<'_>, decision_id: Option<Uuid>) -> Vec<NewChange> {
    let all: Vec<usize> = (0..tree.lines.len()).collect();
    let mut changes = Vec::new();
    for some in all.chunks(AT_A_TIME) {
        let founded = some.iter().map(|n| founded(tree, *n)).collect();
        changes.extend(fact::loaded(founded, Vec::new(), decision_id));
        yield_now().await;
    }
    let has_a_history = |n: &usize| {
        let line = &tree.lines[*n];
        !line.changes.is_empty() || line.ending.is_some()
    };
    let lived: Vec<usize> = all.into_iter().filter(has_a_history).collect();
    for some in lived.chunks(AT_A_TIME) {
        let lives = some.iter().map(|n| life(tree, *n)).collect();
        changes.extend(fact::loaded(Vec::new(), lives, decision_id));
        yield_now().await;
    }
    changes
}

/// An organisation as it stood on its first day.
fn founded(tree: &Tree<'_>, n: usize) -> Organisation {
    let line = &tree.lines[n];
    Organisation {
        organisation_id: tree.organisation_ids[n],
        code: line.code.clone(),
        name: line.name.clone(),
        short_name: line.short_name.clone(),
        type_code: line.type_code.clone(),
        sector: line.sector.clone(),
        industry: line.industry.clone(),
        superior_id: tree.superior_id(n),
        founded_on: line.founded_on,
    }
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
        industries: periods(&history.industries, ToString::to_string),
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
