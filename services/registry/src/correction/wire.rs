//! `correction.proto`.

use chassis::parse::{self, id_or_empty};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use proto::registry::v1::correct_organisation_request::Attribute as Given;

use crate::correction::correct_organisation::{Attribute, CorrectOrganisation, Corrected};
use crate::correction::undo_act::{ActUndone, UndoAct};
use crate::ground::refused::Refused;
use crate::ground::wire::attributes::seal_and_account;
use crate::ground::wire::basis::optional_basis;
use crate::ground::wire::{NAME_MAX, SHORT_NAME_MAX, code, reference_code};

const REASON_MAX: usize = 1_000;

/// A correction.
pub fn correct(request: pb::CorrectOrganisationRequest) -> Result<CorrectOrganisation, Refusal> {
    let missing = || Refused::AttributeRequired.refusal().field("attribute");
    let attribute = match request.attribute.ok_or_else(missing)? {
        Given::SuperiorId(id) => Attribute::Superior(parse::id("superior_id", &id)?),
        Given::Name(given) => Attribute::Name(
            parse::text("name.name", &given.name, NAME_MAX)?,
            parse::optional_text("name.short_name", &given.short_name, SHORT_NAME_MAX)?
                .unwrap_or_default(),
        ),
        Given::Type(given) => Attribute::Type(reference_code("type", &given)?),
        Given::Sector(given) => Attribute::Sector(reference_code("sector", &given)?),
        Given::Industry(given) => Attribute::Industry(reference_code("industry", &given)?),
        Given::Code(given) => Attribute::Code(code("code", &given)?),
        Given::Status(given) => Attribute::Status(reference_code("status", &given)?),
        Given::FoundedOn(on) => Attribute::FoundedOn(parse::date("founded_on", Some(on))?),
        Given::EndedOn(on) => Attribute::EndedOn(parse::date("ended_on", Some(on))?),
        Given::Territory(given) => Attribute::Territory {
            commune: reference_code("territory.commune", &given.commune)?,
            held: given.held,
        },
        Given::SealAndAccount(given) => {
            let (seal, account) = seal_and_account(
                "seal_and_account.",
                given.seal(),
                given.account_number,
                &given.account_bank,
            )?;
            Attribute::Seal(seal, account)
        }
        Given::Alias(given) => Attribute::Alias {
            alias: parse::text("alias.alias", &given.alias, NAME_MAX)?,
            known: given.known,
        },
        Given::JointDirection(given) => Attribute::Director {
            director_id: parse::id("joint_direction.director_id", &given.director_id)?,
            directs: given.directs,
        },
    };
    Ok(CorrectOrganisation {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        attribute,
        from_on: parse::optional_date("from_on", request.from_on)?,
        until_on: parse::optional_date("until_on", request.until_on)?,
        basis: optional_basis(request.basis)?,
        reason: parse::optional_text("reason", &request.reason, REASON_MAX)?.unwrap_or_default(),
    })
}

/// The answer of [`correct`].
pub fn corrected(corrected: Corrected) -> pb::CorrectOrganisationResponse {
    let decision_id = id_or_empty(corrected.decision_id);
    pb::CorrectOrganisationResponse { decision_id }
}

/// An act to be undone.
pub fn undo(request: pb::UndoActRequest) -> Result<UndoAct, Refusal> {
    Ok(UndoAct { act_id: parse::id("act_id", &request.act_id)? })
}

/// The answer of [`undo`].
pub fn undone(undone: ActUndone) -> pb::UndoActResponse {
    pb::UndoActResponse { organisations: i32::try_from(undone.organisations).unwrap_or(i32::MAX) }
}
