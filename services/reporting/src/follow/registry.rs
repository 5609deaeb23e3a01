//! Registry's feed: the tree, its dated attributes, and what happens to organisations.

use std::collections::HashSet;

use anyhow::{Context, anyhow};
use chassis::feed::{Change, Follow, Following};
use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use proto::google::r#type::Date as WireDate;
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{
    CampaignStageReached, MembersOutcome, OrganisationState, OrganisationTypeChanged,
    OrganisationsEnded, OrganisationsHandedOver, RegistryChange,
};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::{Because, events, remember, timelines, under_way};
use crate::reference::Reference;
use crate::{fact, ledger};

/// Follows registry.
pub struct Registry {
    reference: &'static Reference,
}

impl Registry {
    /// With the reference data that tells unions from their superiors.
    pub fn new(reference: &'static Reference) -> Self {
        Self { reference }
    }
}

impl Follow for Registry {
    const SOURCE: &'static str = "registry";

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        for change in act {
            let body: RegistryChange = change.body.to_msg()?;
            let what = body
                .change
                .context("a change of registry's says nothing that this program knows")?;
            chassis::access::copy::apply(following.db(), change).await?;
            remember(following.db(), Self::SOURCE, change, &Because::default()).await?;
            if let What::TimelinesCorrected(corrected) = &what {
                let facts =
                    timelines::replace(following.db(), change, corrected, self.reference).await?;
                ledger::write(following.db(), change.change_id, &facts).await?;
                continue;
            }
            self.copy(following.db(), change, &what).await?;
            let grassroots = grassroots(following.db(), &what, change.effective_on).await?;
            let facts = fact::of_registry(
                &what,
                change.effective_on,
                |unit| grassroots.contains(&unit),
                |organisation_type| self.reference.is_grassroots(organisation_type),
            )?;
            ledger::write(following.db(), change.change_id, &facts).await?;
        }
        Ok(())
    }
}

impl Registry {
    /// Keeps the copy of what registry owns.
    async fn copy(
        &self,
        connection: &mut PgConnection,
        change: &Change,
        what: &What,
    ) -> Result<(), Failure> {
        let on = change.effective_on;
        match what {
            What::OrganisationFounded(founded) => {
                let state = founded.organisation.as_ref().context("a founding names nobody")?;
                self.found(connection, change, std::slice::from_ref(state), false).await?;
                if founded.applicant_ids.is_empty() {
                    return Ok(());
                }
                let act = (change.act_id, change.position);
                let unit = id(&state.organisation_id)?;
                let founded_on = date(state.founded_on)?.unwrap_or(on);
                under_way::founded(connection, act, unit, founded_on).await
            }
            What::OrganisationsLoaded(loaded) => {
                self.found(connection, change, &loaded.organisations, true).await
            }
            What::OrganisationRenamed(renamed) => {
                rename(
                    connection,
                    on,
                    id(&renamed.organisation_id)?,
                    &renamed.name,
                    &renamed.short_name,
                )
                .await
            }
            What::OrganisationsHandedOver(handed) => hand_over(connection, change, handed).await,
            What::OrganisationSuspended(suspended) => {
                suspend(connection, change, id(&suspended.organisation_id)?).await
            }
            What::OrganisationResumed(resumed) => {
                resume(connection, on, id(&resumed.organisation_id)?).await
            }
            What::OrganisationsEnded(ended) => end(connection, change, ended).await,
            What::OrganisationSectorChanged(changed) => {
                change_sector(connection, change, id(&changed.organisation_id)?, &changed.sector)
                    .await
            }
            What::OrganisationTypeChanged(changed) => {
                self.change_type(connection, change, changed).await
            }
            What::DecisionRecorded(recorded) => events::record_decision(connection, recorded).await,
            What::CongressHeld(congress) => {
                events::hold_congress(connection, change, congress).await?;
                events::fill_offices(connection, change, &congress.offices).await
            }
            What::ByElectionHeld(election) => {
                events::fill_offices(connection, change, &election.offices).await
            }
            What::CommitteeAppointed(appointed) => {
                events::fill_offices(connection, change, &appointed.offices).await
            }
            What::OfficesEnded(ended) => events::end_offices(connection, on, ended).await,
            What::CeremonyHeld(ceremony) => events::hold_ceremony(connection, change, ceremony).await,
            What::EmployersRecorded(recorded) => {
                events::record_employers(connection, change, recorded).await
            }
            What::SteeringCommitteeEstablished(established) => {
                sqlx::query!(
                    "insert into steering_committee (steering_committee_id, organisation_id) values ($1, $2)",
                    id(&established.steering_committee_id)?,
                    id(&established.organisation_id)?,
                )
                .execute(&mut *connection)
                .await?;
                events::fill_offices(connection, change, &established.offices).await
            }
            What::UnitAssigned(assigned) => events::assign_unit(connection, on, assigned).await,
            What::UnitAssignmentEnded(ended) => {
                sqlx::query!(
                    "update unit_assignment set valid = daterange(lower(valid), $2)
                     where assignment_id = $1 and lower(valid) < $2",
                    id(&ended.assignment_id)?,
                    on,
                )
                .execute(connection)
                .await?;
                Ok(())
            }
            // The stages are subjects of facts; grants are in the copy of rights.
            What::CampaignStageReached(CampaignStageReached { .. })
            | What::GrantMade(_)
            | What::OrganisationRecognised(_)
            | What::OrganisationSplitOff(_)
            | What::TerritoryChanged(_)
            | What::SealAndAccountRecorded(_)
            | What::AliasesChanged(_)
            | What::JointDirectionBegun(_)
            | What::JointDirectionEnded(_)
            | What::DecisionAliasAdded(_)
            | What::GrantEnded(_)
            // Whole lives are replaced apart.
            | What::TimelinesCorrected(_) => Ok(()),
            // What an undone act did to members is taken back in membership's feed.
            What::ActsUndone(undone) => {
                let act_ids =
                    undone.act_ids.iter().map(|act_id| id(act_id)).collect::<Result<Vec<_>, _>>()?;
                under_way::undone(connection, (change.act_id, change.position), &act_ids).await
            }
        }
    }

    /// Of another type from the date on, and in another sector where that changes with it. One
    /// that has none any more goes on being shown in its last.
    async fn change_type(
        &self,
        connection: &mut PgConnection,
        change: &Change,
        changed: &OrganisationTypeChanged,
    ) -> Result<(), Failure> {
        let unit = id(&changed.organisation_id)?;
        sqlx::query!(
            "with held as (
                 delete from organisation_type where organisation_id = $1 and valid @> $2::date
                 returning valid, type, grassroots, change_id
             )
             insert into organisation_type (organisation_id, valid, type, grassroots, change_id)
             select $1, daterange(lower(valid), $2), type, grassroots, change_id
             from held where lower_inf(valid) or lower(valid) < $2
             union all
             select $1, daterange($2, upper(valid)), $3, $4, $5 from held
             union all
             -- The first change of its type: what it has been, and what it is.
             select organisation_id, days.valid,
                    case when days.since then $3 else type end,
                    case when days.since then $4 else grassroots end,
                    case when days.since then $5 else founding_change_id end
             from organisation
             cross join (values (daterange(null, $2), false), (daterange($2, null), true))
                        as days (valid, since)
             where organisation_id = $1
               and not exists (select from organisation_type where organisation_id = $1)",
            unit,
            change.effective_on,
            changed.r#type,
            self.reference.is_grassroots(&changed.r#type),
            change.change_id,
        )
        .execute(&mut *connection)
        .await?;
        if changed.sector.is_empty() {
            return Ok(());
        }
        let keeps = sqlx::query_scalar!(
            r#"select exists (select from organisation_sector
                              where organisation_id = $1 and valid @> $2::date
                                and sector = $3) as "keeps!""#,
            unit,
            change.effective_on,
            changed.sector,
        )
        .fetch_one(&mut *connection)
        .await?;
        if keeps {
            return Ok(());
        }
        change_sector(connection, change, unit, &changed.sector).await
    }

    async fn found(
        &self,
        connection: &mut PgConnection,
        change: &Change,
        states: &[OrganisationState],
        loaded: bool,
    ) -> Result<(), Failure> {
        let mut units = Vec::new();
        let (mut types, mut grassroots, mut founded) = (Vec::new(), Vec::new(), Vec::new());
        let (mut names, mut short_names, mut sectors) = (Vec::new(), Vec::new(), Vec::new());
        let mut superiors = Vec::new();
        for state in states {
            units.push(id(&state.organisation_id)?);
            types.push(state.r#type.as_str());
            grassroots.push(self.reference.is_grassroots(&state.r#type));
            founded.push(date(state.founded_on)?.unwrap_or(change.effective_on));
            names.push(state.name.as_str());
            short_names.push(state.short_name.as_str());
            sectors.push(state.sector.as_str());
            superiors.push(optional_id(&state.superior_id)?);
        }
        sqlx::query!(
            "with founded as (
                 select * from unnest($1::uuid[], $2::text[], $3::boolean[], $4::date[])
                      as line (organisation_id, type, grassroots, founded_on)
             )
             insert into organisation (organisation_id, type, grassroots, founded_on, loaded, founding_change_id)
             select organisation_id, type, grassroots, founded_on, $5, $6 from founded",
            &units,
            &types as &[&str],
            &grassroots,
            &founded,
            loaded,
            change.change_id,
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query!(
            "insert into organisation_name (organisation_id, valid, name, short_name)
             select organisation_id, daterange(null, null), name, short_name
             from unnest($1::uuid[], $2::text[], $3::text[]) as line (organisation_id, name, short_name)",
            &units,
            &names as &[&str],
            &short_names as &[&str],
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query!(
            "insert into organisation_sector (organisation_id, valid, sector, change_id)
             select organisation_id, daterange(null, null), sector, $3
             from unnest($1::uuid[], $2::text[]) as line (organisation_id, sector)
             where sector <> ''",
            &units,
            &sectors as &[&str],
            change.change_id,
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query!(
            "insert into edge (organisation_id, superior_id, valid, change_id)
             select organisation_id, superior_id, daterange(founded_on, null), $4
             from unnest($1::uuid[], $2::uuid[], $3::date[]) as line (organisation_id, superior_id, founded_on)
             where superior_id is not null",
            &units,
            &superiors as &[Option<Uuid>],
            &founded,
            change.change_id,
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

async fn rename(
    connection: &mut PgConnection,
    on: Date,
    unit: Uuid,
    name: &str,
    short_name: &str,
) -> Result<(), Failure> {
    sqlx::query!(
        "with held as (
             delete from organisation_name where organisation_id = $1 and valid @> $2::date
             returning valid, name, short_name
         )
         insert into organisation_name (organisation_id, valid, name, short_name)
         select $1, daterange(lower(valid), $2), name, short_name
         from held where lower_inf(valid) or lower(valid) < $2
         union all
         select $1, daterange($2, upper(valid)), $3, $4 from held",
        unit,
        on,
        name,
        short_name,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// From the date on, until whatever was known to come next.
async fn hand_over(
    connection: &mut PgConnection,
    change: &Change,
    handed: &OrganisationsHandedOver,
) -> Result<(), Failure> {
    let units =
        handed.units.iter().map(|unit| id(&unit.organisation_id)).collect::<Result<Vec<_>, _>>()?;
    sqlx::query!(
        "with held as (
             delete from edge where organisation_id = any($1) and valid @> $2::date
             returning organisation_id, superior_id, valid, change_id
         )
         insert into edge (organisation_id, superior_id, valid, change_id)
         select organisation_id, superior_id, daterange(lower(valid), $2), change_id
         from held where lower(valid) < $2
         union all
         select organisation_id, $3, daterange($2, upper(valid)), $4 from held",
        &units,
        change.effective_on,
        id(&handed.superior_id)?,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn suspend(
    connection: &mut PgConnection,
    change: &Change,
    unit: Uuid,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into suspension (organisation_id, valid, change_id) values ($1, daterange($2, null), $3)",
        unit,
        change.effective_on,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn resume(connection: &mut PgConnection, on: Date, unit: Uuid) -> Result<(), Failure> {
    // Resumed on the day of its suspension, it was suspended on no day.
    sqlx::query!(
        "with held as (
             delete from suspension where organisation_id = $1 and valid @> $2::date
             returning valid, change_id
         )
         insert into suspension (organisation_id, valid, change_id)
         select $1, daterange(lower(valid), $2), change_id from held where lower(valid) < $2",
        unit,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn end(
    connection: &mut PgConnection,
    change: &Change,
    ended: &OrganisationsEnded,
) -> Result<(), Failure> {
    let on = change.effective_on;
    let (mut units, mut kinds) = (Vec::new(), Vec::new());
    let (mut heirs, mut superiors) = (Vec::new(), Vec::new());
    let mut members_to = Vec::new();
    for unit in &ended.units {
        units.push(id(&unit.organisation_id)?);
        kinds.push(fact::end_kind(unit.kind()));
        heirs.push(optional_id(&unit.principal_successor_id)?);
        superiors.push(optional_id(&unit.last_superior_id)?);
        members_to.push(members_to_id(
            unit.members_outcome(),
            &unit.rehome_to_id,
            &unit.last_superior_id,
        )?);
    }
    sqlx::query!(
        "update organisation o
         set ended_on = $5, end_kind = line.kind, heir_id = line.heir_id,
             last_superior_id = line.last_superior_id, ending_change_id = $6,
             members_to_id = line.members_to_id
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $7::uuid[])
              as line (organisation_id, kind, heir_id, last_superior_id, members_to_id)
         where o.organisation_id = line.organisation_id",
        &units,
        &kinds as &[&str],
        &heirs as &[Option<Uuid>],
        &superiors as &[Option<Uuid>],
        on,
        change.change_id,
        &members_to as &[Option<Uuid>],
    )
    .execute(&mut *connection)
    .await?;
    // A place lasts as long as the unit, and so do the seats in its bodies and those who
    // follow it.
    sqlx::query!(
        "delete from edge where organisation_id = any($1) and lower(valid) >= $2",
        &units,
        on
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update edge set valid = daterange(lower(valid), $2)
         where organisation_id = any($1) and valid @> $2::date",
        &units,
        on,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update office set valid = valid * daterange(null, $2) where organisation_id = any($1)",
        &units,
        on,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update unit_assignment set valid = valid * daterange(null, $2) where unit_id = any($1)",
        &units,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn change_sector(
    connection: &mut PgConnection,
    change: &Change,
    unit: Uuid,
    sector: &str,
) -> Result<(), Failure> {
    sqlx::query!(
        "with held as (
             delete from organisation_sector where organisation_id = $1 and valid @> $2::date
             returning valid, sector, change_id
         )
         insert into organisation_sector (organisation_id, valid, sector, change_id)
         select $1, daterange(lower(valid), $2), sector, change_id
         from held where lower_inf(valid) or lower(valid) < $2
         union all
         select $1, daterange($2, upper(valid)), $3, $4 from held
         union all
         select $1, daterange(null, null), $3, $4
         where not exists (select from organisation_sector where organisation_id = $1)",
        unit,
        change.effective_on,
        sector,
        change.change_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Which of the organisations that a change is about are unions.
async fn grassroots(
    connection: &mut PgConnection,
    what: &What,
    on: Date,
) -> Result<HashSet<Uuid>, Failure> {
    let units: Vec<&str> = match what {
        What::OrganisationFounded(founded) => {
            founded.organisation.iter().map(|state| state.organisation_id.as_str()).collect()
        }
        What::OrganisationsLoaded(loaded) => {
            loaded.organisations.iter().map(|state| state.organisation_id.as_str()).collect()
        }
        What::OrganisationsEnded(ended) => {
            ended.units.iter().map(|unit| unit.organisation_id.as_str()).collect()
        }
        What::OrganisationSuspended(suspended) => vec![&suspended.organisation_id],
        What::OrganisationResumed(resumed) => vec![&resumed.organisation_id],
        What::CongressHeld(congress) => vec![&congress.organisation_id],
        What::ByElectionHeld(election) => vec![&election.organisation_id],
        // Nothing that is counted by what it happened to.
        What::OrganisationRenamed(_)
        | What::OrganisationsHandedOver(_)
        | What::OrganisationSectorChanged(_)
        | What::OrganisationTypeChanged(_)
        | What::DecisionRecorded(_)
        | What::CommitteeAppointed(_)
        | What::OfficesEnded(_)
        | What::CeremonyHeld(_)
        | What::EmployersRecorded(_)
        | What::CampaignStageReached(_)
        | What::SteeringCommitteeEstablished(_)
        | What::UnitAssigned(_)
        | What::UnitAssignmentEnded(_)
        | What::GrantMade(_)
        | What::GrantEnded(_)
        | What::TimelinesCorrected(_)
        | What::ActsUndone(_)
        | What::OrganisationRecognised(_)
        | What::OrganisationSplitOff(_)
        | What::TerritoryChanged(_)
        | What::SealAndAccountRecorded(_)
        | What::AliasesChanged(_)
        | What::JointDirectionBegun(_)
        | What::JointDirectionEnded(_)
        | What::DecisionAliasAdded(_) => return Ok(HashSet::new()),
    };
    let units = units.into_iter().map(id).collect::<Result<Vec<_>, _>>()?;
    let unions = sqlx::query_scalar!(
        r#"select o.organisation_id as "organisation_id!"
           from organisation o
           left join organisation_type t
             on t.organisation_id = o.organisation_id and t.valid @> $2::date
           where o.organisation_id = any($1) and coalesce(t.grassroots, o.grassroots)"#,
        &units,
        on,
    )
    .fetch_all(connection)
    .await?;
    Ok(unions.into_iter().collect())
}

/// Where members of an ended organisation continue; none where membership ends with it.
pub(super) fn members_to_id(
    outcome: MembersOutcome,
    rehome_to_id: &str,
    last_superior_id: &str,
) -> Result<Option<Uuid>, Failure> {
    match outcome {
        MembersOutcome::Rehomed => optional_id(rehome_to_id),
        MembersOutcome::ToSuperior => optional_id(last_superior_id),
        MembersOutcome::MembershipEnds | MembersOutcome::Unspecified => Ok(None),
    }
}

pub(super) fn id(text: &str) -> Result<Uuid, Failure> {
    parse::id("id", text).map_err(unreadable)
}

pub(super) fn optional_id(text: &str) -> Result<Option<Uuid>, Failure> {
    parse::optional_id("id", text).map_err(unreadable)
}

pub(super) fn date(date: Option<WireDate>) -> Result<Option<Date>, Failure> {
    parse::optional_date("date", date).map_err(unreadable)
}

/// Nobody asked for this: a change that cannot be read is no refusal but our own trouble.
fn unreadable(refusal: Refusal) -> Failure {
    Failure::Failed(anyhow!("a change of registry's cannot be read: {refusal}"))
}
