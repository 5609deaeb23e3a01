//! People whom consequences passed over: why, what can be done, and by whom.

use std::collections::{HashMap, HashSet};

use chassis::access;
use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ground::consequence::{Contradictions, Kind, Obstacle, Settling};
use crate::ground::refused::Refused;

/// How many people a list of consequences names of each.
const NAMED: i64 = 20;

/// Somebody passed over.
#[derive(Debug)]
pub struct PassedOver {
    /// Registry's act.
    pub registry_act_id: Uuid,
    /// The organisation.
    pub organisation_id: Uuid,
    /// `membership.v1.ConsequenceKind`.
    pub kind: i16,
    /// Who.
    pub person_id: Uuid,
    /// `membership.v1.Obstacle`.
    pub obstacle: i16,
    /// When she was no longer.
    pub mended_at: Option<OffsetDateTime>,
    /// How many people that consequence passed over.
    pub people: i64,
    /// The organisations in whose scope she lies.
    pub lies_under: Vec<Uuid>,
    /// The unions whose books mending it would change.
    pub unions: Vec<Uuid>,
}

/// Somebody passed over, as she is read.
struct Row {
    registry_act_id: Uuid,
    organisation_id: Uuid,
    kind: i16,
    person_id: Uuid,
    obstacle: i16,
    mended_at: Option<OffsetDateTime>,
    people: i64,
    lies_under: Vec<Uuid>,
}

/// The first people whom each of these consequences passed over, or had passed over as was known
/// then: act and organisation.
pub async fn first(
    connection: &mut PgConnection,
    acts: &[Uuid],
    organisations: &[Uuid],
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<PassedOver>, Failure> {
    let rows = match known_at {
        None => first_now(connection, acts, organisations).await?,
        Some(at) => first_known(connection, acts, organisations, at).await?,
    };
    let passed_over = rows
        .into_iter()
        .map(|row| PassedOver {
            registry_act_id: row.registry_act_id,
            organisation_id: row.organisation_id,
            kind: row.kind,
            person_id: row.person_id,
            obstacle: row.obstacle,
            mended_at: row.mended_at,
            people: row.people,
            lies_under: row.lies_under,
            unions: Vec::new(),
        })
        .collect();
    let passed_over = as_told(connection, passed_over).await?;
    with_unions(connection, passed_over).await
}

async fn first_known(
    connection: &mut PgConnection,
    acts: &[Uuid],
    organisations: &[Uuid],
    at: OffsetDateTime,
) -> Result<Vec<Row>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select registry_act_id as "registry_act_id!", organisation_id as "organisation_id!",
                  kind as "kind!", person_id as "person_id!", obstacle as "obstacle!", mended_at,
                  people as "people!",
                  array(select person_scope(person_id)) as "lies_under!: Vec<Uuid>"
           from (select each.*, count(*) over mine as people,
                        row_number() over (mine order by person_id) as place
                 from (select registry_act_id, organisation_id, person_id, obstacle, mended_at,
                              coalesce(kind, case when obstacle = 6 then 5 else 1 end)::smallint
                                  as kind
                       from consequence_passed_over_known
                       where (registry_act_id, organisation_id) in
                             (select * from unnest($1::uuid[], $2::uuid[]))
                         and recorded @> $4::timestamptz) each
                 window mine as (partition by registry_act_id, organisation_id, kind)) counted
           where place <= $3
           order by registry_act_id, organisation_id, person_id"#,
        acts,
        organisations,
        NAMED,
        at,
    )
    .fetch_all(&mut *connection)
    .await?;
    Ok(rows)
}

async fn first_now(
    connection: &mut PgConnection,
    acts: &[Uuid],
    organisations: &[Uuid],
) -> Result<Vec<Row>, Failure> {
    let rows = sqlx::query_as!(
        Row,
        r#"select registry_act_id as "registry_act_id!", organisation_id as "organisation_id!",
                  kind as "kind!", person_id as "person_id!", obstacle as "obstacle!", mended_at,
                  people as "people!",
                  array(select person_scope(person_id)) as "lies_under!: Vec<Uuid>"
           from (select each.*, count(*) over mine as people,
                        row_number() over (mine order by person_id) as place
                 from (select registry_act_id, organisation_id, person_id, obstacle, mended_at,
                              coalesce(kind, case when obstacle = 6 then 5 else 1 end)::smallint
                                  as kind
                       from consequence_passed_over
                       where (registry_act_id, organisation_id) in
                             (select * from unnest($1::uuid[], $2::uuid[]))) each
                 window mine as (partition by registry_act_id, organisation_id, kind)) counted
           where place <= $3
           order by registry_act_id, organisation_id, person_id"#,
        acts,
        organisations,
        NAMED,
    )
    .fetch_all(&mut *connection)
    .await?;
    Ok(rows)
}

/// All whom an act's consequences for one organisation passed over.
pub async fn list(
    connection: &mut PgConnection,
    registry_act_id: Uuid,
    organisation_id: Uuid,
    exclude_mended: bool,
    asked: &Asked<'_>,
) -> Result<Page<PassedOver>, Failure> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from consequence
                          where registry_act_id = $1 and organisation_id = $2
                            and access.covers($2)) as "known!""#,
        registry_act_id,
        organisation_id,
    )
    .fetch_one(&mut *connection)
    .await?;
    if !known {
        let unknown = Refused::ConsequenceUnknown { registry_act_id };
        return Err(access::unknown_or_denied(connection, unknown).await);
    }
    let rows = sqlx::query!(
        r#"select person_id, obstacle, mended_at,
                  coalesce(kind, case when obstacle = 6 then 5 else 1 end)::smallint as "kind!",
                  array(select person_scope(person_id)) as "lies_under!: Vec<Uuid>"
           from consequence_passed_over
           where registry_act_id = $1 and organisation_id = $2
             and (not $3 or mended_at is null)
             and ($4::uuid is null or person_id > $4)
           order by person_id limit $5"#,
        registry_act_id,
        organisation_id,
        exclude_mended,
        asked.after::<Uuid>()?,
        asked.limit(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let passed_over = rows
        .into_iter()
        .map(|row| PassedOver {
            registry_act_id,
            organisation_id,
            kind: row.kind,
            person_id: row.person_id,
            obstacle: row.obstacle,
            mended_at: row.mended_at,
            people: 0,
            lies_under: row.lies_under,
            unions: Vec::new(),
        })
        .collect();
    let Page { rows, next_page_token } =
        asked.page(passed_over, |one: &PassedOver| one.person_id)?;
    let rows = as_told(connection, rows).await?;
    Ok(Page { rows: with_unions(connection, rows).await?, next_page_token })
}

/// Applicants are whoever a founding named, by ids that anybody may write. Those who lie out of
/// the caller's scope read as people whom nobody knows: neither what keeps them nor where is told.
/// Whom another act concerned was in its union, which is reason enough to name her.
async fn as_told(
    connection: &mut PgConnection,
    mut passed_over: Vec<PassedOver>,
) -> Result<Vec<PassedOver>, Failure> {
    let is_applicant = |one: &PassedOver| one.kind == Kind::ApplicantsAdmitted as i16;
    let mut people: Vec<Uuid> =
        passed_over.iter().filter(|one| is_applicant(one)).map(|one| one.person_id).collect();
    people.sort_unstable();
    people.dedup();
    if people.is_empty() {
        return Ok(passed_over);
    }
    let in_scope: HashSet<Uuid> = sqlx::query_scalar!(
        r#"select person_id as "person_id!" from persons_in_scope($1) as told (person_id)"#,
        &people,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .collect();
    for one in &mut passed_over {
        if is_applicant(one) && !in_scope.contains(&one.person_id) {
            one.obstacle = Obstacle::PersonUnknown as i16;
            one.lies_under.clear();
            one.mended_at = None;
        }
    }
    Ok(passed_over)
}

/// Where a later movement is in the way: the unions whose books mending it would change.
async fn with_unions(
    connection: &mut PgConnection,
    mut passed_over: Vec<PassedOver>,
) -> Result<Vec<PassedOver>, Failure> {
    let mut people: Vec<Uuid> = passed_over
        .iter()
        .filter(|one| one.obstacle == Obstacle::LaterMovement as i16 && one.mended_at.is_none())
        .map(|one| one.person_id)
        .collect();
    people.sort_unstable();
    people.dedup();
    if people.is_empty() {
        return Ok(passed_over);
    }
    let settling = Settling::read(connection, &people, Contradictions::Settled).await?;
    let unions: HashMap<Uuid, Vec<Uuid>> = settling.unions().into_iter().collect();
    for one in &mut passed_over {
        if let Some(unions) = unions.get(&one.person_id) {
            one.unions.clone_from(unions);
        }
    }
    Ok(passed_over)
}
