//! A step's refusal in the words of the dossier.

use prost::Message;
use tonic::{Code, Status};
use tonic_types::pb;
use uuid::Uuid;

/// How a step's fields are called in the dossier. The first that fits counts.
pub type FieldNames = [(&'static str, &'static str)];

/// Of membership's step.
pub const MEMBERSHIP_FIELDS: [(&str, &str); 3] = [
    ("applicants", "dossier.applicants"),
    ("organisation_id", "dossier.union.superior_id"),
    ("applied_on", "dossier.applied_on"),
];

/// Of registry's.
pub const REGISTRY_FIELDS: [(&str, &str); 15] = [
    ("code", "dossier.union.code"),
    ("name", "dossier.union.name"),
    ("short_name", "dossier.union.short_name"),
    ("type", "dossier.union.type"),
    ("sector", "dossier.union.sector"),
    ("industry", "dossier.union.industry"),
    ("superior_id", "dossier.union.superior_id"),
    ("effective_on", "dossier.union.effective_on"),
    ("congress_on", "dossier.union.congress_on"),
    ("employer_ids", "dossier.union.employer_ids"),
    ("basis.new_decision", "dossier.decision"),
    ("basis", "dossier.decision"),
    ("offices", "dossier.committee"),
    ("applicant_ids", "dossier.applicants"),
    ("founders", "dossier.applicants"),
];

/// `offices[1].position` is `dossier.committee[1].position`; a person's id is not in the
/// dossier, where a seat names an applicant.
fn field_in_dossier(field: &str, names: &FieldNames) -> String {
    for (step, dossier) in names {
        let Some(rest) = field.strip_prefix(step) else { continue };
        if rest.is_empty() || rest.starts_with(['.', '[']) {
            let field = format!("{dossier}{rest}");
            return match field.strip_suffix("].person_id") {
                Some(seat) if field.starts_with("dossier.committee") => {
                    format!("{seat}].applicant")
                }
                _ => field,
            };
        }
    }
    field.to_string()
}

/// A step's refusal, as it is but for the names of the fields, and for the id of the step, which
/// is that of the request to whoever made it.
pub fn in_dossier_words(status: Status, names: &FieldNames, request_id: Uuid) -> Status {
    let Ok(mut rich) = pb::Status::decode(status.details()) else { return status };
    for detail in &mut rich.details {
        match detail.type_url.rsplit('/').next() {
            Some("google.rpc.BadRequest") => rewrite(detail, |bad: &mut pb::BadRequest| {
                for violation in &mut bad.field_violations {
                    violation.field = field_in_dossier(&violation.field, names);
                }
            }),
            Some("google.rpc.ErrorInfo") => rewrite(detail, |info: &mut pb::ErrorInfo| {
                if let Some(field) = info.metadata.get_mut("field") {
                    *field = field_in_dossier(field, names);
                }
                if let Some(step) = info.metadata.get_mut("request_id") {
                    *step = request_id.to_string();
                }
            }),
            _ => {}
        }
    }
    let code: Code = status.code();
    Status::with_details_and_metadata(
        code,
        status.message(),
        rich.encode_to_vec().into(),
        status.metadata().clone(),
    )
}

fn rewrite<M: Message + Default>(detail: &mut prost_types::Any, change: impl FnOnce(&mut M)) {
    if let Ok(mut message) = M::decode(&*detail.value) {
        change(&mut message);
        detail.value = message.encode_to_vec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chassis::refusal::Refusal;
    use tonic_types::StatusExt;

    #[test]
    fn the_fields_of_a_step_are_named_as_in_the_dossier() {
        for (step, in_dossier) in [
            ("applicants[3].identity_number", "dossier.applicants[3].identity_number"),
            ("organisation_id", "dossier.union.superior_id"),
            ("request_id", "request_id"),
        ] {
            assert_eq!(field_in_dossier(step, &MEMBERSHIP_FIELDS), in_dossier);
        }
        for (step, in_dossier) in [
            ("code", "dossier.union.code"),
            ("basis.new_decision.issued_on", "dossier.decision.issued_on"),
            ("basis", "dossier.decision"),
            ("offices[1].position", "dossier.committee[1].position"),
            ("offices[1].person_id", "dossier.committee[1].applicant"),
            ("applicant_ids[2]", "dossier.applicants[2]"),
            ("employer_ids[0]", "dossier.union.employer_ids[0]"),
        ] {
            assert_eq!(field_in_dossier(step, &REGISTRY_FIELDS), in_dossier);
        }
    }

    #[test]
    fn a_refusal_keeps_all_but_the_names_of_its_fields() {
        let refusal = Refusal::of(proto::registry::v1::Reason::PositionUnknown)
            .field("offices[0].position")
            .with("position", "KING")
            .with("request_id", Uuid::now_v7().to_string());
        let request_id = Uuid::now_v7();
        let status = in_dossier_words(refusal.status(), &REGISTRY_FIELDS, request_id);
        let said = "this body has no such position";
        assert_eq!((status.code(), status.message()), (Code::InvalidArgument, said));
        let info = status.get_details_error_info().expect("kept");
        assert_eq!(info.reason, "POSITION_UNKNOWN");
        assert_eq!(info.metadata["position"], "KING");
        assert_eq!(info.metadata["field"], "dossier.committee[0].position");
        assert_eq!(info.metadata["request_id"], request_id.to_string());
        let bad = status.get_details_bad_request().expect("kept");
        assert_eq!(bad.field_violations[0].field, "dossier.committee[0].position");
        assert!(status.get_details_localized_message().is_some());
    }
}
