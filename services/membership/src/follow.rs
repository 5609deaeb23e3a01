//! Follows registry's feed: keeps this service's copy of organisations and rights, and
//! carries out what registry's acts mean for members, in one transaction with the position.

// A wildcard would let a kind of change pass in silence.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

use std::collections::{BTreeMap, HashMap};

use chassis::feed::{Change, Follow, Following};
use chassis::refusal::Failure;
use feeds::registry::{self, EndedUnit, Event, MembersOutcome, Organisation, Status, Timeline};
use feeds::rights;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::consequence;
use crate::ground::consequence::{Founding, TakenBack, Waiting};

/// The follower of registry's feed.
pub struct RegistryFollower {
    /// How many members one transaction moves.
    pub members_at_a_time: i64,
}

impl Follow for RegistryFollower {
    const SOURCE: &'static str = "registry";
    const KEEPS_PAST: bool = true;

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        let Some(Change { act_id, effective_on: first_on, .. }) = act.first() else {
            return Ok(());
        };
        let events = act.iter().map(registry::read).collect::<Result<Vec<_>, _>>()?;
        lock(following.db(), &events).await?;

        let told: Vec<(Date, &Event)> =
            act.iter().zip(&events).map(|(change, event)| (change.effective_on, event)).collect();
        rights::apply(following.db(), &told).await?;
        let mut meaning = Meaning::default();
        for (change, event) in act.iter().zip(events) {
            meaning.take(following.db(), change, event).await?;
        }

        // What is taken back rested on what was known before, what ends anew on what is now.
        if !meaning.taken.is_empty() {
            consequence::take_back(following, *act_id, &meaning.taken, *first_on).await?;
        }
        for (on, ends) in meaning.ends.by_day {
            ends.carry_out(following.db(), *act_id, on).await?;
        }
        // Only now: what one change of the act ends, another may have founded.
        for founding in meaning.foundings {
            consequence::admit_applicants(following, founding).await?;
        }
        if meaning.members_concerned {
            consequence::carry_out(following, Waiting::All, self.members_at_a_time).await?;
        }
        let unions = &meaning.suspended_otherwise;
        consequence::list_who_joined(following.db(), *act_id, unions, *first_on).await?;
        if !following.has_published() {
            consequence::tell_what_waits(following, *act_id, *first_on).await?;
        }
        Ok(())
    }

    async fn go_on(&self, following: &mut Following) -> Result<(), Failure> {
        consequence::carry_out(following, Waiting::Left, self.members_at_a_time).await
    }
}

/// What an act of registry means for members, as its changes are taken in one by one.
#[derive(Default)]
struct Meaning {
    foundings: Vec<Founding>,
    members_concerned: bool,
    taken: TakenBack,
    suspended_otherwise: Vec<Uuid>,
    ends: Ends,
}

impl Meaning {
    /// Keeps what a change says of organisations, and notes what it means.
    async fn take(
        &mut self,
        connection: &mut PgConnection,
        change: &Change,
        event: Event,
    ) -> Result<(), Failure> {
        let on = change.effective_on;
        match event {
            Event::Founded(founded) => {
                found(connection, std::slice::from_ref(&founded.organisation)).await?;
                self.members_concerned = true;
                self.foundings.push(Founding {
                    registry_act_id: change.act_id,
                    organisation_id: founded.organisation.organisation_id,
                    founded_on: on,
                    applicant_ids: founded.applicant_ids,
                });
            }
            Event::Loaded(organisations) => {
                found(connection, &organisations).await?;
                self.members_concerned = true;
            }
            Event::Suspended { organisation_id } => {
                suspend(connection, organisation_id, on).await?;
                self.suspended_otherwise.push(organisation_id);
            }
            Event::Resumed { organisation_id } => {
                resume(connection, organisation_id, on).await?;
                self.suspended_otherwise.push(organisation_id);
            }
            Event::Ended(units) => {
                end(connection, &units, on, change.act_id).await?;
                self.members_concerned = true;
            }
            Event::TypeChanged(changed) => {
                change_type(connection, changed.organisation_id, &changed.type_code).await?;
            }
            Event::TimelinesCorrected(timelines) => {
                let otherwise = replace(connection, &timelines).await?;
                self.suspended_otherwise.extend(otherwise.known);
                self.taken.ended_otherwise.extend(otherwise.no_longer);
                self.taken.never_existed.extend(otherwise.never);
                self.taken.founded_otherwise.extend(otherwise.founded);
                self.ends.add(otherwise.now);
                self.members_concerned = true;
            }
            Event::ActsUndone(undone) => self.taken.undone_acts.extend(undone.act_ids),
            Event::DecisionRecorded(decision) => {
                keep_decision(connection, decision.decision_id, decision.issuer_id).await?;
            }
            // Nothing that decides who may be a member where.
            Event::Renamed(_)
            | Event::HandedOver(_)
            | Event::SectorChanged { .. }
            | Event::IndustryChanged { .. }
            | Event::Body(_)
            | Event::CeremonyHeld(_)
            | Event::EmployersRecorded(_)
            | Event::CampaignStageReached(_)
            | Event::Noted(_)
            | Event::GrantMade(_)
            | Event::GrantEnded { .. } => {}
        }
        Ok(())
    }
}

/// A document of registry's, which acts of this service may name.
async fn keep_decision(
    connection: &mut PgConnection,
    decision_id: Uuid,
    issuer_id: Option<Uuid>,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into registry_decision (decision_id, issuer_id) values ($1, $2)
         on conflict on constraint registry_decision_key do nothing",
        decision_id,
        issuer_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The organisations that an event suspends, resumes or ends, or says so of otherwise.
fn stand_otherwise(event: &Event) -> Vec<Uuid> {
    match event {
        Event::Suspended { organisation_id } | Event::Resumed { organisation_id } => {
            vec![*organisation_id]
        }
        Event::Ended(units) => units.iter().map(|unit| unit.organisation_id).collect(),
        Event::TimelinesCorrected(timelines) => {
            timelines.iter().map(|timeline| timeline.organisation_id).collect()
        }
        Event::Founded(_)
        | Event::Loaded(_)
        | Event::TypeChanged(_)
        | Event::ActsUndone(_)
        | Event::Renamed(_)
        | Event::HandedOver(_)
        | Event::SectorChanged { .. }
        | Event::IndustryChanged { .. }
        | Event::DecisionRecorded(_)
        | Event::Body(_)
        | Event::CeremonyHeld(_)
        | Event::EmployersRecorded(_)
        | Event::CampaignStageReached(_)
        | Event::Noted(_)
        | Event::GrantMade(_)
        | Event::GrantEnded { .. } => Vec::new(),
    }
}

/// Locks the organisations that this act suspends, resumes or ends, in the order of their
/// ids, against admissions that are under way.
async fn lock(connection: &mut PgConnection, events: &[Event]) -> Result<(), Failure> {
    let locked: Vec<Uuid> = events.iter().flat_map(stand_otherwise).collect();
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
    organisations: &[Organisation],
) -> Result<(), Failure> {
    let founded: Vec<Uuid> = organisations.iter().map(|state| state.organisation_id).collect();
    let types: Vec<&str> = organisations.iter().map(|state| state.type_code.as_str()).collect();
    let from: Vec<Date> = organisations.iter().map(|state| state.founded_on).collect();
    sqlx::query!(
        "insert into organisation (organisation_id, type, founded_on)
         select organisation_id, type, founded_on
         from unnest($1::uuid[], $2::text[], $3::date[])
              as founded (organisation_id, type, founded_on)
         on conflict on constraint organisation_key do nothing",
        &founded,
        &types as &[&str],
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
    ended: &[EndedUnit],
    on: Date,
    registry_act_id: Uuid,
) -> Result<(), Failure> {
    let mut units = Units::default();
    for unit in ended {
        units.add(unit.organisation_id, unit.members_outcome.number(), unit.members_to());
    }
    sqlx::query!(
        "update organisation
         set ended_on = $4, members_outcome = unit.members_outcome, members_to_id = unit.to_id
         from unnest($1::uuid[], $2::smallint[], $3::uuid[])
              as unit (organisation_id, members_outcome, to_id)
         where organisation.organisation_id = unit.organisation_id",
        &units.units,
        &units.outcomes,
        &units.destinations as &[Option<Uuid>],
        on,
    )
    .execute(&mut *connection)
    .await?;
    units.carry_out(connection, registry_act_id, on).await
}

/// Units that end on one day.
#[derive(Debug, Default)]
struct Units {
    units: Vec<Uuid>,
    outcomes: Vec<i16>,
    destinations: Vec<Option<Uuid>>,
}

impl Units {
    fn add(&mut self, unit: Uuid, outcome: i16, to_id: Option<Uuid>) {
        self.units.push(unit);
        self.outcomes.push(outcome);
        self.destinations.push(to_id);
    }

    /// Does with their members what the act says.
    async fn carry_out(
        &self,
        connection: &mut PgConnection,
        registry_act_id: Uuid,
        on: Date,
    ) -> Result<(), Failure> {
        let Self { units, outcomes, destinations } = self;
        consequence::of_ends(connection, registry_act_id, units, outcomes, destinations, on).await
    }
}

/// Units that end, by day.
#[derive(Debug, Default)]
struct Ends {
    by_day: BTreeMap<Date, Units>,
}

impl Ends {
    fn add(&mut self, ends: Vec<(Uuid, End)>) {
        for (unit, end) in ends {
            self.by_day.entry(end.on).or_default().add(unit, end.outcome, end.to_id);
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

impl End {
    /// As a timeline says.
    fn of(timeline: &Timeline) -> Option<Self> {
        let ending = timeline.ending.as_ref()?;
        let outcome = ending.members_outcome.number();
        Some(Self { on: ending.ended_on, outcome, to_id: ending.members_to() })
    }
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
    timelines: &[Timeline],
) -> Result<Otherwise, Failure> {
    let units: Vec<Uuid> = timelines.iter().map(|timeline| timeline.organisation_id).collect();
    let lived: Vec<bool> = timelines.iter().map(Timeline::exists).collect();
    let founded: Vec<Option<Date>> = timelines.iter().map(|timeline| timeline.founded_on).collect();
    let ends: Vec<Option<End>> = timelines.iter().map(End::of).collect();
    let last_type = |timeline: &'_ Timeline| timeline.types.last().map(|last| last.value.clone());
    let types: Vec<String> =
        timelines.iter().map(|timeline| last_type(timeline).unwrap_or_default()).collect();
    let (mut suspended, mut suspended_on) = (Vec::new(), Vec::new());
    let mut resumed_on: Vec<Option<Date>> = Vec::new();
    for timeline in timelines {
        let periods = timeline.statuses.iter();
        for period in periods.filter(|period| period.value == Status::Suspended) {
            suspended.push(timeline.organisation_id);
            suspended_on.push(period.from_on);
            resumed_on.push(period.until_on);
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
             members_to_id = excluded.members_to_id, never_existed = false
         where known.never_existed
            or (known.type, known.founded_on, known.ended_on, known.members_outcome,
                known.members_to_id)
               is distinct from
               (excluded.type, excluded.founded_on, excluded.ended_on, excluded.members_outcome,
                excluded.members_to_id)",
        &units,
        &types,
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
        MembersOutcome::MembershipEnds.number(),
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
