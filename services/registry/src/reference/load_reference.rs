//! A later version of a list of reference data comes with its decision.

use chassis::access::permission_denied;
use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, Refusal};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::basis::{self, Basis};
use crate::ground::reference::{self, Applied, List, Version, Wrong};
use crate::ground::refused::{REFUSALS_MAX, Refused, lines_refused};

/// What holds it, as the contract declares it.
const PERMISSION: &str = "registry.reference.load";

/// A list, whole.
#[derive(Debug)]
pub struct LoadReference {
    /// Which.
    pub list: &'static List,
    /// The file.
    pub csv: Vec<u8>,
    /// From when names hold that it changes; none means the decision's effective date.
    pub effective_on: Option<Date>,
    /// The decision.
    pub basis: Basis,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReferenceLoaded {
    /// What is otherwise now.
    pub applied: Applied,
}

impl Act for LoadReference {
    type Answer = ReferenceLoaded;

    async fn perform(self, acting: &mut Acting) -> Result<ReferenceLoaded, Failure> {
        // Rules are everybody's: whoever administers a part of the tree does not make them.
        let confederation_id = administered(acting).await?;
        let effective_on =
            basis::effective_on(acting, confederation_id, Some(&self.basis), self.effective_on)
                .await?;
        reference::lock(acting.db()).await?;
        if let Some(last) = reference::loaded_on(acting.db(), self.list).await?
            && effective_on < last
        {
            return Err(Refused::ReferenceVersionEarlier { last }.at("effective_on"));
        }
        let decision_id =
            basis::record(acting, Some(self.basis), confederation_id, confederation_id)
                .await?
                .ok_or_else(|| Refused::DecisionRequired.at("basis"))?;
        let version = Version { effective_on, loaded: Some((decision_id, acting.act_id)) };
        let applied = reference::apply(acting.db(), self.list, &self.csv, version).await?;
        match applied {
            Ok(applied) => Ok(ReferenceLoaded { applied }),
            Err(wrong) => Err(refused(&wrong)),
        }
    }
}

/// The Confederation, where the caller may do this on it.
async fn administered(acting: &mut Acting) -> Result<Uuid, Failure> {
    let confederation = sqlx::query_scalar!(
        r#"select held.organisation_id as "organisation_id!"
           from access.granted() as held (organisation_id)
           -- The few that are held are looked up one by one: see `offset 0` elsewhere.
           where exists (select from organisation_founding founding
                         where founding.organisation_id = held.organisation_id
                           and upper_inf(founding.recorded) offset 0)
             and not exists (select from access.superior edge
                             where edge.organisation_id = held.organisation_id offset 0)
             and not exists (select from access.ending ending
                             where ending.organisation_id = held.organisation_id offset 0)"#
    )
    .fetch_optional(acting.db())
    .await?;
    confederation.ok_or_else(|| permission_denied(PERMISSION).into())
}

/// Each wrong line with what is wrong with it.
fn refused(wrong: &[Wrong]) -> Failure {
    let named: Vec<Refusal> = wrong
        .iter()
        .take(REFUSALS_MAX)
        .map(|wrong| {
            let refused = Refused::ReferenceLineInvalid {
                line: wrong.line,
                column: wrong.column.clone(),
                fault: wrong.fault,
            };
            let field = match wrong.column.as_str() {
                "" => format!("csv[{}]", wrong.line),
                column => format!("csv[{}].{column}", wrong.line),
            };
            refused.refusal().field(field)
        })
        .collect();
    let mut lines: Vec<u64> = wrong.iter().map(|wrong| wrong.line).collect();
    lines.dedup();
    lines_refused(lines.len(), named).expect_err("something is wrong")
}
