//! What a line of a template is printed for each of, and the words of each.

/// What a line is printed for each of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// Whoever asks for what the line holds against its target.
    Issuer,
    /// Targets of the organisation that end within the period, measured.
    Target,
    /// Congresses of the period whose term is not five years.
    ShortenedCongress,
    /// Ceremonies of the period at which several decisions were handed over.
    Ceremony,
    /// Units that came from elsewhere, by day and former superior.
    TakenOver,
    /// Employers of 20 workers or more without a union.
    Employer,
    /// What the organisation was asked for, with what it handed down.
    Cascade,
    /// What it handed down, unit by unit.
    CascadeChild,
    /// Who follows which unit.
    Assignment,
    /// Reports due from those who follow units, unit by unit.
    ReportDue,
    /// Every unit directly below, each with its part of the figures; of tables only.
    Child,
}

impl Each {
    /// By the name that templates have for it.
    pub fn read(name: &str) -> Option<Self> {
        Some(match name {
            "issuer" => Each::Issuer,
            "target" => Each::Target,
            "shortened_congress" => Each::ShortenedCongress,
            "ceremony" => Each::Ceremony,
            "taken_over" => Each::TakenOver,
            "employer" => Each::Employer,
            "cascade" => Each::Cascade,
            "cascade_child" => Each::CascadeChild,
            "assignment" => Each::Assignment,
            "report_due" => Each::ReportDue,
            "child" => Each::Child,
            _ => return None,
        })
    }

    /// The words of a row.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Each::Issuer => &["issuer"],
            Each::Target => &["indicator", "scope", "result", "issuer"],
            Each::ShortenedCongress => &["organisation", "ordinal", "term", "reason", "date"],
            Each::Ceremony => &["organisation", "date", "count", "names"],
            Each::TakenOver => &["date", "former", "count"],
            Each::Employer => &["employer", "workforce", "surveyor", "stage"],
            Each::Cascade => {
                &["indicator", "from", "through", "issuer", "value", "units", "sum", "difference"]
            }
            Each::CascadeChild => {
                &["indicator", "from", "through", "unit", "value", "share", "revision"]
            }
            Each::Assignment => &["position", "unit", "from"],
            Each::ReportDue => &["position", "unit", "count", "next"],
            Each::Child => &["unit"],
        }
    }
}
