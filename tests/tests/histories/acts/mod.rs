//! What offices do. Each act names what it is about, asks, and learns from the answer.

mod corrections;
mod happenings;
mod members;
mod movements;
mod organisations;
mod people;
mod plans;

pub use people::Happened;

use crate::desk::Desk;

/// What can be done, and how often it is tried.
pub const KINDS: [(&str, usize); 55] = [
    ("found", 40),
    ("found by dossier", 30),
    ("found with applicants", 12),
    ("split off", 8),
    ("consolidate", 6),
    ("divide", 6),
    ("end a union", 40),
    ("merge a union", 30),
    ("end a superior", 8),
    ("hand over", 40),
    ("hand over a superior", 8),
    ("change type", 24),
    ("change sector", 12),
    ("rename", 10),
    ("suspend", 24),
    ("resume", 18),
    ("territory", 10),
    ("correct a place", 14),
    ("correct a type", 8),
    ("correct a sector", 6),
    ("correct a status", 8),
    ("correct a founding", 10),
    ("correct an end", 14),
    ("undo", 60),
    ("undo a founding", 20),
    ("plan", 24),
    ("undo a plan", 12),
    ("admit", 130),
    ("recognise", 30),
    ("admit an applicant", 20),
    ("readmit", 30),
    ("exit", 70),
    ("transfer", 80),
    ("apply", 30),
    ("make good", 30),
    ("undo a movement", 30),
    ("correct a movement", 40),
    ("correct a person", 8),
    ("course", 12),
    ("delegation", 8),
    ("refer to the party", 10),
    ("admit to the party", 6),
    ("recommend", 6),
    ("honour", 12),
    ("help", 12),
    ("take back", 10),
    ("congress", 14),
    ("committee", 10),
    ("leave office", 5),
    ("ceremony", 8),
    ("survey", 30),
    ("campaign", 16),
    ("activity", 12),
    ("rate", 24),
    ("assign a target", 10),
];

impl Desk {
    /// Tries one thing.
    pub async fn try_one(&mut self, kind: &'static str) {
        let tried = match kind {
            "found" => self.found(kind).await,
            "found by dossier" => self.found_by_dossier(kind).await,
            "found with applicants" => self.found_with_applicants(kind).await,
            "split off" => self.split_off(kind).await,
            "consolidate" => self.consolidate(kind).await,
            "divide" => self.divide(kind).await,
            "end a union" => self.end_union(kind).await,
            "merge a union" => self.merge_union(kind).await,
            "end a superior" => self.end_superior(kind).await,
            "hand over" => self.hand_over_union(kind).await,
            "hand over a superior" => self.hand_over_superior(kind).await,
            "change type" => self.change_type(kind).await,
            "change sector" => self.change_sector(kind).await,
            "rename" => self.rename(kind).await,
            "suspend" => self.suspend(kind).await,
            "resume" => self.resume(kind).await,
            "territory" => self.change_territory(kind).await,
            "correct a place" => self.correct_place(kind).await,
            "correct a type" => self.correct_type(kind).await,
            "correct a sector" => self.correct_sector(kind).await,
            "correct a status" => self.correct_status(kind).await,
            "correct a founding" => self.correct_founding(kind).await,
            "correct an end" => self.correct_end(kind).await,
            "undo" => self.undo(kind).await,
            "undo a founding" => self.undo_founding(kind).await,
            "plan" => self.plan(kind).await,
            "undo a plan" => self.undo_plan(kind).await,
            "admit" => self.admit(kind).await,
            "recognise" => self.recognise(kind).await,
            "admit an applicant" => self.admit_applicant(kind).await,
            "readmit" => self.readmit(kind).await,
            "exit" => self.exit(kind).await,
            "transfer" => self.transfer(kind).await,
            "apply" => self.apply(kind).await,
            "make good" => self.mend(kind).await,
            "undo a movement" => self.undo_movement(kind).await,
            "correct a movement" => self.correct_movement(kind).await,
            "correct a person" => self.correct_person(kind).await,
            "course" => self.course(kind).await,
            "delegation" => self.delegation(kind).await,
            "refer to the party" => self.refer(kind).await,
            "admit to the party" => self.admit_to_party(kind).await,
            "recommend" => self.recommend(kind).await,
            "honour" => self.honour(kind).await,
            "help" => self.help(kind).await,
            "take back" => self.never_happened(kind).await,
            "congress" => self.congress(kind).await,
            "committee" => self.committee(kind).await,
            "leave office" => self.leave_office(kind).await,
            "ceremony" => self.ceremony(kind).await,
            "survey" => self.survey(kind).await,
            "campaign" => self.campaign(kind).await,
            "activity" => self.activity(kind).await,
            "rate" => self.rate(kind).await,
            "assign a target" => self.assign(kind).await,
            other => panic!("nobody knows how to {other}"),
        };
        // There may be nothing to try it on, or it was refused: the trace knows.
        let _ = tried;
    }
}
