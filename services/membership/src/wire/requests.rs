//! Requests, parsed once into what cannot be wrong. Each function is named after its method.

use std::sync::Arc;

use chassis::door;
use chassis::parse;
use chassis::refusal::Refusal;
use feeds::membership::{AdmissionKind, Attendance, ExitReason};
use proto::google::r#type::Date as WireDate;
use proto::membership::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::acts::admit_members::AdmitMembers;
use crate::acts::admit_to_party::AdmitToParty;
use crate::acts::exit_members::ExitMembers;
use crate::acts::hold_training_course::HoldTrainingCourse;
use crate::acts::mend_consequence::MendConsequence;
use crate::acts::recommend_cadre::{CadrePurpose, RecommendCadre};
use crate::acts::record_applicants::RecordApplicants;
use crate::acts::refer_to_party::ReferToParty;
use crate::acts::send_delegation::SendDelegation;
use crate::acts::transfer_members::TransferMembers;
use crate::error::{BadLines, Refused};
use crate::keys::Keys;
use crate::movement::Dated;
use crate::person::{Identity, IdentityKind, Line, NewPerson, Sex, is_phone};
use crate::reads::later_movements::About;
use crate::roll::{LINES_MAX, Roll};

const NAME_MAX: usize = 200;
const TITLE_MAX: usize = 300;
const DECISION_NUMBER_MAX: usize = 100;
const TOPICS_MAX: usize = 20;

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
        let attended_on = attended_on.unwrap_or(starts_on);
        Ok(Attendance { person_id, organisation_id, attended_on })
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

pub fn mend_consequence(request: pb::MendConsequenceRequest) -> Result<MendConsequence, Refusal> {
    Ok(MendConsequence {
        registry_act_id: parse::id("registry_act_id", &request.registry_act_id)?,
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        person_ids: ids("person_ids", &request.person_ids)?,
    })
}

pub fn list_later_movements(request: &pb::ListLaterMovementsRequest) -> Result<About, Refusal> {
    if !request.registry_act_ids.is_empty() {
        // One question or the other: what is said for both would be dropped for one.
        if !request.organisation_ids.is_empty() {
            return Err(Refused::QuestionAmbiguous { field: "registry_act_ids" }.into());
        }
        return Ok(About::Undoing(ids("registry_act_ids", &request.registry_act_ids)?));
    }
    Ok(About::Ends {
        organisation_ids: ids("organisation_ids", &request.organisation_ids)?,
        ended_on: parse::date("ended_on", request.ended_on)?,
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
    mut line: pb::PersonLine,
    on: Date,
) -> Result<Line, Refusal> {
    door::line(field("").trim_end_matches('.'), &mut line)?;
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
    // A date of which only the year is known says so by a month and a day of zero.
    let (birth_date, birth_year) = match line.birth_date {
        Some(WireDate { year, month: 0, day: 0 }) if year != 0 && line.birth_year == 0 => {
            (None, year)
        }
        given => (given, line.birth_year),
    };
    let date = parse::optional_date(&field("birth_date"), birth_date)?;
    match (date, birth_year) {
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
