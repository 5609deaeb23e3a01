//! `life_cycle.proto`.

use chassis::parse::{self, id_or_empty};
use chassis::refusal::Refusal;
use feeds::registry::Recognition;
use proto::registry::v1 as pb;

use crate::ground::refused::Refused;
use crate::ground::wire::basis::basis;
use crate::ground::wire::organisation::{classed, share, share_whole, units};
use crate::ground::wire::seats::new_offices;
use crate::ground::wire::{NAME_MAX, SHORT_NAME_MAX, code, reference_code, texts};
use crate::life_cycle::change_type::{ChangeType, TypeChanged};
use crate::life_cycle::recognise_organisation::{RecogniseOrganisation, Recognised};
use crate::life_cycle::split_off::{Part, SplitOff, SplitOffDone};

/// Parts of one split-off, at most.
const PARTS_MAX: usize = 100;

/// What is to be recognised.
pub fn recognise(
    request: pb::RecogniseOrganisationRequest,
) -> Result<RecogniseOrganisation, Refusal> {
    let recognition = match request.kind() {
        pb::RecognitionKind::Unspecified => {
            return Err(Refused::RecognitionKindRequired.refusal().field("kind"));
        }
        pb::RecognitionKind::Organisation => Recognition::Organisation,
        pb::RecognitionKind::Executive => Recognition::Executive,
    };
    Ok(RecogniseOrganisation {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        recognition,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: basis(request.basis)?,
    })
}

/// The answer of [`recognise`].
pub fn recognised(recognised: Recognised) -> pb::RecogniseOrganisationResponse {
    pb::RecogniseOrganisationResponse { decision_id: id_or_empty(recognised.decision_id) }
}

/// An organisation's new type.
pub fn change_type(request: pb::ChangeTypeRequest) -> Result<ChangeType, Refusal> {
    Ok(ChangeType {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        type_code: reference_code("type", &request.r#type)?,
        sector: classed("sector", &request.sector)?,
        superior_id: parse::optional_id("superior_id", &request.superior_id)?,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: basis(request.basis)?,
    })
}

/// The answer of [`change_type`].
pub fn type_changed(changed: TypeChanged) -> pb::ChangeTypeResponse {
    pb::ChangeTypeResponse { decision_id: id_or_empty(changed.decision_id) }
}

/// Organisations to be split off.
pub fn split_off(request: pb::SplitOffRequest) -> Result<SplitOff, Refusal> {
    units("parts", request.parts.len())?;
    if request.parts.len() > PARTS_MAX {
        let refused = Refused::TooManyUnits { units: request.parts.len(), limit: PARTS_MAX };
        return Err(refused.refusal().field("parts"));
    }
    let whole = share_whole("share_whole", request.share_whole)?;
    let parts: Vec<Part> = request
        .parts
        .into_iter()
        .enumerate()
        .map(|(n, one)| part(n, one, whole))
        .collect::<Result<_, _>>()?;
    let shares = parts.iter().map(|part| i64::from(part.share)).sum();
    // Who lives on keeps a part.
    if shares >= i64::from(whole) {
        return Err(Refused::SharesNotWhole { shares, whole }.refusal().field("parts"));
    }
    Ok(SplitOff {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        parts,
        share_whole: whole,
        effective_on: parse::optional_date("effective_on", request.effective_on)?,
        basis: basis(request.basis)?,
    })
}

fn part(n: usize, part: pb::split_off_request::Part, whole: i32) -> Result<Part, Refusal> {
    let at = |name: &str| format!("parts[{n}].{name}");
    Ok(Part {
        code: code(&at("code"), &part.code)?,
        name: parse::text(&at("name"), &part.name, NAME_MAX)?,
        short_name: parse::optional_text(&at("short_name"), &part.short_name, SHORT_NAME_MAX)?
            .unwrap_or_default(),
        type_code: match part.r#type.as_str() {
            "" => None,
            given => Some(reference_code(&at("type"), given)?),
        },
        sector: classed(&at("sector"), &part.sector)?,
        industry: classed(&at("industry"), &part.industry)?,
        share: share(&at("share"), part.share, whole)?,
        offices: new_offices(&at("offices"), None, part.offices)?,
    })
}

/// The answer of [`split_off`].
pub fn split(done: SplitOffDone) -> pb::SplitOffResponse {
    pb::SplitOffResponse {
        organisation_ids: texts(&done.organisation_ids),
        decision_id: id_or_empty(done.decision_id),
    }
}
