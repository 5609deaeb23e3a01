//! Audits, as far as they are, and what they found.

use std::collections::BTreeMap;

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::refused::Refused;

/// An audit.
#[derive(Debug)]
pub struct Audit {
    /// It.
    pub audit_id: Uuid,
    /// Of which organisation.
    pub organisation_id: Uuid,
    /// And how many levels below it.
    pub levels: i32,
    /// The first day.
    pub from_on: Date,
    /// The day after the last.
    pub until_on: Date,
    /// Beside as then.
    pub as_of: Date,
    /// Begun by the service itself.
    pub periodic: bool,
    /// `reporting.v1.AuditState`.
    pub state: i16,
    /// When it was asked for.
    pub asked_at: OffsetDateTime,
    /// When it came to its end.
    pub finished_at: Option<OffsetDateTime>,
    /// How far it is.
    pub steps_done: i64,
    /// Of so many.
    pub steps: Option<i64>,
    /// Numbers held against each other.
    pub cells: Option<i64>,
    /// Those that differ.
    pub differing: Option<i64>,
    /// By source.
    pub positions: Option<Json<BTreeMap<String, i64>>>,
    /// Why it failed.
    pub reason: Option<String>,
    /// In Vietnamese.
    pub vi: Option<String>,
    /// In English.
    pub en: Option<String>,
}

/// A cell that differs.
#[derive(Debug)]
pub struct Difference {
    /// `reporting.v1.AuditCheck`.
    pub checked: i16,
    /// The indicator, the book or the fact.
    pub code: String,
    /// The denominator of a share.
    pub denominator: bool,
    /// Whose.
    pub organisation_id: Uuid,
    /// The first day of the month.
    pub month: Date,
    /// On which tree.
    pub as_of: Option<Date>,
    /// What is answered.
    pub answered: i64,
    /// What is counted again.
    pub counted: i64,
}

/// An audit of an organisation in the caller's scope, with the first cells that differ.
pub async fn get(
    connection: &mut PgConnection,
    audit_id: Uuid,
) -> Result<(Audit, Vec<Difference>), Failure> {
    let found = sqlx::query_as!(
        Audit,
        r#"select a.audit_id, a.organisation_id, a.levels, a.from_on, a.until_on, a.as_of, a.periodic,
                  a.state, a.asked_at, a.finished_at, a.steps_done, a.steps, r.cells as "cells?",
                  r.differing as "differing?", r.positions as "positions?: Json<BTreeMap<String, i64>>",
                  a.reason, a.vi, a.en
           from figure_audit a
           left join figure_audit_result r on r.audit_id = a.audit_id
           where a.audit_id = $1 and access.covers(a.organisation_id)"#,
        audit_id,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(found) = found else {
        return Err(unknown_or_denied(connection, Refused::AuditUnknown { audit_id }).await);
    };
    let differences = sqlx::query_as!(
        Difference,
        "select checked, code, denominator, organisation_id, month, as_of, answered, counted
         from figure_audit_difference where audit_id = $1 order by number",
        audit_id,
    )
    .fetch_all(connection)
    .await?;
    Ok((found, differences))
}

/// The audits of an organisation, newest first: at most so many, after one.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Audit>, Failure> {
    let found = sqlx::query_as!(
        Audit,
        r#"select a.audit_id, a.organisation_id, a.levels, a.from_on, a.until_on, a.as_of, a.periodic,
                  a.state, a.asked_at, a.finished_at, a.steps_done, a.steps, r.cells as "cells?",
                  r.differing as "differing?", r.positions as "positions?: Json<BTreeMap<String, i64>>",
                  a.reason, a.vi, a.en
           from figure_audit a
           left join figure_audit_result r on r.audit_id = a.audit_id
           where a.organisation_id = $1 and ($2::uuid is null or a.audit_id < $2)
           order by a.audit_id desc
           limit $3"#,
        organisation_id,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(found)
}
