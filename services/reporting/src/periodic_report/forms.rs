//! Forms, as they are listed and found.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ground::reference::{Form, Reference};

/// A form that somebody may be asked to fill.
pub struct Listed {
    /// What is asked.
    pub form: Form,
    /// Whose it is; none of the program's.
    pub defined: Option<Defined>,
}

/// That an organisation defined it.
pub struct Defined {
    /// Which.
    pub issuer_id: Uuid,
    /// By which decision.
    pub decision_id: Option<Uuid>,
    /// When.
    pub recorded_at: OffsetDateTime,
}

/// Where a page begins: behind a form of the program, or of an organisation.
pub type After = (Option<Uuid>, String, i32);

/// The forms of the program, then those of an organisation of the caller's scope and of its superiors, each in
/// the order of codes and versions: at most so many, after one.
pub async fn forms(
    connection: &mut PgConnection,
    reference: &Reference,
    organisation_id: Uuid,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Listed>, Failure> {
    let place = |form: &Form| (form.code.clone(), form.version);
    let mut listed: Vec<Listed> = match &after {
        Some((Some(_), ..)) => Vec::new(),
        start => {
            let start = start.as_ref().map(|(_, code, version)| (code.clone(), *version));
            let mut forms: Vec<&Form> = reference.periodic_report_forms().iter().collect();
            forms.sort_by_key(|form| place(form));
            let rest = forms
                .into_iter()
                .filter(|form| start.as_ref().is_none_or(|start| place(form) > *start));
            rest.map(|form| Listed { form: form.clone(), defined: None }).collect()
        }
    };
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    listed.truncate(most);
    let left = limit - i64::try_from(listed.len()).unwrap_or(limit);
    let (issuer_id, code, version) = match after {
        Some((Some(issuer_id), code, version)) => (issuer_id, code, version),
        _ => (Uuid::nil(), String::new(), 0),
    };
    let rows = sqlx::query!(
        r#"select f.issuer_id as "issuer_id!", f.form as "form!: Json<Form>",
                  f.decision_id as "decision_id?", f.recorded_at as "recorded_at!"
           from periodic_report_form f
           where access.covers($1) and f.issuer_id = any (array(select access.line($1)))
             and (f.issuer_id, f.code, f.version) > ($2, $3, $4)
           order by f.issuer_id, f.code, f.version
           limit $5"#,
        organisation_id,
        issuer_id,
        code,
        version,
        left,
    )
    .fetch_all(connection)
    .await?;
    listed.extend(rows.into_iter().map(|row| Listed {
        form: row.form.0,
        defined: Some(Defined {
            issuer_id: row.issuer_id,
            decision_id: row.decision_id,
            recorded_at: row.recorded_at,
        }),
    }));
    Ok(listed)
}

/// A form by its issuer, its code and its version (the newest when 0), for an organisation of the caller's
/// scope: the program's, or that of the organisation or of one of its superiors.
pub async fn form(
    connection: &mut PgConnection,
    reference: &Reference,
    organisation_id: Uuid,
    (issuer_id, code, version): (Option<Uuid>, &str, i32),
) -> Result<Option<Form>, Failure> {
    let Some(issuer_id) = issuer_id else {
        let known = reference.periodic_report_forms().iter();
        let of_code = known
            .filter(|form| form.code == code && (version == 0 || form.version == version))
            .max_by_key(|form| form.version);
        return Ok(of_code.cloned());
    };
    let found = sqlx::query_scalar!(
        r#"select f.form as "form!: Json<Form>"
           from periodic_report_form f
           where f.issuer_id = $2 and f.code = $3 and ($4 = 0 or f.version = $4)
             and access.covers($1) and f.issuer_id = any (array(select access.line($1)))
           order by f.version desc
           limit 1"#,
        organisation_id,
        issuer_id,
        code,
        version,
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|Json(form)| form))
}
