//! What is told of movements that people's books have, as they are taken back or told again.

use std::collections::HashMap;

use chassis::feed::NewChange;
use chassis::refusal::Failure;
use feeds::membership::Event;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ground::change::Moved;
use crate::ground::consequence::course::Move;
use crate::ground::consequence::history::{History, Recorded};
use crate::ground::consequence::movement::Movement;
use crate::ground::roll::Enrolled;

/// The decisions that these movements rest on, of those that do.
pub(super) async fn decisions(
    connection: &mut PgConnection,
    movement_ids: &[Uuid],
) -> Result<HashMap<Uuid, Uuid>, Failure> {
    let rows = sqlx::query!(
        r#"select movement_id, decision_id as "decision_id!" from movement
           where movement_id = any ($1) and decision_id is not null"#,
        movement_ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.movement_id, row.decision_id)).collect())
}

/// A movement as it was recorded, of nobody yet.
pub(super) fn movement(recorded: &Recorded) -> Movement {
    Movement {
        movement_id: recorded.movement_id,
        kind: kind(recorded.what).to_string(),
        from_organisation_id: recorded.what.from(),
        to_organisation_id: recorded.what.to(),
        admission_kind: admission_kind(recorded.what),
        exit_reason: exit_reason(recorded.what),
        effective_on: recorded.on,
        registry_act_id: recorded.registry_act_id,
        lines: Vec::new(),
    }
}

/// What is told of a person is known otherwise, of all days: her movements are taken back, last
/// movement first, and told again in their order, of her as she is known now.
pub async fn tell_again(
    connection: &mut PgConnection,
    history: &History,
    now: Enrolled,
    decision_id: Option<Uuid>,
) -> Result<Vec<NewChange>, Failure> {
    let ids: Vec<Uuid> = history.counts.iter().map(|recorded| recorded.movement_id).collect();
    let decisions = decisions(connection, &ids).await?;
    let mut changes = Vec::with_capacity(2 * ids.len());
    let told = |recorded: &Recorded| Movement {
        lines: vec![taken_back_line(history, recorded)],
        ..movement(recorded)
    };
    for recorded in history.counts.iter().rev() {
        changes.push(told(recorded).taken_back(None, decision_id)?);
    }
    for recorded in &history.counts {
        let mut movement = told(recorded);
        for line in &mut movement.lines {
            line.person = now;
        }
        let decision_id = decisions.get(&recorded.movement_id).copied();
        changes.push(Event::from(movement.told()?).resting_on(recorded.on, decision_id));
    }
    Ok(changes)
}

/// The membership that the movement had begun or, by an exit, ended.
pub(super) fn taken_back_line(history: &History, recorded: &Recorded) -> Moved {
    let concerned = history.stays.iter().find(|stay| match recorded.what {
        Move::Admission { .. } | Move::Transfer { .. } => stay.begun_by == recorded.movement_id,
        Move::Exit { .. } => stay.ended_by == Some(recorded.movement_id),
    });
    let person: Enrolled = history.person;
    Moved { membership_id: concerned.map(|stay| stay.membership_id).unwrap_or_default(), person }
}

/// As movements are named in the database.
pub(super) fn kind(what: Move) -> &'static str {
    match what {
        Move::Admission { .. } => "admission",
        Move::Transfer { .. } => "transfer",
        Move::Exit { .. } => "exit",
    }
}

/// `membership.v1.AdmissionKind`, of an admission.
pub(super) fn admission_kind(what: Move) -> Option<i16> {
    match what {
        Move::Admission { kind, .. } => Some(kind),
        Move::Transfer { .. } | Move::Exit { .. } => None,
    }
}

/// `membership.v1.ExitReason`, of an exit.
pub(super) fn exit_reason(what: Move) -> Option<i16> {
    match what {
        Move::Exit { reason, .. } => Some(reason),
        Move::Transfer { .. } | Move::Admission { .. } => None,
    }
}
