//! Answers of `OfficeService` written out.

use chassis::parse::{self, id_or_empty};
use proto::reporting::v1 as pb;

use crate::office::offices_of_people_who_left::OfficeOfPersonWhoLeft;

/// An office whose holder has left.
pub fn office(office: OfficeOfPersonWhoLeft) -> pb::OfficeOfPersonWhoLeft {
    pb::OfficeOfPersonWhoLeft {
        office_id: office.office_id.to_string(),
        organisation_id: office.organisation_id.to_string(),
        body: office.body,
        position: office.position,
        person_id: office.person_id.to_string(),
        departure: match office.member_of_id {
            None => pb::Departure::MembershipEnded,
            Some(_) => pb::Departure::MemberElsewhere,
        }
        .into(),
        left_on: Some(parse::civil(office.left_on)),
        member_of_id: id_or_empty(office.member_of_id),
    }
}
