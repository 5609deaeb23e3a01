//! Registry's feed: the tree, its dated attributes, and what happens to organisations.

use std::collections::HashSet;
use std::mem;

use chassis::feed::{Change, Follow, Following};
use chassis::refusal::Failure;
use feeds::edges::{Edges, LastPlace};
use feeds::registry::{self, Body, Event, Founded, Noted};
use feeds::rights;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::follow::{
    Because, edges, events, organisations, remember_all, successions, timelines, under_way,
};
use crate::ground::fact;
use crate::ground::fact::Facts;
use crate::ground::ledger::{self, Teller};
use crate::ground::reference::Reference;

/// Follows registry.
pub struct Registry {
    reference: &'static Reference,
}

impl Registry {
    /// With the reference data that tells unions from their superiors.
    pub fn new(reference: &'static Reference) -> Self {
        Self { reference }
    }
}

impl Follow for Registry {
    const SOURCE: &'static str = "registry";

    async fn apply(&self, following: &mut Following, act: &[Change]) -> Result<(), Failure> {
        let events = act.iter().map(registry::read).collect::<Result<Vec<_>, _>>()?;
        let told: Vec<(Date, &Event)> =
            act.iter().zip(&events).map(|(change, event)| (change.effective_on, event)).collect();
        rights::apply(following.db(), &told).await?;
        let seen: Vec<_> = act.iter().map(|change| (change, Because::default())).collect();
        remember_all(following.db(), Self::SOURCE, &seen).await?;
        let Some(first) = act.first() else { return Ok(()) };
        let recorded_at = recorded_at(following.db(), first.acted_at).await?;

        // Where units stand is written once for the act, and so is what is counted, unless a
        // life is told anew: that asks what was counted of it before.
        let mut edges = edges::of(following.db(), &events).await?;
        let mut counted = Counted { recorded_at, of_changes: Vec::new() };
        let mut at = 0;
        while let (Some(change), Some(event)) = (act.get(at), events.get(at)) {
            // A plan founds more than a thousand: all of them at once.
            let founded = founded_in_a_row(&act[at..], &events[at..]);
            if !founded.is_empty() {
                at += founded.len();
                self.found(following.db(), &founded, &mut edges, &mut counted).await?;
                continue;
            }
            at += 1;
            let (id, on) = (change.change_id, change.effective_on);
            let facts = if let Event::TimelinesCorrected(lives) = event {
                counted.write(following.db()).await?;
                let (reference, edges) = (self.reference, &edges);
                timelines::replace(following.db(), change, recorded_at, lives, edges, reference)
                    .await?
            } else {
                self.copy(following.db(), change, event).await?;
                let grassroots = grassroots(following.db(), event, on).await?;
                fact::of_registry(
                    event,
                    on,
                    |unit| grassroots.contains(&unit),
                    |organisation_type| self.reference.is_grassroots(organisation_type),
                )
            };
            edges.take(on, event, &id, LastPlace::Goes);
            counted.add(id, facts);
        }
        counted.write(following.db()).await?;
        edges::write(following.db(), &edges).await
    }
}

/// What changes of the act are counted by and has yet to be written.
struct Counted {
    /// From when on the act is known.
    recorded_at: OffsetDateTime,
    of_changes: Vec<(Uuid, Facts)>,
}

impl Counted {
    fn add(&mut self, change_id: Uuid, facts: Facts) {
        self.of_changes.push((change_id, facts));
    }

    async fn write(&mut self, connection: &mut PgConnection) -> Result<(), Failure> {
        let all = mem::take(&mut self.of_changes);
        let recorded_at = self.recorded_at;
        let all: Vec<(Teller, &Facts)> = all
            .iter()
            .map(|(change_id, facts)| (Teller { change_id: *change_id, recorded_at }, facts))
            .collect();
        ledger::write_all(connection, &all).await
    }
}

/// From when on an act that was recorded at an instant is known, it and all before it in the feed; and
/// tells it to the tables that keep by themselves what was known of them: those of the tree, and those of
/// seats and employers.
async fn recorded_at(
    connection: &mut PgConnection,
    acted_at: OffsetDateTime,
) -> Result<OffsetDateTime, Failure> {
    let told = sqlx::query!(
        r#"with told as (
               update tree_known set known_at = greatest(known_at, $1) returning known_at
           )
           select known_at as "known_at!",
                  set_config('congdoan.tree_recorded_at', known_at::text, true)
                      || set_config('congdoan.told_at', known_at::text, true) as "told!"
           from told"#,
        acted_at,
    )
    .fetch_one(connection)
    .await?;
    Ok(told.known_at)
}

/// The foundings with which these changes begin.
fn founded_in_a_row<'a>(
    changes: &'a [Change],
    events: &'a [Event],
) -> Vec<(&'a Change, &'a Event, &'a Founded)> {
    let founded = changes.iter().zip(events).map_while(|(change, event)| match event {
        Event::Founded(founded) => Some((change, event, founded)),
        Event::Loaded(_)
        | Event::Renamed(_)
        | Event::HandedOver(_)
        | Event::Suspended { .. }
        | Event::Resumed { .. }
        | Event::Ended(_)
        | Event::SectorChanged { .. }
        | Event::IndustryChanged { .. }
        | Event::TypeChanged(_)
        | Event::DecisionRecorded(_)
        | Event::Body(_)
        | Event::CeremonyHeld(_)
        | Event::EmployersRecorded(_)
        | Event::CampaignStageReached(_)
        | Event::GrantMade(_)
        | Event::GrantEnded { .. }
        | Event::TimelinesCorrected(_)
        | Event::ActsUndone(_)
        | Event::Noted(_) => None,
    });
    founded.collect()
}

impl Registry {
    /// Keeps the copy of what registry owns.
    async fn copy(
        &self,
        connection: &mut PgConnection,
        change: &Change,
        event: &Event,
    ) -> Result<(), Failure> {
        let (on, reference) = (change.effective_on, self.reference);
        let act = (change.act_id, change.position);
        match event {
            Event::Loaded(states) => {
                let states: Vec<_> = states.iter().map(|state| (change.change_id, state)).collect();
                organisations::found(connection, &states, true, reference).await
            }
            Event::Renamed(renamed) => organisations::rename(connection, on, renamed).await,
            Event::Suspended { organisation_id } => {
                organisations::suspend(connection, change, *organisation_id).await
            }
            Event::Resumed { organisation_id } => {
                organisations::resume(connection, on, *organisation_id).await
            }
            Event::Ended(units) => {
                organisations::end(connection, change, units).await?;
                successions::ended(connection, change, units).await
            }
            Event::Noted(Noted::SplitOff { predecessor_id, shares }) => {
                successions::split_off(connection, change, *predecessor_id, shares).await
            }
            Event::SectorChanged { organisation_id, sector } => {
                organisations::change_sector(connection, change, *organisation_id, sector).await
            }
            Event::IndustryChanged { organisation_id, industry } => {
                organisations::change_industry(connection, change, *organisation_id, industry)
                    .await
            }
            Event::TypeChanged(changed) => {
                organisations::change_type(connection, change, changed, reference).await
            }
            Event::DecisionRecorded(decision) => {
                events::record_decision(connection, decision).await
            }
            Event::Body(body) => {
                copy_body(connection, change, body).await
            }
            Event::CeremonyHeld(ceremony) => {
                events::hold_ceremony(connection, change, ceremony).await
            }
            Event::EmployersRecorded(recorded) => {
                events::record_employers(connection, change, &recorded.employers).await
            }
            // What an undone act did to members is taken back in membership's feed.
            Event::ActsUndone(undone) => {
                under_way::undone(connection, act, &undone.act_ids).await
            }
            // The stages are subjects of facts; grants are in the copy of rights.
            Event::CampaignStageReached(_)
            | Event::GrantMade(_)
            | Event::GrantEnded { .. }
            | Event::Noted(_)
            // Where units stand is written for the whole act; foundings and whole lives apart.
            | Event::HandedOver(_)
            | Event::Founded(_)
            | Event::TimelinesCorrected(_) => Ok(()),
        }
    }

    /// Takes in organisations that were founded.
    async fn found(
        &self,
        connection: &mut PgConnection,
        founded: &[(&Change, &Event, &Founded)],
        edges: &mut Edges<Uuid>,
        counted: &mut Counted,
    ) -> Result<(), Failure> {
        let states: Vec<_> = founded
            .iter()
            .map(|(change, _, founded)| (change.change_id, &founded.organisation))
            .collect();
        organisations::found(connection, &states, false, self.reference).await?;
        for (change, event, founded) in founded {
            let (state, on) = (&founded.organisation, change.effective_on);
            if !founded.applicant_ids.is_empty() {
                let act = (change.act_id, change.position);
                under_way::founded(connection, act, state.organisation_id, state.founded_on)
                    .await?;
            }
            let is_grassroots = |code: &str| self.reference.is_grassroots(code);
            let facts =
                fact::of_registry(event, on, |_| is_grassroots(&state.type_code), is_grassroots);
            edges.take(on, event, &change.change_id, LastPlace::Goes);
            counted.add(change.change_id, facts);
        }
        Ok(())
    }
}

/// Keeps who sits in the bodies of organisations.
async fn copy_body(
    connection: &mut PgConnection,
    change: &Change,
    body: &Body,
) -> Result<(), Failure> {
    let on = change.effective_on;
    match body {
        Body::CongressHeld(congress) => {
            events::hold_congress(connection, change, congress).await?;
            events::fill_offices(connection, change, &congress.offices).await
        }
        Body::ByElectionHeld(election) => {
            events::fill_offices(connection, change, &election.offices).await
        }
        Body::CommitteeAppointed(appointed) => {
            events::fill_offices(connection, change, &appointed.offices).await
        }
        Body::OfficesEnded(seats) => events::end_offices(connection, on, seats).await,
        Body::SteeringCommitteeEstablished(committee) => {
            events::establish_committee(connection, committee).await?;
            events::fill_offices(connection, change, &committee.offices).await
        }
        Body::UnitAssigned(assigned) => events::assign_unit(connection, on, assigned).await,
        Body::UnitAssignmentEnded { assignment_id } => {
            events::end_assignment(connection, on, *assignment_id).await
        }
    }
}

/// Which of the organisations that a change is about are unions.
async fn grassroots(
    connection: &mut PgConnection,
    event: &Event,
    on: Date,
) -> Result<HashSet<Uuid>, Failure> {
    let units: Vec<Uuid> = match event {
        Event::Loaded(states) => states.iter().map(|state| state.organisation_id).collect(),
        Event::Ended(units) => units.iter().map(|unit| unit.organisation_id).collect(),
        Event::Suspended { organisation_id } | Event::Resumed { organisation_id } => {
            vec![*organisation_id]
        }
        Event::Body(Body::CongressHeld(congress)) => vec![congress.organisation_id],
        Event::Body(Body::ByElectionHeld(election)) => vec![election.organisation_id],
        // Foundings are counted apart; the others by nothing that it happened to.
        Event::Founded(_)
        | Event::Renamed(_)
        | Event::HandedOver(_)
        | Event::SectorChanged { .. }
        | Event::IndustryChanged { .. }
        | Event::TypeChanged(_)
        | Event::DecisionRecorded(_)
        | Event::Body(
            Body::CommitteeAppointed(_)
            | Body::OfficesEnded(_)
            | Body::SteeringCommitteeEstablished(_)
            | Body::UnitAssigned(_)
            | Body::UnitAssignmentEnded { .. },
        )
        | Event::CeremonyHeld(_)
        | Event::EmployersRecorded(_)
        | Event::CampaignStageReached(_)
        | Event::GrantMade(_)
        | Event::GrantEnded { .. }
        | Event::TimelinesCorrected(_)
        | Event::ActsUndone(_)
        | Event::Noted(_) => return Ok(HashSet::new()),
    };
    let unions = sqlx::query_scalar!(
        r#"select o.organisation_id as "organisation_id!"
           from organisation o
           left join organisation_type t
             on t.organisation_id = o.organisation_id and t.valid @> $2::date
           where o.organisation_id = any($1) and coalesce(t.grassroots, o.grassroots)"#,
        &units,
        on,
    )
    .fetch_all(connection)
    .await?;
    Ok(unions.into_iter().collect())
}
