//! DefineScheme: a scheme, or a further version of one, for an organisation and all below it.

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, named, refuse_unknown_decision};
use crate::ground::reference::Reference;
use crate::ground::refused::Refused;
use crate::rating::schemes;
use crate::rating::telling;
use crate::rating::terms::Terms;

/// Versions that an organisation defines, at most: all of its line are read at once.
const VERSIONS_MAX: usize = 100;

/// What is defined.
pub struct DefineScheme {
    /// Where those of the whole country are.
    pub reference: &'static Reference,
    /// For whom and all below it.
    pub organisation_id: Uuid,
    /// For example `BON_MUC`.
    pub scheme: String,
    /// The first rating year.
    pub from_year: i32,
    /// The last; 0 until further notice.
    pub through_year: i32,
    /// What it says; it holds together.
    pub terms: Terms,
    /// What it rests on.
    pub decision_id: Uuid,
}

/// What it is called from now on.
#[derive(Debug, Serialize, Deserialize)]
pub struct Defined {
    /// 1, where there was none of this code.
    pub version: i32,
}

impl Act for DefineScheme {
    type Answer = Defined;

    async fn perform(self, acting: &mut Acting) -> Result<Defined, Failure> {
        let organisation_id = self.organisation_id;
        if named(acting, &[organisation_id]).await?.is_empty() {
            let field = "organisation_id".to_string();
            return Err(Refused::OrganisationUnknown { field, organisation_id }.into());
        }
        let decision_id = self.decision_id;
        refuse_unknown_decision(acting, Some(decision_id), &[organisation_id]).await?;
        // Who defines a version of a code at the same time waits here, and takes the next one.
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 190))", self.scheme)
            .execute(acting.db())
            .await?;

        let near = schemes::versions(acting.db(), self.reference, organisation_id).await?;
        let own = near.iter().filter(|near| near.version.organisation_id == Some(organisation_id));
        let (entries, limit) = (own.count(), VERSIONS_MAX);
        if entries >= limit {
            return Err(Refused::ListTooLong { field: "organisation_id", entries, limit }.into());
        }
        let known: Vec<_> = near.iter().filter(|near| near.version.scheme == self.scheme).collect();
        let codes = |terms: &Terms| -> Vec<String> {
            terms.grades.iter().map(|grade| grade.code.clone()).collect()
        };
        if known.iter().any(|near| codes(&near.version.terms) != codes(&self.terms)) {
            return Err(Refused::RatingSchemeGradesDiffer { scheme: self.scheme }.into());
        }
        let newest = sqlx::query_scalar!(
            r#"select coalesce(max(version), 0) as "newest!" from rating_scheme where scheme = $1"#,
            self.scheme,
        )
        .fetch_one(acting.db())
        .await?;
        if known.is_empty() && newest > 0 {
            return Err(Refused::RatingSchemeTaken { scheme: self.scheme }.into());
        }
        let of_country = known.iter().map(|near| near.version.version).max().unwrap_or(0);
        let version = newest.max(of_country) + 1;

        let (acted_at, act_id, today) = (acting.acted_at, acting.act_id, acting.today);
        sqlx::query!(
            "insert into rating_scheme (scheme, version, organisation_id, from_year, through_year, terms,
                                        decision_id, recorded_at, act_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            self.scheme,
            version,
            organisation_id,
            self.from_year,
            self.through_year,
            Json(&self.terms) as _,
            decision_id,
            acted_at,
            act_id,
        )
        .execute(acting.db())
        .await?;
        let told = telling::scheme_defined(organisation_id, &self.scheme, version, self.from_year);
        let change = feeds::reporting::change(told, organisation_id, today, Some(decision_id));
        acting.publish(change);
        decided_on_registry(acting).await?;
        Ok(Defined { version })
    }
}
