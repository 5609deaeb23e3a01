//! The reference data compiled into this program, written into the rules' tables as dated
//! rows when the service starts. Writing it again changes nothing.

mod bodies;

use anyhow::{Context, anyhow};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::{PgConnection, PgPool};
use time::Date;
use time::macros::format_description;

/// The advisory lock of those who write reference data: any constant that nobody else uses.
const REFERENCE_LOCK: i64 = 0x7265_6665_7265_6E63;

const TYPES: &str = include_str!("../reference/organisation_types.csv");
const SECTORS: &str = include_str!("../reference/sectors.csv");
const MINIMUM_FOUNDERS: &str = include_str!("../reference/minimum_founders.csv");
const COMMUNES: &str = include_str!("../reference/communes.csv");
const TERRITORIES: &str = include_str!("../reference/territories.csv");
const DOCUMENT_KINDS: &str = include_str!("../reference/document_kinds.csv");
const ENTERPRISE_TYPES: &str = include_str!("../reference/enterprise_types.csv");
const CAMPAIGN_STAGES: &str = include_str!("../reference/campaign_stages.csv");

#[derive(Deserialize)]
struct TypeLine {
    code: String,
    name_vi: String,
    short_name_vi: String,
    tier_order: i32,
    /// NONE, ALLOWED or REQUIRED.
    sector: String,
    /// Codes separated by `|`.
    parent_types: String,
    valid_from: String,
    /// The last day, unlike everywhere else.
    valid_to: String,
}

/// Types of organisation, as the files say.
pub fn organisation_types() -> anyhow::Result<Vec<OrganisationType>> {
    lines::<TypeLine>(TYPES)?
        .into_iter()
        .map(|line| {
            let span = Span::parse(&line.valid_from, &line.valid_to)?;
            Ok(OrganisationType {
                code: line.code,
                name: line.name_vi,
                short_name: line.short_name_vi,
                tier: line.tier_order,
                sector_need: line.sector,
                superior_types: line
                    .parent_types
                    .split('|')
                    .filter(|code| !code.is_empty())
                    .map(str::to_owned)
                    .collect(),
                in_force_from: span.from,
                in_force_until: span.until,
            })
        })
        .collect()
}

/// Sectors and their groups, as the files say.
pub fn sectors() -> anyhow::Result<Vec<Sector>> {
    let lines: Vec<SectorLine> = lines(SECTORS)?;
    let groups: Vec<String> = lines.iter().map(|line| line.parent_code.clone()).collect();
    Ok(lines
        .into_iter()
        .map(|line| Sector {
            is_group: groups.contains(&line.code),
            code: line.code,
            name: line.name_vi,
            group_of: line.parent_code,
        })
        .collect())
}

/// A type of organisation.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct OrganisationType {
    pub code: String,
    pub name: String,
    pub short_name: String,
    pub tier: i32,
    /// NONE, ALLOWED or REQUIRED.
    pub sector_need: String,
    pub superior_types: Vec<String>,
    pub in_force_from: Option<Date>,
    pub in_force_until: Option<Date>,
}

/// A sector, or a group of sectors.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Sector {
    pub code: String,
    pub name: String,
    pub group_of: String,
    pub is_group: bool,
}

#[derive(Deserialize)]
struct SectorLine {
    code: String,
    parent_code: String,
    name_vi: String,
}

#[derive(Deserialize)]
struct FoundersLine {
    r#type: String,
    minimum: i32,
    valid_from: String,
    valid_to: String,
}

/// A commune under one of its names.
#[derive(Deserialize)]
struct CommuneLine {
    code: String,
    name_vi: String,
    province_code: String,
    district_code: String,
    /// Under this name.
    valid_from: String,
    /// The last day under this name; empty where no other name followed.
    valid_to: String,
    /// The last day of the commune itself.
    last_day: String,
}

#[derive(Deserialize)]
struct TerritoryLine {
    r#type: String,
    exclusive: u8,
    valid_from: String,
    valid_to: String,
}

#[derive(Deserialize)]
struct DocumentKindLine {
    code: String,
    name_vi: String,
}

#[derive(Deserialize)]
struct EnterpriseTypeLine {
    code: String,
    name_vi: String,
}

#[derive(Deserialize)]
struct StageLine {
    code: String,
    stage_order: i32,
    name_vi: String,
}

/// Half-open dates; `None` is unbounded.
#[derive(Clone, Copy)]
struct Span {
    from: Option<Date>,
    until: Option<Date>,
}

impl Span {
    fn parse(from: &str, last_day: &str) -> anyhow::Result<Self> {
        let until = match date(last_day)? {
            Some(last) => Some(last.next_day().ok_or_else(|| anyhow!("no day after {last}"))?),
            None => None,
        };
        Ok(Self { from: date(from)?, until })
    }

    /// While both hold.
    fn and(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            until: match (self.until, other.until) {
                (Some(one), Some(another)) => Some(one.min(another)),
                (one, another) => one.or(another),
            },
        }
    }
}

fn date(text: &str) -> anyhow::Result<Option<Date>> {
    if text.is_empty() {
        return Ok(None);
    }
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map(Some)
        .with_context(|| format!("read the date {text}"))
}

fn lines<T: DeserializeOwned>(file: &str) -> anyhow::Result<Vec<T>> {
    csv::Reader::from_reader(file.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .context("read the reference data compiled in")
}

/// Makes the rules' tables say what the files say. Replicas that start together wait for
/// each other.
pub async fn bring_up_to_date(pool: &PgPool) -> anyhow::Result<()> {
    let mut transaction = pool.begin().await?;
    sqlx::query("select pg_advisory_xact_lock($1)")
        .bind(REFERENCE_LOCK)
        .execute(&mut *transaction)
        .await?;
    write(&mut transaction).await?;
    transaction.commit().await?;
    Ok(())
}

async fn write(db: &mut PgConnection) -> anyhow::Result<()> {
    let types: Vec<TypeLine> = lines(TYPES)?;
    let mut spans = std::collections::HashMap::new();
    for line in &types {
        spans.insert(line.code.as_str(), Span::parse(&line.valid_from, &line.valid_to)?);
    }
    for line in &types {
        let span = spans[line.code.as_str()];
        sqlx::query!(
            "insert into organisation_type_rule
                 (type, name_vi, short_name_vi, tier, valid, sector_need)
             select $1, $2, $3, $4, daterange($5, $6), $7
             where not exists (select from organisation_type_rule
                               where type = $1 and valid = daterange($5, $6))",
            line.code,
            line.name_vi,
            line.short_name_vi,
            line.tier_order,
            span.from,
            span.until,
            line.sector,
        )
        .execute(&mut *db)
        .await
        .with_context(|| format!("write the type {}", line.code))?;
        for superior in line.parent_types.split('|').filter(|code| !code.is_empty()) {
            let both = spans
                .get(superior)
                .ok_or_else(|| anyhow!("{} names no type {superior}", line.code))?
                .and(span);
            sqlx::query!(
                "insert into superior_type_rule (type, superior_type, valid)
                 select $1, $2, daterange($3, $4)
                 where not isempty(daterange($3, $4))
                   and not exists (select from superior_type_rule
                                   where type = $1 and superior_type = $2
                                     and valid = daterange($3, $4))",
                line.code,
                superior,
                both.from,
                both.until,
            )
            .execute(&mut *db)
            .await
            .with_context(|| format!("write that {} stands under {superior}", line.code))?;
        }
    }

    let sectors: Vec<SectorLine> = lines(SECTORS)?;
    for line in &sectors {
        let is_group = sectors.iter().any(|other| other.parent_code == line.code);
        let group_of = (!line.parent_code.is_empty()).then_some(line.parent_code.as_str());
        sqlx::query!(
            "insert into sector_rule (sector, group_of, name_vi, is_group) values ($1, $2, $3, $4)
             on conflict (sector) do nothing",
            line.code,
            group_of,
            line.name_vi,
            is_group,
        )
        .execute(&mut *db)
        .await
        .with_context(|| format!("write the sector {}", line.code))?;
    }

    for line in lines::<FoundersLine>(MINIMUM_FOUNDERS)? {
        let span = Span::parse(&line.valid_from, &line.valid_to)?;
        sqlx::query!(
            "insert into minimum_founders_rule (type, minimum, valid)
             select $1, $2, daterange($3, $4)
             where not exists (select from minimum_founders_rule
                               where type = $1 and valid = daterange($3, $4))",
            line.r#type,
            line.minimum,
            span.from,
            span.until,
        )
        .execute(&mut *db)
        .await
        .with_context(|| format!("write the founders of {}", line.r#type))?;
    }

    write_communes(&mut *db).await.context("write the communes")?;
    for line in lines::<TerritoryLine>(TERRITORIES)? {
        let span = Span::parse(&line.valid_from, &line.valid_to)?;
        sqlx::query!(
            "insert into territory_rule (type, exclusive, valid)
             select $1, $2, daterange($3, $4)
             where not exists (select from territory_rule
                               where type = $1 and valid = daterange($3, $4))",
            line.r#type,
            line.exclusive == 1,
            span.from,
            span.until,
        )
        .execute(&mut *db)
        .await
        .with_context(|| format!("write the territory of {}", line.r#type))?;
    }
    for line in lines::<DocumentKindLine>(DOCUMENT_KINDS)? {
        sqlx::query!(
            "insert into document_kind_rule (kind, name_vi) values ($1, $2)
             on conflict (kind) do nothing",
            line.code,
            line.name_vi,
        )
        .execute(&mut *db)
        .await?;
    }

    bodies::write(db).await?;
    for line in lines::<EnterpriseTypeLine>(ENTERPRISE_TYPES)? {
        sqlx::query!(
            "insert into enterprise_type_rule (enterprise_type, name_vi) values ($1, $2)
             on conflict (enterprise_type) do nothing",
            line.code,
            line.name_vi,
        )
        .execute(&mut *db)
        .await?;
    }
    for line in lines::<StageLine>(CAMPAIGN_STAGES)? {
        sqlx::query!(
            "insert into campaign_stage_rule (stage, stage_order, name_vi) values ($1, $2, $3)
             on conflict (stage) do nothing",
            line.code,
            line.stage_order,
            line.name_vi,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Thirteen thousand lines, in one statement.
async fn write_communes(db: &mut PgConnection) -> anyhow::Result<()> {
    let communes: Vec<CommuneLine> = lines(COMMUNES)?;
    let mut froms = Vec::with_capacity(communes.len());
    let mut untils = Vec::with_capacity(communes.len());
    let mut abolished_ons = Vec::with_capacity(communes.len());
    for line in &communes {
        let life = Span::parse("", &line.last_day)?;
        let name = Span::parse(&line.valid_from, &line.valid_to)?.and(life);
        froms.push(name.from);
        untils.push(name.until);
        abolished_ons.push(life.until);
    }
    let column = |of: fn(&CommuneLine) -> &str| -> Vec<&str> { communes.iter().map(of).collect() };
    sqlx::query!(
        "insert into commune_rule
             (commune, name_vi, province_code, district_code, valid, abolished_on)
         select commune, name_vi, province_code, district_code, daterange(from_on, until_on),
                abolished_on
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[],
                     $7::date[])
              as line (commune, name_vi, province_code, district_code, from_on, until_on,
                       abolished_on)
         on conflict on constraint commune_rule_once do nothing",
        &column(|line| &line.code) as &[&str],
        &column(|line| &line.name_vi) as &[&str],
        &column(|line| &line.province_code) as &[&str],
        &column(|line| &line.district_code) as &[&str],
        &froms as &[Option<Date>],
        &untils as &[Option<Date>],
        &abolished_ons as &[Option<Date>],
    )
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_code_names_one_commune_at_a_time() {
        let communes: Vec<CommuneLine> = lines(COMMUNES).expect("read");
        let mut borne: HashMap<&str, Vec<Span>> = HashMap::new();
        for line in &communes {
            let life = Span::parse("", &line.last_day).expect("a date");
            let name = Span::parse(&line.valid_from, &line.valid_to).expect("dates").and(life);
            borne.entry(&line.code).or_default().push(name);
        }
        for (code, spans) in &borne {
            for (n, span) in spans.iter().enumerate() {
                for other in &spans[n + 1..] {
                    let both = span.and(*other);
                    let shared = both.until.is_none_or(|until| both.from.is_none_or(|f| f < until));
                    assert!(!shared, "{code} names two communes at once");
                }
            }
        }
        let on = |day: &str| date(day).expect("a date").expect("a day");
        let named_on = |code: &str, day: Date| {
            communes.iter().filter(|line| line.code == code).find_map(|line| {
                let life = Span::parse("", &line.last_day).expect("a date");
                let name = Span::parse(&line.valid_from, &line.valid_to).expect("dates").and(life);
                let holds = name.from.is_none_or(|from| from <= day)
                    && name.until.is_none_or(|until| day < until);
                holds.then_some(line.name_vi.as_str())
            })
        };
        assert_eq!(named_on("00004", on("2025-06-30")), Some("Phường Trúc Bạch"));
        assert_eq!(named_on("00004", on("2025-07-01")), Some("Phường Ba Đình"));
        assert_eq!(named_on("25270", on("2026-04-29")), Some("Xã Lộc Ninh"));
        assert_eq!(named_on("25270", on("2026-04-30")), Some("Phường Lộc Ninh"));
    }
}
