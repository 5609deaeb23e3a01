//! Dated attributes of an organisation beside its place, names, type, sector and status.

use anyhow::anyhow;
use chassis::database::Reading;
use chassis::refusal::Failure;
use feeds::registry::Seal;
use time::Date;
use uuid::Uuid;

use crate::ground::attributes::{Account, Commune, FoundingRoute};
use crate::ground::reading::{AsOf, in_scope};

/// Attributes as they stood on one date.
#[derive(Clone, Debug)]
pub struct Details {
    /// Whose.
    pub organisation_id: Uuid,
    /// In order of their codes.
    pub territory: Vec<Commune>,
    /// None where nothing is known of it.
    pub seal: Option<Seal>,
    /// Empty where there is none.
    pub account: Account,
    /// In their order.
    pub aliases: Vec<String>,
    /// Who directs it beside its superior.
    pub director_ids: Vec<Uuid>,
    /// Where it was stated.
    pub founding_route: Option<FoundingRoute>,
    /// Of the organisation itself.
    pub recognised_on: Option<Date>,
    /// The last one of its executive committee.
    pub executive_recognised_on: Option<Date>,
}

/// The details of an organisation in scope.
pub async fn details(
    reading: &mut Reading,
    organisation_id: Uuid,
    as_of: AsOf,
) -> Result<Details, Failure> {
    in_scope(reading, "organisation_id", organisation_id).await?;
    let territory = sqlx::query_as!(
        Commune,
        "select held.commune, rule.name_vi as name, rule.province_code
         from organisation_territory held
         join commune_rule rule on rule.commune = held.commune and rule.valid @> $2::date
         where held.organisation_id = $1 and access.covers($1)
           and held.valid @> $2::date
           and held.recorded @> coalesce($3::timestamptz, 'infinity')
         order by held.commune",
        organisation_id,
        as_of.on,
        as_of.known_at,
    )
    .fetch_all(&mut **reading)
    .await?;
    let row =
        sqlx::query_file!("src/attribute/details.sql", organisation_id, as_of.on, as_of.known_at,)
            .fetch_one(&mut **reading)
            .await?;
    let seal = row
        .seal
        .map(|code| Seal::parse(&code).ok_or_else(|| anyhow!("no seal is {code}")))
        .transpose()?;
    let founding_route = row
        .route
        .map(|code| FoundingRoute::parse(&code).ok_or_else(|| anyhow!("no founding is {code}")))
        .transpose()?;
    Ok(Details {
        organisation_id,
        territory,
        seal,
        account: Account {
            number: row.account_number.unwrap_or_default(),
            bank: row.account_bank.unwrap_or_default(),
        },
        aliases: row.aliases,
        director_ids: row.director_ids,
        founding_route,
        recognised_on: row.recognised_on,
        executive_recognised_on: row.executive_recognised_on,
    })
}
