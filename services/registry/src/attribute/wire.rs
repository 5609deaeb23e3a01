//! `attribute.proto`.

use std::collections::HashSet;

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use feeds::registry::Seal;
use proto::registry::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::attribute::begin_joint_direction::{BeginJointDirection, JointDirectionBegun};
use crate::attribute::change_aliases::{AliasesChanged, ChangeAliases};
use crate::attribute::change_territory::{ChangeTerritory, TerritoryChanged};
use crate::attribute::details::{Commune, Details};
use crate::attribute::end_joint_direction::{EndJointDirection, JointDirectionEnded};
use crate::attribute::record_seal_and_account::{
    Account, RecordSealAndAccount, SealAndAccountRecorded,
};
use crate::decision::wire as decision;
use crate::ground::reading::AsOf;
use crate::ground::refused::Refused;
use crate::ground::wire::{NAME_MAX, count, reference_code, text, texts};
use crate::organisation::found_organisation::FoundingRoute;
use crate::organisation::wire::{AS_OF, as_of};

/// Codes of one act, at most.
const COMMUNES_MAX: usize = 5_000;
/// Other names of one act, at most.
const ALIASES_MAX: usize = 50;
/// Longest number of an account.
const ACCOUNT_NUMBER_MAX: usize = 30;
/// Longest name of a bank.
const BANK_MAX: usize = 200;

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
        basis: decision::optional_basis(request.basis)?,
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
        decision_id: text(changed.decision_id),
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
        basis: decision::optional_basis(request.basis)?,
    })
}

/// A seal, and an account of a number and a bank, or none; `within` names the message that they
/// are fields of.
pub(crate) fn seal_and_account(
    within: &str,
    seal: pb::SealStatus,
    number: String,
    bank: &str,
) -> Result<(Seal, Account), Refusal> {
    let field = |name: &str| format!("{within}{name}");
    let seal = match seal {
        pb::SealStatus::Unspecified => {
            return Err(Refused::SealRequired.refusal().field(field("seal")));
        }
        pb::SealStatus::None => Seal::None,
        pb::SealStatus::InUse => Seal::InUse,
        pb::SealStatus::HandedIn => Seal::HandedIn,
        pb::SealStatus::Lost => Seal::Lost,
    };
    let bank = parse::optional_text(&field("account_bank"), bank, BANK_MAX)?.unwrap_or_default();
    let is_number =
        number.len() <= ACCOUNT_NUMBER_MAX && number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || number.is_empty() != bank.is_empty() {
        return Err(Refused::AccountInvalid.refusal().field(field("account_number")));
    }
    Ok((seal, Account { number, bank }))
}

/// The answer of [`record_seal_and_account`].
pub fn seal_and_account_recorded(
    recorded: SealAndAccountRecorded,
) -> pb::RecordSealAndAccountResponse {
    pb::RecordSealAndAccountResponse { decision_id: text(recorded.decision_id) }
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
        basis: decision::optional_basis(request.basis)?,
    })
}

/// The answer of [`change_aliases`].
pub fn aliases_changed(changed: AliasesChanged) -> pb::ChangeAliasesResponse {
    pb::ChangeAliasesResponse { decision_id: text(changed.decision_id) }
}

/// Joint direction that begins.
pub fn begin_joint_direction(
    request: pb::BeginJointDirectionRequest,
) -> Result<BeginJointDirection, Refusal> {
    Ok(BeginJointDirection {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        director_id: parse::id("director_id", &request.director_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: decision::optional_basis(request.basis)?,
    })
}

/// The answer of [`begin_joint_direction`].
pub fn joint_direction_begun(begun: JointDirectionBegun) -> pb::BeginJointDirectionResponse {
    pb::BeginJointDirectionResponse { decision_id: text(begun.decision_id) }
}

/// Joint direction that ends.
pub fn end_joint_direction(
    request: pb::EndJointDirectionRequest,
) -> Result<EndJointDirection, Refusal> {
    Ok(EndJointDirection {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        director_id: parse::id("director_id", &request.director_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: decision::optional_basis(request.basis)?,
    })
}

/// The answer of [`end_joint_direction`].
pub fn joint_direction_ended(ended: JointDirectionEnded) -> pb::EndJointDirectionResponse {
    pb::EndJointDirectionResponse { decision_id: text(ended.decision_id) }
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

/// A commune under the name of its time.
pub(crate) fn commune(commune: Commune) -> pb::Commune {
    pb::Commune { code: commune.commune, name: commune.name, province_code: commune.province_code }
}
