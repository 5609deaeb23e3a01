//! What holds for all lines of an import.

use feeds::membership::AdmissionKind;
use uuid::Uuid;

use crate::ground::movement::Dated;

/// What the header says of all lines.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The union of lines that name none.
    pub organisation_id: Option<Uuid>,
    /// How people are admitted.
    pub kind: AdmissionKind,
    /// The day of lines that have none, and the decision.
    pub dated: Dated,
    /// Nobody is taken in.
    pub validate_only: bool,
}
