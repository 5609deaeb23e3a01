//! How facts are written: as the contract carries them.

use chassis::feed::NewChange;
use chassis::parse::{civil, id_or_empty};
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change;
use time::Date;
use uuid::Uuid;

use super::facts::{
    Admission, CardEnding, CardIssue, CardTakenBack, Discipline, Event, Exit, Line, Merge,
    Movement, Standing, Transfer,
};
use crate::kind;

impl Event {
    /// The change that tells this: it holds from `on`, and rests on no decision.
    pub fn on(self, on: Date) -> NewChange {
        self.resting_on(on, None)
    }

    /// The change that tells this: it holds from `on`, and rests on this decision of registry's,
    /// or on one that was written down here.
    pub fn resting_on(self, on: Date, decision_id: Option<Uuid>) -> NewChange {
        let aggregate_id = self.aggregate_id();
        let body = pb::MembershipChange { change: Some(self.written()) };
        kind::change(&body, aggregate_id, on, decision_id)
    }

    /// The aggregate that the act has locked.
    fn aggregate_id(&self) -> Uuid {
        match self {
            Self::Admitted(admission) => admission.organisation_id,
            Self::Transferred(transfer) => transfer.from_organisation_id,
            Self::Exited(exit) => exit.organisation_id,
            Self::TakenBack(taken) => match &taken.movement {
                Movement::Admission(admission) => admission.organisation_id,
                Movement::Transfer(transfer) => transfer.from_organisation_id,
                Movement::Exit(exit) => exit.organisation_id,
            },
            Self::Happened(happening) | Self::HappeningTakenBack(happening) => {
                happening.aggregate_id()
            }
            Self::ConsequenceFinished(finished) => finished.organisation_id,
            Self::ConsequencesWaiting { registry_act_id, .. } => *registry_act_id,
            Self::ConsequencesLeft { part_id, .. } => *part_id,
            Self::DecisionWrittenDown(decision) => decision.decision_id,
            Self::StandingRecorded(standing) | Self::StandingTakenBack(standing) => {
                standing.standing_id
            }
            Self::DisciplineRecorded(discipline) | Self::DisciplineTakenBack(discipline) => {
                discipline.discipline_id
            }
            Self::PersonMerged(merge) | Self::PersonUnmerged(merge) => merge.survivor_id,
            Self::CardsIssued(issue) | Self::CardTakenBack(CardTakenBack::Issued(issue)) => {
                issue.issue_id
            }
            Self::CardEnded(ending) | Self::CardTakenBack(CardTakenBack::Ended(ending)) => {
                ending.card_id
            }
        }
    }

    fn written(self) -> Change {
        match self {
            Self::Admitted(admission) => Change::MembersAdmitted(admission.into()),
            Self::Transferred(transfer) => Change::MembersTransferred(transfer.into()),
            Self::Exited(exit) => Change::MembersExited(exit.into()),
            Self::TakenBack(taken) => Change::MovementTakenBack(pb::MovementTakenBack {
                registry_act_id: id_or_empty(taken.registry_act_id),
                movement: Some(match taken.movement {
                    Movement::Admission(it) => {
                        pb::movement_taken_back::Movement::MembersAdmitted(it.into())
                    }
                    Movement::Transfer(it) => {
                        pb::movement_taken_back::Movement::MembersTransferred(it.into())
                    }
                    Movement::Exit(it) => {
                        pb::movement_taken_back::Movement::MembersExited(it.into())
                    }
                }),
            }),
            Self::Happened(happening) => happening.written(),
            Self::HappeningTakenBack(happening) => happening.taken_back(),
            Self::ConsequenceFinished(it) => Change::ConsequenceFinished(pb::ConsequenceFinished {
                registry_act_id: it.registry_act_id.to_string(),
                organisation_id: it.organisation_id.to_string(),
                members: it.members,
            }),
            Self::ConsequencesWaiting { registry_act_id, organisations } => {
                Change::ConsequencesWaiting(pb::ConsequencesWaiting {
                    registry_act_id: registry_act_id.to_string(),
                    organisations,
                })
            }
            Self::ConsequencesLeft { part_id, from_position } => {
                Change::ConsequencesLeft(pb::ConsequencesLeft {
                    part_id: part_id.to_string(),
                    from_position: from_position.unwrap_or(0),
                })
            }
            Self::DecisionWrittenDown(it) => Change::DecisionWrittenDown(pb::DecisionWrittenDown {
                decision_id: it.decision_id.to_string(),
                issuer_id: id_or_empty(it.issuer_id),
                kind: it.kind,
                number: it.number,
                issued_on: it.issued_on.map(civil),
            }),
            Self::StandingRecorded(standing) => Change::StandingRecorded(standing.into()),
            Self::StandingTakenBack(standing) => {
                Change::StandingTakenBack(pb::StandingTakenBack { standing: Some(standing.into()) })
            }
            Self::DisciplineRecorded(it) => Change::DisciplineRecorded(it.into()),
            Self::DisciplineTakenBack(it) => {
                Change::DisciplineTakenBack(pb::DisciplineTakenBack { discipline: Some(it.into()) })
            }
            Self::PersonMerged(it) => Change::PersonMerged(it.into()),
            Self::PersonUnmerged(it) => {
                Change::PersonUnmerged(pb::PersonUnmerged { merged: Some(it.into()) })
            }
            Self::CardsIssued(it) => Change::CardsIssued(it.into()),
            Self::CardEnded(it) => Change::CardEnded(it.into()),
            Self::CardTakenBack(taken) => Change::CardTakenBack(pb::CardTakenBack {
                taken: Some(match taken {
                    CardTakenBack::Issued(it) => pb::card_taken_back::Taken::CardsIssued(it.into()),
                    CardTakenBack::Ended(it) => pb::card_taken_back::Taken::CardEnded(it.into()),
                }),
            }),
        }
    }
}

fn lines(lines: &[Line]) -> Vec<pb::MemberLine> {
    lines
        .iter()
        .map(|line| pb::MemberLine {
            membership_id: line.membership_id.to_string(),
            person_id: line.person_id.to_string(),
            sex: i32::from(line.sex),
            birth_year: i32::from(line.birth_year),
        })
        .collect()
}

impl From<Admission> for pb::MembersAdmitted {
    fn from(admission: Admission) -> Self {
        Self {
            admission_id: id_or_empty(admission.admission_id),
            organisation_id: admission.organisation_id.to_string(),
            kind: admission.kind as i32,
            lines: lines(&admission.lines),
        }
    }
}

impl From<Transfer> for pb::MembersTransferred {
    fn from(transfer: Transfer) -> Self {
        Self {
            transfer_id: id_or_empty(transfer.transfer_id),
            from_organisation_id: transfer.from_organisation_id.to_string(),
            to_organisation_id: transfer.to_organisation_id.to_string(),
            lines: lines(&transfer.lines),
            registry_act_id: id_or_empty(transfer.registry_act_id),
        }
    }
}

impl From<Exit> for pb::MembersExited {
    fn from(exit: Exit) -> Self {
        Self {
            exit_id: id_or_empty(exit.exit_id),
            organisation_id: exit.organisation_id.to_string(),
            reason: exit.reason as i32,
            lines: lines(&exit.lines),
            registry_act_id: id_or_empty(exit.registry_act_id),
        }
    }
}

impl From<Standing> for pb::StandingRecorded {
    fn from(standing: Standing) -> Self {
        let people = standing.people.iter();
        Self {
            standing_id: standing.standing_id.to_string(),
            kind: standing.kind as i32,
            organisation_id: standing.organisation_id.to_string(),
            other_organisation_id: id_or_empty(standing.other_organisation_id),
            from_on: Some(civil(standing.from_on)),
            until_on: standing.until_on.map(civil),
            people: people
                .map(|one| pb::standing_recorded::Person {
                    person_id: one.person_id.to_string(),
                    sex: i32::from(one.sex),
                })
                .collect(),
        }
    }
}

impl From<Discipline> for pb::DisciplineRecorded {
    fn from(discipline: Discipline) -> Self {
        Self {
            discipline_id: discipline.discipline_id.to_string(),
            organisation_id: discipline.organisation_id.to_string(),
            subject: discipline.subject,
            measure: discipline.measure,
        }
    }
}

impl From<CardIssue> for pb::CardsIssued {
    fn from(issue: CardIssue) -> Self {
        let cards = issue.cards.iter();
        Self {
            issue_id: issue.issue_id.to_string(),
            organisation_id: issue.organisation_id.to_string(),
            until_on: issue.until_on.map(civil),
            cards: cards
                .map(|card| pb::cards_issued::Card {
                    card_id: card.card_id.to_string(),
                    person_id: card.person_id.to_string(),
                    replaces_id: id_or_empty(card.replaces_id),
                })
                .collect(),
        }
    }
}

impl From<CardEnding> for pb::CardEnded {
    fn from(ending: CardEnding) -> Self {
        Self {
            card_id: ending.card_id.to_string(),
            person_id: ending.person_id.to_string(),
            end: ending.end as i32,
        }
    }
}

impl From<Merge> for pb::PersonMerged {
    fn from(merge: Merge) -> Self {
        Self {
            merge_id: merge.merge_id.to_string(),
            person_id: merge.person_id.to_string(),
            survivor_id: merge.survivor_id.to_string(),
        }
    }
}
