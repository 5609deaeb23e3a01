//! What the made-up tree promises.

use std::collections::{HashMap, HashSet};

use national::{CONFEDERATION, Fate, Kind, National, Size};
use proto::google::r#type::Date;

const SEED: u64 = 2025;

fn tree(size: Size) -> National {
    National::new(size, SEED).expect("the data is whole")
}

#[test]
fn the_same_seed_gives_the_same_tree_and_another_one_another() {
    // Written down, so that it is the same in years: whoever changes the tree says so here.
    assert_eq!(tree(Size::Tiny).digest(), TINY);
    let other = National::new(Size::Tiny, SEED + 1).expect("the data is whole");
    assert_ne!(other.digest(), TINY);
    assert_eq!(tree(Size::Province).digest(), tree(Size::Province).digest());
}

const TINY: &str = "308eb8951cb81364cdcdbf0366593de5a57936c0ce68d6f838c25804f0e66cd1";

#[test]
fn the_nation_sums_to_the_published_figures() {
    let nation = tree(Size::National);
    let superiors = &nation.shape().superiors;
    let count = |kind| superiors.iter().filter(|superior| superior.kind == kind).count();
    assert_eq!(count(Kind::Province), 63);
    assert_eq!(count(Kind::CentralSector), 20);
    assert_eq!(count(Kind::District), 696);
    assert_eq!(count(Kind::LocalSector) + count(Kind::Officials) + count(Kind::Zones), 441);
    assert_eq!(count(Kind::Corporation), 60);
    let ends = superiors.iter().filter(|superior| superior.fate == Fate::Ends).count();
    assert_eq!(ends, 1_073);
    assert_eq!(superiors.iter().filter(|superior| superior.fate == Fate::Merges).count(), 52);

    let shape = nation.shape();
    assert_eq!(shape.unions(Fate::Ends), 62_703);
    assert_eq!(shape.unions(Fate::Ended), 15_000);
    let lives = shape.unions(Fate::Ends) + shape.unions(Fate::Moves) + shape.unions(Fate::Stays);
    assert_eq!(lives, 124_762);

    // What each province of 2025 was left with, and what was published of those that ended.
    let mut left: HashMap<&str, u64> = HashMap::new();
    let mut ended: HashMap<&str, u64> = HashMap::new();
    let mut khanh_hoa = (0, 0);
    let new_code: HashMap<&str, &str> = nation
        .places()
        .provinces
        .iter()
        .map(|province| (province.code.as_str(), province.new_code.as_str()))
        .collect();
    for group in &shape.groups {
        let old = superiors[group.superior].province_code.as_str();
        let Some(new) = new_code.get(old) else { continue };
        match group.fate {
            Fate::Moves => *left.entry(new).or_default() += group.unions,
            Fate::Ends => *ended.entry(new).or_default() += group.unions,
            _ => {}
        }
        if old == "56" {
            khanh_hoa.0 += if group.fate == Fate::Moves { group.unions } else { 0 };
            khanh_hoa.1 += if group.fate == Fate::Ends { group.unions } else { 0 };
        }
    }
    assert_eq!(left.len(), 34);
    for (code, published) in &nation.places().left {
        assert_eq!(left[code.as_str()], published.unions, "province {code}");
    }
    assert_eq!((ended["91"], ended["48"]), (2_171, 1_791));
    assert_eq!(khanh_hoa, (648, 834));
}

#[test]
fn the_restructuring_is_as_large_as_it_was() {
    use proto::registry::v1::plan_step::Kind as Step;
    let mut steps: HashMap<Step, usize> = HashMap::new();
    let mut units = HashSet::new();
    for step in tree(Size::National).restructuring() {
        *steps.entry(step.kind()).or_default() += 1;
        assert!(units.insert((step.kind(), step.unit.clone())), "{} twice", step.unit);
    }
    // 23 provinces and 40 commune unions in each of 34; 52 provinces go over into others.
    assert_eq!(steps[&Step::Found], 1_383);
    assert_eq!(steps[&Step::End], 62_703 + 1_073 + 52);
    assert_eq!(steps[&Step::HandOver], 49_968 + 52);
}

#[test]
fn every_size_is_a_tree_that_can_be_loaded() {
    for (size, least, most) in [(Size::Tiny, 100, 400), (Size::Province, 3_000, 3_500)] {
        let tree = tree(size);
        let mut codes = HashSet::from([CONFEDERATION.to_owned()]);
        let mut founded: HashMap<String, Date> = HashMap::new();
        let mut changes = 0;
        for unit in tree.units() {
            let line = &unit.line;
            let named = line.changes.iter().map(|change| &change.superior_code);
            for superior in named.chain([&line.superior_code]).filter(|code| !code.is_empty()) {
                assert!(codes.contains(superior), "{superior} comes before {}", line.code);
            }
            let recoded = line.changes.iter().map(|change| &change.code);
            for code in recoded.chain([&line.code]).filter(|code| !code.is_empty()) {
                assert!(codes.insert(code.clone()), "{code} is borne twice");
                assert!(code.len() <= 40, "{code} is too long");
            }
            founded.insert(line.code.clone(), line.founded_on.expect("a day"));
            changes += line.changes.len();
        }
        let units = founded.len();
        assert!((least..most).contains(&units), "{size:?} has {units} units");
        assert!(changes > units / 10, "{size:?} has {changes} changes");
    }
}

#[test]
fn officers_and_employers_are_those_of_living_unions() {
    let tree = tree(Size::Tiny);
    let living: HashSet<String> =
        tree.unions().filter(|unit| unit.lives()).map(|unit| unit.code().to_owned()).collect();
    let mut persons = HashSet::new();
    for congress in tree.congresses() {
        assert!(living.contains(&congress.code));
        assert_eq!(congress.officers[0].position, "CHAIR");
        assert!(congress.officers.iter().all(|officer| persons.insert(officer.person_id)));
    }
    let employers: Vec<_> = tree.employers().collect();
    assert_eq!(employers.len(), living.len());
    assert!(employers.iter().all(|employer| employer.female <= employer.workforce));
}
