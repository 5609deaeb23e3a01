//! Requests of `HonourService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::ground::keys::Keys;
use crate::ground::refused::Refused;
use crate::ground::roll::Roll;
use crate::ground::wire::{TITLE_MAX, basis, each, person_line, warnings};
use crate::honour::honours::Honour;
use crate::honour::record_honours::{Detail, Issuer, RecordHonours, Recorded};

pub fn record_honours(
    request: pb::RecordHonoursRequest,
    keys: &Arc<Keys>,
) -> Result<RecordHonours, Refusal> {
    let honoured_on = parse::date("honoured_on", request.honoured_on)?;
    let lines = each("lines", request.lines, |field, line| {
        let of_person = |name: &str| match name {
            "" => field("person"),
            name => field(&format!("person.{name}")),
        };
        let Some(person) = line.person else { return Err(parse::required(&field("person"))) };
        let person = person_line(&of_person, person, honoured_on)?;
        let title = parse::optional_text(&field("title"), &line.title, TITLE_MAX)?;
        Ok((person, Detail { direct_production: line.direct_production, title }))
    })?;
    let (lines, details) = lines.into_iter().unzip();
    Ok(RecordHonours {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        kind: request.kind,
        level: request.level,
        issuer: issuer(&request.issuer_id, &request.issuer_name)?,
        honoured_on,
        basis: basis("basis", request.basis)?,
        roll: Roll { list: "lines", within: "person.", lines },
        details,
    })
}

fn issuer(id: &str, name: &str) -> Result<Issuer, Refusal> {
    let id = parse::optional_id("issuer_id", id)?;
    let name = parse::optional_text("issuer_name", name, TITLE_MAX)?;
    match (id, name) {
        (Some(_), Some(_)) => Err(Refused::IssuerAmbiguous.into()),
        (Some(id), None) => Ok(Issuer::Organisation(id)),
        (None, Some(name)) => Ok(Issuer::Named(name)),
        (None, None) => Ok(Issuer::Itself),
    }
}

pub fn recorded(recorded: Recorded) -> pb::RecordHonoursResponse {
    pb::RecordHonoursResponse {
        honour_id: recorded.honour_id.to_string(),
        person_ids: recorded.person_ids.iter().map(ToString::to_string).collect(),
        warnings: warnings(recorded.warnings),
    }
}

pub fn honour(honour: Honour) -> pb::Honour {
    pb::Honour {
        honour_id: honour.honour_id.to_string(),
        person_id: honour.person_id.to_string(),
        organisation_id: honour.organisation_id.to_string(),
        kind: honour.kind,
        level: honour.level,
        issuer_id: id_or_empty(honour.issuer_id),
        issuer_name: honour.issuer_name.unwrap_or_default(),
        honoured_on: Some(civil(honour.honoured_on)),
        direct_production: honour.direct_production,
        initiative_id: id_or_empty(honour.initiative_id),
        title: honour.title.unwrap_or_default(),
        decision_id: id_or_empty(honour.decision_id),
    }
}
