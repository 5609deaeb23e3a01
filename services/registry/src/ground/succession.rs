//! Who continues an organisation, and in which shares. Shares apportion quotas; for figures
//! there is one heir, the principal successor.

use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::registry::Shares;
use time::Date;
use uuid::Uuid;

/// An organisation and who continues it.
#[derive(Clone, Copy, Debug)]
pub struct Succession<'a> {
    /// Who ended, or was split.
    pub predecessor_id: Uuid,
    /// As the schema writes it, for example `DIVIDED`.
    pub kind: &'a str,
    /// The one heir for figures.
    pub principal_id: Option<Uuid>,
    /// All heirs.
    pub shares: &'a Shares,
}

/// Writes down who continues organisations from a date on.
pub async fn record(
    acting: &mut Acting,
    successions: &[Succession<'_>],
    on: Date,
) -> Result<(), Failure> {
    let mut predecessor_ids = Vec::new();
    let mut successor_ids = Vec::new();
    let mut kinds = Vec::new();
    let mut shares = Vec::new();
    let mut wholes = Vec::new();
    let mut principals = Vec::new();
    for succession in successions {
        for part in &succession.shares.parts {
            predecessor_ids.push(succession.predecessor_id);
            successor_ids.push(part.organisation_id);
            kinds.push(succession.kind);
            shares.push(part.share);
            wholes.push(succession.shares.whole);
            principals.push(succession.principal_id == Some(part.organisation_id));
        }
    }
    if predecessor_ids.is_empty() {
        return Ok(());
    }
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query!(
        "insert into organisation_succession
             (predecessor_id, successor_id, kind, succeeded_on, share, share_whole, principal,
              recorded, act_id)
         select predecessor_id, successor_id, kind, $7, share, share_whole, principal,
                tstzrange($8, null), $9
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::boolean[])
              as line (predecessor_id, successor_id, kind, share, share_whole, principal)",
        &predecessor_ids,
        &successor_ids,
        &kinds as &[&str],
        &shares,
        &wholes,
        &principals,
        on,
        acted_at,
        act_id,
    )
    .execute(acting.db())
    .await?;
    Ok(())
}

/// How the schema writes this kind of succession.
/// As the schema writes it.
pub const SPLIT_OFF: &str = "SPLIT_OFF";
