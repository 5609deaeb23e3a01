//! Whatever is counted from the columns in memory is what statements of other code count from the
//! tables, in one snapshot: of random histories, while they go on, on any tree, in any lines.

use std::collections::BTreeMap;

use chassis::parse::civil;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{self as members, ExitReason};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{self as registry, OrganisationTimeline, TimelinesCorrected};
use proto::reporting::v1 as pb;
use reporting::ground::columns::{Columns, Snapshot};
use reporting::ground::fact::{Code, Counting as How};
use reporting::ground::figure::{By, Counting, Scope, Source};
use reporting::ground::period::Period;
use reporting::ground::reference::{self, Reference};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Postgres, Row, Transaction};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::timelines::known;
use crate::world::World;

pub(crate) const BEGIN: Date = date!(2020 - 01 - 01);
const SEEDS: [u64; 3] = [1, 2, 3];
/// Unions of each superior in the beginning.
pub(crate) const UNIONS: usize = 3;
const STEPS: usize = 72;
/// After so many steps all is compared.
const LOOK: usize = 12;
/// So many questions each time.
const QUESTIONS: usize = 24;

/// No grouping names the last one: a later version of registry's list may bring it.
const INDUSTRIES: [&str; 4] = ["GIAO_DUC", "Y_TE", "TOA_AN", "VU_TRU"];

/// Numbers that come in the same order for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).expect("31 bits");
        high % end
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A day of the four years around the history.
    pub(crate) fn day(&mut self) -> Date {
        date!(2019 - 01 - 01) + Duration::days(i64::try_from(self.below(1_461)).expect("few"))
    }
}

/// A union of the history, as it goes on.
#[derive(Clone, Copy)]
pub(crate) struct Union {
    pub(crate) id: Uuid,
    pub(crate) superior: Uuid,
    pub(crate) lives: bool,
    pub(crate) founded: Date,
    suspended: bool,
    is_union: bool,
}

pub(crate) struct History {
    pub(crate) dice: Dice,
    pub(crate) today: Date,
    pub(crate) unions: Vec<Union>,
    pub(crate) superiors: [Uuid; 4],
}

impl History {
    /// What happens next.
    pub(crate) async fn step(&mut self, world: &World) {
        self.today += Duration::days(i64::try_from(self.dice.below(20)).expect("few"));
        let on = self.today;
        let superior = self.dice.one(&self.superiors);
        let sector = self.dice.one(&["NNN_CP", "SNCL_100", "HC", "LLVT", ""]);
        let people = 1 + self.dice.below(9);
        let at = (!self.unions.is_empty()).then(|| self.dice.below(self.unions.len()));
        let Some(at) = at else { return self.found(world, superior, sector) };
        let union = self.unions[at];
        match self.dice.below(15) {
            0 | 1 => self.found(world, superior, sector),
            2 | 3 if union.lives && union.superior != superior => {
                world.hands_over(&[union.id], union.superior, superior, on);
                self.unions[at].superior = superior;
            }
            4 if union.lives && union.founded < on => {
                let heir = self.unions[self.dice.below(self.unions.len())];
                let heir = (heir.lives && heir.id != union.id).then_some(heir.id);
                world.ends(union.id, union.superior, heir, on);
                self.unions[at].lives = false;
            }
            5 if union.lives => {
                let organisation_id = union.id.to_string();
                let what = match union.suspended {
                    true => RegistryWhat::OrganisationResumed(registry::OrganisationResumed {
                        organisation_id,
                    }),
                    false => RegistryWhat::OrganisationSuspended(registry::OrganisationSuspended {
                        organisation_id,
                    }),
                };
                world.says(on, what);
                self.unions[at].suspended = !union.suspended;
            }
            6 if union.lives => {
                let types = if union.is_union { ("CDCS", "CDCS_TV") } else { ("CDCS_TV", "CDCS") };
                world.changes_type(union.id, types, on);
                self.unions[at].is_union = !union.is_union;
            }
            7 if union.lives => {
                let organisation_id = union.id.to_string();
                let changed = registry::OrganisationSectorChanged {
                    organisation_id,
                    sector: sector.to_string(),
                };
                world.says(on, RegistryWhat::OrganisationSectorChanged(changed));
                // Also of days that are over, and of days before another that is known.
                let back = i64::try_from(13 * people).expect("few");
                let changed = registry::OrganisationIndustryChanged {
                    organisation_id: union.id.to_string(),
                    industry: INDUSTRIES[people % INDUSTRIES.len()].to_string(),
                };
                let on = (on - Duration::days(back)).max(union.founded);
                world.says(on, RegistryWhat::OrganisationIndustryChanged(changed));
            }
            8 => self.correct(world, at, superior),
            9 => self.record(world, union.id, people).await,
            10 => {
                let from_on = self.dice.day();
                let standing = members::StandingRecorded {
                    standing_id: Uuid::now_v7().to_string(),
                    kind: members::StandingKind::try_from(1).expect("a kind").into(),
                    organisation_id: union.id.to_string(),
                    from_on: Some(civil(from_on)),
                    until_on: Some(civil(from_on + Duration::days(200))),
                    people: (0..people)
                        .map(|_| members::standing_recorded::Person {
                            person_id: Uuid::now_v7().to_string(),
                            sex: 1,
                        })
                        .collect(),
                    ..Default::default()
                };
                world.tells(from_on, MembershipWhat::StandingRecorded(standing));
            }
            11 => {
                let reason = self.dice.one(&[ExitReason::Resigned, ExitReason::Retired]);
                world.exits(union.id, self.dice.day(), reason, people);
            }
            12 => {
                let to = self.unions[self.dice.below(self.unions.len())].id;
                if to != union.id {
                    world.transfers(union.id, to, self.dice.day(), people);
                }
            }
            _ => {
                world.admits(union.id, self.dice.day(), people);
            }
        }
    }

    pub(crate) fn found(&mut self, world: &World, superior: Uuid, sector: &str) {
        let id = world.founds(superior, sector, "CĐCS", self.today);
        self.unions.push(Union {
            id,
            superior,
            lives: true,
            founded: self.today,
            suspended: false,
            is_union: true,
        });
    }

    /// Its life is known otherwise: it never was, or it was founded earlier and stood elsewhere.
    fn correct(&mut self, world: &World, at: usize, superior: Uuid) {
        let union = self.unions[at];
        let timeline = if self.dice.below(2) == 0 {
            self.unions[at].lives = false;
            OrganisationTimeline {
                organisation_id: union.id.to_string(),
                founded_under_id: union.superior.to_string(),
                ..Default::default()
            }
        } else {
            let founded = union.founded - Duration::days(30);
            let moved = union.founded + Duration::days(3);
            self.unions[at] =
                Union { superior, lives: true, founded, suspended: false, is_union: true, ..union };
            OrganisationTimeline {
                superiors: vec![
                    known(founded, Some(moved), &self.superiors[0].to_string()),
                    known(moved, None, &superior.to_string()),
                ],
                // It was not stated for some days.
                industries: vec![
                    known(founded, Some(moved), INDUSTRIES[at % INDUSTRIES.len()]),
                    known(
                        moved + Duration::days(40),
                        None,
                        INDUSTRIES[(at + 1) % INDUSTRIES.len()],
                    ),
                ],
                ..crate::timelines::life(union.id, superior, founded)
            }
        };
        let corrected = TimelinesCorrected { timelines: vec![timeline] };
        world.says(self.today, RegistryWhat::TimelinesCorrected(corrected));
    }

    /// An act of reporting's own.
    async fn record(&mut self, world: &World, unit: Uuid, times: usize) {
        let activity = pb::Activity {
            organisation_id: unit.to_string(),
            kind: pb::ActivityKind::Inspection.into(),
            held_on: Some(civil(self.dice.day())),
            members_reached: Some(0),
            workers_reached: Some(0),
            times: i32::try_from(times).expect("few"),
            ..Default::default()
        };
        let recorded = pb::RecordActivitiesRequest {
            request_id: Uuid::new_v4().to_string(),
            validate_only: false,
            activities: vec![activity],
        };
        // One that never was is refused; that is another's test.
        let _ = world.national().activities.record_activities(recorded).await;
    }
}

/// A question, as the statements take it.
pub(crate) struct Asked {
    pub(crate) scope: Scope,
    pub(crate) period: Period,
    sectors: Vec<String>,
    groups: Vec<String>,
}

impl Asked {
    async fn ask(
        &self,
        connection: &mut PgConnection,
        statement: &'static str,
        with: impl FnOnce(Query<'static>) -> Query<'static>,
    ) -> Vec<PgRow> {
        let asked = sqlx::query(statement)
            .bind(self.scope.head)
            .bind(self.scope.as_of)
            .bind(self.scope.by.code())
            .bind(self.sectors.clone())
            .bind(self.groups.clone())
            .bind(self.scope.group.clone())
            .bind(self.scope.direct_only);
        with(asked).fetch_all(connection).await.expect("counted by a statement")
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// What lines sum to; a line of 0 is none.
pub(crate) type Lines = BTreeMap<String, i64>;

fn lines(rows: impl IntoIterator<Item = (String, i64)>) -> Lines {
    let mut lines = Lines::new();
    for (line, amount) in rows {
        *lines.entry(line).or_default() += amount;
    }
    lines.retain(|_, amount| *amount != 0);
    lines
}

fn line(row: &PgRow) -> (String, i64) {
    (row.get("line!"), row.get("amount!"))
}

/// What the statements count: by the name of what is counted.
pub(crate) async fn by_statements(
    connection: &mut PgConnection,
    asked: &Asked,
) -> BTreeMap<String, Lines> {
    let (from, until) = (asked.period.from, asked.period.until());
    let mut counted = BTreeMap::new();
    let summed: Vec<Code> =
        Code::ALL.into_iter().filter(|code| code.counting() == How::Summed).collect();
    let codes: Vec<&'static str> = summed.iter().map(|code| code.as_str()).collect();
    let flows = asked
        .ask(connection, include_str!("by_sql/flows.sql"), |query| {
            query.bind(from).bind(until).bind(codes)
        })
        .await;
    let of_code =
        |code: Code| flows.iter().filter(move |row| row.get::<&str, _>("code!") == code.as_str());
    for code in &summed {
        counted.insert(code.to_string(), lines(of_code(*code).map(line)));
        let by_reason = of_code(*code).map(|row| (row.get("reason!"), row.get("amount!")));
        counted.insert(format!("{code} by reason"), lines(by_reason));
    }
    let resigned =
        of_code(Code::MembersExited).filter(|row| row.get::<&str, _>("reason!") == "RESIGNED");
    counted.insert("resigned".to_string(), lines(resigned.map(line)));
    let inside = asked
        .ask(connection, include_str!("by_sql/transfers_inside.sql"), |query| {
            query.bind(from).bind(until)
        })
        .await;
    let less = |code: Code, column: &str| {
        let taken = inside.iter().map(|row| (row.get(column), -row.get::<i64, _>("amount!")));
        lines(of_code(code).map(line).chain(taken.collect::<Vec<_>>()))
    };
    counted.insert("transferred in".to_string(), less(Code::TransferIn, "in_line!"));
    counted.insert("transferred out".to_string(), less(Code::TransferOut, "out_line!"));
    let moves = asked
        .ask(connection, include_str!("by_sql/moves.sql"), |query| query.bind(from).bind(until))
        .await;
    for (name, comes, column) in [
        ("unions in", true, "unions!"),
        ("unions out", false, "unions!"),
        ("members in", true, "members!"),
        ("members out", false, "members!"),
    ] {
        let of = moves.iter().filter(|row| row.get::<bool, _>("comes!") == comes);
        let of = of.map(|row| (row.get("line!"), row.get(column)));
        counted.insert(name.to_string(), lines(of));
    }
    let movements = Code::MEMBER_MOVEMENTS.map(Code::as_str);
    for (name, on) in [("members before", asked.period.eve()), ("members", asked.period.through)] {
        let rows = asked
            .ask(connection, include_str!("by_sql/members_at.sql"), |query| {
                query.bind(on).bind(movements.to_vec())
            })
            .await;
        counted.insert(name.to_string(), lines(rows.iter().map(line)));
    }
    for (name, without) in [("unions", false), ("unions not suspended", true)] {
        let rows = asked
            .ask(connection, include_str!("by_sql/unions_at.sql"), |query| {
                query.bind(asked.period.through).bind(without)
            })
            .await;
        counted.insert(name.to_string(), lines(rows.iter().map(line)));
    }
    let standing = asked
        .ask(connection, include_str!("by_sql/standing_at.sql"), |query| {
            query.bind(asked.period.through).bind(kinds())
        })
        .await;
    counted.insert("standing".to_string(), lines(standing.iter().map(line)));
    let settled = asked
        .ask(connection, include_str!("by_sql/settled.sql"), |query| {
            query.bind(asked.period.through)
        })
        .await;
    let number = |column: &str| settled[0].get::<i64, _>(column);
    let settled = [
        ("expected", number("expected!")),
        ("covered", number("expected!") - number("missing!")),
        ("under way", number("under_way!")),
    ];
    counted.insert("settled".to_string(), lines(settled.map(|(name, n)| (name.to_string(), n))));
    counted
}

fn kinds() -> Vec<String> {
    let all = (1..16).filter_map(|n| members::StandingKind::try_from(n).ok());
    all.map(|kind| kind.as_str_name().trim_start_matches("STANDING_KIND_").to_string()).collect()
}

/// What the columns count, under the same names.
pub(crate) async fn by_columns(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    asked: &Asked,
) -> BTreeMap<String, Lines> {
    let scope = asked.scope.clone();
    let mut counting = Counting::new(&mut *connection, snapshot, reference, scope, asked.period);
    let mut counted = BTreeMap::new();
    let mut sources: Vec<(String, Source)> = Code::ALL
        .into_iter()
        .filter(|code| code.counting() == How::Summed)
        .map(|code| (code.to_string(), Source::Flow(code, Vec::new())))
        .collect();
    let resigned = Source::Flow(Code::MembersExited, vec!["RESIGNED".to_string()]);
    sources.extend(
        [
            ("resigned", resigned),
            ("transferred in", Source::TransferredIn),
            ("transferred out", Source::TransferredOut),
            ("unions in", Source::UnionsIn),
            ("unions out", Source::UnionsOut),
            ("members in", Source::MembersInWithUnit),
            ("members out", Source::MembersOutWithUnit),
            ("members", Source::MembersAt),
            ("unions", Source::UnionsAt),
            ("standing", Source::StandingAt(kinds())),
        ]
        .map(|(name, source)| (name.to_string(), source)),
    );
    for (name, source) in sources {
        let count = counting.source(&source).await.expect("counted");
        assert_eq!(count.total, count.lines.values().sum::<i64>(), "{name}");
        counted.insert(name, lines(count.lines));
    }
    for code in Code::ALL.into_iter().filter(|code| code.counting() == How::Summed) {
        let by_reason = counting.by_reason(code).await.expect("counted");
        counted.insert(format!("{code} by reason"), by_reason);
    }
    let before = counting.members_at(asked.period.eve()).await.expect("counted");
    counted.insert("members before".to_string(), lines(before.lines));
    let stock = reference.indicator("MBR_STOCK").expect("an indicator");
    let settled = counting.figure(stock).await.expect("counted").completeness;
    let settled = [
        ("expected", settled.expected),
        ("covered", settled.covered),
        ("under way", settled.under_way),
    ];
    counted.insert("settled".to_string(), lines(settled.map(|(name, n)| (name.to_string(), n))));
    let scope = Scope { without_suspended: true, ..asked.scope.clone() };
    let mut counting = Counting::new(connection, snapshot, reference, scope, asked.period);
    let unions = counting.source(&Source::UnionsAt).await.expect("counted");
    counted.insert("unions not suspended".to_string(), lines(unions.lines));
    counted
}

/// A snapshot of the moment, with the rights of the national officer.
pub(crate) async fn national_reading(pool: &PgPool) -> Transaction<'_, Postgres> {
    let mut reading = pool
        .begin_with("begin isolation level repeatable read, read only")
        .await
        .expect("a reading");
    sqlx::query(
        "select set_config('congdoan.issuer', 'test', true),
                set_config('congdoan.subject', 'national', true),
                set_config('congdoan.permission',
                           (select permission from access.role_permission
                            where role = 'OFFICER' and permission like 'reporting.figure%' limit 1), true)",
    )
    .execute(&mut *reading)
    .await
    .expect("as the national officer");
    reading
}

/// Any figure of any of these.
pub(crate) fn question(reference: &Reference, heads: &[Uuid], dice: &mut Dice) -> Asked {
    let by = dice.one(&[
        By::Nothing,
        By::Child,
        By::Unit,
        By::Sector,
        By::Industry,
        By::Group,
        By::Type,
    ]);
    let grouping = match (by, dice.below(4)) {
        (_, 0) | (By::Group, 1) => "BA_KHOI",
        (_, 2) | (By::Group, _) => "NGANH",
        _ => "",
    };
    let group = match grouping {
        "" => "",
        "NGANH" => dice.one(&["", "GIAO_DUC", "Y_TE", "KHAC"]),
        _ => dice.one(&["", "HCSN", "KHAC"]),
    };
    let (one, other) = (dice.day(), dice.day());
    Asked {
        scope: Scope {
            head: dice.one(heads),
            as_of: [None, Some(dice.day())][dice.below(2)],
            by,
            grouping: grouping.to_string(),
            group: group.to_string(),
            direct_only: dice.below(4) == 0,
            without_suspended: false,
        },
        period: Period { from: one.min(other), through: one.max(other).max(date!(2020 - 06 - 01)) },
        sectors: reference.spelt_groups(grouping).0,
        groups: reference.spelt_groups(grouping).1,
    }
}

/// Compares random questions, in one snapshot of the moment, whatever is being followed meanwhile.
async fn compare(
    pool: &PgPool,
    columns: &Columns,
    heads: &[Uuid],
    dice: &mut Dice,
    seed: u64,
) -> i64 {
    let reference = reference::load().expect("reference data");
    let mut reading = national_reading(pool).await;
    let snapshot = columns.snapshot(&mut reading).await.expect("a snapshot");
    let mut amount = 0;
    for _ in 0..QUESTIONS {
        let asked = question(reference, heads, dice);
        let by_statements = by_statements(&mut reading, &asked).await;
        let by_columns = by_columns(&mut reading, &snapshot, reference, &asked).await;
        for (name, lines) in &by_statements {
            let counted = &by_columns[name];
            assert_eq!(
                counted, lines,
                "{name} of {:?} {:?}, seed {seed}",
                asked.scope, asked.period
            );
            amount += lines.len() as i64;
        }
        assert_eq!(by_statements.len(), by_columns.len());
    }
    amount
}

#[tokio::test]
async fn the_columns_count_what_statements_count_at_every_moment_of_a_random_history() {
    for seed in SEEDS {
        println!("seed {seed}");
        let world = World::start().await;
        let pool = world.look().await;
        let superiors = [world.badinh, world.caugiay, world.education, world.hue];
        let mut history = History { dice: Dice(seed), today: BEGIN, unions: Vec::new(), superiors };
        for (superior, sector) in superiors.into_iter().zip(["NNN_CP", "SNCL_100", "HC", ""]) {
            (0..UNIONS).for_each(|_| history.found(&world, superior, sector));
        }
        // Kept current from before anything happened.
        let columns = Columns::default();
        let mut heads = vec![world.confederation, world.hanoi];
        heads.extend([world.confederation, world.hanoi]);
        heads.extend(superiors);
        let mut amount = 0;
        for step in 0..STEPS {
            if step == STEPS / 2 {
                // Half a city goes to another province, with all below it.
                world.hands_over(&[world.badinh], world.hanoi, world.hue, history.today);
            }
            history.step(&world).await;
            if step % LOOK == LOOK - 1 {
                // Perhaps in the midst of what is being followed.
                amount += compare(&pool, &columns, &heads, &mut history.dice, seed).await;
                heads.extend(history.unions.iter().map(|union| union.id).take(2));
            }
        }
        // Once it answers this, all is applied; then nothing of it was read before.
        let period = (date!(2019 - 01 - 01), date!(2023 - 01 - 01));
        world.national().value("MBR_STOCK", world.confederation, period, None).await;
        amount += compare(&pool, &columns, &heads, &mut history.dice, seed).await;
        amount += compare(&pool, &Columns::default(), &heads, &mut history.dice, seed).await;
        assert!(amount > 1_000, "only {amount} lines were compared");
        world.stop().await;
    }
}
