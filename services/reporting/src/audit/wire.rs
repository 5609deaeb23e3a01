//! Audits, between the contract and the acts.

use chassis::parse::{self, civil, instant};
use chassis::refusal::Refusal;
use proto::reporting::v1 as pb;
use time::Date;

use crate::audit::audits::{Audit, Difference};
use crate::audit::begin_audit::{BeginAudit, Begun};
use crate::audit::cancel_audit::{CancelAudit, Cancelled};
use crate::audit::heads::{month_of, next_month};
use crate::ground::period::Period;
use crate::ground::wire as ground;

/// What is asked for.
pub fn begin_audit(asked: &pb::BeginAuditRequest, today: Date) -> Result<BeginAudit, Refusal> {
    let period = ground::period(asked.period)?;
    Ok(BeginAudit {
        organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
        levels: asked.levels,
        from_on: month_of(period.from),
        until_on: next_month(period.through).unwrap_or(Date::MAX),
        as_of: parse::optional_date("as_of", asked.as_of)?.unwrap_or(today),
    })
}

/// It was asked for.
pub fn begun(begun: Begun) -> pb::BeginAuditResponse {
    pb::BeginAuditResponse { audit_id: begun.audit_id.to_string() }
}

/// What is not wanted any more.
pub fn cancel_audit(asked: &pb::CancelAuditRequest) -> Result<CancelAudit, Refusal> {
    Ok(CancelAudit { audit_id: parse::id("audit_id", &asked.audit_id)? })
}

/// What became of it.
pub fn cancelled(cancelled: Cancelled) -> pb::CancelAuditResponse {
    pb::CancelAuditResponse { state: i32::from(cancelled.state) }
}

/// An audit.
pub fn audit(audit: Audit) -> pb::Audit {
    let through = audit.until_on.previous_day().unwrap_or(audit.until_on);
    let positions = audit.positions.map(|positions| positions.0).unwrap_or_default();
    pb::Audit {
        audit_id: audit.audit_id.to_string(),
        organisation_id: audit.organisation_id.to_string(),
        levels: audit.levels,
        period: Some(ground::period_out(Period { from: audit.from_on, through })),
        as_of: Some(civil(audit.as_of)),
        periodic: audit.periodic,
        state: i32::from(audit.state),
        asked_at: Some(instant(audit.asked_at)),
        finished_at: audit.finished_at.map(instant),
        steps_done: audit.steps_done,
        steps: audit.steps.unwrap_or_default(),
        cells: audit.cells.unwrap_or_default(),
        differing: audit.differing.unwrap_or_default(),
        feed_positions: positions
            .into_iter()
            .map(|(source, position)| pb::FeedPosition { source, position })
            .collect(),
        refusal: audit.reason.map(|reason| pb::audit::Refusal {
            reason,
            vi: audit.vi.unwrap_or_default(),
            en: audit.en.unwrap_or_default(),
        }),
    }
}

/// A cell that differs.
pub fn difference(difference: Difference) -> pb::AuditDifference {
    pb::AuditDifference {
        check: i32::from(difference.checked),
        code: difference.code,
        denominator: difference.denominator,
        organisation_id: difference.organisation_id.to_string(),
        month: Some(civil(difference.month)),
        as_of: difference.as_of.map(civil),
        answered: difference.answered,
        counted: difference.counted,
    }
}
