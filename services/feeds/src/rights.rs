//! A service's own copy of what decides rights: the tree, what ended, and the grants.
//!
//! Membership and reporting keep it from registry's feed, in the transaction that also moves
//! their position. Registry itself has views of the same names on its own tables. What is
//! decided on it, `access.covers` says, which every service has from chassis.

use std::collections::BTreeMap;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::edges::{self, Columns, Difference, Edge, Edges, LastPlace};
use crate::registry::{Event, Grant};
use crate::tree::Held;

/// Before every day that the register knows: from then on goes on elsewhere what never existed.
const BEGINNING: Date = time::macros::date!(1900 - 01 - 01);

/// Takes what an act of registry tells, each event from its day on, into account. Most of it
/// changes no rights and does nothing here.
pub async fn apply(
    connection: &mut PgConnection,
    events: &[(Date, &Event)],
) -> Result<(), Failure> {
    let told = || events.iter().map(|(_, event)| *event);
    let mut edges = places(connection, &edges::units(told())).await?;
    let mut endings = Endings::of(connection, told()).await?;
    for (on, event) in events {
        endings.take(*on, event, &edges);
        // What a unit hung under last stays, as the way to whoever inherits; one that ends on
        // its first day is still found by where it was to stand.
        edges.take(*on, event, &(), LastPlace::Stays);
        match event {
            Event::GrantMade(made) => make_grant(connection, *on, made).await?,
            Event::GrantEnded { grant_id } => end_grant(connection, *on, *grant_id).await?,
            // Of where units hang, and how they end, or nothing that decides rights.
            Event::Founded(_)
            | Event::Loaded(_)
            | Event::HandedOver(_)
            | Event::Ended(_)
            | Event::TimelinesCorrected(_)
            | Event::Renamed(_)
            | Event::Suspended { .. }
            | Event::Resumed { .. }
            | Event::SectorChanged { .. }
            | Event::IndustryChanged { .. }
            | Event::DecisionRecorded(_)
            | Event::Body(_)
            | Event::CeremonyHeld(_)
            | Event::EmployersRecorded(_)
            | Event::CampaignStageReached(_)
            | Event::ActsUndone(_)
            | Event::Noted(_)
            | Event::TypeChanged(_) => {}
        }
    }
    write(connection, edges.difference()).await?;
    endings.write(connection).await
}

/// How a unit ended, and who inherits.
type Ending = (Date, Option<Uuid>);

/// The ends that an act tells of: of each unit what is known in the end.
#[derive(Default)]
struct Endings(BTreeMap<Uuid, Option<Ending>>);

impl Endings {
    /// With what the copy holds of those that a heir may have to be remembered of.
    async fn of<'a>(
        connection: &mut PgConnection,
        events: impl Iterator<Item = &'a Event>,
    ) -> Result<Self, Failure> {
        let mut remembered = Vec::new();
        for event in events {
            if let Event::TimelinesCorrected(timelines) = event {
                let never = timelines
                    .iter()
                    .filter(|timeline| !timeline.exists() && timeline.founded_under_id.is_none());
                remembered.extend(never.map(|timeline| timeline.organisation_id));
            }
        }
        if remembered.is_empty() {
            return Ok(Self::default());
        }
        let rows = sqlx::query!(
            "select organisation_id, ended_on, heir_id from access.ending
             where organisation_id = any ($1)",
            &remembered,
        )
        .fetch_all(connection)
        .await?;
        let known = rows.into_iter().map(|row| (row.organisation_id, (row.ended_on, row.heir_id)));
        Ok(Self(known.map(|(unit, ending)| (unit, Some(ending))).collect()))
    }

    /// Whole lives take the place of all that was known of the same organisations. What never
    /// existed goes on, from the beginning of time, in the superior that it was founded under:
    /// people and facts that still name it lie there. One of which that is not told has its first
    /// superior, as far as it is still known; what was known already never to have existed has
    /// none, but still goes on where it went on before.
    fn take(&mut self, on: Date, event: &Event, edges: &Edges) {
        match event {
            Event::Ended(units) => {
                for unit in units {
                    self.0.insert(unit.organisation_id, Some((on, unit.principal_successor_id)));
                }
            }
            Event::TimelinesCorrected(timelines) => {
                for timeline in timelines {
                    let unit = timeline.organisation_id;
                    let ending = if timeline.exists() {
                        let ending = timeline.ending.as_ref();
                        ending.map(|ending| (ending.ended_on, ending.principal_successor_id))
                    } else {
                        let before = self.0.get(&unit).copied().flatten();
                        let under = timeline.founded_under_id.or_else(|| edges.first(unit));
                        Some((BEGINNING, under.or_else(|| before.and_then(|(_, heir)| heir))))
                    };
                    self.0.insert(unit, ending);
                }
            }
            Event::Founded(_)
            | Event::Loaded(_)
            | Event::HandedOver(_)
            | Event::GrantMade(_)
            | Event::GrantEnded { .. }
            | Event::Renamed(_)
            | Event::Suspended { .. }
            | Event::Resumed { .. }
            | Event::SectorChanged { .. }
            | Event::IndustryChanged { .. }
            | Event::DecisionRecorded(_)
            | Event::Body(_)
            | Event::CeremonyHeld(_)
            | Event::EmployersRecorded(_)
            | Event::CampaignStageReached(_)
            | Event::ActsUndone(_)
            | Event::Noted(_)
            | Event::TypeChanged(_) => {}
        }
    }

    async fn write(self, connection: &mut PgConnection) -> Result<(), Failure> {
        let (mut units, mut ended_on, mut heirs) = (Vec::new(), Vec::new(), Vec::new());
        let mut live = Vec::new();
        for (unit, ending) in self.0 {
            let Some((on, heir)) = ending else {
                live.push(unit);
                continue;
            };
            units.push(unit);
            ended_on.push(on);
            heirs.push(heir);
        }
        if !live.is_empty() {
            sqlx::query!("delete from access.ending where organisation_id = any ($1)", &live)
                .execute(&mut *connection)
                .await?;
        }
        if units.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "insert into access.ending (organisation_id, ended_on, heir_id)
             select organisation_id, ended_on, heir_id
             from unnest($1::uuid[], $2::date[], $3::uuid[])
                  as known (organisation_id, ended_on, heir_id)
             on conflict (organisation_id)
             do update set ended_on = excluded.ended_on, heir_id = excluded.heir_id
             where (ending.ended_on, ending.heir_id)
                   is distinct from (excluded.ended_on, excluded.heir_id)",
            &units,
            &ended_on,
            &heirs as &[Option<Uuid>],
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Where units hang, as the copy holds it.
async fn places(connection: &mut PgConnection, units: &[Uuid]) -> Result<Edges, Failure> {
    if units.is_empty() {
        return Ok(Edges::held([]));
    }
    let rows = sqlx::query!(
        "select organisation_id, superior_id, lower(valid) as from_on, upper(valid) as until_on
         from access.superior where organisation_id = any ($1)",
        units,
    )
    .fetch_all(connection)
    .await?;
    Ok(Edges::held(rows.into_iter().map(|row| {
        let (from, until) = (row.from_on, row.until_on);
        (row.organisation_id, Held { from, until, value: row.superior_id, by: () })
    })))
}

async fn write(connection: &mut PgConnection, difference: Difference) -> Result<(), Failure> {
    let Difference { gone, otherwise, come } = difference;
    if !gone.is_empty() {
        let edges = Columns::of(&gone);
        sqlx::query!(
            "delete from access.superior
             using unnest($1::uuid[], $2::date[], $3::date[])
                   as gone (organisation_id, from_on, until_on)
             where superior.organisation_id = gone.organisation_id
               and superior.valid = daterange(from_on, until_on)",
            &edges.units,
            &edges.from as &[Option<Date>],
            &edges.until as &[Option<Date>],
        )
        .execute(&mut *connection)
        .await?;
    }
    if !otherwise.is_empty() {
        let (edges, was_until): (Vec<Edge>, Vec<Option<Date>>) = otherwise.into_iter().unzip();
        let edges = Columns::of(&edges);
        sqlx::query!(
            "update access.superior
             set superior_id = edge.superior_id, valid = daterange(from_on, until_on)
             from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[], $5::date[])
                  as edge (organisation_id, superior_id, from_on, until_on, was_until)
             where superior.organisation_id = edge.organisation_id
               and superior.valid = daterange(from_on, was_until)",
            &edges.units,
            &edges.superiors,
            &edges.from as &[Option<Date>],
            &edges.until as &[Option<Date>],
            &was_until as &[Option<Date>],
        )
        .execute(&mut *connection)
        .await?;
    }
    if !come.is_empty() {
        let edges = Columns::of(&come);
        sqlx::query!(
            "insert into access.superior (organisation_id, superior_id, valid)
             select organisation_id, superior_id, daterange(from_on, until_on)
             from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
                  as edge (organisation_id, superior_id, from_on, until_on)",
            &edges.units,
            &edges.superiors,
            &edges.from as &[Option<Date>],
            &edges.until as &[Option<Date>],
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}

async fn make_grant(
    connection: &mut PgConnection,
    from: Date,
    made: &Grant,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into access.grant_held (grant_id, issuer, subject, role, organisation_id, valid)
         values ($1, $2, $3, $4, $5, daterange($6, $7))
         -- One that an undoing had taken along, and that is made known again.
         on conflict (grant_id) do update set valid = excluded.valid",
        made.grant_id,
        made.issuer,
        made.subject,
        made.role,
        made.organisation_id,
        from,
        made.until_on,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A grant that ends before it began holds on no day: an empty range.
async fn end_grant(connection: &mut PgConnection, on: Date, grant_id: Uuid) -> Result<(), Failure> {
    sqlx::query!(
        "update access.grant_held set valid = valid * daterange(null, $2) where grant_id = $1",
        grant_id,
        on,
    )
    .execute(connection)
    .await?;
    Ok(())
}
