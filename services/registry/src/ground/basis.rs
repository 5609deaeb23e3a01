//! What an act rests on: a decision that is known, one recorded with the act, or none; and
//! from which date the act holds.

use chassis::access::unknown_or_denied;
use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::Event;
use time::{Date, Duration};
use uuid::Uuid;

use crate::ground::refused::Refused;

/// How far in the future an act may take effect.
const EFFECTIVE_DAYS_AHEAD: i64 = 366;

/// A decision that is known already, or a new one.
#[derive(Clone, Debug)]
pub enum Basis {
    /// Recorded before.
    Known(Uuid),
    /// Recorded with the act.
    New(NewDecision),
}

/// A decision to be recorded; its key is issuer, kind, number and date.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// None means the usual issuer: the superior.
    pub issuer_id: Option<Uuid>,
    /// For example `QUYET_DINH`.
    pub kind: String,
    /// As printed.
    pub number: String,
    /// When it was signed.
    pub issued_on: Date,
    /// From when it holds.
    pub effective_on: Date,
    /// What it is about.
    pub title: String,
}

/// A decision as recorded.
#[derive(Clone, Debug)]
pub struct Decision {
    /// UUIDv7.
    pub decision_id: Uuid,
    /// The organisation that issued it.
    pub issuer_id: Uuid,
    /// For example `QUYET_DINH`.
    pub kind: String,
    /// As printed.
    pub number: String,
    /// When it was signed.
    pub issued_on: Date,
    /// From when it holds.
    pub effective_on: Date,
    /// What it is about.
    pub title: String,
}

/// Refuses an effective date too far ahead; `field` named it.
pub fn not_too_far(acting: &Acting, field: &str, on: Date) -> Result<(), Failure> {
    let limit = acting.today + Duration::days(EFFECTIVE_DAYS_AHEAD);
    if on > limit {
        return Err(Refused::EffectiveDateTooFar { on, limit }.at(field));
    }
    Ok(())
}

/// Refuses the date of something that has happened, if it has not; `field` named it.
pub fn has_happened(acting: &Acting, field: &str, on: Date) -> Result<(), Failure> {
    let today = acting.today;
    if on > today {
        return Err(Refused::DateInFuture { on, today }.at(field));
    }
    Ok(())
}

/// From when the act holds: the date that it says, or else its decision's. The act is about
/// `organisation_id`.
pub async fn effective_on(
    acting: &mut Acting,
    organisation_id: Uuid,
    basis: Option<&Basis>,
    stated: Option<Date>,
) -> Result<Date, Failure> {
    let decided = match basis {
        None => None,
        Some(Basis::New(decision)) => {
            // Before its day is taken for the act's, which nobody need have written.
            refuse_unsigned(acting, "basis.new_decision", decision)?;
            Some(decision.effective_on)
        }
        Some(Basis::Known(decision_id)) => {
            Some(known(acting, *decision_id, organisation_id).await?)
        }
    };
    let on = stated.or(decided).ok_or_else(|| Refused::DateRequired.at("effective_on"))?;
    not_too_far(acting, "effective_on", on)?;
    Ok(on)
}

/// What is read of a decision that was recorded before.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// Who issued it.
    pub issuer_id: Uuid,
    /// From when it holds.
    pub effective_on: Date,
}

/// A decision that was recorded before and that an act about an organisation may rest on: it was
/// issued within the caller's scope, or above that organisation, now or while it stood there. Any
/// other decision is unknown to the act.
pub async fn decided_about(
    acting: &mut Acting,
    decision_id: Uuid,
    organisation_id: Uuid,
) -> Result<Option<Decided>, Failure> {
    let decided = sqlx::query_as!(
        Decided,
        "select issuer_id, effective_on from decision
         where decision_id = $1 and decides_about(issuer_id, $2)",
        decision_id,
        organisation_id,
    )
    .fetch_optional(acting.db())
    .await?;
    Ok(decided)
}

/// From when a decision holds that was recorded before: its date is all that an act takes of it.
async fn known(
    acting: &mut Acting,
    decision_id: Uuid,
    organisation_id: Uuid,
) -> Result<Date, Failure> {
    match decided_about(acting, decision_id, organisation_id).await? {
        Some(decided) => Ok(decided.effective_on),
        None => {
            let refusal = Refused::DecisionUnknown { decision_id }.at("basis.decision_id");
            Err(unknown_or_denied(acting.db(), refusal).await)
        }
    }
}

/// Records the decision if it is new, and answers its id. The issuer is within the caller's
/// scope, or stands above `organisation_id`, which the act is about.
pub async fn record(
    acting: &mut Acting,
    basis: Option<Basis>,
    usual_issuer_id: Uuid,
    organisation_id: Uuid,
) -> Result<Option<Uuid>, Failure> {
    match basis {
        None => Ok(None),
        // Not every act takes its date from its decision; each refers to it.
        Some(Basis::Known(decision_id)) => {
            known(acting, decision_id, organisation_id).await?;
            Ok(Some(decision_id))
        }
        Some(Basis::New(decision)) => {
            let issuer_id = decision.issuer_id.unwrap_or(usual_issuer_id);
            let decision_id =
                record_new(acting, "basis.new_decision", decision, issuer_id, organisation_id)
                    .await?;
            Ok(Some(decision_id))
        }
    }
}

/// Refuses a new decision that is still to be signed; `field` named it.
fn refuse_unsigned(acting: &Acting, field: &str, new: &NewDecision) -> Result<(), Failure> {
    let today = acting.today;
    if new.issued_on > today {
        let refused = Refused::DecisionInFuture { issued_on: new.issued_on, today };
        return Err(refused.at(format!("{field}.issued_on")));
    }
    Ok(())
}

/// Records a new decision; `field` named it.
pub async fn record_new(
    acting: &mut Acting,
    field: &str,
    new: NewDecision,
    issuer_id: Uuid,
    organisation_id: Uuid,
) -> Result<Uuid, Failure> {
    refuse_unsigned(acting, field, &new)?;
    not_too_far(acting, &format!("{field}.effective_on"), new.effective_on)?;
    refuse_unknown_kind(acting, &format!("{field}.kind"), &new.kind).await?;

    // Against an alias that would come to name two documents: see `AddDecisionAlias`.
    let may_issue = sqlx::query_scalar!(
        r#"select true as "may!" from organisation
           where organisation_id = $1
             and (access.covers($1) or $1 in (select access.line($2)))
           for key share of organisation"#,
        issuer_id,
        organisation_id,
    )
    .fetch_optional(acting.db())
    .await?;
    if may_issue.is_none() {
        let refused = Refused::OrganisationUnknown { organisation_id: issuer_id };
        let refusal = refused.at(format!("{field}.issuer_id"));
        return Err(unknown_or_denied(acting.db(), refusal).await);
    }

    let key = (issuer_id, new.kind.as_str(), new.number.as_str(), new.issued_on);
    if let Some(decision_id) = named_by(acting, key).await? {
        return Err(Refused::DecisionExists { decision_id }.at(format!("{field}.number")));
    }
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    let decision = Decision {
        decision_id: Uuid::now_v7(),
        issuer_id,
        kind: new.kind,
        number: new.number,
        issued_on: new.issued_on,
        effective_on: new.effective_on,
        title: new.title,
    };
    let recorded = sqlx::query!(
        "insert into decision (decision_id, issuer_id, kind, number, issued_on, effective_on,
                               title, act_id, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict on constraint decision_key do nothing",
        decision.decision_id,
        decision.issuer_id,
        decision.kind,
        decision.number,
        decision.issued_on,
        decision.effective_on,
        decision.title,
        act_id,
        acted_at,
    )
    .execute(acting.db())
    .await?
    .rows_affected();
    if recorded == 0 {
        // Somebody recorded it since we looked.
        let key = (
            decision.issuer_id,
            decision.kind.as_str(),
            decision.number.as_str(),
            decision.issued_on,
        );
        let decision_id = named_by(acting, key).await?.unwrap_or_default();
        return Err(Refused::DecisionExists { decision_id }.at(format!("{field}.number")));
    }
    let decision_id = decision.decision_id;
    let recorded = Event::DecisionRecorded(fact::Decision {
        decision_id,
        issuer_id: Some(decision.issuer_id),
        kind: decision.kind,
        number: decision.number,
        issued_on: Some(decision.issued_on),
        effective_on: Some(decision.effective_on),
    });
    acting.publish_all(recorded.on(decision.effective_on, Some(decision_id)));
    Ok(decision_id)
}

/// Refuses a kind of document that the reference data does not know; `field` named it.
pub async fn refuse_unknown_kind(
    acting: &mut Acting,
    field: &str,
    kind: &str,
) -> Result<(), Failure> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from document_kind_rule where kind = $1) as "known!""#,
        kind,
    )
    .fetch_one(acting.db())
    .await?;
    if known {
        return Ok(());
    }
    Err(Refused::DocumentKindUnknown { kind: kind.to_string() }.at(field))
}

/// The document that issuer, kind, number and date name, by its own number or another one, in
/// whichever spelling.
pub async fn named_by(
    acting: &mut Acting,
    (issuer_id, kind, number, issued_on): (Uuid, &str, &str, Date),
) -> Result<Option<Uuid>, Failure> {
    // Numbers are compared by their key, which no constraint knows of: whoever records one
    // waits for whoever records the same in another spelling.
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended(
             format('document %s %s %s %s', $1::uuid, $2::text, document_number_key($3), $4::date), 0))",
        issuer_id,
        kind,
        number,
        issued_on,
    )
    .execute(acting.db())
    .await?;
    let named = sqlx::query_scalar!(
        r#"select decision_id as "decision_id!" from decision
           where issuer_id = $1 and kind = $2
             and document_number_key(number) = document_number_key($3) and issued_on = $4
           union all
           select decision_id from decision_alias
           where issuer_id = $1 and kind = $2
             and document_number_key(number) = document_number_key($3) and issued_on = $4
           limit 1"#,
        issuer_id,
        kind,
        number,
        issued_on,
    )
    .fetch_optional(acting.db())
    .await?;
    Ok(named)
}
