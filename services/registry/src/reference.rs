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
const ENTERPRISE_TYPES: &str = include_str!("../reference/enterprise_types.csv");
const CAMPAIGN_STAGES: &str = include_str!("../reference/campaign_stages.csv");

#[derive(Deserialize)]
struct TypeLine {
    code: String,
    name_vi: String,
    short_name_vi: String,
    tier_order: i32,
    /// Codes separated by `|`.
    parent_types: String,
    valid_from: String,
    /// The last day, unlike everywhere else.
    valid_to: String,
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
            "insert into organisation_type_rule (type, name_vi, short_name_vi, tier, valid)
             select $1, $2, $3, $4, daterange($5, $6)
             where not exists (select from organisation_type_rule
                               where type = $1 and valid = daterange($5, $6))",
            line.code,
            line.name_vi,
            line.short_name_vi,
            line.tier_order,
            span.from,
            span.until,
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
