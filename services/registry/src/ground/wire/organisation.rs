//! Organisations, and what several contracts ask or say of them.

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use feeds::registry::EndKind;
use prost_types::Timestamp;
use proto::google::r#type::Date as WireDate;
use proto::registry::v1 as pb;
use time::Date;

use crate::ground::organisation::{Organisation, Status};
use crate::ground::reading::AsOf;
use crate::ground::refused::Refused;
use crate::ground::wire::{optional_instant, reference_code};

/// Units of one act, at most.
pub(crate) const UNITS_MAX: usize = 100_000;

/// What shares are parts of where nothing is said.
pub(crate) const SHARE_WHOLE: i32 = 100;

pub(crate) const SHARE_WHOLE_MAX: i32 = 1_000_000;

/// The fields of a tree date and a knowledge date.
pub(crate) const AS_OF: [&str; 2] = ["as_of", "known_at"];

/// The status, in filters, of an organisation that is founded for a later date.
pub(crate) const NOT_YET_FOUNDED: &str = "NOT_YET_FOUNDED";

/// A sector or an industry, or none where the text is empty.
pub fn classed(field: &str, text: &str) -> Result<Option<String>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    reference_code(field, text).map(Some)
}

/// Refuses a list of no unit, or of too many.
pub fn units(field: &str, units: usize) -> Result<(), Refusal> {
    if units == 0 {
        return Err(Refused::UnitsEmpty.refusal().field(field));
    }
    if units > UNITS_MAX {
        let refused = Refused::TooManyUnits { units, limit: UNITS_MAX };
        return Err(refused.refusal().field(field));
    }
    Ok(())
}

/// What shares are parts of.
pub fn share_whole(field: &str, whole: i32) -> Result<i32, Refusal> {
    match whole {
        0 => Ok(SHARE_WHOLE),
        1..=SHARE_WHOLE_MAX => Ok(whole),
        _ => Err(Refused::ShareInvalid { share: whole, whole }.refusal().field(field)),
    }
}

/// A part of the whole.
pub fn share(field: &str, share: i32, whole: i32) -> Result<i32, Refusal> {
    if (1..=whole).contains(&share) {
        return Ok(share);
    }
    Err(Refused::ShareInvalid { share, whole }.refusal().field(field))
}

/// How an organisation ended; it must be said.
pub fn end_kind(field: &str, kind: pb::EndKind) -> Result<EndKind, Refusal> {
    match kind {
        pb::EndKind::Unspecified => Err(Refused::EndKindRequired.refusal().field(field)),
        pb::EndKind::Dissolved => Ok(EndKind::Dissolved),
        pb::EndKind::Merged => Ok(EndKind::Merged),
        pb::EndKind::Consolidated => Ok(EndKind::Consolidated),
        pb::EndKind::Divided => Ok(EndKind::Divided),
        pb::EndKind::Terminated => Ok(EndKind::Terminated),
    }
}

/// A tree date and a knowledge date, with their defaults; `fields` name them.
pub(crate) fn as_of(
    fields: [&str; 2],
    on: Option<WireDate>,
    known_at: Option<Timestamp>,
    today: Date,
) -> Result<AsOf, Refusal> {
    let on = parse::optional_date(fields[0], on)?.unwrap_or(today);
    let known_at = optional_instant(fields[1], known_at)?;
    Ok(AsOf { on, known_at, is_now: on == today && known_at.is_none() })
}

/// An organisation that was read.
pub fn organisation(organisation: Organisation) -> pb::Organisation {
    let status = match organisation.status {
        Status::NotYetFounded => pb::OrganisationStatus::NotYetFounded,
        Status::Active => pb::OrganisationStatus::Active,
        Status::Suspended => pb::OrganisationStatus::Suspended,
        Status::Ended => pb::OrganisationStatus::Ended,
    };
    let end_kind = organisation.end_kind.map_or(pb::EndKind::Unspecified, pb::EndKind::from);
    pb::Organisation {
        organisation_id: organisation.organisation_id.to_string(),
        code: organisation.code,
        name: organisation.name,
        short_name: organisation.short_name,
        r#type: organisation.type_code,
        sector: organisation.sector.unwrap_or_default(),
        industry: organisation.industry.unwrap_or_default(),
        superior_id: id_or_empty(organisation.superior_id),
        founded_on: Some(civil(organisation.founded_on)),
        status: status.into(),
        status_from: organisation.status_from.map(civil),
        ended_on: organisation.ended_on.map(civil),
        end_kind: end_kind.into(),
        principal_successor_id: id_or_empty(organisation.principal_successor_id),
    }
}

/// Organisations that were read.
pub fn organisations(organisations: Vec<Organisation>) -> Vec<pb::Organisation> {
    organisations.into_iter().map(organisation).collect()
}
