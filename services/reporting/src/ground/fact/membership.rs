//! What changes of membership's mean: movements, and what happens to people besides.

use std::collections::BTreeMap;

use feeds::membership::{self, AdmissionKind, CardTakenBack, Happening, Movement};
use time::Date;
use uuid::Uuid;

use crate::ground::fact::code::Code;
use crate::ground::fact::facts::{Fact, Facts};

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
