//! Random events, as offices would cause them. What the services refuse did not happen.

use std::collections::BTreeMap;

use proto::membership::v1::*;
use proto::registry::v1::*;
use proto::reporting::v1::*;
use rand::RngExt;
use rand::rngs::StdRng;
use stage::made_up::{basis, known, on, people, request_id};
use system::Client;
use tests::activities;
use tests::world::{Unit, World, admission, line};
use time::macros::date;
use time::{Date, Duration};
use tonic::{Code, Response, Status};

const BEGIN: Date = date!(2019 - 06 - 01);
const SECTORS: [&str; 4] = ["NNN_CP", "FDI_100", "SNCL_TC", "NNN_TNHH"];

/// What can happen.
const KINDS: [&str; 23] = [
    "admitted",
    "recognised",
    "readmitted",
    "left",
    "transferred",
    "merged",
    "told apart",
    "founded",
    "suspended",
    "resumed",
    "ended: dissolved",
    "ended: merged",
    "ended: to the superior",
    "district ended",
    "union handed over",
    "district handed over",
    "congress",
    "ceremony",
    "survey",
    "course",
    "delegation",
    "activity",
    "rating",
];

/// The world as its offices believe it to be.
pub struct Events {
    client: Client,
    rng: StdRng,
    provinces: Vec<Unit>,
    districts: Vec<Unit>,
    unions: Vec<Unit>,
    suspended: Vec<Unit>,
    members: BTreeMap<String, Vec<String>>,
    left: Vec<String>,
    /// Who was merged, and the union where she was.
    merged: Vec<(String, Unit)>,
    day: Date,
    codes: usize,
    /// How many congresses each unit has held.
    congresses: BTreeMap<String, i32>,
    happened: BTreeMap<&'static str, usize>,
}

/// Whether it happened; a refusal says that it could not.
fn done<T>(answer: Result<Response<T>, Status>) -> Option<T> {
    match answer {
        Ok(response) => Some(response.into_inner()),
        Err(status) => {
            let refused = [
                Code::FailedPrecondition,
                Code::InvalidArgument,
                Code::NotFound,
                Code::AlreadyExists,
            ];
            assert!(refused.contains(&status.code()), "{status:?}");
            None
        }
    }
}

impl Events {
    /// Two provinces, six districts, and unions in them.
    pub async fn begin(world: &World, rng: StdRng) -> Self {
        let second = line("T-02", "LDLD_TINH", &world.confederation.code);
        let second = world.load(vec![second]).await.remove(0);
        let provinces = vec![world.province.clone(), second];
        let mut lines = Vec::new();
        for number in 0..6 {
            let province = &provinces[number / 3];
            let kind = if number == 2 { "CDN_DP" } else { "LDLD_HUYEN" };
            lines.push(line(&format!("Q-{number}"), kind, &province.code));
        }
        let districts = world.load(lines).await;
        let mut lines = Vec::new();
        for number in 0..24 {
            let district = &districts[number % districts.len()];
            let kind = if number == 11 { "ND_CS" } else { "CDCS" };
            let mut union = line(&format!("CS-{number}"), kind, &district.code);
            union.sector = SECTORS[number % SECTORS.len()].to_owned();
            union.founded_on = on(date!(2015 - 01 - 01) + Duration::days(60 * number as i64));
            lines.push(union);
        }
        let unions = world.load(lines).await;
        Self {
            client: world.administrator(),
            rng,
            provinces,
            districts,
            unions,
            suspended: Vec::new(),
            members: BTreeMap::new(),
            left: Vec::new(),
            merged: Vec::new(),
            day: BEGIN,
            codes: 1_000,
            congresses: BTreeMap::new(),
            happened: KINDS.into_iter().map(|kind| (kind, 0)).collect(),
        }
    }

    /// How often what happened.
    pub fn happened(&self) -> &BTreeMap<&'static str, usize> {
        &self.happened
    }

    /// Tries so many things, and then goes on until each kind has happened.
    pub async fn happen(&mut self, count: usize) {
        for number in 0.. {
            let missing = self.happened.iter().find(|(_, times)| **times == 0);
            let kind = match missing.map(|(kind, _)| *kind) {
                Some(kind) if number >= count => kind,
                None if number >= count => return,
                // People move more often than unions end.
                _ if self.rng.random_bool(0.4) => KINDS[self.rng.random_range(0..5)],
                _ => KINDS[self.rng.random_range(0..KINDS.len())],
            };
            assert!(number < 4 * count, "{kind} cannot happen");
            self.day += Duration::days(self.rng.random_range(0..5));
            if self.try_one(kind).await.is_some() {
                *self.happened.entry(kind).or_default() += 1;
            }
        }
    }

    fn any<'a>(rng: &mut StdRng, units: &'a [Unit]) -> Option<&'a Unit> {
        (!units.is_empty()).then(|| &units[rng.random_range(0..units.len())])
    }

    fn union(&mut self) -> Option<Unit> {
        Self::any(&mut self.rng, &self.unions).cloned()
    }

    fn district(&mut self) -> Option<Unit> {
        Self::any(&mut self.rng, &self.districts).cloned()
    }

    /// A few members of some union, taken from it.
    fn some_members(&mut self) -> Option<(Unit, Vec<String>)> {
        let with: Vec<Unit> = self
            .unions
            .iter()
            .filter(|union| self.members.get(&union.id).is_some_and(|members| members.len() > 2))
            .cloned()
            .collect();
        let union = Self::any(&mut self.rng, &with)?.clone();
        let count = self.rng.random_range(1..3);
        let members = self.members[&union.id].iter().rev().take(count).cloned().collect();
        Some((union, members))
    }

    fn forget(&mut self, union: &Unit, people: &[String]) {
        if let Some(members) = self.members.get_mut(&union.id) {
            members.retain(|member| !people.contains(member));
        }
    }

    async fn try_one(&mut self, kind: &'static str) -> Option<()> {
        match kind {
            "admitted" => self.admit(AdmissionKind::Admitted).await,
            "recognised" => self.admit(AdmissionKind::Recognised).await,
            "readmitted" => self.readmit().await,
            "left" => self.leave().await,
            "transferred" => self.transfer().await,
            "merged" => self.merge().await,
            "told apart" => self.tell_apart().await,
            "founded" => self.found().await,
            "suspended" => self.suspend().await,
            "resumed" => self.resume().await,
            "ended: dissolved" => self.end(MembersOutcome::MembershipEnds, false).await,
            "ended: merged" => self.end(MembersOutcome::Rehomed, true).await,
            "ended: to the superior" => self.end(MembersOutcome::ToSuperior, false).await,
            "district ended" => self.end_district().await,
            "union handed over" => self.hand_over_union().await,
            "district handed over" => self.hand_over_district().await,
            "congress" => self.congress().await,
            "ceremony" => self.ceremony().await,
            "survey" => self.survey().await,
            "course" => self.course().await,
            "delegation" => self.delegation().await,
            "activity" => self.activity().await,
            _ => self.rate().await,
        }
    }

    async fn admit(&mut self, kind: AdmissionKind) -> Option<()> {
        let union = self.union()?;
        let mut lines = people(self.rng.random_range(1..8));
        // Of whom no number is known, somebody else can be the one.
        for line in lines.iter_mut().step_by(2) {
            line.identity_number.clear();
        }
        let mut request = admission(&union, self.day, lines);
        request.kind = kind.into();
        let admitted = done(self.client.memberships().admit_members(request).await)?;
        let ids = admitted.members.into_iter().map(|member| member.person_id);
        self.members.entry(union.id).or_default().extend(ids);
        Some(())
    }

    async fn readmit(&mut self) -> Option<()> {
        let union = self.union()?;
        let person = self.left.first().cloned()?;
        let mut request = admission(&union, self.day, vec![known(&person)]);
        request.kind = AdmissionKind::Readmitted.into();
        done(self.client.memberships().admit_members(request).await)?;
        self.left.remove(0);
        self.members.entry(union.id).or_default().push(person);
        Some(())
    }

    async fn leave(&mut self) -> Option<()> {
        let (union, people) = self.some_members()?;
        let reasons = [ExitReason::Retired, ExitReason::LeftEmployment, ExitReason::LeftScope];
        let request = ExitMembersRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            reason: reasons[self.rng.random_range(0..reasons.len())].into(),
            effective_on: on(self.day),
            person_ids: people.clone(),
            ..ExitMembersRequest::default()
        };
        done(self.client.memberships().exit_members(request).await)?;
        self.forget(&union, &people);
        self.left.extend(people);
        Some(())
    }

    async fn transfer(&mut self) -> Option<()> {
        let (from, people) = self.some_members()?;
        let to = self.union()?;
        let request = TransferMembersRequest {
            request_id: request_id(),
            from_organisation_id: from.id.clone(),
            to_organisation_id: to.id.clone(),
            effective_on: on(self.day),
            person_ids: people.clone(),
            ..TransferMembersRequest::default()
        };
        done(self.client.memberships().transfer_members(request).await)?;
        self.forget(&from, &people);
        self.members.entry(to.id).or_default().extend(people);
        Some(())
    }

    async fn merge(&mut self) -> Option<()> {
        let ((union, merged), (_, survivors)) = (self.some_members()?, self.some_members()?);
        let (merged, survivor) = (merged.first()?.clone(), survivors.last()?.clone());
        let request = MergePersonsRequest {
            request_id: request_id(),
            person_id: merged.clone(),
            survivor_id: survivor,
            reason: "cùng một người".to_owned(),
            ..MergePersonsRequest::default()
        };
        done(self.client.duplicates().merge_persons(request).await)?;
        self.forget(&union, std::slice::from_ref(&merged));
        self.merged.push((merged, union));
        Some(())
    }

    async fn tell_apart(&mut self) -> Option<()> {
        if self.merged.is_empty() {
            return None;
        }
        let which = self.rng.random_range(0..self.merged.len());
        let (merged, union) = self.merged[which].clone();
        let request = UnmergePersonsRequest {
            request_id: request_id(),
            person_id: merged.clone(),
            reason: "hai người khác nhau".to_owned(),
            ..UnmergePersonsRequest::default()
        };
        done(self.client.duplicates().unmerge_persons(request).await)?;
        self.merged.remove(which);
        self.members.entry(union.id).or_default().push(merged);
        Some(())
    }

    async fn found(&mut self) -> Option<()> {
        let district = self.district()?;
        self.codes += 1;
        let code = format!("CS-{}", self.codes);
        let request = FoundOrganisationRequest {
            request_id: request_id(),
            code: code.clone(),
            name: format!("CĐCS {code}"),
            r#type: "CDCS".to_owned(),
            sector: SECTORS[self.codes % SECTORS.len()].to_owned(),
            superior_id: district.id,
            basis: basis(self.day),
            founders: 6,
            ..FoundOrganisationRequest::default()
        };
        let founded = done(self.client.organisations().found_organisation(request).await)?;
        self.unions.push(Unit { id: founded.organisation_id, code });
        Some(())
    }

    async fn suspend(&mut self) -> Option<()> {
        let union = self.union()?;
        let request = SuspendOrganisationRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            basis: basis(self.day),
            ..SuspendOrganisationRequest::default()
        };
        done(self.client.organisations().suspend_organisation(request).await)?;
        self.suspended.push(union);
        Some(())
    }

    async fn resume(&mut self) -> Option<()> {
        let union = Self::any(&mut self.rng, &self.suspended)?.clone();
        let request = ResumeOrganisationRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            basis: basis(self.day),
            ..ResumeOrganisationRequest::default()
        };
        done(self.client.organisations().resume_organisation(request).await)?;
        self.suspended.retain(|suspended| suspended.id != union.id);
        Some(())
    }

    async fn end(&mut self, outcome: MembersOutcome, merged: bool) -> Option<()> {
        let (union, other) = (self.union()?, self.union()?);
        if union.id == other.id || self.unions.len() < 10 {
            return None;
        }
        let heir = if merged { other.id.clone() } else { String::new() };
        let request = EndOrganisationsRequest {
            request_id: request_id(),
            units: vec![end_organisations_request::Unit {
                organisation_id: union.id.clone(),
                kind: if merged { EndKind::Merged } else { EndKind::Dissolved }.into(),
                principal_successor_id: heir.clone(),
                members_outcome: outcome.into(),
                rehome_to_id: heir,
                subordinates_to_id: String::new(),
                ..end_organisations_request::Unit::default()
            }],
            basis: basis(self.day),
            ..EndOrganisationsRequest::default()
        };
        done(self.client.organisations().end_organisations(request).await)?;
        self.unions.retain(|known| known.id != union.id);
        let members = self.members.remove(&union.id).unwrap_or_default();
        if merged {
            self.members.entry(other.id).or_default().extend(members);
        }
        Some(())
    }

    async fn end_district(&mut self) -> Option<()> {
        let (ending, other) = (self.district()?, self.district()?);
        if ending.id == other.id || self.districts.len() < 5 {
            return None;
        }
        let heirs = [String::new(), other.id.clone()];
        let heir = &heirs[self.rng.random_range(0..2)];
        let request = EndOrganisationsRequest {
            request_id: request_id(),
            units: vec![end_organisations_request::Unit {
                organisation_id: ending.id.clone(),
                kind: EndKind::Terminated.into(),
                principal_successor_id: heir.clone(),
                members_outcome: MembersOutcome::ToSuperior.into(),
                rehome_to_id: String::new(),
                subordinates_to_id: other.id.clone(),
                ..end_organisations_request::Unit::default()
            }],
            basis: basis(self.day),
            ..EndOrganisationsRequest::default()
        };
        done(self.client.organisations().end_organisations(request).await)?;
        self.districts.retain(|known| known.id != ending.id);
        Some(())
    }

    async fn hand_over(&mut self, units: Vec<String>, superior_id: String) -> Option<()> {
        let request = HandOverOrganisationsRequest {
            request_id: request_id(),
            unit_ids: units,
            superior_id,
            basis: basis(self.day),
            ..HandOverOrganisationsRequest::default()
        };
        done(self.client.organisations().hand_over_organisations(request).await).map(|_| ())
    }

    async fn hand_over_union(&mut self) -> Option<()> {
        let (union, district) = (self.union()?, self.district()?);
        self.hand_over(vec![union.id], district.id).await
    }

    async fn hand_over_district(&mut self) -> Option<()> {
        let district = self.district()?;
        let province = Self::any(&mut self.rng, &self.provinces)?.id.clone();
        self.hand_over(vec![district.id], province).await
    }

    async fn congress(&mut self) -> Option<()> {
        let unit = if self.rng.random_bool(0.8) { self.union()? } else { self.district()? };
        let ordinal = self.congresses.get(&unit.id).map_or(1, |last| last + 1);
        let request = HoldCongressRequest {
            request_id: request_id(),
            organisation_id: unit.id.clone(),
            ordinal,
            held_on: on(self.day),
            term_from_year: self.day.year(),
            term_to_year: self.day.year() + 5,
            form: "PLENARY".to_owned(),
            ..HoldCongressRequest::default()
        };
        done(self.client.congresses().hold_congress(request).await)?;
        self.congresses.insert(unit.id, ordinal);
        Some(())
    }

    async fn ceremony(&mut self) -> Option<()> {
        let (district, union) = (self.district()?, self.union()?);
        let decision =
            NewDecision { issuer_id: district.id.clone(), ..stage::made_up::decision(self.day) };
        let decision = RecordDecisionRequest {
            request_id: request_id(),
            decision: Some(decision),
            ..RecordDecisionRequest::default()
        };
        let handed_over = match self.rng.random_bool(0.5) {
            true => done(self.client.decisions().record_decision(decision).await)?.decision_id,
            false => String::new(),
        };
        let request = HoldCeremonyRequest {
            request_id: request_id(),
            organisation_id: district.id,
            kind: if self.rng.random_bool(0.6) { "LAUNCH" } else { "HANDING_OVER" }.to_owned(),
            held_on: on(self.day),
            launched: vec![hold_ceremony_request::Launched {
                organisation_id: union.id,
                decision_id: handed_over,
            }],
            ..HoldCeremonyRequest::default()
        };
        done(self.client.ceremonies().hold_ceremony(request).await).map(|_| ())
    }

    async fn survey(&mut self) -> Option<()> {
        let (district, union) = (self.district()?, self.union()?);
        self.codes += 1;
        let with_union = self.rng.random_bool(0.3);
        let request = SurveyEmployersRequest {
            request_id: request_id(),
            organisation_id: district.id,
            surveyed_on: on(self.day),
            employers: vec![SurveyedEmployer {
                // A few employers, surveyed again and again.
                tax_code: format!("0{:09}", self.codes % 7),
                name: "Công ty Thử".to_owned(),
                workforce: self.rng.random_range(0..40),
                union_ids: if with_union { vec![union.id] } else { Vec::new() },
                ..SurveyedEmployer::default()
            }],
            ..SurveyEmployersRequest::default()
        };
        done(self.client.employers().survey_employers(request).await).map(|_| ())
    }

    async fn course(&mut self) -> Option<()> {
        let (union, people) = self.some_members()?;
        let district = self.district()?;
        let attendances = people.into_iter().map(|person_id| Attendance {
            person_id,
            organisation_id: union.id.clone(),
            attended_on: None,
        });
        let request = HoldTrainingCourseRequest {
            request_id: request_id(),
            organisation_id: district.id,
            title: "Nghiệp vụ công đoàn".to_owned(),
            topics: vec!["UNION_WORK".to_owned(), "CHARTER".to_owned()],
            starts_on: on(self.day),
            attendances: attendances.collect(),
            ..HoldTrainingCourseRequest::default()
        };
        done(self.client.trainings().hold_training_course(request).await).map(|_| ())
    }

    async fn delegation(&mut self) -> Option<()> {
        let (union, people) = self.some_members()?;
        let host = self.district()?;
        let events = ["CONFERENCE", "PARTY_MEMBER_OFFICERS_COMMENDATION"];
        let delegates = people
            .into_iter()
            .map(|person_id| Delegate { person_id, organisation_id: union.id.clone() });
        let request = SendDelegationRequest {
            request_id: request_id(),
            organisation_id: union.id.clone(),
            host_id: host.id,
            event: events[self.rng.random_range(0..2)].to_owned(),
            held_on: on(self.day),
            delegates: delegates.collect(),
            ..SendDelegationRequest::default()
        };
        done(self.client.delegations().send_delegation(request).await).map(|_| ())
    }

    async fn activity(&mut self) -> Option<()> {
        let union = self.union()?;
        let named = [self.union()?.id];
        let (rng, day) = (&mut self.rng, self.day);
        let activity =
            activities::made_up(|number| rng.random_range(0..number), &union.id, day, &named);
        let request = RecordActivitiesRequest {
            request_id: request_id(),
            activities: vec![activity],
            ..RecordActivitiesRequest::default()
        };
        done(self.client.activities().record_activities(request).await).map(|_| ())
    }

    async fn rate(&mut self) -> Option<()> {
        let union = self.union()?;
        let grades = ["HOAN_THANH_XUAT_SAC", "HOAN_THANH_TOT"];
        let request = RecordRatingsRequest {
            request_id: request_id(),
            year: self.day.year(),
            lines: vec![record_ratings_request::Line {
                organisation_id: union.id,
                grade: grades[self.rng.random_range(0..2)].to_owned(),
            }],
            ..RecordRatingsRequest::default()
        };
        done(self.client.ratings().record_ratings(request).await).map(|_| ())
    }
}
