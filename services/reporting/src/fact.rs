//! What a change means for figures: pure functions from changes to facts.
//!
//! Facts are keyed by unit and date and know nothing of the tree, so that an act on the tree
//! never makes them wrong. Sums of facts are rolled up (src/ledger.rs); where a fact counts
//! is decided when a figure is asked for.

use std::collections::BTreeMap;

use anyhow::Context;
use chassis::parse;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{AdmissionKind, ExitReason, MemberLine};
use proto::registry::v1::EndKind;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use time::Date;
use uuid::Uuid;

/// An additive fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// The unit that it is about.
    pub unit_id: Uuid,
    /// Its civil date.
    pub on_date: Date,
    /// A source of indicators.csv, for example `MBR_EXITED`.
    pub code: &'static str,
    /// The reason, kind or grade; else empty.
    pub reason: String,
    /// ISO 5218; 0 where it does not apply.
    pub sex: i16,
    /// The other union of a transfer; else nil.
    pub counterpart_id: Uuid,
    /// Not 0.
    pub amount: i64,
}

/// A fact of a distinct source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubjectFact {
    /// The unit that it is about.
    pub unit_id: Uuid,
    /// Its civil date.
    pub on_date: Date,
    /// A source of indicators.csv, for example `TRAINED`.
    pub code: &'static str,
    /// The topic or the stage; else empty.
    pub reason: String,
    /// An id or a pseudonym.
    pub subject: String,
}

/// All that one change means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// To be summed.
    pub additive: Vec<Fact>,
    /// To be counted distinct.
    pub distinct: Vec<SubjectFact>,
}

impl Facts {
    /// Adds a fact about a number of things of one kind.
    pub fn add(
        &mut self,
        unit_id: Uuid,
        on_date: Date,
        code: &'static str,
        reason: &str,
        amount: i64,
    ) {
        if amount != 0 {
            self.additive.push(Fact {
                unit_id,
                on_date,
                code,
                reason: reason.to_string(),
                sex: 0,
                counterpart_id: Uuid::nil(),
                amount,
            });
        }
    }

    fn people(
        &mut self,
        unit_id: Uuid,
        on_date: Date,
        code: &'static str,
        reason: &str,
        counterpart_id: Uuid,
        lines: &[MemberLine],
    ) {
        let mut by_sex: BTreeMap<i16, i64> = BTreeMap::new();
        for line in lines {
            // Whatever else came is "not known": the number of people must stay right.
            let sex = i16::try_from(line.sex).ok().filter(|sex| matches!(sex, 1 | 2)).unwrap_or(0);
            *by_sex.entry(sex).or_default() += 1;
        }
        self.additive.extend(by_sex.into_iter().map(|(sex, amount)| Fact {
            unit_id,
            on_date,
            code,
            reason: reason.to_string(),
            sex,
            counterpart_id,
            amount,
        }));
    }

    fn subject(
        &mut self,
        unit_id: Uuid,
        on_date: Date,
        code: &'static str,
        reason: &str,
        subject: &str,
    ) {
        self.distinct.push(SubjectFact {
            unit_id,
            on_date,
            code,
            reason: reason.to_string(),
            subject: subject.to_string(),
        });
    }
}

/// What a change of membership's means.
pub fn of_membership(what: &MembershipWhat, effective_on: Date) -> anyhow::Result<Facts> {
    let mut facts = Facts::default();
    match what {
        MembershipWhat::MembersAdmitted(admitted) => {
            let code = match admitted.kind() {
                AdmissionKind::Recognised => "MBR_RECOGNISED",
                AdmissionKind::Readmitted => "MBR_READMITTED",
                AdmissionKind::Admitted | AdmissionKind::Unspecified => "MBR_ADMITTED",
            };
            let unit = id(&admitted.organisation_id)?;
            facts.people(unit, effective_on, code, "", Uuid::nil(), &admitted.lines);
        }
        MembershipWhat::MembersTransferred(transferred) => {
            let from = id(&transferred.from_organisation_id)?;
            let to = id(&transferred.to_organisation_id)?;
            facts.people(from, effective_on, "MBR_TRANSFER_OUT", "", to, &transferred.lines);
            facts.people(to, effective_on, "MBR_TRANSFER_IN", "", from, &transferred.lines);
        }
        MembershipWhat::MembersExited(exited) => {
            let reason = ExitReason::as_str_name(&exited.reason());
            let reason = reason.strip_prefix("EXIT_REASON_").unwrap_or(reason);
            let unit = id(&exited.organisation_id)?;
            facts.people(unit, effective_on, "MBR_EXITED", reason, Uuid::nil(), &exited.lines);
        }
        MembershipWhat::TrainingCourseHeld(course) => {
            let organiser = id(&course.organisation_id)?;
            for attendance in &course.attendances {
                let unit = optional_id(&attendance.organisation_id)?.unwrap_or(organiser);
                let on = date(attendance.attended_on)?.unwrap_or(effective_on);
                facts.add(unit, on, "ATTENDED", "", 1);
                for topic in topics(&course.topics) {
                    facts.subject(unit, on, "TRAINED", topic, &attendance.person_id);
                }
            }
        }
        MembershipWhat::PartyReferred(referred) => {
            let unit = id(&referred.organisation_id)?;
            facts.subject(unit, effective_on, "PARTY_REFERRED", "", &referred.subject);
        }
        MembershipWhat::PartyAdmitted(admitted) => {
            let unit = id(&admitted.organisation_id)?;
            facts.subject(unit, effective_on, "PARTY_ADMITTED", "", &admitted.subject);
        }
        MembershipWhat::CadreRecommended(recommended) => {
            let unit = id(&recommended.organisation_id)?;
            facts.subject(unit, effective_on, "CADRE_RECOMMENDED", "", &recommended.subject);
        }
        MembershipWhat::DelegationSent(sent) => {
            let sender = id(&sent.organisation_id)?;
            for delegate in &sent.delegates {
                let unit = optional_id(&delegate.organisation_id)?.unwrap_or(sender);
                facts.add(unit, effective_on, "DELEGATE", &sent.event, 1);
            }
        }
        MembershipWhat::MovementTakenBack(taken) => {
            use proto::membership::v1::movement_taken_back::Movement;
            let movement = match &taken.movement {
                Some(Movement::MembersAdmitted(admitted)) => {
                    MembershipWhat::MembersAdmitted(admitted.clone())
                }
                Some(Movement::MembersTransferred(transferred)) => {
                    MembershipWhat::MembersTransferred(transferred.clone())
                }
                Some(Movement::MembersExited(exited)) => {
                    MembershipWhat::MembersExited(exited.clone())
                }
                None => anyhow::bail!("a movement taken back is none that this program knows"),
            };
            facts = of_membership(&movement, effective_on)?;
            facts.additive.iter_mut().for_each(|fact| fact.amount = -fact.amount);
        }
        MembershipWhat::ConsequenceFinished(_) | MembershipWhat::ConsequencesWaiting(_) => {}
    }
    Ok(facts)
}

/// A course without topics still trains people.
fn topics(topics: &[String]) -> Vec<&str> {
    if topics.is_empty() { vec![""] } else { topics.iter().map(String::as_str).collect() }
}

/// What a change of registry's means. `is_grassroots` and `is_grassroots_type` tell unions, and
/// their types, from the others.
pub fn of_registry(
    what: &RegistryWhat,
    effective_on: Date,
    is_grassroots: impl Fn(Uuid) -> bool,
    is_grassroots_type: impl Fn(&str) -> bool,
) -> anyhow::Result<Facts> {
    let mut facts = Facts::default();
    match what {
        RegistryWhat::OrganisationFounded(founded) => {
            let state =
                founded.organisation.as_ref().context("a founding names no organisation")?;
            let unit = id(&state.organisation_id)?;
            if is_grassroots(unit) {
                let on = date(state.founded_on)?.unwrap_or(effective_on);
                facts.add(unit, on, "ORG_FOUNDED", "", 1);
            }
        }
        RegistryWhat::OrganisationsLoaded(loaded) => {
            for state in &loaded.organisations {
                let unit = id(&state.organisation_id)?;
                if is_grassroots(unit) {
                    let on = date(state.founded_on)?.unwrap_or(effective_on);
                    facts.add(unit, on, "ORG_LOADED", "", 1);
                }
            }
        }
        RegistryWhat::OrganisationsEnded(ended) => {
            for ended in &ended.units {
                let unit = id(&ended.organisation_id)?;
                if is_grassroots(unit) {
                    facts.add(unit, effective_on, "ORG_ENDED", end_kind(ended.kind()), 1);
                }
            }
        }
        RegistryWhat::OrganisationTypeChanged(changed) => {
            let unit = id(&changed.organisation_id)?;
            match (is_grassroots_type(&changed.from_type), is_grassroots_type(&changed.r#type)) {
                (false, true) => facts.add(unit, effective_on, "ORG_BECAME", "", 1),
                (true, false) => facts.add(unit, effective_on, "ORG_CEASED", "", 1),
                (true, true) | (false, false) => {}
            }
        }
        RegistryWhat::OrganisationSuspended(suspended) => {
            let unit = id(&suspended.organisation_id)?;
            if is_grassroots(unit) {
                facts.add(unit, effective_on, "ORG_SUSPENDED", "", 1);
            }
        }
        RegistryWhat::OrganisationResumed(resumed) => {
            let unit = id(&resumed.organisation_id)?;
            if is_grassroots(unit) {
                facts.add(unit, effective_on, "ORG_RESUMED", "", 1);
            }
        }
        RegistryWhat::CongressHeld(congress) => {
            let unit = id(&congress.organisation_id)?;
            let on = date(congress.held_on)?.unwrap_or(effective_on);
            facts.add(unit, on, "CONGRESS", level(is_grassroots(unit)), 1);
        }
        RegistryWhat::ByElectionHeld(election) => {
            let unit = id(&election.organisation_id)?;
            let on = date(election.held_on)?.unwrap_or(effective_on);
            let subject = unit.to_string();
            facts.subject(unit, on, "BY_ELECTED", level(is_grassroots(unit)), &subject);
        }
        RegistryWhat::CeremonyHeld(ceremony) => {
            let on = date(ceremony.held_on)?.unwrap_or(effective_on);
            // One for each union launched, counted where that union counts.
            for launched in &ceremony.launched {
                let unit = id(&launched.organisation_id)?;
                facts.add(unit, on, "CEREMONY", &ceremony.kind, 1);
                if !launched.decision_id.is_empty() {
                    facts.add(unit, on, "HANDED_OVER", "", 1);
                }
            }
        }
        RegistryWhat::CampaignStageReached(reached) => {
            let unit = id(&reached.organisation_id)?;
            facts.subject(unit, effective_on, "CAMPAIGN", &reached.stage, &reached.employer_id);
        }
        RegistryWhat::OrganisationRenamed(_)
        | RegistryWhat::OrganisationsHandedOver(_)
        | RegistryWhat::OrganisationSectorChanged(_)
        | RegistryWhat::DecisionRecorded(_)
        | RegistryWhat::CommitteeAppointed(_)
        | RegistryWhat::OfficesEnded(_)
        | RegistryWhat::EmployersRecorded(_)
        | RegistryWhat::SteeringCommitteeEstablished(_)
        | RegistryWhat::UnitAssigned(_)
        | RegistryWhat::UnitAssignmentEnded(_)
        | RegistryWhat::OrganisationRecognised(_)
        | RegistryWhat::OrganisationSplitOff(_)
        | RegistryWhat::TerritoryChanged(_)
        | RegistryWhat::SealAndAccountRecorded(_)
        | RegistryWhat::AliasesChanged(_)
        | RegistryWhat::JointDirectionBegun(_)
        | RegistryWhat::JointDirectionEnded(_)
        | RegistryWhat::DecisionAliasAdded(_)
        | RegistryWhat::GrantMade(_)
        | RegistryWhat::GrantEnded(_)
        | RegistryWhat::TimelinesCorrected(_)
        | RegistryWhat::ActsUndone(_) => {}
    }
    Ok(facts)
}

/// By what held them, congresses and elections are counted apart.
pub fn level(is_grassroots: bool) -> &'static str {
    if is_grassroots { "GRASSROOTS" } else { "SUPERIOR" }
}

/// A kind of end without the enum's prefix: `DISSOLVED`.
pub fn end_kind(kind: EndKind) -> &'static str {
    let name = EndKind::as_str_name(&kind);
    name.strip_prefix("END_KIND_").unwrap_or(name)
}

fn id(text: &str) -> anyhow::Result<Uuid> {
    Uuid::parse_str(text).context("read an id of a change")
}

fn optional_id(text: &str) -> anyhow::Result<Option<Uuid>> {
    if text.is_empty() { Ok(None) } else { id(text).map(Some) }
}

fn date(date: Option<proto::google::r#type::Date>) -> anyhow::Result<Option<Date>> {
    Ok(parse::optional_date("date", date)?)
}

#[cfg(test)]
mod tests {
    use proto::membership::v1::{MembersTransferred, TrainingCourseHeld, training_course_held};
    use proto::registry::v1::{CeremonyHeld, ceremony_held};
    use time::macros::date;

    use super::*;

    fn unit(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn a_transfer_is_out_of_one_and_into_the_other_for_the_same_people() -> anyhow::Result<()> {
        let line = |sex| MemberLine { sex, ..MemberLine::default() };
        let facts = of_membership(
            &MembershipWhat::MembersTransferred(MembersTransferred {
                from_organisation_id: unit(1).to_string(),
                to_organisation_id: unit(2).to_string(),
                lines: vec![line(1), line(2), line(2), line(9)],
                ..MembersTransferred::default()
            }),
            date!(2020 - 03 - 01),
        )?;
        let sum = |code: &str| -> i64 {
            facts.additive.iter().filter(|fact| fact.code == code).map(|fact| fact.amount).sum()
        };
        assert_eq!((sum("MBR_TRANSFER_OUT"), sum("MBR_TRANSFER_IN")), (4, 4));
        assert!(facts.additive.iter().all(|fact| fact.unit_id != fact.counterpart_id));
        assert!(facts.additive.iter().any(|fact| fact.sex == 0 && fact.amount == 1));
        Ok(())
    }

    #[test]
    fn a_movement_taken_back_is_the_same_people_less() -> anyhow::Result<()> {
        use proto::membership::v1::{MovementTakenBack, movement_taken_back::Movement};
        let transferred = MembersTransferred {
            from_organisation_id: unit(1).to_string(),
            to_organisation_id: unit(2).to_string(),
            lines: vec![MemberLine::default(); 3],
            ..MembersTransferred::default()
        };
        let on = date!(2020 - 03 - 01);
        let mut sums = BTreeMap::new();
        for what in [
            MembershipWhat::MembersTransferred(transferred.clone()),
            MembershipWhat::MovementTakenBack(MovementTakenBack {
                movement: Some(Movement::MembersTransferred(transferred)),
                ..MovementTakenBack::default()
            }),
        ] {
            for fact in of_membership(&what, on)?.additive {
                *sums.entry((fact.unit_id, fact.code)).or_insert(0) += fact.amount;
            }
        }
        assert_eq!(sums.len(), 2);
        assert!(sums.values().all(|sum| *sum == 0));
        Ok(())
    }

    #[test]
    fn one_ceremony_launches_each_of_its_unions() -> anyhow::Result<()> {
        let launched = |number, decision: &str| ceremony_held::Launched {
            organisation_id: unit(number).to_string(),
            decision_id: decision.to_string(),
        };
        let facts = of_registry(
            &RegistryWhat::CeremonyHeld(CeremonyHeld {
                kind: "LAUNCH".to_string(),
                launched: vec![launched(1, "d"), launched(2, "d"), launched(3, "")],
                ..CeremonyHeld::default()
            }),
            date!(2020 - 03 - 01),
            |_| true,
            |_| true,
        )?;
        let count = |code: &str| facts.additive.iter().filter(|fact| fact.code == code).count();
        assert_eq!((count("CEREMONY"), count("HANDED_OVER")), (3, 2));
        Ok(())
    }

    #[test]
    fn a_person_at_a_course_is_one_attendance_and_one_subject_for_each_topic() -> anyhow::Result<()>
    {
        let facts = of_membership(
            &MembershipWhat::TrainingCourseHeld(TrainingCourseHeld {
                organisation_id: unit(7).to_string(),
                topics: vec!["CHARTER".to_string(), "UNION_WORK".to_string()],
                attendances: vec![training_course_held::Attendance {
                    person_id: unit(9).to_string(),
                    ..training_course_held::Attendance::default()
                }],
                ..TrainingCourseHeld::default()
            }),
            date!(2020 - 03 - 01),
        )?;
        assert_eq!((facts.additive.len(), facts.distinct.len()), (1, 2));
        assert!(facts.distinct.iter().all(|fact| fact.unit_id == unit(7)));
        Ok(())
    }
}
