//! Follows registry's feed: keeps this service's copy of organisations and rights, and
//! carries out what registry's acts mean for members, in one transaction with the position.

use std::collections::{BTreeMap, HashMap};

use anyhow::anyhow;
use chassis::access;
use chassis::feed::{Change, Follow, Following};
use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{
    MembersOutcome, OrganisationState, OrganisationTimeline, OrganisationsEnded, RegistryChange,
};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::consequence::{self, Founding, TakenBack};

/// The number of the contract's outcome where membership ends.
const MEMBERSHIP_ENDS: i16 = 3;
/// The status of an organisation whose direction is suspended.
const SUSPENDED: &str = "SUSPENDED";

/// The follower of registry's feed.
pub struct RegistryFollower;

impl Follow for RegistryFollower {
    const SOURCE: &'static str = "registry";

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        let mut bodies = Vec::with_capacity(act.len());
        for change in act {
            bodies.push(change.body.to_msg::<RegistryChange>()?.change);
        }
        lock(following.db(), bodies.iter().flatten()).await?;

        let mut foundings = Vec::new();
        let mut members_concerned = false;
        let mut taken = TakenBack::default();
        let mut suspended_otherwise = Vec::new();
        let mut ends = Ends::default();
        for (change, body) in act.iter().zip(bodies) {
            access::copy::apply(following.db(), change).await?;
            let on = change.effective_on;
            match body {
                Some(What::OrganisationFounded(founded)) => {
                    let state = founded
                        .organisation
                        .ok_or_else(|| anyhow!("a founding names no organisation"))?;
                    let organisation_id = id(&state.organisation_id)?;
                    found(following.db(), &[state]).await?;
                    members_concerned = true;
                    foundings.push(Founding {
                        registry_act_id: change.act_id,
                        organisation_id,
                        founded_on: on,
                        applicant_ids: ids(founded.applicant_ids.iter().map(String::as_str))?,
                    });
                }
                Some(What::OrganisationsLoaded(loaded)) => {
                    found(following.db(), &loaded.organisations).await?;
                    members_concerned = true;
                }
                Some(What::OrganisationSuspended(suspended)) => {
                    let organisation_id = id(&suspended.organisation_id)?;
                    suspend(following.db(), organisation_id, on).await?;
                    suspended_otherwise.push(organisation_id);
                }
                Some(What::OrganisationResumed(resumed)) => {
                    let organisation_id = id(&resumed.organisation_id)?;
                    resume(following.db(), organisation_id, on).await?;
                    suspended_otherwise.push(organisation_id);
                }
                Some(What::OrganisationsEnded(ended)) => {
                    end(following.db(), &ended, on, change.act_id).await?;
                    members_concerned = true;
                }
                Some(What::OrganisationTypeChanged(changed)) => {
                    change_type(following.db(), id(&changed.organisation_id)?, &changed.r#type)
                        .await?;
                }
                Some(What::TimelinesCorrected(corrected)) => {
                    let otherwise = replace(following.db(), &corrected.timelines).await?;
                    suspended_otherwise.extend(otherwise.known);
                    taken.ended_otherwise.extend(otherwise.no_longer);
                    taken.never_existed.extend(otherwise.never);
                    taken.founded_otherwise.extend(otherwise.founded);
                    ends.add(otherwise.now);
                    members_concerned = true;
                }
                Some(What::ActsUndone(undone)) => {
                    taken.undone_acts.extend(ids(undone.act_ids.iter().map(String::as_str))?);
                }
                // Nothing that decides who may be a member where.
                Some(
                    What::OrganisationRenamed(_)
                    | What::OrganisationsHandedOver(_)
                    | What::OrganisationSectorChanged(_)
                    | What::DecisionRecorded(_)
                    | What::CongressHeld(_)
                    | What::ByElectionHeld(_)
                    | What::CommitteeAppointed(_)
                    | What::OfficesEnded(_)
                    | What::CeremonyHeld(_)
                    | What::EmployersRecorded(_)
                    | What::CampaignStageReached(_)
                    | What::SteeringCommitteeEstablished(_)
                    | What::UnitAssigned(_)
                    | What::UnitAssignmentEnded(_)
                    | What::OrganisationRecognised(_)
                    | What::OrganisationSplitOff(_)
                    | What::TerritoryChanged(_)
                    | What::SealAndAccountRecorded(_)
                    | What::AliasesChanged(_)
                    | What::JointDirectionBegun(_)
                    | What::JointDirectionEnded(_)
                    | What::DecisionAliasAdded(_)
                    | What::GrantMade(_)
                    | What::GrantEnded(_),
                )
                | None => {}
            }
        }

        // What is taken back rested on what was known before, what ends anew on what is now.
        if let (Some(first), false) = (act.first(), taken.is_empty()) {
            consequence::take_back(following, first.act_id, &taken, first.effective_on).await?;
        }
        if let Some(first) = act.first() {
            for (on, units) in ends.by_day {
                consequence::of_ends(
                    following.db(),
                    first.act_id,
                    &units.units,
                    &units.outcomes,
                    &units.destinations,
                    on,
                )
                .await?;
            }
        }
        // Only now: what one change of the act ends, another may have founded.
        for founding in foundings {
            consequence::admit_applicants(following, founding).await?;
        }
        if members_concerned {
            consequence::carry_out(following).await?;
        }
        if let Some(first) = act.first() {
            let (act_id, on) = (first.act_id, first.effective_on);
            let unions = &suspended_otherwise;
            consequence::list_who_joined(following.db(), act_id, unions, on).await?;
        }
        if let (Some(first), false) = (act.first(), following.has_published()) {
            consequence::tell_what_waits(following, first.act_id, first.effective_on).await?;
        }
        Ok(())
    }
}

/// Locks the organisations that this act suspends, resumes or ends, in the order of their
/// ids, against admissions that are under way.
async fn lock(
    connection: &mut PgConnection,
    bodies: impl Iterator<Item = &What>,
) -> Result<(), Failure> {
    let mut locked = Vec::new();
    for body in bodies {
        match body {
            What::OrganisationSuspended(suspended) => locked.push(id(&suspended.organisation_id)?),
            What::OrganisationResumed(resumed) => locked.push(id(&resumed.organisation_id)?),
            What::OrganisationsEnded(ended) => {
                for unit in &ended.units {
                    locked.push(id(&unit.organisation_id)?);
                }
            }
            What::TimelinesCorrected(corrected) => {
                for timeline in &corrected.timelines {
                    locked.push(id(&timeline.organisation_id)?);
                }
            }
            What::OrganisationFounded(_)
            | What::OrganisationsLoaded(_)
            | What::OrganisationTypeChanged(_)
            | What::ActsUndone(_)
            | What::OrganisationRenamed(_)
            | What::OrganisationsHandedOver(_)
            | What::OrganisationSectorChanged(_)
            | What::DecisionRecorded(_)
            | What::CongressHeld(_)
            | What::ByElectionHeld(_)
            | What::CommitteeAppointed(_)
            | What::OfficesEnded(_)
            | What::CeremonyHeld(_)
            | What::EmployersRecorded(_)
            | What::CampaignStageReached(_)
            | What::SteeringCommitteeEstablished(_)
            | What::UnitAssigned(_)
            | What::UnitAssignmentEnded(_)
            | What::OrganisationRecognised(_)
            | What::OrganisationSplitOff(_)
            | What::TerritoryChanged(_)
            | What::SealAndAccountRecorded(_)
            | What::AliasesChanged(_)
            | What::JointDirectionBegun(_)
            | What::JointDirectionEnded(_)
            | What::DecisionAliasAdded(_)
            | What::GrantMade(_)
            | What::GrantEnded(_) => {}
        }
    }
    if locked.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "select from organisation where organisation_id = any ($1)
         order by organisation_id for update",
        &locked,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn found(
    connection: &mut PgConnection,
    organisations: &[OrganisationState],
) -> Result<(), Failure> {
    let (mut founded, mut types, mut from) = (Vec::new(), Vec::new(), Vec::new());
    for organisation in organisations {
        founded.push(id(&organisation.organisation_id)?);
        types.push(organisation.r#type.clone());
        from.push(parse::date("founded_on", organisation.founded_on).map_err(unreadable)?);
    }
    sqlx::query!(
        "insert into organisation (organisation_id, type, founded_on)
         select organisation_id, type, founded_on
         from unnest($1::uuid[], $2::text[], $3::date[])
              as founded (organisation_id, type, founded_on)
         on conflict on constraint organisation_key do nothing",
        &founded,
        &types,
        &from,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The type that the organisation has come to: nothing is decided on an earlier one.
async fn change_type(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    type_code: &str,
) -> Result<(), Failure> {
    sqlx::query!(
        "update organisation set type = $2 where organisation_id = $1",
        organisation_id,
        type_code,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn suspend(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    on: Date,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into organisation_suspension (organisation_id, suspended_on) values ($1, $2)
         on conflict on constraint organisation_suspension_key do update set resumed_on = null",
        organisation_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn resume(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    on: Date,
) -> Result<(), Failure> {
    sqlx::query!(
        "update organisation_suspension set resumed_on = $2
         where organisation_id = $1 and resumed_on is null",
        organisation_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes the end of each unit, and what becomes of its members.
async fn end(
    connection: &mut PgConnection,
    ended: &OrganisationsEnded,
    on: Date,
    registry_act_id: Uuid,
) -> Result<(), Failure> {
    let mut units = Vec::with_capacity(ended.units.len());
    let mut outcomes = Vec::with_capacity(ended.units.len());
    let mut destinations: Vec<Option<Uuid>> = Vec::with_capacity(ended.units.len());
    for unit in &ended.units {
        units.push(id(&unit.organisation_id)?);
        outcomes.push(i16::try_from(unit.members_outcome).unwrap_or_default());
        destinations.push(match unit.members_outcome() {
            MembersOutcome::Rehomed => Some(id(&unit.rehome_to_id)?),
            MembersOutcome::ToSuperior => Some(id(&unit.last_superior_id)?),
            MembersOutcome::MembershipEnds => None,
            MembersOutcome::Unspecified => {
                return Err(anyhow!("an end does not say what becomes of the members").into());
            }
        });
    }
    sqlx::query!(
        "update organisation
         set ended_on = $4, members_outcome = unit.members_outcome, members_to_id = unit.to_id
         from unnest($1::uuid[], $2::smallint[], $3::uuid[])
              as unit (organisation_id, members_outcome, to_id)
         where organisation.organisation_id = unit.organisation_id",
        &units,
        &outcomes,
        &destinations as &[Option<Uuid>],
        on,
    )
    .execute(&mut *connection)
    .await?;
    consequence::of_ends(connection, registry_act_id, &units, &outcomes, &destinations, on).await
}

/// Units that end on one day, as `consequence::of_ends` takes them.
#[derive(Debug, Default)]
struct Units {
    units: Vec<Uuid>,
    outcomes: Vec<i16>,
    destinations: Vec<Option<Uuid>>,
}

/// Units that end, by day.
#[derive(Debug, Default)]
struct Ends {
    by_day: BTreeMap<Date, Units>,
}

impl Ends {
    fn add(&mut self, ends: Vec<(Uuid, End)>) {
        for (unit, end) in ends {
            let units = self.by_day.entry(end.on).or_default();
            units.units.push(unit);
            units.outcomes.push(end.outcome);
            units.destinations.push(end.to_id);
        }
    }
}

/// How a unit ends, as far as its members are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    on: Date,
    outcome: i16,
    to_id: Option<Uuid>,
}

/// Lives that are known otherwise than before.
struct Otherwise {
    /// All of them.
    known: Vec<Uuid>,
    /// Units whose end of before is not theirs.
    no_longer: Vec<Uuid>,
    /// Units with the end that is theirs now.
    now: Vec<(Uuid, End)>,
    /// Units that never existed.
    never: Vec<Uuid>,
    /// Units that were founded on another day than was known.
    founded: Vec<Uuid>,
}

/// Puts whole lives in the place of what was known of the same organisations.
async fn replace(
    connection: &mut PgConnection,
    timelines: &[OrganisationTimeline],
) -> Result<Otherwise, Failure> {
    let mut units = Vec::with_capacity(timelines.len());
    let (mut types, mut founded) = (Vec::new(), Vec::new());
    let mut ends: Vec<Option<End>> = Vec::with_capacity(timelines.len());
    let mut lived = Vec::with_capacity(timelines.len());
    let (mut suspended, mut suspended_on) = (Vec::new(), Vec::new());
    let mut resumed_on: Vec<Option<Date>> = Vec::new();
    for timeline in timelines {
        let unit = id(&timeline.organisation_id)?;
        units.push(unit);
        lived.push(timeline.exists);
        types.push(timeline.types.last().map(|last| last.value.as_str()).unwrap_or_default());
        founded.push(parse::optional_date("founded_on", timeline.founded_on).map_err(unreadable)?);
        ends.push(end_of(timeline)?);
        for period in timeline.statuses.iter().filter(|period| period.value == SUSPENDED) {
            suspended.push(unit);
            suspended_on.push(parse::date("from_on", period.from_on).map_err(unreadable)?);
            resumed_on.push(parse::optional_date("until_on", period.until_on).map_err(unreadable)?);
        }
    }

    let before: HashMap<Uuid, (Date, Option<End>)> = sqlx::query!(
        "select organisation_id, founded_on, ended_on, members_outcome, members_to_id
         from organisation where organisation_id = any ($1) and not never_existed",
        &units,
    )
    .fetch_all(&mut *connection)
    .await?
    .into_iter()
    .map(|row| {
        let end = row.ended_on.zip(row.members_outcome);
        let end = end.map(|(on, outcome)| End { on, outcome, to_id: row.members_to_id });
        (row.organisation_id, (row.founded_on, end))
    })
    .collect();
    let mut otherwise = Otherwise {
        known: units.clone(),
        no_longer: Vec::new(),
        now: Vec::new(),
        never: Vec::new(),
        founded: Vec::new(),
    };
    for (n, unit) in units.iter().enumerate() {
        if !lived[n] {
            otherwise.never.push(*unit);
        }
        let (founded_on, known) = before.get(unit).copied().unzip();
        if lived[n] && founded_on.is_some() && founded_on != founded[n] {
            otherwise.founded.push(*unit);
        }
        let known = known.flatten();
        if known != ends[n] {
            otherwise.no_longer.extend(known.map(|_| *unit));
            otherwise.now.extend(ends[n].map(|end| (*unit, end)));
        }
    }

    // What never existed lives on no day: it ends when it begins.
    let ended_on: Vec<Option<Date>> = ends.iter().map(|end| end.map(|end| end.on)).collect();
    let outcomes: Vec<Option<i16>> = ends.iter().map(|end| end.map(|end| end.outcome)).collect();
    let destinations: Vec<Option<Uuid>> =
        ends.iter().map(|end| end.and_then(|end| end.to_id)).collect();
    sqlx::query!(
        "insert into organisation as known (organisation_id, type, founded_on, ended_on,
                                            members_outcome, members_to_id)
         select organisation_id, type, founded_on, ended_on, outcome, to_id
         from unnest($1::uuid[], $2::text[], $3::date[], $4::boolean[], $5::date[],
                     $6::smallint[], $7::uuid[])
              as line (organisation_id, type, founded_on, lived, ended_on, outcome, to_id)
         where lived
         on conflict on constraint organisation_key do update
         set type = excluded.type, founded_on = excluded.founded_on,
             ended_on = excluded.ended_on, members_outcome = excluded.members_outcome,
             members_to_id = excluded.members_to_id, never_existed = false",
        &units,
        &types as &[&str],
        &founded as &[Option<Date>],
        &lived,
        &ended_on as &[Option<Date>],
        &outcomes as &[Option<i16>],
        &destinations as &[Option<Uuid>],
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update organisation
         set ended_on = organisation.founded_on, members_outcome = $3, members_to_id = null,
             never_existed = true
         from unnest($1::uuid[], $2::boolean[]) as line (organisation_id, lived)
         where organisation.organisation_id = line.organisation_id and not line.lived",
        &units,
        &lived,
        MEMBERSHIP_ENDS,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from organisation_suspension where organisation_id = any ($1)", &units)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into organisation_suspension (organisation_id, suspended_on, resumed_on)
         select * from unnest($1::uuid[], $2::date[], $3::date[])",
        &suspended,
        &suspended_on,
        &resumed_on as &[Option<Date>],
    )
    .execute(connection)
    .await?;
    Ok(otherwise)
}

/// How an organisation ends, as its timeline says.
fn end_of(timeline: &OrganisationTimeline) -> Result<Option<End>, Failure> {
    let Some(ending) = &timeline.ending else { return Ok(None) };
    let to_id = match ending.members_outcome() {
        MembersOutcome::Rehomed => Some(id(&ending.rehome_to_id)?),
        MembersOutcome::ToSuperior => Some(id(&ending.last_superior_id)?),
        MembersOutcome::MembershipEnds => None,
        MembersOutcome::Unspecified => {
            return Err(anyhow!("an end does not say what becomes of the members").into());
        }
    };
    Ok(Some(End {
        on: parse::date("ended_on", ending.ended_on).map_err(unreadable)?,
        outcome: i16::try_from(ending.members_outcome).unwrap_or_default(),
        to_id,
    }))
}

fn id(text: &str) -> Result<Uuid, Failure> {
    parse::id("id", text).map_err(unreadable)
}

fn ids<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Vec<Uuid>, Failure> {
    texts.map(id).collect()
}

/// Nobody asked for this: a change that cannot be read is no refusal but our own trouble.
fn unreadable(refusal: Refusal) -> Failure {
    Failure::Failed(anyhow!("a change of registry's cannot be read: {refusal}"))
}
