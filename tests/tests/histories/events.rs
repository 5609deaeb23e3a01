//! What happened, as the rows of those who own it tell it: registry's and membership's, and of
//! ratings and activities reporting's own acts; never reporting's copies.

use std::collections::BTreeMap;

use sqlx::PgPool;
use tests::{activities, filtered};
use time::{Date, Month};
use uuid::Uuid;

use crate::tree::Tree;

/// Something that happened to a unit.
pub struct Event {
    pub unit: usize,
    pub on: Date,
    pub what: &'static str,
    /// Of a transfer.
    pub other: Option<usize>,
    pub amount: i64,
    /// Of a rating: scheme and grade.
    pub detail: String,
}

/// A person's stay in a unit.
#[derive(Clone, Debug)]
pub struct Stay {
    pub person: Uuid,
    pub unit: usize,
    pub from: Date,
    pub until: Option<Date>,
}

impl Stay {
    pub fn lasts_on(&self, on: Date) -> bool {
        self.from <= on && self.until.is_none_or(|until| on < until)
    }
}

fn event(unit: usize, on: Date, what: &'static str) -> Event {
    Event { unit, on, what, other: None, amount: 1, detail: String::new() }
}

/// What the tree itself tells.
pub fn of_the_tree(tree: &Tree) -> Vec<Event> {
    let mut events = Vec::new();
    for (unit, organisation) in tree.units.iter().enumerate().filter(|(_, one)| one.exists) {
        if organisation.is_union(organisation.founded_on) {
            let what = if organisation.loaded { "loaded" } else { "founded" };
            events.push(event(unit, organisation.founded_on, what));
        }
        if let Some(ended_on) = organisation.ended_on
            && organisation.is_union(ended_on)
        {
            let dissolved = organisation.end_kind == "DISSOLVED";
            let what = if dissolved { "dissolved" } else { "ended otherwise" };
            events.push(event(unit, ended_on, what));
        }
        for pair in organisation.unions.windows(2) {
            match (pair[0].1, pair[1]) {
                (false, (on, true)) => events.push(event(unit, on, "became a union")),
                (true, (on, false)) => events.push(event(unit, on, "ceased to be a union")),
                _ => {}
            }
        }
        let mut before = "";
        for (on, status) in &organisation.statuses {
            if organisation.is_union(*on) {
                match (before, status.as_str()) {
                    ("" | "ACTIVE", "SUSPENDED") => events.push(event(unit, *on, "suspended")),
                    ("SUSPENDED", "ACTIVE") => events.push(event(unit, *on, "resumed")),
                    _ => {}
                }
            }
            before = status;
        }
    }
    events
}

/// What happened in registry besides.
pub async fn of_registry(registry: &PgPool, tree: &Tree, events: &mut Vec<Event>) {
    let rows: Vec<(String, Uuid, Date, String)> = sqlx::query_as(
        "select 'congress', organisation_id, held_on, '' from congress
         union all
         select 'decision', issuer_id, issued_on, kind from decision
         union all
         select 'ceremony', l.organisation_id, c.held_on, c.kind
         from ceremony c join ceremony_launched l using (ceremony_id)
         union all
         select 'handed over', l.organisation_id, c.held_on, ''
         from ceremony c join ceremony_launched l using (ceremony_id)
         where l.decision_id is not null",
    )
    .fetch_all(registry)
    .await
    .expect("read");
    for (kind, unit, on, detail) in rows {
        let unit = tree.unit(unit);
        let what = match (kind.as_str(), detail.as_str()) {
            ("ceremony", "LAUNCH") => "launched",
            ("ceremony", _) => continue,
            ("handed over", _) => "handed over",
            ("decision", _) => "issued",
            _ if tree.get(unit).is_union(on) => "congress of a union",
            _ => continue,
        };
        events.push(event(unit, on, what));
    }
}

/// Everybody's stays.
pub async fn stays(membership: &PgPool, tree: &Tree) -> Vec<Stay> {
    let rows: Vec<(Uuid, Uuid, Date, Option<Date>)> = sqlx::query_as(
        "select person_id, organisation_id, from_on, until_on from membership
         order by person_id, from_on, until_on nulls last, membership_id",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    rows.into_iter()
        .map(|(person, unit, from, until)| Stay { person, unit: tree.unit(unit), from, until })
        .collect()
}

/// Movements, counted by the stays that they began and ended, person by person; training and
/// delegations.
pub async fn of_membership(membership: &PgPool, tree: &Tree, events: &mut Vec<Event>) {
    type Row = (String, Option<i16>, Option<Uuid>, Option<Uuid>, Date, i64, i64);
    let movements: Vec<Row> = sqlx::query_as(
        "select kind, admission_kind, from_organisation_id, to_organisation_id, effective_on,
                (select count(*) from membership where begun_by = movement_id),
                (select count(*) from membership where ended_by = movement_id)
         from movement",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    for (kind, admission, from, to, on, begun, ended) in movements {
        let (from, to) = (from.map(|from| tree.unit(from)), to.map(|to| tree.unit(to)));
        if let Some(unit) = to {
            let what = match (kind.as_str(), admission) {
                ("transfer", _) => "transferred in",
                (_, Some(1)) => "admitted",
                (_, Some(2)) => "recognised",
                _ => "readmitted",
            };
            events.push(Event { other: from, amount: begun, ..event(unit, on, what) });
        }
        if let Some(unit) = from {
            let what = if kind == "transfer" { "transferred out" } else { "exited" };
            events.push(Event { other: to, amount: ended, ..event(unit, on, what) });
        }
    }
    let others: Vec<(String, Uuid, Date)> = sqlx::query_as(
        "select 'attended', organisation_id, attended_on from training_attendance
         union all
         select case event when 'PARTY_MEMBER_OFFICERS_COMMENDATION' then 'commended'
                else 'sent' end, d.organisation_id, held_on
         from delegate d join delegation using (delegation_id)",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    for (what, unit, on) in others {
        let what = match what.as_str() {
            "attended" => "attended",
            "commended" => "sent to be commended",
            _ => "sent",
        };
        events.push(event(tree.unit(unit), on, what));
    }
    let happened: Vec<(String, Uuid, Date, i64)> = sqlx::query_as(
        "select 'honoured', organisation_id, honoured_on, 1::bigint from honour
             union all
             select 'honoured high', organisation_id, honoured_on, 1 from honour
             where level in ('PROVINCE', 'NATIONAL', 'STATE')
             union all
             select case kind when 'GOOD_LABOUR' then 'good labour' else 'good worker' end,
                    organisation_id, honoured_on, 1
             from honour where kind in ('GOOD_LABOUR', 'GOOD_WORKER')
             union all
             select 'emulated', organisation_id, from_on, 1 from emulation
             union all
             select 'helped', organisation_id, given_on, 1 from welfare
             union all
             select case kind when 1 then 'visited' else 'cared for' end,
                    organisation_id, given_on, 1
             from welfare where kind in (1, 4)
             union all
             select 'helped in hardship', organisation_id, given_on, 1 from welfare
             where occasion = 'HARDSHIP'
             union all
             select case when kind = 3 then 'lent' else 'gave' end, organisation_id, given_on,
                    amount_vnd
             from welfare
             union all
             select 'paid by the union', organisation_id, given_on, amount_vnd from welfare
             where source = 'UNION_FUND'
             union all
             select 'disputed', organisation_id, opened_on, 1 from dispute_case
             union all
             select 'struck', organisation_id, opened_on, 1 from dispute_case where kind = 3
             union all
             select 'in dispute', organisation_id, opened_on, people_concerned from dispute_case
             union all
             select 'settled', organisation_id, concluded_on, 1 from dispute_case
             where concluded_on is not null",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    for (what, unit, on, amount) in happened {
        let what = happening(&what);
        events.push(Event { amount, ..event(tree.unit(unit), on, what) });
    }
    // How people stand, by the days in each union, and steps of discipline.
    let standing: Vec<(i16, Uuid, Date, i64)> = sqlx::query_as(
        "select kind, organisation_id, from_on, 1::bigint from standing_spell
         union all
         select kind, organisation_id, until_on, -1 from standing_spell where until_on is not null
         union all
         select 0::smallint, organisation_id, effective_on, 1 from discipline",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    for (kind, unit, on, amount) in standing {
        let what = match kind {
            0 => "disciplined",
            1 => "in transfer",
            2 => "dormant",
            3 => "parked",
            _ => "honorary",
        };
        events.push(Event { amount, ..event(tree.unit(unit), on, what) });
    }
    for (unit, on, what, amount) in filtered::counted(membership).await {
        events.push(Event { amount, ..event(tree.unit(unit), on, what) });
    }
}

/// Ratings and activities.
pub async fn of_reporting(reporting: &PgPool, tree: &Tree, events: &mut Vec<Event>) {
    let ratings: Vec<(Uuid, i32, String)> =
        sqlx::query_as("select organisation_id, year, scheme || '.' || grade from rating")
            .fetch_all(reporting)
            .await
            .expect("read");
    for (unit, year, detail) in ratings {
        let unit = tree.unit(unit);
        let on = Date::from_calendar_date(year, Month::December, 31).expect("a day");
        // The rating of what is not eligible counts nowhere.
        if tree.get(unit).is_rated_for(year) {
            events.push(Event { detail, ..event(unit, on, "rated") });
        }
    }
    for (unit, on, what, amount) in activities::counted(reporting).await {
        events.push(Event { amount, ..event(tree.unit(unit), on, what) });
    }
}

/// The days on which units disseminated, and somebody came.
pub async fn disseminated(reporting: &PgPool, tree: &Tree) -> BTreeMap<usize, Vec<Date>> {
    let rows: Vec<(Uuid, Date)> = sqlx::query_as(
        "select organisation_id, held_on from activity
         where kind = 'DISSEMINATION' and members_reached + workers_reached > 0",
    )
    .fetch_all(reporting)
    .await
    .expect("read");
    let mut days: BTreeMap<usize, Vec<Date>> = BTreeMap::new();
    for (unit, on) in rows {
        days.entry(tree.unit(unit)).or_default().push(on);
    }
    days
}

/// What happened to people, by its name.
fn happening(name: &str) -> &'static str {
    const ALL: [&str; 16] = [
        "honoured",
        "honoured high",
        "good labour",
        "good worker",
        "emulated",
        "helped",
        "visited",
        "cared for",
        "helped in hardship",
        "gave",
        "lent",
        "paid by the union",
        "disputed",
        "struck",
        "in dispute",
        "settled",
    ];
    ALL.into_iter().find(|what| *what == name).expect("a name of ours")
}
