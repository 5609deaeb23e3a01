//! What was done on a document's strength, as the changes say that name it.

use std::collections::HashSet;

use chassis::database::Reading;
use chassis::refusal::Failure;
use feeds::registry::{self, Body, Event, Noted};
use time::Date;
use uuid::Uuid;

use crate::decision::decisions as decision;
use crate::ground::reading::{Asked, Page};

/// So many changes are read at once: one carries up to a thousand organisations.
const CHANGES_MAX: i64 = 20;

/// What a document did to an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // `DecisionEffectKind` of the contract says what each means
pub enum Kind {
    Founded,
    Loaded,
    Recognised,
    Renamed,
    HandedOver,
    Suspended,
    Resumed,
    Ended,
    SectorChanged,
    IndustryChanged,
    TypeChanged,
    Split,
    TerritoryChanged,
    SealRecorded,
    AliasesChanged,
    JointDirectionBegun,
    JointDirectionEnded,
    Elected,
    Appointed,
    OfficesEnded,
    SteeringCommitteeEstablished,
    UnitAssigned,
    PersonSeconded,
}

/// One thing that a document did, to one organisation.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Where it stands: its change, and its place in it.
    place: (Uuid, usize),
    /// What happened.
    pub kind: Kind,
    /// To whom.
    pub organisation_id: Uuid,
    /// From when.
    pub effective_on: Date,
    /// By which act.
    pub act_id: Uuid,
}

/// A page of a document's effects on organisations in scope, in the order in which they were
/// recorded.
pub async fn effects(
    reading: &mut Reading,
    decision_id: Uuid,
    asked: &Asked<'_>,
) -> Result<Page<Effect>, Failure> {
    let after: Option<(Uuid, usize)> = asked.after()?;
    decision::decision(reading, decision_id).await?;
    let wanted = usize::try_from(asked.limit()).unwrap_or(usize::MAX);
    let mut effects = Vec::new();
    // The change that the last page ended in is read again, for the rest of it.
    let mut from = after.map(|(change_id, _)| change_id);
    loop {
        let read =
            sqlx::query_file!("src/decision/decision_effects.sql", decision_id, from, CHANGES_MAX)
                .fetch_all(&mut **reading)
                .await?;
        let mut found = Vec::new();
        for row in &read {
            let event = registry::read_kept(&row.body, row.aggregate_id, row.effective_on)?;
            for (n, (kind, organisation_id)) in touched(event).into_iter().enumerate() {
                let place = (row.change_id, n);
                if after.is_none_or(|after| place > after) {
                    found.push(Effect {
                        place,
                        kind,
                        organisation_id,
                        effective_on: row.effective_on,
                        act_id: row.act_id,
                    });
                }
            }
        }
        effects.extend(in_scope_of(reading, found).await?);
        let is_last = read.len() < usize::try_from(CHANGES_MAX).unwrap_or(usize::MAX);
        // The next round begins after the last change, which was read whole.
        let next = read.last().map(|row| row.change_id);
        if is_last || effects.len() >= wanted || next == from {
            break;
        }
        from = next;
    }
    effects.sort_by_key(|effect| effect.place);
    effects.dedup_by_key(|effect| effect.place);
    effects.truncate(wanted);
    asked.page(effects, |last| last.place)
}

/// Those whose organisation the caller may see.
async fn in_scope_of(reading: &mut Reading, effects: Vec<Effect>) -> Result<Vec<Effect>, Failure> {
    let organisation_ids: Vec<Uuid> = effects.iter().map(|one| one.organisation_id).collect();
    let seen: HashSet<Uuid> = sqlx::query_scalar!(
        r#"select organisation_id as "organisation_id!"
           from (select distinct unnest($1::uuid[]) as organisation_id offset 0) each
           where access.covers(organisation_id)"#,
        &organisation_ids,
    )
    .fetch_all(&mut **reading)
    .await?
    .into_iter()
    .collect();
    Ok(effects.into_iter().filter(|effect| seen.contains(&effect.organisation_id)).collect())
}

/// The organisations that a change is about, and what it did to them.
fn touched(event: Event) -> Vec<(Kind, Uuid)> {
    let one = |kind, organisation_id| vec![(kind, organisation_id)];
    match event {
        Event::Founded(it) => one(Kind::Founded, it.organisation.organisation_id),
        Event::Loaded(states) => {
            states.into_iter().map(|state| (Kind::Loaded, state.organisation_id)).collect()
        }
        Event::Renamed(it) => one(Kind::Renamed, it.organisation_id),
        Event::HandedOver(handed) => {
            handed.units.into_iter().map(|unit| (Kind::HandedOver, unit.organisation_id)).collect()
        }
        Event::Suspended { organisation_id } => one(Kind::Suspended, organisation_id),
        Event::Resumed { organisation_id } => one(Kind::Resumed, organisation_id),
        Event::Ended(units) => {
            units.into_iter().map(|unit| (Kind::Ended, unit.organisation_id)).collect()
        }
        Event::SectorChanged { organisation_id, .. } => one(Kind::SectorChanged, organisation_id),
        Event::IndustryChanged { organisation_id, .. } => {
            one(Kind::IndustryChanged, organisation_id)
        }
        Event::Noted(Noted::Recognised { organisation_id, .. }) => {
            one(Kind::Recognised, organisation_id)
        }
        Event::TypeChanged(it) => one(Kind::TypeChanged, it.organisation_id),
        Event::Noted(Noted::SplitOff { predecessor_id, .. }) => one(Kind::Split, predecessor_id),
        Event::Noted(Noted::TerritoryChanged(it)) => {
            one(Kind::TerritoryChanged, it.organisation_id)
        }
        Event::Noted(Noted::SealAndAccountRecorded { organisation_id, .. }) => {
            one(Kind::SealRecorded, organisation_id)
        }
        Event::Noted(Noted::AliasesChanged { organisation_id, .. }) => {
            one(Kind::AliasesChanged, organisation_id)
        }
        Event::Noted(Noted::JointDirectionBegun { organisation_id, .. }) => {
            one(Kind::JointDirectionBegun, organisation_id)
        }
        Event::Noted(Noted::JointDirectionEnded { organisation_id, .. }) => {
            one(Kind::JointDirectionEnded, organisation_id)
        }
        Event::Body(Body::CongressHeld(it)) => one(Kind::Elected, it.organisation_id),
        Event::Body(Body::ByElectionHeld(it)) => one(Kind::Elected, it.organisation_id),
        Event::Body(Body::CommitteeAppointed(it)) => one(Kind::Appointed, it.organisation_id),
        Event::Body(Body::OfficesEnded(seats)) => {
            let mut organisation_ids: Vec<Uuid> =
                seats.into_iter().map(|seat| seat.organisation_id).collect();
            organisation_ids.sort_unstable();
            organisation_ids.dedup();
            organisation_ids.into_iter().map(|id| (Kind::OfficesEnded, id)).collect()
        }
        Event::Body(Body::SteeringCommitteeEstablished(it)) => {
            one(Kind::SteeringCommitteeEstablished, it.organisation_id)
        }
        Event::Body(Body::UnitAssigned(it)) => one(Kind::UnitAssigned, it.unit_id),
        Event::Noted(Noted::SecondmentBegun(it)) => {
            vec![(Kind::PersonSeconded, it.organisation_id), (Kind::PersonSeconded, it.host_id)]
        }
        // The document itself, what names no organisation, and what tells what is known of
        // organisations rather than what was done to them.
        Event::DecisionRecorded(_)
        | Event::Noted(Noted::DecisionAliasAdded { .. })
        // It rests on no document.
        | Event::Noted(Noted::SecondmentEnded { .. })
        | Event::CeremonyHeld(_)
        | Event::EmployersRecorded(_)
        | Event::CampaignStageReached(_)
        | Event::Body(Body::UnitAssignmentEnded { .. })
        | Event::GrantMade(_)
        | Event::GrantEnded { .. }
        | Event::TimelinesCorrected(_)
        | Event::ActsUndone(_) => Vec::new(),
    }
}
