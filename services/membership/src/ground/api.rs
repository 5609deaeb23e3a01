//! What every contract is answered with.

use std::sync::Arc;

use chassis::call::Call;
use chassis::database::{Act, Acted, Database, civil_date, today};
use chassis::parse::{self, Timestamp};
use chassis::refusal::Refusal;
use time::{Date, OffsetDateTime};
use tonic::Status;

use crate::ground::card_keys::CardKeys;
use crate::ground::exporting::Exporting;
use crate::ground::keys::Keys;
use crate::ground::quota::{self, Quota};
use crate::ground::refused::Refused;

/// Answers every service of the contract.
#[derive(Clone)]
pub struct Api {
    /// Acts and reads.
    pub database: Database,
    /// Seals and finds personal data.
    pub keys: Arc<Keys>,
    /// Signs what is printed on cards.
    pub card_keys: Arc<CardKeys>,
    /// How many identity numbers somebody may ask about.
    pub quota: Quota,
    /// Lines of one batch of an import, at most.
    pub batch_lines: usize,
    /// Bytes of a file of members, at most.
    pub file_bytes: u64,
    /// How much is exported.
    pub exporting: Exporting,
}

impl Api {
    /// Performs an act on a roll that has so many identity numbers. Where it writes nothing, in
    /// a dry run or because it is refused, its answer tells which of them are known: they count
    /// as asked about.
    pub(crate) async fn act_on_numbers<A: Act>(
        &self,
        call: Call,
        numbers: usize,
        act: A,
    ) -> Result<Acted<A::Answer>, Status> {
        if call.validate_only {
            self.quota.count(&call, numbers).await?;
            return self.database.act(call, act).await;
        }
        let acted = self.database.act(call.clone(), act).await;
        if acted.as_ref().is_err_and(quota::tells) {
            self.quota.count(&call, numbers).await?;
        }
        acted
    }
}

/// The instant whose knowledge is asked for; none means now. What will be known tomorrow, nobody
/// knows; clocks that differ by seconds do.
pub(crate) fn known_at(instant: Option<Timestamp>) -> Result<Option<OffsetDateTime>, Refusal> {
    let Some(known_at) = parse::optional_instant("known_at", instant)? else { return Ok(None) };
    let (on, today) = (civil_date(known_at), today());
    if on > today {
        return Err(Refused::DateInFuture { field: "known_at", on, today }.into());
    }
    Ok(Some(known_at))
}

/// The day asked for, or today.
pub(crate) fn as_of(date: Option<proto::google::r#type::Date>) -> Result<Date, Refusal> {
    Ok(parse::optional_date("as_of", date)?.unwrap_or_else(today))
}
