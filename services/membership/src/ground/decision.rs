//! The documents that movements rest on: of registry, or written down here.

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
        match self {
            Basis::Known { field, decision_id } => {
                known(acting, field, *decision_id, union).await?;
                Ok(*decision_id)
            }
            Basis::New(decision) => decision.write_down(acting, union).await,
        }
    }
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

/// Refuses a document that nobody knows, or that an act about a union may not rest on.
async fn known(
    acting: &mut Acting,
    field: &str,
    decision_id: Uuid,
    union: Uuid,
) -> Result<(), Failure> {
    let known = sqlx::query_scalar!(
        r#"select exists (
               select from registry_decision
               where decision_id = $1 and (issuer_id is null or decides_about(issuer_id, $2))
               union all
               select from decision
               where decision_id = $1 and (issuer_id is null or decides_about(issuer_id, $2))
           ) as "known!""#,
        decision_id,
        union,
    )
    .fetch_one(acting.db())
    .await?;
    if known {
        return Ok(());
    }
    let unknown = Refused::DecisionUnknown { field: field.to_string(), decision_id };
    Err(access::unknown_or_denied(acting.db(), unknown).await)
}

impl WrittenDecision {
    async fn write_down(&self, acting: &mut Acting, union: Uuid) -> Result<Uuid, Failure> {
        let (issuer_id, issuer_name) = match &self.issuer {
            Issuer::Itself => (Some(union), None),
            Issuer::Organisation { field, organisation_id } => {
                decides(acting, field, *organisation_id, union).await?;
                (Some(*organisation_id), None)
            }
            Issuer::Named(name) => (None, Some(name.as_str())),
        };
        if let Some(decision_id) = self.find(acting, issuer_id, issuer_name).await? {
            return Ok(decision_id);
        }
        let (act_id, acted_at) = (acting.act_id, acting.acted_at);
        let decision_id = Uuid::now_v7();
        let written = sqlx::query!(
            "insert into decision (decision_id, issuer_id, issuer_name, kind, number, issued_on,
                                   act_id, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict on constraint decision_document do nothing",
            decision_id,
            issuer_id,
            issuer_name,
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
            let found = self.find(acting, issuer_id, issuer_name).await?;
            return found.ok_or_else(|| anyhow::anyhow!("a document is there and is not").into());
        }
        let decision = Event::DecisionWrittenDown(Decision {
            decision_id,
            issuer_id,
            kind: self.kind.clone(),
            number: self.number.clone(),
            issued_on: self.issued_on,
        });
        let on = self.issued_on.unwrap_or(acting.today);
        acting.publish(decision.resting_on(on, Some(decision_id)));
        Ok(decision_id)
    }

    async fn find(
        &self,
        acting: &mut Acting,
        issuer_id: Option<Uuid>,
        issuer_name: Option<&str>,
    ) -> Result<Option<Uuid>, Failure> {
        Ok(sqlx::query_scalar!(
            "select decision_id from decision
             where (issuer_id = $1 or $1::uuid is null and issuer_id is null and issuer_name = $2)
               and kind = $3 and number = $4 and issued_on is not distinct from $5",
            issuer_id,
            issuer_name,
            self.kind,
            self.number,
            self.issued_on,
        )
        .fetch_optional(acting.db())
        .await?)
    }
}

/// Refuses an issuer whose decisions an act about a union may not rest on.
async fn decides(
    acting: &mut Acting,
    field: &str,
    issuer_id: Uuid,
    union: Uuid,
) -> Result<(), Failure> {
    organisation::known(acting, field, issuer_id).await?;
    let decides =
        sqlx::query_scalar!(r#"select decides_about($1, $2) as "decides!""#, issuer_id, union,)
            .fetch_one(acting.db())
            .await?;
    if decides {
        return Ok(());
    }
    let unknown =
        Refused::OrganisationUnknown { field: field.to_string(), organisation_id: issuer_id };
    Err(access::unknown_or_denied(acting.db(), unknown).await)
}
