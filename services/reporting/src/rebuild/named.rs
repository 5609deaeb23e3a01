//! Organisations that no feed knows any more, and that this service's own acts name: a register that was
//! restored has lost them. Targets, returns and closings of them stay, and they lie, as what never
//! existed does, under the superior that they had first.

use anyhow::Context;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::rebuild::tables::{DERIVED, ORGANISATION};

/// Keeps those that own acts name, and those under which they lie, as organisations that never existed.
pub async fn keep(served: &mut PgConnection) -> anyhow::Result<()> {
    let derived: Vec<&str> = DERIVED.iter().map(|table| table.name).collect();
    let naming: Vec<(String, String)> = sqlx::query_as(
        "select named.conrelid::regclass::text, quote_ident(by.attname)
         from pg_constraint named
         join pg_attribute by on by.attrelid = named.conrelid and by.attnum = named.conkey[1]
         where named.contype = 'f' and named.confrelid = $1::regclass
           and named.conrelid::regclass::text <> all ($2)",
    )
    .bind(ORGANISATION)
    .bind(&derived)
    .fetch_all(&mut *served)
    .await
    .context("learn what names organisations")?;
    let named: Vec<String> = naming
        .iter()
        .map(|(table, column)| format!("select {column} as organisation_id from {table}"))
        .collect();
    let statements = format!(
        "create temporary table kept on commit drop as
         with recursive kept (organisation_id, under_id) as (
             select gone.organisation_id, first.superior_id
             from pg_temp.gone_organisation gone
             cross join lateral ({first}) first
             where gone.organisation_id in ({named})
             union
             select gone.organisation_id, first.superior_id
             from kept
             join pg_temp.gone_organisation gone on gone.organisation_id = kept.under_id
             cross join lateral ({first}) first
         )
         select * from kept;
         update organisation
         set never_existed = true, founded_under_id = kept.under_id, ended_on = null,
             end_kind = null, heir_id = null, last_superior_id = null, ending_change_id = null,
             members_to_id = null
         from pg_temp.kept
         where organisation.organisation_id = kept.organisation_id
           and not organisation.never_existed;
         insert into access.ending (organisation_id, ended_on, heir_id)
         select organisation_id, '1900-01-01', under_id from pg_temp.kept
         on conflict (organisation_id)
         do update set ended_on = excluded.ended_on, heir_id = excluded.heir_id;
         delete from pg_temp.gone_access_ending gone using pg_temp.kept
         where gone.organisation_id = kept.organisation_id;
         delete from pg_temp.gone_organisation_name gone using pg_temp.kept
         where gone.organisation_id = kept.organisation_id;
         delete from pg_temp.gone_organisation gone using pg_temp.kept
         where gone.organisation_id = kept.organisation_id;",
        first = "select coalesce(gone.founded_under_id,
                                 (select edge.superior_id from edge
                                  where edge.organisation_id = gone.organisation_id
                                  order by lower(edge.valid) limit 1)) as superior_id",
        named = named.join(" union all "),
    );
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(served)
        .await
        .context("keep the organisations that own acts name")?;
    Ok(())
}
