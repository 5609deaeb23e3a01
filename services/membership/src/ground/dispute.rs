//! What labour disputes are, and how they end.

/// What a case is about; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Kind {
    /// Tranh chấp cá nhân.
    Individual = 1,
    /// Tranh chấp tập thể.
    Collective = 2,
    /// Ngừng việc tập thể.
    Strike = 3,
    /// Vụ việc tập thể khác.
    CollectiveMatter = 4,
}

impl Kind {
    /// As it is published, by its number.
    pub fn code_of(number: i16) -> &'static str {
        match number {
            1 => "INDIVIDUAL",
            2 => "COLLECTIVE",
            3 => "STRIKE",
            _ => "COLLECTIVE_MATTER",
        }
    }
}

/// How a case ends; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Outcome {
    /// Thương lượng thành.
    Negotiated = 1,
    /// Hòa giải thành.
    Conciliated = 2,
    /// Trọng tài.
    Arbitrated = 3,
    /// Tòa án.
    Judged = 4,
    /// Rút yêu cầu.
    Withdrawn = 5,
    /// Không giải quyết được.
    Unresolved = 6,
}

impl Outcome {
    /// As it is published, by its number.
    pub fn code_of(number: i16) -> &'static str {
        match number {
            1 => "NEGOTIATED",
            2 => "CONCILIATED",
            3 => "ARBITRATED",
            4 => "JUDGED",
            5 => "WITHDRAWN",
            _ => "UNRESOLVED",
        }
    }
}
