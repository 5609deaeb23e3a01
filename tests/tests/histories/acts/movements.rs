//! Movements and people are known otherwise.

use proto::membership::v1::{
    AdmissionKind, CorrectMovementRequest, CorrectPersonRequest, ExitReason, Sex,
    UndoMovementRequest,
};
use stage::made_up::{self, request_id};

use crate::desk::Desk;

impl Desk {
    /// Somebody, with a movement of hers and the union that it is about.
    async fn movement(&mut self) -> Option<(String, String, String)> {
        let person_id = self.one_of(&self.people.clone())?;
        let stays = self.memberships(&person_id).await;
        let movements: Vec<(String, String)> = stays
            .into_iter()
            .flat_map(|stay| {
                let union = stay.organisation_id;
                [(stay.begun_by, union.clone()), (stay.ended_by, union)]
            })
            .filter(|(movement, _)| !movement.is_empty())
            .collect();
        let (movement_id, union_id) = self.one_of(&movements)?;
        Some((person_id, movement_id, union_id))
    }

    pub async fn undo_movement(&mut self, kind: &'static str) -> Option<()> {
        let (person_id, movement_id, union_id) = self.movement().await?;
        let of_all = self.once_in(3);
        let told = format!("{movement_id} of {person_id} never was, for all: {of_all}");
        let request = UndoMovementRequest {
            request_id: request_id(),
            movement_id,
            person_ids: if of_all { Vec::new() } else { vec![person_id.clone()] },
            reason: "ghi nhầm".to_owned(),
            ..UndoMovementRequest::default()
        };
        let answer = self.client.membership_corrections().undo_movement(request).await;
        self.trace.note(kind, told, [person_id, union_id], answer).map(|_| ())
    }

    pub async fn correct_movement(&mut self, kind: &'static str) -> Option<()> {
        let (person_id, movement_id, union_id) = self.movement().await?;
        let of_all = self.once_in(3);
        let mut request = CorrectMovementRequest {
            request_id: request_id(),
            movement_id: movement_id.clone(),
            person_ids: if of_all { Vec::new() } else { vec![person_id.clone()] },
            reason: "ghi nhầm".to_owned(),
            ..CorrectMovementRequest::default()
        };
        let mut about = vec![person_id.clone(), union_id];
        let what = match self.below(4) {
            0 | 1 => {
                let on = self.day();
                request.effective_on = made_up::on(on);
                format!("was on {on}")
            }
            2 => {
                let to = self.union()?;
                request.to_organisation_id = to.id.clone();
                about.push(to.id);
                format!("was to {}", to.code)
            }
            _ if self.once_in(2) => {
                request.admission_kind = AdmissionKind::Recognised.into();
                "was a recognition".to_owned()
            }
            _ => {
                request.exit_reason = ExitReason::LeftEmployment.into();
                "was an end of employment".to_owned()
            }
        };
        let told = format!("{movement_id} of {person_id} {what}, for all: {of_all}");
        let answer = self.client.membership_corrections().correct_movement(request).await;
        self.trace.note(kind, told, about, answer).map(|_| ())
    }

    pub async fn correct_person(&mut self, kind: &'static str) -> Option<()> {
        let person_id = self.one_of(&self.people.clone())?;
        let sex = if self.once_in(2) { Sex::Male } else { Sex::Female };
        let request = CorrectPersonRequest {
            request_id: request_id(),
            person_id: person_id.clone(),
            reason: "theo căn cước".to_owned(),
            sex: Some(sex.into()),
            ..CorrectPersonRequest::default()
        };
        let told = format!("{person_id} is {sex:?}");
        let answer = self.client.membership_corrections().correct_person(request).await;
        self.trace.note(kind, told, [person_id], answer).map(|_| ())
    }
}
