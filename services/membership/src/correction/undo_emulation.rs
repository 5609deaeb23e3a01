//! Undoes an emulation movement, or that some take part in it.

use chassis::access;
use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Emulation, Event, Happening, Joining};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;
use uuid::Uuid;

use crate::ground::correction::{Correction, Kind};
use crate::ground::day::signed;
use crate::ground::decision::{Basis, rests_on};
use crate::ground::merged;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{LINES_MAX, none_repeated};

/// A movement was never launched, or some never took part in it.
pub struct UndoEmulation {
    /// The movement.
    pub emulation_id: Uuid,
    /// Who never took part; where there is none, the movement never was.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Undone {
    /// For how many people.
    pub people: i32,
}

struct Launched {
    organisation_id: Uuid,
    theme: String,
    from_on: Date,
}

struct Participant {
    person_id: Uuid,
    organisation_id: Uuid,
    joined_on: Date,
}

impl Act for UndoEmulation {
    type Answer = Undone;

    async fn perform(self, acting: &mut Acting) -> Result<Undone, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        none_repeated(&self.person_ids)?;
        let unknown = || Refused::EmulationUnknown { field: "emulation_id".to_string() };
        let whose = sqlx::query_scalar!(
            "select organisation_id from emulation
             where emulation_id = $1 and access.covers(organisation_id)",
            self.emulation_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(whose) = whose else {
            return Err(access::unknown_or_denied(acting.db(), unknown()).await);
        };
        let decision_id = rests_on(acting, self.basis.as_ref(), whose).await?;
        let launched = sqlx::query_as!(
            Launched,
            "select organisation_id, theme, from_on from emulation
             where emulation_id = $1 for update",
            self.emulation_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let Some(launched) = launched else { return Err(unknown().into()) };

        let mut taken = self.take_back(acting).await?;
        let people = taken.len();
        merged::told_as(acting.db(), taken.iter_mut().map(|one| &mut one.person_id)).await?;
        for (joining, on) in self.joinings(&launched.theme, taken) {
            let joining = Happening::EmulationJoining(joining);
            acting.publish(Event::HappeningTakenBack(joining).resting_on(on, decision_id));
        }
        if self.person_ids.is_empty() {
            sqlx::query!("delete from emulation where emulation_id = $1", self.emulation_id)
                .execute(acting.db())
                .await?;
            let never = Happening::Emulation(Emulation {
                emulation_id: self.emulation_id,
                organisation_id: launched.organisation_id,
                theme: launched.theme,
            });
            let never = Event::HappeningTakenBack(never);
            acting.publish(never.resting_on(launched.from_on, decision_id));
        }
        let undone = Correction {
            kind: Kind::EmulationUndone,
            about_id: self.emulation_id,
            now_id: None,
            people,
            reason: &self.reason,
            decision_id,
        };
        undone.record(acting).await?;
        Ok(Undone { people: i32::try_from(people).unwrap_or(i32::MAX) })
    }
}

impl UndoEmulation {
    async fn take_back(&self, acting: &mut Acting) -> Result<Vec<Participant>, Failure> {
        let mut taken = sqlx::query_as!(
            Participant,
            "delete from emulation_participant
             where emulation_id = $1 and (cardinality($2::uuid[]) = 0 or person_id = any ($2))
             returning person_id, organisation_id, joined_on",
            self.emulation_id,
            &self.person_ids,
        )
        .fetch_all(acting.db())
        .await?;
        taken.sort_by_key(|one| one.person_id);
        let mut bad = BadLines::default();
        for (line, person_id) in self.person_ids.iter().enumerate() {
            if taken.binary_search_by_key(person_id, |one| one.person_id).is_err() {
                let field = format!("person_ids[{line}]");
                bad.add(line, Refused::ParticipantUnknown { field });
            }
        }
        bad.refuse()?;
        Ok(taken)
    }

    /// What is taken back, at most a thousand people in a change.
    fn joinings(&self, theme: &str, taken: Vec<Participant>) -> Vec<(Joining, Date)> {
        let mut alike: BTreeMap<(Uuid, Date), Vec<Uuid>> = BTreeMap::new();
        for one in taken {
            alike.entry((one.organisation_id, one.joined_on)).or_default().push(one.person_id);
        }
        let mut joinings = Vec::new();
        for ((organisation_id, on), people) in alike {
            for some in people.chunks(LINES_MAX) {
                let joining = Joining {
                    emulation_id: self.emulation_id,
                    organisation_id,
                    theme: theme.to_string(),
                    person_ids: some.to_vec(),
                };
                joinings.push((joining, on));
            }
        }
        joinings
    }
}
