//! Whatever is told one by one (subjects, seats, employers, whom activities reached, ratings) is counted
//! from memory as statements of other code count it from the tables, in one snapshot: of random
//! histories, while they go on, of many organisations at once, on any tree, in any lines.

use std::collections::BTreeMap;

use reporting::ground::columns::{Columns, Snapshot};
use reporting::ground::fact::{Code, Counting as How};
use reporting::ground::figure::of_heads::OfHeads;
use reporting::ground::figure::{By, Count, Scope, Source};
use reporting::ground::period::Period;
use reporting::ground::reference::{self, Reference};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row};
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::columns::{Dice, national_reading};
use crate::listed_history::Told;
use crate::world::World;

const SEEDS: [u64; 3] = [31, 32, 33];
const STEPS: usize = 150;
/// After so many steps all is compared.
const LOOK: usize = 25;
/// So many questions each time.
const QUESTIONS: usize = 8;

/// What is asked of all heads at once.
struct Asked {
    scope: Scope,
    period: Period,
    sectors: Vec<String>,
    groups: Vec<String>,
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// By organisation.
type Counts = BTreeMap<Uuid, Count>;

impl Asked {
    async fn ask(
        &self,
        connection: &mut PgConnection,
        heads: &[Uuid],
        statement: &'static str,
        with: impl FnOnce(Query<'static>) -> Query<'static>,
    ) -> Vec<PgRow> {
        let by = self.scope.by.code();
        let asked = sqlx::query(statement)
            .bind(heads.to_vec())
            .bind(self.scope.as_of)
            .bind(by)
            .bind(self.sectors.clone())
            .bind(self.groups.clone())
            .bind(self.scope.group.clone())
            .bind(self.scope.direct_only);
        with(asked).fetch_all(connection).await.expect("counted by a statement")
    }

    /// The row without a line is the total, which counts whom lines count twice once; where there is
    /// none, lines sum to it.
    fn counts(rows: &[PgRow], column: &str, distinct: bool) -> Counts {
        let mut counts = Counts::new();
        for row in rows {
            let count = counts.entry(row.get("head!")).or_default();
            let amount: i64 = row.get(column);
            let line: Option<String> = if distinct { row.get("line?") } else { row.get("line!") };
            match line {
                None => count.total = amount,
                Some(line) => {
                    *count.lines.entry(line).or_default() += amount;
                    count.total += if distinct { 0 } else { amount };
                }
            }
        }
        for count in counts.values_mut() {
            count.lines.retain(|_, amount| *amount != 0);
        }
        counts.retain(|_, count| *count != Count::default());
        counts
    }
}

/// The sources, each beside the name of what it counts.
fn sources() -> Vec<(String, Source)> {
    let of = |code: Code, reasons: &[&str]| {
        Source::Subjects(code, reasons.iter().map(|reason| (*reason).to_string()).collect())
    };
    let mut sources: Vec<(String, Source)> = Code::ALL
        .into_iter()
        .filter(|code| code.counting() == How::Subjects)
        .map(|code| (code.to_string(), of(code, &[])))
        .collect();
    let good = ["BON_MUC.HOAN_THANH_XUAT_SAC", "BON_MUC.HOAN_THANH_TOT"].map(str::to_string);
    sources.extend(
        [
            ("trained by topic", of(Code::Trained, &["UNION_WORK", "SAFETY"])),
            ("trained in nothing", of(Code::Trained, &["NOTHING"])),
            ("elected by unions", of(Code::ByElected, &["GRASSROOTS"])),
            ("officers at", Source::OfficersAt),
            ("officers during", Source::OfficersDuring),
            ("officers trained", Source::OfficersTrained),
            ("employers", Source::EmployersWithoutUnion(20)),
            ("unions reached", Source::UnionsReached),
            ("people reached", Source::PeopleReached),
            ("people at work", Source::PeopleAtWork),
            ("ratings", Source::Ratings(Vec::new())),
            ("good ratings", Source::Ratings(good.to_vec())),
        ]
        .map(|(name, source)| (name.to_string(), source)),
    );
    sources
}

/// What statements count of a source.
async fn by_statement(
    connection: &mut PgConnection,
    asked: &Asked,
    heads: &[Uuid],
    source: &Source,
) -> Counts {
    let (from, until, through) = (asked.period.from, asked.period.until(), asked.period.through);
    let reach = include_str!("by_sql/reach.sql");
    let without = asked.scope.without_suspended;
    match source {
        Source::Subjects(code, reasons) => {
            let (code, reasons) = (code.as_str(), reasons.clone());
            let rows = asked
                .ask(connection, heads, include_str!("by_sql/subjects.sql"), |query| {
                    query.bind(from).bind(until).bind(code).bind(reasons)
                })
                .await;
            Asked::counts(&rows, "amount!", true)
        }
        Source::OfficersAt | Source::OfficersDuring | Source::OfficersTrained => {
            let from = if *source == Source::OfficersAt { through } else { from };
            let trained = *source == Source::OfficersTrained;
            let rows = asked
                .ask(connection, heads, include_str!("by_sql/officers.sql"), |query| {
                    query.bind(from).bind(until)
                })
                .await;
            Asked::counts(&rows, if trained { "trained!" } else { "in_post!" }, true)
        }
        Source::EmployersWithoutUnion(workforce) => {
            let rows = asked
                .ask(connection, heads, include_str!("by_sql/employers.sql"), |query| {
                    query.bind(through).bind(*workforce)
                })
                .await;
            Asked::counts(&rows, "amount!", false)
        }
        Source::Ratings(grades) => {
            let mut rows = asked
                .ask(connection, heads, include_str!("by_sql/ratings.sql"), |query| {
                    query.bind(from).bind(until)
                })
                .await;
            rows.retain(|row| grades.is_empty() || grades.contains(&row.get("reason!")));
            Asked::counts(&rows, "amount!", false)
        }
        _ => {
            let rows = asked
                .ask(connection, heads, reach, |query| {
                    query.bind(from).bind(until).bind(through).bind(without)
                })
                .await;
            let column = match source {
                Source::UnionsReached => "unions_reached!",
                Source::PeopleReached => "people_reached!",
                _ => "people_at_work!",
            };
            Asked::counts(&rows, column, false)
        }
    }
}

/// Of the unions that are to be rated, those that were, by organisation: by a statement.
async fn rated_by_statement(
    connection: &mut PgConnection,
    asked: &Asked,
    heads: &[Uuid],
    (reference, grades): (&Reference, &[String]),
) -> BTreeMap<Uuid, (i64, i64)> {
    let ends = (2019..2024).filter(|year| reference.rates_in(*year, grades));
    let ends = ends.map(|year| date!(2019 - 12 - 31).replace_year(year).expect("a day"));
    let days = asked.period.from..=asked.period.through;
    let ends: Vec<Date> = ends.filter(|last| days.contains(last)).collect();
    let grades = grades.to_vec();
    let rows = asked
        .ask(connection, heads, include_str!("by_sql/eligible.sql"), |query| {
            query.bind(ends).bind(grades)
        })
        .await;
    rows.iter().map(|row| (row.get("head!"), (row.get("rated!"), row.get("eligible!")))).collect()
}

/// Compares random questions, in one snapshot of the moment, whatever is being followed meanwhile.
async fn compare(
    pool: &PgPool,
    columns: &Columns,
    heads: &[Uuid],
    dice: &mut Dice,
    counted: &mut BTreeMap<String, usize>,
) {
    let reference = reference::load().expect("reference data");
    let mut reading = national_reading(pool).await;
    let snapshot = columns.snapshot(&mut reading).await.expect("a snapshot");
    for _ in 0..QUESTIONS {
        let by = dice.one(&[By::Nothing, By::Child, By::Unit, By::Sector, By::Group, By::Type]);
        let grouping = if by == By::Group || dice.below(2) == 0 { "BA_KHOI" } else { "" };
        let group = if grouping.is_empty() { "" } else { dice.one(&["", "HCSN", "KHAC"]) };
        let (one, other) = (dice.day(), dice.day());
        let (sectors, groups) = reference.spelt_groups(grouping);
        let asked = Asked {
            scope: Scope {
                head: Uuid::nil(),
                as_of: [None, Some(dice.day())][dice.below(2)],
                by,
                grouping: grouping.to_string(),
                group: group.to_string(),
                direct_only: dice.below(4) == 0,
                without_suspended: dice.below(2) == 0,
            },
            period: Period {
                from: one.min(other),
                through: one.max(other).max(date!(2020 - 06 - 01)),
            },
            sectors,
            groups,
        };
        one_question(&mut reading, &snapshot, reference, (&asked, heads), counted).await;
    }
}

async fn one_question(
    reading: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    (asked, heads): (&Asked, &[Uuid]),
    counted: &mut BTreeMap<String, usize>,
) {
    let (scope, period) = (asked.scope.clone(), asked.period);
    for (name, source) in sources() {
        let by_statement = by_statement(reading, asked, heads, &source).await;
        let mut counting =
            OfHeads::new(reading, snapshot, reference, heads, scope.clone()).await.expect("begun");
        let counts = counting.source(&source, period).await.expect("counted");
        let mut by_columns: Counts = counting.heads().iter().copied().zip(counts).collect();
        by_columns.retain(|_, count| *count != Count::default());
        assert_eq!(by_columns, by_statement, "{name}, {scope:?}, {period:?}");
        *counted.entry(name).or_default() += by_statement.len();
    }
    // Explained, each counts in the unit that told of her first.
    let code = Code::Trained;
    let rows = asked
        .ask(reading, heads, include_str!("by_sql/subjects_first.sql"), |query| {
            query
                .bind(period.from)
                .bind(period.until())
                .bind(code.as_str())
                .bind(Vec::<String>::new())
        })
        .await;
    let by_statement = Asked::counts(&rows, "amount!", false);
    let mut counting =
        OfHeads::new(reading, snapshot, reference, heads, scope.clone()).await.expect("begun");
    counting = counting.in_first_lines();
    for source in [Source::Subjects(code, Vec::new()), Source::OfficersDuring] {
        let counts = counting.source(&source, period).await.expect("counted");
        for count in &counts {
            assert_eq!(count.total, count.lines.values().sum::<i64>(), "{source:?}, {scope:?}");
        }
        if source == Source::OfficersDuring {
            continue;
        }
        let mut by_columns: Counts = counting.heads().iter().copied().zip(counts).collect();
        by_columns.retain(|_, count| *count != Count::default());
        assert_eq!(by_columns, by_statement, "trained first, {scope:?}, {period:?}");
    }
    let indicator = reference.indicator("RATING_GOOD").expect("an indicator");
    let by_statement =
        rated_by_statement(reading, asked, heads, (reference, indicator.grades())).await;
    let mut counting =
        OfHeads::new(reading, snapshot, reference, heads, scope.clone()).await.expect("begun");
    let figures = counting.counted(indicator, period).await.expect("counted");
    let complete = figures.completeness.iter().map(|of| (of.covered, of.expected));
    let mut by_columns: BTreeMap<Uuid, (i64, i64)> =
        counting.heads().iter().copied().zip(complete).collect();
    by_columns.retain(|_, of| *of != (0, 0));
    assert_eq!(by_columns, by_statement, "rated, {scope:?}, {period:?}");
    let rated = by_statement.values().filter(|(rated, _)| *rated > 0).count();
    *counted.entry("rated".to_string()).or_default() += rated;
}

#[tokio::test]
async fn what_is_told_one_by_one_is_counted_as_statements_count_it_at_every_moment() {
    let mut counted = BTreeMap::new();
    for seed in SEEDS {
        println!("seed {seed}");
        let world = World::start().await;
        let pool = world.look().await;
        let mut told = Told::begin(&world, seed);
        let mut heads = vec![world.confederation, world.hanoi];
        heads.extend(told.history.superiors);
        heads.extend(told.history.unions.iter().map(|union| union.id).take(4));
        // Kept current from before anything happened.
        let columns = Columns::default();
        for step in 0..STEPS {
            if step == STEPS / 2 {
                let on = told.history.today;
                world.hands_over(&[world.badinh], world.hanoi, world.hue, on);
            }
            told.step(&world).await;
            if step % LOOK == LOOK - 1 {
                // Perhaps in the midst of what is being followed.
                compare(&pool, &columns, &heads, &mut told.history.dice, &mut counted).await;
            }
        }
        // Once it answers this, all is applied; then nothing of it was read before.
        let period = (date!(2019 - 01 - 01), date!(2023 - 01 - 01));
        world.national().value("MBR_STOCK", world.confederation, period, None).await;
        compare(&pool, &columns, &heads, &mut told.history.dice, &mut counted).await;
        compare(&pool, &Columns::default(), &heads, &mut told.history.dice, &mut counted).await;
        world.stop().await;
    }
    // Of every way to count there was something to count.
    for (name, _) in sources() {
        let never = ["trained in nothing"].contains(&name.as_str())
            || Code::parse(&name)
                .is_some_and(|code| !matches!(code, Code::Trained | Code::ByElected));
        assert!(never || counted[&name] > 0, "{name} is 0 of everybody: {counted:?}");
    }
    assert!(counted["rated"] > 0, "nobody is rated: {counted:?}");
}
