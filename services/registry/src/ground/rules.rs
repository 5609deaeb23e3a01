//! The rules of the reference data, as an act needs them: dated rows, never code.

use std::collections::HashMap;

use anyhow::anyhow;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;

use crate::ground::refused::Refused;

/// Types, superiors, sectors, industries and minimum founders, in all their dated versions.
#[derive(Debug)]
pub struct Rules {
    types: HashMap<String, Vec<TypeRule>>,
    superiors: HashMap<(String, String), Vec<Span>>,
    founders: HashMap<String, Vec<(Span, i32)>>,
    sectors: HashMap<String, Sector>,
    industries: HashMap<String, Vec<Span>>,
}

#[derive(Debug)]
struct TypeRule {
    sector_need: SectorNeed,
    span: Span,
}

/// What a sector is to a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectorNeed {
    /// A superior organisation has none.
    None,
    /// It may have one.
    Allowed,
    /// The grassroots have one.
    Required,
}

impl SectorNeed {
    fn parse(code: &str) -> Option<Self> {
        match code {
            "NONE" => Some(Self::None),
            "ALLOWED" => Some(Self::Allowed),
            "REQUIRED" => Some(Self::Required),
            _ => None,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Sector {
    Group,
    Single,
}

/// Half-open dates; `None` is unbounded.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: Option<Date>,
    until: Option<Date>,
}

impl Span {
    fn contains(self, on: Date) -> bool {
        self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on < until)
    }
}

impl Rules {
    /// Reads the rules as they are known to this transaction.
    pub async fn read(db: &mut PgConnection) -> Result<Self, Failure> {
        let mut rules = Self {
            types: HashMap::new(),
            superiors: HashMap::new(),
            founders: HashMap::new(),
            sectors: HashMap::new(),
            industries: HashMap::new(),
        };
        for row in sqlx::query!(
            r#"select type, sector_need, lower(valid) as "from", upper(valid) as "until"
               from organisation_type_rule"#
        )
        .fetch_all(&mut *db)
        .await?
        {
            let sector_need = SectorNeed::parse(&row.sector_need)
                .ok_or_else(|| anyhow!("no need of a sector is {}", row.sector_need))?;
            let span = Span { from: row.from, until: row.until };
            rules.types.entry(row.r#type).or_default().push(TypeRule { sector_need, span });
        }
        for row in sqlx::query!(
            r#"select type, superior_type, lower(valid) as "from", upper(valid) as "until"
               from superior_type_rule"#
        )
        .fetch_all(&mut *db)
        .await?
        {
            rules
                .superiors
                .entry((row.r#type, row.superior_type))
                .or_default()
                .push(Span { from: row.from, until: row.until });
        }
        for row in sqlx::query!(
            r#"select type, minimum, lower(valid) as "from", upper(valid) as "until"
               from minimum_founders_rule"#
        )
        .fetch_all(&mut *db)
        .await?
        {
            rules
                .founders
                .entry(row.r#type)
                .or_default()
                .push((Span { from: row.from, until: row.until }, row.minimum));
        }
        for row in
            sqlx::query!("select sector, is_group from sector_rule").fetch_all(&mut *db).await?
        {
            let sector = if row.is_group { Sector::Group } else { Sector::Single };
            rules.sectors.insert(row.sector, sector);
        }
        for row in sqlx::query!(
            r#"select industry, lower(valid) as "from", upper(valid) as "until" from industry_rule"#
        )
        .fetch_all(db)
        .await?
        {
            let span = Span { from: row.from, until: row.until };
            rules.industries.entry(row.industry).or_default().push(span);
        }
        Ok(rules)
    }

    /// An organisation of this type can be founded on this date, with this sector or none.
    pub fn may_be_founded(
        &self,
        type_code: &str,
        sector: Option<&str>,
        on: Date,
    ) -> Result<(), Refused> {
        match (self.sector_need(type_code, on)?, sector) {
            (SectorNeed::Required, None) => {
                Err(Refused::SectorRequired { type_code: type_code.to_string() })
            }
            (SectorNeed::None, Some(_)) => {
                Err(Refused::SectorNotAllowed { type_code: type_code.to_string() })
            }
            (_, None) => Ok(()),
            (_, Some(sector)) => self.sector(sector),
        }
    }

    /// What a sector is to organisations of this type, which is in force on this date.
    pub fn sector_need(&self, type_code: &str, on: Date) -> Result<SectorNeed, Refused> {
        let versions = self
            .types
            .get(type_code)
            .ok_or_else(|| Refused::OrganisationTypeUnknown { type_code: type_code.to_string() })?;
        let version =
            versions.iter().find(|version| version.span.contains(on)).ok_or_else(|| {
                Refused::OrganisationTypeNotInForce { type_code: type_code.to_string(), on }
            })?;
        Ok(version.sector_need)
    }

    /// An organisation of this type may have a sector: it is no superior organisation.
    pub fn bears_sector(&self, type_code: &str, on: Date) -> bool {
        let versions = self.types.get(type_code).into_iter().flatten();
        versions
            .filter(|version| version.span.contains(on))
            .any(|version| version.sector_need != SectorNeed::None)
    }

    /// The sector exists and is no group.
    pub fn sector(&self, sector: &str) -> Result<(), Refused> {
        match self.sectors.get(sector) {
            Some(Sector::Single) => Ok(()),
            Some(Sector::Group) | None => {
                Err(Refused::SectorUnknown { sector: sector.to_string() })
            }
        }
    }

    /// The industry exists, and an organisation may be put into it on this date.
    pub fn industry(&self, industry: &str, on: Date) -> Result<(), Refused> {
        let spans = self
            .industries
            .get(industry)
            .ok_or_else(|| Refused::IndustryUnknown { industry: industry.to_string() })?;
        if spans.iter().any(|span| span.contains(on)) {
            return Ok(());
        }
        Err(Refused::IndustryNotInForce { industry: industry.to_string(), on })
    }

    /// On this date one type may stand under the other.
    pub fn may_stand_under(
        &self,
        type_code: &str,
        superior_type: &str,
        on: Date,
    ) -> Result<(), Refused> {
        let allowed = self
            .superiors
            .get(&(type_code.to_string(), superior_type.to_string()))
            .is_some_and(|spans| spans.iter().any(|span| span.contains(on)));
        if allowed {
            return Ok(());
        }
        Err(Refused::SuperiorTypeNotAllowed {
            type_code: type_code.to_string(),
            superior_type: superior_type.to_string(),
            on,
        })
    }

    /// There is such a type, in force or not.
    pub fn knows_type(&self, type_code: &str) -> bool {
        self.types.contains_key(type_code)
    }

    /// So many founders are enough for this type on this date.
    pub fn enough_founders(&self, type_code: &str, founders: i32, on: Date) -> Result<(), Refused> {
        let minimum = self
            .founders
            .get(type_code)
            .into_iter()
            .flatten()
            .find(|(span, _)| span.contains(on))
            .map(|(_, minimum)| *minimum);
        // Where the rules ask for none, somebody founded it all the same.
        let minimum = minimum.unwrap_or(1).max(1);
        if founders < minimum {
            let type_code = type_code.to_string();
            return Err(Refused::FoundersTooFew { type_code, founders, minimum });
        }
        Ok(())
    }
}
