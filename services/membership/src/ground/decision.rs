//! The documents that movements rest on: of registry, or written down here.

use std::collections::HashMap;

use anyhow::anyhow;
use chassis::access;
use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::membership::{Decision, Event};
use time::Date;
use uuid::Uuid;

use crate::ground::organisation;
use crate::ground::refused::Refused;

/// What a document is, where nothing else is said.
pub const DECISION: &str = "QUYET_DINH";

/// What an act rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A document that is known.
    Known {
        /// The field that names it.
        field: String,
        /// Of registry's, or written down here before.
        decision_id: Uuid,
    },
    /// One that is written down with the act.
    New(WrittenDecision),
}

/// A document that is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenDecision {
    /// Who issued it.
    pub issuer: Issuer,
    /// For example `QUYET_DINH`.
    pub kind: String,
    /// As printed.
    pub number: String,
    /// When it was signed, where that is known.
    pub issued_on: Option<Date>,
    /// The field that says when.
    pub issued_on_field: &'static str,
}

/// Who issued a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// The union that the act is about.
    Itself,
    /// An organisation of the trade union.
    Organisation {
        /// The field that names it.
        field: String,
        /// Its id.
        organisation_id: Uuid,
    },
    /// Somebody else, by name.
    Named(String),
}

impl Basis {
    /// The number and the day of a document that is written down with the act.
    pub fn written(&self) -> (Option<&str>, Option<Date>) {
        match self {
            Basis::Known { .. } => (None, None),
            Basis::New(decision) => (Some(&decision.number), decision.issued_on),
        }
    }

    /// The document, which an act about a union may rest on; written down now if need be. To be
    /// asked before people are locked: acts that write one document down wait for each other here.
    pub async fn rest(&self, acting: &mut Acting, union: Uuid) -> Result<Uuid, Failure> {
        let mut rested = self.rest_each(acting, &[union]).await?;
        match (rested.decisions.remove(&union), rested.refused) {
            (Some(decision_id), _) => Ok(decision_id),
            (None, Some(refused)) => Err(refused),
            (None, None) => Err(anyhow!("a document is neither there nor refused").into()),
        }
    }

    /// The same for many unions at once.
    pub async fn rest_each(&self, acting: &mut Acting, unions: &[Uuid]) -> Result<Rested, Failure> {
        match self {
            Basis::Known { field, decision_id } => {
                let decisions = known(acting, *decision_id, unions).await?;
                let refused = if decisions.len() < unions.len() {
                    let field = field.clone();
                    let unknown = Refused::DecisionUnknown { field, decision_id: *decision_id };
                    Some(access::unknown_or_denied(acting.db(), unknown).await)
                } else {
                    None
                };
                Ok(Rested { decisions, refused })
            }
            Basis::New(decision) => decision.write_down(acting, unions).await,
        }
    }
}

/// What acts about some unions rest on.
#[derive(Debug)]
pub struct Rested {
    /// By union.
    pub decisions: HashMap<Uuid, Uuid>,
    /// Why the others may not rest on it, where there are others.
    pub refused: Option<Failure>,
}

/// The document of an act about a union, where it has one.
pub async fn rests_on(
    acting: &mut Acting,
    basis: Option<&Basis>,
    union: Uuid,
) -> Result<Option<Uuid>, Failure> {
    match basis {
        Some(basis) => basis.rest(acting, union).await.map(Some),
        None => Ok(None),
    }
}

/// The consent of a superior to admit again who had been expelled, where there is one. A document
/// that no superior of the union has issued, today's or one of before, is no consent: it is refused
/// as one that is missing.
pub async fn consent(
    acting: &mut Acting,
    basis: Option<&Basis>,
    union: Uuid,
) -> Result<Option<Uuid>, Failure> {
    let Some(decision_id) = rests_on(acting, basis, union).await? else { return Ok(None) };
    let of_a_superior = sqlx::query_scalar!(
        r#"with recursive above (organisation_id) as (
               select superior_id from access.superior where organisation_id = $2
               union
               select superior.superior_id
               from above
               join access.superior superior on superior.organisation_id = above.organisation_id
           ), issued as (
               select issuer_id from registry_decision where decision_id = $1
               union all
               select issuer_id from decision where decision_id = $1
           )
           select exists (select from issued join above on organisation_id = issuer_id)
               as "of_a_superior!""#,
        decision_id,
        union,
    )
    .fetch_one(acting.db())
    .await?;
    if !of_a_superior {
        return Err(Refused::ConsentMissing { field: "consent".to_string() }.into());
    }
    Ok(Some(decision_id))
}

/// Of these unions those that may rest on a document that is known, each with it.
async fn known(
    acting: &mut Acting,
    decision_id: Uuid,
    unions: &[Uuid],
) -> Result<HashMap<Uuid, Uuid>, Failure> {
    let allowed = sqlx::query_scalar!(
        r#"select union_id as "union_id!"
           from unnest($2::uuid[]) as asked (union_id)
           where exists (
               select from registry_decision
               where decision_id = $1 and (issuer_id is null or decides_about(issuer_id, union_id))
               union all
               select from decision
               where decision_id = $1 and (issuer_id is null or decides_about(issuer_id, union_id)))"#,
        decision_id,
        unions,
    )
    .fetch_all(acting.db())
    .await?;
    Ok(allowed.into_iter().map(|union| (union, decision_id)).collect())
}

impl WrittenDecision {
    async fn write_down(&self, acting: &mut Acting, unions: &[Uuid]) -> Result<Rested, Failure> {
        match &self.issuer {
            // Each union's own.
            Issuer::Itself => {
                let decisions = self.write_down_of(acting, unions).await?;
                Ok(Rested { decisions, refused: None })
            }
            Issuer::Organisation { field, organisation_id } => {
                let issuer_id = *organisation_id;
                organisation::known(acting, field, issuer_id).await?;
                let decided = decided_about(acting, issuer_id, unions).await?;
                let refused = if decided.len() < unions.len() {
                    let field = field.clone();
                    let unknown =
                        Refused::OrganisationUnknown { field, organisation_id: issuer_id };
                    Some(access::unknown_or_denied(acting.db(), unknown).await)
                } else {
                    None
                };
                if decided.is_empty() {
                    return Ok(Rested { decisions: HashMap::new(), refused });
                }
                let written = self.write_down_of(acting, &[issuer_id]).await?;
                let decisions = decided
                    .into_iter()
                    .filter_map(|union| Some((union, *written.get(&issuer_id)?)))
                    .collect();
                Ok(Rested { decisions, refused })
            }
            Issuer::Named(name) => {
                let decision_id = self.write_down_named(acting, name).await?;
                let decisions = unions.iter().map(|&union| (union, decision_id)).collect();
                Ok(Rested { decisions, refused: None })
            }
        }
    }

    /// The documents of these issuers, of each its own; those that nobody wrote down before are
    /// written down.
    async fn write_down_of(
        &self,
        acting: &mut Acting,
        issuers: &[Uuid],
    ) -> Result<HashMap<Uuid, Uuid>, Failure> {
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let ids: Vec<Uuid> = issuers.iter().map(|_| Uuid::now_v7()).collect();
        // In one order, in which acts that write down the same ones wait for each other.
        let written = sqlx::query!(
            r#"insert into decision (decision_id, issuer_id, kind, number, issued_on, act_id,
                                     recorded_at)
               select decision_id, issuer_id, $3, $4, $5, $6, $7
               from unnest($1::uuid[], $2::uuid[]) as asked (decision_id, issuer_id)
               where not exists (select from decision
                                 where decision.issuer_id = asked.issuer_id and kind = $3
                                   and number = $4 and issued_on is not distinct from $5)
               order by issuer_id
               on conflict on constraint decision_document do nothing
               returning decision_id, issuer_id as "issuer_id!""#,
            &ids,
            issuers,
            self.kind,
            self.number,
            self.issued_on,
            act_id,
            acted_at,
        )
        .fetch_all(acting.db())
        .await?;
        let mut decisions = HashMap::with_capacity(issuers.len());
        for row in written {
            self.publish(acting, row.decision_id, Some(row.issuer_id));
            decisions.insert(row.issuer_id, row.decision_id);
        }
        if decisions.len() < issuers.len() {
            // Written down before, or by another act meanwhile.
            let found = sqlx::query!(
                r#"select issuer_id as "issuer_id!", decision_id
                   from decision
                   where issuer_id = any ($1) and kind = $2 and number = $3
                     and issued_on is not distinct from $4"#,
                issuers,
                self.kind,
                self.number,
                self.issued_on,
            )
            .fetch_all(acting.db())
            .await?;
            decisions.extend(found.into_iter().map(|row| (row.issuer_id, row.decision_id)));
        }
        Ok(decisions)
    }

    /// The document of an issuer that is no organisation of the trade union.
    async fn write_down_named(&self, acting: &mut Acting, name: &str) -> Result<Uuid, Failure> {
        if let Some(decision_id) = self.find_named(acting, name).await? {
            return Ok(decision_id);
        }
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let decision_id = Uuid::now_v7();
        let written = sqlx::query!(
            "insert into decision (decision_id, issuer_name, kind, number, issued_on, act_id,
                                   recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict on constraint decision_document do nothing",
            decision_id,
            name,
            self.kind,
            self.number,
            self.issued_on,
            act_id,
            acted_at,
        )
        .execute(acting.db())
        .await?
        .rows_affected();
        if written == 0 {
            // Another act has written it down meanwhile.
            let found = self.find_named(acting, name).await?;
            return found.ok_or_else(|| anyhow!("a document is there and is not").into());
        }
        self.publish(acting, decision_id, None);
        Ok(decision_id)
    }

    async fn find_named(&self, acting: &mut Acting, name: &str) -> Result<Option<Uuid>, Failure> {
        Ok(sqlx::query_scalar!(
            "select decision_id from decision
             where issuer_id is null and issuer_name = $1 and kind = $2 and number = $3
               and issued_on is not distinct from $4",
            name,
            self.kind,
            self.number,
            self.issued_on,
        )
        .fetch_optional(acting.db())
        .await?)
    }

    fn publish(&self, acting: &mut Acting, decision_id: Uuid, issuer_id: Option<Uuid>) {
        let decision = Event::DecisionWrittenDown(Decision {
            decision_id,
            issuer_id,
            kind: self.kind.clone(),
            number: self.number.clone(),
            issued_on: self.issued_on,
        });
        let on = self.issued_on.unwrap_or(acting.today);
        acting.publish(decision.resting_on(on, Some(decision_id)));
    }
}

/// Of these unions those about which an issuer decides.
async fn decided_about(
    acting: &mut Acting,
    issuer_id: Uuid,
    unions: &[Uuid],
) -> Result<Vec<Uuid>, Failure> {
    Ok(sqlx::query_scalar!(
        r#"select union_id as "union_id!"
           from unnest($2::uuid[]) as asked (union_id)
           where decides_about($1, union_id)"#,
        issuer_id,
        unions,
    )
    .fetch_all(acting.db())
    .await?)
}
