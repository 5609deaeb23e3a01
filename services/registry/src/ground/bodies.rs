//! The bodies of an organisation and who sits in them.

use std::collections::HashMap;

use chassis::database::Reading;
use chassis::refusal::Failure;
use feeds::registry::Office;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::{AsOf, in_scope};

/// A body with those who sit in it.
#[derive(Debug)]
pub struct Body {
    /// UUIDv7.
    pub body_id: Uuid,
    /// For example `EXECUTIVE`.
    pub body: String,
    /// The name of a steering committee.
    pub name: String,
    /// Who sits in it.
    pub offices: Vec<Office>,
}

/// The term that a congress opened.
#[derive(Debug)]
pub struct Term {
    /// The congress.
    pub congress_id: Uuid,
    /// lần thứ …
    pub ordinal: i32,
    /// When.
    pub held_on: Date,
    /// First year.
    pub from_year: i32,
    /// Last year.
    pub to_year: i32,
    /// PLENARY or DELEGATE.
    pub form: String,
    /// Why it is not five years.
    pub reason: String,
    /// How many members the congress was held for.
    pub member_count: Option<i32>,
}

/// What [`bodies`] answers.
#[derive(Debug)]
pub struct Bodies {
    /// Those in which somebody sat.
    pub bodies: Vec<Body>,
    /// The term of the last congress by then.
    pub term: Option<Term>,
}

/// The bodies of an organisation on a date, as known at an instant.
pub async fn bodies(
    reading: &mut Reading,
    organisation_id: Uuid,
    as_of: AsOf,
) -> Result<Bodies, Failure> {
    in_scope(reading, "organisation_id", organisation_id).await?;
    let seats = sqlx::query!(
        r#"select office.office_id, office.body_id, office.body, office.position,
                  office.person_id, office.term_until, body.name,
                  lower(office.valid) as "from_on!"
           from office
           join body using (body_id)
           where office.organisation_id = $1 and access.covers($1)
             and office.valid @> $2::date
             and office.recorded @> coalesce($3::timestamptz, 'infinity')
           order by office.body_id, office.office_id"#,
        organisation_id,
        as_of.on,
        as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    let mut bodies: Vec<Body> = Vec::new();
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    for seat in seats {
        let place = *places.entry(seat.body_id).or_insert_with(|| {
            bodies.push(Body {
                body_id: seat.body_id,
                body: seat.body.clone(),
                name: seat.name,
                offices: Vec::new(),
            });
            bodies.len() - 1
        });
        bodies[place].offices.push(Office {
            office_id: seat.office_id,
            organisation_id,
            body: seat.body,
            position: seat.position,
            person_id: seat.person_id,
            from_on: seat.from_on,
            term_until: seat.term_until,
        });
    }
    let term = sqlx::query_as!(
        Term,
        "select congress_id, ordinal, held_on, term_from_year as from_year,
                term_to_year as to_year, form, term_reason as reason, member_count
         from congress
         where organisation_id = $1 and access.covers($1)
           and held_on <= $2 and recorded_at <= coalesce($3::timestamptz, 'infinity')
         order by held_on desc
         limit 1",
        organisation_id,
        as_of.on,
        as_of.known_at,
    )
    .fetch_optional(&mut **reading)
    .await?;
    Ok(Bodies { bodies, term })
}
