//! Corrections of the first and of the last day of an organisation.

use chassis::database::Acting;
use chassis::refusal::{Failure, OnConstraint};
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::ground::tree;

/// Another first day: what began with the organisation begins then. What was recorded of
/// the days before is no part of its life, and refuses it.
pub(super) async fn founded(
    acting: &mut Acting,
    organisation_id: Uuid,
    old: Date,
    new: Date,
    decision_id: Option<Uuid>,
) -> Result<(), Failure> {
    let (act_id, at) = (acting.act_id, acting.acted_at);
    let changed_before = sqlx::query_scalar!(
        "select min(lower(valid)) as changed_on
         from organisation_fact
         where organisation_id = $1 and binds <> 'EVER'
           and attribute not in ('SUBORDINATE', 'HEIR')
           and lower(valid) > $2 and lower(valid) <= $3",
        organisation_id,
        old,
        new,
    )
    .fetch_one(acting.db())
    .await?;
    if let Some(on) = changed_before {
        return Err(Refused::LifeContradicted { organisation_id, on: Some(on) }.at("founded_on"));
    }
    sqlx::query_file!(
        "src/correction/correct_organisation/founding.sql",
        organisation_id,
        new,
        at,
        act_id,
        decision_id,
    )
    .execute(acting.db())
    .await?;
    let begun = sqlx::query!(
        "select begin_life($1, $2, $3, $4, $5)",
        organisation_id,
        old,
        new,
        act_id,
        at
    )
    .execute(acting.db())
    .await;
    tree::code_taken(begun, "founded_on", "")?;
    Ok(())
}

/// Another first day on which it no longer existed, instead of `old`; answers how many rows of what
/// was known that replaced.
pub(super) async fn ended(
    acting: &mut Acting,
    organisation_id: Uuid,
    old: Date,
    new: Date,
) -> Result<i64, Failure> {
    let (act_id, at) = (acting.act_id, acting.acted_at);
    refuse_begun(acting, organisation_id, new).await?;
    let written = sqlx::query_file_scalar!(
        "src/correction/correct_organisation/ending.sql",
        organisation_id,
        new,
        old,
        at,
        act_id,
        None::<Uuid>,
    )
    .fetch_one(acting.db())
    .await;
    tree::code_taken(written, "ended_on", "")
        .on_constraint("organisation_territory_taken", || {
            Refused::CommuneTaken { commune: String::new() }.at("ended_on")
        })
        // It was suspended, or directed again, on that day or after it.
        .on_constraint("organisation_status_known", || {
            Refused::LifeContradicted { organisation_id, on: Some(new) }.at("ended_on")
        })
}

/// Refuses an end on a day on which, or after which, something known of the organisation begins.
/// Whoever stands below, or ended into it, is looked at afterwards.
async fn refuse_begun(acting: &mut Acting, organisation_id: Uuid, on: Date) -> Result<(), Failure> {
    let begun = sqlx::query_scalar!(
        "select max(lower(valid)) as begun_on
         from organisation_fact
         where organisation_id = $1 and binds in ('THROUGHOUT', 'BEGINS')
           and attribute not in ('SUBORDINATE', 'HEIR') and lower(valid) >= $2::date",
        organisation_id,
        on,
    )
    .fetch_one(acting.db())
    .await?;
    match begun {
        None => Ok(()),
        Some(_) => Err(Refused::LifeContradicted { organisation_id, on: begun }.at("ended_on")),
    }
}
