//! Requests of `IdentityService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::google::r#type::Date as WireDate;
use proto::membership::v1 as pb;

use crate::ground::document::{Ended, Valid};
use crate::ground::keys::Keys;
use crate::ground::refused::Refused;
use crate::ground::wire::{NAME_MAX, basis, identity, warnings};
use crate::identity::add_alias::{self, AddAlias};
use crate::identity::add_document::{AddDocument, Added};
use crate::identity::end_alias::EndAlias;
use crate::identity::end_document::EndDocument;
use crate::identity::{aliases, documents};

fn valid(from_on: Option<WireDate>, until_on: Option<WireDate>) -> Result<Valid, Refusal> {
    let from_on = parse::optional_date("from_on", from_on)?;
    let until_on = parse::optional_date("until_on", until_on)?;
    let valid = Valid { from_on, until_on };
    valid.check("until_on")?;
    Ok(valid)
}

pub fn add_document(
    request: pb::AddIdentityDocumentRequest,
    keys: &Arc<Keys>,
) -> Result<AddDocument, Refusal> {
    let field = |field: &str| field.to_string();
    let (number, kind) = (&request.identity_number, request.identity_kind);
    Ok(AddDocument {
        keys: keys.clone(),
        person_id: parse::id("person_id", &request.person_id)?,
        identity: identity(field, number, kind, &request.identity_country)?
            .ok_or_else(|| parse::required("identity_number"))?,
        valid: valid(request.from_on, request.until_on)?,
        replaces_id: parse::optional_id("replaces_id", &request.replaces_id)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn end_document(
    request: pb::EndIdentityDocumentRequest,
    keys: &Arc<Keys>,
) -> Result<EndDocument, Refusal> {
    let ended_as = match pb::DocumentEnd::try_from(request.ended_as) {
        Ok(pb::DocumentEnd::Cancelled) => Ended::Cancelled,
        Ok(pb::DocumentEnd::Lost) => Ended::Lost,
        Ok(pb::DocumentEnd::Unspecified) => return Err(parse::required("ended_as")),
        // What replaces it says so.
        Ok(pb::DocumentEnd::Replaced) | Err(_) => {
            return Err(Refused::EnumValueUnknown { field: "ended_as".to_string() }.into());
        }
    };
    Ok(EndDocument {
        keys: keys.clone(),
        person_id: parse::id("person_id", &request.person_id)?,
        document_id: parse::id("document_id", &request.document_id)?,
        ended_as,
        on: parse::date("effective_on", request.effective_on)?,
        basis: basis("basis", request.basis)?,
    })
}

pub fn add_alias(request: &pb::AddAliasRequest) -> Result<AddAlias, Refusal> {
    Ok(AddAlias {
        person_id: parse::id("person_id", &request.person_id)?,
        name: parse::text("name", &request.name, NAME_MAX)?,
        valid: valid(request.from_on, request.until_on)?,
    })
}

pub fn end_alias(request: &pb::EndAliasRequest) -> Result<EndAlias, Refusal> {
    Ok(EndAlias {
        person_id: parse::id("person_id", &request.person_id)?,
        alias_id: parse::id("alias_id", &request.alias_id)?,
        on: parse::date("effective_on", request.effective_on)?,
    })
}

pub fn document_added(added: Added) -> pb::AddIdentityDocumentResponse {
    pb::AddIdentityDocumentResponse {
        document_id: added.document_id.to_string(),
        warnings: warnings(added.warnings),
    }
}

pub fn alias_added(added: add_alias::Added) -> pb::AddAliasResponse {
    pb::AddAliasResponse { alias_id: added.alias_id.to_string() }
}

pub fn document(document: documents::Listed) -> pb::IdentityDocument {
    pb::IdentityDocument {
        document_id: document.document_id.to_string(),
        kind: i32::from(document.kind),
        country: document.country.unwrap_or_default(),
        number: document.number,
        from_on: document.from_on.map(civil),
        until_on: document.until_on.map(civil),
        ended_as: document.ended_as.map_or(0, i32::from),
        replaced_by_id: id_or_empty(document.replaced_by_id),
    }
}

pub fn alias(alias: aliases::Listed) -> pb::Alias {
    pb::Alias {
        alias_id: alias.alias_id.to_string(),
        name: alias.name,
        from_on: alias.from_on.map(civil),
        until_on: alias.until_on.map(civil),
    }
}
