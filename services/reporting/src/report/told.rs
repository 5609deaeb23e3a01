//! What reporting's feed tells of templates.

use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use uuid::Uuid;

/// A template was set.
pub fn template_set(id: Uuid, organisation_id: Uuid, template: &str, version: i32) -> What {
    What::TemplateSet(pb::TemplateSet {
        template_version_id: id.to_string(),
        organisation_id: organisation_id.to_string(),
        template: template.to_string(),
        version,
    })
}

/// A template was withdrawn.
pub fn template_withdrawn(id: Uuid, organisation_id: Uuid, template: &str, version: i32) -> What {
    What::TemplateWithdrawn(pb::TemplateWithdrawn {
        template_version_id: id.to_string(),
        organisation_id: organisation_id.to_string(),
        template: template.to_string(),
        version,
    })
}
