//! DefinePeriodicReportForm: a form of an organisation's, or a further version of one.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, named, refuse_unknown_decision};
use crate::ground::reference::Form;
use crate::ground::refused::Refused;
use crate::periodic_report::telling::form_defined;

/// A form that is whole; its version is made here.
pub struct DefinePeriodicReportForm {
    /// Whose.
    pub issuer_id: Uuid,
    /// What is asked.
    pub form: Form,
    /// By which decision.
    pub decision_id: Option<Uuid>,
}

/// What it became.
#[derive(Debug, Serialize, Deserialize)]
pub struct FormDefined {
    /// 1, 2, …
    pub version: i32,
}

impl Act for DefinePeriodicReportForm {
    type Answer = FormDefined;

    async fn perform(self, acting: &mut Acting) -> Result<FormDefined, Failure> {
        let organisation_id = self.issuer_id;
        // Two versions of one form queue here, on the issuer.
        if named(acting, &[organisation_id]).await?.is_empty() {
            let field = "form.issuer_id".to_string();
            return Err(Refused::OrganisationUnknown { field, organisation_id }.into());
        }
        refuse_unknown_decision(acting, self.decision_id, &[organisation_id]).await?;
        let known = sqlx::query_scalar!(
            r#"select coalesce(max(version), 0) as "version!" from periodic_report_form
               where issuer_id = $1 and code = $2 and access.covers(issuer_id)"#,
            organisation_id,
            self.form.code,
        )
        .fetch_one(acting.db())
        .await?;
        let version = known + 1;
        let form = Form { version, ..self.form };
        let (act_id, acted_at, today) = (acting.act_id, acting.acted_at, acting.today);
        sqlx::query!(
            "insert into periodic_report_form
                 (issuer_id, code, version, form, decision_id, recorded_at, act_id)
             values ($1, $2, $3, $4, $5, $6, $7)",
            organisation_id,
            form.code,
            version,
            Json(&form) as _,
            self.decision_id,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        let defined = form_defined(organisation_id, &form.code, version);
        acting.publish(feeds::reporting::change(defined, organisation_id, today, self.decision_id));
        decided_on_registry(acting).await?;
        Ok(FormDefined { version })
    }
}
