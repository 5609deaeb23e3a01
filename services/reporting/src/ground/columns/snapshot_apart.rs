//! What a reading counts told apart by what facts say: by their reasons, or by the sex of whom they are
//! about.

use std::collections::BTreeMap;
use std::sync::Arc;

use chassis::refusal::Failure;
use time::Date;

use crate::ground::columns::apart;
use crate::ground::columns::cut::Cut;
use crate::ground::columns::day;
use crate::ground::columns::label::Label;
use crate::ground::columns::snapshot::{Snapshot, counted, days};
use crate::ground::fact::Code;
use crate::ground::figure::breakdown::{Apart, CROSSED};
use crate::ground::figure::count::Counts;
use crate::ground::period::Period;

/// What each head has, by what is said of it: a word, or the number of a sex.
pub type Said = BTreeMap<String, Counts>;

impl Snapshot {
    /// Facts of a code, with one of these reasons; with any, if there are none.
    pub async fn flow_apart(
        &self,
        cut: &Arc<Cut>,
        code: Code,
        period: Period,
        reasons: &[String],
        by: Apart,
    ) -> Result<Said, Failure> {
        let cut = cut.clone();
        let reasons = (!reasons.is_empty()).then(|| self.words(reasons));
        self.count(move |snapshot| {
            let (facts, days) = (&snapshot.state().facts, days(period));
            let sums = apart::flow(facts, &cut, code, days, reasons.as_deref(), by);
            snapshot.said(&cut, sums, by)
        })
        .await?
    }

    /// Members at the end of a day.
    pub async fn members_apart(
        &self,
        cut: &Arc<Cut>,
        on: Date,
        by: Apart,
    ) -> Result<Said, Failure> {
        let cut = cut.clone();
        self.count(move |snapshot| {
            let sums = apart::members(&snapshot.state().facts, &cut, day::number(on), by);
            snapshot.said(&cut, sums, by)
        })
        .await?
    }

    /// People who stand in one of these ways at the end of a day.
    pub async fn standing_apart(
        &self,
        cut: &Arc<Cut>,
        on: Date,
        kinds: &[String],
        by: Apart,
    ) -> Result<Said, Failure> {
        let (cut, kinds) = (cut.clone(), self.words(kinds));
        self.count(move |snapshot| {
            let (facts, on) = (&snapshot.state().facts, day::number(on));
            snapshot.said(&cut, apart::standing(facts, &cut, on, &kinds, by), by)
        })
        .await?
    }

    /// The words that facts of a code were ever told under.
    pub async fn reasons_of(&self, code: Code) -> Result<Vec<String>, Failure> {
        self.count(move |snapshot| {
            let state = snapshot.state();
            let mut reasons = apart::reasons(&state.facts, code);
            reasons.extend(state.listed.subjects.reasons(code));
            let names = snapshot.names();
            reasons.iter().filter_map(|word| names.words.name(*word).cloned()).collect()
        })
        .await
    }

    fn said<N: Copy + Into<i128>>(
        &self,
        cut: &Cut,
        sums: BTreeMap<u32, Vec<N>>,
        by: Apart,
    ) -> Result<Said, Failure> {
        let names = self.names();
        let word = |word: u32| names.words.name(word).cloned().unwrap_or_default();
        let name = |said: u32| match by {
            Apart::Reason => word(said),
            Apart::Sex => said.to_string(),
            Apart::Both => {
                let label = Label::read(said);
                format!("{}{CROSSED}{}", word(label.reason()), label.sex())
            }
        };
        let said = sums.into_iter().map(|(said, lines)| Ok((name(said), counted(cut, lines)?)));
        said.collect()
    }
}
