//! What was asked, and what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use stage::refused::Refused;
use tonic::{Code, Response, Status};

/// Lines of a trace that are printed.
const PRINTED: usize = 60;

/// One act.
struct Asked {
    number: usize,
    told: String,
    /// The ids of the organisations and people that it names.
    about: BTreeSet<String>,
    /// The reason of its refusal; none where it was done.
    refused: Option<String>,
}

/// All acts of a history.
#[derive(Default)]
pub struct Trace {
    /// The number of the act in progress.
    pub number: usize,
    asked: Vec<Asked>,
    /// How often each kind of act was done, and how often refused for which reason.
    outcomes: BTreeMap<(&'static str, String), usize>,
    /// Answers that nobody should get.
    pub faults: Vec<String>,
}

impl Trace {
    /// Notes the answer to an act of a kind; answers what it says where it was done.
    pub fn note<T>(
        &mut self,
        kind: &'static str,
        told: String,
        about: impl IntoIterator<Item = String>,
        answer: Result<Response<T>, Status>,
    ) -> Option<T> {
        let (done, refused) = match answer {
            Ok(response) => (Some(response.into_inner()), None),
            Err(status) => {
                let expected = [
                    Code::FailedPrecondition,
                    Code::InvalidArgument,
                    Code::NotFound,
                    Code::AlreadyExists,
                ];
                if !expected.contains(&status.code()) {
                    let number = self.number;
                    self.faults.push(format!("act {number}, {told}: {status:?}"));
                }
                (None, Some(reason(&status)))
            }
        };
        let outcome = refused.clone().unwrap_or_else(|| "done".to_owned());
        *self.outcomes.entry((kind, outcome)).or_default() += 1;
        let about = about.into_iter().filter(|id| !id.is_empty()).collect();
        self.asked.push(Asked { number: self.number, told, about, refused });
        done
    }

    /// How often an act of this kind was done.
    pub fn done(&self, kind: &'static str) -> usize {
        self.outcomes.get(&(kind, "done".to_owned())).copied().unwrap_or_default()
    }

    /// How often what came of which act.
    pub fn outcomes(&self) -> String {
        let mut by_kind: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for ((kind, outcome), times) in &self.outcomes {
            by_kind.entry(kind).or_default().push(format!("{outcome} {times}"));
        }
        let lines =
            by_kind.iter().map(|(kind, outcomes)| format!("{kind}: {}", outcomes.join(", ")));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The acts that name one of these, the last ones.
    pub fn about(&self, ids: &BTreeSet<String>) -> String {
        let concerned: Vec<&Asked> =
            self.asked.iter().filter(|asked| !asked.about.is_disjoint(ids)).collect();
        let mut told = String::new();
        let left_out = concerned.len().saturating_sub(PRINTED);
        if left_out > 0 {
            let _ = writeln!(told, "  ({left_out} earlier acts)");
        }
        for asked in &concerned[left_out..] {
            let refused = asked.refused.as_deref().map(|reason| format!(": refused, {reason}"));
            let _ = writeln!(
                told,
                "  act {}, {}{}",
                asked.number,
                asked.told,
                refused.unwrap_or_default()
            );
        }
        told
    }
}

/// The reason of a refusal; its code where it has none.
fn reason(status: &Status) -> String {
    match status.code() {
        Code::FailedPrecondition
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied => Refused::of(status).reason,
        code => format!("{code:?}"),
    }
}
