//! Corrections of what an organisation may have several of on a day, or nothing: communes, other
//! names, directors beside its superior, a seal.

use std::ops::Bound;

use chassis::database::Acting;
use chassis::refusal::{Failure, OnConstraint};
use feeds::registry::Seal;
use sqlx::postgres::types::PgRange;
use time::Date;
use uuid::Uuid;

use crate::ground::attributes::Account;
use crate::ground::refused::Refused;
use crate::ground::rules::Rules;
use crate::ground::tree::{self, Scope, Standing};

/// Whether a commune belonged to the territory on the days; answers 0 where that is known already.
pub(super) async fn territory(
    acting: &mut Acting,
    unit: &Standing,
    days: &PgRange<Date>,
    commune: &str,
    held: bool,
) -> Result<i64, Failure> {
    let exclusive_type = match held {
        true => refuse_unfit_commune(acting, unit, commune, days).await?,
        false => None,
    };
    let (id, act_id, at) = (unit.organisation_id, acting.act_id, acting.acted_at);
    let differing = sqlx::query_file_scalar!(
        "src/correction/correct_organisation/territory.sql",
        id,
        days,
        commune,
        at,
        act_id,
        held,
        exclusive_type,
    )
    .fetch_one(acting.db())
    .await;
    differing.on_constraint("organisation_territory_taken", || {
        Refused::CommuneTaken { commune: commune.to_string() }.at("territory.commune")
    })
}

/// Whether it was known under another name on the days; answers 0 where that is known already.
pub(super) async fn alias(
    acting: &mut Acting,
    unit: &Standing,
    days: &PgRange<Date>,
    alias: &str,
    known: bool,
) -> Result<i64, Failure> {
    let (id, act_id, at) = (unit.organisation_id, acting.act_id, acting.acted_at);
    let differing = sqlx::query_file_scalar!(
        "src/correction/correct_organisation/alias.sql",
        id,
        days,
        alias,
        at,
        act_id,
        known,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(differing)
}

/// Whether an organisation directed it beside its superior on the days; answers 0 where that is
/// known already.
pub(super) async fn director(
    acting: &mut Acting,
    unit: &Standing,
    days: &PgRange<Date>,
    director_id: Uuid,
    directs: bool,
) -> Result<i64, Failure> {
    if directs {
        refuse_unfit_director(acting, unit, director_id, days).await?;
    }
    let (id, act_id, at) = (unit.organisation_id, acting.act_id, acting.acted_at);
    let differing = sqlx::query_file_scalar!(
        "src/correction/correct_organisation/director.sql",
        id,
        days,
        director_id,
        at,
        act_id,
        directs,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(differing)
}

/// Its seal and account on the days; answers 0 where they are known so already.
pub(super) async fn seal(
    acting: &mut Acting,
    unit: &Standing,
    days: &PgRange<Date>,
    seal: Seal,
    account: &Account,
) -> Result<i64, Failure> {
    let (id, act_id, at) = (unit.organisation_id, acting.act_id, acting.acted_at);
    let differing = sqlx::query_file_scalar!(
        "src/correction/correct_organisation/seal.sql",
        id,
        days,
        seal.code(),
        at,
        act_id,
        account.number,
        account.bank,
    )
    .fetch_one(acting.db())
    .await?;
    Ok(differing)
}

/// The first of the days, and the first day after them.
fn bounds(unit: &Standing, days: &PgRange<Date>) -> (Date, Option<Date>) {
    let from = match days.start {
        Bound::Included(from) => from,
        Bound::Excluded(_) | Bound::Unbounded => unit.founded_on,
    };
    let until = match days.end {
        Bound::Excluded(until) => Some(until),
        Bound::Included(_) | Bound::Unbounded => None,
    };
    (from, until)
}

/// It is one commune on all of the days, and the type has a territory. Answers the type, where
/// no two of it may share a commune.
async fn refuse_unfit_commune(
    acting: &mut Acting,
    unit: &Standing,
    commune: &str,
    days: &PgRange<Date>,
) -> Result<Option<String>, Failure> {
    let (from, _) = bounds(unit, days);
    let in_force = sqlx::query_scalar!(
        r#"select $2::daterange <@ daterange(lower(valid), abolished_on) as "all!"
           from commune_rule where commune = $1 and valid @> $3::date"#,
        commune,
        days,
        from,
    )
    .fetch_optional(acting.db())
    .await?;
    if in_force != Some(true) {
        let refused = Refused::CommuneUnknown { commune: commune.to_string(), on: from };
        return Err(refused.at("territory.commune"));
    }
    let rule = sqlx::query!(
        r#"select type.type as "type_code!", rule.exclusive as "exclusive?"
           from organisation_type type
           left join territory_rule rule on rule.type = type.type and rule.valid @> $2::date
           where type.organisation_id = $1 and upper_inf(type.recorded) and type.valid @> $2::date"#,
        unit.organisation_id,
        from,
    )
    .fetch_one(acting.db())
    .await?;
    match rule.exclusive {
        None => {
            Err(Refused::TerritoryNotAllowed { type_code: rule.type_code }.at("organisation_id"))
        }
        Some(exclusive) => Ok(exclusive.then_some(rule.type_code)),
    }
}

/// It lives on all of the days, may direct the unit, and is not its superior.
async fn refuse_unfit_director(
    acting: &mut Acting,
    unit: &Standing,
    director_id: Uuid,
    days: &PgRange<Date>,
) -> Result<(), Failure> {
    let (from, until) = bounds(unit, days);
    let field = "joint_direction.director_id";
    tree::lean_on(acting, &[director_id]).await?;
    let director = tree::standing(acting, field, director_id, from, Scope::Itself).await?;
    director.may_have_subordinates(from, until).map_err(|refused| refused.at(field))?;
    let own = tree::standing(acting, field, unit.organisation_id, from, Scope::BySuperior).await?;
    if director_id == unit.organisation_id || own.place_id == Some(director_id) {
        return Err(Refused::DirectorIsSuperior { director_id }.at(field));
    }
    Rules::read(acting.db())
        .await?
        .may_stand_under(&own.type_code, &director.type_code, from)
        .map_err(|refused| refused.at(field))
}
