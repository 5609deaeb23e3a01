//! A movement that is taken back: what is told of it, and what comes of the application that it
//! rested on.

use anyhow::Context;
use chassis::feed::NewChange;
use chassis::refusal::Failure;
use feeds::membership as told;
use feeds::membership::{Admission, AdmissionKind, Event, Exit, ExitReason, Transfer};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::change::{self, Moved};

/// A movement as it was recorded, and the people for whom it is taken back.
#[derive(Debug)]
pub struct Movement {
    /// The movement.
    pub movement_id: Uuid,
    /// `admission`, `transfer` or `exit`.
    pub kind: String,
    /// Left by a transfer or an exit.
    pub from_organisation_id: Option<Uuid>,
    /// Joined by an admission or a transfer.
    pub to_organisation_id: Option<Uuid>,
    /// `membership.v1.AdmissionKind`.
    pub admission_kind: Option<i16>,
    /// `membership.v1.ExitReason`.
    pub exit_reason: Option<i16>,
    /// Its day.
    pub effective_on: Date,
    /// The act that it followed from.
    pub registry_act_id: Option<Uuid>,
    /// The people.
    pub lines: Vec<Moved>,
}

impl Movement {
    /// What it is, as it is told.
    pub fn told(&self) -> anyhow::Result<told::Movement> {
        let from = || self.from_organisation_id.context("a movement from nowhere");
        let to = || self.to_organisation_id.context("a movement to nowhere");
        let (id, lines) = (Some(self.movement_id), change::lines(&self.lines));
        Ok(match self.kind.as_str() {
            "admission" => told::Movement::Admission(Admission {
                admission_id: id,
                organisation_id: to()?,
                kind: AdmissionKind::numbered(self.admission_kind.unwrap_or_default())?,
                lines,
            }),
            "transfer" => told::Movement::Transfer(Transfer {
                transfer_id: id,
                from_organisation_id: from()?,
                to_organisation_id: to()?,
                lines,
                registry_act_id: self.registry_act_id,
            }),
            _ => told::Movement::Exit(Exit {
                exit_id: id,
                organisation_id: from()?,
                reason: ExitReason::numbered(self.exit_reason.unwrap_or_default())?,
                lines,
                registry_act_id: self.registry_act_id,
            }),
        })
    }

    /// That it is taken back for its people: because of an act of registry, if one is why, and by
    /// a decision, if there is one.
    pub fn taken_back(
        &self,
        registry_act_id: Option<Uuid>,
        decision_id: Option<Uuid>,
    ) -> anyhow::Result<NewChange> {
        let taken = told::TakenBack { registry_act_id, movement: self.told()? };
        Ok(Event::TakenBack(taken).resting_on(self.effective_on, decision_id))
    }
}

/// An application that led to an admission of which another day is known was closed on that day.
pub async fn move_applications(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
    was: Date,
    on: Date,
) -> Result<(), Failure> {
    sqlx::query!(
        "update application set closed_on = greatest(applied_on, $3)
         where person_id = any ($1) and closed_as = 2 and closed_on = greatest(applied_on, $2)
           and not exists (select from application later
                           where later.person_id = application.person_id
                             and later.application_id <> application.application_id
                             and later.applied_on >= application.applied_on)",
        person_ids,
        was,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An application that led to one of these admissions, which no longer count, is open again.
pub async fn reopen_applications(
    connection: &mut PgConnection,
    person_ids: &[Uuid],
    movement_ids: &[Uuid],
) -> Result<(), Failure> {
    sqlx::query!(
        "update application set closed_on = null, closed_as = null
         from unnest($1::uuid[], $2::uuid[]) as line (person_id, movement_id)
         join movement using (movement_id)
         where application.person_id = line.person_id and movement.kind = 'admission'
           and application.closed_as = 2
           and application.closed_on = greatest(application.applied_on, movement.effective_on)
           and not exists (select from application later
                           where later.person_id = application.person_id
                             and later.application_id <> application.application_id
                             and later.applied_on >= application.applied_on)",
        person_ids,
        movement_ids,
    )
    .execute(connection)
    .await?;
    Ok(())
}
