//! What registry's acts mean for members, and how far it is carried out.

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::consequence::passed_over::{self, PassedOver};

/// Registry's act, organisation, kind.
pub type Key = (Uuid, Uuid, i16);

/// One act's consequence for one organisation.
#[derive(Debug)]
pub struct Consequence {
    /// Registry's act.
    pub registry_act_id: Uuid,
    /// The organisation founded or ended.
    pub organisation_id: Uuid,
    /// `membership.v1.ConsequenceKind`.
    pub kind: i16,
    /// The day of the founding or the end.
    pub effective_on: Date,
    /// Where the members continue, as the act says.
    pub to_organisation_id: Option<Uuid>,
    /// How many people it has admitted, moved or ended.
    pub members: i32,
    /// When it was done; none while it waits.
    pub finished_at: Option<OffsetDateTime>,
    /// `membership.v1.Obstacle`, while it waits.
    pub obstacle: Option<i16>,
}

/// Which consequences.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// Also those that are finished.
    pub include_finished: bool,
    /// Only those of these acts of registry.
    pub registry_act_ids: Option<&'a [Uuid]>,
    /// Only those for these organisations.
    pub organisation_ids: Option<&'a [Uuid]>,
    /// As was known then.
    pub known_at: Option<OffsetDateTime>,
}

/// The consequences for organisations in the caller's scope, and the first people whom each
/// passed over.
pub async fn list(
    connection: &mut PgConnection,
    wanted: &Wanted<'_>,
    asked: &Asked<'_>,
) -> Result<(Page<Consequence>, Vec<PassedOver>), Failure> {
    let held = sqlx::query_scalar!(r#"select access.holds() as "holds!""#)
        .fetch_one(&mut *connection)
        .await?;
    if !held {
        return Err(access::permission_denied("membership.consequence.read").into());
    }
    let after: Option<Key> = asked.after()?;
    let limit = asked.limit();
    let rows = match (wanted.known_at, wanted.organisation_ids) {
        (Some(at), _) => known(connection, wanted, at, after, limit).await?,
        (None, Some(of)) => of_organisations(connection, wanted, of, after, limit).await?,
        (None, None) => of_acts(connection, wanted, after, limit).await?,
    };
    let rows = asked.page(rows, |row| (row.registry_act_id, row.organisation_id, row.kind))?;
    let acts: Vec<Uuid> = rows.rows.iter().map(|row| row.registry_act_id).collect();
    let organisations: Vec<Uuid> = rows.rows.iter().map(|row| row.organisation_id).collect();
    let passed_over =
        passed_over::first(connection, &acts, &organisations, wanted.known_at).await?;
    Ok((rows, passed_over))
}

async fn of_acts(
    connection: &mut PgConnection,
    wanted: &Wanted<'_>,
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<Consequence>, Failure> {
    let rows = sqlx::query_as!(
        Consequence,
        "select registry_act_id, organisation_id, kind, effective_on, to_organisation_id, members,
                finished_at, obstacle
         from consequence
         where ($1 or finished_at is null)
           and ($2::uuid[] is null or registry_act_id = any($2))
           and ($3::uuid is null or (registry_act_id, organisation_id, kind) > ($3, $4, $5))
           and access.covers(organisation_id)
         order by registry_act_id, organisation_id, kind limit $6",
        wanted.include_finished,
        wanted.registry_act_ids,
        after.map(|key| key.0),
        after.map(|key| key.1),
        after.map(|key| key.2),
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

async fn of_organisations(
    connection: &mut PgConnection,
    wanted: &Wanted<'_>,
    organisation_ids: &[Uuid],
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<Consequence>, Failure> {
    let rows = sqlx::query_as!(
        Consequence,
        "select registry_act_id, organisation_id, kind, effective_on, to_organisation_id, members,
                finished_at, obstacle
         from consequence
         where organisation_id = any($3)
           and ($1 or finished_at is null)
           and ($2::uuid[] is null or registry_act_id = any($2))
           and ($4::uuid is null or (registry_act_id, organisation_id, kind) > ($4, $5, $6))
           and access.covers(organisation_id)
         order by registry_act_id, organisation_id, kind limit $7",
        wanted.include_finished,
        wanted.registry_act_ids,
        organisation_ids,
        after.map(|key| key.0),
        after.map(|key| key.1),
        after.map(|key| key.2),
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// As was known at an instant; who may read it is decided by what is known now.
async fn known(
    connection: &mut PgConnection,
    wanted: &Wanted<'_>,
    at: OffsetDateTime,
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<Consequence>, Failure> {
    let rows = sqlx::query_as!(
        Consequence,
        r#"select registry_act_id as "registry_act_id!", organisation_id as "organisation_id!",
                  kind as "kind!", effective_on as "effective_on!", to_organisation_id,
                  members as "members!", finished_at, obstacle
           from consequence_known
           where recorded @> $8::timestamptz
             and ($1 or finished_at is null)
             and ($2::uuid[] is null or registry_act_id = any($2))
             and ($3::uuid[] is null or organisation_id = any($3))
             and ($4::uuid is null or (registry_act_id, organisation_id, kind) > ($4, $5, $6))
             and access.covers(organisation_id)
           order by registry_act_id, organisation_id, kind limit $7"#,
        wanted.include_finished,
        wanted.registry_act_ids,
        wanted.organisation_ids,
        after.map(|key| key.0),
        after.map(|key| key.1),
        after.map(|key| key.2),
        limit,
        at,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}
