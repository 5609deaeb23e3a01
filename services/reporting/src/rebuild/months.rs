//! The roll-up of facts by month: made of the facts that are served, those of own acts included.
//!
//! What it differs from them by stays the same whatever is followed and told meanwhile, since both are
//! written together: so it is found while the service goes on, and added when nothing moves.

use anyhow::Context;
use sqlx::PgConnection;

/// Finds by how much months differ from their facts, and keeps it in the session.
pub async fn find(served: &mut PgConnection) -> anyhow::Result<()> {
    sqlx::raw_sql(
        "drop table if exists pg_temp.month_differs;
         create temporary table month_differs as
         select unit_id, code, month, reason, sex, counterpart_id,
                coalesce(told.amount, 0) - coalesce(held.amount, 0) as amount
         from (select unit_id, code, date_trunc('month', on_date)::date as month, reason, sex,
                      counterpart_id, sum(amount)::bigint as amount
               from fact
               group by 1, 2, 3, 4, 5, 6) told
         full join unit_month held using (unit_id, code, month, reason, sex, counterpart_id)
         where coalesce(told.amount, 0) <> coalesce(held.amount, 0)",
    )
    .execute(served)
    .await
    .context("hold the months against their facts")?;
    Ok(())
}

/// Adds what was found, and what facts come and go by; answers how many months said something else than
/// they had to.
pub async fn mend(served: &mut PgConnection) -> anyhow::Result<i64> {
    let mended = sqlx::query(
        "insert into unit_month as held (unit_id, code, month, reason, sex, counterpart_id, amount)
         select unit_id, code, month, reason, sex, counterpart_id, sum(amount)
         from (select unit_id, code, month, reason, sex, counterpart_id, amount
               from pg_temp.month_differs
               union all
               select unit_id, code, date_trunc('month', on_date)::date, reason, sex,
                      counterpart_id, amount
               from pg_temp.come_fact
               union all
               select unit_id, code, date_trunc('month', on_date)::date, reason, sex,
                      counterpart_id, -amount
               from pg_temp.gone_fact) differs
         group by 1, 2, 3, 4, 5, 6
         having sum(amount) <> 0
         -- As acts touch them, so that two queue instead of waiting for each other.
         order by 1, 2, 3, 4, 5, 6
         on conflict (unit_id, code, month, reason, sex, counterpart_id)
         do update set amount = held.amount + excluded.amount",
    )
    .execute(served)
    .await
    .context("mend the months")?;
    Ok(i64::try_from(mended.rows_affected())?)
}
