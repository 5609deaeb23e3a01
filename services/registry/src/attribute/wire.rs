//! `attribute.proto`.

use std::collections::HashSet;

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::attribute::begin_joint_direction::{BeginJointDirection, JointDirectionBegun};
use crate::attribute::change_aliases::{AliasesChanged, ChangeAliases};
use crate::attribute::change_territory::{ChangeTerritory, TerritoryChanged};
use crate::attribute::details::Details;
use crate::attribute::end_joint_direction::{EndJointDirection, JointDirectionEnded};
use crate::attribute::record_seal_and_account::{RecordSealAndAccount, SealAndAccountRecorded};
use crate::ground::attributes::FoundingRoute;
use crate::ground::reading::AsOf;
use crate::ground::refused::Refused;
use crate::ground::wire::attributes::{commune, seal_and_account};
use crate::ground::wire::basis::optional_basis;
use crate::ground::wire::organisation::{AS_OF, as_of};
use crate::ground::wire::{NAME_MAX, count, reference_code, texts};

/// Codes of one act, at most.
const COMMUNES_MAX: usize = 5_000;
/// Other names of one act, at most.
const ALIASES_MAX: usize = 50;

/// Communes that come and leave.
pub fn change_territory(request: pb::ChangeTerritoryRequest) -> Result<ChangeTerritory, Refusal> {
    let communes = request.communes_added.len()
        + request.provinces_added.len()
        + request.districts_added.len()
        + request.communes_left.len();
    if communes == 0 {
        return Err(Refused::TerritoryUnchanged.refusal().field("communes_added"));
    }
    if communes > COMMUNES_MAX {
        let refused = Refused::TooManyCommunes { communes, limit: COMMUNES_MAX };
        return Err(refused.refusal().field("communes_added"));
    }
    let mut named = HashSet::new();
    let mut once = |field: &str, codes: &[String]| -> Result<Vec<String>, Refusal> {
        let at = |n: usize| format!("{field}[{n}]");
        codes
            .iter()
            .enumerate()
            .map(|(n, given)| {
                let commune = reference_code(&at(n), given)?;
                if !named.insert(commune.clone()) {
                    return Err(Refused::CommuneRepeated { commune }.refusal().field(at(n)));
                }
                Ok(commune)
            })
            .collect()
    };
    let added = once("communes_added", &request.communes_added)?;
    let left = once("communes_left", &request.communes_left)?;
    Ok(ChangeTerritory {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        added,
        left,
        provinces: codes("provinces_added", &request.provinces_added)?,
        districts: codes("districts_added", &request.districts_added)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

fn codes(field: &str, codes: &[String]) -> Result<Vec<String>, Refusal> {
    codes
        .iter()
        .enumerate()
        .map(|(n, given)| reference_code(&format!("{field}[{n}]"), given))
        .collect()
}

/// The answer of [`change_territory`].
pub fn territory_changed(changed: TerritoryChanged) -> pb::ChangeTerritoryResponse {
    pb::ChangeTerritoryResponse {
        decision_id: id_or_empty(changed.decision_id),
        communes_added: count(changed.added),
        communes_left: count(changed.left),
    }
}

/// Seal and account.
pub fn record_seal_and_account(
    request: pb::RecordSealAndAccountRequest,
) -> Result<RecordSealAndAccount, Refusal> {
    let (seal, account) =
        seal_and_account("", request.seal(), request.account_number, &request.account_bank)?;
    Ok(RecordSealAndAccount {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        seal,
        account,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`record_seal_and_account`].
pub fn seal_and_account_recorded(
    recorded: SealAndAccountRecorded,
) -> pb::RecordSealAndAccountResponse {
    pb::RecordSealAndAccountResponse { decision_id: id_or_empty(recorded.decision_id) }
}

/// Other names.
pub fn change_aliases(request: pb::ChangeAliasesRequest) -> Result<ChangeAliases, Refusal> {
    let aliases = request.added.len() + request.dropped.len();
    if aliases == 0 {
        return Err(Refused::AliasesUnchanged.refusal().field("added"));
    }
    if aliases > ALIASES_MAX {
        let refused = Refused::TooManyAliases { aliases, limit: ALIASES_MAX };
        return Err(refused.refusal().field("added"));
    }
    let names = |field: &str, names: &[String]| -> Result<Vec<String>, Refusal> {
        names
            .iter()
            .enumerate()
            .map(|(n, name)| parse::text(&format!("{field}[{n}]"), name, NAME_MAX))
            .collect()
    };
    Ok(ChangeAliases {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        added: names("added", &request.added)?,
        dropped: names("dropped", &request.dropped)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`change_aliases`].
pub fn aliases_changed(changed: AliasesChanged) -> pb::ChangeAliasesResponse {
    pb::ChangeAliasesResponse { decision_id: id_or_empty(changed.decision_id) }
}

/// Joint direction that begins.
pub fn begin_joint_direction(
    request: pb::BeginJointDirectionRequest,
) -> Result<BeginJointDirection, Refusal> {
    Ok(BeginJointDirection {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        director_id: parse::id("director_id", &request.director_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`begin_joint_direction`].
pub fn joint_direction_begun(begun: JointDirectionBegun) -> pb::BeginJointDirectionResponse {
    pb::BeginJointDirectionResponse { decision_id: id_or_empty(begun.decision_id) }
}

/// Joint direction that ends.
pub fn end_joint_direction(
    request: pb::EndJointDirectionRequest,
) -> Result<EndJointDirection, Refusal> {
    Ok(EndJointDirection {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        director_id: parse::id("director_id", &request.director_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: optional_basis(request.basis)?,
    })
}

/// The answer of [`end_joint_direction`].
pub fn joint_direction_ended(ended: JointDirectionEnded) -> pb::EndJointDirectionResponse {
    pb::EndJointDirectionResponse { decision_id: id_or_empty(ended.decision_id) }
}

/// Whose details, as of when.
pub fn get_details(
    request: pb::GetOrganisationDetailsRequest,
    today: Date,
) -> Result<(Uuid, AsOf), Refusal> {
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    Ok((organisation_id, as_of(AS_OF, request.as_of, request.known_at, today)?))
}

/// Details that were read.
pub fn details(details: Details) -> pb::OrganisationDetails {
    let route = match details.founding_route {
        None => pb::FoundingRoute::Unspecified,
        Some(FoundingRoute::Congress) => pb::FoundingRoute::Congress,
        Some(FoundingRoute::Appointment) => pb::FoundingRoute::Appointment,
    };
    pb::OrganisationDetails {
        organisation_id: details.organisation_id.to_string(),
        territory: details.territory.into_iter().map(commune).collect(),
        seal: details.seal.map_or(pb::SealStatus::Unspecified, pb::SealStatus::from).into(),
        account_number: details.account.number,
        account_bank: details.account.bank,
        aliases: details.aliases,
        director_ids: texts(&details.director_ids),
        founding_route: route.into(),
        recognised_on: details.recognised_on.map(civil),
        executive_recognised_on: details.executive_recognised_on.map(civil),
    }
}
