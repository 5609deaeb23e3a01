//! Exports, between the contract and the acts.

use chassis::parse::{self, civil, instant};
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;

use crate::export::cancel_export::{CancelExport, Cancelled};
use crate::export::export_members::{Asked, ExportMembers};
use crate::export::exports::Export;
use crate::ground::api::{as_of, known_at};
use crate::ground::file;

/// What is asked for.
pub fn export_members(
    asked: &pb::ExportMembersRequest,
    most: u32,
) -> Result<ExportMembers, Refusal> {
    Ok(ExportMembers {
        export_id: parse::id("request_id", &asked.request_id)?,
        organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
        with_subtree: asked.with_subtree,
        as_of: as_of(asked.as_of)?,
        known_at: known_at(asked.known_at)?,
        format: file::format(asked.format)?,
        with_identity: asked.with_identity,
        most,
    })
}

/// It was asked for.
pub fn asked(asked: Asked) -> pb::ExportMembersResponse {
    pb::ExportMembersResponse { export_id: asked.export_id.to_string() }
}

/// What is not wanted any more.
pub fn cancel_export(asked: &pb::CancelExportRequest) -> Result<CancelExport, Refusal> {
    Ok(CancelExport { export_id: parse::id("export_id", &asked.export_id)? })
}

/// What became of it.
pub fn cancelled(cancelled: Cancelled) -> pb::CancelExportResponse {
    pb::CancelExportResponse { state: i32::from(cancelled.state) }
}

/// How far an export is.
pub fn export(export: Export) -> pb::Export {
    pb::Export {
        export_id: export.export_id.to_string(),
        organisation_id: export.organisation_id.to_string(),
        with_subtree: export.with_subtree,
        as_of: Some(civil(export.as_of)),
        format: i32::from(export.format),
        with_identity: export.with_identity,
        state: i32::from(export.state),
        lines_written: export.lines_written,
        lines: export.lines.unwrap_or_default(),
        bytes: export.bytes,
        asked_at: Some(instant(export.asked_at)),
        kept_until: export.kept_until.map(instant),
        refusal: export.reason.map(|reason| pb::export::Refusal {
            reason,
            vi: export.vi.unwrap_or_default(),
            en: export.en.unwrap_or_default(),
        }),
    }
}
