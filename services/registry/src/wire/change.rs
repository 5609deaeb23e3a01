//! What registry's acts publish, as the contract carries it. Lists longer than a follower
//! should hold at once are published as several changes of the one act.

use chassis::feed::NewChange;
use chassis::parse::civil;
use prost::{Message, Name};
use prost_types::Any;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use uuid::Uuid;

use crate::acts::end_organisations::{EndKind, EndedUnit, MembersOutcome};
use crate::acts::hold_ceremony::Launched;
use crate::acts::hold_congress::Congress;
use crate::acts::recognise_organisation::Recognition;
use crate::acts::record_seal_and_account::{Account, Seal};
use crate::acts::survey_employers::EmployerFound;
use crate::basis::Decision;
use crate::seats::{EndedSeat, Office};
use crate::succession::Shares;
use crate::timeline::{Period, Timeline};
use crate::tree::{Move, NewOrganisation};

/// So many lines one change carries at most.
const LINES_MAX: usize = 1_000;

fn new(
    aggregate_id: Uuid,
    effective_on: Date,
    decision_id: Option<Uuid>,
    change: Change,
) -> NewChange {
    let kind = match &change {
        Change::OrganisationFounded(_) => "registry.organisation_founded",
        Change::OrganisationsLoaded(_) => "registry.organisations_loaded",
        Change::OrganisationRenamed(_) => "registry.organisation_renamed",
        Change::OrganisationsHandedOver(_) => "registry.organisations_handed_over",
        Change::OrganisationSuspended(_) => "registry.organisation_suspended",
        Change::OrganisationResumed(_) => "registry.organisation_resumed",
        Change::OrganisationsEnded(_) => "registry.organisations_ended",
        Change::OrganisationSectorChanged(_) => "registry.organisation_sector_changed",
        Change::DecisionRecorded(_) => "registry.decision_recorded",
        Change::CongressHeld(_) => "registry.congress_held",
        Change::ByElectionHeld(_) => "registry.by_election_held",
        Change::CommitteeAppointed(_) => "registry.committee_appointed",
        Change::OfficesEnded(_) => "registry.offices_ended",
        Change::CeremonyHeld(_) => "registry.ceremony_held",
        Change::EmployersRecorded(_) => "registry.employers_recorded",
        Change::CampaignStageReached(_) => "registry.campaign_stage_reached",
        Change::SteeringCommitteeEstablished(_) => "registry.steering_committee_established",
        Change::UnitAssigned(_) => "registry.unit_assigned",
        Change::UnitAssignmentEnded(_) => "registry.unit_assignment_ended",
        Change::GrantMade(_) => "registry.grant_made",
        Change::GrantEnded(_) => "registry.grant_ended",
        Change::TimelinesCorrected(_) => "registry.timelines_corrected",
        Change::ActsUndone(_) => "registry.acts_undone",
        Change::OrganisationRecognised(_) => "registry.organisation_recognised",
        Change::OrganisationTypeChanged(_) => "registry.organisation_type_changed",
        Change::OrganisationSplitOff(_) => "registry.organisation_split_off",
        Change::TerritoryChanged(_) => "registry.territory_changed",
        Change::SealAndAccountRecorded(_) => "registry.seal_and_account_recorded",
        Change::AliasesChanged(_) => "registry.aliases_changed",
        Change::JointDirectionBegun(_) => "registry.joint_direction_begun",
        Change::JointDirectionEnded(_) => "registry.joint_direction_ended",
        Change::DecisionAliasAdded(_) => "registry.decision_alias_added",
    };
    let body = pb::RegistryChange { change: Some(change) };
    NewChange {
        kind,
        aggregate_id,
        effective_on,
        decision_id,
        body: Any { type_url: pb::RegistryChange::type_url(), value: body.encode_to_vec() },
    }
}

/// An id that may be absent; the contract writes an absent one as an empty text.
fn text(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

fn state(organisation: &NewOrganisation) -> pb::OrganisationState {
    pb::OrganisationState {
        organisation_id: organisation.organisation_id.to_string(),
        code: organisation.code.clone(),
        name: organisation.name.clone(),
        short_name: organisation.short_name.clone(),
        r#type: organisation.type_code.clone(),
        sector: organisation.sector.clone().unwrap_or_default(),
        superior_id: text(organisation.superior_id),
        founded_on: Some(civil(organisation.founded_on)),
    }
}

/// An office as the contract carries it.
pub fn office(office: &Office) -> pb::Office {
    pb::Office {
        office_id: office.office_id.to_string(),
        organisation_id: office.organisation_id.to_string(),
        body: office.body.clone(),
        position: office.position.clone(),
        person_id: office.person_id.to_string(),
        from_on: Some(civil(office.from_on)),
        term_until: office.term_until.map(civil),
    }
}

/// An organisation was founded.
pub fn organisation_founded(
    organisation: &NewOrganisation,
    applicant_ids: &[Uuid],
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::OrganisationFounded {
        organisation: Some(state(organisation)),
        congress_on: organisation.congress_on.map(civil),
        applicant_ids: applicant_ids.iter().map(Uuid::to_string).collect(),
    };
    new(
        organisation.organisation_id,
        organisation.founded_on,
        decision_id,
        Change::OrganisationFounded(change),
    )
}

/// Organisations that existed before the register did were loaded; effective from the
/// earliest of their dates.
pub fn organisations_loaded(
    organisations: &[NewOrganisation],
    decision_id: Option<Uuid>,
) -> impl Iterator<Item = NewChange> {
    organisations.chunks(LINES_MAX).filter_map(move |lines| {
        let first = lines.first()?;
        let earliest = lines.iter().map(|line| line.founded_on).min()?;
        let change = pb::OrganisationsLoaded { organisations: lines.iter().map(state).collect() };
        let change = Change::OrganisationsLoaded(change);
        Some(new(first.organisation_id, earliest, decision_id, change))
    })
}

/// What is now known of organisations over all their life; effective from `earliest`.
pub fn timelines_corrected(
    first_id: Uuid,
    earliest: Date,
    decision_id: Option<Uuid>,
    timelines: Vec<pb::OrganisationTimeline>,
) -> NewChange {
    let change = Change::TimelinesCorrected(pb::TimelinesCorrected { timelines });
    new(first_id, earliest, decision_id, change)
}

/// An organisation bears another name, short name or code.
pub fn organisation_renamed(
    organisation_id: Uuid,
    name: &str,
    short_name: &str,
    code: &str,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::OrganisationRenamed {
        organisation_id: organisation_id.to_string(),
        name: name.to_string(),
        short_name: short_name.to_string(),
        code: code.to_string(),
    };
    new(organisation_id, on, decision_id, Change::OrganisationRenamed(change))
}

/// Units stand under another superior; `moves` all name the same one.
pub fn organisations_handed_over(
    superior_id: Uuid,
    moves: &[Move],
    on: Date,
    decision_id: Option<Uuid>,
) -> impl Iterator<Item = NewChange> {
    moves.chunks(LINES_MAX).map(move |lines| {
        let change = pb::OrganisationsHandedOver {
            superior_id: superior_id.to_string(),
            units: lines
                .iter()
                .map(|line| pb::organisations_handed_over::Unit {
                    organisation_id: line.organisation_id.to_string(),
                    from_superior_id: line.from_superior_id.to_string(),
                })
                .collect(),
        };
        new(superior_id, on, decision_id, Change::OrganisationsHandedOver(change))
    })
}

/// The direction of an organisation is suspended.
pub fn organisation_suspended(
    organisation_id: Uuid,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::OrganisationSuspended { organisation_id: organisation_id.to_string() };
    new(organisation_id, on, decision_id, Change::OrganisationSuspended(change))
}

/// The direction of an organisation is resumed.
pub fn organisation_resumed(
    organisation_id: Uuid,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::OrganisationResumed { organisation_id: organisation_id.to_string() };
    new(organisation_id, on, decision_id, Change::OrganisationResumed(change))
}

/// The contract's word for how an organisation ended.
pub fn end_kind(kind: EndKind) -> pb::EndKind {
    match kind {
        EndKind::Dissolved => pb::EndKind::Dissolved,
        EndKind::Merged => pb::EndKind::Merged,
        EndKind::Consolidated => pb::EndKind::Consolidated,
        EndKind::Divided => pb::EndKind::Divided,
        EndKind::Terminated => pb::EndKind::Terminated,
    }
}

fn members_outcome(outcome: MembersOutcome) -> (pb::MembersOutcome, Option<Uuid>) {
    match outcome {
        MembersOutcome::Rehomed(to) => (pb::MembersOutcome::Rehomed, Some(to)),
        MembersOutcome::ToSuperior => (pb::MembersOutcome::ToSuperior, None),
        MembersOutcome::MembershipEnds => (pb::MembersOutcome::MembershipEnds, None),
    }
}

/// Units ended.
pub fn organisations_ended(
    units: &[EndedUnit],
    on: Date,
    decision_id: Option<Uuid>,
) -> impl Iterator<Item = NewChange> {
    units.chunks(LINES_MAX).filter_map(move |lines| {
        let first = lines.first()?;
        let change = pb::OrganisationsEnded {
            units: lines
                .iter()
                .map(|line| {
                    let (outcome, rehome_to_id) = members_outcome(line.members_outcome);
                    pb::organisations_ended::Unit {
                        organisation_id: line.organisation_id.to_string(),
                        kind: end_kind(line.kind).into(),
                        principal_successor_id: text(line.principal_successor_id),
                        last_superior_id: line.last_superior_id.to_string(),
                        members_outcome: outcome.into(),
                        rehome_to_id: text(rehome_to_id),
                        successors: successors(&line.shares),
                        share_whole: line.shares.whole,
                    }
                })
                .collect(),
        };
        let change = Change::OrganisationsEnded(change);
        Some(new(first.organisation_id, on, decision_id, change))
    })
}

fn successors(shares: &Shares) -> Vec<pb::Successor> {
    shares
        .parts
        .iter()
        .map(|part| pb::Successor {
            organisation_id: part.organisation_id.to_string(),
            share: part.share,
        })
        .collect()
}

/// Organisations were split off one that lives on.
pub fn organisation_split_off(
    predecessor_id: Uuid,
    shares: &Shares,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::OrganisationSplitOff {
        predecessor_id: predecessor_id.to_string(),
        successors: successors(shares),
        share_whole: shares.whole,
    };
    new(predecessor_id, on, decision_id, Change::OrganisationSplitOff(change))
}

/// The contract's word for what is recognised.
pub fn recognition_kind(recognition: Recognition) -> pb::RecognitionKind {
    match recognition {
        Recognition::Organisation => pb::RecognitionKind::Organisation,
        Recognition::Executive => pb::RecognitionKind::Executive,
    }
}

/// An organisation or its committee was recognised.
pub fn organisation_recognised(
    organisation_id: Uuid,
    recognition: Recognition,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::OrganisationRecognised {
        organisation_id: organisation_id.to_string(),
        kind: recognition_kind(recognition).into(),
    };
    new(organisation_id, on, decision_id, Change::OrganisationRecognised(change))
}

/// An organisation is of another type.
pub fn organisation_type_changed(
    organisation_id: Uuid,
    from_type: &str,
    type_code: &str,
    sector: Option<&str>,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::OrganisationTypeChanged {
        organisation_id: organisation_id.to_string(),
        from_type: from_type.to_string(),
        r#type: type_code.to_string(),
        sector: sector.unwrap_or_default().to_string(),
    };
    new(organisation_id, on, decision_id, Change::OrganisationTypeChanged(change))
}

/// Communes came to a territory, and left it.
pub fn territory_changed(
    organisation_id: Uuid,
    added: &[String],
    left: &[String],
    on: Date,
    decision_id: Option<Uuid>,
) -> Vec<NewChange> {
    let added = added.chunks(LINES_MAX).map(|codes| (codes, &[][..]));
    let left = left.chunks(LINES_MAX).map(|codes| (&[][..], codes));
    left.chain(added)
        .map(|(added, left): (&[String], &[String])| {
            let change = pb::TerritoryChanged {
                organisation_id: organisation_id.to_string(),
                communes_added: added.to_vec(),
                communes_left: left.to_vec(),
            };
            new(organisation_id, on, decision_id, Change::TerritoryChanged(change))
        })
        .collect()
}

/// The contract's word for where a seal is.
pub fn seal_status(seal: Seal) -> pb::SealStatus {
    match seal {
        Seal::None => pb::SealStatus::None,
        Seal::InUse => pb::SealStatus::InUse,
        Seal::HandedIn => pb::SealStatus::HandedIn,
        Seal::Lost => pb::SealStatus::Lost,
    }
}

/// Seal and account are known.
pub fn seal_and_account_recorded(
    organisation_id: Uuid,
    seal: Seal,
    account: &Account,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::SealAndAccountRecorded {
        organisation_id: organisation_id.to_string(),
        seal: seal_status(seal).into(),
        has_account: !account.number.is_empty(),
    };
    new(organisation_id, on, decision_id, Change::SealAndAccountRecorded(change))
}

/// Other names were added and dropped.
pub fn aliases_changed(
    organisation_id: Uuid,
    added: &[String],
    dropped: &[String],
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::AliasesChanged {
        organisation_id: organisation_id.to_string(),
        added: added.to_vec(),
        dropped: dropped.to_vec(),
    };
    new(organisation_id, on, decision_id, Change::AliasesChanged(change))
}

/// A second organisation directs a unit beside its superior.
pub fn joint_direction_begun(
    organisation_id: Uuid,
    director_id: Uuid,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::JointDirectionBegun {
        organisation_id: organisation_id.to_string(),
        director_id: director_id.to_string(),
    };
    new(organisation_id, on, decision_id, Change::JointDirectionBegun(change))
}

/// It does so no longer.
pub fn joint_direction_ended(
    organisation_id: Uuid,
    director_id: Uuid,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::JointDirectionEnded {
        organisation_id: organisation_id.to_string(),
        director_id: director_id.to_string(),
    };
    new(organisation_id, on, decision_id, Change::JointDirectionEnded(change))
}

/// A document is known by another number too.
pub fn decision_alias_added(
    decision_id: Uuid,
    kind: &str,
    number: &str,
    effective_on: Date,
) -> NewChange {
    let change = pb::DecisionAliasAdded {
        decision_id: decision_id.to_string(),
        kind: kind.to_string(),
        number: number.to_string(),
    };
    new(decision_id, effective_on, Some(decision_id), Change::DecisionAliasAdded(change))
}

/// An organisation stands in another sector.
pub fn organisation_sector_changed(
    organisation_id: Uuid,
    sector: &str,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::OrganisationSectorChanged {
        organisation_id: organisation_id.to_string(),
        sector: sector.to_string(),
    };
    new(organisation_id, on, decision_id, Change::OrganisationSectorChanged(change))
}

/// A decision was recorded.
pub fn decision_recorded(decision: &Decision) -> NewChange {
    let change = pb::DecisionRecorded {
        decision_id: decision.decision_id.to_string(),
        issuer_id: decision.issuer_id.to_string(),
        kind: decision.kind.clone(),
        number: decision.number.clone(),
        issued_on: Some(civil(decision.issued_on)),
        effective_on: Some(civil(decision.effective_on)),
    };
    new(
        decision.decision_id,
        decision.effective_on,
        Some(decision.decision_id),
        Change::DecisionRecorded(change),
    )
}

/// A term congress was held.
pub fn congress_held(
    congress_id: Uuid,
    congress: &Congress,
    offices: &[Office],
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::CongressHeld {
        congress_id: congress_id.to_string(),
        organisation_id: congress.organisation_id.to_string(),
        ordinal: congress.ordinal,
        held_on: Some(civil(congress.held_on)),
        term_from_year: congress.term_from_year,
        term_to_year: congress.term_to_year,
        form: congress.form.code().to_string(),
        term_reason: congress.term_reason.clone(),
        member_count: congress.member_count.unwrap_or_default(),
        offices: offices.iter().map(office).collect(),
    };
    new(congress.organisation_id, congress.held_on, decision_id, Change::CongressHeld(change))
}

/// Members of a body were elected between congresses.
pub fn by_election_held(
    by_election_id: Uuid,
    organisation_id: Uuid,
    body: &str,
    held_on: Date,
    offices: &[Office],
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::ByElectionHeld {
        by_election_id: by_election_id.to_string(),
        organisation_id: organisation_id.to_string(),
        body: body.to_string(),
        held_on: Some(civil(held_on)),
        offices: offices.iter().map(office).collect(),
    };
    new(organisation_id, held_on, decision_id, Change::ByElectionHeld(change))
}

/// Members of bodies were appointed: one change for each body.
pub fn committees_appointed(
    organisation_id: Uuid,
    offices: &[Office],
    on: Date,
    decision_id: Option<Uuid>,
) -> Vec<NewChange> {
    let mut bodies: Vec<&str> = offices.iter().map(|office| office.body.as_str()).collect();
    bodies.sort_unstable();
    bodies.dedup();
    bodies
        .into_iter()
        .map(|body| {
            let change = pb::CommitteeAppointed {
                organisation_id: organisation_id.to_string(),
                body: body.to_string(),
                offices: offices.iter().filter(|one| one.body == body).map(office).collect(),
            };
            new(organisation_id, on, decision_id, Change::CommitteeAppointed(change))
        })
        .collect()
}

/// Offices ended.
pub fn offices_ended(
    seats: &[EndedSeat],
    on: Date,
    decision_id: Option<Uuid>,
) -> impl Iterator<Item = NewChange> {
    seats.chunks(LINES_MAX).filter_map(move |lines| {
        let first = lines.first()?;
        let change = pb::OfficesEnded {
            seats: lines
                .iter()
                .map(|line| pb::offices_ended::Seat {
                    office_id: line.office_id.to_string(),
                    organisation_id: line.organisation_id.to_string(),
                    person_id: line.person_id.to_string(),
                })
                .collect(),
        };
        Some(new(first.organisation_id, on, decision_id, Change::OfficesEnded(change)))
    })
}

/// A ceremony was held.
pub fn ceremony_held(
    ceremony_id: Uuid,
    organisation_id: Uuid,
    kind: &str,
    held_on: Date,
    launched: &[Launched],
) -> NewChange {
    let change = ceremony(ceremony_id, organisation_id, kind, held_on, launched);
    new(organisation_id, held_on, None, Change::CeremonyHeld(change))
}

/// A ceremony as the contract carries it.
pub fn ceremony(
    ceremony_id: Uuid,
    organisation_id: Uuid,
    kind: &str,
    held_on: Date,
    launched: &[Launched],
) -> pb::CeremonyHeld {
    pb::CeremonyHeld {
        ceremony_id: ceremony_id.to_string(),
        organisation_id: organisation_id.to_string(),
        kind: kind.to_string(),
        held_on: Some(civil(held_on)),
        launched: launched
            .iter()
            .map(|one| pb::ceremony_held::Launched {
                organisation_id: one.organisation_id.to_string(),
                decision_id: text(one.decision_id),
            })
            .collect(),
    }
}

/// Employers were surveyed, or their unions are known anew.
pub fn employers_recorded(organisation_id: Uuid, on: Date, found: &[EmployerFound]) -> NewChange {
    let change = pb::EmployersRecorded {
        employers: found
            .iter()
            .map(|one| pb::employers_recorded::Employer {
                employer_id: one.employer_id.to_string(),
                surveyor_id: one.surveyor_id.to_string(),
                workforce: one.workforce,
                workforce_female: one.workforce_female,
                union_ids: one.union_ids.iter().map(Uuid::to_string).collect(),
            })
            .collect(),
    };
    new(organisation_id, on, None, Change::EmployersRecorded(change))
}

/// An employer has got to a stage of a campaign.
pub fn campaign_stage_reached(
    campaign_id: Uuid,
    employer_id: Uuid,
    organisation_id: Uuid,
    stage: &str,
    reached_on: Date,
    union_id: Option<Uuid>,
) -> NewChange {
    let change = pb::CampaignStageReached {
        campaign_id: campaign_id.to_string(),
        employer_id: employer_id.to_string(),
        organisation_id: organisation_id.to_string(),
        stage: stage.to_string(),
        union_id: text(union_id),
    };
    new(campaign_id, reached_on, None, Change::CampaignStageReached(change))
}

/// A steering committee was established.
pub fn steering_committee_established(
    steering_committee_id: Uuid,
    organisation_id: Uuid,
    offices: &[Office],
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::SteeringCommitteeEstablished {
        steering_committee_id: steering_committee_id.to_string(),
        organisation_id: organisation_id.to_string(),
        offices: offices.iter().map(office).collect(),
    };
    new(organisation_id, on, decision_id, Change::SteeringCommitteeEstablished(change))
}

/// A member of a steering committee follows a unit.
pub fn unit_assigned(
    assignment_id: Uuid,
    steering_committee_id: Uuid,
    office_id: Uuid,
    person_id: Uuid,
    unit_id: Uuid,
    on: Date,
) -> NewChange {
    let change = pb::UnitAssigned {
        assignment_id: assignment_id.to_string(),
        steering_committee_id: steering_committee_id.to_string(),
        office_id: office_id.to_string(),
        person_id: person_id.to_string(),
        unit_id: unit_id.to_string(),
    };
    new(assignment_id, on, None, Change::UnitAssigned(change))
}

/// An assignment ended.
pub fn unit_assignment_ended(
    assignment_id: Uuid,
    on: Date,
    decision_id: Option<Uuid>,
) -> NewChange {
    let change = pb::UnitAssignmentEnded { assignment_id: assignment_id.to_string() };
    new(assignment_id, on, decision_id, Change::UnitAssignmentEnded(change))
}

/// A subject may act.
pub fn grant_made(
    grant_id: Uuid,
    (issuer, subject): (&str, &str),
    role: &str,
    organisation_id: Uuid,
    from_on: Date,
    until_on: Option<Date>,
) -> NewChange {
    let change = pb::GrantMade {
        grant_id: grant_id.to_string(),
        issuer: issuer.to_string(),
        subject: subject.to_string(),
        role: role.to_string(),
        organisation_id: organisation_id.to_string(),
        until_on: until_on.map(civil),
    };
    new(grant_id, from_on, None, Change::GrantMade(change))
}

/// A grant ended.
pub fn grant_ended(grant_id: Uuid, on: Date) -> NewChange {
    let change = pb::GrantEnded { grant_id: grant_id.to_string() };
    new(grant_id, on, None, Change::GrantEnded(change))
}

/// What is known now of organisations over their whole life; `on` is the first day concerned.
pub fn timelines_known(
    timelines: &[Timeline],
    on: Date,
    decision_id: Option<Uuid>,
) -> impl Iterator<Item = NewChange> {
    timelines.chunks(LINES_MAX).filter_map(move |lines| {
        let first_id = lines.first()?.organisation_id;
        Some(timelines_corrected(first_id, on, decision_id, lines.iter().map(timeline).collect()))
    })
}

/// Acts were undone; their timelines were published before.
pub fn acts_undone(act_ids: &[Uuid], aggregate_id: Uuid, on: Date) -> NewChange {
    let change = pb::ActsUndone { act_ids: act_ids.iter().map(Uuid::to_string).collect() };
    new(aggregate_id, on, None, Change::ActsUndone(change))
}

fn timeline(timeline: &Timeline) -> pb::OrganisationTimeline {
    use pb::organisation_timeline::{Assignment, Ending, NamePeriod, Seat};
    pb::OrganisationTimeline {
        organisation_id: timeline.organisation_id.to_string(),
        exists: timeline.founded_on.is_some(),
        founded_on: timeline.founded_on.map(civil),
        loaded: timeline.loaded,
        superiors: periods(&timeline.superiors),
        names: timeline
            .names
            .iter()
            .map(|period| NamePeriod {
                from_on: Some(civil(period.from_on)),
                until_on: period.until_on.map(civil),
                name: period.value.0.clone(),
                short_name: period.value.1.clone(),
            })
            .collect(),
        codes: periods(&timeline.codes),
        types: periods(&timeline.types),
        sectors: periods(&timeline.sectors),
        statuses: periods(&timeline.statuses),
        ending: timeline.ending.as_ref().map(|ending| {
            let (outcome, rehome_to_id) = members_outcome(ending.members_outcome);
            Ending {
                ended_on: Some(civil(ending.ended_on)),
                kind: end_kind(ending.kind).into(),
                principal_successor_id: text(ending.principal_successor_id),
                last_superior_id: ending.last_superior_id.to_string(),
                members_outcome: outcome.into(),
                rehome_to_id: text(rehome_to_id),
            }
        }),
        seats: timeline
            .seats
            .iter()
            .map(|seat| Seat {
                office: Some(office(&seat.value)),
                until_on: seat.until_on.map(civil),
            })
            .collect(),
        assignments: timeline
            .assignments
            .iter()
            .map(|assignment| {
                let assigned = &assignment.value;
                Assignment {
                    assigned: Some(pb::UnitAssigned {
                        assignment_id: assigned.assignment_id.to_string(),
                        steering_committee_id: assigned.body_id.to_string(),
                        office_id: assigned.office_id.to_string(),
                        person_id: assigned.person_id.to_string(),
                        unit_id: assigned.unit_id.to_string(),
                    }),
                    from_on: Some(civil(assignment.from_on)),
                    until_on: assignment.until_on.map(civil),
                }
            })
            .collect(),
        founded_under_id: text(timeline.founded_under_id),
    }
}

fn periods(periods: &[Period<String>]) -> Vec<pb::organisation_timeline::Period> {
    periods
        .iter()
        .map(|period| pb::organisation_timeline::Period {
            from_on: Some(civil(period.from_on)),
            until_on: period.until_on.map(civil),
            value: period.value.clone(),
        })
        .collect()
}
