//! How facts are read. What may be absent is what nobody relies on: a feed is read from its
//! first position.

use anyhow::Context;
use chassis::feed::Change as Published;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change;
use time::Date;

use super::facts::{
    Admission, AdmissionKind, Card, CardEnd, CardEnding, CardIssue, CardTakenBack, Counted,
    Decision, Discipline, Event, Exit, ExitReason, Finished, Line, Merge, Movement, Standing,
    StandingKind, TakenBack, Transfer,
};
use super::happening::Happening;
use super::happening::read as happening;
use crate::reading::{each, id, optional_date, optional_id};

/// What is wrong with a change that takes back nothing.
const NOTHING: &str = "nothing is taken back";

/// Reads a change of membership's feed.
pub fn read(change: &Published) -> anyhow::Result<Event> {
    let read = change.body.to_msg::<pb::MembershipChange>().map_err(anyhow::Error::new);
    read.and_then(|body| event(body, change.effective_on))
        .with_context(|| format!("a change of membership's cannot be read: {}", change.kind))
}

fn event(body: pb::MembershipChange, on: Date) -> anyhow::Result<Event> {
    let change = body.change.context("it says nothing that this program knows")?;
    Ok(match change {
        Change::MembersAdmitted(it) => Event::Admitted(admission(it)?),
        Change::MembersTransferred(it) => Event::Transferred(transfer(it)?),
        Change::MembersExited(it) => Event::Exited(exit(it)?),
        Change::MovementTakenBack(it) => Event::TakenBack(TakenBack {
            registry_act_id: optional_id("registry_act_id", &it.registry_act_id)?,
            movement: match it.movement {
                Some(pb::movement_taken_back::Movement::MembersAdmitted(it)) => {
                    Movement::Admission(admission(it)?)
                }
                Some(pb::movement_taken_back::Movement::MembersTransferred(it)) => {
                    Movement::Transfer(transfer(it)?)
                }
                Some(pb::movement_taken_back::Movement::MembersExited(it)) => {
                    Movement::Exit(exit(it)?)
                }
                None => anyhow::bail!("a movement taken back is none that this program knows"),
            },
        }),
        Change::TrainingCourseHeld(it) => {
            Event::Happened(Happening::TrainingCourse(happening::training_course(it, on)?))
        }
        Change::TrainingCourseTakenBack(it) => {
            let taken = it.course.context(NOTHING)?;
            let course = happening::training_course(taken, on)?;
            Event::HappeningTakenBack(Happening::TrainingCourse(course))
        }
        Change::PartyReferred(it) => Event::Happened(Happening::PartyReferral(
            happening::referral(&it.referral_id, &it.organisation_id, it.subject)?,
        )),
        Change::PartyReferralTakenBack(it) => {
            let it = it.referral.context(NOTHING)?;
            let of = happening::referral(&it.referral_id, &it.organisation_id, it.subject)?;
            Event::HappeningTakenBack(Happening::PartyReferral(of))
        }
        Change::PartyAdmitted(it) => Event::Happened(Happening::PartyAdmission(
            happening::referral(&it.referral_id, &it.organisation_id, it.subject)?,
        )),
        Change::PartyAdmissionTakenBack(it) => {
            let it = it.admission.context(NOTHING)?;
            let of = happening::referral(&it.referral_id, &it.organisation_id, it.subject)?;
            Event::HappeningTakenBack(Happening::PartyAdmission(of))
        }
        Change::PartyConfirmed(it) => Event::Happened(Happening::PartyConfirmation(
            happening::referral(&it.referral_id, &it.organisation_id, it.subject)?,
        )),
        Change::PartyConfirmationTakenBack(it) => {
            let it = it.confirmation.context(NOTHING)?;
            let of = happening::referral(&it.referral_id, &it.organisation_id, it.subject)?;
            Event::HappeningTakenBack(Happening::PartyConfirmation(of))
        }
        Change::CadreRecommended(it) => {
            Event::Happened(Happening::CadreRecommendation(happening::recommendation(it)?))
        }
        Change::CadreRecommendationTakenBack(it) => {
            let taken = it.recommendation.context(NOTHING)?;
            let of = happening::recommendation(taken)?;
            Event::HappeningTakenBack(Happening::CadreRecommendation(of))
        }
        Change::DelegationSent(it) => {
            Event::Happened(Happening::Delegation(happening::delegation(it)?))
        }
        Change::DelegationTakenBack(it) => {
            let taken = it.delegation.context(NOTHING)?;
            Event::HappeningTakenBack(Happening::Delegation(happening::delegation(taken)?))
        }
        Change::HonoursRecorded(it) => Event::Happened(Happening::Honours(happening::honours(it)?)),
        Change::HonoursTakenBack(it) => {
            let taken = it.honours.context(NOTHING)?;
            Event::HappeningTakenBack(Happening::Honours(happening::honours(taken)?))
        }
        Change::EmulationLaunched(it) => {
            Event::Happened(Happening::Emulation(happening::emulation(it)?))
        }
        Change::EmulationTakenBack(it) => {
            let taken = it.emulation.context(NOTHING)?;
            Event::HappeningTakenBack(Happening::Emulation(happening::emulation(taken)?))
        }
        Change::EmulationJoined(it) => {
            Event::Happened(Happening::EmulationJoining(happening::joining(it)?))
        }
        Change::EmulationJoiningTakenBack(it) => {
            let taken = it.joining.context(NOTHING)?;
            Event::HappeningTakenBack(Happening::EmulationJoining(happening::joining(taken)?))
        }
        Change::WelfareGiven(it) => Event::Happened(Happening::Welfare(happening::welfare(it)?)),
        Change::WelfareTakenBack(it) => {
            let taken = it.welfare.context(NOTHING)?;
            Event::HappeningTakenBack(Happening::Welfare(happening::welfare(taken)?))
        }
        Change::DisputeCaseOpened(it) => {
            Event::Happened(Happening::DisputeOpening(happening::dispute_opened(it)?))
        }
        Change::DisputeCaseConcluded(it) => {
            Event::Happened(Happening::DisputeConclusion(happening::dispute_concluded(it)?))
        }
        Change::DisputeCaseTakenBack(it) => {
            use pb::dispute_case_taken_back::What;
            Event::HappeningTakenBack(match it.what.context(NOTHING)? {
                What::Opened(it) => Happening::DisputeOpening(happening::dispute_opened(it)?),
                What::Concluded(it) => {
                    Happening::DisputeConclusion(happening::dispute_concluded(it)?)
                }
            })
        }
        Change::CadreOutcomeReached(it) => {
            Event::Happened(Happening::CadreOutcome(happening::outcome(it)?))
        }
        Change::CadreOutcomeTakenBack(it) => {
            let taken = it.outcome.context(NOTHING)?;
            Event::HappeningTakenBack(Happening::CadreOutcome(happening::outcome(taken)?))
        }
        Change::ConsequenceFinished(it) => Event::ConsequenceFinished(Finished {
            registry_act_id: id("registry_act_id", &it.registry_act_id)?,
            organisation_id: id("organisation_id", &it.organisation_id)?,
            members: it.members,
        }),
        Change::ConsequencesWaiting(it) => Event::ConsequencesWaiting {
            registry_act_id: id("registry_act_id", &it.registry_act_id)?,
            organisations: it.organisations,
        },
        Change::ConsequencesLeft(it) => Event::ConsequencesLeft {
            part_id: id("part_id", &it.part_id)?,
            from_position: (it.from_position != 0).then_some(it.from_position),
        },
        Change::DecisionWrittenDown(it) => Event::DecisionWrittenDown(Decision {
            decision_id: id("decision_id", &it.decision_id)?,
            issuer_id: optional_id("issuer_id", &it.issuer_id)?,
            kind: it.kind,
            number: it.number,
            issued_on: optional_date("issued_on", it.issued_on)?,
        }),
        Change::StandingRecorded(it) => Event::StandingRecorded(standing(it)?),
        Change::StandingTakenBack(it) => {
            let taken = it.standing.context(NOTHING)?;
            Event::StandingTakenBack(standing(taken)?)
        }
        Change::DisciplineRecorded(it) => Event::DisciplineRecorded(discipline(it)?),
        Change::DisciplineTakenBack(it) => {
            let taken = it.discipline.context(NOTHING)?;
            Event::DisciplineTakenBack(discipline(taken)?)
        }
        Change::PersonMerged(it) => Event::PersonMerged(merge(&it)?),
        Change::PersonUnmerged(it) => {
            let merged = it.merged.context("nobody is told apart")?;
            Event::PersonUnmerged(merge(&merged)?)
        }
        Change::CardsIssued(it) => Event::CardsIssued(card_issue(it)?),
        Change::CardEnded(it) => Event::CardEnded(card_ending(&it)?),
        Change::CardTakenBack(it) => Event::CardTakenBack(match it.taken {
            Some(pb::card_taken_back::Taken::CardsIssued(it)) => {
                CardTakenBack::Issued(card_issue(it)?)
            }
            Some(pb::card_taken_back::Taken::CardEnded(it)) => {
                CardTakenBack::Ended(card_ending(&it)?)
            }
            None => anyhow::bail!("what is taken back of a card is none that this program knows"),
        }),
    })
}

fn standing(standing: pb::StandingRecorded) -> anyhow::Result<Standing> {
    let from_on = optional_date("from_on", standing.from_on)?;
    Ok(Standing {
        standing_id: id("standing_id", &standing.standing_id)?,
        kind: StandingKind::numbered(i16::try_from(standing.kind)?)?,
        organisation_id: id("organisation_id", &standing.organisation_id)?,
        other_organisation_id: optional_id(
            "other_organisation_id",
            &standing.other_organisation_id,
        )?,
        from_on: from_on.context("a standing that begins on no day")?,
        until_on: optional_date("until_on", standing.until_on)?,
        people: each(standing.people, |one| {
            Ok(Counted { person_id: id("person_id", &one.person_id)?, sex: sex(one.sex) })
        })?,
    })
}

fn merge(merged: &pb::PersonMerged) -> anyhow::Result<Merge> {
    Ok(Merge {
        merge_id: id("merge_id", &merged.merge_id)?,
        person_id: id("person_id", &merged.person_id)?,
        survivor_id: id("survivor_id", &merged.survivor_id)?,
    })
}

fn card_issue(issued: pb::CardsIssued) -> anyhow::Result<CardIssue> {
    Ok(CardIssue {
        issue_id: id("issue_id", &issued.issue_id)?,
        organisation_id: id("organisation_id", &issued.organisation_id)?,
        until_on: optional_date("until_on", issued.until_on)?,
        cards: each(issued.cards, |one| {
            Ok(Card {
                card_id: id("card_id", &one.card_id)?,
                person_id: id("person_id", &one.person_id)?,
                replaces_id: optional_id("replaces_id", &one.replaces_id)?,
            })
        })?,
    })
}

fn card_ending(ended: &pb::CardEnded) -> anyhow::Result<CardEnding> {
    Ok(CardEnding {
        card_id: id("card_id", &ended.card_id)?,
        person_id: id("person_id", &ended.person_id)?,
        end: CardEnd::numbered(i16::try_from(ended.end)?)?,
    })
}

fn discipline(discipline: pb::DisciplineRecorded) -> anyhow::Result<Discipline> {
    Ok(Discipline {
        discipline_id: id("discipline_id", &discipline.discipline_id)?,
        organisation_id: id("organisation_id", &discipline.organisation_id)?,
        subject: discipline.subject,
        measure: discipline.measure,
    })
}

fn admission(admitted: pb::MembersAdmitted) -> anyhow::Result<Admission> {
    Ok(Admission {
        admission_id: optional_id("admission_id", &admitted.admission_id)?,
        organisation_id: id("organisation_id", &admitted.organisation_id)?,
        kind: match pb::AdmissionKind::try_from(admitted.kind)? {
            // What does not say how, is kết nạp.
            pb::AdmissionKind::Admitted | pb::AdmissionKind::Unspecified => AdmissionKind::Admitted,
            pb::AdmissionKind::Recognised => AdmissionKind::Recognised,
            pb::AdmissionKind::Readmitted => AdmissionKind::Readmitted,
        },
        lines: each(admitted.lines, line)?,
    })
}

fn transfer(moved: pb::MembersTransferred) -> anyhow::Result<Transfer> {
    Ok(Transfer {
        transfer_id: optional_id("transfer_id", &moved.transfer_id)?,
        from_organisation_id: id("from_organisation_id", &moved.from_organisation_id)?,
        to_organisation_id: id("to_organisation_id", &moved.to_organisation_id)?,
        lines: each(moved.lines, line)?,
        registry_act_id: optional_id("registry_act_id", &moved.registry_act_id)?,
    })
}

fn exit(exited: pb::MembersExited) -> anyhow::Result<Exit> {
    Ok(Exit {
        exit_id: optional_id("exit_id", &exited.exit_id)?,
        organisation_id: id("organisation_id", &exited.organisation_id)?,
        reason: match pb::ExitReason::try_from(exited.reason)? {
            pb::ExitReason::Resigned => ExitReason::Resigned,
            pb::ExitReason::Expelled => ExitReason::Expelled,
            pb::ExitReason::Died => ExitReason::Died,
            pb::ExitReason::Retired => ExitReason::Retired,
            pb::ExitReason::LeftEmployment => ExitReason::LeftEmployment,
            pb::ExitReason::BecameManager => ExitReason::BecameManager,
            pb::ExitReason::UnionEnded => ExitReason::UnionEnded,
            pb::ExitReason::LeftScope => ExitReason::LeftScope,
            pb::ExitReason::Emigrated => ExitReason::Emigrated,
            pb::ExitReason::Unspecified => anyhow::bail!("an exit without a reason"),
        },
        lines: each(exited.lines, line)?,
        registry_act_id: optional_id("registry_act_id", &exited.registry_act_id)?,
    })
}

/// A number that is none of ISO 5218's is "not known": the number of people must stay right.
fn sex(number: i32) -> i16 {
    i16::try_from(number).ok().filter(|sex| matches!(sex, 1 | 2)).unwrap_or(0)
}

fn line(line: pb::MemberLine) -> anyhow::Result<Line> {
    Ok(Line {
        membership_id: id("membership_id", &line.membership_id)?,
        person_id: id("person_id", &line.person_id)?,
        sex: sex(line.sex),
        birth_year: i16::try_from(line.birth_year).unwrap_or_default(),
    })
}
