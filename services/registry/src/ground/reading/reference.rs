//! Types of organisation, sectors and industries, as the rules say.

use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;

/// A type of organisation, in one of its versions.
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

/// Types from the Confederation down; those in force on a day, or all.
pub async fn organisation_types(
    reading: &mut Reading,
    on: Option<Date>,
) -> Result<Vec<OrganisationType>, Failure> {
    let types = sqlx::query_as!(
        OrganisationType,
        r#"select type as code, name_vi as name, short_name_vi as short_name, tier, sector_need,
                  array(select distinct below.superior_type from superior_type_rule below
                        where below.type = rule.type and below.valid && rule.valid
                        order by below.superior_type) as "superior_types!",
                  lower(valid) as in_force_from, upper(valid) as in_force_until
           from organisation_type_rule rule
           where $1::date is null or valid @> $1
           order by tier, type, lower(valid) nulls first"#,
        on,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(types)
}

/// Each group before its sectors, under the names of a day.
pub async fn sectors(reading: &mut Reading, on: Date) -> Result<Vec<Sector>, Failure> {
    let sectors = sqlx::query_as!(
        Sector,
        r#"with recursive below (sector, path) as (
               select sector, array[sector] from sector_rule where group_of is null
               union all
               select rule.sector, below.path || rule.sector
               from below join sector_rule rule on rule.group_of = below.sector
           )
           select sector as "code!",
                  -- What it was called until the first change after that day.
                  coalesce((select former.former ->> 'name_vi' from reference_former former
                            where former.relation = 'sector_rule'
                              and former.former ->> 'sector' = sector and former.until_on > $1
                            order by former.until_on, former.former_id
                            limit 1), rule.name_vi) as "name!",
                  coalesce(rule.group_of, '') as "group_of!", rule.is_group
           from below join sector_rule rule using (sector)
           order by below.path"#,
        on,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(sectors)
}

/// An industry, in one of its versions.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Industry {
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub in_force_from: Option<Date>,
    pub in_force_until: Option<Date>,
}

/// Industries in the order of their codes; those in force on a day, or all.
pub async fn industries(reading: &mut Reading, on: Option<Date>) -> Result<Vec<Industry>, Failure> {
    let industries = sqlx::query_as!(
        Industry,
        r#"select industry as code, name_vi as name, name_en, lower(valid) as in_force_from,
                  upper(valid) as in_force_until
           from industry_rule
           where $1::date is null or valid @> $1
           order by industry, lower(valid) nulls first"#,
        on,
    )
    .fetch_all(&mut **reading)
    .await?;
    Ok(industries)
}
