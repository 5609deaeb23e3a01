//! How facts are written: as the contract carries them. Lists longer than a follower should
//! hold at once become several changes of the one act.

use chassis::feed::NewChange;
use chassis::parse::{civil, id_or_empty};
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use uuid::Uuid;

use super::bodies::{Assignment, Body, Congress, Office};
use super::facts::{
    Ceremony, Ending, Event, HandedOver, Noted, Organisation, Period, TerritoryChanged, Timeline,
};
use super::values::{MembersOutcome, Shares, Status};
use crate::kind;

/// So many lines one change carries at most.
const LINES_MAX: usize = 1_000;

impl Event {
    /// The changes that tell this: it holds from `on`, and rests on the decision.
    pub fn on(self, on: Date, decision_id: Option<Uuid>) -> Vec<NewChange> {
        self.parts().into_iter().map(|part| part.change(on, decision_id)).collect()
    }

    fn change(self, on: Date, decision_id: Option<Uuid>) -> NewChange {
        let aggregate_id = self.aggregate_id();
        let body = pb::RegistryChange { change: Some(self.written()) };
        kind::change(&body, aggregate_id, on, decision_id)
    }

    /// Itself, or as many as its list is too long for. A list of nothing tells nothing.
    fn parts(self) -> Vec<Self> {
        match self {
            Self::Loaded(all) => some(all).map(Self::Loaded).collect(),
            Self::Ended(all) => some(all).map(Self::Ended).collect(),
            Self::Body(Body::OfficesEnded(all)) => {
                some(all).map(|seats| Self::Body(Body::OfficesEnded(seats))).collect()
            }
            Self::TimelinesCorrected(all) => some(all).map(Self::TimelinesCorrected).collect(),
            Self::HandedOver(HandedOver { superior_id, units }) => some(units)
                .map(|units| Self::HandedOver(HandedOver { superior_id, units }))
                .collect(),
            // What leaves comes before what is added.
            Self::Noted(Noted::TerritoryChanged(TerritoryChanged {
                organisation_id,
                added,
                left,
            })) => {
                let left = some(left).map(|left| (Vec::new(), left));
                let added = some(added).map(|added| (added, Vec::new()));
                left.chain(added)
                    .map(|(added, left)| TerritoryChanged { organisation_id, added, left })
                    .map(|changed| Self::Noted(Noted::TerritoryChanged(changed)))
                    .collect()
            }
            other => vec![other],
        }
    }

    /// The aggregate that the act has locked.
    fn aggregate_id(&self) -> Uuid {
        match self {
            Self::Founded(founded) => founded.organisation.organisation_id,
            Self::Loaded(lines) => first(lines, |line| line.organisation_id),
            Self::Ended(lines) => first(lines, |line| line.organisation_id),
            Self::Body(Body::OfficesEnded(lines)) => first(lines, |line| line.organisation_id),
            Self::TimelinesCorrected(lines) => first(lines, |line| line.organisation_id),
            Self::Renamed(renamed) => renamed.organisation_id,
            Self::HandedOver(handed) => handed.superior_id,
            Self::DecisionRecorded(decision) => decision.decision_id,
            Self::Body(Body::CongressHeld(congress)) => congress.organisation_id,
            Self::Body(Body::ByElectionHeld(election)) => election.organisation_id,
            Self::Body(Body::CommitteeAppointed(committee)) => committee.organisation_id,
            Self::CeremonyHeld(ceremony) => ceremony.organisation_id,
            Self::EmployersRecorded(recorded) => recorded.organisation_id,
            Self::CampaignStageReached(reached) => reached.campaign_id,
            Self::Body(Body::SteeringCommitteeEstablished(established)) => {
                established.organisation_id
            }
            Self::Body(Body::UnitAssigned(assigned)) => assigned.assignment_id,
            Self::Body(Body::UnitAssignmentEnded { assignment_id }) => *assignment_id,
            Self::GrantMade(made) => made.grant_id,
            Self::GrantEnded { grant_id } => *grant_id,
            Self::ActsUndone(undone) => undone.organisation_id,
            Self::TypeChanged(changed) => changed.organisation_id,
            Self::Noted(Noted::SplitOff { predecessor_id, .. }) => *predecessor_id,
            Self::Noted(Noted::TerritoryChanged(changed)) => changed.organisation_id,
            Self::Noted(Noted::DecisionAliasAdded { decision_id, .. }) => *decision_id,
            Self::Noted(Noted::SecondmentBegun(secondment)) => secondment.secondment_id,
            Self::Noted(Noted::SecondmentEnded { secondment_id, .. }) => *secondment_id,
            Self::Suspended { organisation_id }
            | Self::Resumed { organisation_id }
            | Self::SectorChanged { organisation_id, .. }
            | Self::IndustryChanged { organisation_id, .. }
            | Self::Noted(Noted::Recognised { organisation_id, .. })
            | Self::Noted(Noted::SealAndAccountRecorded { organisation_id, .. })
            | Self::Noted(Noted::AliasesChanged { organisation_id, .. })
            | Self::Noted(Noted::JointDirectionBegun { organisation_id, .. })
            | Self::Noted(Noted::JointDirectionEnded { organisation_id, .. }) => *organisation_id,
        }
    }

    fn written(self) -> Change {
        match self {
            Self::Founded(founded) => Change::OrganisationFounded(pb::OrganisationFounded {
                congress_on: founded.congress_on.map(civil),
                applicant_ids: founded.applicant_ids.iter().map(Uuid::to_string).collect(),
                organisation: Some(founded.organisation.into()),
            }),
            Self::Loaded(organisations) => Change::OrganisationsLoaded(pb::OrganisationsLoaded {
                organisations: each(organisations),
            }),
            Self::Renamed(renamed) => Change::OrganisationRenamed(pb::OrganisationRenamed {
                organisation_id: renamed.organisation_id.to_string(),
                name: renamed.name,
                short_name: renamed.short_name,
                code: renamed.code,
            }),
            Self::HandedOver(handed) => Change::OrganisationsHandedOver(handed.into()),
            Self::Suspended { organisation_id } => {
                Change::OrganisationSuspended(pb::OrganisationSuspended {
                    organisation_id: organisation_id.to_string(),
                })
            }
            Self::Resumed { organisation_id } => {
                Change::OrganisationResumed(pb::OrganisationResumed {
                    organisation_id: organisation_id.to_string(),
                })
            }
            Self::Ended(units) => {
                Change::OrganisationsEnded(pb::OrganisationsEnded { units: each(units) })
            }
            Self::SectorChanged { organisation_id, sector } => {
                Change::OrganisationSectorChanged(pb::OrganisationSectorChanged {
                    organisation_id: organisation_id.to_string(),
                    sector,
                })
            }
            Self::IndustryChanged { organisation_id, industry } => {
                Change::OrganisationIndustryChanged(pb::OrganisationIndustryChanged {
                    organisation_id: organisation_id.to_string(),
                    industry,
                })
            }
            Self::DecisionRecorded(decision) => Change::DecisionRecorded(pb::DecisionRecorded {
                decision_id: decision.decision_id.to_string(),
                issuer_id: id_or_empty(decision.issuer_id),
                kind: decision.kind,
                number: decision.number,
                issued_on: decision.issued_on.map(civil),
                effective_on: decision.effective_on.map(civil),
            }),
            Self::Body(Body::CongressHeld(congress)) => Change::CongressHeld(congress.into()),
            Self::Body(Body::ByElectionHeld(election)) => {
                Change::ByElectionHeld(pb::ByElectionHeld {
                    by_election_id: election.by_election_id.to_string(),
                    organisation_id: election.organisation_id.to_string(),
                    body: election.body,
                    held_on: Some(civil(election.held_on)),
                    offices: each(election.offices),
                })
            }
            Self::Body(Body::CommitteeAppointed(committee)) => {
                Change::CommitteeAppointed(pb::CommitteeAppointed {
                    organisation_id: committee.organisation_id.to_string(),
                    body: committee.body,
                    offices: each(committee.offices),
                })
            }
            Self::Body(Body::OfficesEnded(seats)) => Change::OfficesEnded(pb::OfficesEnded {
                seats: seats
                    .iter()
                    .map(|seat| pb::offices_ended::Seat {
                        office_id: seat.office_id.to_string(),
                        organisation_id: seat.organisation_id.to_string(),
                        person_id: seat.person_id.to_string(),
                    })
                    .collect(),
            }),
            Self::CeremonyHeld(ceremony) => Change::CeremonyHeld(ceremony.into()),
            Self::EmployersRecorded(recorded) => Change::EmployersRecorded(pb::EmployersRecorded {
                employers: recorded
                    .employers
                    .iter()
                    .map(|employer| pb::employers_recorded::Employer {
                        employer_id: employer.employer_id.to_string(),
                        name: employer.name.clone(),
                        surveyor_id: employer.surveyor_id.to_string(),
                        workforce: employer.workforce,
                        workforce_female: employer.workforce_female,
                        union_ids: employer.union_ids.iter().map(Uuid::to_string).collect(),
                    })
                    .collect(),
            }),
            Self::CampaignStageReached(reached) => {
                Change::CampaignStageReached(pb::CampaignStageReached {
                    campaign_id: reached.campaign_id.to_string(),
                    employer_id: reached.employer_id.to_string(),
                    organisation_id: reached.organisation_id.to_string(),
                    stage: reached.stage,
                    union_id: id_or_empty(reached.union_id),
                })
            }
            Self::Body(Body::SteeringCommitteeEstablished(established)) => {
                Change::SteeringCommitteeEstablished(pb::SteeringCommitteeEstablished {
                    steering_committee_id: established.steering_committee_id.to_string(),
                    organisation_id: established.organisation_id.to_string(),
                    offices: each(established.offices),
                })
            }
            Self::Body(Body::UnitAssigned(assigned)) => Change::UnitAssigned(assigned.into()),
            Self::Body(Body::UnitAssignmentEnded { assignment_id }) => {
                Change::UnitAssignmentEnded(pb::UnitAssignmentEnded {
                    assignment_id: assignment_id.to_string(),
                })
            }
            Self::GrantMade(made) => Change::GrantMade(pb::GrantMade {
                grant_id: made.grant_id.to_string(),
                issuer: made.issuer,
                subject: made.subject,
                role: made.role,
                organisation_id: made.organisation_id.to_string(),
                until_on: made.until_on.map(civil),
            }),
            Self::GrantEnded { grant_id } => {
                Change::GrantEnded(pb::GrantEnded { grant_id: grant_id.to_string() })
            }
            Self::TimelinesCorrected(timelines) => {
                Change::TimelinesCorrected(pb::TimelinesCorrected { timelines: each(timelines) })
            }
            Self::ActsUndone(undone) => Change::ActsUndone(pb::ActsUndone {
                act_ids: undone.act_ids.iter().map(Uuid::to_string).collect(),
            }),
            Self::Noted(Noted::Recognised { organisation_id, recognition }) => {
                Change::OrganisationRecognised(pb::OrganisationRecognised {
                    organisation_id: organisation_id.to_string(),
                    kind: pb::RecognitionKind::from(recognition).into(),
                })
            }
            Self::TypeChanged(changed) => {
                Change::OrganisationTypeChanged(pb::OrganisationTypeChanged {
                    organisation_id: changed.organisation_id.to_string(),
                    from_type: changed.from_type,
                    r#type: changed.type_code,
                    sector: changed.sector.unwrap_or_default(),
                })
            }
            Self::Noted(Noted::SplitOff { predecessor_id, shares }) => {
                Change::OrganisationSplitOff(pb::OrganisationSplitOff {
                    predecessor_id: predecessor_id.to_string(),
                    successors: successors(&shares),
                    share_whole: shares.whole,
                })
            }
            Self::Noted(Noted::TerritoryChanged(changed)) => {
                Change::TerritoryChanged(pb::TerritoryChanged {
                    organisation_id: changed.organisation_id.to_string(),
                    communes_added: changed.added,
                    communes_left: changed.left,
                })
            }
            Self::Noted(Noted::SealAndAccountRecorded { organisation_id, seal, has_account }) => {
                Change::SealAndAccountRecorded(pb::SealAndAccountRecorded {
                    organisation_id: organisation_id.to_string(),
                    seal: pb::SealStatus::from(seal).into(),
                    has_account,
                })
            }
            Self::Noted(Noted::AliasesChanged { organisation_id, added, dropped }) => {
                Change::AliasesChanged(pb::AliasesChanged {
                    organisation_id: organisation_id.to_string(),
                    added,
                    dropped,
                })
            }
            Self::Noted(Noted::JointDirectionBegun { organisation_id, director_id }) => {
                Change::JointDirectionBegun(pb::JointDirectionBegun {
                    organisation_id: organisation_id.to_string(),
                    director_id: director_id.to_string(),
                })
            }
            Self::Noted(Noted::JointDirectionEnded { organisation_id, director_id }) => {
                Change::JointDirectionEnded(pb::JointDirectionEnded {
                    organisation_id: organisation_id.to_string(),
                    director_id: director_id.to_string(),
                })
            }
            Self::Noted(Noted::DecisionAliasAdded { decision_id, kind, number }) => {
                Change::DecisionAliasAdded(pb::DecisionAliasAdded {
                    decision_id: decision_id.to_string(),
                    kind,
                    number,
                })
            }
            Self::Noted(Noted::SecondmentBegun(secondment)) => {
                Change::SecondmentBegun(pb::SecondmentBegun {
                    secondment_id: secondment.secondment_id.to_string(),
                    organisation_id: secondment.organisation_id.to_string(),
                    host_id: secondment.host_id.to_string(),
                    person_id: secondment.person_id.to_string(),
                    until_on: secondment.until_on.map(civil),
                })
            }
            Self::Noted(Noted::SecondmentEnded { secondment_id, organisation_id }) => {
                Change::SecondmentEnded(pb::SecondmentEnded {
                    secondment_id: secondment_id.to_string(),
                    organisation_id: organisation_id.to_string(),
                })
            }
        }
    }
}

impl Body {
    /// As [`Event::on`].
    pub fn on(self, on: Date, decision_id: Option<Uuid>) -> Vec<NewChange> {
        Event::Body(self).on(on, decision_id)
    }
}

impl Noted {
    /// As [`Event::on`].
    pub fn on(self, on: Date, decision_id: Option<Uuid>) -> Vec<NewChange> {
        Event::Noted(self).on(on, decision_id)
    }
}

/// The changes that tell of organisations that stood before the register did: as they stood on
/// their first days, and the whole lives of those that have changed since. Each holds from the
/// earliest of the first days that it tells of.
pub fn loaded(
    organisations: Vec<Organisation>,
    changed: Vec<Timeline>,
    decision_id: Option<Uuid>,
) -> Vec<NewChange> {
    let organisations = some(organisations).filter_map(|lines| {
        let on = lines.iter().map(|line| line.founded_on).min()?;
        Some(Event::Loaded(lines).change(on, decision_id))
    });
    let lives = some(changed).filter_map(|lines| {
        let on = lines.iter().filter_map(|line| line.founded_on).min()?;
        Some(Event::TimelinesCorrected(lines).change(on, decision_id))
    });
    organisations.chain(lives).collect()
}

/// A list in pieces that one change carries.
fn some<T>(all: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rest = all.into_iter();
    std::iter::from_fn(move || {
        let lines: Vec<T> = rest.by_ref().take(LINES_MAX).collect();
        (!lines.is_empty()).then_some(lines)
    })
}

/// What the first line is about: no list is published empty.
fn first<T>(lines: &[T], of: impl Fn(&T) -> Uuid) -> Uuid {
    lines.first().map(of).unwrap_or_default()
}

fn each<T, W: From<T>>(facts: Vec<T>) -> Vec<W> {
    facts.into_iter().map(W::from).collect()
}

impl From<Organisation> for pb::OrganisationState {
    fn from(organisation: Organisation) -> Self {
        Self {
            organisation_id: organisation.organisation_id.to_string(),
            code: organisation.code,
            name: organisation.name,
            short_name: organisation.short_name,
            r#type: organisation.type_code,
            sector: organisation.sector.unwrap_or_default(),
            industry: organisation.industry.unwrap_or_default(),
            superior_id: id_or_empty(organisation.superior_id),
            founded_on: Some(civil(organisation.founded_on)),
        }
    }
}

impl From<HandedOver> for pb::OrganisationsHandedOver {
    fn from(handed: HandedOver) -> Self {
        Self {
            superior_id: handed.superior_id.to_string(),
            units: handed
                .units
                .iter()
                .map(|unit| pb::organisations_handed_over::Unit {
                    organisation_id: unit.organisation_id.to_string(),
                    from_superior_id: unit.from_superior_id.to_string(),
                })
                .collect(),
        }
    }
}

impl From<super::EndedUnit> for pb::organisations_ended::Unit {
    fn from(unit: super::EndedUnit) -> Self {
        Self {
            organisation_id: unit.organisation_id.to_string(),
            kind: pb::EndKind::from(unit.kind).into(),
            principal_successor_id: id_or_empty(unit.principal_successor_id),
            last_superior_id: id_or_empty(unit.last_superior_id),
            members_outcome: outcome(unit.members_outcome).into(),
            rehome_to_id: id_or_empty(unit.members_outcome.rehome_to_id()),
            successors: successors(&unit.shares),
            share_whole: unit.shares.whole,
        }
    }
}

fn outcome(outcome: MembersOutcome) -> pb::MembersOutcome {
    match outcome {
        MembersOutcome::Rehomed(_) => pb::MembersOutcome::Rehomed,
        MembersOutcome::ToSuperior => pb::MembersOutcome::ToSuperior,
        MembersOutcome::MembershipEnds => pb::MembersOutcome::MembershipEnds,
    }
}

fn successors(shares: &Shares) -> Vec<pb::Successor> {
    let parts = shares.parts.iter();
    parts
        .map(|part| pb::Successor {
            organisation_id: part.organisation_id.to_string(),
            share: part.share,
        })
        .collect()
}

impl From<Office> for pb::Office {
    fn from(office: Office) -> Self {
        Self {
            office_id: office.office_id.to_string(),
            organisation_id: office.organisation_id.to_string(),
            body: office.body,
            position: office.position,
            person_id: office.person_id.to_string(),
            from_on: Some(civil(office.from_on)),
            term_until: office.term_until.map(civil),
        }
    }
}

impl From<Congress> for pb::CongressHeld {
    fn from(congress: Congress) -> Self {
        Self {
            congress_id: congress.congress_id.to_string(),
            organisation_id: congress.organisation_id.to_string(),
            ordinal: congress.ordinal,
            held_on: Some(civil(congress.held_on)),
            term_from_year: congress.term_from_year,
            term_to_year: congress.term_to_year,
            form: congress.form,
            term_reason: congress.term_reason,
            offices: each(congress.offices),
            member_count: congress.member_count.unwrap_or_default(),
        }
    }
}

impl From<Ceremony> for pb::CeremonyHeld {
    fn from(ceremony: Ceremony) -> Self {
        Self {
            ceremony_id: ceremony.ceremony_id.to_string(),
            organisation_id: ceremony.organisation_id.to_string(),
            kind: ceremony.kind,
            held_on: Some(civil(ceremony.held_on)),
            launched: ceremony
                .launched
                .iter()
                .map(|launched| pb::ceremony_held::Launched {
                    organisation_id: launched.organisation_id.to_string(),
                    decision_id: id_or_empty(launched.decision_id),
                })
                .collect(),
        }
    }
}

impl From<Assignment> for pb::UnitAssigned {
    fn from(assigned: Assignment) -> Self {
        Self {
            assignment_id: assigned.assignment_id.to_string(),
            steering_committee_id: assigned.steering_committee_id.to_string(),
            office_id: assigned.office_id.to_string(),
            person_id: assigned.person_id.to_string(),
            unit_id: assigned.unit_id.to_string(),
        }
    }
}

impl From<Timeline> for pb::OrganisationTimeline {
    fn from(timeline: Timeline) -> Self {
        use pb::organisation_timeline as wire;
        Self {
            organisation_id: timeline.organisation_id.to_string(),
            exists: timeline.exists(),
            founded_on: timeline.founded_on.map(civil),
            loaded: timeline.loaded,
            superiors: periods(timeline.superiors, |superior| superior.to_string()),
            names: timeline
                .names
                .into_iter()
                .map(|period| wire::NamePeriod {
                    from_on: Some(civil(period.from_on)),
                    until_on: period.until_on.map(civil),
                    name: period.value.name,
                    short_name: period.value.short_name,
                })
                .collect(),
            codes: periods(timeline.codes, |code| code),
            types: periods(timeline.types, |kind| kind),
            sectors: periods(timeline.sectors, |sector| sector),
            industries: periods(timeline.industries, |industry| industry),
            statuses: periods(timeline.statuses, |status: Status| status.code().to_string()),
            ending: timeline.ending.map(Into::into),
            seats: timeline
                .seats
                .into_iter()
                .map(|seat| wire::Seat {
                    office: Some(seat.office.into()),
                    until_on: seat.until_on.map(civil),
                })
                .collect(),
            assignments: timeline
                .assignments
                .into_iter()
                .map(|period| wire::Assignment {
                    assigned: Some(period.value.into()),
                    from_on: Some(civil(period.from_on)),
                    until_on: period.until_on.map(civil),
                })
                .collect(),
            founded_under_id: id_or_empty(timeline.founded_under_id),
        }
    }
}

impl From<Ending> for pb::organisation_timeline::Ending {
    fn from(ending: Ending) -> Self {
        Self {
            ended_on: Some(civil(ending.ended_on)),
            kind: pb::EndKind::from(ending.kind).into(),
            principal_successor_id: id_or_empty(ending.principal_successor_id),
            last_superior_id: id_or_empty(ending.last_superior_id),
            members_outcome: outcome(ending.members_outcome).into(),
            rehome_to_id: id_or_empty(ending.members_outcome.rehome_to_id()),
        }
    }
}

fn periods<T>(
    periods: Vec<Period<T>>,
    value: impl Fn(T) -> String,
) -> Vec<pb::organisation_timeline::Period> {
    periods
        .into_iter()
        .map(|period| pb::organisation_timeline::Period {
            from_on: Some(civil(period.from_on)),
            until_on: period.until_on.map(civil),
            value: value(period.value),
        })
        .collect()
}
