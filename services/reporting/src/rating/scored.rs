//! Points by criteria, summed: what a self-score and an appraisal have in common.

use chassis::database::Acting;
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, refuse_all};
use crate::rating::held::{Round, say};
use crate::rating::step::{Kind, Step};
use crate::rating::telling;
use crate::rating::terms::Score;

/// What the points come to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Scored {
    /// In tenths.
    pub total_tenths: i32,
    /// The grade of that band.
    pub grade: String,
}

/// Sums points of a union that is held, writes them down and tells the sum.
pub async fn score(
    acting: &mut Acting,
    round: &Round,
    organisation_id: Uuid,
    kind: Kind,
    scores: Vec<Score>,
) -> Result<Scored, Failure> {
    let (total_tenths, grade) = match round.terms.judged(&scores) {
        Ok((total, grade)) => (total, grade.code.clone()),
        Err(faults) => {
            refuse_all(faults)?;
            (0, String::new())
        }
    };
    let step = Step {
        organisation_id,
        kind,
        scores,
        total_tenths: Some(total_tenths),
        grade: Some(grade.clone()),
        reason: String::new(),
        decision_id: None,
    };
    say(acting, round.round_id, &[step]).await?;
    let appraised = kind == Kind::Appraised;
    let told = telling::scored(round.round_id, organisation_id, appraised, total_tenths);
    let today = acting.today;
    acting.publish(feeds::reporting::change(told, round.round_id, today, None));
    decided_on_registry(acting).await?;
    Ok(Scored { total_tenths, grade })
}
