//! This service's own copy of what decides rights: the tree, what ended, and the grants.
//!
//! Membership and reporting keep it from registry's feed, in the transaction that also moves
//! their position. Registry itself has views of the same names on its own tables.

use anyhow::{Context, anyhow};
use proto::google::r#type::Date as WireDate;
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{
    GrantMade, OrganisationState, OrganisationsEnded, OrganisationsHandedOver, RegistryChange,
    TimelinesCorrected,
};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::feed::Change;
use crate::parse;
use crate::refusal::Failure;

/// Before every day that the register knows: from then on goes on elsewhere what never existed.
const BEGINNING: Date = time::macros::date!(1900 - 01 - 01);

/// Takes a change of registry's into account. Most change no rights and do nothing here.
pub async fn apply(connection: &mut PgConnection, change: &Change) -> Result<(), Failure> {
    let body: RegistryChange = change.body.to_msg()?;
    let from = change.effective_on;
    match body.change.context("a change of registry's says nothing that this program knows")? {
        What::OrganisationFounded(founded) => {
            let state = founded.organisation.context("a founding names no organisation")?;
            found(connection, &[state]).await
        }
        What::OrganisationsLoaded(loaded) => found(connection, &loaded.organisations).await,
        What::OrganisationsHandedOver(handed) => hand_over(connection, from, &handed).await,
        What::OrganisationsEnded(ended) => end(connection, from, &ended).await,
        What::GrantMade(made) => make_grant(connection, from, &made).await,
        What::GrantEnded(ended) => {
            end_grant(connection, from, id("grant_id", &ended.grant_id)?).await
        }
        What::TimelinesCorrected(corrected) => replace(connection, &corrected).await,
        What::OrganisationRenamed(_)
        | What::OrganisationSuspended(_)
        | What::OrganisationResumed(_)
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
        | What::OrganisationTypeChanged(_)
        | What::OrganisationSplitOff(_)
        | What::TerritoryChanged(_)
        | What::SealAndAccountRecorded(_)
        | What::AliasesChanged(_)
        | What::JointDirectionBegun(_)
        | What::JointDirectionEnded(_)
        | What::DecisionAliasAdded(_)
        | What::ActsUndone(_) => Ok(()),
    }
}

/// New organisations hang under their superiors from their founding on.
async fn found(
    connection: &mut PgConnection,
    organisations: &[OrganisationState],
) -> Result<(), Failure> {
    let (mut units, mut superiors, mut from) = (Vec::new(), Vec::new(), Vec::new());
    for organisation in organisations {
        // The Confederation has no superior, so nothing hangs here.
        let Some(superior) = optional_id("superior_id", &organisation.superior_id)? else {
            continue;
        };
        units.push(id("organisation_id", &organisation.organisation_id)?);
        superiors.push(superior);
        from.push(date("founded_on", organisation.founded_on)?);
    }
    sqlx::query!(
        "insert into access.superior (organisation_id, superior_id, valid)
         select organisation_id, superior_id, daterange(from_on, null)
         from unnest($1::uuid[], $2::uuid[], $3::date[])
              as founded (organisation_id, superior_id, from_on)",
        &units,
        &superiors,
        &from,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// From a date on, units hang under another superior, until whatever was known to come next.
async fn hand_over(
    connection: &mut PgConnection,
    from: Date,
    handed: &OrganisationsHandedOver,
) -> Result<(), Failure> {
    let superior = id("superior_id", &handed.superior_id)?;
    let units = ids(handed.units.iter().map(|unit| unit.organisation_id.as_str()))?;
    // Where a superior begins on the very day, it is this one instead.
    sqlx::query!(
        "update access.superior set superior_id = $2
         where organisation_id = any ($1) and lower(valid) = $3",
        &units,
        superior,
        from,
    )
    .execute(&mut *connection)
    .await?;
    // Elsewhere what held on that day holds until then, and this one for the rest of it.
    sqlx::query!(
        "insert into access.superior (organisation_id, superior_id, valid)
         select unit.organisation_id, $2,
                daterange($3, coalesce(
                    (select upper(held.valid) from access.superior held
                     where held.organisation_id = unit.organisation_id and held.valid @> $3::date),
                    (select min(lower(later.valid)) from access.superior later
                     where later.organisation_id = unit.organisation_id
                       and lower(later.valid) > $3::date)))
         from unnest($1::uuid[]) as unit (organisation_id)
         where not exists (select from access.superior begun
                           where begun.organisation_id = unit.organisation_id
                             and lower(begun.valid) = $3::date)",
        &units,
        superior,
        from,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update access.superior set valid = daterange(lower(valid), $2)
         where organisation_id = any ($1) and lower(valid) < $2::date and valid @> $2::date",
        &units,
        from,
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Units end. What they hung under last stays, as the way to whoever inherits.
async fn end(
    connection: &mut PgConnection,
    on: Date,
    ended: &OrganisationsEnded,
) -> Result<(), Failure> {
    let units = ids(ended.units.iter().map(|unit| unit.organisation_id.as_str()))?;
    let heirs = ended
        .units
        .iter()
        .map(|unit| optional_id("principal_successor_id", &unit.principal_successor_id))
        .collect::<Result<Vec<_>, _>>()?;
    sqlx::query!(
        "insert into access.ending (organisation_id, ended_on, heir_id)
         select organisation_id, $3, heir_id
         from unnest($1::uuid[], $2::uuid[]) as ended (organisation_id, heir_id)
         on conflict (organisation_id)
         do update set ended_on = excluded.ended_on, heir_id = excluded.heir_id",
        &units,
        &heirs as &[Option<Uuid>],
        on,
    )
    .execute(&mut *connection)
    .await?;
    // A hand-over that was to come after the end will not come.
    sqlx::query!(
        "delete from access.superior later
         where later.organisation_id = any ($1) and lower(later.valid) >= $2
           and exists (select from access.superior held
                       where held.organisation_id = later.organisation_id
                         and lower(held.valid) < $2)",
        &units,
        on,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update access.superior set valid = daterange(lower(valid), $2)
         where organisation_id = any ($1) and lower(valid) < $2::date and valid @> $2::date",
        &units,
        on,
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Whole lives, in the place of all that was known of the same organisations. What never
/// existed goes on, from the beginning of time, in the superior that it was founded under:
/// people and facts that still name it lie there.
async fn replace(
    connection: &mut PgConnection,
    corrected: &TimelinesCorrected,
) -> Result<(), Failure> {
    let mut replaced = Vec::with_capacity(corrected.timelines.len());
    let (mut units, mut superiors) = (Vec::new(), Vec::new());
    let (mut from, mut until): (Vec<Date>, Vec<Option<Date>>) = (Vec::new(), Vec::new());
    let (mut ended, mut ended_on, mut heirs) = (Vec::new(), Vec::new(), Vec::new());
    for timeline in &corrected.timelines {
        let unit = id("organisation_id", &timeline.organisation_id)?;
        replaced.push(unit);
        for period in &timeline.superiors {
            units.push(unit);
            superiors.push(id("value", &period.value)?);
            from.push(date("from_on", period.from_on)?);
            until.push(parse::optional_date("until_on", period.until_on).map_err(unreadable)?);
        }
        if let Some(ending) = &timeline.ending {
            ended.push(unit);
            ended_on.push(date("ended_on", ending.ended_on)?);
            heirs.push(optional_id("principal_successor_id", &ending.principal_successor_id)?);
        }
        if !timeline.exists {
            let told = optional_id("founded_under_id", &timeline.founded_under_id)?;
            let under = match told {
                Some(superior) => Some(superior),
                None => first_superior(connection, unit).await?,
            };
            ended.push(unit);
            ended_on.push(BEGINNING);
            heirs.push(under);
        }
    }
    sqlx::query!("delete from access.superior where organisation_id = any ($1)", &replaced)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into access.superior (organisation_id, superior_id, valid)
         select organisation_id, superior_id, daterange(from_on, until_on)
         from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
              as known (organisation_id, superior_id, from_on, until_on)",
        &units,
        &superiors,
        &from,
        &until as &[Option<Date>],
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from access.ending where organisation_id = any ($1)", &replaced)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into access.ending (organisation_id, ended_on, heir_id)
         select organisation_id, ended_on, heir_id
         from unnest($1::uuid[], $2::date[], $3::uuid[])
              as known (organisation_id, ended_on, heir_id)",
        &ended,
        &ended_on,
        &heirs as &[Option<Uuid>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The superior under which an organisation was first placed, as far as it is still known:
/// what is known never to have existed has none, but still goes on where it went on before.
async fn first_superior(
    connection: &mut PgConnection,
    unit: Uuid,
) -> Result<Option<Uuid>, Failure> {
    let superior = sqlx::query_scalar!(
        r#"select coalesce(
               (select superior_id from access.superior where organisation_id = $1
                order by lower(valid) limit 1),
               (select heir_id from access.ending where organisation_id = $1)) as superior_id"#,
        unit,
    )
    .fetch_one(connection)
    .await?;
    Ok(superior)
}

async fn make_grant(
    connection: &mut PgConnection,
    from: Date,
    made: &GrantMade,
) -> Result<(), Failure> {
    let until = parse::optional_date("until_on", made.until_on).map_err(unreadable)?;
    sqlx::query!(
        "insert into access.grant_held (grant_id, issuer, subject, role, organisation_id, valid)
         values ($1, $2, $3, $4, $5, daterange($6, $7))
         -- One that an undoing had taken along, and that is made known again.
         on conflict (grant_id) do update set valid = excluded.valid",
        id("grant_id", &made.grant_id)?,
        made.issuer,
        made.subject,
        made.role,
        id("organisation_id", &made.organisation_id)?,
        from,
        until,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A grant that ends before it began holds on no day: an empty range.
async fn end_grant(connection: &mut PgConnection, on: Date, grant_id: Uuid) -> Result<(), Failure> {
    sqlx::query!(
        "update access.grant_held set valid = valid * daterange(null, $2) where grant_id = $1",
        grant_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn id(field: &str, text: &str) -> Result<Uuid, Failure> {
    parse::id(field, text).map_err(unreadable)
}

fn optional_id(field: &str, text: &str) -> Result<Option<Uuid>, Failure> {
    parse::optional_id(field, text).map_err(unreadable)
}

fn ids<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Vec<Uuid>, Failure> {
    texts.map(|text| id("organisation_id", text)).collect()
}

fn date(field: &str, date: Option<WireDate>) -> Result<Date, Failure> {
    parse::date(field, date).map_err(unreadable)
}

/// Nobody asked for this: a change that cannot be read is no refusal but our own trouble.
fn unreadable(refusal: crate::refusal::Refusal) -> Failure {
    Failure::Failed(anyhow!("a change of registry's cannot be read: {refusal}"))
}
