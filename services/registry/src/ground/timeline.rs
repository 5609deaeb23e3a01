//! All that is known of organisations over their whole life, as it is published where a
//! correction, a back-dated act or an undoing replaced what was known before.

use std::collections::HashMap;

use anyhow::{Context, anyhow};
use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::registry::{
    Assignment, EndKind, Ending, Event, MembersOutcome, Name, Office, Period, Seat, Status,
    Timeline,
};
use sqlx::postgres::types::PgRange;
use time::Date;
use uuid::Uuid;

/// So many organisations are read at a time: bounds the memory. Each time reads through whole
/// tables, so that fewer at a time would take longer.
const READ_AT_A_TIME: usize = 30_000;

/// Publishes what is known now of organisations, after the act has written what it changes;
/// `on` is the first day that is concerned. Followers put it in the place of what they had.
pub async fn publish(
    acting: &mut Acting,
    organisation_ids: &[Uuid],
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<(), Failure> {
    for some in organisation_ids.chunks(READ_AT_A_TIME) {
        let timelines = read(acting, some).await?;
        acting.publish_all(Event::TimelinesCorrected(timelines).on(on, decision_id));
    }
    Ok(())
}

/// What is known now of organisations, each over its whole life.
async fn read(acting: &mut Acting, organisation_ids: &[Uuid]) -> Result<Vec<Timeline>, Failure> {
    let lives = sqlx::query_file!("src/ground/timeline/lives.sql", organisation_ids)
        .fetch_all(acting.db())
        .await?;
    let mut places = HashMap::with_capacity(lives.len());
    let mut timelines = Vec::with_capacity(lives.len());
    for life in lives {
        let ending = match (life.ended_on, life.end_kind, life.last_superior_id) {
            (Some(ended_on), Some(kind), Some(last_superior_id)) => Some(Ending {
                ended_on,
                kind: EndKind::parse(&kind).ok_or_else(|| anyhow!("no end kind {kind}"))?,
                principal_successor_id: life.principal_successor_id,
                last_superior_id: Some(last_superior_id),
                members_outcome: MembersOutcome::parse(
                    life.members_outcome.as_deref().unwrap_or_default(),
                    life.rehome_to_id,
                )
                .ok_or_else(|| anyhow!("no outcome for the members of an ended unit"))?,
            }),
            _ => None,
        };
        places.insert(life.organisation_id, timelines.len());
        timelines.push(Timeline {
            organisation_id: life.organisation_id,
            founded_on: life.founded_on,
            founded_under_id: life.founded_under_id,
            loaded: life.origin.as_deref() == Some("LOADED"),
            ending,
            ..Timeline::default()
        });
    }

    let periods = sqlx::query_file!("src/ground/timeline/periods.sql", organisation_ids)
        .fetch_all(acting.db())
        .await?;
    for row in periods {
        let Some(timeline) = places.get(&row.organisation_id).map(|n| &mut timelines[*n]) else {
            continue;
        };
        let valid = row.valid;
        match row.attribute.as_str() {
            "SUPERIOR" => {
                let superior = Uuid::parse_str(&row.value).context("read the id of a superior")?;
                add(&mut timeline.superiors, valid, superior)?;
            }
            "NAME" => {
                let name = Name { name: row.value, short_name: row.short_name };
                add(&mut timeline.names, valid, name)?;
            }
            "CODE" => add(&mut timeline.codes, valid, row.value)?,
            "TYPE" => add(&mut timeline.types, valid, row.value)?,
            "SECTOR" => add(&mut timeline.sectors, valid, row.value)?,
            "INDUSTRY" => add(&mut timeline.industries, valid, row.value)?,
            _ => {
                let status =
                    Status::parse(&row.value).ok_or_else(|| anyhow!("no status {}", row.value))?;
                add(&mut timeline.statuses, valid, status)?;
            }
        }
    }

    let seats = sqlx::query_file!("src/ground/timeline/seats.sql", organisation_ids)
        .fetch_all(acting.db())
        .await?;
    for row in seats {
        if let Some(n) = places.get(&row.organisation_id) {
            timelines[*n].seats.push(Seat {
                until_on: row.until_on,
                office: Office {
                    office_id: row.office_id,
                    organisation_id: row.organisation_id,
                    body: row.body,
                    position: row.position,
                    person_id: row.person_id,
                    from_on: row.from_on,
                    term_until: row.term_until,
                },
            });
        }
    }
    let assignments = sqlx::query_file!("src/ground/timeline/assignments.sql", organisation_ids)
        .fetch_all(acting.db())
        .await?;
    for row in assignments {
        if let Some(n) = places.get(&row.unit_id) {
            timelines[*n].assignments.push(Period {
                from_on: row.from_on,
                until_on: row.until_on,
                value: Assignment {
                    assignment_id: row.assignment_id,
                    steering_committee_id: row.body_id,
                    office_id: row.office_id,
                    person_id: row.person_id,
                    unit_id: row.unit_id,
                },
            });
        }
    }
    Ok(timelines)
}

/// Adds a period; one that goes on with the same value prolongs the last.
fn add<T: PartialEq>(
    periods: &mut Vec<Period<T>>,
    valid: PgRange<Date>,
    value: T,
) -> Result<(), Failure> {
    let (from_on, until_on) = bounds(&valid)?;
    match periods.last_mut() {
        Some(last) if last.until_on == Some(from_on) && last.value == value => {
            last.until_on = until_on;
        }
        _ => periods.push(Period { from_on, until_on, value }),
    }
    Ok(())
}

/// The bounds of a range of dates as PostgreSQL gives it: `[from, until)`.
fn bounds(valid: &PgRange<Date>) -> Result<(Date, Option<Date>), Failure> {
    use std::ops::Bound::{Excluded, Included, Unbounded};
    match (valid.start, valid.end) {
        (Included(from_on), Excluded(until_on)) => Ok((from_on, Some(until_on))),
        (Included(from_on), Unbounded) => Ok((from_on, None)),
        _ => Err(anyhow!("a period without a first day").into()),
    }
}
