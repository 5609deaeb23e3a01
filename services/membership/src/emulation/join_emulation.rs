//! People take part in an emulation movement.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Event, Happening, Joining};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::organisation::{self, Asked};
use crate::ground::refused::{BadLines, Refused};
use crate::ground::roll::{self, none_repeated};

/// People join a movement.
pub struct JoinEmulation {
    /// For which they take part.
    pub organisation_id: Uuid,
    /// The movement.
    pub emulation_id: Uuid,
    /// A day of it.
    pub joined_on: Date,
    /// Who.
    pub person_ids: Vec<Uuid>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Joined {
    /// How many people.
    pub people: i32,
}

struct Running {
    theme: String,
    from_on: Date,
    through_on: Date,
}

impl Act for JoinEmulation {
    type Answer = Joined;

    async fn perform(self, acting: &mut Acting) -> Result<Joined, Failure> {
        let on = self.joined_on;
        none_repeated(&self.person_ids)?;
        organisation::stands(acting, self.organisation_id, on, Asked::Acts).await?;
        let emulation = self.emulation(acting).await?;
        if on < emulation.from_on || on > emulation.through_on {
            return Err(Refused::EmulationNotRunning.into());
        }
        let field = |line| format!("person_ids[{line}]");
        roll::all_surviving(acting, &self.person_ids, field).await?;
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let joined = sqlx::query_scalar!(
            "insert into emulation_participant (person_id, emulation_id, organisation_id,
                                                joined_on, act_id, recorded_at)
             select person_id, $2, $3, $4, $5, $6
             from unnest($1::uuid[]) as line (person_id)
             order by person_id
             on conflict do nothing
             returning person_id",
            &self.person_ids,
            self.emulation_id,
            self.organisation_id,
            on,
            act_id,
            acted_at,
        )
        .fetch_all(acting.db())
        .await?;
        let mut bad = BadLines::default();
        for (line, person_id) in self.person_ids.iter().enumerate() {
            if !joined.contains(person_id) {
                bad.add(line, Refused::EmulationJoined { field: field(line) });
            }
        }
        bad.refuse()?;
        let people = i32::try_from(self.person_ids.len()).unwrap_or(i32::MAX);
        let joining = Happening::EmulationJoining(Joining {
            emulation_id: self.emulation_id,
            organisation_id: self.organisation_id,
            theme: emulation.theme,
            person_ids: self.person_ids,
        });
        acting.publish(Event::Happened(joining).on(on));
        Ok(Joined { people })
    }
}

impl JoinEmulation {
    /// The movement, of the caller's scope or of what stands above the organisation; kept from
    /// being undone while people join.
    async fn emulation(&self, acting: &mut Acting) -> Result<Running, Failure> {
        let running = sqlx::query_as!(
            Running,
            "select theme, from_on, through_on from emulation
             where emulation_id = $1 and decides_about(organisation_id, $2)
             for key share",
            self.emulation_id,
            self.organisation_id,
        )
        .fetch_optional(acting.db())
        .await?;
        let field = "emulation_id".to_string();
        running.ok_or_else(|| Refused::EmulationUnknown { field }.into())
    }
}
