//! What a reporter reported of the period before.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::ground::period::Period;
use crate::periodic_report::content::Content;

/// The approved report of the same reporter on a form of the same code, about the days that end where a
/// period begins; the latest, where several superiors asked for it.
pub async fn previous(
    connection: &mut PgConnection,
    report_id: Uuid,
    (organisation_id, form, period): (Uuid, &str, Period),
) -> Result<Option<Content>, Failure> {
    let content = sqlx::query_scalar!(
        r#"select r.approved as "approved!: Json<Content>"
           from periodic_report r
           join periodic_report_opening o using (opening_id)
           where r.organisation_id = $1 and r.report_id <> $2 and r.approved is not null
             and o.withdrawn_at is null and upper(o.period) = $4
             and case when r.grassroots then coalesce(o.grassroots_form, o.superior_form)
                      else coalesce(o.superior_form, o.grassroots_form) end ->> 'code' = $3
             and (access.covers(r.organisation_id) or access.covers(r.superior_id))
           order by r.report_id desc
           limit 1"#,
        organisation_id,
        report_id,
        form,
        period.from,
    )
    .fetch_optional(connection)
    .await?;
    Ok(content.map(|Json(content)| content))
}
