//! Between the contract and the rest: requests parsed into acts and queries, answers written
//! out. Nothing behind this file knows a message, but for what is published ([`crate::change`]).

use std::sync::Arc;

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use prost_types::Timestamp;
use proto::google::r#type::Date as WireDate;
use proto::membership::v1 as pb;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::acts::admit_members::{AdmitMembers, Admitted};
use crate::acts::admit_to_party::{AdmitToParty, AdmittedToParty};
use crate::acts::exit_members::{ExitMembers, Exited};
use crate::acts::hold_training_course::{Held, HoldTrainingCourse};
use crate::acts::recommend_cadre::{CadrePurpose, RecommendCadre, Recommended};
use crate::acts::record_applicants::{RecordApplicants, Recorded};
use crate::acts::refer_to_party::{ReferToParty, Referred};
use crate::acts::send_delegation::{SendDelegation, Sent};
use crate::acts::transfer_members::{TransferMembers, Transferred};
use crate::error::{BadLines, Refused};
use crate::keys::Keys;
use crate::movement::{AdmissionKind, Dated, ExitReason};
use crate::person::{Identity, IdentityKind, Line, NewPerson, Sex, is_phone};
use crate::reads::applications::Application;
use crate::reads::consequences::{Consequence, PassedOver};
use crate::reads::courses::Course;
use crate::reads::delegations::Delegation;
use crate::reads::members::{Count, Found, Identifying, Listed, Membership, Person};
use crate::reads::party_referrals::PartyReferral;
use crate::reads::recommendations::Recommendation;
use crate::roll::{LINES_MAX, Roll, Warning};

const NAME_MAX: usize = 200;
const TITLE_MAX: usize = 300;
const DECISION_NUMBER_MAX: usize = 100;
const TOPICS_MAX: usize = 20;

// Requests.

pub fn record_applicants(
    request: pb::RecordApplicantsRequest,
    keys: &Arc<Keys>,
) -> Result<RecordApplicants, Refusal> {
    let applied_on = parse::date("applied_on", request.applied_on)?;
    Ok(RecordApplicants {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        applied_on,
        applicants: roll("applicants", request.applicants, applied_on)?,
    })
}

pub fn admit_members(
    request: pb::AdmitMembersRequest,
    keys: &Arc<Keys>,
) -> Result<AdmitMembers, Refusal> {
    let kind = match pb::AdmissionKind::try_from(request.kind) {
        Ok(pb::AdmissionKind::Unspecified) => return Err(parse::required("kind")),
        Ok(pb::AdmissionKind::Admitted) => AdmissionKind::Admitted,
        Ok(pb::AdmissionKind::Recognised) => AdmissionKind::Recognised,
        Ok(pb::AdmissionKind::Readmitted) => AdmissionKind::Readmitted,
        Err(_) => return Err(Refused::EnumValueUnknown { field: "kind".to_string() }.into()),
    };
    let effective_on = parse::date("effective_on", request.effective_on)?;
    Ok(AdmitMembers {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        kind,
        dated: dated(effective_on, &request.decision_number, request.decision_issued_on)?,
        roll: roll("lines", request.lines, effective_on)?,
    })
}

pub fn transfer_members(request: pb::TransferMembersRequest) -> Result<TransferMembers, Refusal> {
    let effective_on = parse::date("effective_on", request.effective_on)?;
    Ok(TransferMembers {
        from: parse::id("from_organisation_id", &request.from_organisation_id)?,
        to: parse::id("to_organisation_id", &request.to_organisation_id)?,
        dated: dated(effective_on, &request.decision_number, request.decision_issued_on)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn exit_members(request: pb::ExitMembersRequest) -> Result<ExitMembers, Refusal> {
    use pb::ExitReason as Wire;
    let reason = match Wire::try_from(request.reason) {
        Ok(Wire::Unspecified) => return Err(parse::required("reason")),
        Ok(Wire::Resigned) => ExitReason::Resigned,
        Ok(Wire::Expelled) => ExitReason::Expelled,
        Ok(Wire::Died) => ExitReason::Died,
        Ok(Wire::Retired) => ExitReason::Retired,
        Ok(Wire::LeftEmployment) => ExitReason::LeftEmployment,
        Ok(Wire::BecameManager) => ExitReason::BecameManager,
        Ok(Wire::UnionEnded) => ExitReason::UnionEnded,
        Ok(Wire::LeftScope) => ExitReason::LeftScope,
        Ok(Wire::Emigrated) => ExitReason::Emigrated,
        Err(_) => return Err(Refused::EnumValueUnknown { field: "reason".to_string() }.into()),
    };
    let effective_on = parse::date("effective_on", request.effective_on)?;
    Ok(ExitMembers {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        reason,
        dated: dated(effective_on, &request.decision_number, request.decision_issued_on)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn hold_training_course(
    request: pb::HoldTrainingCourseRequest,
) -> Result<HoldTrainingCourse, Refusal> {
    let starts_on = parse::date("starts_on", request.starts_on)?;
    if request.topics.is_empty() {
        return Err(Refused::LinesEmpty { field: "topics" }.into());
    }
    parse::at_most("topics", request.topics.len(), TOPICS_MAX)?;
    let attendances = each("attendances", request.attendances, |field, line| {
        let person_id = parse::id(&field("person_id"), &line.person_id)?;
        let organisation_id = parse::id(&field("organisation_id"), &line.organisation_id)?;
        let attended_on = parse::optional_date(&field("attended_on"), line.attended_on)?;
        Ok((person_id, organisation_id, attended_on.unwrap_or(starts_on)))
    })?;
    Ok(HoldTrainingCourse {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        title: parse::text("title", &request.title, TITLE_MAX)?,
        topics: request.topics,
        starts_on,
        ends_on: parse::optional_date("ends_on", request.ends_on)?.unwrap_or(starts_on),
        attendances,
    })
}

pub fn refer_to_party(
    request: pb::ReferToPartyRequest,
    keys: &Arc<Keys>,
) -> Result<ReferToParty, Refusal> {
    let referred_on = parse::date("referred_on", request.referred_on)?;
    Ok(ReferToParty {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        referred_on,
        roll: roll("lines", request.lines, referred_on)?,
    })
}

pub fn admit_to_party(request: pb::AdmitToPartyRequest) -> Result<AdmitToParty, Refusal> {
    Ok(AdmitToParty {
        admitted_on: parse::date("admitted_on", request.admitted_on)?,
        referral_ids: ids("referral_ids", &request.referral_ids)?,
    })
}

pub fn recommend_cadre(
    request: pb::RecommendCadreRequest,
    keys: &Arc<Keys>,
) -> Result<RecommendCadre, Refusal> {
    let lines = each("lines", request.lines, |field, line| {
        let person_id = parse::id(&field("person_id"), &line.person_id)?;
        let purposes = line
            .purposes
            .iter()
            .map(|purpose| match pb::CadrePurpose::try_from(*purpose) {
                Ok(pb::CadrePurpose::Planning) => Ok(CadrePurpose::Planning),
                Ok(pb::CadrePurpose::Training) => Ok(CadrePurpose::Training),
                Ok(pb::CadrePurpose::Appointment) => Ok(CadrePurpose::Appointment),
                Ok(pb::CadrePurpose::Unspecified) | Err(_) => {
                    Err(Refused::EnumValueUnknown { field: field("purposes") }.into())
                }
            })
            .collect::<Result<_, Refusal>>()?;
        Ok((person_id, purposes))
    })?;
    Ok(RecommendCadre {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        recommended_on: parse::date("recommended_on", request.recommended_on)?,
        committee: parse::optional_text("committee", &request.committee, TITLE_MAX)?,
        lines,
    })
}

pub fn send_delegation(request: pb::SendDelegationRequest) -> Result<SendDelegation, Refusal> {
    let delegates = each("delegates", request.delegates, |field, line| {
        let person_id = parse::id(&field("person_id"), &line.person_id)?;
        Ok((person_id, parse::id(&field("organisation_id"), &line.organisation_id)?))
    })?;
    Ok(SendDelegation {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        host_id: parse::id("host_id", &request.host_id)?,
        event: request.event,
        held_on: parse::date("held_on", request.held_on)?,
        delegates,
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

/// Ids in a list of at most 1,000, none of which is empty.
pub fn ids(list: &'static str, texts: &[String]) -> Result<Vec<Uuid>, Refusal> {
    not_empty(list, texts.len())?;
    let mut bad = BadLines::default();
    let ids = texts
        .iter()
        .enumerate()
        .filter_map(|(line, text)| bad.take(line, parse::id(&format!("{list}[{line}]"), text)))
        .collect();
    bad.refuse()?;
    Ok(ids)
}

/// Parses each line of a list; `field` makes the full name of a line's field.
fn each<L, T>(
    list: &'static str,
    lines: Vec<L>,
    parse: impl Fn(&dyn Fn(&str) -> String, L) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    not_empty(list, lines.len())?;
    let mut bad = BadLines::default();
    let parsed = lines
        .into_iter()
        .enumerate()
        .filter_map(|(line, content)| {
            let field = |field: &str| format!("{list}[{line}].{field}");
            bad.take(line, parse(&field, content))
        })
        .collect();
    bad.refuse()?;
    Ok(parsed)
}

fn not_empty(list: &'static str, lines: usize) -> Result<(), Refusal> {
    if lines == 0 {
        return Err(Refused::LinesEmpty { field: list }.into());
    }
    parse::at_most(list, lines, LINES_MAX)
}

fn dated(
    effective_on: Date,
    decision_number: &str,
    decision_issued_on: Option<WireDate>,
) -> Result<Dated, Refusal> {
    Ok(Dated {
        effective_on,
        decision_number: parse::optional_text(
            "decision_number",
            decision_number,
            DECISION_NUMBER_MAX,
        )?,
        decision_issued_on: parse::optional_date("decision_issued_on", decision_issued_on)?,
    })
}

fn roll(list: &'static str, lines: Vec<pb::PersonLine>, on: Date) -> Result<Roll, Refusal> {
    let lines = each(list, lines, |field, line| person_line(field, line, on))?;
    Ok(Roll { list, lines })
}

fn person_line(
    field: &dyn Fn(&str) -> String,
    line: pb::PersonLine,
    on: Date,
) -> Result<Line, Refusal> {
    if !line.person_id.is_empty() {
        let person_id = parse::id(&field("person_id"), &line.person_id)?;
        let alone = pb::PersonLine { person_id: line.person_id.clone(), ..Default::default() };
        if line != alone {
            return Err(Refused::PersonFieldsMixed { field: field("person_id") }.into());
        }
        return Ok(Line::Known(person_id));
    }
    let (birth_date, birth_year) = birth(field, &line, on)?;
    let phone = match line.phone.as_str() {
        "" => None,
        phone if is_phone(phone) => Some(phone.to_string()),
        _ => return Err(Refused::PhoneMalformed { field: field("phone") }.into()),
    };
    Ok(Line::New(NewPerson {
        name: parse::text(&field("name"), &line.name, NAME_MAX)?,
        sex: match pb::Sex::try_from(line.sex) {
            Ok(pb::Sex::Unspecified) => Sex::NotKnown,
            Ok(pb::Sex::Male) => Sex::Male,
            Ok(pb::Sex::Female) => Sex::Female,
            Err(_) => return Err(Refused::EnumValueUnknown { field: field("sex") }.into()),
        },
        birth_date,
        birth_year,
        identity: identity(
            field,
            &line.identity_number,
            line.identity_kind,
            &line.identity_country,
        )?,
        phone,
        workplace: parse::optional_text(&field("workplace"), &line.workplace, TITLE_MAX)?,
    }))
}

fn birth(
    field: &dyn Fn(&str) -> String,
    line: &pb::PersonLine,
    on: Date,
) -> Result<(Option<Date>, Option<i16>), Refusal> {
    let date = parse::optional_date(&field("birth_date"), line.birth_date)?;
    match (date, line.birth_year) {
        (None, 0) => Ok((None, None)),
        (Some(date), 0) if date <= on => Ok((Some(date), i16::try_from(date.year()).ok())),
        (None, year) if (1900..=on.year()).contains(&year) => Ok((None, i16::try_from(year).ok())),
        (Some(_), 0) => Err(Refused::BirthMalformed { field: field("birth_date") }.into()),
        (_, _) => Err(Refused::BirthMalformed { field: field("birth_year") }.into()),
    }
}

fn identity(
    field: impl Fn(&str) -> String,
    number: &str,
    kind: i32,
    country: &str,
) -> Result<Option<Identity>, Refusal> {
    let kind = match pb::IdentityKind::try_from(kind) {
        Ok(pb::IdentityKind::Unspecified | pb::IdentityKind::Citizen) => IdentityKind::Citizen,
        Ok(pb::IdentityKind::OldCard) => IdentityKind::OldCard,
        Ok(pb::IdentityKind::Passport) => IdentityKind::Passport,
        Err(_) => {
            return Err(Refused::EnumValueUnknown { field: field("identity_kind") }.into());
        }
    };
    if number.is_empty() {
        return match (kind, country) {
            (IdentityKind::Citizen, "") => Ok(None),
            _ => Err(parse::required(&field("identity_number"))),
        };
    }
    if !kind.has_form(number) {
        return Err(Refused::IdentityNumberMalformed {
            field: field("identity_number"),
            characters: number.chars().count(),
        }
        .into());
    }
    let well_written = match kind {
        IdentityKind::Citizen | IdentityKind::OldCard => country.is_empty(),
        IdentityKind::Passport => {
            country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())
        }
    };
    if !well_written {
        return Err(Refused::IdentityCountryMalformed { field: field("identity_country") }.into());
    }
    Ok(Some(Identity { kind, country: country.to_string(), number: number.to_string() }))
}

// Answers.

pub fn recorded(recorded: Recorded) -> pb::RecordApplicantsResponse {
    pb::RecordApplicantsResponse {
        applicants: recorded
            .applicants
            .into_iter()
            .map(|(person_id, application_id)| pb::record_applicants_response::Applicant {
                person_id: person_id.to_string(),
                application_id: application_id.to_string(),
            })
            .collect(),
        warnings: warnings(recorded.warnings),
    }
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

pub fn held(held: Held) -> pb::HoldTrainingCourseResponse {
    pb::HoldTrainingCourseResponse {
        course_id: held.course_id.to_string(),
        people: held.people,
        attendances: held.attendances,
    }
}

pub fn referred(referred: Referred) -> pb::ReferToPartyResponse {
    pb::ReferToPartyResponse {
        referrals: referred
            .referrals
            .into_iter()
            .map(|(referral_id, person_id)| pb::refer_to_party_response::Referral {
                referral_id: referral_id.to_string(),
                person_id: person_id.to_string(),
            })
            .collect(),
        warnings: warnings(referred.warnings),
    }
}

pub fn admitted_to_party(admitted: AdmittedToParty) -> pb::AdmitToPartyResponse {
    pb::AdmitToPartyResponse { admitted: admitted.admitted }
}

pub fn recommended(recommended: Recommended) -> pb::RecommendCadreResponse {
    pb::RecommendCadreResponse {
        recommendation_ids: recommended.recommendation_ids.iter().map(Uuid::to_string).collect(),
    }
}

pub fn sent(sent: Sent) -> pb::SendDelegationResponse {
    pb::SendDelegationResponse { delegation_id: sent.delegation_id.to_string() }
}

fn warnings(warnings: Vec<Warning>) -> Vec<pb::LineWarning> {
    warnings
        .into_iter()
        .map(|warning| pb::LineWarning { field: warning.field, kind: warning.unlikely as i32 })
        .collect()
}

pub fn application(application: Application) -> pb::Application {
    pb::Application {
        application_id: application.application_id.to_string(),
        person_id: application.person_id.to_string(),
        name: application.name,
        organisation_id: application.organisation_id.to_string(),
        applied_on: Some(civil(application.applied_on)),
        lapses_on: Some(civil(application.lapses_on)),
        state: application.state,
    }
}

pub fn person(person: Person, identifying: Identifying) -> pb::Person {
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
        identity_number: number,
        identity_kind: i32::from(kind),
        identity_country: country,
        phone: identifying.phone,
    }
}

pub fn membership(membership: Membership) -> pb::Membership {
    pb::Membership {
        membership_id: membership.membership_id.to_string(),
        organisation_id: membership.organisation_id.to_string(),
        from_on: Some(civil(membership.from_on)),
        until_on: membership.until_on.map(civil),
        admission_kind: membership.admission_kind.map_or(0, i32::from),
        exit_reason: membership.exit_reason.map_or(0, i32::from),
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
    }
}

pub fn found(found: Found) -> pb::FindPersonResponse {
    pb::FindPersonResponse {
        person_id: found.person_id.to_string(),
        name: found.name,
        organisation_id: text(found.organisation_id),
    }
}

pub fn count(count: Count) -> pb::count_members_response::Count {
    pb::count_members_response::Count {
        organisation_id: count.organisation_id.to_string(),
        members: i32::try_from(count.members).unwrap_or(i32::MAX),
        female: i32::try_from(count.female).unwrap_or(i32::MAX),
    }
}

pub fn course(course: Course) -> pb::TrainingCourse {
    pb::TrainingCourse {
        course_id: course.course_id.to_string(),
        organisation_id: course.organisation_id.to_string(),
        title: course.title,
        topics: course.topics,
        starts_on: Some(civil(course.starts_on)),
        ends_on: Some(civil(course.ends_on)),
        people: course.people,
        attendances: course.attendances,
    }
}

pub fn attendance(
    (person_id, organisation_id, attended_on): crate::change::Attended,
) -> pb::Attendance {
    pb::Attendance {
        person_id: person_id.to_string(),
        organisation_id: organisation_id.to_string(),
        attended_on: Some(civil(attended_on)),
    }
}

pub fn party_referral(case: PartyReferral) -> pb::PartyReferral {
    pb::PartyReferral {
        referral_id: case.referral_id.to_string(),
        organisation_id: case.organisation_id.to_string(),
        person_id: case.person_id.to_string(),
        referred_on: Some(civil(case.referred_on)),
        admitted_on: case.admitted_on.map(civil),
    }
}

pub fn recommendation(recommendation: Recommendation) -> pb::CadreRecommendation {
    pb::CadreRecommendation {
        recommendation_id: recommendation.recommendation_id.to_string(),
        organisation_id: recommendation.organisation_id.to_string(),
        person_id: recommendation.person_id.to_string(),
        recommended_on: Some(civil(recommendation.recommended_on)),
        committee: recommendation.committee.unwrap_or_default(),
        purposes: recommendation.purposes.into_iter().map(i32::from).collect(),
    }
}

pub fn delegation(
    (delegation, delegates): (Delegation, Vec<(Uuid, Uuid)>),
) -> pb::GetDelegationResponse {
    pb::GetDelegationResponse {
        delegation_id: delegation.delegation_id.to_string(),
        organisation_id: delegation.organisation_id.to_string(),
        host_id: delegation.host_id.to_string(),
        event: delegation.event,
        held_on: Some(civil(delegation.held_on)),
        delegates: delegates
            .into_iter()
            .map(|(person_id, organisation_id)| pb::Delegate {
                person_id: person_id.to_string(),
                organisation_id: organisation_id.to_string(),
            })
            .collect(),
    }
}

/// A consequence, with those of the people passed over who belong to it: they are listed by
/// act and organisation, and only foundings pass anybody over.
pub fn consequence(row: Consequence, passed_over: &[PassedOver]) -> pb::Consequence {
    let founding = row.kind == crate::consequence::Kind::ApplicantsAdmitted as i16;
    pb::Consequence {
        registry_act_id: row.registry_act_id.to_string(),
        organisation_id: row.organisation_id.to_string(),
        kind: i32::from(row.kind),
        effective_on: Some(civil(row.effective_on)),
        to_organisation_id: text(row.to_organisation_id),
        members: row.members,
        passed_over: passed_over
            .iter()
            .filter(|(act_id, organisation_id, _, _)| {
                founding
                    && (*act_id, *organisation_id) == (row.registry_act_id, row.organisation_id)
            })
            .map(|(_, _, person_id, obstacle)| pb::consequence::PassedOver {
                person_id: person_id.to_string(),
                obstacle: i32::from(*obstacle),
            })
            .collect(),
        finished_at: row.finished_at.map(instant),
        obstacle: row.obstacle.map_or(0, i32::from),
    }
}

fn instant(at: OffsetDateTime) -> Timestamp {
    Timestamp {
        seconds: at.unix_timestamp(),
        // Below 1,000,000,000: fits.
        nanos: i32::try_from(at.nanosecond()).unwrap_or_default(),
    }
}

fn text(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}
