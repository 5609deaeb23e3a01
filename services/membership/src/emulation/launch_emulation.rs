//! Launches an emulation movement.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::{Emulation, Event, Happening};
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use uuid::Uuid;

use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::organisation::{self, Asked};
use crate::ground::reference::emulations;
use crate::ground::refused::Refused;

/// The longest that a movement may last: two terms.
const LASTS_MAX: Duration = Duration::days(3_660);

/// A movement is launched.
pub struct LaunchEmulation {
    /// Who launches it.
    pub organisation_id: Uuid,
    /// A code of the list of themes.
    pub theme: String,
    /// Its title.
    pub title: String,
    /// The first day.
    pub from_on: Date,
    /// The last day.
    pub through_on: Date,
    /// By which decision.
    pub basis: Option<Basis>,
}

/// What was recorded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Launched {
    /// The movement.
    pub emulation_id: Uuid,
}

impl Act for LaunchEmulation {
    type Answer = Launched;

    async fn perform(self, acting: &mut Acting) -> Result<Launched, Failure> {
        let on = self.from_on;
        not_too_far("from_on", on, acting.today)?;
        signed(self.basis.as_ref(), acting.today)?;
        if !emulations().contains_key(&self.theme) {
            return Err(Refused::EmulationThemeUnknown.into());
        }
        if self.through_on < on || self.through_on - on > LASTS_MAX {
            return Err(Refused::EmulationDaysMalformed.into());
        }
        organisation::stands(acting, self.organisation_id, on, Asked::Acts).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), self.organisation_id).await?;
        let emulation_id = Uuid::now_v7();
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into emulation (emulation_id, organisation_id, theme, title, from_on,
                                    through_on, decision_id, act_id, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            emulation_id,
            self.organisation_id,
            self.theme,
            self.title,
            on,
            self.through_on,
            decision_id,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        let launched = Happening::Emulation(Emulation {
            emulation_id,
            organisation_id: self.organisation_id,
            theme: self.theme,
        });
        acting.publish(Event::Happened(launched).resting_on(on, decision_id));
        Ok(Launched { emulation_id })
    }
}
