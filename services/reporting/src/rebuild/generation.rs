//! What processes that keep facts and tree in memory have to know of a swap: which generation it makes,
//! and what is otherwise from then on.

use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::rebuild::asked::Difference;
use crate::rebuild::positions::Position;
use crate::rebuild::tables::{LISTED, PLACED, PLACING};

/// Of more facts than these memory is not told one by one: it is read anew.
const FACTS_MAX: i64 = 1_000_000;

/// Announces that a swap is near: whoever keeps facts and tree in memory reads them anew.
pub async fn announce(served: &mut PgConnection) -> anyhow::Result<()> {
    sqlx::query("update rebuild_generation set announced = announced + 1").execute(served).await?;
    Ok(())
}

/// The generation that a swap makes.
pub struct Generation {
    number: i64,
    /// What was followed before is the beginning of what is followed from now on.
    goes_on: bool,
}

impl Generation {
    /// The next one. `followed` is how far the served database was, `told` how far its other is.
    pub async fn begin(
        served: &mut PgConnection,
        followed: &[Position],
        told: &[Position],
        beside: &mut PgConnection,
    ) -> anyhow::Result<Self> {
        let number: i64 = sqlx::query_scalar(
            "update rebuild_generation set generation = generation + 1 returning generation",
        )
        .fetch_one(&mut *served)
        .await?;
        // In memory stands where in a feed each fact came: of another past that says nothing.
        let mut goes_on = true;
        for position in followed {
            let change_id: Option<Uuid> = sqlx::query_scalar(
                "select change_id from feed.applied where source = $1 and position = $2",
            )
            .bind(&position.source)
            .bind(position.position)
            .fetch_optional(&mut *beside)
            .await?;
            let reached = told
                .iter()
                .any(|told| told.source == position.source && told.position >= position.position);
            goes_on &= reached && change_id == position.change_id;
        }
        let facts: i64 = sqlx::query_scalar(
            "select (select count(*) from pg_temp.gone_fact) + (select count(*) from pg_temp.come_fact)",
        )
        .fetch_one(&mut *served)
        .await?;
        for table in LISTED {
            let statement = format!(
                "select exists (select from pg_temp.come_{table})
                     or exists (select from pg_temp.gone_{table})
                     or exists (select from pg_temp.other_{table})"
            );
            let differs: bool =
                sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut *served).await?;
            goes_on &= !differs;
        }
        // The generation before the last is of no use to anybody any more.
        sqlx::query("delete from rebuild_unit").execute(&mut *served).await?;
        sqlx::query("delete from rebuild_fact").execute(&mut *served).await?;
        Ok(Self { number, goes_on: goes_on && facts <= FACTS_MAX })
    }

    /// Tells which units are placed otherwise.
    pub async fn units(&self, served: &mut PgConnection) -> anyhow::Result<()> {
        if !self.goes_on {
            return Ok(());
        }
        let mut otherwise = vec!["select organisation_id from pg_temp.kept".to_owned()];
        for table in PLACING.iter().chain(&PLACED) {
            otherwise.extend(
                ["come", "gone", "other"]
                    .map(|which| format!("select organisation_id from pg_temp.{which}_{table}")),
            );
        }
        let statement = format!(
            "insert into rebuild_unit (generation, organisation_id)
             select distinct $1::bigint, organisation_id from ({}) otherwise",
            otherwise.join(" union all ")
        );
        sqlx::query(AssertSqlSafe(statement)).bind(self.number).execute(served).await?;
        Ok(())
    }

    /// Tells of the facts that go, while it is still known when they came.
    pub async fn facts_that_go(&self, served: &mut PgConnection) -> anyhow::Result<()> {
        self.facts(served, "gone_fact", -1).await
    }

    /// Tells of the facts that come, once it is known when they did.
    pub async fn facts_that_come(&self, served: &mut PgConnection) -> anyhow::Result<()> {
        self.facts(served, "come_fact", 1).await
    }

    async fn facts(&self, served: &mut PgConnection, which: &str, sign: i64) -> anyhow::Result<()> {
        if !self.goes_on {
            return Ok(());
        }
        let statement = format!(
            "insert into rebuild_fact (generation, source, position, unit_id, on_date, code, reason, sex,
                                       counterpart_id, amount, recorded_at)
             select $1, told.source, told.position, otherwise.unit_id, otherwise.on_date,
                    otherwise.code, otherwise.reason, otherwise.sex, otherwise.counterpart_id, $2 * otherwise.amount,
                    otherwise.recorded_at
             from pg_temp.{which} otherwise
             left join feed.applied told on told.change_id = otherwise.change_id"
        );
        let told = sqlx::query(AssertSqlSafe(statement)).bind(self.number).bind(sign);
        told.execute(served).await?;
        Ok(())
    }

    /// Keeps what was otherwise, and that the rebuild is done; answers the generation.
    pub async fn end(
        self,
        served: &mut PgConnection,
        rebuild_id: Uuid,
        differences: &[Difference],
    ) -> anyhow::Result<i64> {
        sqlx::query("update rebuild_generation set goes_on = case when $1 then announced end")
            .bind(self.goes_on)
            .execute(&mut *served)
            .await?;
        for difference in differences {
            sqlx::query(
                "insert into rebuild_difference (rebuild_id, table_name, missing, surplus, otherwise)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(rebuild_id)
            .bind(difference.table)
            .bind(difference.missing)
            .bind(difference.surplus)
            .bind(difference.otherwise)
            .execute(&mut *served)
            .await?;
        }
        sqlx::query(
            "insert into rebuild_counted (rebuild_id, code, facts, amount)
             select $1, code, count(*), sum(amount)
             from (select code, amount from pg_temp.come_fact
                   union all
                   select code, -amount from pg_temp.gone_fact) otherwise
             group by code",
        )
        .bind(rebuild_id)
        .execute(&mut *served)
        .await?;
        sqlx::query(
            "update rebuild
             set state = 'DONE', ended_at = clock_timestamp(), generation = $2, hindrance = null
             where rebuild_id = $1",
        )
        .bind(rebuild_id)
        .bind(self.number)
        .execute(served)
        .await?;
        Ok(self.number)
    }
}
