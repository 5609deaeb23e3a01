//! Lists of bodies that need something done: terms that end, vacancies, sizes, congresses.

use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::bodies::Term;
use crate::ground::reading::{AsOf, Asked, Page, in_scope};

/// The last term of an organisation.
#[derive(Debug)]
pub struct EndingTerm {
    /// Whose.
    pub organisation_id: Uuid,
    /// The term.
    pub term: Term,
}

/// What a body should have and has not.
#[derive(Debug)]
pub struct Vacancy {
    /// Whose body it is.
    pub organisation_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// The position that nobody holds; empty where seats are vacant.
    pub position: String,
    /// How many people there are.
    pub held: i32,
    /// How many there should be.
    pub seats: i32,
}

/// A body with more people than may sit in it, or fewer than must.
#[derive(Debug)]
pub struct BodyOffSize {
    /// Whose body it is.
    pub organisation_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// How many people sit in it.
    pub held: i32,
    /// By the rule, at least.
    pub least: i32,
    /// By the rule, at most.
    pub most: i32,
    /// At most, with consent or after a merger.
    pub allowed: i32,
    /// The congress that it is judged by.
    pub congress_id: Uuid,
    /// The members that this was held for.
    pub member_count: Option<i32>,
}

/// An appointed executive whose congress is late.
#[derive(Debug)]
pub struct LateCongress {
    /// Whose.
    pub organisation_id: Uuid,
    /// When its first members were appointed.
    pub appointed_on: Date,
    /// The last day for the congress.
    pub due_on: Date,
}

/// A page of terms that end by a date, those that end first at the top.
pub async fn terms_ending(
    reading: &mut Reading,
    (organisation_id, until, as_of): (Uuid, Date, AsOf),
    asked: &Asked<'_>,
) -> Result<Page<EndingTerm>, Failure> {
    let after: Option<(i32, Uuid)> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let (after_year, after_id) = after.unzip();
    let terms = sqlx::query_file!(
        "src/body/terms_ending.sql",
        organisation_id,
        as_of.on,
        until,
        after_year,
        after_id,
        asked.limit(),
        as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?
    .into_iter()
    .map(|row| EndingTerm {
        organisation_id: row.organisation_id,
        term: Term {
            congress_id: row.congress_id,
            ordinal: row.ordinal,
            held_on: row.held_on,
            from_year: row.from_year,
            to_year: row.to_year,
            form: row.form,
            reason: row.reason,
            member_count: row.member_count,
        },
    })
    .collect();
    asked.page(terms, |ending| (ending.term.to_year, ending.organisation_id))
}

/// A page of vacancies, in order of organisation, body and position.
pub async fn vacancies(
    reading: &mut Reading,
    (organisation_id, as_of): (Uuid, AsOf),
    asked: &Asked<'_>,
) -> Result<Page<Vacancy>, Failure> {
    let after: Option<(Uuid, String, String)> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let (after_id, after_body, after_position) = match after {
        Some((id, body, position)) => (Some(id), Some(body), Some(position)),
        None => (None, None, None),
    };
    let vacancies = sqlx::query_file_as!(
        Vacancy,
        "src/body/vacancies.sql",
        organisation_id,
        as_of.on,
        after_id,
        after_body,
        after_position,
        asked.limit(),
        as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(vacancies, |one| (one.organisation_id, one.body.clone(), one.position.clone()))
}

/// A page of bodies over or under size, in order of organisation and body.
pub async fn bodies_off_size(
    reading: &mut Reading,
    (organisation_id, as_of): (Uuid, AsOf),
    asked: &Asked<'_>,
) -> Result<Page<BodyOffSize>, Failure> {
    let after: Option<(Uuid, String)> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let (after_id, after_body) = after.unzip();
    let bodies = sqlx::query_file_as!(
        BodyOffSize,
        "src/body/bodies_off_size.sql",
        organisation_id,
        as_of.on,
        after_id,
        after_body,
        asked.limit(),
        as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(bodies, |one| (one.organisation_id, one.body.clone()))
}

/// A page of appointed executives whose congress is late, the latest first.
pub async fn late_congresses(
    reading: &mut Reading,
    (organisation_id, as_of): (Uuid, AsOf),
    asked: &Asked<'_>,
) -> Result<Page<LateCongress>, Failure> {
    let after: Option<(Date, Uuid)> = asked.after()?;
    in_scope(reading, "organisation_id", organisation_id).await?;
    let (after_due, after_id) = after.unzip();
    let congresses = sqlx::query_file_as!(
        LateCongress,
        "src/body/late_congresses.sql",
        organisation_id,
        as_of.on,
        after_due,
        after_id,
        asked.limit(),
        as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    asked.page(congresses, |one| (one.due_on, one.organisation_id))
}
