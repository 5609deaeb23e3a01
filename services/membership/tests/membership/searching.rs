//! People are found by name in the caller's scope, and rolls of a subtree are read page by page.

use std::collections::BTreeSet;

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::search_members_response::Found;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::world::{Actor, World, id, people, person, refused};
use stage::registry::Members;

const DAY: Date = date!(2024 - 03 - 01);
const LATER: Date = date!(2024 - 06 - 01);

fn named(name: &str, birth_year: i32) -> pb::PersonLine {
    pb::PersonLine {
        name: name.to_string(),
        birth_year,
        sex: pb::Sex::Female.into(),
        ..Default::default()
    }
}

fn text(text: &str) -> pb::SearchMembersRequest {
    pb::SearchMembersRequest { text: text.to_string(), ..Default::default() }
}

impl Actor {
    async fn searches(&mut self, sought: pb::SearchMembersRequest) -> Result<Vec<Found>, Status> {
        Ok(self.members.search_members(sought).await?.into_inner().found)
    }

    async fn names(&mut self, sought: pb::SearchMembersRequest) -> Vec<String> {
        let found = self.searches(sought).await.expect("searched");
        found.into_iter().map(|found| found.name).collect()
    }
}

#[tokio::test]
async fn a_name_is_found_however_it_is_typed() {
    let world = World::start().await;
    let mut officer = world.officer();
    let lines = vec![
        named("Nguyễn Văn Hòa", 1985),
        named("Nguyễn Thị Hoà", 1990),
        named("NGUYEN VAN HOA", 1980),
        named("Trần Đức Hoan", 1985),
        named("Hòa", 0),
    ];
    officer.admits(world.alpha, DAY, lines).await.expect("admitted");
    let names = [
        ("hoa", ["Hòa", "Nguyễn Thị Hoà", "NGUYEN VAN HOA", "Nguyễn Văn Hòa"].as_slice()),
        ("Hoà", &["Hòa", "Nguyễn Thị Hoà", "NGUYEN VAN HOA", "Nguyễn Văn Hòa"]),
        ("  văn  HÒA ", &["NGUYEN VAN HOA", "Nguyễn Văn Hòa"]),
        ("nguyen thi hoa", &["Nguyễn Thị Hoà"]),
        // Words are left out only where nobody has a name that ends so.
        ("nguyen hoa", &["Nguyễn Thị Hoà", "NGUYEN VAN HOA", "Nguyễn Văn Hòa"]),
        ("duc hoan", &["Trần Đức Hoan"]),
        ("tran hoa", &[]),
        ("hoa nguyen", &[]),
        ("ho", &[]),
        ("h.*", &[]),
        ("tran .* hoan", &[]),
    ];
    for (typed, found) in names {
        assert_eq!(officer.names(text(typed)).await, found, "{typed}");
    }
    for typed in ["", " 12 ", "!"] {
        assert!(officer.searches(text(typed)).await.is_err(), "{typed}");
    }
    let words = refused(officer.searches(text(&"a ".repeat(11))).await);
    assert_eq!(words.0, "TOO_MANY_LINES");
    world.stop().await;
}

#[tokio::test]
async fn a_search_is_narrowed_and_goes_on_page_by_page() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut lines: Vec<_> = (0..7).map(|n| named("Lê Thị Mai", 1980 + n)).collect();
    lines.push(pb::PersonLine { sex: pb::Sex::Male.into(), ..named("Phạm Mai", 1980) });
    officer.admits(world.alpha, DAY, lines).await.expect("admitted");
    officer.admits(world.beta, DAY, vec![named("Lê Thị Mai", 1980)]).await.expect("admitted");

    assert_eq!(officer.names(text("mai")).await.len(), 9);
    let born = pb::SearchMembersRequest { birth_year: 1980, ..text("mai") };
    assert_eq!(officer.names(born.clone()).await.len(), 3);
    let men = pb::SearchMembersRequest { sex: pb::Sex::Male.into(), ..born.clone() };
    assert_eq!(officer.names(men).await, ["Phạm Mai"]);
    let at_beta = pb::SearchMembersRequest { within_id: world.beta.to_string(), ..text("mai") };
    assert_eq!(officer.names(at_beta).await.len(), 1);
    let in_hanoi = pb::SearchMembersRequest { within_id: world.hanoi.to_string(), ..text("mai") };
    assert_eq!(officer.names(in_hanoi).await.len(), 9);
    let wrong = pb::SearchMembersRequest { birth_year: 80, ..text("mai") };
    assert_eq!(refused(officer.searches(wrong).await).0, "DATE_MALFORMED");
    let wrong = pb::SearchMembersRequest { standing: 9, ..text("mai") };
    assert_eq!(refused(officer.searches(wrong).await).0, "ENUM_VALUE_UNKNOWN");

    for typed in ["thi mai", "le mai", "mai"] {
        let mut asked = pb::SearchMembersRequest { page_size: 3, ..text(typed) };
        let (mut seen, mut years) = (BTreeSet::new(), Vec::new());
        loop {
            let page = officer.members.search_members(asked.clone()).await.expect("a page");
            let page = page.into_inner();
            assert!(page.found.len() <= 3 && !page.next_page_token.contains("mai"));
            for found in page.found {
                assert!(seen.insert(found.person_id));
                years.push((found.name, found.birth_year));
            }
            if page.next_page_token.is_empty() {
                break;
            }
            asked.page_token = page.next_page_token;
        }
        assert_eq!(seen.len(), if typed == "mai" { 9 } else { 8 }, "{typed}");
        assert!(years.iter().filter(|(name, _)| name == "Lê Thị Mai").is_sorted());
    }
    world.stop().await;
}

#[tokio::test]
async fn somebody_is_found_where_she_lies_today_and_nowhere_else() {
    let world = World::start().await;
    let (mut hanoi, mut national) = (world.officer(), world.national());
    world.registry.grants("hue", "OFFICER", world.hue);
    let mut hue = world.actor("hue", "vi");
    let mai = national.admits(world.alpha, DAY, vec![named("Lê Thị Mai", 1980)]).await;
    let mai = mai.expect("admitted");
    let of = |standing: pb::MemberStanding| pb::SearchMembersRequest {
        standing: standing.into(),
        ..text("mai")
    };
    let found = hanoi.searches(text("mai")).await.expect("searched");
    assert_eq!(found.len(), 1);
    assert_eq!((id(&found[0].person_id), id(&found[0].organisation_id)), (mai[0], world.alpha));
    assert_eq!(found[0].from_on, Some(civil(DAY)));
    assert_eq!(found[0].standing(), pb::MemberStanding::Member);
    assert_eq!(hue.names(text("mai")).await, [""; 0]);
    let there = pb::SearchMembersRequest { within_id: world.gamma.to_string(), ..text("mai") };
    assert_eq!(refused(hanoi.searches(there).await).0, "ORGANISATION_UNKNOWN");

    national.transfers(world.alpha, world.gamma, LATER, &mai).await.expect("transferred");
    assert_eq!(hanoi.names(text("mai")).await, [""; 0]);
    assert_eq!(hue.names(text("mai")).await.len(), 1);
    assert_eq!(national.names(text("mai")).await.len(), 1);
    national.transfers(world.gamma, world.alpha, LATER, &mai).await.expect("back");
    assert_eq!(hanoi.names(text("mai")).await.len(), 1);
    assert_eq!(hue.names(text("mai")).await, [""; 0]);

    let resigned = pb::ExitReason::Resigned;
    hanoi.exits(world.alpha, resigned, date!(2024 - 07 - 01), &mai).await.expect("left");
    assert_eq!(hanoi.names(of(pb::MemberStanding::Member)).await, [""; 0]);
    let former = hanoi.searches(of(pb::MemberStanding::FormerMember)).await.expect("searched");
    assert_eq!((former.len(), former[0].from_on), (1, None));

    hanoi.applies(world.alpha, DAY, vec![named("Vũ Mai", 1990)]).await.expect("applied");
    assert_eq!(hanoi.names(of(pb::MemberStanding::NeverMember)).await, ["Vũ Mai"]);

    // What is known of her now is what finds her.
    let corrected = pb::CorrectPersonRequest { name: "Lê Thị Mơ".into(), ..Default::default() };
    hanoi.corrects_person(mai[0], corrected).await.expect("corrected");
    assert_eq!(hanoi.names(text("le thi mai")).await, [""; 0]);
    assert_eq!(hanoi.names(text("le thi mo")).await, ["Lê Thị Mơ"]);
    world.stop().await;
}

#[tokio::test]
async fn who_continues_elsewhere_takes_her_people_along() {
    let world = World::start().await;
    let (mut hanoi, mut national) = (world.officer(), world.national());
    world.registry.grants("hue", "OFFICER", world.hue);
    let mut hue = world.actor("hue", "vi");
    national.admits(world.gamma, DAY, vec![named("Lê Thị Mai", 1980)]).await.expect("admitted");
    assert_eq!(hanoi.names(text("mai")).await, [""; 0]);
    national.applies(world.gamma, DAY, vec![named("Vũ Thị Mai", 1990)]).await.expect("applied");
    world.registry.ends(LATER, &[(world.gamma, Members::Rehomed(world.beta))]);
    assert_eq!(hanoi.names(text("mai")).await, ["Lê Thị Mai", "Vũ Thị Mai"]);
    let at_beta = pb::SearchMembersRequest { within_id: world.beta.to_string(), ..text("mai") };
    assert_eq!(hanoi.names(at_beta).await.len(), 2);
    assert_eq!(hue.names(text("mai")).await, [""; 0]);
    world.stop().await;
}

/// Of few who have a name it is asked upwards where each lies, of many downwards.
#[tokio::test]
async fn among_many_of_one_name_those_of_a_place_are_found_as_among_few() {
    let world = World::start().await;
    let (mut hanoi, mut national) = (world.officer(), world.national());
    let mais = |many: usize| vec![named("Lê Thị Mai", 1980); many];
    national.admits(world.alpha, DAY, mais(2)).await.expect("admitted");
    national.admits(world.beta, DAY, mais(1)).await.expect("admitted");
    let within = |union: Uuid| pb::SearchMembersRequest {
        within_id: union.to_string(),
        ..text("le thi mai")
    };
    let mut found = Vec::new();
    for others in [0, 150, 150] {
        if others > 0 {
            national.admits(world.gamma, DAY, mais(others)).await.expect("admitted");
        }
        found.push([
            hanoi.names(text("le thi mai")).await.len(),
            hanoi.names(within(world.alpha)).await.len(),
            national.names(within(world.beta)).await.len(),
        ]);
    }
    assert_eq!(found, [[3, 2, 1]; 3]);
    world.registry.ends(LATER, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(hanoi.names(within(world.beta)).await.len(), 3);
    assert_eq!(hanoi.names(text("mai")).await.len(), 3);
    world.stop().await;
}

#[tokio::test]
async fn the_roll_of_a_subtree_is_one_list_for_one_instant() {
    let world = World::start().await;
    let (mut hanoi, mut national) = (world.officer(), world.national());
    let mut all: BTreeSet<Uuid> = BTreeSet::new();
    all.extend(hanoi.admits(world.alpha, DAY, people(7)).await.expect("admitted"));
    all.extend(hanoi.admits(world.beta, DAY, people(5)).await.expect("admitted"));
    let far = national.admits(world.gamma, DAY, people(3)).await.expect("admitted");
    let roll = |of: Uuid, as_of: Date, known_at: Option<OffsetDateTime>| pb::ListMembersRequest {
        organisation_id: of.to_string(),
        as_of: Some(civil(as_of)),
        known_at: known_at.map(instant),
        page_size: 4,
        with_subtree: true,
        ..Default::default()
    };
    let then = OffsetDateTime::now_utc();

    let mut asked = roll(world.hanoi, LATER, Some(then));
    let mut seen = Vec::new();
    loop {
        let page = hanoi.members.list_members(asked.clone()).await.expect("a page").into_inner();
        seen.extend(
            page.members.iter().map(|member| (id(&member.organisation_id), id(&member.person_id))),
        );
        // Between two pages somebody goes where the list has been, and one where it is to come.
        if seen.len() == 4 {
            let (of_alpha, of_beta) = (seen[0].1, *all.iter().next_back().expect("somebody"));
            hanoi.transfers(world.alpha, world.beta, LATER, &[of_alpha]).await.expect("moved");
            hanoi.transfers(world.beta, world.alpha, LATER, &[of_beta]).await.expect("moved");
        }
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
    }
    assert!(seen.is_sorted());
    assert_eq!(seen.len(), 12);
    assert_eq!(seen.iter().map(|(_, person)| *person).collect::<BTreeSet<_>>(), all);
    assert_eq!(seen.iter().filter(|(union, _)| *union == world.alpha).count(), 7);

    let whole = |mut asked: pb::ListMembersRequest| {
        asked.page_size = 100;
        asked
    };
    let country =
        national.members.list_members(whole(roll(world.confederation, LATER, None))).await;
    assert_eq!(country.expect("a page").into_inner().members.len(), 12 + far.len());
    let before =
        hanoi.members.list_members(whole(roll(world.hanoi, date!(2024 - 02 - 01), None))).await;
    assert!(before.expect("a page").into_inner().members.is_empty());
    let elsewhere = hanoi.members.list_members(roll(world.hue, LATER, None)).await;
    assert_eq!(refused(elsewhere).0, "ORGANISATION_UNKNOWN");
    world.stop().await;
}

#[tokio::test]
async fn whose_a_number_is_is_told_as_it_was_known_and_nothing_of_others() {
    let world = World::start().await;
    let (mut hanoi, mut national) = (world.officer(), world.national());
    let before = OffsetDateTime::now_utc();
    let mine = hanoi.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted");
    national.admits(world.gamma, DAY, vec![person(2)]).await.expect("admitted");
    let ask = |number: u32, known_at: Option<OffsetDateTime>| pb::FindPersonRequest {
        identity_number: person(number).identity_number,
        known_at: known_at.map(instant),
        ..Default::default()
    };
    let found = hanoi.members.find_person(ask(1, None)).await.expect("found").into_inner();
    assert_eq!((id(&found.person_id), id(&found.organisation_id)), (mine[0], world.alpha));
    let then = Some(OffsetDateTime::now_utc());
    let found = hanoi.members.find_person(ask(1, then)).await.expect("found").into_inner();
    assert_eq!(id(&found.organisation_id), world.alpha);
    // One answer: of a number that nobody has, of one that nobody had yet, and of somebody elsewhere.
    let nobodys = refused(hanoi.members.find_person(ask(3, None)).await);
    assert_eq!(refused(hanoi.members.find_person(ask(2, None)).await), nobodys);
    assert_eq!(refused(hanoi.members.find_person(ask(1, Some(before))).await), nobodys);
    world.stop().await;
}
