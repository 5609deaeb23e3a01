//! Closings, written out; and an export, as whoever verifies it reads it.

use chassis::parse::{civil, id_or_empty, instant};
use chassis::signing::PublicKey;
use proto::google::r#type::Date as WireDate;
use proto::reporting::v1 as pb;

use crate::closing::chain::{Cell, Header, Signed, Verified, verify};
use crate::closing::closings::Closing;
use crate::closing::differences::Difference;
use crate::ground::wire::period_out;

/// A closing.
pub fn closing(closing: &Closing) -> pb::Closing {
    pb::Closing {
        closing_id: closing.closing_id.to_string(),
        organisation_id: closing.organisation_id.to_string(),
        organisation_name: closing.organisation_name.clone(),
        period: Some(period_out(closing.period)),
        revision: closing.revision,
        earlier_closing_id: id_or_empty(closing.earlier_id),
        tree_on: Some(civil(closing.tree_on)),
        known_at: Some(instant(closing.known_at)),
        feed_positions: closing
            .positions
            .iter()
            .map(|(source, position)| pb::FeedPosition {
                source: source.clone(),
                position: *position,
            })
            .collect(),
        cells: closing.cells,
        digest: closing.digest.clone(),
        earlier_digest: closing.earlier_digest.clone(),
        key_id: closing.signed.key_id.clone(),
        signature: closing.signed.signature.clone(),
        actor: closing.actor.clone(),
        reason: closing.reason.clone(),
        decision_id: id_or_empty(closing.decision_id),
        waived_reports: closing.reports.waived,
        approved_reports: closing.reports.approved,
    }
}

/// A cell at its place.
pub fn cell((place, cell): &(i32, Cell)) -> pb::ClosingCell {
    pb::ClosingCell {
        place: *place,
        indicator: cell.indicator.clone(),
        line: cell.line.clone(),
        name: cell.name.clone(),
        value: cell.value,
        denominator: cell.denominator,
    }
}

/// A cell that is another one.
pub fn difference(difference: &Difference) -> pb::list_closing_differences_response::Difference {
    pb::list_closing_differences_response::Difference {
        indicator: difference.indicator.clone(),
        line: difference.line.clone(),
        name: difference.name.clone(),
        closed_value: difference.closed.0,
        closed_denominator: difference.closed.1,
        value: difference.other.0,
        denominator: difference.other.1,
    }
}

/// What verifying found.
pub fn verified(verified: Verified) -> pb::VerifyClosingResponse {
    pb::VerifyClosingResponse {
        valid: verified.valid(),
        chain_holds: verified.chain_holds,
        signature_holds: verified.signature_holds,
        digest: verified.digest,
    }
}

/// A key.
pub fn key(key: PublicKey) -> pb::list_closing_keys_response::Key {
    pb::list_closing_keys_response::Key {
        key_id: key.key_id,
        public_key: key.public_key,
        from_on: Some(civil(key.from_on)),
    }
}

fn day(date: Option<WireDate>) -> String {
    let date = date.unwrap_or_default();
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// Verifies an export with keys alone, and asks nobody.
pub fn verify_export(
    export: &pb::ClosingExport,
    keys: &[pb::list_closing_keys_response::Key],
) -> Verified {
    let closing = export.closing.clone().unwrap_or_default();
    let period = closing.period.unwrap_or_default();
    let known_at = closing.known_at.unwrap_or_default();
    let header = Header {
        closing_id: closing.closing_id,
        organisation_id: closing.organisation_id,
        organisation_name: closing.organisation_name,
        from_on: day(period.from_on),
        through_on: day(period.through_on),
        revision: closing.revision,
        earlier_closing_id: closing.earlier_closing_id,
        earlier_digest: closing.earlier_digest,
        tree_on: day(closing.tree_on),
        known_at: i128::from(known_at.seconds) * 1_000_000 + i128::from(known_at.nanos / 1_000),
        positions: closing
            .feed_positions
            .into_iter()
            .map(|position| (position.source, position.position))
            .collect(),
        cells: usize::try_from(closing.cells).unwrap_or_default(),
        actor: closing.actor,
        reason: closing.reason,
        decision_id: closing.decision_id,
        approved_reports: closing.approved_reports,
        waived_reports: closing.waived_reports,
    };
    let cells: Vec<Cell> = export
        .cells
        .iter()
        .map(|cell| Cell {
            indicator: cell.indicator.clone(),
            line: cell.line.clone(),
            name: cell.name.clone(),
            value: cell.value,
            denominator: cell.denominator,
        })
        .collect();
    let keys: Vec<PublicKey> = keys
        .iter()
        .map(|key| PublicKey {
            key_id: key.key_id.clone(),
            public_key: key.public_key.clone(),
            // A key that is known verifies, whenever it began to sign.
            from_on: time::Date::MIN,
        })
        .collect();
    let signed = Signed { key_id: closing.key_id, signature: closing.signature };
    verify(&header, cells.iter(), &closing.digest, &signed, &keys)
}
