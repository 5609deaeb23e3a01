//! Organisations, as this service's own copy of registry's facts knows them.

use chassis::access;
use chassis::database::Acting;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// What somebody wants of an organisation on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To take in members: it must exist on that day and direct its work. If its end is known,
    /// they go on from there as its members do.
    Joins,
    /// To lose members: it must be known, whatever its state.
    Leaves,
    /// To act otherwise, as an organiser or a sender: it must exist on that day.
    Acts,
}

/// What is known of an organisation on a day.
struct Standing {
    organisation_id: Uuid,
    never_existed: bool,
    founded_on: Date,
    ended_on: Option<Date>,
    suspended_on: Option<Date>,
    /// How far registry's feed was followed.
    position: i64,
}

/// Refuses unless the organisation lies in the caller's scope and may do what is asked of it
/// on that day. Until the act ends, its row is locked against an end or a suspension, and
/// the act says on which position of registry's feed it was decided. Answers whether its end is
/// known.
pub async fn stands(
    acting: &mut Acting,
    organisation_id: Uuid,
    on: Date,
    asked: Asked,
) -> Result<bool, Failure> {
    all_stand(acting, &[("organisation_id", organisation_id, asked)], on).await
}

/// As [`stands`], for several organisations, each with the name of its field; locked in the
/// order of their ids.
pub async fn all_stand(
    acting: &mut Acting,
    organisations: &[(&str, Uuid, Asked)],
    on: Date,
) -> Result<bool, Failure> {
    stand_with(acting, organisations, &[], on).await
}

/// As [`all_stand`], with others that need not lie in the caller's scope: where members are offered
/// to, for example, or who has offered them.
pub async fn stand_with(
    acting: &mut Acting,
    organisations: &[(&str, Uuid, Asked)],
    elsewhere: &[(&str, Uuid, Asked)],
    on: Date,
) -> Result<bool, Failure> {
    let id = |(_, organisation_id, _): &(&str, Uuid, Asked)| *organisation_id;
    let foreign: Vec<Uuid> = elsewhere.iter().map(id).collect();
    let ids: Vec<Uuid> = organisations.iter().chain(elsewhere).map(id).collect();
    let standings = sqlx::query_as!(
        Standing,
        r#"select organisation_id as "organisation_id!", never_existed as "never_existed!",
                  founded_on as "founded_on!", ended_on, suspended_on,
                  registry_position as "position!"
           from organisations_held($1, $2, $3)"#,
        &ids,
        &foreign,
        on,
    )
    .fetch_all(acting.db())
    .await?;
    let mut ends = false;
    for &(field, organisation_id, asked) in organisations.iter().chain(elsewhere) {
        let anywhere = foreign.contains(&organisation_id);
        let exists = |one: &&Standing| asked == Asked::Leaves || !one.never_existed;
        let known = standings.iter().find(|one| one.organisation_id == organisation_id);
        let Some(standing) = known.filter(exists) else {
            let unknown =
                Refused::OrganisationUnknown { field: field.to_string(), organisation_id };
            return Err(match anywhere {
                true => unknown.into(),
                false => access::unknown_or_denied(acting.db(), unknown).await,
            });
        };
        standing.allows(field, on, asked)?;
        ends |= standing.ended_on.is_some();
    }
    match standings.first() {
        Some(standing) => acting.set_registry_position(standing.position),
        None => decided_on(acting).await?,
    }
    Ok(ends)
}

/// Says on which position of registry's feed the act is decided. Read after the locks: what it was
/// decided on cannot be newer.
pub async fn decided_on(acting: &mut Acting) -> Result<(), Failure> {
    let position = sqlx::query_scalar!(
        r#"select coalesce(max(position), 0) as "position!"
           from feed.follower where source = 'registry'"#
    )
    .fetch_one(acting.db())
    .await?;
    acting.set_registry_position(position);
    Ok(())
}

impl Standing {
    fn allows(&self, field: &str, on: Date, asked: Asked) -> Result<(), Refused> {
        let (field, organisation_id) = (field.to_string(), self.organisation_id);
        if asked == Asked::Leaves {
            return Ok(());
        }
        if on < self.founded_on {
            let founded_on = self.founded_on;
            return Err(Refused::OrganisationNotFounded { field, organisation_id, founded_on });
        }
        if let Some(ended_on) = self.ended_on
            && ended_on <= on
        {
            return Err(Refused::OrganisationEnded { field, organisation_id, ended_on });
        }
        if let (Asked::Joins, Some(suspended_on)) = (asked, self.suspended_on) {
            return Err(Refused::OrganisationSuspended { field, organisation_id, suspended_on });
        }
        Ok(())
    }
}

/// An organisation in whose scope a person lies, of those in the caller's: she should lie in one.
pub async fn of_person(acting: &mut Acting, person_id: Uuid) -> Result<Uuid, Failure> {
    let union = sqlx::query_scalar!(
        r#"select organisation_id as "organisation_id!"
           from person_scope($1) as scope (organisation_id)
           where access.covers(organisation_id)
           order by organisation_id limit 1"#,
        person_id,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(union)
}

/// Refuses an organisation that this service does not know. It need not lie in the caller's
/// scope: an event's host, for example.
pub async fn known(acting: &mut Acting, field: &str, organisation_id: Uuid) -> Result<(), Failure> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from organisation where organisation_id = $1) as "known!""#,
        organisation_id,
    )
    .fetch_one(acting.db())
    .await?;
    if known {
        return Ok(());
    }
    Err(Refused::OrganisationUnknown { field: field.to_string(), organisation_id }.into())
}

/// Refuses the first of these organisations that is unknown or outside the caller's scope;
/// `field` names it by its place in the list.
pub async fn all_in_scope(
    connection: &mut PgConnection,
    organisation_ids: &[Uuid],
    field: impl Fn(usize) -> String,
) -> Result<(), Failure> {
    let first = sqlx::query!(
        r#"with each as materialized (
               select organisation_id, min(line) as line
               from unnest($1::uuid[]) with ordinality as asked (organisation_id, line)
               group by organisation_id
           )
           select organisation_id as "organisation_id!", line as "line!"
           from each
           where not exists (select from organisation
                             where organisation.organisation_id = each.organisation_id)
              or not access.covers(each.organisation_id)
           order by line limit 1"#,
        organisation_ids,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(first) = first else { return Ok(()) };
    let field = field(usize::try_from(first.line - 1).unwrap_or_default());
    let unknown = Refused::OrganisationUnknown { field, organisation_id: first.organisation_id };
    Err(access::unknown_or_denied(connection, unknown).await)
}

/// Refuses a read about an organisation that is unknown or outside the caller's scope.
pub async fn in_scope(connection: &mut PgConnection, organisation_id: Uuid) -> Result<(), Failure> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from organisation
                          where organisation_id = $1 and access.covers($1)) as "known!""#,
        organisation_id,
    )
    .fetch_one(&mut *connection)
    .await?;
    if known {
        return Ok(());
    }
    let field = "organisation_id".to_string();
    let unknown = Refused::OrganisationUnknown { field, organisation_id };
    Err(access::unknown_or_denied(connection, unknown).await)
}
