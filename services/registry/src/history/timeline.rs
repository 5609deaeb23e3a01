//! Everything that is and was believed of one organisation.

use anyhow::anyhow;
use chassis::database::Reading;
use chassis::refusal::Failure;
use feeds::registry::EndKind;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::attributes::{Account, Commune};
use crate::ground::reading::in_scope;

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // `OrganisationAttribute` of the contract says what each means
pub enum Attribute {
    Founding,
    Superior,
    Name,
    Code,
    Type,
    Sector,
    Industry,
    Status,
    Ending,
    Territory,
    SealAndAccount,
    Alias,
    JointDirection,
    FoundingRoute,
    Recognition,
    ExecutiveRecognition,
}

impl Attribute {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "FOUNDING" => Self::Founding,
            "SUPERIOR" => Self::Superior,
            "NAME" => Self::Name,
            "CODE" => Self::Code,
            "TYPE" => Self::Type,
            "SECTOR" => Self::Sector,
            "INDUSTRY" => Self::Industry,
            "STATUS" => Self::Status,
            "ENDING" => Self::Ending,
            "TERRITORY" => Self::Territory,
            "SEAL_AND_ACCOUNT" => Self::SealAndAccount,
            "ALIAS" => Self::Alias,
            "JOINT_DIRECTION" => Self::JointDirection,
            "FOUNDING_ROUTE" => Self::FoundingRoute,
            "RECOGNITION" => Self::Recognition,
            "EXECUTIVE_RECOGNITION" => Self::ExecutiveRecognition,
            _ => return None,
        })
    }
}

/// One thing that was believed, on which days it held, and when it was believed.
#[derive(Debug)]
pub struct Fact {
    /// What it is about.
    pub attribute: Attribute,
    /// As the attribute says.
    pub value: String,
    /// Beside a name.
    pub short_name: String,
    /// How it ended.
    pub end_kind: Option<EndKind>,
    /// Beside a seal; empty where there is none.
    pub account: Account,
    /// Of its territory.
    pub commune: Option<Commune>,
    /// The first day.
    pub from_on: Date,
    /// The first day on which it no longer held.
    pub until_on: Option<Date>,
    /// Since when it is or was believed.
    pub recorded_at: OffsetDateTime,
    /// When something else was believed instead.
    pub replaced_at: Option<OffsetDateTime>,
    /// The act that recorded it.
    pub act_id: Uuid,
    /// The act that replaced it.
    pub replaced_by: Option<Uuid>,
    /// The decision on which it rests.
    pub decision_id: Option<Uuid>,
}

/// The facts of one organisation, in the order of the days from which they hold.
pub async fn timeline(
    reading: &mut Reading,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    with_replaced: bool,
) -> Result<Vec<Fact>, Failure> {
    in_scope(reading, "organisation_id", organisation_id).await?;
    let rows =
        sqlx::query_file!("src/history/timeline.sql", organisation_id, known_at, with_replaced)
            .fetch_all(&mut **reading)
            .await?;
    rows.into_iter()
        .map(|row| {
            let commune_code = row.value.clone();
            Ok(Fact {
                attribute: Attribute::parse(&row.attribute)
                    .ok_or_else(|| anyhow!("no attribute {}", row.attribute))?,
                value: row.value,
                short_name: row.short_name,
                end_kind: row
                    .end_kind
                    .map(|kind| EndKind::parse(&kind).ok_or_else(|| anyhow!("no end kind {kind}")))
                    .transpose()?,
                account: Account {
                    number: row.account_number.unwrap_or_default(),
                    bank: row.account_bank.unwrap_or_default(),
                },
                commune: row.commune_name.zip(row.province_code).map(|(name, province_code)| {
                    Commune { commune: commune_code, name, province_code }
                }),
                from_on: row.from_on,
                until_on: row.until_on,
                recorded_at: row.recorded_at,
                replaced_at: row.replaced_at,
                act_id: row.act_id,
                replaced_by: row.replaced_by,
                decision_id: row.decision_id,
            })
        })
        .collect()
}
