//! What indicators are computed from: sources, and formulas over them.

use std::fmt;

use crate::ground::fact::{Code, Counting};
use crate::ground::reference::scheme::{Scheme, reasons};

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Additive facts of a code, with one of these reasons (any, if there are none).
    Flow(Code, Vec<String>),
    /// Ratings with one of these grades (any, if there are none), of unions that were eligible on
    /// the day on which they count.
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
    fn read(text: &str, schemes: &[Scheme]) -> Result<Self, Unfit> {
        let (name, list) = match text.split_once('[') {
            Some((name, list)) => {
                let ends = list.strip_suffix(']');
                (name, ends.ok_or_else(|| Unfit::FilterUnended { source: name.to_string() })?)
            }
            None => (text, ""),
        };
        let source = || name.to_string();
        let words = || {
            let unknown = |word| Unfit::WordUnknown { source: source(), word };
            reasons(list, schemes).map_err(unknown)
        };
        if let Some(code) = Code::parse(name) {
            let reasons = words()?;
            return Ok(match code.counting() {
                Counting::Summed => Source::Flow(code, reasons),
                Counting::Subjects => Source::Subjects(code, reasons),
                Counting::Rated => Source::Ratings(reasons),
            });
        }
        if name == "EMPLOYERS_WITHOUT_UNION" {
            let unknown = |_| Unfit::WordUnknown { source: source(), word: list.to_string() };
            return Ok(Source::EmployersWithoutUnion(list.parse().map_err(unknown)?));
        }
        if name == "STANDING_AT" {
            if list.is_empty() {
                return Err(Unfit::FilterNeeded { source: source() });
            }
            return Ok(Source::StandingAt(words()?));
        }
        if !list.is_empty() {
            return Err(Unfit::WordUnknown { source: source(), word: list.to_string() });
        }
        let plain = Self::PLAIN.into_iter().find(|(known, _)| *known == name);
        plain.map(|(_, source)| source).ok_or_else(|| Unfit::SourceUnknown { source: source() })
    }

    /// Those that have no filter, as formulas name them.
    const PLAIN: [(&'static str, Self); 14] = [
        ("TRANSFERRED_IN", Self::TransferredIn),
        ("TRANSFERRED_OUT", Self::TransferredOut),
        ("UNIONS_IN", Self::UnionsIn),
        ("UNIONS_OUT", Self::UnionsOut),
        ("MEMBERS_IN_WITH_UNIT", Self::MembersInWithUnit),
        ("MEMBERS_OUT_WITH_UNIT", Self::MembersOutWithUnit),
        ("UNIONS_AT", Self::UnionsAt),
        ("MEMBERS_AT", Self::MembersAt),
        ("OFFICERS_AT", Self::OfficersAt),
        ("OFFICERS_DURING", Self::OfficersDuring),
        ("OFFICERS_TRAINED", Self::OfficersTrained),
        ("UNIONS_REACHED", Self::UnionsReached),
        ("PEOPLE_REACHED", Self::PeopleReached),
        ("PEOPLE_AT_WORK", Self::PeopleAtWork),
    ];

    /// As formulas name it, without its filter.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Flow(code, _) | Self::Subjects(code, _) => code.as_str(),
            Self::Ratings(_) => Code::Rating.as_str(),
            Self::StandingAt(_) => "STANDING_AT",
            Self::EmployersWithoutUnion(_) => "EMPLOYERS_WITHOUT_UNION",
            plain => {
                Self::PLAIN.iter().find(|(_, known)| known == plain).map_or("", |(name, _)| *name)
            }
        }
    }

    /// The words that it is filtered by; none if it is not.
    pub fn reasons(&self) -> Vec<String> {
        match self {
            Self::Flow(_, reasons)
            | Self::Subjects(_, reasons)
            | Self::Ratings(reasons)
            | Self::StandingAt(reasons) => reasons.clone(),
            Self::EmployersWithoutUnion(workforce) => vec![workforce.to_string()],
            _ => Vec::new(),
        }
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
            // One thing is told under one word, or under several of which each is counted.
            (Source::Flow(one, part), Source::Flow(other, whole))
            | (Source::Subjects(one, part), Source::Subjects(other, whole)) => {
                one == other
                    && (whole.is_empty()
                        || !part.is_empty() && part.iter().all(|word| whole.contains(word)))
            }
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

    /// Whether what it counts is told apart by words: reasons, kinds, topics, events, grades.
    pub fn is_told_by_reason(&self) -> bool {
        matches!(
            self,
            Source::Flow(..) | Source::Subjects(..) | Source::Ratings(_) | Source::StandingAt(_)
        )
    }

    /// Whether it is known of which sex they are whom it counts.
    pub fn is_told_by_sex(&self) -> bool {
        match self {
            Source::Flow(code, _) => Code::MEMBER_MOVEMENTS.contains(code),
            source => matches!(source, Source::MembersAt | Source::StandingAt(_)),
        }
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

/// Sources of one formula.
const TERMS_MAX: usize = 20;

/// Why something is no formula, or a formula counts nothing that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has no terms, or too many.
    TermsUnfit,
    /// No source is called so.
    SourceUnknown {
        /// As it was written.
        source: String,
    },
    /// A filter does not end.
    FilterUnended {
        /// Of which source.
        source: String,
    },
    /// The source is not counted without a filter.
    FilterNeeded {
        /// Which.
        source: String,
    },
    /// The source is not filtered by this.
    WordUnknown {
        /// Of which source.
        source: String,
        /// As it was written.
        word: String,
    },
    /// Distinct subjects of two sources, or with anything else, do not add up.
    DistinctCombined,
    /// What is a state on a day, and what happens over days, do not add up.
    StockAndFlow,
    /// It is said to be additive, distinct or a share, and is something else.
    KindUnfit,
    /// What is shared is no part of what it is a share of.
    NotPart,
}

impl Unfit {
    /// One word for it.
    pub fn cause(&self) -> &'static str {
        match self {
            Self::TermsUnfit => "terms",
            Self::SourceUnknown { .. } => "source",
            Self::FilterUnended { .. } => "unended",
            Self::FilterNeeded { .. } => "filter_needed",
            Self::WordUnknown { .. } => "word",
            Self::DistinctCombined => "distinct_combined",
            Self::StockAndFlow => "stock_and_flow",
            Self::KindUnfit => "kind",
            Self::NotPart => "not_part",
        }
    }

    /// The source and the word that are wrong, where some are.
    pub fn named(self) -> (Option<String>, Option<String>) {
        match self {
            Self::SourceUnknown { source }
            | Self::FilterUnended { source }
            | Self::FilterNeeded { source } => (Some(source), None),
            Self::WordUnknown { source, word } => (Some(source), Some(word)),
            Self::TermsUnfit
            | Self::DistinctCombined
            | Self::StockAndFlow
            | Self::KindUnfit
            | Self::NotPart => (None, None),
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, word) = self.clone().named();
        write!(f, "{} {source:?} {word:?}", self.cause())
    }
}

impl std::error::Error for Unfit {}

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
    pub fn read(text: &str, schemes: &[Scheme]) -> Result<Self, Unfit> {
        let mut terms = Vec::new();
        let mut sign = 1;
        for word in text.split_whitespace() {
            match word {
                "+" => sign = 1,
                "-" => sign = -1,
                source => terms.push(Term { sign, source: Source::read(source, schemes)? }),
            }
        }
        if terms.is_empty() || terms.len() > TERMS_MAX {
            return Err(Unfit::TermsUnfit);
        }
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
