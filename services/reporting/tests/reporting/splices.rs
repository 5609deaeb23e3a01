//! Names, sectors, industries and types that change one after the other, in whatever order of their days:
//! each holds from its day on, until whatever was known to come next.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{
    OrganisationIndustryChanged, OrganisationRenamed, OrganisationSectorChanged,
};
use sqlx::PgPool;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::World;

const FIRST: Date = date!(2020 - 01 - 01);
const DAYS: i64 = 30;
const CHANGES: usize = 40;
const SECTORS: [&str; 3] = ["NNN_CP", "HC", "FDI_LD"];
const INDUSTRIES: [&str; 3] = ["GIAO_DUC", "Y_TE", "TOA_AN"];
const TYPES: [&str; 3] = ["CDCS", "ND_CS", "CD_BP"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Attribute {
    Name,
    Sector,
    Industry,
    Type,
}

fn change() -> impl Strategy<Value = (Attribute, i64, usize)> {
    let attribute = prop_oneof![
        Just(Attribute::Name),
        Just(Attribute::Sector),
        Just(Attribute::Industry),
        Just(Attribute::Type)
    ];
    (attribute, 0..DAYS, 0..3_usize)
}

/// What holds on each day, by what began last; whoever begins on the same day takes its place.
#[derive(Default)]
struct Begun(BTreeMap<(Attribute, i64), String>);

impl Begun {
    fn on(&self, attribute: Attribute, day: i64) -> Option<&str> {
        let earlier = self.0.range((attribute, i64::MIN)..=(attribute, day));
        earlier.last().map(|(_, value)| value.as_str())
    }
}

fn day(n: i64) -> Date {
    FIRST + Duration::days(n)
}

/// What the copy of an attribute says of a day: one row, and no other; of an industry perhaps none.
async fn kept(pool: &PgPool, unit: Uuid, attribute: Attribute, on: Date) -> Option<String> {
    let statement = match attribute {
        Attribute::Name => {
            "select name from organisation_name where organisation_id = $1 and valid @> $2"
        }
        Attribute::Sector => {
            "select sector from organisation_sector where organisation_id = $1 and valid @> $2"
        }
        Attribute::Industry => {
            "select industry from organisation_industry where organisation_id = $1 and valid @> $2"
        }
        Attribute::Type => {
            "select type from organisation_type where organisation_id = $1 and valid @> $2"
        }
    };
    let held: Vec<String> =
        sqlx::query_scalar(statement).bind(unit).bind(on).fetch_all(pool).await.expect("read");
    let least = usize::from(attribute != Attribute::Industry);
    assert!((least..=1).contains(&held.len()), "{attribute:?} of {on}: {held:?}");
    held.into_iter().next()
}

#[tokio::test]
async fn what_is_spliced_in_holds_until_what_was_known_to_come_next() {
    let world = World::start().await;
    let pool = world.look().await;
    // A few histories that are always the same, and one that never was before.
    let fresh = u8::try_from(Uuid::new_v4().as_u128() & 0x7f).unwrap_or(0) + 100;
    for seed in [0, 1, 2, fresh] {
        println!("history of seed {seed}");
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let changes = proptest::collection::vec(change(), CHANGES);
        let changes = changes.new_tree(&mut runner).expect("changes").current();
        let unit = world.loads_unions(world.badinh, SECTORS[0], 1)[0];
        let mut begun = Begun::default();
        let before = [
            (Attribute::Name, "CĐCS NNN_CP 1"),
            (Attribute::Sector, SECTORS[0]),
            (Attribute::Type, TYPES[0]),
        ];
        for (attribute, value) in before {
            begun.0.insert((attribute, i64::MIN), value.to_string());
        }
        for (attribute, n, value) in changes {
            let organisation_id = unit.to_string();
            let value = match attribute {
                Attribute::Name => {
                    let name = format!("CĐCS {value}");
                    let renamed = OrganisationRenamed {
                        organisation_id,
                        name: name.clone(),
                        ..Default::default()
                    };
                    world.says(day(n), RegistryWhat::OrganisationRenamed(renamed));
                    name
                }
                Attribute::Sector => {
                    let sector = SECTORS[value].to_string();
                    let changed =
                        OrganisationSectorChanged { organisation_id, sector: sector.clone() };
                    world.says(day(n), RegistryWhat::OrganisationSectorChanged(changed));
                    sector
                }
                Attribute::Industry => {
                    let industry = INDUSTRIES[value].to_string();
                    let changed =
                        OrganisationIndustryChanged { organisation_id, industry: industry.clone() };
                    world.says(day(n), RegistryWhat::OrganisationIndustryChanged(changed));
                    industry
                }
                Attribute::Type => {
                    let was = begun.on(attribute, n - 1).expect("of a type").to_string();
                    world.changes_type(unit, (&was, TYPES[value]), day(n));
                    TYPES[value].to_string()
                }
            };
            begun.0.insert((attribute, n), value);
        }
        // The server has applied all of it once it answers this.
        world.officer().value("ORG_STOCK", world.badinh, (FIRST, day(DAYS)), None).await;
        for attribute in [Attribute::Name, Attribute::Sector, Attribute::Industry, Attribute::Type]
        {
            for n in -1..=DAYS {
                let kept = kept(&pool, unit, attribute, day(n)).await;
                assert_eq!(
                    kept.as_deref(),
                    begun.on(attribute, n),
                    "{attribute:?} of {}, seed {seed}",
                    day(n)
                );
            }
        }
    }
    world.stop().await;
}
