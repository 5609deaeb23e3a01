//! Registry's feed: the tree, its dated attributes, and what happens to organisations.

use std::collections::{BTreeMap, HashSet};
use std::mem;

use chassis::feed::{Change, Follow, Following};
use chassis::refusal::Failure;
use feeds::edges::{Edges, LastPlace, units};
use feeds::registry::{self, Body, Employer, Event, Founded, Noted, Office, Organisation};
use feeds::rights;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::follow::seen::{Because, remember, told_at};
use crate::follow::{edges, events, organisations, successions, timelines, under_way};
use crate::ground::fact;
use crate::ground::fact::Facts;
use crate::ground::ledger::{self, Months, Teller};
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
    /// is counted by, documents and seats, each row with the instant since which it is known. The rest
    /// comes one by one, in its order, behind what it reads or ends; where units stand, act by act.
    async fn apply(&self, following: &mut Following, changes: &[Change]) -> Result<(), Failure> {
        let events = changes.iter().map(registry::read).collect::<Result<Vec<_>, _>>()?;
        let of_rights: Vec<(Date, &Event)> = changes
            .iter()
            .zip(&events)
            .map(|(change, event)| (change.effective_on, event))
            .collect();
        rights::apply(following.db(), &of_rights).await?;
        let seen: Vec<_> = changes.iter().map(|change| (change, Because::default())).collect();
        remember(following.db(), Self::SOURCE, &seen).await?;
        events::record_decisions(following.db(), &events).await?;
        let told = told(following.db(), changes, &events).await?;

        let mut waiting = Waiting::default();
        // Nothing is told of an organisation before it is founded.
        self.found(following.db(), &told, &mut waiting).await?;
        for act in told.chunk_by(|one, next| one.change.act_id == next.change.act_id) {
            self.take(following.db(), act, &mut waiting).await?;
        }
        waiting.write(following.db(), self.months).await
    }
}

/// A change: what it says, and since when that is known.
struct Told<'a> {
    change: &'a Change,
    event: &'a Event,
    recorded_at: OffsetDateTime,
}

impl Told<'_> {
    fn teller(&self) -> Teller {
        Teller { change_id: self.change.change_id, recorded_at: self.recorded_at }
    }
}

/// The changes with what they say. An act is known from when it was recorded, or when all before it in
/// the feed were, if that is later.
async fn told<'a>(
    connection: &mut PgConnection,
    changes: &'a [Change],
    events: &'a [Event],
) -> Result<Vec<Told<'a>>, Failure> {
    let Some(first) = changes.first() else { return Ok(Vec::new()) };
    let mut recorded_at = sqlx::query_scalar!(
        r#"select greatest(known_at, $1) as "known_at!" from tree_known"#,
        first.acted_at,
    )
    .fetch_one(&mut *connection)
    .await?;
    let mut told = Vec::with_capacity(changes.len());
    let mut rest = events.iter();
    for act in changes.chunk_by(|one, next| one.act_id == next.act_id) {
        recorded_at = act.first().map_or(recorded_at, |first| recorded_at.max(first.acted_at));
        let of_act = act.iter().zip(rest.by_ref());
        told.extend(of_act.map(|(change, event)| Told { change, event, recorded_at }));
    }
    sqlx::query!("update tree_known set known_at = greatest(known_at, $1)", recorded_at)
        .execute(connection)
        .await?;
    Ok(told)
}

/// Tells the tables of the tree, which keep their pasts by themselves, since when what is written from
/// now on is known.
async fn tree_told_at(
    connection: &mut PgConnection,
    recorded_at: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        r#"select set_config('congdoan.tree_recorded_at', $1::timestamptz::text, true) as "told!""#,
        recorded_at,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// What was told and has yet to be written.
#[derive(Default)]
struct Waiting<'a> {
    /// What changes are counted by.
    counted: Vec<(Teller, Facts)>,
    /// Where those stand that were founded by acts that place nothing else.
    founded: Vec<(Teller, &'a Organisation)>,
    /// Since when these seats and employers are known, where it is not since each one's change was
    /// recorded.
    known_at: Option<OffsetDateTime>,
    /// Seats in bodies, with the change that filled each.
    seats: Vec<(Uuid, &'a Office)>,
    /// What is known of employers from a day on, with the change that tells it.
    employers: BTreeMap<(Uuid, Date), (Uuid, &'a Employer)>,
}

impl<'a> Waiting<'a> {
    /// What an overtaken act tells of seats and employers is known since what overtook it is, and is
    /// written apart from what is known since it was recorded.
    async fn begin(
        &mut self,
        connection: &mut PgConnection,
        act: &[Told<'_>],
    ) -> Result<(), Failure> {
        let overtaken = act.iter().find(|told| told.recorded_at != told.change.acted_at);
        let known_at = overtaken.map(|told| told.recorded_at);
        if known_at != self.known_at {
            self.fill(&mut *connection).await?;
            self.record(connection).await?;
            self.known_at = known_at;
        }
        Ok(())
    }

    fn seats(&mut self, change: &Change, seats: &'a [Office]) {
        self.seats.extend(seats.iter().map(|seat| (change.change_id, seat)));
    }

    /// What is told of a day once more is written after what was told of it first: both were known.
    async fn employers(
        &mut self,
        connection: &mut PgConnection,
        change: &Change,
        employers: &'a [Employer],
    ) -> Result<(), Failure> {
        let (id, on) = (change.change_id, change.effective_on);
        for one in employers {
            if self.employers.contains_key(&(one.employer_id, on)) {
                self.record(&mut *connection).await?;
            }
            self.employers.insert((one.employer_id, on), (id, one));
        }
        Ok(())
    }

    async fn record(&mut self, connection: &mut PgConnection) -> Result<(), Failure> {
        let employers = mem::take(&mut self.employers);
        events::record_employers(connection, self.known_at, &employers).await
    }

    async fn fill(&mut self, connection: &mut PgConnection) -> Result<(), Failure> {
        events::fill_offices(connection, self.known_at, &mem::take(&mut self.seats)).await
    }

    async fn place(&mut self, connection: &mut PgConnection) -> Result<(), Failure> {
        edges::found(connection, &mem::take(&mut self.founded)).await
    }

    async fn write(
        &mut self,
        connection: &mut PgConnection,
        months: Months,
    ) -> Result<(), Failure> {
        self.place(&mut *connection).await?;
        self.fill(&mut *connection).await?;
        self.record(&mut *connection).await?;
        let all = mem::take(&mut self.counted);
        let all: Vec<(Teller, &Facts)> = all.iter().map(|(by, facts)| (*by, facts)).collect();
        ledger::write_all(connection, &all, months).await
    }
}

impl Registry {
    /// Takes in an act, but for what is written for many at once.
    async fn take<'a>(
        &self,
        connection: &mut PgConnection,
        act: &[Told<'a>],
        waiting: &mut Waiting<'a>,
    ) -> Result<(), Failure> {
        waiting.begin(&mut *connection, act).await?;
        let others: Vec<&Told<'_>> =
            act.iter().filter(|told| founded(told.event).is_none()).collect();
        if let Some(told) = others.first() {
            tree_told_at(&mut *connection, told.recorded_at).await?;
        }
        let places_others = !units(others.iter().map(|told| told.event)).is_empty();
        let mut edges = if places_others {
            waiting.place(&mut *connection).await?;
            let events: Vec<&Event> = act.iter().map(|told| told.event).collect();
            edges::of(&mut *connection, &events).await?
        } else {
            let founded = act.iter().filter_map(|told| Some((told.teller(), founded(told.event)?)));
            waiting.founded.extend(founded.map(|(by, founded)| (by, &founded.organisation)));
            Edges::held([])
        };
        for told in act {
            let Told { change, event, .. } = *told;
            let (id, on) = (change.change_id, change.effective_on);
            if let Event::TimelinesCorrected(lives) = event {
                // That asks what was counted of them before, and puts other seats in their place.
                waiting.write(&mut *connection, self.months).await?;
                told_at(&mut *connection, Some(told.recorded_at)).await?;
                let (recorded_at, reference) = (told.recorded_at, self.reference);
                let connection = &mut *connection;
                let facts =
                    timelines::replace(connection, change, recorded_at, lives, &edges, reference)
                        .await?;
                waiting.counted.push((told.teller(), facts));
            } else if founded(event).is_none() {
                if ends_seats(event) {
                    waiting.fill(&mut *connection).await?;
                    told_at(&mut *connection, Some(told.recorded_at)).await?;
                }
                self.copy(&mut *connection, told, waiting).await?;
                let grassroots = grassroots(&mut *connection, event, on).await?;
                let facts = fact::of_registry(
                    event,
                    on,
                    |unit| grassroots.contains(&unit),
                    |organisation_type| self.reference.is_grassroots(organisation_type),
                );
                waiting.counted.push((told.teller(), facts));
            }
            edges.take(on, event, &id, LastPlace::Goes);
        }
        if places_others {
            edges::write(connection, &edges).await?;
        }
        Ok(())
    }

    /// Keeps the copy of what registry owns.
    async fn copy<'a>(
        &self,
        connection: &mut PgConnection,
        told: &Told<'a>,
        waiting: &mut Waiting<'a>,
    ) -> Result<(), Failure> {
        let Told { change, event, .. } = *told;
        let (on, reference) = (change.effective_on, self.reference);
        let act = (change.act_id, change.position);
        match event {
            Event::Loaded(states) => {
                let states: Vec<_> = states.iter().map(|state| (told.teller(), state)).collect();
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
            Event::Body(body) => copy_body(connection, change, body, waiting).await,
            Event::CeremonyHeld(ceremony) => {
                events::hold_ceremony(connection, change, ceremony).await
            }
            Event::EmployersRecorded(recorded) => {
                waiting.employers(connection, change, &recorded.employers).await
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
        told: &[Told<'_>],
        waiting: &mut Waiting<'_>,
    ) -> Result<(), Failure> {
        let (mut states, mut under_way) = (Vec::new(), Vec::new());
        for told in told {
            let Told { change, event, .. } = *told;
            let Some(founded) = founded(event) else { continue };
            let (state, on) = (&founded.organisation, change.effective_on);
            states.push((told.teller(), state));
            if !founded.applicant_ids.is_empty() {
                let unit = state.organisation_id;
                under_way.push((change.act_id, change.position, unit, state.founded_on));
            }
            let is_grassroots = |code: &str| self.reference.is_grassroots(code);
            let facts =
                fact::of_registry(event, on, |_| is_grassroots(&state.type_code), is_grassroots);
            waiting.counted.push((told.teller(), facts));
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
        | Event::IndustryChanged { .. }
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
