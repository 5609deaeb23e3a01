//! Activities and their kinds, written out.

use chassis::parse::{civil, id_or_empty, instant};
use proto::reporting::v1 as pb;

use crate::activity::reported::{Activity, Document, Employer, Value};
use crate::activity::versions::{Replacement, Version};
use crate::ground::reference::ActivityKind;
use crate::ground::reference::activity_kind::{Field, Type};

/// A kind, with what is asked of it.
pub fn kind(kind: &ActivityKind) -> pb::ActivityKindDetail {
    pb::ActivityKindDetail {
        code: kind.code.clone(),
        name_vi: kind.name_vi.clone(),
        name_en: kind.name_en.clone(),
        unit_vi: kind.unit_vi.clone(),
        people_required: kind.people_required,
        fields: kind.fields.iter().map(field_of_kind).collect(),
    }
}

fn field_of_kind(field: &Field) -> pb::activity_kind_detail::Field {
    let choices = field.choices.iter().map(|choice| pb::activity_kind_detail::Choice {
        code: choice.code.clone(),
        name_vi: choice.name_vi.clone(),
        name_en: choice.name_en.clone(),
    });
    pb::activity_kind_detail::Field {
        name: field.name.clone(),
        name_vi: field.name_vi.clone(),
        name_en: field.name_en.clone(),
        r#type: match field.value {
            Type::Number => pb::ActivityFieldType::Number,
            Type::AmountVnd => pb::ActivityFieldType::AmountVnd,
            Type::Text => pb::ActivityFieldType::Text,
            Type::Choice => pb::ActivityFieldType::Choice,
            Type::Choices => pb::ActivityFieldType::Choices,
            Type::Date => pb::ActivityFieldType::Date,
            Type::Organisations => pb::ActivityFieldType::Organisations,
            Type::Employer => pb::ActivityFieldType::Employer,
            Type::Document => pb::ActivityFieldType::Document,
        }
        .into(),
        required: field.required,
        limit: field.limit,
        choices: choices.collect(),
        grassroots_only: field.grassroots_only,
        of_one: field.of_one,
    }
}

/// What is said in a field.
pub fn field(name: &str, value: &Value) -> pb::ActivityField {
    let mut field = pb::ActivityField { name: name.to_string(), ..pb::ActivityField::default() };
    match value {
        Value::Number(number) => field.number = Some(*number),
        Value::Text(text) => field.text.clone_from(text),
        Value::Date(on) => field.date = Some(civil(*on)),
        Value::Codes(codes) => field.codes.clone_from(codes),
        Value::Organisations(ids) => {
            field.organisation_ids = ids.iter().map(ToString::to_string).collect();
        }
        Value::Employer(employer) => {
            let mut told = pb::ActivityEmployer::default();
            match employer {
                Employer::Known(employer_id) => told.employer_id = employer_id.to_string(),
                Employer::Named(name) => told.name.clone_from(name),
            }
            field.employer = Some(told);
        }
        Value::Document(document) => {
            field.document = Some(match document {
                Document::Known(decision_id) => pb::ActivityDocument {
                    decision_id: decision_id.to_string(),
                    ..pb::ActivityDocument::default()
                },
                Document::Written { issuer, kind, number, issued_on } => pb::ActivityDocument {
                    decision_id: String::new(),
                    issuer: issuer.clone(),
                    kind: kind.clone(),
                    number: number.clone(),
                    issued_on: Some(civil(*issued_on)),
                },
            });
        }
    }
    field
}

/// An activity but for its day and its fields.
pub fn counts(activity: &Activity) -> pb::Activity {
    pb::Activity {
        organisation_id: activity.organisation_id.to_string(),
        kind: match activity.kind.as_str() {
            "DISSEMINATION" => pb::ActivityKind::Dissemination,
            "INSPECTION" => pb::ActivityKind::Inspection,
            "LAUNCH" => pb::ActivityKind::Launch,
            _ => pb::ActivityKind::Unspecified,
        }
        .into(),
        members_reached: Some(activity.members_reached),
        workers_reached: Some(activity.workers_reached),
        times: activity.times,
        kind_code: activity.kind.clone(),
        ..pb::Activity::default()
    }
}

/// What is known of an activity, or was.
pub fn recorded(version: &Version) -> pb::RecordedActivity {
    let activity = &version.activity;
    let fields = activity.fields.0.iter().map(|(name, value)| field(name, value));
    pb::RecordedActivity {
        activity_id: version.activity_id.to_string(),
        activity: Some(pb::Activity {
            held_on: Some(civil(activity.held_on)),
            fields: fields.collect(),
            ..counts(activity)
        }),
        revision: version.revision,
        recorded_at: Some(instant(version.recorded_at)),
        organisation_name: version.organisation_name.clone(),
    }
}

/// That it is known no longer, and why.
pub fn replacement(replacement: &Replacement) -> pb::ActivityReplacement {
    pb::ActivityReplacement {
        replaced_at: Some(instant(replacement.replaced_at)),
        actor: replacement.actor.clone(),
        reason: replacement.reason.clone(),
        decision_id: id_or_empty(replacement.decision_id),
        undone: replacement.undone,
    }
}

/// One activity, and what it was said to be before.
pub fn found(earlier: &[Version], found: &Version) -> pb::GetActivityResponse {
    pb::GetActivityResponse {
        activity: Some(recorded(found)),
        replacement: found.replacement.as_ref().map(replacement),
        earlier: earlier
            .iter()
            .map(|version| pb::get_activity_response::Earlier {
                activity: Some(recorded(version)),
                replacement: version.replacement.as_ref().map(replacement),
            })
            .collect(),
    }
}
