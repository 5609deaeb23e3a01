//! Requests of `WelfareService` parsed, and its answers written out.

use std::sync::Arc;

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::ground::keys::Keys;
use crate::ground::refused::Refused;
use crate::ground::roll::Roll;
use crate::ground::welfare::Kind;
use crate::ground::wire::{basis, each, person_line, warnings};
use crate::welfare::give_welfare::{Gave, GiveWelfare};
use crate::welfare::given::Given;

pub fn give_welfare(
    request: pb::GiveWelfareRequest,
    keys: &Arc<Keys>,
) -> Result<GiveWelfare, Refusal> {
    let kind = match pb::WelfareKind::try_from(request.kind) {
        Ok(pb::WelfareKind::Visit) => Kind::Visit,
        Ok(pb::WelfareKind::Aid) => Kind::Aid,
        Ok(pb::WelfareKind::Loan) => Kind::Loan,
        Ok(pb::WelfareKind::HealthCare) => Kind::HealthCare,
        Ok(pb::WelfareKind::Unspecified) => return Err(parse::required("kind")),
        Err(_) => return Err(Refused::EnumValueUnknown { field: "kind".to_string() }.into()),
    };
    let given_on = parse::date("given_on", request.given_on)?;
    let lines = each("lines", request.lines, |field, line| {
        let of_person = |name: &str| match name {
            "" => field("person"),
            name => field(&format!("person.{name}")),
        };
        let Some(person) = line.person else { return Err(parse::required(&field("person"))) };
        Ok((person_line(&of_person, person, given_on)?, line.amount_vnd))
    })?;
    let (lines, amounts) = lines.into_iter().unzip();
    Ok(GiveWelfare {
        keys: keys.clone(),
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        kind,
        occasion: request.occasion,
        source: request.source,
        given_on,
        due_on: parse::optional_date("due_on", request.due_on)?,
        basis: basis("basis", request.basis)?,
        roll: Roll { list: "lines", within: "person.", lines },
        amounts,
    })
}

pub fn gave(gave: Gave) -> pb::GiveWelfareResponse {
    pb::GiveWelfareResponse {
        welfare_id: gave.welfare_id.to_string(),
        person_ids: gave.person_ids.iter().map(ToString::to_string).collect(),
        amount_vnd: gave.amount_vnd,
        warnings: warnings(gave.warnings),
    }
}

pub fn given(given: Given) -> pb::list_welfare_response::Given {
    pb::list_welfare_response::Given {
        welfare_id: given.welfare_id.to_string(),
        person_id: given.person_id.to_string(),
        kind: i32::from(given.kind),
        occasion: given.occasion,
        source: given.source,
        given_on: Some(civil(given.given_on)),
        due_on: given.due_on.map(civil),
        amount_vnd: given.amount_vnd,
        decision_id: id_or_empty(given.decision_id),
    }
}
