//! What a change means for figures: pure functions from changes to facts.
//!
//! Facts are keyed by unit and date and know nothing of the tree, so that an act on the tree
//! never makes them wrong. Sums of facts are rolled up (src/ledger.rs); where a fact counts
//! is decided when a figure is asked for.

mod code;

use std::collections::BTreeMap;

use feeds::membership::{self, AdmissionKind, CardTakenBack, Happening, Line, Movement};
use feeds::registry;
use time::Date;
use uuid::Uuid;

pub use code::{Code, Counting};

/// An additive fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// The unit that it is about.
    pub unit_id: Uuid,
    /// Its civil date.
    pub on_date: Date,
    /// What it is.
    pub code: Code,
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
    /// What it is.
    pub code: Code,
    /// The topic or the stage; else empty.
    pub reason: String,
    /// An id or a pseudonym.
    pub subject: String,
    /// 1, or -1 where a later change takes back an earlier one.
    pub amount: i16,
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
    pub fn add(&mut self, unit_id: Uuid, on_date: Date, code: Code, reason: &str, amount: i64) {
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
        code: Code,
        reason: &str,
        counterpart_id: Uuid,
        lines: &[Line],
    ) {
        let mut by_sex: BTreeMap<i16, i64> = BTreeMap::new();
        for line in lines {
            *by_sex.entry(line.sex).or_default() += 1;
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

    /// Adds a fact about a subject.
    pub fn subject(
        &mut self,
        unit_id: Uuid,
        on_date: Date,
        code: Code,
        reason: &str,
        subject: &str,
    ) {
        self.distinct.push(SubjectFact {
            unit_id,
            on_date,
            code,
            reason: reason.to_string(),
            subject: subject.to_string(),
            amount: 1,
        });
    }

    /// What is told never happened: the same, less.
    pub fn taken_back(mut self) -> Self {
        self.additive.iter_mut().for_each(|fact| fact.amount = -fact.amount);
        self.distinct.iter_mut().for_each(|fact| fact.amount = -fact.amount);
        self
    }
}

/// What a change of membership's means.
pub fn of_membership(event: &membership::Event, effective_on: Date) -> Facts {
    use membership::Event;
    let mut facts = Facts::default();
    match event {
        Event::Admitted(admission) => facts.admission(admission, effective_on),
        Event::Transferred(transfer) => facts.transfer(transfer, effective_on),
        Event::Exited(exit) => facts.exit(exit, effective_on),
        Event::TakenBack(taken) => {
            match &taken.movement {
                Movement::Admission(admission) => facts.admission(admission, effective_on),
                Movement::Transfer(transfer) => facts.transfer(transfer, effective_on),
                Movement::Exit(exit) => facts.exit(exit, effective_on),
            }
            return facts.taken_back();
        }
        Event::Happened(happening) => facts.happening(happening, effective_on),
        Event::HappeningTakenBack(happening) => {
            facts.happening(happening, effective_on);
            return facts.taken_back();
        }
        Event::StandingRecorded(standing) => facts.standing(standing, 1),
        Event::StandingTakenBack(standing) => facts.standing(standing, -1),
        Event::DisciplineRecorded(it) => {
            facts.add(it.organisation_id, effective_on, Code::Disciplined, &it.measure, 1);
        }
        Event::DisciplineTakenBack(it) => {
            facts.add(it.organisation_id, effective_on, Code::Disciplined, &it.measure, -1);
        }
        Event::CardsIssued(issue) => facts.cards(issue, effective_on),
        Event::CardTakenBack(CardTakenBack::Issued(issue)) => {
            facts.cards(issue, effective_on);
            return facts.taken_back();
        }
        // Whose union it was that issued a card which ended, nobody tells.
        Event::CardEnded(_)
        | Event::CardTakenBack(CardTakenBack::Ended(_))
        | Event::ConsequenceFinished(_)
        | Event::ConsequencesWaiting { .. }
        | Event::ConsequencesLeft { .. }
        | Event::PersonMerged(_)
        | Event::PersonUnmerged(_)
        | Event::DecisionWrittenDown(_) => {}
    }
    facts
}

/// What happens to people besides their membership.
impl Facts {
    fn happening(&mut self, happening: &Happening, on: Date) {
        match happening {
            Happening::TrainingCourse(course) => {
                for attendance in &course.attendances {
                    let (unit, on) = (attendance.organisation_id, attendance.attended_on);
                    self.add(unit, on, Code::Attended, "", 1);
                    let subject = attendance.person_id.to_string();
                    for topic in topics(&course.topics) {
                        self.subject(unit, on, Code::Trained, topic, &subject);
                    }
                }
            }
            Happening::PartyReferral(it) => {
                self.subject(it.organisation_id, on, Code::PartyReferred, "", &it.subject);
            }
            Happening::PartyAdmission(it) => {
                self.subject(it.organisation_id, on, Code::PartyAdmitted, "", &it.subject);
            }
            Happening::PartyConfirmation(it) => {
                self.subject(it.organisation_id, on, Code::PartyConfirmed, "", &it.subject);
            }
            Happening::CadreRecommendation(it) => {
                self.subject(it.organisation_id, on, Code::CadreRecommended, "", &it.subject);
            }
            Happening::CadreOutcome(it) => {
                let (unit, outcome) = (it.organisation_id, it.outcome.as_str());
                self.subject(unit, on, Code::CadreOutcome, outcome, &it.subject);
            }
            Happening::Delegation(sent) => {
                for delegate in &sent.delegates {
                    self.add(delegate.organisation_id, on, Code::Delegate, &sent.event, 1);
                }
            }
            Happening::Honours(honours) => self.honours(honours, on),
            Happening::Welfare(welfare) => self.welfare(welfare, on),
            Happening::DisputeOpening(it) => {
                let people = i64::from(it.people_concerned);
                self.add(it.organisation_id, on, Code::Dispute, &it.kind, 1);
                self.add(it.organisation_id, on, Code::DisputePeople, &it.kind, people);
            }
            Happening::DisputeConclusion(it) => {
                let outcome = it.outcome.as_deref().unwrap_or_default();
                self.add(it.organisation_id, on, Code::DisputeConcluded, outcome, 1);
            }
            Happening::Emulation(it) => {
                self.add(it.organisation_id, on, Code::Emulation, &it.theme, 1);
            }
            Happening::EmulationJoining(it) => {
                for person_id in &it.person_ids {
                    let (unit, subject) = (it.organisation_id, person_id.to_string());
                    self.subject(unit, on, Code::EmulationJoined, &it.theme, &subject);
                }
            }
        }
    }
}

/// Honours: counted each, by people, and by initiatives, which may have several authors.
impl Facts {
    fn honours(&mut self, honours: &membership::Honours, on: Date) {
        let (unit, kind) = (honours.organisation_id, honours.kind.as_str());
        let amount = |people: usize| i64::try_from(people).unwrap_or(i64::MAX);
        let direct = honours.people.iter().filter(|one| one.direct_production).count();
        self.add(unit, on, Code::Honoured, kind, amount(honours.people.len()));
        self.add(unit, on, Code::HonouredAt, &honours.level, amount(honours.people.len()));
        self.add(unit, on, Code::HonouredInProduction, kind, amount(direct));
        for one in &honours.people {
            self.subject(unit, on, Code::HonouredPerson, kind, &one.person_id.to_string());
            if let Some(initiative_id) = one.initiative_id {
                self.subject(unit, on, Code::Initiative, kind, &initiative_id.to_string());
            }
        }
    }
}

/// Welfare: counted each, by people, and by what was given.
impl Facts {
    fn welfare(&mut self, welfare: &membership::Welfare, on: Date) {
        let (unit, kind) = (welfare.organisation_id, welfare.kind.as_str());
        let times = i64::try_from(welfare.people.len()).unwrap_or(i64::MAX);
        let amount = welfare.people.iter().map(|one| one.amount_vnd).sum();
        self.add(unit, on, Code::Welfare, kind, times);
        self.add(unit, on, Code::WelfareFor, &welfare.occasion, times);
        self.add(unit, on, Code::WelfareVnd, kind, amount);
        self.add(unit, on, Code::WelfareVndFrom, &welfare.source, amount);
        for one in &welfare.people {
            self.subject(unit, on, Code::WelfarePerson, kind, &one.subject);
        }
    }
}

/// Cards, the first of a person told from those in the place of others.
impl Facts {
    fn cards(&mut self, issue: &membership::CardIssue, on: Date) {
        let replaced = issue.cards.iter().filter(|card| card.replaces_id.is_some()).count();
        for (reason, cards) in [("FIRST", issue.cards.len() - replaced), ("REPLACEMENT", replaced)]
        {
            let amount = i64::try_from(cards).unwrap_or(i64::MAX);
            self.add(issue.organisation_id, on, Code::CardIssued, reason, amount);
        }
    }
}

/// How people stand beside their memberships: a stock, of what begins and what ends.
impl Facts {
    fn standing(&mut self, standing: &membership::Standing, sign: i64) {
        let mut by_sex: BTreeMap<i16, i64> = BTreeMap::new();
        for one in &standing.people {
            *by_sex.entry(one.sex).or_default() += sign;
        }
        let ends = standing.until_on.map(|on| (on, -1));
        for (on_date, sign) in [Some((standing.from_on, 1)), ends].into_iter().flatten() {
            self.additive.extend(by_sex.iter().map(|(sex, amount)| Fact {
                unit_id: standing.organisation_id,
                on_date,
                code: Code::Standing,
                reason: standing.kind.code().to_string(),
                sex: *sex,
                counterpart_id: Uuid::nil(),
                amount: sign * amount,
            }));
        }
    }
}

/// Movements.
impl Facts {
    fn admission(&mut self, admission: &membership::Admission, on: Date) {
        let code = match admission.kind {
            AdmissionKind::Admitted => Code::MembersAdmitted,
            AdmissionKind::Recognised => Code::MembersRecognised,
            AdmissionKind::Readmitted => Code::MembersReadmitted,
        };
        self.people(admission.organisation_id, on, code, "", Uuid::nil(), &admission.lines);
    }

    fn transfer(&mut self, transfer: &membership::Transfer, on: Date) {
        let (from, to) = (transfer.from_organisation_id, transfer.to_organisation_id);
        self.people(from, on, Code::TransferOut, "", to, &transfer.lines);
        self.people(to, on, Code::TransferIn, "", from, &transfer.lines);
    }

    fn exit(&mut self, exit: &membership::Exit, on: Date) {
        let (unit, reason) = (exit.organisation_id, exit.reason.code());
        self.people(unit, on, Code::MembersExited, reason, Uuid::nil(), &exit.lines);
    }
}

/// A course without topics still trains people.
fn topics(topics: &[String]) -> Vec<&str> {
    if topics.is_empty() { vec![""] } else { topics.iter().map(String::as_str).collect() }
}

/// What a change of registry's means. `is_grassroots` and `is_grassroots_type` tell unions, and
/// their types, from the others.
pub fn of_registry(
    event: &registry::Event,
    effective_on: Date,
    is_grassroots: impl Fn(Uuid) -> bool,
    is_grassroots_type: impl Fn(&str) -> bool,
) -> Facts {
    use registry::{Body, Event};
    let mut facts = Facts::default();
    // What happens to a union is counted; what happens to its superiors is not.
    let union = |facts: &mut Facts, unit: Uuid, on: Date, code: Code, reason: &str| {
        if is_grassroots(unit) {
            facts.add(unit, on, code, reason, 1);
        }
    };
    match event {
        Event::Founded(founded) => {
            let state = &founded.organisation;
            union(&mut facts, state.organisation_id, state.founded_on, Code::UnionFounded, "");
        }
        Event::Loaded(organisations) => {
            for state in organisations {
                union(&mut facts, state.organisation_id, state.founded_on, Code::UnionLoaded, "");
            }
        }
        Event::Ended(units) => {
            for unit in units {
                let reason = unit.kind.code();
                union(&mut facts, unit.organisation_id, effective_on, Code::UnionEnded, reason);
            }
        }
        Event::TypeChanged(changed) => {
            let is = (is_grassroots_type(&changed.from_type), is_grassroots_type(&changed.type_code));
            let code = match is {
                (false, true) => Code::UnionBecame,
                (true, false) => Code::UnionCeased,
                (true, true) | (false, false) => return facts,
            };
            facts.add(changed.organisation_id, effective_on, code, "", 1);
        }
        Event::Suspended { organisation_id } => {
            union(&mut facts, *organisation_id, effective_on, Code::UnionSuspended, "");
        }
        Event::Resumed { organisation_id } => {
            union(&mut facts, *organisation_id, effective_on, Code::UnionResumed, "");
        }
        Event::Body(Body::CongressHeld(congress)) => {
            let unit = congress.organisation_id;
            let level = level(is_grassroots(unit));
            facts.add(unit, congress.held_on, Code::Congress, level, 1);
        }
        Event::Body(Body::ByElectionHeld(election)) => {
            let unit = election.organisation_id;
            let (level, subject) = (level(is_grassroots(unit)), unit.to_string());
            facts.subject(unit, election.held_on, Code::ByElected, level, &subject);
        }
        Event::CeremonyHeld(ceremony) => {
            // One for each union launched, counted where that union counts.
            for launched in &ceremony.launched {
                let (unit, on) = (launched.organisation_id, ceremony.held_on);
                facts.add(unit, on, Code::Ceremony, &ceremony.kind, 1);
                if launched.decision_id.is_some() {
                    facts.add(unit, on, Code::HandedOver, "", 1);
                }
            }
        }
        Event::DecisionRecorded(decision) => {
            // A feed of before does not always tell who issued it, and when.
            if let (Some(issuer), Some(on)) = (decision.issuer_id, decision.issued_on) {
                facts.add(issuer, on, Code::DecisionIssued, &decision.kind, 1);
            }
        }
        Event::CampaignStageReached(reached) => {
            let (unit, employer) = (reached.organisation_id, reached.employer_id.to_string());
            facts.subject(unit, effective_on, Code::Campaign, &reached.stage, &employer);
        }
        Event::Renamed(_)
        | Event::HandedOver(_)
        | Event::SectorChanged { .. }
        | Event::IndustryChanged { .. }
        | Event::Body(
            Body::CommitteeAppointed(_)
            | Body::OfficesEnded(_)
            | Body::SteeringCommitteeEstablished(_)
            | Body::UnitAssigned(_)
            | Body::UnitAssignmentEnded { .. },
        )
        | Event::EmployersRecorded(_)
        | Event::Noted(_)
        | Event::GrantMade(_)
        | Event::GrantEnded { .. }
        // What is counted of a life as it is known now, its timeline says (follow/timelines).
        | Event::TimelinesCorrected(_)
        | Event::ActsUndone(_) => {}
    }
    facts
}

/// By what held them, congresses and elections are counted apart.
pub fn level(is_grassroots: bool) -> &'static str {
    if is_grassroots { "GRASSROOTS" } else { "SUPERIOR" }
}

#[cfg(test)]
mod tests {
    use feeds::membership::{Attendance, TakenBack, TrainingCourse, Transfer};
    use feeds::registry::{Ceremony, Launched};
    use time::macros::date;

    use super::*;

    const ON: Date = date!(2020 - 03 - 01);

    fn unit(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn transfer(sexes: &[i16]) -> Transfer {
        let line = |sex| Line { membership_id: unit(3), person_id: unit(4), sex, birth_year: 1990 };
        Transfer {
            transfer_id: None,
            from_organisation_id: unit(1),
            to_organisation_id: unit(2),
            lines: sexes.iter().map(|sex| line(*sex)).collect(),
            registry_act_id: None,
        }
    }

    #[test]
    fn a_transfer_is_out_of_one_and_into_the_other_for_the_same_people() {
        let moved = membership::Event::Transferred(transfer(&[1, 2, 2, 0]));
        let facts = of_membership(&moved, ON);
        let sum = |code: Code| -> i64 {
            facts.additive.iter().filter(|fact| fact.code == code).map(|fact| fact.amount).sum()
        };
        assert_eq!((sum(Code::TransferOut), sum(Code::TransferIn)), (4, 4));
        assert!(facts.additive.iter().all(|fact| fact.unit_id != fact.counterpart_id));
        assert!(facts.additive.iter().any(|fact| fact.sex == 0 && fact.amount == 1));
    }

    #[test]
    fn a_movement_taken_back_is_the_same_people_less() {
        let transferred = transfer(&[0, 0, 0]);
        let mut sums = BTreeMap::new();
        for event in [
            membership::Event::Transferred(transferred.clone()),
            membership::Event::TakenBack(TakenBack {
                registry_act_id: None,
                movement: Movement::Transfer(transferred),
            }),
        ] {
            for fact in of_membership(&event, ON).additive {
                *sums.entry((fact.unit_id, fact.code)).or_insert(0) += fact.amount;
            }
        }
        assert_eq!(sums.len(), 2);
        assert!(sums.values().all(|sum| *sum == 0));
    }

    #[test]
    fn cards_in_the_place_of_others_are_told_from_first_ones_and_taken_back_alike() {
        let card = |number, replaces: Option<u128>| membership::Card {
            card_id: unit(number),
            person_id: unit(100 + number),
            replaces_id: replaces.map(unit),
        };
        let issue = membership::CardIssue {
            issue_id: unit(9),
            organisation_id: unit(1),
            until_on: None,
            cards: vec![card(1, None), card(2, Some(7)), card(3, None)],
        };
        let issued = of_membership(&membership::Event::CardsIssued(issue.clone()), ON);
        let sum = |reason: &str| -> i64 {
            let of = |fact: &&Fact| fact.code == Code::CardIssued && fact.reason == reason;
            issued.additive.iter().filter(of).map(|fact| fact.amount).sum()
        };
        assert_eq!((sum("FIRST"), sum("REPLACEMENT"), issued.additive.len()), (2, 1, 2));
        let taken = membership::Event::CardTakenBack(CardTakenBack::Issued(issue));
        assert_eq!(of_membership(&taken, ON), issued.taken_back());
    }

    #[test]
    fn one_ceremony_launches_each_of_its_unions() {
        let launched = |number, decision: Option<u128>| Launched {
            organisation_id: unit(number),
            decision_id: decision.map(unit),
        };
        let ceremony = registry::Event::CeremonyHeld(Ceremony {
            ceremony_id: unit(8),
            organisation_id: unit(9),
            kind: "LAUNCH".to_string(),
            held_on: ON,
            launched: vec![launched(1, Some(5)), launched(2, Some(5)), launched(3, None)],
        });
        let facts = of_registry(&ceremony, ON, |_| true, |_| true);
        let count = |code: Code| facts.additive.iter().filter(|fact| fact.code == code).count();
        assert_eq!((count(Code::Ceremony), count(Code::HandedOver)), (3, 2));
    }

    #[test]
    fn a_document_counts_with_its_issuer_on_the_day_of_its_signature() {
        let issued = registry::Decision {
            decision_id: unit(5),
            issuer_id: Some(unit(9)),
            kind: "QUYET_DINH".to_string(),
            number: "12/QĐ-LĐLĐ".to_string(),
            issued_on: Some(date!(2020 - 02 - 20)),
            effective_on: Some(ON),
        };
        let of = |decision: &registry::Decision| {
            let event = registry::Event::DecisionRecorded(decision.clone());
            of_registry(&event, ON, |_| false, |_| false).additive
        };
        let [fact] = &of(&issued)[..] else { panic!("one fact") };
        assert_eq!((fact.unit_id, fact.on_date), (unit(9), date!(2020 - 02 - 20)));
        assert_eq!((fact.code, fact.reason.as_str()), (Code::DecisionIssued, "QUYET_DINH"));
        assert_eq!(of(&registry::Decision { issuer_id: None, ..issued.clone() }), []);
        assert_eq!(of(&registry::Decision { issued_on: None, ..issued }), []);
    }

    #[test]
    fn a_person_at_a_course_is_one_attendance_and_one_subject_for_each_topic() {
        let course = Happening::TrainingCourse(TrainingCourse {
            course_id: unit(6),
            organisation_id: unit(7),
            topics: vec!["CHARTER".to_string(), "UNION_WORK".to_string()],
            attendances: vec![Attendance {
                person_id: unit(9),
                organisation_id: unit(7),
                attended_on: ON,
            }],
        });
        let facts = of_membership(&membership::Event::Happened(course.clone()), ON);
        assert_eq!((facts.additive.len(), facts.distinct.len()), (1, 2));
        assert!(facts.distinct.iter().all(|fact| fact.unit_id == unit(7)));
        let never = of_membership(&membership::Event::HappeningTakenBack(course), ON);
        assert_eq!(never.taken_back(), facts);
    }
}
