//! Says what a standing should have been, for all of its people or for some.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::membership::StandingKind;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::correction::standing::Recorded;
use crate::ground::correction::{Correction, Kind};
use crate::ground::day::{not_too_far, signed};
use crate::ground::decision::{Basis, rests_on};
use crate::ground::dormancy;
use crate::ground::refused::{BadLines, Refused};
use crate::ground::standing;

/// A standing is known otherwise.
pub struct CorrectStanding {
    /// The standing.
    pub standing_id: Uuid,
    /// For whom; everybody where there is none.
    pub person_ids: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// By which decision.
    pub basis: Option<Basis>,
    /// The first day that it should have had.
    pub from_on: Option<Date>,
    /// By when they have to be back.
    pub expected_until: Option<Date>,
    /// The first day after it.
    pub ended_on: Option<Date>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// For how many people.
    pub members: i32,
}

/// The standing of one person.
struct Line {
    person_id: Uuid,
    reason: Option<i16>,
    from_on: Date,
    due_on: Option<Date>,
    ended_on: Option<Date>,
}

impl Act for CorrectStanding {
    type Answer = Corrected;

    async fn perform(self, acting: &mut Acting) -> Result<Corrected, Failure> {
        signed(self.basis.as_ref(), acting.today)?;
        if let Some(on) = self.from_on {
            not_too_far("effective_on", on, acting.today)?;
        }
        let recorded = Recorded::of(acting, self.standing_id).await?;
        let kind = StandingKind::numbered(recorded.kind)?;
        if kind == StandingKind::InTransfer {
            return Err(Refused::StandingUnknown { standing_id: self.standing_id }.into());
        }
        let decision_id = rests_on(acting, self.basis.as_ref(), recorded.organisation_id).await?;
        let people = recorded.people(acting, &self.person_ids).await?;
        self.write(acting, kind, &people).await?;
        let changes = standing::settle(acting.db(), &people).await?;
        self.holds_now(acting, kind, &people).await?;
        acting.publish_all(changes);
        let corrected = Correction {
            kind: Kind::StandingCorrected,
            about_id: self.standing_id,
            now_id: None,
            people: people.len(),
            reason: &self.reason,
            decision_id,
        };
        corrected.record(acting).await?;
        Ok(Corrected { members: i32::try_from(people.len()).unwrap_or(i32::MAX) })
    }
}

impl CorrectStanding {
    async fn write(
        &self,
        acting: &mut Acting,
        kind: StandingKind,
        people: &[Uuid],
    ) -> Result<(), Failure> {
        let lines = sqlx::query_as!(
            Line,
            "select person_id, reason, from_on, due_on, ended_on from standing
             where standing_id = $1 and person_id = any ($2)",
            self.standing_id,
            people,
        )
        .fetch_all(acting.db())
        .await?;
        let (mut of, mut from, mut due, mut ended) = (vec![], vec![], vec![], vec![]);
        let mut changed = false;
        for line in &lines {
            let from_on = self.from_on.unwrap_or(line.from_on);
            let due_on = self.due_on(kind, line, from_on)?;
            let ended_on = match (self.ended_on, line.ended_on) {
                (Some(_), None) => {
                    let field = "ended_on".to_string();
                    return Err(Refused::StandingNotActive { field }.into());
                }
                (said, known) => said.or(known),
            };
            if ended_on.is_some_and(|ended_on| ended_on <= from_on) {
                return Err(Refused::ExpectedEndTooEarly { field: "ended_on" }.into());
            }
            changed |= (from_on, due_on, ended_on) != (line.from_on, line.due_on, line.ended_on);
            of.push(line.person_id);
            from.push(from_on);
            due.push(due_on);
            ended.push(ended_on);
        }
        if !changed {
            return Err(Refused::CorrectionChangesNothing { field: "standing_id" }.into());
        }
        sqlx::query!(
            "update standing set from_on = line.from_on, due_on = line.due_on,
                                 ended_on = line.ended_on
             from unnest($2::uuid[], $3::date[], $4::date[], $5::date[])
                  as line (person_id, from_on, due_on, ended_on)
             where standing.standing_id = $1 and standing.person_id = line.person_id",
            self.standing_id,
            &of,
            &from,
            &due as &[Option<Date>],
            &ended as &[Option<Date>],
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }

    /// By when she has to be back: as is said, or by the rule of a first day that is known
    /// otherwise.
    fn due_on(
        &self,
        kind: StandingKind,
        line: &Line,
        from_on: Date,
    ) -> Result<Option<Date>, Failure> {
        let reason = line.reason.and_then(dormancy::Reason::numbered);
        match (kind, reason, self.expected_until) {
            (StandingKind::Dormant, Some(reason), expected) => {
                // What was expected stays so, unless it followed from the rule.
                let by_rule = dormancy::due_on(reason, line.from_on, None).ok().flatten();
                let stays = line.due_on.filter(|due_on| Some(*due_on) != by_rule);
                Ok(dormancy::due_on(reason, from_on, expected.or(stays))?)
            }
            (StandingKind::Parked, _, Some(expected)) if expected <= from_on => {
                Err(Refused::ExpectedEndTooEarly { field: "expected_until" }.into())
            }
            (StandingKind::Parked, _, expected) => Ok(expected.or(line.due_on)),
            _ => Ok(None),
        }
    }

    /// Refuses where nobody could stand so from that day on, or stands so otherwise already.
    async fn holds_now(
        &self,
        acting: &mut Acting,
        kind: StandingKind,
        people: &[Uuid],
    ) -> Result<(), Failure> {
        let rows = sqlx::query!(
            r#"select line as "line!",
                      exists (select from standing_spell spell
                              join standing using (person_id, standing_id)
                              where spell.person_id = asked.person_id
                                and spell.standing_id = $2
                                and spell.from_on = standing.from_on) as "begins!",
                      exists (select from standing_spell mine
                              join standing_spell other using (person_id, kind)
                              where mine.person_id = asked.person_id and mine.standing_id = $2
                                and other.standing_id <> $2
                                and (mine.until_on is null or other.from_on < mine.until_on)
                                and (other.until_on is null or mine.from_on < other.until_on))
                          as "otherwise!"
               from unnest($1::uuid[]) with ordinality as asked (person_id, line)
               order by line"#,
            people,
            self.standing_id,
        )
        .fetch_all(acting.db())
        .await?;
        let mut bad = BadLines::default();
        for row in rows {
            let line = usize::try_from(row.line - 1).unwrap_or_default();
            let field = format!("person_ids[{line}]");
            match (row.begins, row.otherwise) {
                (false, _) if kind == StandingKind::Honorary => {
                    bad.add(line, Refused::MembershipActive { field });
                }
                (false, _) => bad.add(line, Refused::MembershipNotActive { field }),
                (true, true) => bad.add(line, Refused::StandingActive { field }),
                (true, false) => {}
            }
        }
        Ok(bad.refuse()?)
    }
}
