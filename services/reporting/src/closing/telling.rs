//! What reporting's feed tells of closed periods.

use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;

use crate::closing::closings::Closing;
use crate::ground::wire::period_out;

/// A period is closed, or closed again.
pub fn period_closed(closing: &Closing) -> What {
    What::PeriodClosed(pb::PeriodClosed {
        closing_id: closing.closing_id.to_string(),
        organisation_id: closing.organisation_id.to_string(),
        period: Some(period_out(closing.period)),
        revision: closing.revision,
        digest: closing.digest.clone(),
    })
}
