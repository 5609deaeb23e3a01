//! Schemes, rounds and ratings written out.

use std::collections::BTreeMap;

use chassis::parse::{civil, id_or_empty, instant};
use proto::reporting::v1 as pb;
use uuid::Uuid;

use crate::ground::figure::Scope;
use crate::ground::period::Period;
use crate::ground::reference::{CriterionKind, Reference};
use crate::ground::wire::{Heading, period_out};
use crate::rating::distribution::Distribution;
use crate::rating::history::Counting;
use crate::rating::open_round::Kind as RoundKind;
use crate::rating::ratings::Union;
use crate::rating::rounds::Round;
use crate::rating::step::{Kind, Said, State};
use crate::rating::terms::{Score, Terms, Version};

/// A version of a scheme.
pub fn version(version: &Version) -> pb::Scheme {
    let document = version.document.as_ref();
    pb::Scheme {
        code: version.scheme.clone(),
        from_year: version.from_year,
        through_year: version.through_year,
        document: document.map(|(document, _)| document.clone()).unwrap_or_default(),
        issued_on: document.map(|(_, issued_on)| civil(*issued_on)),
        version: version.version,
        organisation_id: id_or_empty(version.organisation_id),
        decision_id: id_or_empty(version.decision_id),
        ..terms(&version.terms)
    }
}

/// What a scheme says.
fn terms(terms: &Terms) -> pb::Scheme {
    pb::Scheme {
        name_vi: terms.name_vi.clone(),
        grades: terms
            .grades
            .iter()
            .map(|grade| pb::scheme::Grade {
                code: grade.code.clone(),
                rank: grade.rank,
                name_vi: grade.name_vi.clone(),
                score_from: grade.score_from,
            })
            .collect(),
        criteria: terms
            .criteria
            .iter()
            .map(|criterion| pb::RatingCriterion {
                code: criterion.code.clone(),
                name_vi: criterion.name_vi.clone(),
                kind: match criterion.kind {
                    CriterionKind::Base => pb::RatingCriterionKind::Base,
                    CriterionKind::Bonus => pb::RatingCriterionKind::Bonus,
                    CriterionKind::Penalty => pb::RatingCriterionKind::Penalty,
                }
                .into(),
                max_points: criterion.max_points,
            })
            .collect(),
        eligible_after_months: terms.eligible_after_months,
        eligible_after_succession_months: terms.eligible_after_succession_months,
        ..pb::Scheme::default()
    }
}

/// A round, with its scheme.
pub fn round(round: &Round) -> pb::RatingRound {
    let scheme =
        pb::Scheme { code: round.scheme.clone(), version: round.version, ..terms(&round.terms) };
    pb::RatingRound {
        round_id: round.round_id.to_string(),
        organisation_id: round.organisation_id.to_string(),
        organisation_name: round.organisation_name.clone(),
        kind: match RoundKind::parse(&round.kind) {
            RoundKind::CalendarYear => pb::RatingRoundKind::CalendarYear,
            RoundKind::SchoolYear => pb::RatingRoundKind::SchoolYear,
            RoundKind::Custom => pb::RatingRoundKind::Custom,
        }
        .into(),
        year: round.year,
        period: Some(period_out(Period { from: round.from, through: round.through })),
        scheme: Some(scheme),
        sector_grouping: round.sector_grouping.clone(),
        sector_group: round.sector_group.clone(),
        self_score_due_on: Some(civil(round.self_score_due_on)),
        appraisal_due_on: Some(civil(round.appraisal_due_on)),
        decision_due_on: Some(civil(round.decision_due_on)),
        appeal_days: round.appeal_days,
        decision_id: id_or_empty(round.decision_id),
        listed_on: Some(civil(round.listed_on)),
        opened_at: Some(instant(round.opened_at)),
        ended_at: round.ended_at.map(instant),
        withdrawn: round.withdrawn,
        end_reason: round.end_reason.clone(),
    }
}

/// As one of many: without the criteria of its scheme.
pub fn round_in_list(of: &Round) -> pb::RatingRound {
    let mut written = round(of);
    if let Some(scheme) = &mut written.scheme {
        scheme.criteria.clear();
    }
    written
}

/// A state as the contract has it.
pub fn state_out(state: State) -> pb::RatingState {
    match state {
        State::AwaitingSelfScore => pb::RatingState::AwaitingSelfScore,
        State::SelfScored => pb::RatingState::SelfScored,
        State::Appraised => pb::RatingState::Appraised,
        State::Decided => pb::RatingState::Decided,
        State::Appealed => pb::RatingState::Appealed,
        State::Answered => pb::RatingState::Answered,
        State::NotRated => pb::RatingState::NotRated,
    }
}

/// A state of the contract; none where none is named.
pub fn state(asked: pb::RatingState) -> Option<State> {
    State::ALL.into_iter().find(|state| state_out(*state) == asked)
}

/// Why a union is not rated.
pub fn ineligibility(why: &str) -> pb::RatingIneligibility {
    match why {
        "TOO_YOUNG" => pb::RatingIneligibility::TooYoung,
        "SUSPENDED" => pb::RatingIneligibility::Suspended,
        "ENDED" => pb::RatingIneligibility::Ended,
        "IN_ANOTHER_ROUND" => pb::RatingIneligibility::InAnotherRound,
        "NO_UNION" => pb::RatingIneligibility::NoUnion,
        _ => pb::RatingIneligibility::Unspecified,
    }
}

/// A union in a round.
pub fn union(union: &Union) -> pb::UnionRating {
    pb::UnionRating {
        organisation_id: union.organisation_id.to_string(),
        organisation_name: union.organisation_name.clone(),
        sector: union.sector.clone(),
        state: state_out(State::parse(&union.state)).into(),
        ineligibility: ineligibility(union.ineligible.as_deref().unwrap_or_default()).into(),
        self_tenths: union.self_tenths,
        appraised_tenths: union.appraised_tenths,
        grade: union.grade.clone().unwrap_or_default(),
        decided_on: union.decided_on.map(civil),
    }
}

fn score(score: &Score) -> pb::RatingScore {
    pb::RatingScore {
        criterion: score.criterion.clone(),
        tenths: score.tenths,
        note: score.note.clone(),
    }
}

/// What was said of a union.
pub fn said(said: &Said) -> pb::RatingStep {
    let step = &said.step;
    pb::RatingStep {
        kind: match step.kind {
            Kind::SelfScored => pb::rating_step::Kind::SelfScored,
            Kind::Appraised => pb::rating_step::Kind::Appraised,
            Kind::Decided => pb::rating_step::Kind::Decided,
            Kind::Appealed => pb::rating_step::Kind::Appealed,
            Kind::Answered => pb::rating_step::Kind::Answered,
        }
        .into(),
        scores: step.scores.iter().map(score).collect(),
        total_tenths: step.total_tenths.unwrap_or_default(),
        grade: step.grade.clone().unwrap_or_default(),
        reason: step.reason.clone(),
        decision_id: id_or_empty(step.decision_id),
        recorded_at: Some(instant(said.recorded_at)),
        actor: said.actor.clone(),
    }
}

/// The rating of a year that counts.
pub fn counting(year: i32, days: Period, counting: &Counting) -> pb::get_rating_response::Counting {
    pb::get_rating_response::Counting {
        year,
        scheme: counting.scheme.clone(),
        grade: counting.grade.clone(),
        counts_on: Some(civil(counting.counts_on.unwrap_or(days.through))),
        round_id: id_or_empty(counting.round_id),
        counted: counting.counted,
    }
}

/// How the lines of a distribution are written.
pub struct Written<'a> {
    /// Where groupings are.
    pub reference: &'a Reference,
    /// What the lines are.
    pub scope: &'a Scope,
    /// The names of children.
    pub names: &'a BTreeMap<Uuid, String>,
    /// Every grade that may stand in a line, as `SCHEME.GRADE`, with its name: the best first.
    pub grades: &'a [(String, String)],
    /// Those that are "đạt".
    pub attained: &'a [String],
}

impl Written<'_> {
    /// A line; the whole has none.
    pub fn line(&self, line: Option<&str>, counted: &Distribution) -> pb::RatingDistribution {
        let Self { reference, scope, names, .. } = *self;
        let heading = Heading { reference, scope, told_of: None, names };
        let head = line.map(|line| heading.line(self.scope.by, line));
        let head = head.unwrap_or_default();
        let named = self.grades.iter().map(|(grade, name_vi)| (grade, name_vi.as_str()));
        // One that no scheme of here has any more is last, without a name.
        let others = counted.grades.keys().filter(|grade| !self.knows(grade));
        let grades = named.chain(others.map(|grade| (grade, "")));
        let ineligible = counted.ineligible.iter();
        pb::RatingDistribution {
            kind: head.kind,
            head: head.head,
            organisation_id: head.organisation_id,
            sector: head.sector,
            r#type: head.r#type,
            grades: grades
                .filter_map(|(grade, name_vi)| {
                    Some(pb::rating_distribution::Grade {
                        grade: grade.clone(),
                        name_vi: name_vi.to_string(),
                        unions: *counted.grades.get(grade)?,
                    })
                })
                .collect(),
            rated: counted.rated(),
            eligible: counted.rated() + counted.not_yet,
            not_yet: counted.not_yet,
            not_eligible: counted.ineligible.values().sum(),
            ineligible: ineligible
                .map(|(why, unions)| pb::rating_distribution::Ineligible {
                    ineligibility: ineligibility(why).into(),
                    unions: *unions,
                })
                .collect(),
            numerator: counted.with(self.attained),
            denominator: counted.rated(),
        }
    }

    fn knows(&self, grade: &str) -> bool {
        self.grades.iter().any(|(known, _)| known == grade)
    }
}
