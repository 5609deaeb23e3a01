//! Organisations as they stood on a date.

use anyhow::anyhow;
use chassis::access::unknown_or_denied;
use chassis::call::Call;
use chassis::database::{Look, Reading};
use chassis::refusal::Failure;
use feeds::registry::EndKind;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::reading::AsOf;
use crate::ground::refused::Refused;
use crate::ground::tree::{ACTIVE, ENDED, SUSPENDED};

/// Where an organisation is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Founded for a later date.
    NotYetFounded,
    /// Alive and directed.
    Active,
    /// Alive, its direction suspended.
    Suspended,
    /// No longer existing.
    Ended,
}

/// An organisation as it stood on one date.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// UUIDv7.
    pub organisation_id: Uuid,
    /// Unique among those alive at the same time.
    pub code: String,
    /// NFC.
    pub name: String,
    /// Empty where there is none.
    pub short_name: String,
    /// For example `CDCS`.
    pub type_code: String,
    /// None for superior organisations.
    pub sector: Option<String>,
    /// None where it is not stated.
    pub industry: Option<String>,
    /// None for the Confederation.
    pub superior_id: Option<Uuid>,
    /// The first day.
    pub founded_on: Date,
    /// On the date asked about.
    pub status: Status,
    /// The first day of this status; none before it was founded.
    pub status_from: Option<Date>,
    /// The first day on which it no longer existed.
    pub ended_on: Option<Date>,
    /// How it ended.
    pub end_kind: Option<EndKind>,
    /// The one heir.
    pub principal_successor_id: Option<Uuid>,
}

/// Whether ids have passed the scope already, or must pass it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scoped {
    /// The statement that found the ids carried the scope.
    Already,
    /// Those out of scope are left out.
    Here,
}

/// Organisations by id, in the order of the ids; the unknown are left out.
pub async fn organisations(
    reading: &mut Reading,
    organisation_ids: &[Uuid],
    as_of: AsOf,
    scoped: Scoped,
) -> Result<Vec<Organisation>, Failure> {
    let rows = sqlx::query_file_as!(
        Row,
        "src/ground/organisation.sql",
        organisation_ids,
        as_of.on,
        as_of.known_at,
        scoped == Scoped::Already,
    )
    .fetch_all(&mut **reading)
    .await?;
    rows.into_iter().map(|row| row.as_of(as_of.on)).collect()
}

/// An organisation as a statement finds it.
pub struct Row {
    organisation_id: Uuid,
    founded_on: Date,
    code: String,
    name: String,
    short_name: String,
    type_code: String,
    sector: Option<String>,
    industry: Option<String>,
    superior_id: Option<Uuid>,
    status: String,
    status_from: Date,
    ended_on: Option<Date>,
    end_kind: Option<String>,
    principal_successor_id: Option<Uuid>,
}

impl Row {
    /// As it stood on the day that the statement was asked about.
    pub fn as_of(self, on: Date) -> Result<Organisation, Failure> {
        let founded = on >= self.founded_on;
        Ok(Organisation {
            organisation_id: self.organisation_id,
            code: self.code,
            name: self.name,
            short_name: self.short_name,
            type_code: self.type_code,
            sector: self.sector,
            industry: self.industry,
            superior_id: self.superior_id,
            founded_on: self.founded_on,
            status: if founded { status(&self.status)? } else { Status::NotYetFounded },
            status_from: founded.then_some(self.status_from),
            ended_on: self.ended_on,
            end_kind: self
                .end_kind
                .map(|kind| EndKind::parse(&kind).ok_or_else(|| anyhow!("no end kind {kind}")))
                .transpose()?,
            principal_successor_id: self.principal_successor_id,
        })
    }
}

/// One organisation as it stood on a day, as known now.
pub struct OneAsOf {
    /// Which.
    pub organisation_id: Uuid,
    /// The day.
    pub on: Date,
}

impl Look for OneAsOf {
    type Found = Row;

    async fn look(&self, connection: &mut PgConnection, call: &Call) -> sqlx::Result<Option<Row>> {
        sqlx::query_file_as!(
            Row,
            "src/ground/organisation_look.sql",
            self.organisation_id,
            self.on,
            call.caller.issuer,
            call.caller.subject,
            &*call.permission,
        )
        .fetch_optional(connection)
        .await
    }
}

fn status(code: &str) -> Result<Status, Failure> {
    match code {
        ACTIVE => Ok(Status::Active),
        SUSPENDED => Ok(Status::Suspended),
        ENDED => Ok(Status::Ended),
        other => Err(anyhow!("no status {other}").into()),
    }
}

/// One organisation.
pub async fn organisation(
    reading: &mut Reading,
    organisation_id: Uuid,
    as_of: AsOf,
) -> Result<Organisation, Failure> {
    let found = organisations(reading, &[organisation_id], as_of, Scoped::Here).await?;
    match found.into_iter().next() {
        Some(organisation) => Ok(organisation),
        None => {
            let refusal = Refused::OrganisationUnknown { organisation_id }.at("organisation_id");
            Err(unknown_or_denied(reading, refusal).await)
        }
    }
}

/// Organisations by id and by the code that they bore on the date.
pub async fn batch(
    reading: &mut Reading,
    mut organisation_ids: Vec<Uuid>,
    codes: &[String],
    as_of: AsOf,
) -> Result<Vec<Organisation>, Failure> {
    let bearers = sqlx::query_scalar!(
        "select organisation_id from organisation_code
         where code = any($1::text[]) and valid @> $2::date
           and recorded @> coalesce($3::timestamptz, 'infinity')
           and access.covers(organisation_id)",
        codes,
        as_of.on,
        as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    organisation_ids.extend(bearers);
    organisation_ids.sort_unstable();
    organisation_ids.dedup();
    organisations(reading, &organisation_ids, as_of, Scoped::Here).await
}
