//! Changes of membership's as they are taken in: what each says, what it is counted by, and which act of
//! registry it follows from.

use chassis::feed::Change;
use feeds::membership::{Event, Finished};
use uuid::Uuid;

use crate::follow::seen::Because;
use crate::ground::fact::{self, Facts};

/// A change: what it says, what it is counted by, and the act of registry that it follows from.
pub(super) struct Told<'a> {
    /// As it came.
    pub change: &'a Change,
    /// What it says.
    pub event: &'a Event,
    /// Which acts of registry it leads to.
    pub because: Because,
    /// What it is counted by.
    pub facts: Facts,
    /// The act of registry that it, or the movement that it takes back, followed from.
    pub origin: Option<Uuid>,
}

/// The changes with what they say, in their order.
pub(super) fn told<'a>(changes: &'a [Change], events: &'a [Event]) -> Vec<Told<'a>> {
    let mut told = Vec::with_capacity(changes.len());
    let mut rest = events;
    for act in changes.chunk_by(|one, next| one.act_id == next.act_id) {
        let (of_act, after) = rest.split_at(act.len());
        rest = after;
        told.extend(act.iter().zip(of_act).map(|(change, event)| {
            let because = because(event, of_act);
            let facts = fact::of_membership(event, change.effective_on);
            Told { change, event, because, facts, origin: None }
        }));
    }
    told
}

/// The word that what an act of registry meant for the members of a union is done.
pub(super) fn finished(event: &Event) -> Option<&Finished> {
    match event {
        Event::ConsequenceFinished(finished) => Some(finished),
        Event::ConsequencesWaiting { .. }
        | Event::ConsequencesLeft { .. }
        | Event::Admitted(_)
        | Event::Transferred(_)
        | Event::Exited(_)
        | Event::Happened(_)
        | Event::HappeningTakenBack(_)
        | Event::DecisionWrittenDown(_)
        | Event::StandingRecorded(_)
        | Event::StandingTakenBack(_)
        | Event::DisciplineRecorded(_)
        | Event::DisciplineTakenBack(_)
        | Event::CardsIssued(_)
        | Event::CardEnded(_)
        | Event::CardTakenBack(_)
        | Event::PersonMerged(_)
        | Event::PersonUnmerged(_)
        | Event::TakenBack(_) => None,
    }
}

/// What a change of an act leads to, given all changes of the act.
fn because(event: &Event, act: &[Event]) -> Because {
    let of = |act_id, movement_id| Because { act_id, movement_id, takes_back: false };
    match event {
        // Whoever is admitted with her union's founding: the word that this is done stands in
        // the same act.
        Event::Admitted(admission) => {
            let mut of_act = act.iter().filter_map(finished);
            let done = of_act.find(|done| done.organisation_id == admission.organisation_id);
            of(done.map(|done| done.registry_act_id), admission.admission_id)
        }
        Event::Transferred(transfer) => of(transfer.registry_act_id, transfer.transfer_id),
        Event::Exited(exit) => of(exit.registry_act_id, exit.exit_id),
        Event::ConsequenceFinished(finished) => of(Some(finished.registry_act_id), None),
        Event::ConsequencesWaiting { registry_act_id, .. } => of(Some(*registry_act_id), None),
        Event::TakenBack(taken) => {
            Because { takes_back: true, ..of(taken.registry_act_id, taken.movement.movement_id()) }
        }
        Event::Happened(_)
        | Event::HappeningTakenBack(_)
        | Event::StandingRecorded(_)
        | Event::StandingTakenBack(_)
        | Event::DisciplineRecorded(_)
        | Event::DisciplineTakenBack(_)
        | Event::ConsequencesLeft { .. }
        | Event::CardsIssued(_)
        | Event::CardEnded(_)
        | Event::CardTakenBack(_)
        | Event::PersonMerged(_)
        | Event::PersonUnmerged(_)
        | Event::DecisionWrittenDown(_) => Because::default(),
    }
}
