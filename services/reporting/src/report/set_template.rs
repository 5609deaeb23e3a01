//! SetTemplate: what an organisation and all below it print from now on.

use chassis::database::{Act, Acting, today};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, named, refuse_unknown_decision};
use crate::ground::reading::organisation;
use crate::ground::refused::Refused;
use crate::report::template::draft::Draft;
use crate::report::told::template_set;

/// Templates of one organisation, and versions of one template, at most.
const TEMPLATES_MAX: i64 = 100;

/// A template, checked already.
pub struct SetTemplate {
    /// Whose.
    pub organisation_id: Uuid,
    /// Its code.
    pub code: String,
    /// What it is to say.
    pub draft: Draft,
    /// The version that the caller has read.
    pub read: Option<i32>,
    /// By which decision.
    pub decision_id: Option<Uuid>,
    /// Why.
    pub reason: String,
}

/// What the acts on templates answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Set {
    /// The version's own id.
    pub template_version_id: Uuid,
    /// The how-manieth.
    pub version: i32,
    /// What the organisation is called today.
    pub owner_name: String,
    /// When.
    pub set_at: OffsetDateTime,
}

/// The newest version of an organisation's own template.
pub(crate) struct Newest {
    pub(crate) version: i32,
    pub(crate) title: String,
    pub(crate) body: Option<Json<Draft>>,
}

/// Locks the organisation, and reads the newest version of its template; another one than the caller
/// has read is refused.
pub(crate) async fn newest(
    acting: &mut Acting,
    organisation_id: Uuid,
    code: &str,
    read: Option<i32>,
) -> Result<Option<Newest>, Failure> {
    organisation(acting.db(), organisation_id).await?;
    named(acting, &[organisation_id]).await?;
    let newest = sqlx::query_as!(
        Newest,
        r#"select version, title, body as "body: Json<Draft>" from report_template
           where owner_id = $1 and code = $2 and access.covers(owner_id)
           order by version desc limit 1"#,
        organisation_id,
        code,
    )
    .fetch_optional(acting.db())
    .await?;
    let version = newest.as_ref().map_or(0, |newest| newest.version);
    if read.is_some_and(|read| read != version) {
        return Err(Refused::TemplateChanged { version }.into());
    }
    Ok(newest)
}

/// A further version, or the end of a template.
pub(crate) struct Further<'a> {
    pub(crate) organisation_id: Uuid,
    pub(crate) code: &'a str,
    pub(crate) version: i32,
    pub(crate) title: &'a str,
    pub(crate) draft: Option<&'a Draft>,
    pub(crate) decision_id: Option<Uuid>,
    pub(crate) reason: &'a str,
}

impl Further<'_> {
    /// Writes it down, behind those that are there.
    pub(crate) async fn add(&self, acting: &mut Acting) -> Result<Set, Failure> {
        let (act_id, set_at) = (acting.act_id, acting.acted_at);
        let (template_version_id, actor) = (Uuid::now_v7(), acting.caller.principal());
        sqlx::query!(
            "insert into report_template (template_version_id, owner_id, code, version, title, body,
                                          decision_id, reason, actor, act_id, set_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            template_version_id,
            self.organisation_id,
            self.code,
            self.version,
            self.title,
            self.draft.map(Json) as Option<Json<&Draft>>,
            self.decision_id,
            self.reason,
            actor,
            act_id,
            set_at,
        )
        .execute(acting.db())
        .await?;
        let name = sqlx::query_scalar!("select name_on($1, $2)", self.organisation_id, today())
            .fetch_one(acting.db())
            .await?;
        let owner_name = name.unwrap_or_default();
        Ok(Set { template_version_id, version: self.version, owner_name, set_at })
    }
}

impl Act for SetTemplate {
    type Answer = Set;

    async fn perform(self, acting: &mut Acting) -> Result<Set, Failure> {
        let newest = newest(acting, self.organisation_id, &self.code, self.read).await?;
        refuse_unknown_decision(acting, self.decision_id, &[self.organisation_id]).await?;
        let version = newest.as_ref().map_or(0, |newest| newest.version);
        if let Some(Newest { body: Some(Json(held)), .. }) = &newest
            && *held == self.draft
        {
            return Err(Refused::TemplateChangesNothing { version }.into());
        }
        let codes = sqlx::query_scalar!(
            r#"select count(distinct code) as "codes!" from report_template
               where owner_id = $1 and code <> $2"#,
            self.organisation_id,
            self.code,
        )
        .fetch_one(acting.db())
        .await?;
        if codes >= TEMPLATES_MAX || i64::from(version) >= TEMPLATES_MAX {
            return Err(Refused::TemplatesTooMany { limit: TEMPLATES_MAX }.into());
        }
        let further = Further {
            organisation_id: self.organisation_id,
            code: &self.code,
            version: version + 1,
            title: &self.draft.title,
            draft: Some(&self.draft),
            decision_id: self.decision_id,
            reason: &self.reason,
        };
        let set = further.add(acting).await?;
        let (id, unit) = (set.template_version_id, self.organisation_id);
        let told = template_set(id, unit, &self.code, set.version);
        acting.publish(feeds::reporting::change(told, unit, today(), self.decision_id));
        decided_on_registry(acting).await?;
        Ok(set)
    }
}
