//! Writes down that all that is held on a person is told, to whom and for what.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::ground::merged;
use crate::ground::roll;
use crate::ground::scope;

/// For so long whoever asked reads it.
const READABLE: Duration = Duration::days(7);

/// All that is held on a person is to be told.
pub struct ExportPerson {
    /// Who.
    pub person_id: Uuid,
    /// For what.
    pub purpose: String,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub struct Exported {
    /// What it is read by.
    pub export_id: Uuid,
    /// How many records there are.
    pub records: i64,
    /// Until then.
    #[serde(with = "time::serde::timestamp::microseconds")]
    pub readable_until: OffsetDateTime,
}

impl Act for ExportPerson {
    type Answer = Exported;

    async fn perform(self, acting: &mut Acting) -> Result<Exported, Failure> {
        scope::of(acting, self.person_id).await?;
        roll::lock(acting, &[self.person_id]).await?;
        let export_id = Uuid::now_v7();
        let (act_id, acted_at, actor) = (acting.act_id, acting.acted_at, acting.caller.principal());
        let readable_until = acted_at + READABLE;
        sqlx::query!(
            "insert into person_export (person_id, export_id, purpose, actor, readable_until, act_id,
                                        recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            self.person_id,
            export_id,
            self.purpose,
            actor,
            readable_until,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?;
        let survivor = merged::survivor(acting.db(), self.person_id, None).await?;
        let into = merged::into(acting.db(), &[survivor]).await?;
        let all: Vec<Uuid> =
            std::iter::once(survivor).chain(into.into_iter().map(|(she, _)| she)).collect();
        let records = sqlx::query_scalar!(
            r#"select count(*) as "records!"
               from (select distinct relation, recorded_at, content
                     from unnest($1::uuid[]) as she (person_id)
                     cross join lateral held_on(she.person_id)) held"#,
            &all,
        )
        .fetch_one(acting.db())
        .await?;
        Ok(Exported { export_id, records, readable_until })
    }
}
