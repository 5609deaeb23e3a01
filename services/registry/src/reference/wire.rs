//! `reference.proto`.

use std::collections::BTreeSet;

use chassis::access::roles;
use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use proto::registry::v1::organisation_type::SectorNeed;
use time::Date;

use crate::ground::reading::reference::{Industry, OrganisationType, Sector};
use crate::ground::reference;
use crate::ground::refused::Refused;
use crate::ground::wire::basis::basis;
use crate::reference::load_reference::{LoadReference, ReferenceLoaded};

/// On which day types are to be in force; none asks for all.
pub fn in_force_on(request: &pb::ListOrganisationTypesRequest) -> Result<Option<Date>, Refusal> {
    parse::optional_date("in_force_on", request.in_force_on)
}

/// Types of organisation, from the Confederation down.
pub fn organisation_types(types: Vec<OrganisationType>) -> pb::ListOrganisationTypesResponse {
    let types = types.into_iter().map(|kind| pb::OrganisationType {
        sector_need: match kind.sector_need.as_str() {
            "NONE" => SectorNeed::None,
            "ALLOWED" => SectorNeed::Allowed,
            "REQUIRED" => SectorNeed::Required,
            _ => SectorNeed::Unspecified,
        }
        .into(),
        code: kind.code,
        name: kind.name,
        short_name: kind.short_name,
        tier: kind.tier,
        superior_types: kind.superior_types,
        in_force_from: kind.in_force_from.map(civil),
        in_force_until: kind.in_force_until.map(civil),
    });
    pb::ListOrganisationTypesResponse { types: types.collect() }
}

/// Under the names of which day sectors are asked for.
pub fn sectors_on(request: &pb::ListSectorsRequest, today: Date) -> Result<Date, Refusal> {
    Ok(parse::optional_date("as_of", request.as_of)?.unwrap_or(today))
}

/// A later version of a list.
pub fn load_reference(request: pb::LoadReferenceRequest) -> Result<LoadReference, Refusal> {
    let name = request.list().as_str_name();
    let list = name.strip_prefix("REFERENCE_LIST_").and_then(reference::list);
    Ok(LoadReference {
        list: list.ok_or_else(|| parse::required("list"))?,
        csv: request.csv,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: basis(request.basis)?,
    })
}

/// The answer of [`load_reference`].
pub fn reference_loaded(loaded: ReferenceLoaded) -> pb::LoadReferenceResponse {
    let count = |rows: i64| i32::try_from(rows).unwrap_or(i32::MAX);
    pb::LoadReferenceResponse {
        added: count(loaded.applied.added),
        ended: count(loaded.applied.ended),
        changed: count(loaded.applied.changed),
    }
}

/// Sectors and their groups, each group before its sectors.
pub fn sectors(sectors: Vec<Sector>) -> pb::ListSectorsResponse {
    let sectors = sectors.into_iter().map(|sector| pb::Sector {
        code: sector.code,
        name: sector.name,
        group_of: sector.group_of,
        is_group: sector.is_group,
    });
    pb::ListSectorsResponse { sectors: sectors.collect() }
}

/// On which day industries are to be in force; none asks for all.
pub fn industries_on(request: &pb::ListIndustriesRequest) -> Result<Option<Date>, Refusal> {
    parse::optional_date("in_force_on", request.in_force_on)
}

/// Industries, in the order of their codes.
pub fn industries(industries: Vec<Industry>) -> pb::ListIndustriesResponse {
    let industries = industries.into_iter().map(|industry| pb::Industry {
        code: industry.code,
        name: industry.name,
        name_en: industry.name_en,
        in_force_from: industry.in_force_from.map(civil),
        in_force_until: industry.in_force_until.map(civil),
    });
    pb::ListIndustriesResponse { industries: industries.collect() }
}

/// Roles, or those that have a permission.
pub fn roles(permission: &str) -> Result<pb::ListRolesResponse, Refusal> {
    let holds = |held: &BTreeSet<String>| permission.is_empty() || held.contains(permission);
    if !roles::all().values().any(holds) {
        let refused = Refused::PermissionUnknown { permission: permission.to_string() };
        return Err(refused.refusal().field("permission"));
    }
    let asked = roles::all().iter().filter(|(_, held)| holds(held));
    let roles = asked.map(|(role, held)| {
        let (meaning, meaning_vi) = roles::meaning(role).unwrap_or_default();
        pb::Role {
            code: role.clone(),
            meaning: meaning.to_string(),
            meaning_vi: meaning_vi.to_string(),
            permissions: held.iter().cloned().collect(),
        }
    });
    Ok(pb::ListRolesResponse { roles: roles.collect() })
}
