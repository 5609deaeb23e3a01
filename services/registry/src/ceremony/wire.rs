//! `ceremony.proto`.

use chassis::parse;
use chassis::refusal::Refusal;
use feeds::registry as fact;
use feeds::registry::Launched;
use proto::registry::v1 as pb;

use crate::ceremony::ceremonies::Ceremony;
use crate::ceremony::hold_ceremony::{CeremonyHeld, CeremonyKind, HoldCeremony};
use crate::ground::refused::Refused;

/// Organisations of one ceremony, at most.
const LAUNCHED_MAX: usize = 1_000;
const KIND_SHOWN: usize = 40;

/// A ceremony that was held.
pub fn hold_ceremony(request: pb::HoldCeremonyRequest) -> Result<HoldCeremony, Refusal> {
    let units = request.launched.len();
    if units == 0 {
        return Err(Refused::UnitsEmpty.refusal().field("launched"));
    }
    if units > LAUNCHED_MAX {
        let refused = Refused::TooManyUnits { units, limit: LAUNCHED_MAX };
        return Err(refused.refusal().field("launched"));
    }
    let kind = CeremonyKind::parse(&request.kind).ok_or_else(|| {
        Refused::CeremonyKindUnknown { kind: request.kind.chars().take(KIND_SHOWN).collect() }
            .refusal()
            .field("kind")
    })?;
    Ok(HoldCeremony {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        kind,
        held_on: parse::date("held_on", request.held_on)?,
        launched: request
            .launched
            .iter()
            .enumerate()
            .map(|(n, one)| {
                let part = |part: &str| format!("launched[{n}].{part}");
                Ok(Launched {
                    organisation_id: parse::id(&part("organisation_id"), &one.organisation_id)?,
                    decision_id: parse::optional_id(&part("decision_id"), &one.decision_id)?,
                })
            })
            .collect::<Result<_, Refusal>>()?,
    })
}

/// The answer of [`hold_ceremony`].
pub fn ceremony_held(held: CeremonyHeld) -> pb::HoldCeremonyResponse {
    pb::HoldCeremonyResponse { ceremony_id: held.ceremony_id.to_string() }
}

/// A ceremony that was read.
pub fn ceremony(ceremony: &Ceremony) -> pb::GetCeremonyResponse {
    pb::GetCeremonyResponse {
        ceremony: Some(pb::CeremonyHeld::from(fact::Ceremony {
            ceremony_id: ceremony.ceremony_id,
            organisation_id: ceremony.organisation_id,
            kind: ceremony.kind.clone(),
            held_on: ceremony.held_on,
            launched: ceremony.launched.clone(),
        })),
    }
}
