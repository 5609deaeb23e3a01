//! The rules on bodies and congresses: which there are, how large they may be, in which form a
//! congress is held, and how long an appointed body may wait for one.

use anyhow::Context;
use serde::Deserialize;
use sqlx::PgConnection;

use super::{Span, lines};

const BODIES: &str = include_str!("../../reference/bodies.csv");
const POSITIONS: &str = include_str!("../../reference/positions.csv");
const SIZES: &str = include_str!("../../reference/body_sizes.csv");
const SHARES: &str = include_str!("../../reference/body_shares.csv");
const FORMS: &str = include_str!("../../reference/congress_forms.csv");
const DEADLINES: &str = include_str!("../../reference/deadlines.csv");

#[derive(Deserialize)]
struct BodyLine {
    code: String,
    name_vi: String,
    elected: u8,
    down_to_tier: Option<i32>,
}

#[derive(Deserialize)]
struct PositionLine {
    body: String,
    position: String,
    name_vi: String,
    sole: u8,
    required: u8,
}

#[derive(Deserialize)]
struct SizeLine {
    r#type: String,
    organisation_code: String,
    body: String,
    members_from: i32,
    least: i32,
    most: i32,
    valid_from: String,
    valid_to: String,
}

#[derive(Deserialize)]
struct ShareLine {
    share: String,
    level: String,
    numerator: i32,
    denominator: i32,
    seats_from: i32,
    valid_from: String,
    valid_to: String,
}

#[derive(Deserialize)]
struct FormLine {
    r#type: String,
    delegates_from: i32,
    valid_from: String,
    valid_to: String,
}

#[derive(Deserialize)]
struct DeadlineLine {
    deadline: String,
    months: i32,
    valid_from: String,
    valid_to: String,
}

/// Makes the tables of rules on bodies say what the files say.
pub(super) async fn write(db: &mut PgConnection) -> anyhow::Result<()> {
    for line in lines::<BodyLine>(BODIES)? {
        sqlx::query!(
            "insert into body_rule (body, name_vi, elected, down_to_tier) values ($1, $2, $3, $4)
             on conflict (body) do nothing",
            line.code,
            line.name_vi,
            line.elected == 1,
            line.down_to_tier,
        )
        .execute(&mut *db)
        .await?;
    }
    for line in lines::<PositionLine>(POSITIONS)? {
        sqlx::query!(
            "insert into position_rule (body, position, name_vi, sole, required)
             values ($1, $2, $3, $4, $5)
             on conflict (body, position) do nothing",
            line.body,
            line.position,
            line.name_vi,
            line.sole == 1,
            line.required == 1,
        )
        .execute(&mut *db)
        .await?;
    }
    write_sizes(db).await?;
    for line in lines::<ShareLine>(SHARES)? {
        let span = Span::parse(&line.valid_from, &line.valid_to)?;
        sqlx::query!(
            "insert into body_share_rule (share, level, numerator, denominator, seats_from, valid)
             select $1, $2, $3, $4, $5, daterange($6, $7)
             where not exists (select from body_share_rule
                               where share = $1 and level = $2 and valid = daterange($6, $7))",
            line.share,
            line.level,
            line.numerator,
            line.denominator,
            line.seats_from,
            span.from,
            span.until,
        )
        .execute(&mut *db)
        .await
        .with_context(|| format!("write the share {}", line.share))?;
    }
    for line in lines::<FormLine>(FORMS)? {
        let span = Span::parse(&line.valid_from, &line.valid_to)?;
        sqlx::query!(
            "insert into congress_form_rule (type, delegates_from, valid)
             select $1, $2, daterange($3, $4)
             where not exists (select from congress_form_rule
                               where type = $1 and valid = daterange($3, $4))",
            line.r#type,
            line.delegates_from,
            span.from,
            span.until,
        )
        .execute(&mut *db)
        .await
        .with_context(|| format!("write the congresses of {}", line.r#type))?;
    }
    for line in lines::<DeadlineLine>(DEADLINES)? {
        let span = Span::parse(&line.valid_from, &line.valid_to)?;
        sqlx::query!(
            "insert into deadline_rule (deadline, months, valid)
             select $1, $2, daterange($3, $4)
             where not exists (select from deadline_rule
                               where deadline = $1 and valid = daterange($3, $4))",
            line.deadline,
            line.months,
            span.from,
            span.until,
        )
        .execute(&mut *db)
        .await
        .with_context(|| format!("write the deadline {}", line.deadline))?;
    }
    Ok(())
}

/// The many sizes in one statement: they are most of the rows of the reference data.
async fn write_sizes(db: &mut PgConnection) -> anyhow::Result<()> {
    let sizes = lines::<SizeLine>(SIZES)?;
    let spans = sizes
        .iter()
        .map(|line| Span::parse(&line.valid_from, &line.valid_to))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let column = |of: fn(&SizeLine) -> &str| -> Vec<&str> { sizes.iter().map(of).collect() };
    let number = |of: fn(&SizeLine) -> i32| -> Vec<i32> { sizes.iter().map(of).collect() };
    let (from, until): (Vec<_>, Vec<_>) = spans.iter().map(|span| (span.from, span.until)).unzip();
    sqlx::query!(
        "with line as (
             select type, organisation_code, body, members_from, least, most,
                    daterange(valid_from, valid_until) as valid
             from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[],
                         $7::date[], $8::date[])
                  as line (type, organisation_code, body, members_from, least, most,
                           valid_from, valid_until)
         )
         insert into body_size_rule
             (type, organisation_code, body, members_from, least, most, valid)
         select type, organisation_code, body, members_from, least, most, valid
         from line
         where not exists (select from body_size_rule known
                           where known.type = line.type
                             and known.organisation_code = line.organisation_code
                             and known.body = line.body
                             and known.members_from = line.members_from
                             and known.valid = line.valid)",
        &column(|line| &line.r#type) as &[&str],
        &column(|line| &line.organisation_code) as &[&str],
        &column(|line| &line.body) as &[&str],
        &number(|line| line.members_from),
        &number(|line| line.least),
        &number(|line| line.most),
        &from as &[Option<time::Date>],
        &until as &[Option<time::Date>],
    )
    .execute(db)
    .await
    .context("write the sizes of bodies")?;
    Ok(())
}
