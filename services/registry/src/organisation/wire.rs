//! `organisation.proto`.

use std::collections::HashSet;

use chassis::parse::{self, id_or_empty};
use chassis::refusal::Refusal;
use feeds::registry::{EndKind, MembersOutcome, Share, Shares};
use proto::google::r#type::Date as WireDate;
use proto::registry::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::ground::attributes::FoundingRoute;
use crate::ground::organisation::Organisation;
use crate::ground::reading::{AsOf, Filter, Page};
use crate::ground::refused::Refused;
use crate::ground::tree::{ACTIVE, ENDED, SUSPENDED};
use crate::ground::wire::basis::{basis, optional_basis};
use crate::ground::wire::organisation::{
    AS_OF, NOT_YET_FOUNDED, as_of, classed, end_kind, organisations, share, share_whole, units,
};
use crate::ground::wire::seats::new_offices;
use crate::ground::wire::{
    NAME_MAX, SHORT_NAME_MAX, code, count, ids, in_order, reference_code, texts,
};
use crate::organisation::change_industry::{ChangeIndustry, IndustryChanged};
use crate::organisation::change_sector::{ChangeSector, SectorChanged};
use crate::organisation::end_organisations::{EndOrganisations, Ended, EndingUnit};
use crate::organisation::found_organisation::{FoundOrganisation, Founded};
use crate::organisation::hand_over_organisations::{HandOverOrganisations, HandedOver};
use crate::organisation::list::Listed;
use crate::organisation::rename_organisation::{RenameOrganisation, Renamed};
use crate::organisation::resume_organisation::{ResumeOrganisation, Resumed};
use crate::organisation::search::Sought;
use crate::organisation::suspend_organisation::{SuspendOrganisation, Suspended};

/// Applicants of one founding, at most.
const APPLICANTS_MAX: usize = 1_000;
/// Founders of one organisation, at most, where they are not named: as many as one employer has
/// workers.
const FOUNDERS_MAX: i32 = 1_000_000;
/// What people found who have applied, where nothing is said: a grassroots union.
const FOUNDED_BY_APPLICANTS: &str = "CDCS";
/// Organisations of one batch, at most.
const BATCH_MAX: usize = 500;
/// Employers of one union, at most.
const EMPLOYERS_MAX: usize = 1_000;
/// Successors of one unit, at most.
const SUCCESSORS_MAX: usize = 100;
/// Longest text searched for.
const SEARCH_MAX: usize = 200;

/// An organisation to be founded.
pub fn found(request: pb::FoundOrganisationRequest) -> Result<FoundOrganisation, Refusal> {
    let applicants = request.applicant_ids.len();
    if applicants > APPLICANTS_MAX {
        let refused = Refused::TooManyApplicants { applicants, limit: APPLICANTS_MAX };
        return Err(refused.refusal().field("applicant_ids"));
    }
    parse::at_most("employer_ids", request.employer_ids.len(), EMPLOYERS_MAX)?;
    if request.superior_id.is_empty() {
        return Err(Refused::SuperiorRequired.refusal().field("superior_id"));
    }
    let route = founding_route(&request)?;
    Ok(FoundOrganisation {
        code: code("code", &request.code)?,
        name: parse::text("name", &request.name, NAME_MAX)?,
        short_name: parse::optional_text("short_name", &request.short_name, SHORT_NAME_MAX)?
            .unwrap_or_default(),
        type_code: match (request.r#type.as_str(), applicants) {
            ("", 1..) => FOUNDED_BY_APPLICANTS.to_string(),
            (stated, _) => reference_code("type", stated)?,
        },
        sector: classed("sector", &request.sector)?,
        industry: classed("industry", &request.industry)?,
        superior_id: parse::id("superior_id", &request.superior_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        congress_on: parse::optional_date("congress_on", request.congress_on)?,
        basis: basis(request.basis)?,
        applicant_ids: ids("applicant_ids", &request.applicant_ids)?,
        founders: founders(request.founders)?,
        offices: new_offices("offices", None, request.offices)?,
        employer_ids: ids("employer_ids", &request.employer_ids)?,
        route,
    })
}

/// How many founded it, where that is stated; whether so many are enough is for the act to say.
fn founders(given: i32) -> Result<Option<i32>, Refusal> {
    match given {
        0 => Ok(None),
        ..=FOUNDERS_MAX => Ok(Some(given)),
        _ => {
            let refused = Refused::TooManyFounders { founders: given, limit: FOUNDERS_MAX };
            Err(refused.refusal().field("founders"))
        }
    }
}

/// How it was founded, as far as it is stated; a founding congress says it too.
fn founding_route(
    request: &pb::FoundOrganisationRequest,
) -> Result<Option<FoundingRoute>, Refusal> {
    let has_congress = request.congress_on.is_some();
    match (request.founding_route(), has_congress) {
        (pb::FoundingRoute::Unspecified, false) => Ok(None),
        (pb::FoundingRoute::Unspecified | pb::FoundingRoute::Congress, true) => {
            Ok(Some(FoundingRoute::Congress))
        }
        (pb::FoundingRoute::Appointment, false) => Ok(Some(FoundingRoute::Appointment)),
        (pb::FoundingRoute::Congress, false) | (pb::FoundingRoute::Appointment, true) => {
            Err(Refused::FoundingRouteUnfit.refusal().field("founding_route"))
        }
    }
}

/// The answer of [`found`].
pub fn founded(founded: Founded) -> pb::FoundOrganisationResponse {
    pb::FoundOrganisationResponse {
        organisation_id: founded.organisation_id.to_string(),
        decision_id: id_or_empty(founded.decision_id),
        office_ids: texts(&founded.office_ids),
    }
}

/// A new name, short name or code.
pub fn rename(request: pb::RenameOrganisationRequest) -> Result<RenameOrganisation, Refusal> {
    let code = match request.code.as_str() {
        "" => None,
        given => Some(code("code", given)?),
    };
    let name = parse::optional_text("name", &request.name, NAME_MAX)?;
    let short_name = parse::optional_text("short_name", &request.short_name, SHORT_NAME_MAX)?;
    if name.is_none() && short_name.is_none() && code.is_none() {
        return Err(Refused::NameRequired.refusal().field("name"));
    }
    Ok(RenameOrganisation {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        name,
        short_name,
        code,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`rename`].
pub fn renamed(renamed: Renamed) -> pb::RenameOrganisationResponse {
    pb::RenameOrganisationResponse { decision_id: id_or_empty(renamed.decision_id) }
}

/// Units to be handed over.
pub fn hand_over(
    request: pb::HandOverOrganisationsRequest,
) -> Result<HandOverOrganisations, Refusal> {
    units("unit_ids", request.unit_ids.len())?;
    Ok(HandOverOrganisations {
        unit_ids: ids("unit_ids", &request.unit_ids)?,
        superior_id: parse::id("superior_id", &request.superior_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: basis(request.basis)?,
    })
}

/// The answer of [`hand_over`].
pub fn handed_over(handed_over: HandedOver) -> pb::HandOverOrganisationsResponse {
    pb::HandOverOrganisationsResponse {
        decision_id: id_or_empty(handed_over.decision_id),
        units: count(handed_over.units),
    }
}

/// An organisation whose direction is to be suspended.
pub fn suspend(request: pb::SuspendOrganisationRequest) -> Result<SuspendOrganisation, Refusal> {
    Ok(SuspendOrganisation {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: basis(request.basis)?,
    })
}

/// The answer of [`suspend`].
pub fn suspended(suspended: Suspended) -> pb::SuspendOrganisationResponse {
    pb::SuspendOrganisationResponse { decision_id: id_or_empty(suspended.decision_id) }
}

/// An organisation whose direction is to be resumed.
pub fn resume(request: pb::ResumeOrganisationRequest) -> Result<ResumeOrganisation, Refusal> {
    Ok(ResumeOrganisation {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: basis(request.basis)?,
    })
}

/// The answer of [`resume`].
pub fn resumed(resumed: Resumed) -> pb::ResumeOrganisationResponse {
    pb::ResumeOrganisationResponse { decision_id: id_or_empty(resumed.decision_id) }
}

/// Units to be ended.
pub fn end(request: pb::EndOrganisationsRequest) -> Result<EndOrganisations, Refusal> {
    units("units", request.units.len())?;
    Ok(EndOrganisations {
        units: request
            .units
            .into_iter()
            .enumerate()
            .map(|(n, unit)| ending_unit(&format!("units[{n}]"), unit))
            .collect::<Result<_, _>>()?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: basis(request.basis)?,
    })
}

fn ending_unit(
    field: &str,
    unit: pb::end_organisations_request::Unit,
) -> Result<EndingUnit, Refusal> {
    let part = |part: &str| format!("{field}.{part}");
    let organisation_id = parse::id(&part("organisation_id"), &unit.organisation_id)?;
    let kind = end_kind(&part("kind"), unit.kind())?;
    let successor = part("principal_successor_id");
    let principal_successor_id = parse::optional_id(&successor, &unit.principal_successor_id)?;
    if kind.needs_successor() && principal_successor_id.is_none() {
        return Err(Refused::SuccessorRequired { organisation_id }.refusal().field(successor));
    }
    Ok(EndingUnit {
        organisation_id,
        kind,
        principal_successor_id,
        shares: shares(field, organisation_id, kind, principal_successor_id, &unit)?,
        members_outcome: members_outcome(field, organisation_id, &unit)?,
        subordinates_to_id: parse::optional_id(
            &part("subordinates_to_id"),
            &unit.subordinates_to_id,
        )?,
    })
}

/// Who inherits which share; the principal successor the whole where nobody is listed.
fn shares(
    field: &str,
    organisation_id: Uuid,
    kind: EndKind,
    principal_successor_id: Option<Uuid>,
    unit: &pb::end_organisations_request::Unit,
) -> Result<Shares, Refusal> {
    if unit.successors.is_empty() {
        return Ok(Shares::whole_to(principal_successor_id));
    }
    let at = |part: &str| format!("{field}.{part}");
    let Some(principal_id) = principal_successor_id else {
        let refused = Refused::SuccessorRequired { organisation_id };
        return Err(refused.refusal().field(at("principal_successor_id")));
    };
    parse::at_most(&at("successors"), unit.successors.len(), SUCCESSORS_MAX)?;
    let whole = share_whole(&at("share_whole"), unit.share_whole)?;
    let mut parts = Vec::with_capacity(unit.successors.len());
    let mut named = HashSet::new();
    for (n, successor) in unit.successors.iter().enumerate() {
        let at = |part: &str| format!("{field}.successors[{n}].{part}");
        let organisation_id = parse::id(&at("organisation_id"), &successor.organisation_id)?;
        if !named.insert(organisation_id) {
            let refused = Refused::SuccessorRepeated { organisation_id };
            return Err(refused.refusal().field(at("organisation_id")));
        }
        parts.push(Share { organisation_id, share: share(&at("share"), successor.share, whole)? });
    }
    if !named.contains(&principal_id) {
        let refused = Refused::PrincipalNotSuccessor { organisation_id: principal_id };
        return Err(refused.refusal().field(at("principal_successor_id")));
    }
    if matches!(kind, EndKind::Merged | EndKind::Consolidated) && parts.len() > 1 {
        let refused = Refused::OneSuccessorOnly { organisation_id };
        return Err(refused.refusal().field(at("successors")));
    }
    let sum = parts.iter().map(|part| i64::from(part.share)).sum();
    if sum != i64::from(whole) {
        let refused = Refused::SharesNotWhole { shares: sum, whole };
        return Err(refused.refusal().field(at("successors")));
    }
    Ok(Shares { whole, parts })
}

fn members_outcome(
    field: &str,
    organisation_id: Uuid,
    unit: &pb::end_organisations_request::Unit,
) -> Result<MembersOutcome, Refusal> {
    let at = format!("{field}.rehome_to_id");
    let rehome_to_id = parse::optional_id(&at, &unit.rehome_to_id)?;
    let outcome = match unit.members_outcome() {
        pb::MembersOutcome::Unspecified => {
            let refused = Refused::MembersOutcomeRequired;
            return Err(refused.refusal().field(format!("{field}.members_outcome")));
        }
        pb::MembersOutcome::Rehomed => {
            let to = rehome_to_id
                .ok_or_else(|| Refused::RehomeRequired { organisation_id }.refusal().field(&at))?;
            return Ok(MembersOutcome::Rehomed(to));
        }
        pb::MembersOutcome::ToSuperior => MembersOutcome::ToSuperior,
        pb::MembersOutcome::MembershipEnds => MembersOutcome::MembershipEnds,
    };
    if rehome_to_id.is_some() {
        return Err(Refused::RehomeNotAllowed { organisation_id }.refusal().field(at));
    }
    Ok(outcome)
}

/// The answer of [`end`].
pub fn ended(ended: Ended) -> pb::EndOrganisationsResponse {
    pb::EndOrganisationsResponse {
        decision_id: id_or_empty(ended.decision_id),
        units: count(ended.units),
        handed_over: count(ended.handed_over),
    }
}

/// An organisation's new sector.
pub fn change_sector(request: pb::ChangeSectorRequest) -> Result<ChangeSector, Refusal> {
    Ok(ChangeSector {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        sector: reference_code("sector", &request.sector)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`change_sector`].
pub fn sector_changed(changed: SectorChanged) -> pb::ChangeSectorResponse {
    pb::ChangeSectorResponse { decision_id: id_or_empty(changed.decision_id) }
}

/// An organisation's new industry.
pub fn change_industry(request: pb::ChangeIndustryRequest) -> Result<ChangeIndustry, Refusal> {
    Ok(ChangeIndustry {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        industry: reference_code("industry", &request.industry)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`change_industry`].
pub fn industry_changed(changed: IndustryChanged) -> pb::ChangeIndustryResponse {
    pb::ChangeIndustryResponse { decision_id: id_or_empty(changed.decision_id) }
}

/// Which organisation, as of when.
pub fn get(request: pb::GetOrganisationRequest, today: Date) -> Result<(Uuid, AsOf), Refusal> {
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    Ok((organisation_id, as_of(AS_OF, request.as_of, request.known_at, today)?))
}

/// Which organisations, by id and by code, as of when.
pub fn batch_get(
    request: pb::BatchGetOrganisationsRequest,
    today: Date,
) -> Result<(Vec<Uuid>, Vec<String>, AsOf), Refusal> {
    let units = request.organisation_ids.len() + request.codes.len();
    if units > BATCH_MAX {
        let refused = Refused::TooManyUnits { units, limit: BATCH_MAX };
        return Err(refused.refusal().field("organisation_ids"));
    }
    let organisation_ids = ids("organisation_ids", &request.organisation_ids)?;
    let codes = request
        .codes
        .iter()
        .enumerate()
        .map(|(n, given)| code(&format!("codes[{n}]"), given))
        .collect::<Result<_, _>>()?;
    Ok((organisation_ids, codes, as_of(AS_OF, request.as_of, request.known_at, today)?))
}

/// Whose children, as of when.
pub fn children(request: &pb::ListChildrenRequest, today: Date) -> Result<(Uuid, AsOf), Refusal> {
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    Ok((organisation_id, as_of(AS_OF, request.as_of, request.known_at, today)?))
}

/// What a list filters by, as every such request carries it.
struct Filtered<'a> {
    type_code: &'a str,
    sector: &'a str,
    industry: &'a str,
    status: pb::OrganisationStatus,
    founded: [Option<WireDate>; 2],
    ended: [Option<WireDate>; 2],
}

macro_rules! filtered {
    ($request:expr) => {
        Filtered {
            type_code: &$request.r#type,
            sector: &$request.sector,
            industry: &$request.industry,
            status: $request.status(),
            founded: [$request.founded_from, $request.founded_until],
            ended: [$request.ended_from, $request.ended_until],
        }
    };
}

impl Filtered<'_> {
    fn read(self) -> Result<Filter, Refusal> {
        let reference = |field: &str, given: &str| match given {
            "" => Ok(None),
            given => reference_code(field, given).map(Some),
        };
        let status = match self.status {
            pb::OrganisationStatus::Unspecified => None,
            pb::OrganisationStatus::NotYetFounded => Some(NOT_YET_FOUNDED),
            pb::OrganisationStatus::Active => Some(ACTIVE),
            pb::OrganisationStatus::Suspended => Some(SUSPENDED),
            pb::OrganisationStatus::Ended => Some(ENDED),
        };
        let filter = Filter {
            type_code: reference("type", self.type_code)?,
            sector: reference("sector", self.sector)?,
            industry: reference("industry", self.industry)?,
            statuses: status.map(|status| vec![status.to_string()]),
            founded_from: parse::optional_date("founded_from", self.founded[0])?,
            founded_until: parse::optional_date("founded_until", self.founded[1])?,
            ended_from: parse::optional_date("ended_from", self.ended[0])?,
            ended_until: parse::optional_date("ended_until", self.ended[1])?,
        };
        in_order("founded_from", filter.founded_from, filter.founded_until)?;
        in_order("ended_from", filter.ended_from, filter.ended_until)?;
        Ok(filter)
    }
}

/// Whose subtree, as of when, and who in it.
pub fn subtree(
    request: &pb::ListSubtreeRequest,
    today: Date,
) -> Result<(Uuid, AsOf, Filter), Refusal> {
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    let as_of = as_of(AS_OF, request.as_of, request.known_at, today)?;
    Ok((organisation_id, as_of, filtered!(request).read()?))
}

/// How codes begin, as of when, and who else is asked for: those that live, unless a status
/// is named.
pub fn list(
    request: &pb::ListOrganisationsRequest,
    today: Date,
) -> Result<(Listed, AsOf), Refusal> {
    let code_prefix = match request.code_prefix.as_str() {
        "" => String::new(),
        given => code("code_prefix", given)?,
    };
    let as_of = as_of(AS_OF, request.as_of, request.known_at, today)?;
    let mut filter = filtered!(request).read()?;
    filter.statuses =
        filter.statuses.or_else(|| Some([ACTIVE, SUSPENDED].map(str::to_string).to_vec()));
    let commune = parse::optional_text("commune", &request.commune, SEARCH_MAX)?;
    Ok((Listed { code_prefix, commune, filter }, as_of))
}

/// What is searched for, and as of when.
pub fn search(
    request: &pb::SearchOrganisationsRequest,
    today: Date,
) -> Result<(Sought, AsOf), Refusal> {
    let text = parse::text("text", &request.text, SEARCH_MAX)?;
    if !text.chars().any(char::is_alphanumeric) {
        return Err(parse::required("text"));
    }
    let within_id = parse::optional_id("within_id", &request.within_id)?;
    let as_of = as_of(AS_OF, request.as_of, request.known_at, today)?;
    let commune = parse::optional_text("commune", &request.commune, SEARCH_MAX)?;
    Ok((Sought { text, within_id, commune, filter: filtered!(request).read()? }, as_of))
}

/// A page of children.
pub fn children_page(page: Page<Organisation>) -> pb::ListChildrenResponse {
    pb::ListChildrenResponse {
        organisations: organisations(page.rows),
        next_page_token: page.next_page_token,
    }
}

/// A page of the caller's organisations.
pub fn list_page(page: Page<Organisation>) -> pb::ListOrganisationsResponse {
    pb::ListOrganisationsResponse {
        organisations: organisations(page.rows),
        next_page_token: page.next_page_token,
    }
}

/// A page of a subtree.
pub fn subtree_page(page: Page<Organisation>) -> pb::ListSubtreeResponse {
    pb::ListSubtreeResponse {
        organisations: organisations(page.rows),
        next_page_token: page.next_page_token,
    }
}
