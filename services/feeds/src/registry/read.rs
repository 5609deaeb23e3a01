//! How facts are read. What has always been written is required; what came to the contract
//! later, or is nobody's to rely on, may be absent: a feed is read from its first position.

use anyhow::{Context, anyhow, bail};
use chassis::feed::Change as Published;
use prost::Message;
use prost_types::Any;
use proto::registry::v1 as pb;
use proto::registry::v1::registry_change::Change;
use time::Date;
use uuid::Uuid;

use super::bodies::{
    Assignment, Body, ByElection, Committee, Congress, EndedSeat, Office, Seat, Secondment,
    SteeringCommittee,
};
use super::facts::{
    ActsUndone, CampaignStage, Ceremony, Decision, Employer, EmployersRecorded, EndedUnit, Ending,
    Event, Founded, Grant, HandedOver, HandedUnit, Launched, Name, Noted, Organisation, Period,
    Renamed, TerritoryChanged, Timeline, TypeChanged,
};
use super::values::{EndKind, MembersOutcome, Recognition, Seal, Share, Shares, Status};
use crate::reading::{date, each, id, ids, optional, optional_date, optional_id};

/// Reads a change of registry's feed.
pub fn read(change: &Published) -> anyhow::Result<Event> {
    let (aggregate_id, on) = (change.aggregate_id, change.effective_on);
    let read = change.body.to_msg::<pb::RegistryChange>().map_err(anyhow::Error::new);
    read.and_then(|body| event(body, aggregate_id, on))
        .with_context(|| format!("a change of registry's cannot be read: {}", change.kind))
}

/// Reads a change as registry itself keeps it: what it says of an aggregate from a day on.
pub fn read_kept(body: &[u8], aggregate_id: Uuid, on: Date) -> anyhow::Result<Event> {
    let body = Any::decode(body).context("read a change")?;
    event(body.to_msg::<pb::RegistryChange>()?, aggregate_id, on)
        .context("a change of registry's cannot be read")
}

fn event(body: pb::RegistryChange, aggregate_id: Uuid, on: Date) -> anyhow::Result<Event> {
    let change = body.change.context("it says nothing that this program knows")?;
    Ok(match change {
        Change::OrganisationFounded(it) => Event::Founded(Founded {
            organisation: organisation(it.organisation.context("a founding names nobody")?)?,
            congress_on: optional_date("congress_on", it.congress_on)?,
            applicant_ids: ids("applicant_ids", &it.applicant_ids)?,
        }),
        Change::OrganisationsLoaded(it) => Event::Loaded(each(it.organisations, organisation)?),
        Change::OrganisationRenamed(it) => Event::Renamed(Renamed {
            organisation_id: organisation_id(&it.organisation_id)?,
            name: it.name,
            short_name: it.short_name,
            code: it.code,
        }),
        Change::OrganisationsHandedOver(it) => Event::HandedOver(HandedOver {
            superior_id: id("superior_id", &it.superior_id)?,
            units: each(it.units, |unit| {
                Ok(HandedUnit {
                    organisation_id: organisation_id(&unit.organisation_id)?,
                    from_superior_id: id("from_superior_id", &unit.from_superior_id)?,
                })
            })?,
        }),
        Change::OrganisationSuspended(it) => {
            Event::Suspended { organisation_id: organisation_id(&it.organisation_id)? }
        }
        Change::OrganisationResumed(it) => {
            Event::Resumed { organisation_id: organisation_id(&it.organisation_id)? }
        }
        Change::OrganisationsEnded(it) => Event::Ended(each(it.units, ended_unit)?),
        Change::OrganisationSectorChanged(it) => Event::SectorChanged {
            organisation_id: organisation_id(&it.organisation_id)?,
            sector: it.sector,
        },
        Change::OrganisationIndustryChanged(it) => Event::IndustryChanged {
            organisation_id: organisation_id(&it.organisation_id)?,
            industry: it.industry,
        },
        Change::DecisionRecorded(it) => Event::DecisionRecorded(Decision {
            decision_id: id("decision_id", &it.decision_id)?,
            issuer_id: optional_id("issuer_id", &it.issuer_id)?,
            kind: it.kind,
            number: it.number,
            issued_on: optional_date("issued_on", it.issued_on)?,
            effective_on: optional_date("effective_on", it.effective_on)?,
        }),
        Change::CongressHeld(it) => Event::Body(Body::CongressHeld(Congress {
            congress_id: id("congress_id", &it.congress_id)?,
            organisation_id: organisation_id(&it.organisation_id)?,
            ordinal: it.ordinal,
            held_on: optional_date("held_on", it.held_on)?.unwrap_or(on),
            term_from_year: it.term_from_year,
            term_to_year: it.term_to_year,
            form: it.form,
            term_reason: it.term_reason,
            member_count: Some(it.member_count).filter(|count| *count != 0),
            offices: offices(it.offices, on)?,
        })),
        Change::ByElectionHeld(it) => Event::Body(Body::ByElectionHeld(ByElection {
            by_election_id: id("by_election_id", &it.by_election_id)?,
            organisation_id: organisation_id(&it.organisation_id)?,
            body: it.body,
            held_on: optional_date("held_on", it.held_on)?.unwrap_or(on),
            offices: offices(it.offices, on)?,
        })),
        Change::CommitteeAppointed(it) => Event::Body(Body::CommitteeAppointed(Committee {
            organisation_id: organisation_id(&it.organisation_id)?,
            body: it.body,
            offices: offices(it.offices, on)?,
        })),
        Change::OfficesEnded(it) => Event::Body(Body::OfficesEnded(each(it.seats, |seat| {
            Ok(EndedSeat {
                office_id: id("office_id", &seat.office_id)?,
                organisation_id: organisation_id(&seat.organisation_id)?,
                person_id: id("person_id", &seat.person_id)?,
            })
        })?)),
        Change::CeremonyHeld(it) => Event::CeremonyHeld(Ceremony {
            ceremony_id: id("ceremony_id", &it.ceremony_id)?,
            organisation_id: organisation_id(&it.organisation_id)?,
            kind: it.kind,
            held_on: optional_date("held_on", it.held_on)?.unwrap_or(on),
            launched: each(it.launched, |launched| {
                Ok(Launched {
                    organisation_id: organisation_id(&launched.organisation_id)?,
                    decision_id: optional_id("decision_id", &launched.decision_id)?,
                })
            })?,
        }),
        Change::EmployersRecorded(it) => Event::EmployersRecorded(EmployersRecorded {
            organisation_id: aggregate_id,
            employers: each(it.employers, |employer| {
                Ok(Employer {
                    employer_id: id("employer_id", &employer.employer_id)?,
                    name: employer.name,
                    surveyor_id: id("surveyor_id", &employer.surveyor_id)?,
                    workforce: employer.workforce,
                    workforce_female: employer.workforce_female,
                    union_ids: ids("union_ids", &employer.union_ids)?,
                })
            })?,
        }),
        Change::CampaignStageReached(it) => Event::CampaignStageReached(CampaignStage {
            campaign_id: id("campaign_id", &it.campaign_id)?,
            employer_id: id("employer_id", &it.employer_id)?,
            organisation_id: organisation_id(&it.organisation_id)?,
            stage: it.stage,
            union_id: optional_id("union_id", &it.union_id)?,
        }),
        Change::SteeringCommitteeEstablished(it) => {
            Event::Body(Body::SteeringCommitteeEstablished(SteeringCommittee {
                steering_committee_id: id("steering_committee_id", &it.steering_committee_id)?,
                organisation_id: organisation_id(&it.organisation_id)?,
                offices: offices(it.offices, on)?,
            }))
        }
        Change::UnitAssigned(it) => Event::Body(Body::UnitAssigned(assignment(&it)?)),
        Change::UnitAssignmentEnded(it) => Event::Body(Body::UnitAssignmentEnded {
            assignment_id: id("assignment_id", &it.assignment_id)?,
        }),
        Change::GrantMade(it) => Event::GrantMade(Grant {
            grant_id: id("grant_id", &it.grant_id)?,
            issuer: it.issuer,
            subject: it.subject,
            role: it.role,
            organisation_id: organisation_id(&it.organisation_id)?,
            until_on: optional_date("until_on", it.until_on)?,
        }),
        Change::GrantEnded(it) => Event::GrantEnded { grant_id: id("grant_id", &it.grant_id)? },
        Change::TimelinesCorrected(it) => {
            Event::TimelinesCorrected(each(it.timelines, |one| timeline(one, on))?)
        }
        Change::ActsUndone(it) => Event::ActsUndone(ActsUndone {
            organisation_id: aggregate_id,
            act_ids: ids("act_ids", &it.act_ids)?,
        }),
        Change::OrganisationRecognised(it) => Event::Noted(Noted::Recognised {
            organisation_id: organisation_id(&it.organisation_id)?,
            recognition: recognition(it.kind)?,
        }),
        Change::OrganisationTypeChanged(it) => Event::TypeChanged(TypeChanged {
            organisation_id: organisation_id(&it.organisation_id)?,
            from_type: it.from_type,
            type_code: it.r#type,
            sector: optional(it.sector),
        }),
        Change::OrganisationSplitOff(it) => Event::Noted(Noted::SplitOff {
            predecessor_id: id("predecessor_id", &it.predecessor_id)?,
            shares: shares(it.share_whole, it.successors)?,
        }),
        Change::TerritoryChanged(it) => Event::Noted(Noted::TerritoryChanged(TerritoryChanged {
            organisation_id: organisation_id(&it.organisation_id)?,
            added: it.communes_added,
            left: it.communes_left,
        })),
        Change::SealAndAccountRecorded(it) => Event::Noted(Noted::SealAndAccountRecorded {
            organisation_id: organisation_id(&it.organisation_id)?,
            seal: seal(it.seal)?,
            has_account: it.has_account,
        }),
        Change::AliasesChanged(it) => Event::Noted(Noted::AliasesChanged {
            organisation_id: organisation_id(&it.organisation_id)?,
            added: it.added,
            dropped: it.dropped,
        }),
        Change::JointDirectionBegun(it) => Event::Noted(Noted::JointDirectionBegun {
            organisation_id: organisation_id(&it.organisation_id)?,
            director_id: id("director_id", &it.director_id)?,
        }),
        Change::JointDirectionEnded(it) => Event::Noted(Noted::JointDirectionEnded {
            organisation_id: organisation_id(&it.organisation_id)?,
            director_id: id("director_id", &it.director_id)?,
        }),
        Change::DecisionAliasAdded(it) => Event::Noted(Noted::DecisionAliasAdded {
            decision_id: id("decision_id", &it.decision_id)?,
            kind: it.kind,
            number: it.number,
        }),
        Change::SecondmentBegun(it) => Event::Noted(Noted::SecondmentBegun(Secondment {
            secondment_id: id("secondment_id", &it.secondment_id)?,
            organisation_id: organisation_id(&it.organisation_id)?,
            host_id: id("host_id", &it.host_id)?,
            person_id: id("person_id", &it.person_id)?,
            until_on: optional_date("until_on", it.until_on)?,
        })),
        Change::SecondmentEnded(it) => Event::Noted(Noted::SecondmentEnded {
            secondment_id: id("secondment_id", &it.secondment_id)?,
            organisation_id: organisation_id(&it.organisation_id)?,
        }),
    })
}

fn organisation_id(text: &str) -> anyhow::Result<Uuid> {
    id("organisation_id", text)
}

fn organisation(state: pb::OrganisationState) -> anyhow::Result<Organisation> {
    Ok(Organisation {
        organisation_id: organisation_id(&state.organisation_id)?,
        code: state.code,
        name: state.name,
        short_name: state.short_name,
        type_code: state.r#type,
        sector: optional(state.sector),
        industry: optional(state.industry),
        superior_id: optional_id("superior_id", &state.superior_id)?,
        founded_on: date("founded_on", state.founded_on)?,
    })
}

fn ended_unit(unit: pb::organisations_ended::Unit) -> anyhow::Result<EndedUnit> {
    let last_superior_id = optional_id("last_superior_id", &unit.last_superior_id)?;
    Ok(EndedUnit {
        organisation_id: organisation_id(&unit.organisation_id)?,
        kind: end_kind(unit.kind)?,
        principal_successor_id: optional_id(
            "principal_successor_id",
            &unit.principal_successor_id,
        )?,
        last_superior_id,
        members_outcome: outcome(unit.members_outcome, &unit.rehome_to_id, last_superior_id)?,
        shares: shares(unit.share_whole, unit.successors)?,
    })
}

fn end_kind(number: i32) -> anyhow::Result<EndKind> {
    Ok(match pb::EndKind::try_from(number)? {
        pb::EndKind::Dissolved => EndKind::Dissolved,
        pb::EndKind::Merged => EndKind::Merged,
        pb::EndKind::Consolidated => EndKind::Consolidated,
        pb::EndKind::Divided => EndKind::Divided,
        pb::EndKind::Terminated => EndKind::Terminated,
        pb::EndKind::Unspecified => bail!("an end does not say of which kind it is"),
    })
}

fn outcome(
    number: i32,
    rehome_to_id: &str,
    last_superior_id: Option<Uuid>,
) -> anyhow::Result<MembersOutcome> {
    Ok(match pb::MembersOutcome::try_from(number)? {
        pb::MembersOutcome::Rehomed => MembersOutcome::Rehomed(id("rehome_to_id", rehome_to_id)?),
        pb::MembersOutcome::ToSuperior => {
            last_superior_id.context("members go to a superior that is not named")?;
            MembersOutcome::ToSuperior
        }
        pb::MembersOutcome::MembershipEnds => MembersOutcome::MembershipEnds,
        pb::MembersOutcome::Unspecified => {
            bail!("an end does not say what becomes of the members")
        }
    })
}

fn recognition(number: i32) -> anyhow::Result<Recognition> {
    Ok(match pb::RecognitionKind::try_from(number)? {
        pb::RecognitionKind::Organisation => Recognition::Organisation,
        pb::RecognitionKind::Executive => Recognition::Executive,
        pb::RecognitionKind::Unspecified => bail!("a recognition does not say of what"),
    })
}

fn seal(number: i32) -> anyhow::Result<Seal> {
    Ok(match pb::SealStatus::try_from(number)? {
        pb::SealStatus::None => Seal::None,
        pb::SealStatus::InUse => Seal::InUse,
        pb::SealStatus::HandedIn => Seal::HandedIn,
        pb::SealStatus::Lost => Seal::Lost,
        pb::SealStatus::Unspecified => bail!("a seal is nowhere"),
    })
}

fn shares(whole: i32, successors: Vec<pb::Successor>) -> anyhow::Result<Shares> {
    let parts = each(successors, |part| {
        let organisation_id = organisation_id(&part.organisation_id)?;
        Ok(Share { organisation_id, share: part.share })
    })?;
    Ok(Shares { whole, parts })
}

/// Seats; one that does not say from when is held from the day of the change on.
fn offices(offices: Vec<pb::Office>, on: Date) -> anyhow::Result<Vec<Office>> {
    each(offices, |one| office(one, on))
}

fn office(office: pb::Office, on: Date) -> anyhow::Result<Office> {
    Ok(Office {
        office_id: id("office_id", &office.office_id)?,
        organisation_id: organisation_id(&office.organisation_id)?,
        body: office.body,
        position: office.position,
        person_id: id("person_id", &office.person_id)?,
        from_on: optional_date("from_on", office.from_on)?.unwrap_or(on),
        term_until: optional_date("term_until", office.term_until)?,
    })
}

fn assignment(assigned: &pb::UnitAssigned) -> anyhow::Result<Assignment> {
    Ok(Assignment {
        assignment_id: id("assignment_id", &assigned.assignment_id)?,
        steering_committee_id: id("steering_committee_id", &assigned.steering_committee_id)?,
        office_id: id("office_id", &assigned.office_id)?,
        person_id: id("person_id", &assigned.person_id)?,
        unit_id: id("unit_id", &assigned.unit_id)?,
    })
}

fn timeline(timeline: pb::OrganisationTimeline, on: Date) -> anyhow::Result<Timeline> {
    let founded_on =
        if timeline.exists { Some(date("founded_on", timeline.founded_on)?) } else { None };
    Ok(Timeline {
        organisation_id: organisation_id(&timeline.organisation_id)?,
        founded_on,
        founded_under_id: optional_id("founded_under_id", &timeline.founded_under_id)?,
        loaded: timeline.loaded,
        superiors: periods(timeline.superiors, |value| id("superiors", &value))?,
        names: each(timeline.names, |period| {
            Ok(Period {
                from_on: date("from_on", period.from_on)?,
                until_on: optional_date("until_on", period.until_on)?,
                value: Name { name: period.name, short_name: period.short_name },
            })
        })?,
        codes: periods(timeline.codes, Ok)?,
        types: periods(timeline.types, Ok)?,
        sectors: periods(timeline.sectors, Ok)?,
        industries: periods(timeline.industries, Ok)?,
        statuses: periods(timeline.statuses, |value| {
            Status::parse(&value).ok_or_else(|| anyhow!("a status is none that is known"))
        })?,
        ending: timeline.ending.map(|one| ending(&one)).transpose()?,
        seats: each(timeline.seats, |seat| {
            Ok(Seat {
                office: office(seat.office.context("a seat without an office")?, on)?,
                until_on: optional_date("until_on", seat.until_on)?,
            })
        })?,
        assignments: each(timeline.assignments, |period| {
            let assigned = period.assigned.context("an assignment of nobody")?;
            Ok(Period {
                from_on: date("from_on", period.from_on)?,
                until_on: optional_date("until_on", period.until_on)?,
                value: assignment(&assigned)?,
            })
        })?,
    })
}

fn ending(ending: &pb::organisation_timeline::Ending) -> anyhow::Result<Ending> {
    let last_superior_id = optional_id("last_superior_id", &ending.last_superior_id)?;
    Ok(Ending {
        ended_on: date("ended_on", ending.ended_on)?,
        kind: end_kind(ending.kind)?,
        principal_successor_id: optional_id(
            "principal_successor_id",
            &ending.principal_successor_id,
        )?,
        last_superior_id,
        members_outcome: outcome(ending.members_outcome, &ending.rehome_to_id, last_superior_id)?,
    })
}

fn periods<T>(
    periods: Vec<pb::organisation_timeline::Period>,
    value: impl Fn(String) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<Period<T>>> {
    each(periods, |period| {
        Ok(Period {
            from_on: date("from_on", period.from_on)?,
            until_on: optional_date("until_on", period.until_on)?,
            value: value(period.value)?,
        })
    })
}
