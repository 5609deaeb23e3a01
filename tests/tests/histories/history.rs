//! A history, looked at every so many acts.

use std::collections::BTreeSet;
use std::time::Instant;

use rand::RngExt;
use tests::world::{OPENED_ON, World};
use time::Duration;

use crate::acts::KINDS;
use crate::desk::{Desk, Tier};
use crate::employers;
use crate::figures::{self, Looked, Wrong};
use crate::kept;
use crate::known::{self, Remembered};
use crate::ledger::{Ledger, Question};
use crate::people::{self, Officers};

/// Divergences that are told.
const TOLD: usize = 25;

/// How long a history is, and how often it is looked at.
#[derive(Clone, Copy, Debug)]
struct Length {
    acts: usize,
    every: usize,
    provinces: usize,
    /// Organisations of which figures are asked each time.
    heads: usize,
}

fn length() -> Length {
    let stated = std::env::var("CONGDOAN_HISTORIES").unwrap_or_default();
    let acts = match stated.as_str() {
        "full" => 20_000,
        number => number.parse().unwrap_or(400),
    };
    let every = std::env::var("CONGDOAN_EVERY").ok().and_then(|every| every.parse().ok());
    let long = acts > 1_000;
    Length {
        acts,
        every: every.unwrap_or(if long { 250 } else { 100 }),
        provinces: if long { 4 } else { 3 },
        heads: if long { 8 } else { 5 },
    }
}

fn seed() -> u64 {
    let given = std::env::var("CONGDOAN_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(rand::random)
}

/// What is left out.
fn without() -> Vec<String> {
    let without = std::env::var("CONGDOAN_WITHOUT").unwrap_or_default();
    without.split(',').map(|word| word.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

/// What is tried, and how often.
fn kinds(desk: &Desk) -> Vec<&'static str> {
    KINDS
        .into_iter()
        .filter(|(kind, _)| desk.does(kind))
        .flat_map(|(kind, times)| std::iter::repeat_n(kind, times))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn random_histories_are_told_as_another_counts_them() {
    let (seed, length) = (seed(), length());
    println!("CONGDOAN_SEED={seed}, {length:?}");
    let world = World::start().await;
    let mut desk = Desk::begin(&world, seed, length.provinces).await;
    desk.without = without();
    let kinds = kinds(&desk);
    let provinces: Vec<_> = desk
        .units
        .iter()
        .filter(|known| known.tier == Tier::Province)
        .map(|known| known.unit.clone())
        .collect();
    let officers = Officers::of(&world, &provinces).await;
    let indicators = figures::indicators(&desk.client).await;
    let (begun, mut looked) = (Instant::now(), Looked::default());
    let begins = desk.begins();
    let span = (desk.today - begins).whole_days();
    let mut remembered: Vec<Remembered> = Vec::new();
    for number in 1..=length.acts {
        desk.trace.number = number;
        desk.now = begins + Duration::days(span * number as i64 / length.acts as i64);
        let kind = kinds[desk.below(kinds.len())];
        desk.try_one(kind).await;
        let faults = std::mem::take(&mut desk.trace.faults);
        assert!(faults.is_empty(), "CONGDOAN_SEED={seed}: {}", faults.join("\n"));
        if number % length.every != 0 && number != length.acts {
            continue;
        }
        let last = number == length.acts;
        let (mut wrong, now) =
            look(&world, &desk, &officers, &indicators, &mut looked, (length, last)).await;
        let mut rng = desk.onlooker();
        let (otherwise, cells) = known::probe(&desk.client, &mut rng, &remembered, last).await;
        looked.known_before += cells;
        wrong.extend(otherwise);
        remembered.push(now);
        if length.acts > 1_000 {
            println!("{number} acts after {} s", begun.elapsed().as_secs());
        }
        assert!(wrong.is_empty(), "{}", told(seed, &desk, &wrong));
    }
    println!("{}", desk.trace.outcomes());
    println!(
        "CONGDOAN_SEED={seed}: {} acts in {} s, {looked:?}",
        length.acts,
        begun.elapsed().as_secs()
    );
    if length.acts >= 10_000 {
        let never: Vec<_> = kinds.iter().filter(|kind| desk.trace.done(kind) == 0).collect();
        assert!(never.is_empty(), "not everything happened: {never:?}");
    }
    if let Some(folder) = kept::folder() {
        let indicators: Vec<String> = indicators.keys().cloned().collect();
        kept::keep(&world, &desk, &indicators, &folder).await;
    }
    assert!(remembered.len() < 2 || looked.known_before > 100, "too little was known: {looked:?}");
    assert!(looked.not_zero * 20 > looked.figures, "too little happened: {looked:?}");
}

/// Everything that is wrong after an act, and what is counted then.
async fn look(
    world: &World,
    desk: &Desk,
    officers: &Officers,
    indicators: &std::collections::BTreeMap<String, proto::reporting::v1::IndicatorKind>,
    looked: &mut Looked,
    (length, last): (Length, bool),
) -> (Vec<Wrong>, Remembered) {
    world.settled().await;
    let ledger = Ledger::read(world).await;
    let mut rng = desk.onlooker();
    let client = &desk.client;
    let mut wrong = people::alive(client, &ledger).await;
    let people = if last { 40 } else { 6 };
    wrong.extend(people::scopes(world, officers, &ledger, desk.today, (&mut rng, people)).await);

    let confederation = ledger.tree.unit(world.confederation.id.parse().expect("an id"));
    let all = ledger.heads();
    let mut heads = BTreeSet::from([confederation]);
    let above: Vec<usize> = desk
        .units
        .iter()
        .filter(|known| matches!(known.tier, Tier::Province | Tier::Above))
        .map(|known| ledger.tree.unit(known.unit.id.parse().expect("an id")))
        .filter(|unit| ledger.tree.get(*unit).exists)
        .collect();
    let wanted = (if last { 2 * length.heads } else { length.heads }).min(all.len());
    while heads.len() < wanted {
        let some = if heads.len() % 2 == 1 { &above } else { &all };
        heads.insert(some[rng.random_range(0..some.len())]);
        heads.insert(all[rng.random_range(0..all.len())]);
    }
    let heads: Vec<usize> = heads.into_iter().collect();
    let days = (OPENED_ON, desk.today + Duration::days(400));
    let asks = figures::asks(&mut rng, &heads, days);
    wrong.extend(figures::compare(client, &ledger, indicators, &asks, looked).await);
    wrong.extend(figures::explained(client, &ledger, &mut rng, &asks).await);
    wrong.extend(figures::measured(client, &ledger, &heads, days).await);
    wrong.extend(figures::books(client, &ledger, &asks, looked).await);

    // Registry's list is of the tree of its day.
    let span = (desk.today - desk.begins()).whole_days();
    for head in heads.iter().take(3) {
        let on = desk.begins() + Duration::days(rng.random_range(0..=span));
        let (view, asked) =
            (ledger.view(Some(on)), Question { head: *head, from: on, through: on });
        let counted = ledger.employers.without_union(&view, asked, 1);
        let counted: BTreeSet<_> = counted.into_iter().map(|(_, employer)| employer).collect();
        let listed = employers::listed(client, ledger.id(*head), on).await;
        for employer in listed.symmetric_difference(&counted) {
            let text = format!(
                "employer {employer} of {} on {on}: {} without a union by registry's list, and {} \
                 recounted{}",
                ledger.id(*head),
                listed.contains(employer),
                counted.contains(employer),
                ledger.employers.told(&ledger.tree, *employer),
            );
            let unions = ledger.employers.unions(*employer).into_iter();
            let mut suspects: BTreeSet<String> =
                unions.map(|unit| ledger.id(unit).to_string()).collect();
            suspects.insert(employer.to_string());
            wrong.push(Wrong { text, suspects });
        }
    }
    (wrong, known::remember(client, &ledger, &asks).await)
}

/// What is wrong, and the acts on whatever is suspected.
fn told(seed: u64, desk: &Desk, wrong: &[Wrong]) -> String {
    let texts: Vec<&str> = wrong.iter().take(TOLD).map(|wrong| wrong.text.as_str()).collect();
    let suspects: BTreeSet<String> = wrong
        .iter()
        .filter(|wrong| !wrong.suspects.is_empty())
        .take(3)
        .flat_map(|wrong| wrong.suspects.iter().take(6).cloned())
        .collect();
    format!(
        "CONGDOAN_SEED={seed}, after act {}: {} divergences\n{}\nacts on {:?}:\n{}",
        desk.trace.number,
        wrong.len(),
        texts.join("\n"),
        suspects.iter().map(|id| desk.code_of(id)).collect::<Vec<_>>(),
        desk.trace.about(&suspects)
    )
}
