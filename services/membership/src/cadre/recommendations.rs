//! Recommendations of officers.

use chassis::page::{Asked, Page};
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::organisation;

/// One recommendation.
#[derive(Debug)]
pub struct Recommendation {
    /// Its id.
    pub recommendation_id: Uuid,
    /// Who recommended.
    pub organisation_id: Uuid,
    /// Who was recommended.
    pub person_id: Uuid,
    /// When.
    pub recommended_on: Date,
    /// To which committee.
    pub committee: Option<String>,
    /// `membership.v1.CadrePurpose`.
    pub purposes: Vec<i16>,
    /// What became of it: `membership.v1.CadrePurpose`.
    pub outcomes: Vec<i16>,
    /// When, of each.
    pub reached_on: Vec<Date>,
}

/// The recommendations that one organisation made.
pub async fn list(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    known_at: Option<OffsetDateTime>,
    asked: &Asked<'_>,
) -> Result<Page<Recommendation>, Failure> {
    organisation::in_scope(connection, organisation_id).await?;
    let after = asked.after::<Uuid>()?;
    let rows =
        match known_at {
            None => sqlx::query_as!(
                Recommendation,
                r#"select recommendation_id, organisation_id, person_id, recommended_on, committee,
                          purposes,
                          array(select outcome from cadre_outcome reached
                                where reached.person_id = cadre_recommendation.person_id
                                  and reached.recommendation_id
                                      = cadre_recommendation.recommendation_id
                                order by outcome) as "outcomes!",
                          array(select reached.reached_on from cadre_outcome reached
                                where reached.person_id = cadre_recommendation.person_id
                                  and reached.recommendation_id
                                      = cadre_recommendation.recommendation_id
                                order by outcome) as "reached_on!"
                 from cadre_recommendation
                 where organisation_id = $1 and ($2::uuid is null or recommendation_id > $2)
                 order by recommendation_id limit $3"#,
                organisation_id,
                after,
                asked.limit(),
            )
            .fetch_all(connection)
            .await?,
            Some(at) => {
                sqlx::query_as!(
                    Recommendation,
                    r#"select recommendation_id as "recommendation_id!",
                          organisation_id as "organisation_id!", person_id as "person_id!",
                          recommended_on as "recommended_on!", committee as "committee?",
                          purposes as "purposes!",
                          array(select reached.outcome from cadre_outcome_known reached
                                where reached.recommendation_id = known.recommendation_id
                                  and reached.recorded @> $4::timestamptz
                                order by reached.outcome) as "outcomes!",
                          array(select reached.reached_on from cadre_outcome_known reached
                                where reached.recommendation_id = known.recommendation_id
                                  and reached.recorded @> $4::timestamptz
                                order by reached.outcome) as "reached_on!"
                   from cadre_recommendation_known known
                   where organisation_id = $1 and ($2::uuid is null or recommendation_id > $2)
                     and recorded @> $4::timestamptz
                   order by recommendation_id limit $3"#,
                    organisation_id,
                    after,
                    asked.limit(),
                    at,
                )
                .fetch_all(connection)
                .await?
            }
        };
    asked.page(rows, |line| line.recommendation_id)
}
