//! Documents, each with all of its numbers.

use std::collections::HashMap;

use chassis::access::unknown_or_denied;
use chassis::database::Reading;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::ground::basis::Decision;
use crate::ground::codes::{Coded, refuse_unknown};
use crate::ground::reading::{Asked, Page, in_scope};
use crate::ground::refused::Refused;

/// Another number of a document.
#[derive(Clone, Debug)]
pub struct Alias {
    /// For example `NGHI_QUYET`.
    pub kind: String,
    /// As printed.
    pub number: String,
}

/// A document and its other numbers.
#[derive(Clone, Debug)]
pub struct Document {
    /// Under the number by which it was recorded.
    pub decision: Decision,
    /// In the order in which they became known.
    pub aliases: Vec<Alias>,
}

/// Which documents of an issuer are asked for.
#[derive(Clone, Debug)]
pub struct DocumentsOf {
    /// Who issued them.
    pub issuer_id: Uuid,
    /// Their own number or another.
    pub number: Option<String>,
    /// Their own kind or that of another number.
    pub kind: Option<String>,
}

/// The decision of this id, where its issuer is in scope.
pub async fn decision(reading: &mut Reading, decision_id: Uuid) -> Result<Document, Failure> {
    let decision = sqlx::query_as!(
        Decision,
        "select decision_id, issuer_id, kind, number, issued_on, effective_on, title
         from decision
         where decision_id = $1 and access.covers(issuer_id)",
        decision_id,
    )
    .fetch_optional(&mut **reading)
    .await?;
    match decision {
        Some(decision) => {
            let aliases = aliases(reading, &[decision_id]).await?.remove(&decision_id);
            Ok(Document { decision, aliases: aliases.unwrap_or_default() })
        }
        None => {
            let refusal = Refused::DecisionUnknown { decision_id }.at("decision_id");
            Err(unknown_or_denied(reading, refusal).await)
        }
    }
}

/// A page of an issuer's documents, the newest first.
pub async fn decisions(
    reading: &mut Reading,
    of: &DocumentsOf,
    asked: &Asked<'_>,
) -> Result<Page<Document>, Failure> {
    let after: Option<(Date, Uuid)> = asked.after()?;
    in_scope(reading, "issuer_id", of.issuer_id).await?;
    refuse_unknown(reading, "kind", of.kind.as_deref().map(Coded::DocumentKind)).await?;
    let (after_on, after_id) = after.unzip();
    let decisions = sqlx::query_as!(
        Decision,
        "select decision_id, issuer_id, kind, number, issued_on, effective_on, title
         from decision
         where issuer_id = $1 and access.covers($1)
           and ($2::text is null and $3::text is null
                or ($2::text is null or document_number_key(number) = document_number_key($2))
                   and kind = coalesce($3, kind)
                or exists (select from decision_alias alias
                           where alias.decision_id = decision.decision_id
                             and ($2::text is null or document_number_key(alias.number)
                                                      = document_number_key($2))
                             and alias.kind = coalesce($3, alias.kind)))
           and ($4::date is null or (issued_on, decision_id) < ($4, $5))
         order by issued_on desc, decision_id desc
         limit $6",
        of.issuer_id,
        of.number,
        of.kind,
        after_on,
        after_id,
        asked.limit(),
    )
    .fetch_all(&mut **reading)
    .await?;
    let decision_ids: Vec<Uuid> = decisions.iter().map(|one| one.decision_id).collect();
    let mut aliases = aliases(reading, &decision_ids).await?;
    let documents = decisions
        .into_iter()
        .map(|decision| {
            let aliases = aliases.remove(&decision.decision_id).unwrap_or_default();
            Document { decision, aliases }
        })
        .collect();
    asked.page(documents, |last: &Document| (last.decision.issued_on, last.decision.decision_id))
}

/// The other numbers of these documents.
async fn aliases(
    reading: &mut Reading,
    decision_ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Alias>>, Failure> {
    let rows = sqlx::query!(
        "select decision_id, kind, number from decision_alias
         where decision_id = any($1::uuid[]) and access.covers(issuer_id)
         order by recorded_at, kind, number",
        decision_ids,
    )
    .fetch_all(&mut **reading)
    .await?;
    let mut aliases: HashMap<Uuid, Vec<Alias>> = HashMap::new();
    for row in rows {
        let alias = Alias { kind: row.kind, number: row.number };
        aliases.entry(row.decision_id).or_default().push(alias);
    }
    Ok(aliases)
}
