//! Requests of `ProtectionService` parsed, and its answers written out.

use chassis::parse::{self, instant};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::ground::wire::basis;
use crate::protection::erase_person::ErasePerson;
use crate::protection::export_person::{ExportPerson, Exported};
use crate::protection::records::Record;

const REASON_MAX: usize = 1_000;

pub fn export_person(request: &pb::ExportPersonRequest) -> Result<ExportPerson, Refusal> {
    Ok(ExportPerson {
        person_id: parse::id("person_id", &request.person_id)?,
        purpose: parse::text("purpose", &request.purpose, REASON_MAX)?,
    })
}

pub fn erase_person(request: pb::ErasePersonRequest) -> Result<ErasePerson, Refusal> {
    let basis = basis("basis", request.basis)?;
    if request.while_counted && basis.is_none() {
        return Err(parse::required("basis"));
    }
    Ok(ErasePerson {
        person_id: parse::id("person_id", &request.person_id)?,
        reason: parse::text("reason", &request.reason, REASON_MAX)?,
        basis,
        while_counted: request.while_counted,
    })
}

pub fn exported(exported: Exported) -> pb::ExportPersonResponse {
    pb::ExportPersonResponse {
        export_id: exported.export_id.to_string(),
        records: i32::try_from(exported.records).unwrap_or(i32::MAX),
        readable_until: Some(instant(exported.readable_until)),
    }
}

pub fn record(record: Record) -> pb::list_exported_records_response::Record {
    pb::list_exported_records_response::Record {
        kind: record.kind,
        content: record.content.to_string(),
        recorded_at: record.recorded_at.map(instant),
        replaced_at: record.replaced_at.map(instant),
    }
}
