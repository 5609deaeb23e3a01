//! How people were admitted, why they left, and how steps of discipline ended, as requests say it.

use chassis::refusal::Refusal;
use feeds::membership::{AdmissionKind, ExitReason};
use proto::membership::v1 as pb;

use crate::ground::discipline::Outcome;
use crate::ground::refused::Refused;

/// How they were admitted, where it is said.
pub(crate) fn admission(field: &str, number: i32) -> Result<Option<AdmissionKind>, Refusal> {
    match pb::AdmissionKind::try_from(number) {
        Ok(pb::AdmissionKind::Unspecified) => Ok(None),
        Ok(pb::AdmissionKind::Admitted) => Ok(Some(AdmissionKind::Admitted)),
        Ok(pb::AdmissionKind::Recognised) => Ok(Some(AdmissionKind::Recognised)),
        Ok(pb::AdmissionKind::Readmitted) => Ok(Some(AdmissionKind::Readmitted)),
        Err(_) => Err(Refused::EnumValueUnknown { field: field.to_string() }.into()),
    }
}

/// Why they left, where it is said.
pub(crate) fn exit(field: &str, number: i32) -> Result<Option<ExitReason>, Refusal> {
    use pb::ExitReason as Wire;
    let reason = match Wire::try_from(number) {
        Ok(Wire::Unspecified) => return Ok(None),
        Ok(Wire::Resigned) => ExitReason::Resigned,
        Ok(Wire::Expelled) => ExitReason::Expelled,
        Ok(Wire::Died) => ExitReason::Died,
        Ok(Wire::Retired) => ExitReason::Retired,
        Ok(Wire::LeftEmployment) => ExitReason::LeftEmployment,
        Ok(Wire::BecameManager) => ExitReason::BecameManager,
        Ok(Wire::UnionEnded) => ExitReason::UnionEnded,
        Ok(Wire::LeftScope) => ExitReason::LeftScope,
        Ok(Wire::Emigrated) => ExitReason::Emigrated,
        Err(_) => return Err(Refused::EnumValueUnknown { field: field.to_string() }.into()),
    };
    Ok(Some(reason))
}

/// How a step of discipline ended, where it is said.
pub(crate) fn discipline_end(field: &str, number: i32) -> Result<Option<Outcome>, Refusal> {
    match pb::DisciplineEnd::try_from(number) {
        Ok(pb::DisciplineEnd::Unspecified) => Ok(None),
        Ok(pb::DisciplineEnd::Lifted) => Ok(Some(Outcome::Lifted)),
        Ok(pb::DisciplineEnd::Overturned) => Ok(Some(Outcome::Overturned)),
        Err(_) => Err(Refused::EnumValueUnknown { field: field.to_string() }.into()),
    }
}
