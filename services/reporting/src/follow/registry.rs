//! Registry's feed: the tree, its dated attributes, and what happens to organisations.

use std::collections::{BTreeMap, HashSet};
use std::mem;

use chassis::feed::{Change, Follow, Following};
use chassis::refusal::Failure;
use feeds::edges::LastPlace;
use feeds::registry::{self, Body, Employer, Event, Founded, Noted, Office};
use feeds::rights;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::follow::seen::{Because, remember_all};
use crate::follow::{edges, events, organisations, successions, timelines, under_way};
use crate::ground::fact;
use crate::ground::fact::Facts;
use crate::ground::ledger::{self, Months};
use crate::ground::reference::Reference;

/// Follows registry.
pub struct Registry {
    reference: &'static Reference,
    months: Months,
}

impl Registry {
    /// With the reference data that tells unions from their superiors, and with what becomes of the
    /// roll-up by month.
    pub fn new(reference: &'static Reference, months: Months) -> Self {
        Self { reference, months }
    }
}

impl Follow for Registry {
    const SOURCE: &'static str = "registry";
    const TOGETHER: bool = true;

    /// What changes of one act or of many only add is written for all of them: what was founded, what it
    /// is counted by, documents and seats. The rest comes one by one, in its order, behind what it reads
    /// or ends.
    async fn apply(&self, following: &mut Following, changes: &[Change]) -> Result<(), Failure> {
        let events = changes.iter().map(registry::read).collect::<Result<Vec<_>, _>>()?;
        let told: Vec<(&Change, &Event)> = changes.iter().zip(&events).collect();
        let of_rights: Vec<(Date, &Event)> =
            told.iter().map(|(change, event)| (change.effective_on, *event)).collect();
        rights::apply(following.db(), &of_rights).await?;
        let seen: Vec<_> = changes.iter().map(|change| (change, Because::default())).collect();
        remember_all(following.db(), Self::SOURCE, &seen).await?;
        events::record_decisions(following.db(), &told).await?;

        let mut waiting = Waiting::default();
        let mut edges = edges::of(following.db(), &events).await?;
        // Nothing is told of an organisation before it is founded.
        self.found(following.db(), &told, &mut waiting).await?;
        for (change, event) in told {
            let (id, on) = (change.change_id, change.effective_on);
            if let Event::TimelinesCorrected(lives) = event {
                // That asks what was counted of them before, and puts other seats in their place.
                waiting.write(following.db(), self.months).await?;
                let reference = self.reference;
                let facts =
                    timelines::replace(following.db(), change, lives, &edges, reference).await?;
                waiting.counted.push((id, facts));
            } else if founded(event).is_none() {
                if ends_seats(event) {
                    waiting.fill(following.db()).await?;
                }
                self.copy(following.db(), change, event, &mut waiting).await?;
                let grassroots = grassroots(following.db(), event, on).await?;
                let facts = fact::of_registry(
                    event,
                    on,
                    |unit| grassroots.contains(&unit),
                    |organisation_type| self.reference.is_grassroots(organisation_type),
                );
                waiting.counted.push((id, facts));
            }
            edges.take(on, event, &id, LastPlace::Goes);
        }
        waiting.write(following.db(), self.months).await?;
        edges::write(following.db(), &edges).await
    }
}

/// What was told and has yet to be written.
#[derive(Default)]
struct Waiting<'a> {
    /// What changes are counted by.
    counted: Vec<(Uuid, Facts)>,
    /// Seats in bodies, with the change that filled each.
    seats: Vec<(Uuid, &'a Office)>,
    /// What is known of employers from a day on: of several changes of one day, the last.
    employers: BTreeMap<(Uuid, Date), (Uuid, &'a Employer)>,
}

impl<'a> Waiting<'a> {
    fn seats(&mut self, change: &Change, seats: &'a [Office]) {
        self.seats.extend(seats.iter().map(|seat| (change.change_id, seat)));
    }

    fn employers(&mut self, change: &Change, employers: &'a [Employer]) {
        let (id, on) = (change.change_id, change.effective_on);
        let known = employers.iter().map(|one| ((one.employer_id, on), (id, one)));
        self.employers.extend(known);
    }

    async fn fill(&mut self, connection: &mut PgConnection) -> Result<(), Failure> {
        events::fill_offices(connection, &mem::take(&mut self.seats)).await
    }

    async fn write(
        &mut self,
        connection: &mut PgConnection,
        months: Months,
    ) -> Result<(), Failure> {
        self.fill(&mut *connection).await?;
        events::record_employers(&mut *connection, &mem::take(&mut self.employers)).await?;
        let all = mem::take(&mut self.counted);
        let all: Vec<(Uuid, &Facts)> = all.iter().map(|(id, facts)| (*id, facts)).collect();
        ledger::write_all(connection, &all, months).await
    }
}

impl Registry {
    /// Keeps the copy of what registry owns.
    async fn copy<'a>(
        &self,
        connection: &mut PgConnection,
        change: &Change,
        event: &'a Event,
        waiting: &mut Waiting<'a>,
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
            Event::TypeChanged(changed) => {
                organisations::change_type(connection, change, changed, reference).await
            }
            Event::Body(body) => copy_body(connection, change, body, waiting).await,
            Event::CeremonyHeld(ceremony) => {
                events::hold_ceremony(connection, change, ceremony).await
            }
            Event::EmployersRecorded(recorded) => {
                waiting.employers(change, &recorded.employers);
                Ok(())
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
            // Where units stand, documents and foundings are written for all; whole lives apart.
            | Event::DecisionRecorded(_)
            | Event::HandedOver(_)
            | Event::Founded(_)
            | Event::TimelinesCorrected(_) => Ok(()),
        }
    }

    /// Takes in organisations that were founded.
    async fn found(
        &self,
        connection: &mut PgConnection,
        told: &[(&Change, &Event)],
        waiting: &mut Waiting<'_>,
    ) -> Result<(), Failure> {
        let (mut states, mut under_way) = (Vec::new(), Vec::new());
        for (change, event) in told {
            let Some(founded) = founded(event) else { continue };
            let (state, on) = (&founded.organisation, change.effective_on);
            states.push((change.change_id, state));
            if !founded.applicant_ids.is_empty() {
                let unit = state.organisation_id;
                under_way.push((change.act_id, change.position, unit, state.founded_on));
            }
            let is_grassroots = |code: &str| self.reference.is_grassroots(code);
            let facts =
                fact::of_registry(event, on, |_| is_grassroots(&state.type_code), is_grassroots);
            waiting.counted.push((change.change_id, facts));
        }
        if states.is_empty() {
            return Ok(());
        }
        organisations::found(&mut *connection, &states, false, self.reference).await?;
        under_way::founded(connection, &under_way).await
    }
}

/// The founding that a change tells of, if it does.
fn founded(event: &Event) -> Option<&Founded> {
    match event {
        Event::Founded(founded) => Some(founded),
        Event::Loaded(_)
        | Event::Renamed(_)
        | Event::HandedOver(_)
        | Event::Suspended { .. }
        | Event::Resumed { .. }
        | Event::Ended(_)
        | Event::SectorChanged { .. }
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
    }
}

/// Whether seats that were filled before end by this.
fn ends_seats(event: &Event) -> bool {
    match event {
        Event::Ended(_) | Event::Body(Body::OfficesEnded(_)) | Event::TimelinesCorrected(_) => true,
        Event::Founded(_)
        | Event::Loaded(_)
        | Event::Renamed(_)
        | Event::HandedOver(_)
        | Event::Suspended { .. }
        | Event::Resumed { .. }
        | Event::SectorChanged { .. }
        | Event::TypeChanged(_)
        | Event::DecisionRecorded(_)
        | Event::Body(
            Body::CongressHeld(_)
            | Body::ByElectionHeld(_)
            | Body::CommitteeAppointed(_)
            | Body::SteeringCommitteeEstablished(_)
            | Body::UnitAssigned(_)
            | Body::UnitAssignmentEnded { .. },
        )
        | Event::CeremonyHeld(_)
        | Event::EmployersRecorded(_)
        | Event::CampaignStageReached(_)
        | Event::GrantMade(_)
        | Event::GrantEnded { .. }
        | Event::ActsUndone(_)
        | Event::Noted(_) => false,
    }
}

/// Keeps who sits in the bodies of organisations.
async fn copy_body<'a>(
    connection: &mut PgConnection,
    change: &Change,
    body: &'a Body,
    waiting: &mut Waiting<'a>,
) -> Result<(), Failure> {
    let on = change.effective_on;
    match body {
        Body::CongressHeld(congress) => {
            waiting.seats(change, &congress.offices);
            events::hold_congress(connection, change, congress).await
        }
        Body::ByElectionHeld(election) => {
            waiting.seats(change, &election.offices);
            Ok(())
        }
        Body::CommitteeAppointed(appointed) => {
            waiting.seats(change, &appointed.offices);
            Ok(())
        }
        Body::OfficesEnded(seats) => events::end_offices(connection, on, seats).await,
        Body::SteeringCommitteeEstablished(committee) => {
            waiting.seats(change, &committee.offices);
            events::establish_committee(connection, committee).await
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
