//! Registry's feed: the tree, its dated attributes, and what happens to organisations.

use std::collections::HashSet;

use chassis::feed::{Change, Follow, Following};
use chassis::refusal::Failure;
use feeds::registry::{self, Body, Event};
use feeds::rights;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::follow::{Because, edges, events, organisations, remember, timelines, under_way};
use crate::ground::reference::Reference;
use crate::ground::{fact, ledger};

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
        for change in act {
            let event = registry::read(change)?;
            let on = change.effective_on;
            rights::apply(following.db(), on, &event).await?;
            remember(following.db(), Self::SOURCE, change, &Because::default()).await?;
            let facts = if let Event::TimelinesCorrected(lives) = &event {
                timelines::replace(following.db(), change, lives, self.reference).await?
            } else {
                self.copy(following.db(), change, &event).await?;
                let grassroots = grassroots(following.db(), &event, on).await?;
                fact::of_registry(
                    &event,
                    on,
                    |unit| grassroots.contains(&unit),
                    |organisation_type| self.reference.is_grassroots(organisation_type),
                )
            };
            ledger::write(following.db(), change.change_id, &facts).await?;
        }
        Ok(())
    }
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
            Event::Founded(founded) => {
                let state = &founded.organisation;
                let states = std::slice::from_ref(state);
                organisations::found(connection, change, states, false, reference).await?;
                if founded.applicant_ids.is_empty() {
                    return Ok(());
                }
                under_way::founded(connection, act, state.organisation_id, state.founded_on).await
            }
            Event::Loaded(states) => {
                organisations::found(connection, change, states, true, reference).await
            }
            Event::Renamed(renamed) => organisations::rename(connection, on, renamed).await,
            Event::HandedOver(handed) => {
                edges::hand_over(connection, change.change_id, on, handed).await
            }
            Event::Suspended { organisation_id } => {
                organisations::suspend(connection, change, *organisation_id).await
            }
            Event::Resumed { organisation_id } => {
                organisations::resume(connection, on, *organisation_id).await
            }
            Event::Ended(units) => organisations::end(connection, change, units).await,
            Event::SectorChanged { organisation_id, sector } => {
                organisations::change_sector(connection, change, *organisation_id, sector).await
            }
            Event::TypeChanged(changed) => {
                organisations::change_type(connection, change, changed, reference).await
            }
            Event::DecisionRecorded(decision) => {
                events::record_decision(connection, decision).await
            }
            Event::Body(body) => copy_body(connection, change, body).await,
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
            // Whole lives are replaced apart.
            | Event::TimelinesCorrected(_) => Ok(()),
        }
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
        Event::Founded(founded) => vec![founded.organisation.organisation_id],
        Event::Loaded(states) => states.iter().map(|state| state.organisation_id).collect(),
        Event::Ended(units) => units.iter().map(|unit| unit.organisation_id).collect(),
        Event::Suspended { organisation_id } | Event::Resumed { organisation_id } => {
            vec![*organisation_id]
        }
        Event::Body(Body::CongressHeld(congress)) => vec![congress.organisation_id],
        Event::Body(Body::ByElectionHeld(election)) => vec![election.organisation_id],
        // Nothing that is counted by what it happened to.
        Event::Renamed(_)
        | Event::HandedOver(_)
        | Event::SectorChanged { .. }
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
