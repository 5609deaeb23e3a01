//! Requests of `MembershipService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use feeds::membership::AdmissionKind;
use proto::membership::v1 as pb;
use proto::refusal::v1::Reason;
use uuid::Uuid;

use crate::ground::keys::Keys;
use crate::ground::person::{Identity, Sex};
use crate::ground::refused::Refused;
use crate::ground::wire::{self, TITLE_MAX, basis, dated, identity, ids, kinds, roll, warnings};
use crate::membership::admit_members::{AdmitMembers, Admitted};
use crate::membership::count_members::Count;
use crate::membership::exit_members::{ExitMembers, Exited};
use crate::membership::find::Found;
use crate::membership::members::{Identifying, Listed, Member, Membership, Person};
use crate::membership::search;
use crate::membership::search::{Sought, SoughtPerson, Standing};
use crate::membership::transfer_members::{TransferMembers, Transferred};

/// How long a text may be that is searched for, in letters and in words.
const SEARCH_MAX: usize = 200;
const SEARCH_WORDS_MAX: usize = 10;

pub fn admit_members(
    request: pb::AdmitMembersRequest,
    keys: &Arc<Keys>,
) -> Result<AdmitMembers, Refusal> {
    let kind = kinds::admission("kind", request.kind)?.ok_or_else(|| parse::required("kind"))?;
    let effective_on = parse::date("effective_on", request.effective_on)?;
    let source = &request.source_organisation;
    let source = parse::optional_text("source_organisation", source, TITLE_MAX)?;
    if source.is_some() && kind != AdmissionKind::Recognised {
        return Err(Refused::SourceOnlyOfRecognition.into());
    }
    Ok(AdmitMembers {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        kind,
        dated: dated(
            effective_on,
            &request.decision_number,
            request.decision_issued_on,
            request.basis,
        )?,
        consent: basis("consent", request.consent)?,
        source_organisation: source,
        roll: roll("lines", request.lines, effective_on)?,
    })
}

pub fn transfer_members(request: pb::TransferMembersRequest) -> Result<TransferMembers, Refusal> {
    let effective_on = parse::date("effective_on", request.effective_on)?;
    Ok(TransferMembers {
        from: parse::id("from_organisation_id", &request.from_organisation_id)?,
        to: parse::id("to_organisation_id", &request.to_organisation_id)?,
        dated: dated(
            effective_on,
            &request.decision_number,
            request.decision_issued_on,
            request.basis,
        )?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn exit_members(
    request: pb::ExitMembersRequest,
    keys: &Arc<Keys>,
) -> Result<ExitMembers, Refusal> {
    let reason = kinds::exit("reason", request.reason)?.ok_or_else(|| parse::required("reason"))?;
    let effective_on = parse::date("effective_on", request.effective_on)?;
    Ok(ExitMembers {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        reason,
        dated: dated(
            effective_on,
            &request.decision_number,
            request.decision_issued_on,
            request.basis,
        )?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn find_person(request: &pb::FindPersonRequest) -> Result<Identity, Refusal> {
    identity(
        |field| field.to_string(),
        &request.identity_number,
        request.identity_kind,
        &request.identity_country,
    )?
    .ok_or_else(|| parse::required("identity_number"))
}

pub fn admitted(admitted: Admitted) -> pb::AdmitMembersResponse {
    pb::AdmitMembersResponse {
        admission_id: admitted.admission_id.to_string(),
        members: admitted
            .members
            .into_iter()
            .map(|(person_id, membership_id)| pb::admit_members_response::Member {
                person_id: person_id.to_string(),
                membership_id: membership_id.to_string(),
            })
            .collect(),
        warnings: warnings(admitted.warnings),
    }
}

pub fn transferred(transferred: Transferred) -> pb::TransferMembersResponse {
    pb::TransferMembersResponse {
        transfer_id: transferred.transfer_id.to_string(),
        members: transferred.members,
    }
}

pub fn exited(exited: Exited) -> pb::ExitMembersResponse {
    pb::ExitMembersResponse { exit_id: exited.exit_id.to_string(), members: exited.members }
}

pub fn got(
    (person, memberships, identifying): Member,
    merged_person_id: Option<Uuid>,
) -> pb::GetMemberResponse {
    let identity_roles = identifying.held_by.iter().map(ToString::to_string).collect();
    pb::GetMemberResponse {
        identity_roles,
        person: Some(self::person(person, identifying)),
        memberships: memberships.into_iter().map(membership).collect(),
        merged_person_id: id_or_empty(merged_person_id),
    }
}

fn person(person: Person, identifying: Identifying) -> pb::Person {
    let (kind, country, number) = match identifying.identity {
        Some((kind, country, number)) => (kind, country.unwrap_or_default(), Some(number)),
        None => (0, String::new(), None),
    };
    pb::Person {
        person_id: person.person_id.to_string(),
        name: person.name,
        sex: i32::from(person.sex),
        birth_date: person.birth_date.map(civil),
        birth_year: person.birth_year.map_or(0, i32::from),
        workplace: person.workplace.unwrap_or_default(),
        occupation: person.occupation.unwrap_or_default(),
        identity_number: number,
        identity_kind: i32::from(kind),
        identity_country: country,
        phone: identifying.phone,
    }
}

fn membership(membership: Membership) -> pb::Membership {
    pb::Membership {
        membership_id: membership.membership_id.to_string(),
        organisation_id: membership.organisation_id.to_string(),
        from_on: Some(civil(membership.from_on)),
        until_on: membership.until_on.map(civil),
        admission_kind: membership.admission_kind.map_or(0, i32::from),
        exit_reason: membership.exit_reason.map_or(0, i32::from),
        begun_by: membership.begun_by.to_string(),
        ended_by: id_or_empty(membership.ended_by),
        source_organisation: membership.source_organisation.unwrap_or_default(),
    }
}

pub fn listed(member: Listed) -> pb::list_members_response::Member {
    pb::list_members_response::Member {
        person_id: member.person_id.to_string(),
        membership_id: member.membership_id.to_string(),
        name: member.name,
        sex: i32::from(member.sex),
        birth_year: member.birth_year.map_or(0, i32::from),
        from_on: Some(civil(member.from_on)),
        organisation_id: member.organisation_id.to_string(),
    }
}

pub fn search_members(request: &pb::SearchMembersRequest) -> Result<Sought, Refusal> {
    let text = parse::text("text", &request.text, SEARCH_MAX)?;
    let words = search::words(&text).ok_or_else(|| parse::required("text"))?;
    parse::at_most("text", words.len(), SEARCH_WORDS_MAX)?;
    let birth_year = match i16::try_from(request.birth_year) {
        Ok(0) => None,
        Ok(year) if (1900..=2200).contains(&year) => Some(year),
        _ => return Err(Refusal::of(Reason::DateMalformed).field("birth_year")),
    };
    let sex = Some(wire::sex("sex", request.sex)?).filter(|sex| *sex != Sex::NotKnown);
    let standing = match pb::MemberStanding::try_from(request.standing) {
        Ok(pb::MemberStanding::Unspecified) => None,
        Ok(pb::MemberStanding::Member) => Some(Standing::Member),
        Ok(pb::MemberStanding::FormerMember) => Some(Standing::FormerMember),
        Ok(pb::MemberStanding::NeverMember) => Some(Standing::NeverMember),
        Err(_) => return Err(Refused::EnumValueUnknown { field: "standing".to_string() }.into()),
    };
    let within_id = parse::optional_id("within_id", &request.within_id)?;
    Ok(Sought { words, within_id, birth_year, sex, standing })
}

pub fn sought(person: SoughtPerson) -> pb::search_members_response::Found {
    pb::search_members_response::Found {
        person_id: person.person_id.to_string(),
        name: person.name,
        sex: i32::from(person.sex),
        birth_year: person.birth_year.map_or(0, i32::from),
        // The numbers of the contract.
        standing: person.standing,
        organisation_id: person.organisation_id.to_string(),
        from_on: person.from_on.map(civil),
        alias: person.alias.unwrap_or_default(),
    }
}

pub fn found(found: Found) -> pb::FindPersonResponse {
    pb::FindPersonResponse {
        person_id: found.person_id.to_string(),
        name: found.name,
        organisation_id: id_or_empty(found.organisation_id),
        merged_person_id: id_or_empty(found.merged_person_id),
    }
}

pub fn count(count: Count) -> pb::count_members_response::Count {
    pb::count_members_response::Count {
        organisation_id: count.organisation_id.to_string(),
        members: i32::try_from(count.members).unwrap_or(i32::MAX),
        female: i32::try_from(count.female).unwrap_or(i32::MAX),
        dormant: i32::try_from(count.dormant).unwrap_or(i32::MAX),
        in_transfer: i32::try_from(count.in_transfer).unwrap_or(i32::MAX),
        parked: i32::try_from(count.parked).unwrap_or(i32::MAX),
        hosted: i32::try_from(count.hosted).unwrap_or(i32::MAX),
        honorary: i32::try_from(count.honorary).unwrap_or(i32::MAX),
    }
}
