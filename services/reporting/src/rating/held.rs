//! A round, and unions in it, while something is said of them: read, locked, and written to.

use std::collections::HashMap;

use chassis::access::unknown_or_denied;
use chassis::database::{Acting, civil_date};
use chassis::refusal::{Failure, Refusal};
use sqlx::types::Json;
use time::{Date, Duration};
use uuid::Uuid;

use crate::ground::acting::named;
use crate::ground::refused::Refused;
use crate::rating::step::{State, Step};
use crate::rating::terms::{Score, Terms};

/// A round that is open.
pub struct Round {
    /// Which.
    pub round_id: Uuid,
    /// The rating year.
    pub year: i32,
    /// The last day of what is rated.
    pub through: Date,
    /// The scheme's code.
    pub scheme: String,
    /// What the scheme said when the round was opened.
    pub terms: Terms,
    /// Until when unions score themselves.
    pub self_score_due_on: Date,
    /// How many days after a decision a union may appeal.
    pub appeal_days: i32,
}

impl Round {
    /// The last day on which a union may appeal against what was decided on a day.
    pub fn appeal_through(&self, decided_on: Date) -> Date {
        decided_on.saturating_add(Duration::days(self.appeal_days.into()))
    }
}

/// A union in a round.
pub struct Held {
    /// Why it is not rated, if it is not.
    pub ineligible: Option<String>,
    /// How far it is.
    pub state: State,
    /// What it is appraised at, in tenths.
    pub appraised_tenths: Option<i32>,
    /// As it is decided now.
    pub grade: Option<String>,
    /// When that was.
    pub decided_on: Option<Date>,
}

/// Refuses with every line at fault, if there is one.
pub fn refuse(faults: Vec<Refusal>) -> Result<(), Failure> {
    match faults.into_iter().reduce(Refusal::and) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

/// Locks one union of the caller's scope, and its open round.
pub async fn one(
    acting: &mut Acting,
    round_id: Uuid,
    organisation_id: Uuid,
) -> Result<(Round, Held), Failure> {
    let field = "organisation_id".to_string();
    if !named(acting, &[organisation_id]).await?.contains_key(&organisation_id) {
        return Err(Refused::OrganisationUnknown { field, organisation_id }.into());
    }
    let round = round(acting, round_id, &[organisation_id]).await?;
    match hold(acting, round_id, &[organisation_id]).await?.remove(&organisation_id) {
        None => Err(Refused::RatingRoundUnknown { round_id }.into()),
        Some(Held { ineligible: Some(why), .. }) => {
            Err(Refused::RatingNotEligible { field, why }.into())
        }
        Some(held) => Ok((round, held)),
    }
}

/// A round that lists one of some unions, which are locked and in the caller's scope. It stays open
/// while it is held.
pub async fn round(acting: &mut Acting, round_id: Uuid, units: &[Uuid]) -> Result<Round, Failure> {
    let row = sqlx::query!(
        r#"select year, (upper(period) - 1) as "through!", scheme, terms as "terms: Json<Terms>",
                  self_score_due_on, appeal_days, ended_at
           from rating_round
           where round_id = $1
             and exists (select from rating_of_round listed
                         where listed.round_id = $1 and listed.organisation_id = any($2)
                           and access.covers(listed.organisation_id))
           for share"#,
        round_id,
        units,
    )
    .fetch_optional(acting.db())
    .await?;
    let Some(row) = row else {
        return Err(unknown_or_denied(acting.db(), Refused::RatingRoundUnknown { round_id }).await);
    };
    if let Some(ended_at) = row.ended_at {
        return Err(Refused::RatingRoundEnded { ended_on: civil_date(ended_at) }.into());
    }
    Ok(Round {
        round_id,
        year: row.year,
        through: row.through,
        scheme: row.scheme,
        terms: row.terms.0,
        self_score_due_on: row.self_score_due_on,
        appeal_days: row.appeal_days,
    })
}

/// Those of some unions that a round lists.
pub async fn hold(
    acting: &mut Acting,
    round_id: Uuid,
    units: &[Uuid],
) -> Result<HashMap<Uuid, Held>, Failure> {
    let rows = sqlx::query!(
        "select organisation_id, ineligible, state, appraised_tenths, grade, decided_on
         from rating_of_round
         where round_id = $1 and organisation_id = any($2) and access.covers(organisation_id)
         order by organisation_id
         for update",
        round_id,
        units,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let held = Held {
                ineligible: row.ineligible,
                state: State::parse(&row.state),
                appraised_tenths: row.appraised_tenths,
                grade: row.grade,
                decided_on: row.decided_on,
            };
            (row.organisation_id, held)
        })
        .collect())
}

/// Writes what is said of unions that are held, one step each, all of one kind.
pub async fn say(acting: &mut Acting, round_id: Uuid, steps: &[Step]) -> Result<(), Failure> {
    let Some(kind) = steps.first().map(|step| step.kind) else { return Ok(()) };
    let units: Vec<Uuid> = steps.iter().map(|step| step.organisation_id).collect();
    let scores: Vec<Json<&Vec<Score>>> = steps.iter().map(|step| Json(&step.scores)).collect();
    let totals: Vec<Option<i32>> = steps.iter().map(|step| step.total_tenths).collect();
    let grades: Vec<Option<&str>> = steps.iter().map(|step| step.grade.as_deref()).collect();
    let reasons: Vec<&str> = steps.iter().map(|step| step.reason.as_str()).collect();
    let decisions: Vec<Option<Uuid>> = steps.iter().map(|step| step.decision_id).collect();
    let (act_id, acted_at, today) = (acting.act_id, acting.acted_at, acting.today);
    let actor = acting.caller.principal();
    sqlx::query!(
        "insert into rating_step (round_id, organisation_id, step, kind, scores, total_tenths, grade,
                                  reason, decision_id, actor, recorded_at, act_id)
         select $1, line.organisation_id, held.steps + 1, $2, line.scores, line.total_tenths, line.grade,
                line.reason, line.decision_id, $9, $10, $11
         from unnest($3::uuid[], $4::jsonb[], $5::integer[], $6::text[], $7::text[], $8::uuid[])
              as line (organisation_id, scores, total_tenths, grade, reason, decision_id)
         join rating_of_round held on held.round_id = $1 and held.organisation_id = line.organisation_id",
        round_id,
        kind.code(),
        &units,
        &scores as &[Json<&Vec<Score>>],
        &totals as &[Option<i32>],
        &grades as &[Option<&str>],
        &reasons as &[&str],
        &decisions as &[Option<Uuid>],
        actor,
        acted_at,
        act_id,
    )
    .execute(acting.db())
    .await?;
    sqlx::query!(
        "update rating_of_round held
         set steps = held.steps + 1,
             state = $2,
             self_tenths = case when $2 = 'SELF_SCORED' then line.total_tenths else held.self_tenths end,
             appraised_tenths = case when $2 = 'APPRAISED' then line.total_tenths else held.appraised_tenths end,
             grade = case when $2 in ('DECIDED', 'ANSWERED') then coalesce(line.grade, held.grade)
                          else held.grade end,
             decided_on = case when $2 in ('DECIDED', 'ANSWERED') and line.grade is not null then $6
                               else held.decided_on end
         from unnest($3::uuid[], $4::integer[], $5::text[]) as line (organisation_id, total_tenths, grade)
         where held.round_id = $1 and held.organisation_id = line.organisation_id",
        round_id,
        kind.code(),
        &units,
        &totals as &[Option<i32>],
        &grades as &[Option<&str>],
        today,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}
