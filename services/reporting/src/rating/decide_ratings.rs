//! DecideRatings: how unions are rated, by a decision.

use std::collections::HashMap;

use chassis::database::{Act, Acting};
use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::acting::{named, refuse_unknown_decision};
use crate::ground::refused::Refused;
use crate::rating::counting::{self, Counting};
use crate::rating::held::{Held, Round, hold, refuse, round, say};
use crate::rating::step::{Kind, State, Step};
use crate::rating::superior::own_unions;

/// What is decided of unions of a round.
pub struct DecideRatings {
    /// In which round.
    pub round_id: Uuid,
    /// Of whom.
    pub lines: Vec<Line>,
    /// What it rests on.
    pub decision_id: Uuid,
    /// They are decided on already, and that was wrong.
    pub correct: bool,
}

/// What is decided of a union.
pub struct Line {
    /// Which.
    pub organisation_id: Uuid,
    /// How it is rated; none as its band says.
    pub grade: Option<String>,
    /// Why; may be empty where it is as the band says.
    pub reason: String,
}

/// What was decided.
#[derive(Debug, Serialize, Deserialize)]
pub struct Decided {
    /// Union, grade, and the grade of the band; in the caller's order.
    pub lines: Vec<(Uuid, String, String)>,
    /// The last day on which they may appeal.
    pub appeal_through: Date,
}

impl Act for DecideRatings {
    type Answer = Decided;

    async fn perform(self, acting: &mut Acting) -> Result<Decided, Failure> {
        let units: Vec<Uuid> = self.lines.iter().map(|line| line.organisation_id).collect();
        self.refuse_unfit_units(acting, &units).await?;
        let round = round(acting, self.round_id, &units).await?;
        refuse_unknown_decision(acting, Some(self.decision_id), &units).await?;
        let held = hold(acting, self.round_id, &units).await?;

        let (mut faults, mut decided) = (Vec::new(), Vec::new());
        for (line, asked) in self.lines.iter().enumerate() {
            match self.judged(&round, held.get(&asked.organisation_id), line, asked) {
                Ok((grade, band)) => decided.push((asked.organisation_id, grade, band)),
                Err(fault) => faults.push(fault),
            }
        }
        refuse(faults)?;

        let steps: Vec<Step> = self
            .lines
            .iter()
            .zip(&decided)
            .map(|(line, (organisation_id, grade, _))| Step {
                organisation_id: *organisation_id,
                kind: Kind::Decided,
                scores: Vec::new(),
                total_tenths: None,
                grade: Some(grade.clone()),
                reason: line.reason.clone(),
                decision_id: Some(self.decision_id),
            })
            .collect();
        say(acting, self.round_id, &steps).await?;
        let lines: Vec<(Uuid, String)> =
            decided.iter().map(|(unit, grade, _)| (*unit, grade.clone())).collect();
        let counting = Counting {
            year: round.year,
            counts_on: round.through,
            scheme: &round.scheme,
            months: (
                round.terms.eligible_after_months,
                round.terms.eligible_after_succession_months,
            ),
            round_id: Some(self.round_id),
            answers_appeal: false,
            decision_id: Some(self.decision_id),
            lines: &lines,
        };
        counting::write(acting, counting).await?;
        let appeal_through = round.appeal_through(acting.today);
        Ok(Decided { lines: decided, appeal_through })
    }
}

impl DecideRatings {
    async fn refuse_unfit_units(&self, acting: &mut Acting, units: &[Uuid]) -> Result<(), Failure> {
        let known = named(acting, units).await?;
        let own = own_unions(acting, units).await?;
        let mut faults: Vec<Refusal> = Vec::new();
        let mut first_lines: HashMap<Uuid, usize> = HashMap::new();
        for (line, unit) in units.iter().enumerate() {
            let field = format!("lines[{line}].organisation_id");
            if !known.contains_key(unit) {
                let organisation_id = *unit;
                faults.push(Refused::OrganisationUnknown { field, organisation_id }.into());
            } else if let Some(first) = first_lines.get(unit) {
                faults.push(Refused::LineRepeated { field, first: *first }.into());
            } else {
                first_lines.insert(*unit, line);
                if own.contains(unit) {
                    faults.push(Refused::RatingOfOwnUnion { field }.into());
                }
            }
        }
        refuse(faults)
    }

    /// The grade of a union and that of its band.
    fn judged(
        &self,
        round: &Round,
        held: Option<&Held>,
        line: usize,
        asked: &Line,
    ) -> Result<(String, String), Refusal> {
        let field = format!("lines[{line}].organisation_id");
        let Some(held) = held else {
            let why = "NOT_LISTED".to_string();
            return Err(Refused::RatingNotEligible { field, why }.into());
        };
        if let Some(why) = &held.ineligible {
            return Err(Refused::RatingNotEligible { field, why: why.clone() }.into());
        }
        let fits = match self.correct {
            false => held.state == State::Appraised,
            true => matches!(held.state, State::Decided | State::Answered),
        };
        let band = held.appraised_tenths.and_then(|tenths| round.terms.band(tenths));
        let (true, Some(band)) = (fits, band) else {
            let needed = if self.correct { State::Decided } else { State::Appraised };
            let (state, needed) = (held.state.code(), needed.code());
            return Err(Refused::RatingStateUnfit { field, state, needed }.into());
        };
        let grade = match &asked.grade {
            None => band,
            Some(code) => round.terms.grade(code).ok_or_else(|| Refused::RatingGradeUnknown {
                field: format!("lines[{line}].grade"),
                scheme: round.scheme.clone(),
                grade: code.clone(),
            })?,
        };
        if asked.reason.is_empty() && (self.correct || grade.code != band.code) {
            return Err(parse::required(&format!("lines[{line}].reason")));
        }
        Ok((grade.code.clone(), band.code.clone()))
    }
}
