//! A service's own copy of tree and grants decides as registry's feed tells it to.
//!
//! Each test starts from one small tree:
//!
//! ```text
//! confederation
//! ├── city
//! │   └── district
//! │       └── union
//! └── province
//! ```

use std::borrow::Cow;
use std::sync::LazyLock;

use chassis::access::{roles, unknown_or_denied};
use chassis::cluster::testing::database;
use chassis::database::{Schema, today};
use chassis::refusal::{Failure, Refusal};
use feeds::registry::{
    EndKind, EndedUnit, Ending, Event, Founded, Grant, HandedOver, HandedUnit, MembersOutcome,
    Organisation, Period, Shares, Timeline,
};
use feeds::rights;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Connection, PgConnection, SqlSafeStr};
use time::{Date, Duration};
use uuid::Uuid;

static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let files = [
        ("feed", include_str!("../../chassis/sql/feed.sql")),
        ("act", include_str!("../../chassis/sql/act.sql")),
        ("access copy", include_str!("../../chassis/sql/access_copy.sql")),
        ("access covers", include_str!("../../chassis/sql/access_covers.sql")),
        ("function applied", include_str!("../../chassis/sql/function_applied.sql")),
    ];
    let migrations = (1..).zip(files).map(|(version, (name, sql))| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator { migrations: Cow::Owned(migrations.collect()), ..Migrator::DEFAULT }
});

/// The copy of one service.
struct Copy {
    connection: PgConnection,
}

const CONFEDERATION: Uuid = Uuid::from_u128(1);
const CITY: Uuid = Uuid::from_u128(2);
const DISTRICT: Uuid = Uuid::from_u128(3);
const UNION: Uuid = Uuid::from_u128(4);
const PROVINCE: Uuid = Uuid::from_u128(5);

fn days_ago(days: i64) -> Date {
    today() - Duration::days(days)
}

impl Copy {
    async fn start() -> Self {
        let schema = Schema { migrations: &MIGRATIONS, functions: &[] };
        let database = database("feeds", &schema).await;
        let mut owner = PgConnection::connect(&database.owner_url).await.expect("connected");
        roles::load(&mut owner).await.expect("loaded");
        // As a service migrates at every start.
        roles::load(&mut owner).await.expect("loaded again");
        let connection = PgConnection::connect(&database.url).await.expect("connected");
        let mut copy = Self { connection };
        let loaded = [
            (CONFEDERATION, None),
            (CITY, Some(CONFEDERATION)),
            (DISTRICT, Some(CITY)),
            (UNION, Some(DISTRICT)),
            (PROVINCE, Some(CONFEDERATION)),
        ];
        let organisations =
            loaded.map(|(unit, superior)| state(unit, superior, days_ago(1_000))).to_vec();
        copy.told(days_ago(1_000), Event::Loaded(organisations)).await;
        copy
    }

    async fn told(&mut self, effective_on: Date, event: Event) {
        rights::apply(&mut self.connection, &[(effective_on, &event)]).await.expect("applied");
    }

    async fn granted(&mut self, role: &str, organisation_id: Uuid, from: Date) -> Uuid {
        let grant_id = Uuid::now_v7();
        let made = Grant {
            grant_id,
            issuer: "issuer".to_string(),
            subject: "an".to_string(),
            role: role.to_string(),
            organisation_id,
            until_on: None,
        };
        self.told(from, Event::GrantMade(made)).await;
        grant_id
    }

    async fn handed_over(&mut self, unit: Uuid, superior_id: Uuid, on: Date) {
        let units = vec![HandedUnit { organisation_id: unit, from_superior_id: CITY }];
        self.told(on, Event::HandedOver(HandedOver { superior_id, units })).await;
    }

    async fn ended(&mut self, unit: Uuid, heir: Option<Uuid>, on: Date) {
        let units = vec![EndedUnit {
            organisation_id: unit,
            kind: EndKind::Dissolved,
            principal_successor_id: heir,
            last_superior_id: Some(CITY),
            members_outcome: MembersOutcome::MembershipEnds,
            shares: Shares::default(),
        }];
        self.told(on, Event::Ended(units)).await;
    }

    /// On which organisations An may do what needs `permission`.
    async fn scope(&mut self, permission: &str) -> Vec<Uuid> {
        self.act_as_an(permission).await;
        sqlx::query_scalar(
            "select unit from unnest($1::uuid[]) with ordinality as asked (unit, line)
             where access.covers(unit) order by line",
        )
        .bind([CONFEDERATION, CITY, DISTRICT, UNION, PROVINCE])
        .fetch_all(&mut self.connection)
        .await
        .expect("read")
    }

    async fn act_as_an(&mut self, permission: &str) {
        sqlx::query(
            "select set_config('congdoan.issuer', 'issuer', false),
                    set_config('congdoan.subject', 'an', false),
                    set_config('congdoan.permission', $1, false)",
        )
        .bind(permission)
        .execute(&mut self.connection)
        .await
        .expect("set");
    }

    /// The superiors that a unit had, has and will have, with the first day of each.
    async fn superiors(&mut self, unit: Uuid) -> Vec<(Uuid, Date, Option<Date>)> {
        sqlx::query_as(
            "select superior_id, lower(valid), upper(valid) from access.superior
             where organisation_id = $1 order by valid",
        )
        .bind(unit)
        .fetch_all(&mut self.connection)
        .await
        .expect("read")
    }
}

fn state(unit: Uuid, superior_id: Option<Uuid>, founded_on: Date) -> Organisation {
    Organisation {
        organisation_id: unit,
        code: "CODE".to_string(),
        name: "Công đoàn".to_string(),
        short_name: String::new(),
        type_code: "CDCS".to_string(),
        sector: None,
        industry: None,
        superior_id,
        founded_on,
    }
}

const NOWHERE: [Uuid; 0] = [];
const FOUND: &str = "registry.organisation.found";

#[tokio::test]
async fn a_grant_reaches_its_organisation_and_all_below() {
    let mut copy = Copy::start().await;
    assert_eq!(copy.scope(FOUND).await, NOWHERE);
    copy.granted("OFFICER", CITY, days_ago(10)).await;
    assert_eq!(copy.scope(FOUND).await, [CITY, DISTRICT, UNION]);
    assert_eq!(copy.scope("registry.grant.make").await, NOWHERE, "an officer grants nothing");
}

#[tokio::test]
async fn a_grant_holds_from_its_first_day_to_the_day_before_its_end() {
    let mut copy = Copy::start().await;
    copy.granted("OFFICER", CITY, days_ago(-1)).await;
    assert_eq!(copy.scope(FOUND).await, NOWHERE, "from tomorrow on");
    let grant_id = copy.granted("OFFICER", UNION, days_ago(0)).await;
    assert_eq!(copy.scope(FOUND).await, [UNION]);
    let ended = || Event::GrantEnded { grant_id };
    copy.told(days_ago(-1), ended()).await;
    assert_eq!(copy.scope(FOUND).await, [UNION], "until today");
    copy.told(days_ago(0), ended()).await;
    assert_eq!(copy.scope(FOUND).await, NOWHERE);
}

#[tokio::test]
async fn two_grants_do_not_lend_each_other_their_permissions() {
    let mut copy = Copy::start().await;
    copy.granted("OFFICER", PROVINCE, days_ago(10)).await;
    copy.granted("READER", CITY, days_ago(10)).await;
    assert_eq!(copy.scope(FOUND).await, [PROVINCE]);
}

#[tokio::test]
async fn a_founded_union_lies_in_the_scope_of_its_superior() {
    let mut copy = Copy::start().await;
    copy.granted("OFFICER", PROVINCE, days_ago(10)).await;
    let founded = Uuid::now_v7();
    let organisation = state(founded, Some(PROVINCE), days_ago(1));
    let founding = Founded { organisation, congress_on: None, applicant_ids: Vec::new() };
    copy.told(days_ago(1), Event::Founded(founding)).await;
    assert_eq!(copy.superiors(founded).await, [(PROVINCE, days_ago(1), None)]);
}

#[tokio::test]
async fn a_unit_handed_over_takes_its_subtree_along_from_that_day_on() {
    let mut copy = Copy::start().await;
    copy.granted("OFFICER", PROVINCE, days_ago(10)).await;
    copy.handed_over(DISTRICT, PROVINCE, days_ago(-1)).await;
    assert_eq!(copy.scope(FOUND).await, [PROVINCE], "not before tomorrow");
    // Known earlier than planned: what was known to come next still comes next.
    copy.handed_over(DISTRICT, CONFEDERATION, days_ago(5)).await;
    copy.handed_over(DISTRICT, PROVINCE, days_ago(3)).await;
    assert_eq!(copy.scope(FOUND).await, [DISTRICT, UNION, PROVINCE]);
    assert_eq!(
        copy.superiors(DISTRICT).await,
        [
            (CITY, days_ago(1_000), Some(days_ago(5))),
            (CONFEDERATION, days_ago(5), Some(days_ago(3))),
            (PROVINCE, days_ago(3), Some(days_ago(-1))),
            (PROVINCE, days_ago(-1), None),
        ]
    );
    // On a day on which another superior begins, it is this one instead.
    copy.handed_over(DISTRICT, CITY, days_ago(3)).await;
    assert_eq!(copy.scope(FOUND).await, [PROVINCE]);
}

#[tokio::test]
async fn an_ended_unit_lies_in_the_scope_of_its_heir() {
    let mut copy = Copy::start().await;
    copy.granted("OFFICER", PROVINCE, days_ago(10)).await;
    copy.ended(DISTRICT, Some(PROVINCE), days_ago(-1)).await;
    assert_eq!(copy.scope(FOUND).await, [PROVINCE], "it lives until tomorrow");
    copy.ended(DISTRICT, Some(PROVINCE), days_ago(0)).await;
    assert_eq!(copy.scope(FOUND).await, [DISTRICT, UNION, PROVINCE]);
}

#[tokio::test]
async fn a_unit_that_ended_without_an_heir_lies_in_the_scope_of_its_last_superior() {
    let mut copy = Copy::start().await;
    copy.granted("OFFICER", CITY, days_ago(10)).await;
    // A hand-over that was to come after the end does not come.
    copy.handed_over(DISTRICT, PROVINCE, days_ago(2)).await;
    copy.ended(DISTRICT, None, days_ago(3)).await;
    assert_eq!(copy.scope(FOUND).await, [CITY, DISTRICT, UNION]);
    assert_eq!(copy.superiors(DISTRICT).await, [(CITY, days_ago(1_000), Some(days_ago(3)))]);
}

#[tokio::test]
async fn who_may_nothing_is_denied_and_who_may_elsewhere_finds_nothing() {
    let mut copy = Copy::start().await;
    let unknown = || Refusal::of(proto::registry::v1::Reason::OrganisationUnknown);
    let reason = |failure: Failure| failure.refusal().expect("a refusal").reason();
    copy.act_as_an(FOUND).await;
    let denied = unknown_or_denied(&mut copy.connection, unknown()).await;
    assert_eq!(reason(denied), "PERMISSION_DENIED");
    copy.granted("OFFICER", PROVINCE, days_ago(10)).await;
    let found_nothing = unknown_or_denied(&mut copy.connection, unknown()).await;
    assert_eq!(reason(found_nothing), "ORGANISATION_UNKNOWN");
}

#[tokio::test]
async fn what_never_existed_lies_in_the_scope_of_whom_it_was_founded_under() {
    let never = |organisation_id: Uuid, founded_under_id: Option<Uuid>| {
        let timeline = Timeline { organisation_id, founded_under_id, ..Timeline::default() };
        Event::TimelinesCorrected(vec![timeline])
    };
    // Told, or else remembered; told again, it stays.
    for under in [Some(CITY), None] {
        let mut copy = Copy::start().await;
        copy.granted("OFFICER", CITY, days_ago(10)).await;
        copy.told(days_ago(1), never(DISTRICT, under)).await;
        assert_eq!(copy.scope(FOUND).await, [CITY, DISTRICT, UNION]);
        assert_eq!(copy.superiors(DISTRICT).await, []);
        copy.told(days_ago(1), never(DISTRICT, None)).await;
        assert_eq!(copy.scope(FOUND).await, [CITY, DISTRICT, UNION]);
    }
}

#[tokio::test]
async fn a_unit_that_ends_on_its_first_day_is_found_by_where_it_was_to_stand() {
    let mut copy = Copy::start().await;
    copy.granted("OFFICER", CITY, days_ago(10)).await;
    copy.ended(DISTRICT, None, days_ago(1_000)).await;
    assert_eq!(copy.scope(FOUND).await, [CITY, DISTRICT, UNION]);
}

/// What the copy holds of the tree and of ends, row by row.
async fn held(copy: &mut Copy) -> Vec<String> {
    sqlx::query_scalar(
        "select line from (
             select row_to_json(superior)::text as line from access.superior
             union all
             select row_to_json(ending)::text from access.ending
             union all
             select row_to_json(grant_held)::text from access.grant_held) held
         order by line",
    )
    .fetch_all(&mut copy.connection)
    .await
    .expect("read")
}

/// An event about some of the units, as a plan or its undoing may have it.
fn event() -> impl Strategy<Value = (Date, Event)> {
    let units = [CITY, DISTRICT, UNION, PROVINCE];
    let unit = prop::sample::select(units.to_vec());
    let superior = prop::sample::select(vec![CONFEDERATION, CITY, PROVINCE]);
    let heir = prop::option::of(prop::sample::select(units.to_vec()));
    (0u8..6, unit.clone(), unit, superior, heir, 0i64..30, 1i64..9).prop_map(
        |(kind, unit, other, superior_id, heir, on, length)| {
            let on = days_ago(1_000 - on);
            let ended = |organisation_id| EndedUnit {
                organisation_id,
                kind: EndKind::Dissolved,
                principal_successor_id: heir,
                last_superior_id: Some(superior_id),
                members_outcome: MembersOutcome::MembershipEnds,
                shares: Shares::default(),
            };
            let event = match kind {
                0 | 1 => {
                    let units = [unit, other].map(|organisation_id| HandedUnit {
                        organisation_id,
                        from_superior_id: CITY,
                    });
                    Event::HandedOver(HandedOver { superior_id, units: units.to_vec() })
                }
                2 => Event::Ended(vec![ended(unit)]),
                3 => Event::Ended(vec![ended(other), ended(unit)]),
                4 => {
                    let period = |from_on, until_on, value| Period { from_on, until_on, value };
                    let next = on + Duration::days(length);
                    let ending = heir.map(|_| Ending {
                        ended_on: next,
                        kind: EndKind::Dissolved,
                        principal_successor_id: heir,
                        last_superior_id: Some(superior_id),
                        members_outcome: MembersOutcome::MembershipEnds,
                    });
                    let until = ending.as_ref().map(|ending| ending.ended_on);
                    let timeline = Timeline {
                        organisation_id: unit,
                        founded_on: Some(on),
                        superiors: vec![period(on, until, superior_id)],
                        ending,
                        ..Timeline::default()
                    };
                    Event::TimelinesCorrected(vec![timeline])
                }
                _ => {
                    let founded_under_id = Some(superior_id).filter(|_| length % 2 == 0);
                    let timeline =
                        Timeline { organisation_id: unit, founded_under_id, ..Timeline::default() };
                    Event::TimelinesCorrected(vec![timeline])
                }
            };
            (on, event)
        },
    )
}

#[tokio::test]
async fn an_act_taken_in_at_once_is_what_its_events_are_one_by_one() {
    let mut copy = Copy::start().await;
    let mut runner = TestRunner::deterministic();
    let acts = (prop::collection::vec(event(), 0..6), prop::collection::vec(event(), 1..16));
    for _ in 0..150 {
        let (before, act) = acts.new_tree(&mut runner).expect("acts").current();
        let act: Vec<(Date, &Event)> = act.iter().map(|(on, event)| (*on, event)).collect();
        let mut found = Vec::new();
        for at_once in [true, false] {
            sqlx::query("begin").execute(&mut copy.connection).await.expect("begun");
            for (on, event) in &before {
                copy.told(*on, event.clone()).await;
            }
            for part in act.chunks(if at_once { act.len() } else { 1 }) {
                rights::apply(&mut copy.connection, part).await.expect("applied");
            }
            found.push(held(&mut copy).await);
            sqlx::query("rollback").execute(&mut copy.connection).await.expect("rolled back");
        }
        assert_eq!(found[0], found[1], "before: {before:?}; then: {act:?}");
    }
}
