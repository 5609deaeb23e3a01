//! Requests of `FigureService` parsed, and its answers written out.

use chassis::parse::{self, id_or_empty};
use proto::reporting::v1 as pb;

use crate::figure::explain::Unit;
use crate::ground::figure::book::Book;
use crate::ground::reference::{Calendar, Group, Grouped, Grouping, Reference};

fn members(grouping: &Grouping, of: Grouped, group: &Group) -> Vec<String> {
    if grouping.of == of { group.members.clone() } else { Vec::new() }
}

/// How sectors can be put together, and industries.
pub fn sector_groupings(reference: &Reference) -> Vec<pb::SectorGrouping> {
    reference
        .groupings()
        .iter()
        .map(|(code, grouping)| pb::SectorGrouping {
            code: code.clone(),
            groups: grouping
                .groups
                .iter()
                .map(|group| pb::sector_grouping::Group {
                    code: group.code.clone(),
                    name_vi: group.name_vi.clone(),
                    sectors: members(grouping, Grouped::Sectors, group),
                    industries: members(grouping, Grouped::Industries, group),
                })
                .collect(),
        })
        .collect()
}

/// Whose periods can be asked for by name.
pub fn calendars(reference: &Reference) -> Vec<pb::Calendar> {
    let of = |calendar: &Calendar| pb::Calendar {
        code: calendar.code.clone(),
        name_vi: calendar.name_vi.clone(),
        name_en: calendar.name_en.clone(),
        months: calendar.months,
        first_month: u8::from(calendar.first_month).into(),
        begins_year_before: calendar.begins_year_before,
        periods: calendar.periods(),
    };
    reference.calendars().iter().map(of).collect()
}

/// A unit of an explanation.
pub fn explained_unit(unit: Unit) -> pb::ExplainedUnit {
    pb::ExplainedUnit {
        organisation_id: unit.organisation_id.to_string(),
        name: unit.name,
        amount: unit.amount,
        denominator: unit.denominator,
        changes: unit
            .changes
            .into_iter()
            .map(|change| pb::ExplainedChange {
                change_id: change.change_id.to_string(),
                act_id: change.act_id.to_string(),
                kind: change.kind,
                effective_on: Some(parse::civil(change.effective_on)),
                amount: change.amount,
                decision_id: id_or_empty(change.decision_id),
                decision_number: change.decision_number.unwrap_or_default(),
                traceparent: change.traceparent,
                source: change.source,
                position: change.position,
                because: change.because.map(|act| pb::RegistryAct {
                    act_id: act.act_id.to_string(),
                    change_id: act.change_id.to_string(),
                    kind: act.kind,
                    effective_on: Some(parse::civil(act.effective_on)),
                    traceparent: act.traceparent,
                    position: act.position,
                }),
            })
            .collect(),
        changes_left_off: unit.changes_left_off,
    }
}

/// Changes of a message: it is some hundred kilobytes.
const CHANGES_OF_MESSAGE: usize = 1_000;
/// Units of a message.
const UNITS_OF_MESSAGE: usize = 500;

/// Units with all their changes, in messages of a bounded size: one of very many changes is told again, and
/// goes on, in the next.
pub fn whole(units: Vec<Unit>) -> Vec<pb::ExplainWholeFigureResponse> {
    let mut messages = Vec::new();
    let (mut told, mut room) = (Vec::new(), CHANGES_OF_MESSAGE);
    for unit in units {
        let mut unit = explained_unit(unit);
        loop {
            let rest = unit.changes.split_off(unit.changes.len().min(room));
            room -= unit.changes.len();
            let goes_on = (!rest.is_empty())
                .then(|| pb::ExplainedUnit { changes: rest, ..unit_alone(&unit) });
            told.push(unit);
            if room == 0 || told.len() == UNITS_OF_MESSAGE {
                let units = std::mem::take(&mut told);
                messages.push(pb::ExplainWholeFigureResponse { figure: None, units });
                room = CHANGES_OF_MESSAGE;
            }
            match goes_on {
                Some(more) => unit = more,
                None => break,
            }
        }
    }
    if !told.is_empty() {
        messages.push(pb::ExplainWholeFigureResponse { figure: None, units: told });
    }
    messages
}

/// A unit without its changes.
fn unit_alone(unit: &pb::ExplainedUnit) -> pb::ExplainedUnit {
    pb::ExplainedUnit {
        organisation_id: unit.organisation_id.clone(),
        name: unit.name.clone(),
        amount: unit.amount,
        denominator: unit.denominator,
        ..Default::default()
    }
}

/// A book.
pub fn book(book: Book) -> pb::Book {
    pb::Book {
        opening: book.opening,
        closing: book.closing,
        total_in: book.total_in(),
        total_out: book.total_out(),
        difference: book.difference(),
        balanced: book.difference() == 0,
        lines: book
            .lines
            .into_iter()
            .map(|line| pb::BookLine {
                movement: line.movement.to_string(),
                reason: line.reason,
                name_vi: line.name_vi,
                is_in: line.comes,
                amount: line.amount,
            })
            .collect(),
    }
}
