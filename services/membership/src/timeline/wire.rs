//! Answers of `TimelineService`, written out.

use chassis::parse::civil;
use proto::membership::v1 as pb;

use crate::timeline::entries::Entry;

pub fn entry(entry: Entry) -> pb::get_person_timeline_response::Entry {
    pb::get_person_timeline_response::Entry {
        kind: i32::from(entry.kind),
        on: Some(civil(entry.on_date)),
        until_on: entry.until_on.map(civil),
        about_id: entry.about_id.to_string(),
        organisation_id: entry.organisation_id.to_string(),
        code: entry.code,
        detail: entry.detail,
        amount_vnd: entry.amount_vnd,
    }
}
