//! Random activities, corrected and taken back at random: every figure is what the list of them
//! gives, counted by other code, and what was known at any instant is what had been said until then.

use std::collections::BTreeMap;

use proto::reporting::v1 as pb;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::activities::{
    activity, codes, get, number, on, record, text, try_correct, undoing, unions, with,
};
use crate::world::{Actor, World, period};

const ACTS: usize = 240;
const FIRST: Date = date!(2020 - 07 - 01);
const DAYS: u32 = 500;

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, number: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).expect("31 bits") % number
    }
}

/// One of some kind, of one of some units, which guides some of them.
fn one_of(dice: &mut Dice, act: usize, units: &[Uuid]) -> pb::Activity {
    let unit = units[dice.below(units.len() as u32) as usize];
    let held_on = FIRST + Duration::days(dice.below(DAYS).into());
    let kinds = [
        "INSPECTION",
        "LAUNCH",
        "MOVEMENT",
        "MEETING",
        "POST",
        "WORK",
        "CONGRESS_GUIDANCE",
        "PETITION",
    ];
    let kind = kinds[act % kinds.len()];
    of_kind(dice, kind, unit, held_on, units)
}

fn of_kind(dice: &mut Dice, kind: &str, unit: Uuid, held_on: Date, units: &[Uuid]) -> pb::Activity {
    let mut made = activity(kind, unit, held_on);
    let later = |dice: &mut Dice, than: Date| than + Duration::days(dice.below(90).into());
    match kind {
        "INSPECTION" => {
            made.times = dice.below(4) as i32;
            let topics = ["LABOUR_LAW", "UNION_LAW", "SAFETY"];
            made = with(&made, codes("topics", &topics[dice.below(3) as usize..]));
            let states = ["NONE_NEEDED", "PENDING", "DONE"];
            made = with(&made, codes("follow_up", &[states[dice.below(3) as usize]]));
        }
        "LAUNCH" => made.times = dice.below(3) as i32,
        "MOVEMENT" => {
            made.members_reached = Some(dice.below(40) as i32);
            made.workers_reached = Some(dice.below(2) as i32);
            made = with(&made, text("title", "Năm phát triển đoàn viên"));
            made = with(&made, codes("form", &["THEMED_YEAR"]));
        }
        "MEETING" => {
            let forms = ["BRIEFING", "INTERIM_REVIEW", "FINAL_REVIEW"];
            made = with(&made, codes("form", &[forms[dice.below(3) as usize]]));
        }
        "POST" => {
            made.times = 1 + dice.below(20) as i32;
            let channels = ["UNION_WEBSITE", "FACEBOOK", "ZALO"];
            made = with(&made, codes("channel", &[channels[dice.below(3) as usize]]));
        }
        "WORK" => {
            made = with(&made, text("title", "Công trình"));
            made = with(&made, number("value", dice.below(1_000).into()));
            if dice.below(3) > 0 {
                let completed_on = later(dice, held_on);
                made = with(&made, on("completed_on", completed_on));
                if dice.below(2) > 0 {
                    made = with(&made, on("plaque_on", later(dice, completed_on)));
                }
            }
        }
        "CONGRESS_GUIDANCE" => {
            let guided = &units[1..];
            let first = dice.below(guided.len() as u32) as usize;
            made = with(&made, unions("unions", &guided[first..]));
        }
        _ => made = with(&made, codes("addressee", &["STATE"])),
    }
    made
}

/// What the activities of a list count as, by indicator, within some days.
fn counted(listed: &[pb::Activity], (from, through): (Date, Date)) -> BTreeMap<&'static str, i64> {
    let mut counts: BTreeMap<&'static str, i64> = BTreeMap::new();
    let mut guided = std::collections::BTreeSet::new();
    let day =
        |on: Option<proto::google::r#type::Date>| chassis::parse::date("day", on).expect("a day");
    let within = |on: Date| from <= on && on <= through;
    for one in listed {
        let named = |name: &str| one.fields.iter().find(|field| field.name == name);
        let chosen = |name: &str, code: &str| {
            named(name).is_some_and(|field| field.codes.iter().any(|chosen| chosen == code))
        };
        let mut count = |name, amount: i64| *counts.entry(name).or_default() += amount;
        for (milestone, indicator) in
            [("completed_on", "WORKS_COMPLETED"), ("plaque_on", "WORKS_PLAQUES")]
        {
            if named(milestone).is_some_and(|field| within(day(field.date))) {
                count(indicator, 1);
            }
        }
        if !within(day(one.held_on)) {
            continue;
        }
        let times = i64::from(one.times);
        match one.kind_code.as_str() {
            "INSPECTION" => {
                count("INSPECTION_HELD", times);
                count(
                    "INSPECTION_LABOUR_LAW",
                    if chosen("topics", "LABOUR_LAW") { times } else { 0 },
                );
                count(
                    "INSPECTION_FOLLOWED_UP",
                    if chosen("follow_up", "DONE") { times } else { 0 },
                );
            }
            "LAUNCH" => count("MOVEMENT_LAUNCHED", times),
            "MOVEMENT" => {
                let people = one.members_reached.unwrap_or(0) + one.workers_reached.unwrap_or(0);
                count("MOVEMENT_PARTICIPANTS", people.into());
            }
            "MEETING" => {
                count("MEETING_HELD", times);
                count("MEETING_BRIEFINGS", i64::from(chosen("form", "BRIEFING")));
                let review = chosen("form", "INTERIM_REVIEW") || chosen("form", "FINAL_REVIEW");
                count("MEETING_REVIEWS", i64::from(review));
            }
            "POST" => {
                count("POSTS", times);
                let social = chosen("channel", "FACEBOOK") || chosen("channel", "ZALO");
                count("POSTS_SOCIAL", if social { times } else { 0 });
            }
            "WORK" => {
                count("WORKS_REGISTERED", 1);
                count("WORKS_VND", named("value").and_then(|field| field.number).unwrap_or(0));
            }
            "CONGRESS_GUIDANCE" => {
                guided.extend(named("unions").expect("named").organisation_ids.iter().cloned());
            }
            _ => count("PETITIONS", times),
        }
    }
    counts.insert("CONGRESS_GUIDED", guided.len() as i64);
    counts
}

async fn listed(
    actor: &mut Actor,
    head: Uuid,
    known_at: Option<prost_types::Timestamp>,
) -> Vec<pb::RecordedActivity> {
    let mut asked = pb::ListActivitiesRequest {
        organisation_id: head.to_string(),
        subtree: true,
        period: Some(period((date!(2020 - 01 - 01), date!(2023 - 12 - 31)))),
        page_size: 17,
        known_at,
        ..Default::default()
    };
    let mut all = Vec::new();
    loop {
        let answer = actor.activities.list_activities(asked.clone()).await.expect("listed");
        let page = answer.into_inner();
        all.extend(page.activities);
        asked.page_token = page.next_page_token;
        if asked.page_token.is_empty() {
            return all;
        }
    }
}

#[tokio::test]
async fn figures_of_random_activities_are_what_their_list_gives() {
    let mut dice = Dice(5);
    let world = World::start().await;
    let mut officer = world.officer();
    let mut units = vec![world.badinh];
    units.extend(world.loads_unions(world.badinh, "NNN_CP", 4));
    units.extend(world.loads_unions(world.caugiay, "HC", 2));
    officer.value("ORG_STOCK", world.hanoi, (FIRST, FIRST), None).await;

    let mut ids: Vec<String> = Vec::new();
    let mut probes = Vec::new();
    for act in 0..ACTS {
        let which = (!ids.is_empty()).then(|| dice.below(ids.len() as u32) as usize);
        match (dice.below(10), which) {
            (0 | 1, Some(which)) => {
                let id = ids.remove(which);
                officer.activities.undo_activity(undoing(&id)).await.expect("undone");
            }
            (2..5, Some(which)) => {
                let id = &ids[which];
                let known =
                    get(&mut officer, id, None).await.expect("read").activity.expect("told");
                let kind = known.activity.expect("an activity").kind_code;
                let held_on = FIRST + Duration::days(dice.below(DAYS).into());
                let unit = units[dice.below(units.len() as u32) as usize];
                let now = of_kind(&mut dice, &kind, unit, held_on, &units);
                // It may be what is known already.
                let _ = try_correct(&mut officer, id, now, 0).await;
            }
            _ => ids.push(record(&mut officer, one_of(&mut dice, act, &units)).await),
        }
        if act % 40 == 20 {
            let known = listed(&mut officer, world.hanoi, None).await;
            let last = known
                .iter()
                .filter_map(|one| one.recorded_at)
                .max_by_key(|at| (at.seconds, at.nanos));
            probes.push((last.expect("some are known"), known));
        }
    }
    // What was known then. The instant is that of the last that was said; what was taken back
    // after it, before the probe, was known at it, too.
    for (at, known) in probes {
        let then = listed(&mut officer, world.hanoi, Some(at)).await;
        assert!(known.iter().all(|one| then.contains(one)), "{at:?}");
    }
    let mut not_zero = BTreeMap::new();
    for head in [world.hanoi, world.badinh, world.caugiay, units[0], units[1]] {
        let known = listed(&mut officer, head, None).await;
        let known: Vec<pb::Activity> =
            known.into_iter().map(|one| one.activity.expect("told")).collect();
        for days in [
            (date!(2020 - 01 - 01), date!(2023 - 12 - 31)),
            (date!(2020 - 09 - 15), date!(2021 - 02 - 03)),
            (date!(2021 - 01 - 01), date!(2021 - 12 - 31)),
        ] {
            for (indicator, value) in counted(&known, days) {
                let figure = officer.figure(indicator, head, days, None).await;
                assert_eq!(figure.value, value, "{indicator} of {head}, {days:?}");
                *not_zero.entry(indicator).or_insert(0) += value;
                if indicator != "CONGRESS_GUIDED" {
                    officer.explained(&figure, true, 100).await;
                }
            }
        }
    }
    assert!(not_zero.len() >= 14 && not_zero.values().all(|value| *value > 0), "{not_zero:?}");
    world.stop().await;
}
