//! Says what honours should have been, for all of their people or for some.

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, OnConstraint};
use feeds::membership::Event;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::correction::honour::{lines, whose};
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::honour::{self, Line};
use crate::ground::merged;
use crate::ground::reference::{Nature, honour_levels, honours};
use crate::ground::refused::Refused;
use crate::ground::roll::none_repeated;

/// Honours are known otherwise.
pub struct CorrectHonours {
    /// The decision about some people.
    pub honour_id: Uuid,
    /// For whom; everybody where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
    /// The kind that it should have had.
    pub kind: Option<String>,
    /// The level that it should have had.
    pub level: Option<String>,
    /// The day that it should have had.
    pub honoured_on: Option<Date>,
    /// Whether they worked directly in production.
    pub direct_production: Option<bool>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// For how many people.
    pub people: i32,
}

impl Act for CorrectHonours {
    type Answer = Corrected;

    async fn perform(self, acting: &mut Acting) -> Result<Corrected, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        none_repeated(&self.person_ids)?;
        if let Some(on) = self.honoured_on {
            not_too_far("honoured_on", on, acting.today)?;
        }
        let whose = whose(acting, self.honour_id).await?;
        let decision_id = rests_on(acting, self.basis.as_ref(), whose).await?;
        let before = lines(acting, self.honour_id, &self.person_ids).await?;
        let after =
            before.iter().map(|line| self.corrected(line)).collect::<Result<Vec<_>, _>>()?;
        let (mut before, mut after): (Vec<Line>, Vec<Line>) =
            before.into_iter().zip(after).filter(|(before, after)| before != after).unzip();
        if after.is_empty() {
            return Err(Refused::CorrectionChangesNothing { field: "honour_id" }.into());
        }
        self.write(acting, &after).await?;
        let lines = before.iter_mut().chain(&mut after);
        merged::told_as(acting.db(), lines.map(|line| &mut line.person_id)).await?;
        for (on, _, told) in honour::told(&before) {
            acting.publish(Event::HappeningTakenBack(told).resting_on(on, decision_id));
        }
        for (on, decision_id, told) in honour::told(&after) {
            acting.publish(Event::Happened(told).resting_on(on, decision_id));
        }
        let corrected = Correction {
            kind: Kind::HonourCorrected,
            about_id: self.honour_id,
            now_id: None,
            people: after.len(),
            reason: &self.reason,
            decision_id,
        };
        corrected.record(acting).await?;
        Ok(Corrected { people: i32::try_from(after.len()).unwrap_or(i32::MAX) })
    }
}

impl CorrectHonours {
    fn corrected(&self, line: &Line) -> Result<Line, Failure> {
        let kind = self.kind.as_ref().unwrap_or(&line.kind);
        let Some(nature) = honours().get(kind) else {
            return Err(Refused::HonourKindUnknown { field: "kind".to_string() }.into());
        };
        // An initiative has a title and authors, and nothing else has.
        if (*nature == Nature::Initiative) != line.initiative_id.is_some() {
            return Err(Refused::InitiativeTitleMisfit { field: "kind".to_string() }.into());
        }
        let level = self.level.as_ref().unwrap_or(&line.level);
        if !honour_levels().contains_key(level) {
            return Err(Refused::HonourLevelUnknown.into());
        }
        Ok(Line {
            kind: kind.clone(),
            level: level.clone(),
            honoured_on: self.honoured_on.unwrap_or(line.honoured_on),
            direct_production: self.direct_production.unwrap_or(line.direct_production),
            ..line.clone()
        })
    }

    async fn write(&self, acting: &mut Acting, lines: &[Line]) -> Result<(), Failure> {
        let people: Vec<Uuid> = lines.iter().map(|line| line.person_id).collect();
        let kinds: Vec<&str> = lines.iter().map(|line| line.kind.as_str()).collect();
        let levels: Vec<&str> = lines.iter().map(|line| line.level.as_str()).collect();
        let days: Vec<Date> = lines.iter().map(|line| line.honoured_on).collect();
        let direct: Vec<bool> = lines.iter().map(|line| line.direct_production).collect();
        sqlx::query!(
            "update honour set kind = line.kind, level = line.level,
                               honoured_on = line.honoured_on,
                               direct_production = line.direct_production
             from unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::boolean[])
                  as line (person_id, kind, level, honoured_on, direct_production)
             where honour.honour_id = $1 and honour.person_id = line.person_id",
            self.honour_id,
            &people,
            &kinds as &[&str],
            &levels as &[&str],
            &days,
            &direct,
        )
        .execute(acting.db())
        .await
        .on_constraint("honour_once", || Refused::HonourRecorded {
            field: "honour_id".to_string(),
        })?;
        Ok(())
    }
}
