//! What indicators are computed from: sources, and formulas over them.

use anyhow::{Context, bail, ensure};

use crate::ground::fact::{Code, Counting};
use crate::ground::reference::scheme::{Scheme, reasons};

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Additive facts of a code, with one of these reasons (any, if there are none).
    Flow(Code, Vec<String>),
    /// Ratings with one of these grades (any, if there are none), of unions that were unions in
    /// the year that they were rated for.
    Ratings(Vec<String>),
    /// Transfers into the head's units from elsewhere.
    TransferredIn,
    /// Transfers from the head's units to elsewhere.
    TransferredOut,
    /// Unions that came under the head without being founded.
    UnionsIn,
    /// Unions that left the head without ending.
    UnionsOut,
    /// Members who came with their unit.
    MembersInWithUnit,
    /// Members who left with their unit.
    MembersOutWithUnit,
    /// Unions that exist on the last day.
    UnionsAt,
    /// Members on the last day.
    MembersAt,
    /// People who stand so, beside their memberships, on the last day.
    StandingAt(Vec<String>),
    /// Distinct subjects of a code, with one of these reasons.
    Subjects(Code, Vec<String>),
    /// Distinct people in office on the last day.
    OfficersAt,
    /// Distinct people in office at any time of the period.
    OfficersDuring,
    /// Those of them who were trained in the period.
    OfficersTrained,
    /// Employers of at least so many workers, without a union, on the last day.
    EmployersWithoutUnion(i32),
    /// Unions of the last day that were reached by dissemination.
    UnionsReached,
    /// People in them who were reached.
    PeopleReached,
    /// People in unions of the last day, reached or not.
    PeopleAtWork,
}

impl Source {
    fn read(text: &str, schemes: &[Scheme]) -> anyhow::Result<Self> {
        let (name, list) = match text.split_once('[') {
            Some((name, list)) => {
                (name, list.strip_suffix(']').context("a list of reasons does not end")?)
            }
            None => (text, ""),
        };
        if let Some(code) = Code::parse(name) {
            let reasons = reasons(list, schemes)?;
            return Ok(match code.counting() {
                Counting::Summed => Source::Flow(code, reasons),
                Counting::Subjects => Source::Subjects(code, reasons),
                Counting::Rated => Source::Ratings(reasons),
            });
        }
        if name == "EMPLOYERS_WITHOUT_UNION" {
            return Ok(Source::EmployersWithoutUnion(list.parse().context("read the workforce")?));
        }
        if name == "STANDING_AT" {
            ensure!(!list.is_empty(), "STANDING_AT says how they stand");
            return Ok(Source::StandingAt(reasons(list, schemes)?));
        }
        ensure!(list.is_empty(), "{name} takes no reasons");
        Ok(match name {
            "TRANSFERRED_IN" => Source::TransferredIn,
            "TRANSFERRED_OUT" => Source::TransferredOut,
            "UNIONS_IN" => Source::UnionsIn,
            "UNIONS_OUT" => Source::UnionsOut,
            "MEMBERS_IN_WITH_UNIT" => Source::MembersInWithUnit,
            "MEMBERS_OUT_WITH_UNIT" => Source::MembersOutWithUnit,
            "UNIONS_AT" => Source::UnionsAt,
            "MEMBERS_AT" => Source::MembersAt,
            "OFFICERS_AT" => Source::OfficersAt,
            "OFFICERS_DURING" => Source::OfficersDuring,
            "OFFICERS_TRAINED" => Source::OfficersTrained,
            "UNIONS_REACHED" => Source::UnionsReached,
            "PEOPLE_REACHED" => Source::PeopleReached,
            "PEOPLE_AT_WORK" => Source::PeopleAtWork,
            unknown => bail!("no source is called {unknown}"),
        })
    }

    /// Whether it counts what membership carries out a little after registry has decided it.
    pub fn counts_members(&self) -> bool {
        match self {
            Source::Flow(code, _) => Code::MEMBER_MOVEMENTS.contains(code),
            Source::TransferredIn
            | Source::TransferredOut
            | Source::MembersInWithUnit
            | Source::MembersOutWithUnit
            | Source::MembersAt
            | Source::StandingAt(_)
            | Source::PeopleAtWork => true,
            Source::Ratings(_)
            | Source::UnionsIn
            | Source::UnionsOut
            | Source::UnionsAt
            | Source::Subjects(..)
            | Source::OfficersAt
            | Source::OfficersDuring
            | Source::OfficersTrained
            | Source::EmployersWithoutUnion(_)
            | Source::UnionsReached
            | Source::PeopleReached => false,
        }
    }

    /// Whether all that it counts is counted by the other too: of the same rows, in the same lines.
    fn is_part_of(&self, whole: &Source) -> bool {
        match (self, whole) {
            (Source::Ratings(part), Source::Ratings(whole)) => {
                whole.is_empty()
                    || !part.is_empty() && part.iter().all(|grade| whole.contains(grade))
            }
            // Whoever works directly in production is one of those who were honoured.
            (
                Source::Flow(Code::HonouredInProduction, part),
                Source::Flow(Code::Honoured, whole),
            ) => part == whole,
            (Source::OfficersTrained, Source::OfficersDuring)
            | (Source::UnionsReached, Source::UnionsAt) => true,
            _ => self == whole,
        }
    }

    /// Whether it is held against the other without being counted by it: what is reported may be more
    /// than what is known to be there, and then the share says so.
    fn is_held_against(&self, whole: &Source) -> bool {
        matches!((self, whole), (Source::PeopleReached, Source::PeopleAtWork))
    }

    /// Whether it is a state on the last day.
    pub fn is_stock(&self) -> bool {
        matches!(
            self,
            Source::UnionsAt
                | Source::MembersAt
                | Source::StandingAt(_)
                | Source::OfficersAt
                | Source::EmployersWithoutUnion(_)
                | Source::PeopleAtWork
        )
    }

    /// Whether it is counted from the columns, and not by statements.
    pub fn is_summed(&self) -> bool {
        match self {
            Source::Flow(..)
            | Source::TransferredIn
            | Source::TransferredOut
            | Source::UnionsIn
            | Source::UnionsOut
            | Source::MembersInWithUnit
            | Source::MembersOutWithUnit
            | Source::UnionsAt
            | Source::MembersAt
            | Source::StandingAt(_) => true,
            Source::Ratings(_)
            | Source::Subjects(..)
            | Source::OfficersAt
            | Source::OfficersDuring
            | Source::OfficersTrained
            | Source::EmployersWithoutUnion(_)
            | Source::UnionsReached
            | Source::PeopleReached
            | Source::PeopleAtWork => false,
        }
    }

    /// Whether its lines may sum to more than its total.
    pub fn is_distinct(&self) -> bool {
        matches!(
            self,
            Source::Subjects(..)
                | Source::OfficersAt
                | Source::OfficersDuring
                | Source::OfficersTrained
        )
    }
}

/// A sum of sources.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    text: String,
    terms: Vec<Term>,
}

/// A source and whether it is added or taken away.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// 1 or -1.
    pub sign: i64,
    /// What is counted.
    pub source: Source,
}

impl Formula {
    /// Reads `A + B[X|Y] - C`.
    pub fn read(text: &str, schemes: &[Scheme]) -> anyhow::Result<Self> {
        let mut terms = Vec::new();
        let mut sign = 1;
        for word in text.split_whitespace() {
            match word {
                "+" => sign = 1,
                "-" => sign = -1,
                source => terms.push(Term { sign, source: Source::read(source, schemes)? }),
            }
        }
        ensure!(!terms.is_empty(), "a formula has no terms");
        Ok(Self { text: text.to_string(), terms })
    }

    /// Whether it may be given as a share of the other: all that it counts is counted by the other
    /// too, whatever there is to count, or what is reported is held against it.
    pub fn is_share_of(&self, whole: &Formula) -> bool {
        match (&self.terms[..], &whole.terms[..]) {
            ([part], [whole]) => {
                let (signs, part, whole) = ((part.sign, whole.sign), &part.source, &whole.source);
                signs == (1, 1) && (part.is_part_of(whole) || part.is_held_against(whole))
            }
            _ => false,
        }
    }

    /// As it is written in indicators.csv.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is added and taken away.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.terms.iter()
    }
}
