//! `body.proto`.

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use time::{Date, Month};
use uuid::Uuid;

use crate::body::lists::{BodyOffSize, EndingTerm, LateCongress, Vacancy};
use crate::ground::reading::{AsOf, Page};
use crate::ground::wire::organisation::{AS_OF, as_of};
use crate::ground::wire::seats::term;

/// The last day of a year, on which terms end.
fn last_day(year: i32) -> Option<Date> {
    Date::from_calendar_date(year, Month::December, 31).ok()
}

/// Whose terms, ending by when, as of when, known when.
pub fn terms_ending(
    request: &pb::ListTermsEndingRequest,
    today: Date,
) -> Result<(Uuid, Date, AsOf), Refusal> {
    let as_of = as_of(AS_OF, request.as_of, request.known_at, today)?;
    let until = parse::optional_date("until_on", request.until_on)?;
    Ok((
        parse::id("organisation_id", &request.organisation_id)?,
        until.or_else(|| last_day(as_of.on.year())).unwrap_or(as_of.on),
        as_of,
    ))
}

/// A page of terms.
pub fn terms_page(page: Page<EndingTerm>) -> pb::ListTermsEndingResponse {
    pb::ListTermsEndingResponse {
        terms: page
            .rows
            .into_iter()
            .map(|ending| pb::EndingTerm {
                organisation_id: ending.organisation_id.to_string(),
                ends_on: last_day(ending.term.to_year).map(civil),
                term: Some(term(ending.term)),
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}

/// Whose vacancies, as of when, known when.
pub fn vacancies(request: &pb::ListVacanciesRequest, today: Date) -> Result<(Uuid, AsOf), Refusal> {
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    Ok((organisation_id, as_of(AS_OF, request.as_of, request.known_at, today)?))
}

/// A page of vacancies.
pub fn vacancies_page(page: Page<Vacancy>) -> pb::ListVacanciesResponse {
    pb::ListVacanciesResponse {
        vacancies: page
            .rows
            .into_iter()
            .map(|vacancy| pb::Vacancy {
                organisation_id: vacancy.organisation_id.to_string(),
                body: vacancy.body,
                below_half: vacancy.position.is_empty()
                    && vacancy.held.saturating_mul(2) < vacancy.seats,
                position: vacancy.position,
                held: vacancy.held,
                seats: vacancy.seats,
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}

/// Whose bodies, as of when, known when.
pub fn bodies_off_size(
    request: &pb::ListBodiesOffSizeRequest,
    today: Date,
) -> Result<(Uuid, AsOf), Refusal> {
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    Ok((organisation_id, as_of(AS_OF, request.as_of, request.known_at, today)?))
}

/// A page of bodies over or under size.
pub fn bodies_page(page: Page<BodyOffSize>) -> pb::ListBodiesOffSizeResponse {
    let verdict = |body: &BodyOffSize| match body.held > body.allowed {
        true => pb::SizeVerdict::Over,
        false => pb::SizeVerdict::Under,
    };
    pb::ListBodiesOffSizeResponse {
        bodies: page
            .rows
            .into_iter()
            .map(|body| pb::BodyOffSize {
                organisation_id: body.organisation_id.to_string(),
                verdict: verdict(&body).into(),
                body: body.body,
                held: body.held,
                least: body.least,
                most: body.most,
                allowed: body.allowed,
                congress_id: body.congress_id.to_string(),
                member_count: body.member_count.unwrap_or_default(),
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}

/// Whose appointed executives, as of when, known when.
pub fn late_congresses(
    request: &pb::ListLateCongressesRequest,
    today: Date,
) -> Result<(Uuid, AsOf), Refusal> {
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    Ok((organisation_id, as_of(AS_OF, request.as_of, request.known_at, today)?))
}

/// A page of late congresses.
pub fn congresses_page(page: Page<LateCongress>) -> pb::ListLateCongressesResponse {
    pb::ListLateCongressesResponse {
        congresses: page
            .rows
            .into_iter()
            .map(|late| pb::LateCongress {
                organisation_id: late.organisation_id.to_string(),
                appointed_on: Some(civil(late.appointed_on)),
                due_on: Some(civil(late.due_on)),
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}
