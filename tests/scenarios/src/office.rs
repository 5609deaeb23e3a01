//! What the office of a federation does at its desk, each thing one act of the public API.

use chassis::parse::civil;
use proto::gateway::v1::{
    CommitteeMember, FoundGrassrootsUnionRequest, GrassrootsUnionDossier, NewUnion,
};
use proto::membership::v1::{
    AdmissionKind, AdmitMembersRequest, ExitMembersRequest, ExitReason, PersonLine,
    TransferMembersRequest,
};
use proto::registry::v1::{
    Basis, EndKind, EndOrganisationsRequest, HandOverOrganisationsRequest, HoldByElectionRequest,
    HoldCeremonyRequest, HoldCongressRequest, HoldCongressResponse, MembersOutcome, NewDecision,
    NewOffice, SuspendOrganisationRequest, basis, end_organisations_request, hold_ceremony_request,
};
use proto::reporting::v1::{
    AssignTargetRequest, AssignTargetResponse, Comparator, Period, RecordRatingsRequest, ValueUnit,
    record_ratings_request,
};
use time::{Date, Duration};

use crate::client::Client;
use crate::unions::Union;

/// People in one act at most.
const BATCH: usize = 1_000;

/// The office of one federation.
#[derive(Clone)]
pub struct Office {
    /// With the token of the federation's officer.
    pub client: Client,
    /// The federation.
    pub organisation_id: String,
}

/// A founding as the superior has it on its desk.
pub struct Founding {
    /// Of the decision, as in `12/QĐ-LĐLĐ`.
    pub number: usize,
    /// Of the union.
    pub code: String,
    /// Of the union.
    pub name: String,
    /// sectors.csv
    pub sector: &'static str,
    /// When the decision takes effect.
    pub on: Date,
    /// At least five.
    pub applicants: Vec<PersonLine>,
    /// Employers, surveyed before.
    pub employer_ids: Vec<String>,
}

/// A term congress.
pub struct Congress<'a> {
    /// lần thứ …
    pub ordinal: i32,
    /// The day.
    pub on: Date,
    /// The term's years.
    pub term: (i32, i32),
    /// Why it is not five years; empty for five.
    pub reason: &'a str,
    /// Who was elected: the first chair, the second vice chair, the others members.
    pub elected: &'a [String],
}

/// How a union ends.
pub struct End<'a> {
    /// The union.
    pub union: &'a Union,
    /// How.
    pub kind: EndKind,
    /// Its principal successor, or empty.
    pub successor_id: &'a str,
    /// What becomes of the members.
    pub outcome: MembersOutcome,
    /// Where they go, with `MembersOutcome::Rehomed`.
    pub rehome_to_id: &'a str,
}

/// What should be reached, and who asks for it.
pub struct Quota<'a> {
    /// What is counted.
    pub indicator: &'a str,
    /// Who should reach it.
    pub organisation_id: &'a str,
    /// First and last day.
    pub period: (Date, Date),
    /// An organisation of the register, or empty.
    pub issuer_id: &'a str,
    /// An issuer outside the trade union, or empty.
    pub issuer_name: &'a str,
    /// Things, or hundredths of a percent.
    pub value: i64,
    /// Which of the two.
    pub unit: ValueUnit,
    /// When it is met.
    pub comparator: Comparator,
    /// Grouping and group of sectors; both empty for all.
    pub sector: (&'a str, &'a str),
    /// From when it holds; `None` means the period's first day.
    pub assigned_on: Option<Date>,
    /// The date of the stock that a mean is taken over.
    pub denominator_on: Option<Date>,
}

impl Default for Quota<'_> {
    fn default() -> Self {
        Self {
            indicator: "",
            organisation_id: "",
            period: (Date::MIN, Date::MIN),
            issuer_id: "",
            issuer_name: "",
            value: 0,
            unit: ValueUnit::Count,
            comparator: Comparator::GreaterOrEqual,
            sector: ("", ""),
            assigned_on: None,
            denominator_on: None,
        }
    }
}

impl Office {
    /// Founds a union by the gateway's dossier: applicants, decision, committee. The
    /// applicants become members on the day of the founding.
    pub async fn found(&self, act: String, founding: Founding) -> anyhow::Result<Union> {
        let positions = ["CHAIR", "VICE_CHAIR", "MEMBER"];
        let committee = (0..).zip(positions).map(|(applicant, position)| CommitteeMember {
            applicant,
            position: position.into(),
            ..CommitteeMember::default()
        });
        let people = founding.applicants.len();
        let request = FoundGrassrootsUnionRequest {
            request_id: self.client.request_id(&act),
            validate_only: false,
            dossier: Some(GrassrootsUnionDossier {
                union: Some(NewUnion {
                    superior_id: self.organisation_id.clone(),
                    code: founding.code.clone(),
                    name: founding.name,
                    sector: founding.sector.into(),
                    congress_on: Some(civil(founding.on - Duration::days(10))),
                    employer_ids: founding.employer_ids,
                    ..NewUnion::default()
                }),
                decision: Some(decision(founding.number, founding.on)),
                applied_on: Some(civil(founding.on - Duration::days(20))),
                applicants: founding.applicants,
                committee: committee.collect(),
            }),
        };
        let founded = self.client.found_grassroots_union(request).await?;
        self.client.happened(people + 1);
        Ok(Union {
            id: founded.organisation_id,
            code: founding.code,
            members: founded.person_ids,
            decision_id: founded.decision_id,
        })
    }

    /// Admits people to a union, at most 1,000 in one act, and answers with their ids.
    pub async fn admit(
        &self,
        act: String,
        union_id: String,
        on: Date,
        people: Vec<PersonLine>,
    ) -> anyhow::Result<Vec<String>> {
        let mut ids = Vec::with_capacity(people.len());
        for (part, lines) in people.chunks(BATCH).enumerate() {
            let request = AdmitMembersRequest {
                request_id: self.client.request_id(&format!("{act}/{part}")),
                organisation_id: union_id.clone(),
                kind: AdmissionKind::Admitted.into(),
                effective_on: Some(civil(on)),
                lines: lines.to_vec(),
                ..AdmitMembersRequest::default()
            };
            let admitted = self.client.admit_members(request).await?;
            self.client.happened(lines.len());
            ids.extend(admitted.members.into_iter().map(|member| member.person_id));
        }
        Ok(ids)
    }

    /// Ends memberships of a union for one reason.
    pub async fn exit(
        &self,
        act: String,
        union_id: String,
        on: Date,
        reason: ExitReason,
        person_ids: Vec<String>,
    ) -> anyhow::Result<()> {
        for (part, person_ids) in person_ids.chunks(BATCH).enumerate() {
            let request = ExitMembersRequest {
                request_id: self.client.request_id(&format!("{act}/{part}")),
                organisation_id: union_id.clone(),
                reason: reason.into(),
                effective_on: Some(civil(on)),
                person_ids: person_ids.to_vec(),
                ..ExitMembersRequest::default()
            };
            self.client.exit_members(request).await?;
            self.client.happened(person_ids.len());
        }
        Ok(())
    }

    /// Moves members from one union to another.
    pub async fn transfer(
        &self,
        act: String,
        from_id: String,
        to_id: String,
        on: Date,
        person_ids: Vec<String>,
    ) -> anyhow::Result<()> {
        let people = person_ids.len();
        let request = TransferMembersRequest {
            request_id: self.client.request_id(&act),
            from_organisation_id: from_id,
            to_organisation_id: to_id,
            effective_on: Some(civil(on)),
            person_ids,
            ..TransferMembersRequest::default()
        };
        self.client.transfer_members(request).await?;
        self.client.happened(people);
        Ok(())
    }

    /// Records a term congress with its executive committee.
    pub async fn congress(
        &self,
        act: String,
        organisation_id: String,
        congress: Congress<'_>,
    ) -> anyhow::Result<HoldCongressResponse> {
        let positions = ["CHAIR", "VICE_CHAIR"].into_iter().chain(std::iter::repeat("MEMBER"));
        let offices = congress
            .elected
            .iter()
            .zip(positions)
            .map(|(person, position)| seat("EXECUTIVE", position, person));
        let request = HoldCongressRequest {
            request_id: self.client.request_id(&act),
            organisation_id,
            ordinal: congress.ordinal,
            held_on: Some(civil(congress.on)),
            term_from_year: congress.term.0,
            term_to_year: congress.term.1,
            form: "PLENARY".into(),
            term_reason: congress.reason.into(),
            offices: offices.collect(),
            ..HoldCongressRequest::default()
        };
        let held = self.client.hold_congress(request).await?;
        self.client.happened(1 + congress.elected.len());
        Ok(held)
    }

    /// Records an election between congresses: members of one body.
    pub async fn by_election(
        &self,
        act: String,
        union_id: String,
        on: Date,
        body: &'static str,
        elected: &[String],
    ) -> anyhow::Result<()> {
        let offices = elected.iter().map(|person| seat(body, "MEMBER", person));
        let request = HoldByElectionRequest {
            request_id: self.client.request_id(&act),
            organisation_id: union_id,
            body: body.into(),
            held_on: Some(civil(on)),
            offices: offices.collect(),
            ..HoldByElectionRequest::default()
        };
        self.client.hold_by_election(request).await?;
        self.client.happened(1 + elected.len());
        Ok(())
    }

    /// Holds a ceremony for these unions.
    pub async fn ceremony(
        &self,
        act: String,
        kind: &'static str,
        on: Date,
        unions: &[&Union],
    ) -> anyhow::Result<()> {
        let launched = unions.iter().map(|union| hold_ceremony_request::Launched {
            organisation_id: union.id.clone(),
            decision_id: union.decision_id.clone(),
        });
        let request = HoldCeremonyRequest {
            request_id: self.client.request_id(&act),
            validate_only: false,
            organisation_id: self.organisation_id.clone(),
            kind: kind.into(),
            held_on: Some(civil(on)),
            launched: launched.collect(),
        };
        self.client.hold_ceremony(request).await?;
        self.client.happened(1);
        Ok(())
    }

    /// Suspends the direction of a union.
    pub async fn suspend(
        &self,
        act: String,
        union_id: String,
        number: usize,
        on: Date,
    ) -> anyhow::Result<()> {
        let request = SuspendOrganisationRequest {
            request_id: self.client.request_id(&act),
            organisation_id: union_id,
            basis: Some(by_decision(number, on)),
            ..SuspendOrganisationRequest::default()
        };
        self.client.suspend_organisation(request).await?;
        self.client.happened(1);
        Ok(())
    }

    /// Ends unions by one decision.
    pub async fn end(
        &self,
        act: String,
        number: usize,
        on: Date,
        ends: &[End<'_>],
    ) -> anyhow::Result<()> {
        let units = ends.iter().map(|end| end_organisations_request::Unit {
            organisation_id: end.union.id.clone(),
            kind: end.kind.into(),
            principal_successor_id: end.successor_id.into(),
            members_outcome: end.outcome.into(),
            rehome_to_id: end.rehome_to_id.into(),
            subordinates_to_id: String::new(),
            ..end_organisations_request::Unit::default()
        });
        let request = EndOrganisationsRequest {
            request_id: self.client.request_id(&act),
            validate_only: false,
            units: units.collect(),
            effective_on: Some(civil(on)),
            basis: Some(by_decision(number, on)),
        };
        self.client.end_organisations(request).await?;
        let members: usize = ends.iter().map(|end| end.union.members.len()).sum();
        self.client.happened(ends.len() + members);
        Ok(())
    }

    /// Hands unions over to another superior.
    pub async fn hand_over(
        &self,
        act: String,
        number: usize,
        on: Date,
        unions: &[Union],
        superior_id: &str,
    ) -> anyhow::Result<()> {
        let request = HandOverOrganisationsRequest {
            request_id: self.client.request_id(&act),
            unit_ids: unions.iter().map(|union| union.id.clone()).collect(),
            superior_id: superior_id.into(),
            effective_on: Some(civil(on)),
            basis: Some(by_decision(number, on)),
            ..HandOverOrganisationsRequest::default()
        };
        self.client.hand_over_organisations(request).await?;
        self.client.happened(unions.len());
        Ok(())
    }

    /// Assigns a quota.
    pub async fn assign(
        &self,
        act: String,
        quota: Quota<'_>,
    ) -> anyhow::Result<AssignTargetResponse> {
        let request = AssignTargetRequest {
            request_id: self.client.request_id(&act),
            indicator: quota.indicator.into(),
            organisation_id: quota.organisation_id.into(),
            period: Some(period(quota.period)),
            issuer_id: quota.issuer_id.into(),
            issuer_name: quota.issuer_name.into(),
            value: Some(quota.value),
            value_unit: quota.unit.into(),
            comparator: quota.comparator.into(),
            denominator_on: quota.denominator_on.map(civil),
            sector_grouping: quota.sector.0.into(),
            sector_group: quota.sector.1.into(),
            assigned_on: quota.assigned_on.map(civil),
            ..AssignTargetRequest::default()
        };
        let assigned = self.client.assign_target(request).await?;
        self.client.happened(1);
        Ok(assigned)
    }

    /// Records how unions were rated for a year.
    pub async fn rate(
        &self,
        act: String,
        year: i32,
        grades: impl Iterator<Item = (String, &'static str)>,
    ) -> anyhow::Result<()> {
        let lines: Vec<_> = grades
            .map(|(organisation_id, grade)| record_ratings_request::Line {
                organisation_id,
                grade: grade.into(),
            })
            .collect();
        let rated = lines.len();
        let request = RecordRatingsRequest {
            request_id: self.client.request_id(&act),
            year,
            lines,
            ..RecordRatingsRequest::default()
        };
        self.client.record_ratings(request).await?;
        self.client.happened(rated);
        Ok(())
    }
}

/// A seat to be taken.
pub fn seat(body: &str, position: &str, person_id: &str) -> NewOffice {
    NewOffice {
        body: body.into(),
        position: position.into(),
        person_id: person_id.into(),
        ..NewOffice::default()
    }
}

/// A decision of the superior, signed on the day it takes effect.
pub fn decision(number: usize, on: Date) -> NewDecision {
    NewDecision {
        number: format!("{number}/QĐ-LĐLĐ"),
        issued_on: Some(civil(on)),
        ..NewDecision::default()
    }
}

/// An act's basis: a decision recorded with it.
pub fn by_decision(number: usize, on: Date) -> Basis {
    Basis { basis: Some(basis::Basis::NewDecision(decision(number, on))) }
}

/// First and last day as the contracts want them.
pub fn period((from, through): (Date, Date)) -> Period {
    Period { from_on: Some(civil(from)), through_on: Some(civil(through)) }
}

/// The n-th of so many days, spread evenly over a period and within it.
pub fn spread((from, through): (Date, Date), n: usize, of: usize) -> Date {
    let days = (through - from).whole_days();
    from + Duration::days(days * n as i64 / of.max(1) as i64)
}

/// Grades by how many unions received each: the best first.
pub fn grades(counts: &'static [(&'static str, usize)]) -> impl Iterator<Item = &'static str> {
    counts.iter().flat_map(|(grade, count)| std::iter::repeat_n(*grade, *count))
}
