//! People no longer stand so: the dormant and the parked are back, honorary members are none.

use std::collections::HashMap;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::StandingKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::day::plausible;
use crate::ground::decision::rests_on;
use crate::ground::movement::Dated;
use crate::ground::organisation::{self, Asked};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::{roll, standing};

/// A standing ends for some people.
pub struct EndStanding {
    /// How they have stood.
    pub kind: StandingKind,
    /// The union that counts them, or that has named them.
    pub organisation_id: Uuid,
    /// The first day after it, and the decision.
    pub dated: Dated,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ended {
    /// For how many people.
    pub people: i32,
}

impl Act for EndStanding {
    type Answer = Ended;

    async fn perform(self, acting: &mut Acting) -> Result<Ended, Failure> {
        plausible(&self.dated, acting.today)?;
        let on = self.dated.effective_on;
        organisation::stands(acting, self.organisation_id, on, Asked::Leaves).await?;
        let basis = self.dated.basis.as_ref();
        let decision_id = rests_on(acting, basis, self.organisation_id).await?;
        // How somebody stood before she was merged ends as it began: under her own id.
        let merged = roll::hold_with_merged(acting, &self.person_ids).await?;
        let standing: HashMap<Uuid, Uuid> = sqlx::query!(
            "select spell.person_id, spell.standing_id
             from standing_spell spell
             join standing using (person_id, standing_id)
             where spell.person_id = any ($1) and spell.kind = $2 and spell.organisation_id = $3
               and spell.from_on <= $4 and (spell.until_on is null or spell.until_on > $4)
               and standing.ended_on is null",
            &self.person_ids,
            self.kind as i16,
            self.organisation_id,
            on,
        )
        .fetch_all(acting.db())
        .await?
        .into_iter()
        .map(|row| (row.person_id, row.standing_id))
        .collect();
        let mut bad = BadLines::default();
        let mut ids = Vec::with_capacity(self.person_ids.len());
        for (line, person_id) in self.person_ids.iter().enumerate() {
            match standing.get(person_id) {
                Some(standing_id) => ids.push(*standing_id),
                None => {
                    let field = format!("person_ids[{line}]");
                    let refused = match merged.get(&line).copied() {
                        Some(survivor_id) => Refused::PersonMerged { field, survivor_id },
                        None => Refused::StandingNotActive { field },
                    };
                    bad.add(line, refused);
                }
            }
        }
        bad.refuse()?;
        sqlx::query!(
            "update standing set ended_on = $3, ended_decision_id = $4
             from unnest($1::uuid[], $2::uuid[]) as line (person_id, standing_id)
             where standing.person_id = line.person_id
               and standing.standing_id = line.standing_id",
            &self.person_ids,
            &ids,
            on,
            decision_id,
        )
        .execute(acting.db())
        .await?;
        let changes = standing::settle(acting.db(), &self.person_ids).await?;
        acting.publish_all(changes);
        Ok(Ended { people: i32::try_from(ids.len()).unwrap_or(i32::MAX) })
    }
}
