//! Follows registry's feed: keeps this service's copy of organisations and rights, and
//! carries out what registry's acts mean for members, in one transaction with the position.

use anyhow::anyhow;
use chassis::access;
use chassis::feed::{Change, Follow, Following};
use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{MembersOutcome, OrganisationState, OrganisationsEnded, RegistryChange};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::consequence::{self, Founding};

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
                    suspend(following.db(), id(&suspended.organisation_id)?, on).await?;
                }
                Some(What::OrganisationResumed(resumed)) => {
                    resume(following.db(), id(&resumed.organisation_id)?, on).await?;
                }
                Some(What::OrganisationsEnded(ended)) => {
                    end(following.db(), &ended, on, change.act_id).await?;
                    members_concerned = true;
                }
                Some(What::OrganisationTypeChanged(changed)) => {
                    change_type(following.db(), id(&changed.organisation_id)?, &changed.r#type)
                        .await?;
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
                    | What::GrantEnded(_)
                    | What::TimelinesCorrected(_)
                    | What::ActsUndone(_),
                )
                | None => {}
            }
        }

        // Only now: what one change of the act ends, another may have founded.
        for founding in foundings {
            consequence::admit_applicants(following, founding).await?;
        }
        if members_concerned {
            consequence::carry_out(following).await?;
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
            _ => {}
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
