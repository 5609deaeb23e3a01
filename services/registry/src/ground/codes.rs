//! Codes that a read asks by.
//!
//! One that the reference data does not know is refused by the reason and at the field by which an
//! act refuses it: an empty list would say that there is nothing of it, which is another thing than
//! that nobody knows what it is.

use chassis::database::Reading;
use chassis::refusal::Failure;

use crate::ground::reading::Filter;
use crate::ground::refused::Refused;

/// A code of one of the lists.
#[derive(Clone, Copy, Debug)]
pub enum Coded<'a> {
    /// A type of organisation, in force at some time.
    Type(&'a str),
    /// A sector, or a group of sectors.
    Sector(&'a str),
    /// An industry, in force at some time.
    Industry(&'a str),
    /// A kind of employer.
    EnterpriseType(&'a str),
    /// A stage of a campaign.
    Stage(&'a str),
    /// A body.
    Body(&'a str),
    /// A kind of document.
    DocumentKind(&'a str),
}

impl Coded<'_> {
    fn refused(self) -> Refused {
        match self {
            Self::Type(code) => Refused::OrganisationTypeUnknown { type_code: code.to_string() },
            Self::Sector(code) => Refused::SectorUnknown { sector: code.to_string() },
            Self::Industry(code) => Refused::IndustryUnknown { industry: code.to_string() },
            Self::EnterpriseType(code) => {
                Refused::EnterpriseTypeUnknown { enterprise_type: code.to_string() }
            }
            Self::Stage(code) => Refused::StageUnknown { stage: code.to_string() },
            Self::Body(code) => Refused::BodyUnknown { body: code.to_string() },
            Self::DocumentKind(code) => Refused::DocumentKindUnknown { kind: code.to_string() },
        }
    }

    /// The list, as the statement names it, and the code.
    fn sought(self) -> (&'static str, String) {
        let (list, code) = match self {
            Self::Type(code) => ("TYPE", code),
            Self::Sector(code) => ("SECTOR", code),
            Self::Industry(code) => ("INDUSTRY", code),
            Self::EnterpriseType(code) => ("ENTERPRISE_TYPE", code),
            Self::Stage(code) => ("STAGE", code),
            Self::Body(code) => ("BODY", code),
            Self::DocumentKind(code) => ("DOCUMENT_KIND", code),
        };
        (list, code.to_string())
    }
}

/// Refuses a code that no list has, where one is asked by; `field` named it.
pub async fn refuse_unknown(
    reading: &mut Reading,
    field: &str,
    coded: Option<Coded<'_>>,
) -> Result<(), Failure> {
    let Some(coded) = coded else { return Ok(()) };
    let (list, code) = coded.sought();
    let known = sqlx::query_scalar!(
        r#"select case $1
               when 'TYPE' then exists (select from organisation_type_rule where type = $2)
               when 'SECTOR' then exists (select from sector_rule where sector = $2)
               when 'INDUSTRY' then exists (select from industry_rule where industry = $2)
               when 'ENTERPRISE_TYPE' then
                   exists (select from enterprise_type_rule where enterprise_type = $2)
               when 'STAGE' then exists (select from campaign_stage_rule where stage = $2)
               when 'BODY' then exists (select from body_rule where body = $2)
               else exists (select from document_kind_rule where kind = $2)
           end as "known!""#,
        list,
        code,
    )
    .fetch_one(&mut **reading)
    .await?;
    if known { Ok(()) } else { Err(coded.refused().at(field)) }
}

impl Filter {
    /// Refuses a filter by what nobody knows.
    pub async fn refuse_unknown(&self, reading: &mut Reading) -> Result<(), Failure> {
        refuse_unknown(reading, "type", self.type_code.as_deref().map(Coded::Type)).await?;
        refuse_unknown(reading, "sector", self.sector.as_deref().map(Coded::Sector)).await?;
        refuse_unknown(reading, "industry", self.industry.as_deref().map(Coded::Industry)).await
    }
}
