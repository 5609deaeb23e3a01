//! Templates as they are kept: version by version, each of an owner.

use chassis::database::today;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::refused::Refused;
use crate::report::template::draft::Draft;

/// Whose templates are everybody's.
pub const EVERYBODY: Uuid = Uuid::nil();

/// One version of a template.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its own id.
    pub template_version_id: Uuid,
    /// For example `BA_DINH`.
    pub code: String,
    /// 1, and 1 more each time.
    pub version: i32,
    /// [`EVERYBODY`], or an organisation.
    pub owner_id: Uuid,
    /// What the organisation is called today.
    pub owner_name: String,
    /// What it is called.
    pub title: String,
    /// What it says; none from where on the owner has none of this code.
    pub draft: Option<Draft>,
    /// What it rests on.
    pub decision_id: Option<Uuid>,
    /// Why, in words.
    pub reason: String,
    /// When it was set.
    pub set_at: OffsetDateTime,
}

struct Row {
    template_version_id: Uuid,
    code: String,
    version: i32,
    owner_id: Uuid,
    owner_name: String,
    title: String,
    body: Option<Json<Draft>>,
    decision_id: Option<Uuid>,
    reason: String,
    set_at: OffsetDateTime,
}

impl From<Row> for Version {
    fn from(row: Row) -> Self {
        Self {
            template_version_id: row.template_version_id,
            code: row.code,
            version: row.version,
            owner_id: row.owner_id,
            owner_name: row.owner_name,
            title: row.title,
            draft: row.body.map(|body| body.0),
            decision_id: row.decision_id,
            reason: row.reason,
            set_at: row.set_at,
        }
    }
}

/// The templates that hold for an organisation on a day, by code; everybody's, where none is named.
pub async fn in_force(
    connection: &mut PgConnection,
    organisation_id: Option<Uuid>,
    on: Date,
) -> Result<Vec<Version>, Failure> {
    held(connection, organisation_id.unwrap_or(EVERYBODY), on, "").await
}

/// The template of a code that holds for an organisation on a day.
pub async fn of_code(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    on: Date,
    code: &str,
) -> Result<Version, Failure> {
    let found = match code {
        "" => None,
        code => held(connection, organisation_id, on, code).await?.into_iter().next(),
    };
    found.ok_or_else(|| Refused::TemplateUnknown { template: code.to_string() }.into())
}

async fn held(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    on: Date,
    code: &str,
) -> Result<Vec<Version>, Failure> {
    let rows = sqlx::query_file_as!(
        Row,
        "src/report/template/in_force.sql",
        organisation_id,
        on,
        code,
        today(),
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Version::from).collect())
}

/// A certain version, as far as the organisation may print by it.
pub async fn certain(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    template_version_id: Uuid,
) -> Result<Version, Failure> {
    let row = sqlx::query_file_as!(
        Row,
        "src/report/template/version.sql",
        template_version_id,
        organisation_id,
        today(),
    )
    .fetch_optional(connection)
    .await?;
    let unknown = || Refused::TemplateUnknown { template: template_version_id.to_string() };
    Ok(row.map(Version::from).ok_or_else(unknown)?)
}

/// The versions of a template of an owner's, the newest first; whether they say something, and not
/// what.
pub async fn of_owner(
    connection: &mut PgConnection,
    owner_id: Uuid,
    code: &str,
) -> Result<Vec<Version>, Failure> {
    let rows =
        sqlx::query_file_as!(Row, "src/report/template/versions.sql", owner_id, code, today())
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(Version::from).collect())
}
