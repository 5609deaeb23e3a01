//! All that was said of a union in a round, and the rating of a year that counts.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::rating::ratings::Union;
use crate::rating::step::{Kind, Said, State, Step};
use crate::rating::terms::Score;

/// The round of a year that lists a union: the one in which it is rated, or else the last one that lists
/// it as not rated.
pub async fn round_of(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    year: i32,
) -> Result<Option<Uuid>, Failure> {
    let round_id = sqlx::query_scalar!(
        "select round_id from rating_of_round
         where organisation_id = $1 and year = $2 and access.covers(organisation_id)
         order by takes_part desc, round_id desc
         limit 1",
        organisation_id,
        year,
    )
    .fetch_optional(connection)
    .await?;
    Ok(round_id)
}

/// A union in a round, as is known now.
pub async fn union(
    connection: &mut PgConnection,
    round_id: Uuid,
    organisation_id: Uuid,
) -> Result<Option<Union>, Failure> {
    let union = sqlx::query_as!(
        Union,
        r#"select listed.organisation_id,
                  coalesce(name_on(listed.organisation_id, r.listed_on), '') as "organisation_name!",
                  listed.sector, listed.state, listed.ineligible, listed.self_tenths, listed.appraised_tenths,
                  listed.grade, listed.decided_on
           from rating_of_round listed
           join rating_round r on r.round_id = listed.round_id
           where listed.round_id = $1 and listed.organisation_id = $2
             and access.covers(listed.organisation_id)"#,
        round_id,
        organisation_id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(union)
}

/// What was said of it, the oldest first.
pub async fn steps(
    connection: &mut PgConnection,
    round_id: Uuid,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
) -> Result<Vec<Said>, Failure> {
    let rows = sqlx::query!(
        r#"select kind, scores as "scores: Json<Vec<Score>>", total_tenths, grade, reason, decision_id,
                  actor, recorded_at
           from rating_step
           where round_id = $1 and organisation_id = $2 and access.covers(organisation_id)
             and ($3::timestamptz is null or recorded_at <= $3)
           order by step"#,
        round_id,
        organisation_id,
        known_at,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Said {
            step: Step {
                organisation_id,
                kind: Kind::parse(&row.kind),
                scores: row.scores.0,
                total_tenths: row.total_tenths,
                grade: row.grade,
                reason: row.reason,
                decision_id: row.decision_id,
            },
            actor: row.actor,
            recorded_at: row.recorded_at,
        })
        .collect())
}

/// How far the union was when no more than this was said of it.
pub fn as_known(union: Union, steps: &[Said], on: impl Fn(OffsetDateTime) -> Date) -> Union {
    let first = match union.ineligible {
        Some(_) => State::NotRated,
        None => State::AwaitingSelfScore,
    };
    let nothing = Union {
        state: first.code().to_string(),
        self_tenths: None,
        appraised_tenths: None,
        grade: None,
        decided_on: None,
        ..union
    };
    steps.iter().fold(nothing, |mut union, said| {
        let step = &said.step;
        union.state = step.kind.leads_to().code().to_string();
        match step.kind {
            Kind::SelfScored => union.self_tenths = step.total_tenths,
            Kind::Appraised => union.appraised_tenths = step.total_tenths,
            Kind::Decided | Kind::Answered if step.grade.is_some() => {
                union.grade.clone_from(&step.grade);
                union.decided_on = Some(on(said.recorded_at));
            }
            Kind::Decided | Kind::Answered | Kind::Appealed => {}
        }
        union
    })
}

/// The rating of a union and year that counts.
pub struct Counting {
    /// The scheme's code.
    pub scheme: String,
    /// The grade.
    pub grade: String,
    /// When it counts; none on the last day of its year.
    pub counts_on: Option<Date>,
    /// The round in which it was decided.
    pub round_id: Option<Uuid>,
    /// Whether figures count it.
    pub counted: bool,
}

/// That of a year that ends on a day.
pub async fn counting(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    year: i32,
    last_day: Date,
) -> Result<Option<Counting>, Failure> {
    let counting = sqlx::query_as!(
        Counting,
        r#"select scheme, grade, counts_on, round_id,
                  rating_counts(organisation_id, coalesce(counts_on, $3)) as "counted!"
           from rating
           where organisation_id = $1 and year = $2 and access.covers(organisation_id)"#,
        organisation_id,
        year,
        last_day,
    )
    .fetch_optional(connection)
    .await?;
    Ok(counting)
}
