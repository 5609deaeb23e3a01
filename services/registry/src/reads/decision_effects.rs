//! What was done on a document's strength, as the changes say that name it.

use std::collections::HashSet;

use anyhow::Context;
use chassis::database::Reading;
use chassis::refusal::Failure;
use prost::Message;
use prost_types::Any;
use proto::registry::v1::DecisionEffectKind as Kind;
use proto::registry::v1::RegistryChange;
use proto::registry::v1::registry_change::Change;
use time::Date;
use uuid::Uuid;

use super::{Asked, Page, decision};

/// So many changes are read at once: one carries up to a thousand organisations.
const CHANGES_MAX: i64 = 20;

/// What a document did to one organisation.
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
            sqlx::query_file!("src/reads/decision_effects.sql", decision_id, from, CHANGES_MAX)
                .fetch_all(&mut **reading)
                .await?;
        let mut found = Vec::new();
        for row in &read {
            let body = Any::decode(&*row.body).context("read a change")?;
            let body: RegistryChange = body.to_msg().context("read a change of registry's")?;
            let change = body.change.context("a change says nothing that this program knows")?;
            for (n, (kind, organisation_id)) in touched(change).into_iter().enumerate() {
                let place = (row.change_id, n);
                if after.is_none_or(|after| place > after) {
                    found.push(Effect {
                        place,
                        kind,
                        organisation_id: Uuid::parse_str(&organisation_id)
                            .context("read an id of a change")?,
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
fn touched(change: Change) -> Vec<(Kind, String)> {
    let one = |kind, organisation_id| vec![(kind, organisation_id)];
    match change {
        Change::OrganisationFounded(founded) => founded
            .organisation
            .into_iter()
            .map(|state| (Kind::Founded, state.organisation_id))
            .collect(),
        Change::OrganisationsLoaded(loaded) => loaded
            .organisations
            .into_iter()
            .map(|state| (Kind::Loaded, state.organisation_id))
            .collect(),
        Change::OrganisationRenamed(it) => one(Kind::Renamed, it.organisation_id),
        Change::OrganisationsHandedOver(handed) => {
            handed.units.into_iter().map(|unit| (Kind::HandedOver, unit.organisation_id)).collect()
        }
        Change::OrganisationSuspended(it) => one(Kind::Suspended, it.organisation_id),
        Change::OrganisationResumed(it) => one(Kind::Resumed, it.organisation_id),
        Change::OrganisationsEnded(ended) => {
            ended.units.into_iter().map(|unit| (Kind::Ended, unit.organisation_id)).collect()
        }
        Change::OrganisationSectorChanged(it) => one(Kind::SectorChanged, it.organisation_id),
        Change::OrganisationRecognised(it) => one(Kind::Recognised, it.organisation_id),
        Change::OrganisationTypeChanged(it) => one(Kind::TypeChanged, it.organisation_id),
        Change::OrganisationSplitOff(it) => one(Kind::Split, it.predecessor_id),
        Change::TerritoryChanged(it) => one(Kind::TerritoryChanged, it.organisation_id),
        Change::SealAndAccountRecorded(it) => one(Kind::SealRecorded, it.organisation_id),
        Change::AliasesChanged(it) => one(Kind::AliasesChanged, it.organisation_id),
        Change::JointDirectionBegun(it) => one(Kind::JointDirectionBegun, it.organisation_id),
        Change::JointDirectionEnded(it) => one(Kind::JointDirectionEnded, it.organisation_id),
        Change::CongressHeld(it) => one(Kind::Elected, it.organisation_id),
        Change::ByElectionHeld(it) => one(Kind::Elected, it.organisation_id),
        Change::CommitteeAppointed(it) => one(Kind::Appointed, it.organisation_id),
        Change::OfficesEnded(ended) => {
            let mut organisation_ids: Vec<String> =
                ended.seats.into_iter().map(|seat| seat.organisation_id).collect();
            organisation_ids.sort_unstable();
            organisation_ids.dedup();
            organisation_ids.into_iter().map(|id| (Kind::OfficesEnded, id)).collect()
        }
        Change::SteeringCommitteeEstablished(it) => {
            one(Kind::SteeringCommitteeEstablished, it.organisation_id)
        }
        Change::UnitAssigned(it) => one(Kind::UnitAssigned, it.unit_id),
        // The document itself, what names no organisation, and what tells what is known of
        // organisations rather than what was done to them.
        Change::DecisionRecorded(_)
        | Change::DecisionAliasAdded(_)
        | Change::CeremonyHeld(_)
        | Change::EmployersRecorded(_)
        | Change::CampaignStageReached(_)
        | Change::UnitAssignmentEnded(_)
        | Change::GrantMade(_)
        | Change::GrantEnded(_)
        | Change::TimelinesCorrected(_)
        | Change::ActsUndone(_) => Vec::new(),
    }
}
