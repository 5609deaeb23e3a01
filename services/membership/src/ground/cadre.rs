//! What officers are recommended for.

/// What an officer is recommended for; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum CadrePurpose {
    /// Quy hoạch.
    Planning = 1,
    /// Đào tạo, bồi dưỡng.
    Training = 2,
    /// Bổ nhiệm.
    Appointment = 3,
}

impl CadrePurpose {
    /// As the feed writes it.
    pub fn code(self) -> &'static str {
        match self {
            CadrePurpose::Planning => "PLANNING",
            CadrePurpose::Training => "TRAINING",
            CadrePurpose::Appointment => "APPOINTMENT",
        }
    }

    /// By its number.
    pub fn numbered(number: i16) -> Option<Self> {
        [Self::Planning, Self::Training, Self::Appointment]
            .into_iter()
            .find(|purpose| *purpose as i16 == number)
    }
}
