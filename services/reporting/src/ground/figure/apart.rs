//! A source told apart by what is said of what it counts: by reasons, or by the sex of whom it counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use chassis::refusal::Failure;

use crate::ground::columns::{Cut, Said, Snapshot, Where};
use crate::ground::fact::Code;
use crate::ground::figure::breakdown::{Apart, By, CROSSED};
use crate::ground::figure::count::{Count, Counts};
use crate::ground::figure::source::Source;
use crate::ground::period::Period;

/// The two breakdowns of lines of which one, or each, tells facts apart.
#[derive(Clone, Copy)]
pub struct Crossing {
    by: By,
    across: By,
    apart: Apart,
}

impl Crossing {
    /// Of these breakdowns; none where neither tells facts apart.
    pub fn of(by: By, across: By) -> Option<Self> {
        let apart = match (by.apart(), across.apart()) {
            (Some(_), Some(_)) => Apart::Both,
            (Some(apart), None) | (None, Some(apart)) => apart,
            (None, None) => return None,
        };
        Some(Self { by, across, apart })
    }

    /// What tells units apart beside it.
    pub fn of_units(self) -> By {
        let other = if self.by.apart().is_some() { self.across } else { self.by };
        if other.apart().is_some() { By::Nothing } else { other }
    }

    /// The key of a line, of what is said and of the line in which the units lie.
    fn key(self, said: &str, line: &str) -> String {
        match (self.of_units(), self.by.apart()) {
            (By::Nothing, _) => said.to_string(),
            (_, Some(_)) => format!("{said}{CROSSED}{line}"),
            (_, None) => format!("{line}{CROSSED}{said}"),
        }
    }
}

/// Counts a source in lines that tell facts apart. `cut` are the units in the lines of the other breakdown.
pub async fn counted(
    snapshot: &Snapshot,
    (cut, counts): (&Arc<Cut>, Where),
    source: &Source,
    period: Period,
    crossing: Crossing,
) -> Result<Counts, Failure> {
    let apart = crossing.apart;
    let mut whole: Option<Counts> = None;
    let said: Said = match source {
        Source::Flow(code, reasons) => {
            snapshot.flow_apart(cut, *code, period, reasons, apart).await?
        }
        Source::MembersAt => snapshot.members_apart(cut, period.through, apart).await?,
        Source::StandingAt(kinds) => {
            snapshot.standing_apart(cut, period.through, kinds, apart).await?
        }
        Source::Subjects(code, reasons) => {
            let mut said = BTreeMap::new();
            for reason in words(snapshot, *code, reasons).await? {
                let of = [reason.clone()];
                let counted = snapshot.subjects((cut, counts), *code, period, &of).await?;
                said.insert(reason, counted);
            }
            // Whoever was told of under two words is one.
            whole = Some(snapshot.subjects((cut, counts), *code, period, reasons).await?);
            said
        }
        Source::Ratings(grades) => {
            let mut said = BTreeMap::new();
            for grade in words(snapshot, Code::Rating, grades).await? {
                let of = [grade.clone()];
                said.insert(grade, snapshot.ratings(cut, period, &of).await?);
            }
            said
        }
        _ => return Err(anyhow::anyhow!("{} is not told apart", source.name()).into()),
    };
    let mut all = vec![Count::default(); cut.heads()];
    for (said, counts) in &said {
        for (count, of_head) in all.iter_mut().zip(counts) {
            for (line, amount) in &of_head.lines {
                count.add(&crossing.key(said, line), *amount)?;
            }
        }
    }
    for (count, whole) in all.iter_mut().zip(whole.into_iter().flatten()) {
        count.total = whole.total;
    }
    Ok(all)
}

/// The words that a source is filtered by; all that there are, if it is not.
async fn words(snapshot: &Snapshot, code: Code, filter: &[String]) -> Result<Vec<String>, Failure> {
    if filter.is_empty() { snapshot.reasons_of(code).await } else { Ok(filter.to_vec()) }
}
