//! A plan that is done and taken back, as figures and members tell it: before it, meanwhile,
//! and once it is undone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use congdoan::plan;
use proto::gateway::v1::ReviewPlanRequest;
use proto::gateway::v1::review_plan_response::Step;
use proto::membership::v1::CountMembersRequest;
use proto::registry::v1::plan_step::Kind;
use proto::registry::v1::{
    CreatePlanRequest, EndKind, GetOrganisationRequest, MembersOutcome, OrganisationStatus,
    PlanStep,
};
use proto::reporting::v1::{
    AssignTargetRequest, Breakdown, Comparator, GetBookRequest, ListIndicatorsRequest,
    QueryFiguresRequest, Tree, ValueUnit,
};
use stage::made_up::{basis, on, people, period, request_id};
use system::Client;
use tests::world::{Unit, World};
use time::Date;
use time::macros::date;
use uuid::Uuid;

/// The plan's date.
const ON: Date = date!(2025 - 07 - 01);
const AFTER: Date = date!(2025 - 12 - 31);
const PERIODS: [(Date, Date); 2] =
    [(date!(2015 - 01 - 01), date!(2025 - 06 - 30)), (date!(2025 - 01 - 01), AFTER)];
const TREES: [Option<Date>; 3] = [None, Some(date!(2025 - 06 - 30)), Some(ON)];

/// Two districts of the province, the unions of both, and how many members each has.
struct Province {
    first: Unit,
    second: Unit,
    unions: Vec<Unit>,
}

impl Province {
    const MEMBERS: [i32; 5] = [3, 2, 4, 1, 6];
    /// The first union went into the second, and the third was dissolved.
    const PLANNED: [i32; 5] = [0, 5, 0, 1, 6];

    async fn of(world: &World) -> Self {
        let (first, second) = (world.district("T-01-A").await, world.district("T-01-B").await);
        let mut unions = world.unions(&first, 3).await;
        unions.extend(world.unions(&second, 2).await);
        for (union, members) in unions.iter().zip(Self::MEMBERS) {
            let members = usize::try_from(members).expect("few");
            world.admit(union, date!(2019 - 01 - 01), people(members)).await;
        }
        Self { first, second, unions }
    }

    /// A union of communes takes over from the first district; one of its unions merges into
    /// another, one is dissolved, and one of the second district's moves there.
    fn steps(&self, province: &Unit) -> Vec<PlanStep> {
        let code = |n: usize| self.unions[n].code.clone();
        let commune = "T-01-CX".to_owned();
        let mut steps = vec![
            PlanStep {
                kind: Kind::Found.into(),
                unit: commune.clone(),
                name: "Công đoàn xã Thử".to_owned(),
                r#type: "CD_XA".to_owned(),
                superior: province.code.clone(),
                ..PlanStep::default()
            },
            PlanStep {
                kind: Kind::End.into(),
                unit: self.first.code.clone(),
                end_kind: EndKind::Terminated.into(),
                successor: commune.clone(),
                members_outcome: MembersOutcome::Rehomed.into(),
                rehome_to: commune.clone(),
                subordinates_to: commune.clone(),
                ..PlanStep::default()
            },
            PlanStep {
                kind: Kind::End.into(),
                unit: code(0),
                end_kind: EndKind::Merged.into(),
                successor: code(1),
                members_outcome: MembersOutcome::Rehomed.into(),
                rehome_to: code(1),
                ..PlanStep::default()
            },
            PlanStep {
                kind: Kind::End.into(),
                unit: code(2),
                end_kind: EndKind::Dissolved.into(),
                members_outcome: MembersOutcome::MembershipEnds.into(),
                ..PlanStep::default()
            },
            PlanStep {
                kind: Kind::HandOver.into(),
                unit: code(3),
                superior: commune,
                ..PlanStep::default()
            },
            PlanStep {
                kind: Kind::Rename.into(),
                unit: code(1),
                name: "Công đoàn cơ sở Sau sắp xếp".to_owned(),
                ..PlanStep::default()
            },
        ];
        for (line, step) in (1..).zip(&mut steps) {
            step.line = line;
        }
        steps
    }
}

/// A figure: numerator, denominator, and its lines by kind and organisation.
type Told = (i64, i64, Vec<(i32, String, i64)>);

/// A document was issued, whatever becomes of the plan that rested on it: undoing takes none back.
const DOCUMENTS: &str = "DECISION_ISSUED";

/// Every figure of these organisations but that of documents, in every period, on every tree.
async fn figures(client: &Client, heads: &[&Unit]) -> BTreeMap<String, Told> {
    let listed = client.figures().list_indicators(ListIndicatorsRequest {}).await.expect("listed");
    let listed = listed.into_inner().indicators.into_iter().map(|indicator| indicator.code);
    let indicators: Vec<String> = listed.filter(|code| code != DOCUMENTS).collect();
    let mut told = BTreeMap::new();
    for head in heads {
        for (from, through) in PERIODS {
            for as_of in TREES {
                for indicators in indicators.chunks(50) {
                    let ask = QueryFiguresRequest {
                        indicators: indicators.to_vec(),
                        organisation_id: head.id.clone(),
                        period: period(from, through),
                        tree: Some(Tree { as_of: as_of.and_then(on) }),
                        breakdown: Breakdown::Child.into(),
                        ..QueryFiguresRequest::default()
                    };
                    let answer = client.figures().query_figures(ask).await.expect("answered");
                    for figure in answer.into_inner().figures {
                        let code = &head.code;
                        let of = format!("{} of {code}, {through}, {as_of:?}", figure.indicator);
                        let mut lines: Vec<_> = figure
                            .lines
                            .into_iter()
                            .map(|line| (line.kind, line.organisation_id, line.value))
                            .collect();
                        lines.sort_unstable();
                        told.insert(of, (figure.numerator, figure.denominator, lines));
                    }
                }
            }
        }
    }
    told
}

/// The unions of the province by its subordinates on the plan's date, as figures tell it; and
/// whether the book of the year balances.
async fn by_subordinate(client: &Client, province: &str) -> BTreeMap<String, i64> {
    let ask = QueryFiguresRequest {
        indicators: vec!["ORG_STOCK".to_owned()],
        organisation_id: province.to_owned(),
        period: period(ON, ON),
        breakdown: Breakdown::Child.into(),
        ..QueryFiguresRequest::default()
    };
    let figure = client.figures().query_figures(ask).await.expect("told").into_inner().figures;
    let lines = figure.into_iter().flat_map(|figure| figure.lines);
    let told = lines.map(|line| (line.organisation_id, line.value)).collect();
    let ask = GetBookRequest {
        organisation_id: province.to_owned(),
        period: period(date!(2025 - 01 - 01), AFTER),
        tree: None,
        known_at: None,
    };
    // Several statements on both sides of an act would not balance.
    let book = client.figures().get_book(ask).await.expect("a book").into_inner();
    assert!(book.unions.expect("unions").balanced && book.members.expect("members").balanced);
    told
}

/// The members of each union on a day, as membership tells it.
async fn members(client: &Client, unions: &[String], day: Date) -> Vec<i32> {
    let ask =
        CountMembersRequest { organisation_ids: unions.to_vec(), as_of: on(day), known_at: None };
    let counts = client.memberships().count_members(ask).await.expect("counted").into_inner();
    counts.counts.iter().map(|count| count.members).collect()
}

/// Those who look without pause, until they are told to stop, and what they saw.
struct Onlookers {
    stop: Arc<AtomicBool>,
    of_reporting: tokio::task::JoinHandle<Vec<BTreeMap<String, i64>>>,
    of_membership: tokio::task::JoinHandle<Vec<Vec<i32>>>,
}

impl Onlookers {
    fn begin(world: &World, unions: &[Unit]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (client, province, stopped) =
            (world.administrator(), world.province.id.clone(), stop.clone());
        let of_reporting = tokio::spawn(async move {
            let mut seen: Vec<BTreeMap<String, i64>> = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let told = by_subordinate(&client, &province).await;
                if seen.last() != Some(&told) {
                    seen.push(told);
                }
            }
            seen
        });
        let (client, stopped) = (world.administrator(), stop.clone());
        let unions: Vec<String> = unions.iter().map(|union| union.id.clone()).collect();
        let of_membership = tokio::spawn(async move {
            let mut seen: Vec<Vec<i32>> = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let told = members(&client, &unions, ON).await;
                if seen.last() != Some(&told) {
                    seen.push(told);
                }
            }
            seen
        });
        Self { stop, of_reporting, of_membership }
    }

    async fn end(self) -> (Vec<BTreeMap<String, i64>>, Vec<Vec<i32>>) {
        self.stop.store(true, Ordering::Relaxed);
        (self.of_reporting.await.expect("looked"), self.of_membership.await.expect("looked"))
    }
}

async fn create(client: &Client, province: &Unit) -> Uuid {
    let create = CreatePlanRequest {
        request_id: request_id(),
        organisation_id: province.id.clone(),
        name: "Sắp xếp".to_owned(),
        basis: basis(ON),
        ..CreatePlanRequest::default()
    };
    let created = client.plans().create_plan(create).await.expect("created").into_inner();
    Uuid::parse_str(&created.plan_id).expect("an id")
}

async fn assign(client: &Client, issuer: &Unit, unit: &Unit) {
    let target = AssignTargetRequest {
        request_id: request_id(),
        indicator: "MBR_ADMITTED".to_owned(),
        organisation_id: unit.id.clone(),
        period: period(date!(2025 - 01 - 01), AFTER),
        issuer_id: issuer.id.clone(),
        value: Some(10),
        value_unit: ValueUnit::Count.into(),
        comparator: Comparator::GreaterOrEqual.into(),
        ..AssignTargetRequest::default()
    };
    client.targets().assign_target(target).await.expect("assigned");
}

async fn review(client: &Client, plan_id: Uuid) -> Vec<Step> {
    let (mut steps, mut page_token) = (Vec::new(), String::new());
    loop {
        let plan_id = plan_id.to_string();
        let ask = ReviewPlanRequest { plan_id, page_size: 4, page_token };
        let page = client.gateway().review_plan(ask).await.expect("reviewed").into_inner();
        assert_eq!((page.absent_parts, page.effective_on), (vec![], on(ON)));
        steps.extend(page.steps);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return steps;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_and_members_are_as_before_once_a_plan_is_undone_and_never_half_of_it() {
    let world = World::start().await;
    let province = Province::of(&world).await;
    let client = world.administrator();
    assign(&client, &world.province, &province.first).await;
    assign(&client, &province.first, &province.unions[0]).await;
    world.settled().await;
    let ids: Vec<String> = province.unions.iter().map(|union| union.id.clone()).collect();
    let heads = [
        &world.province,
        &province.first,
        &province.second,
        &province.unions[0],
        &province.unions[2],
    ];

    let told_before = figures(&client, &heads).await;
    let by_subordinate_before = by_subordinate(&client, &world.province.id).await;
    assert_eq!(members(&client, &ids, ON).await, Province::MEMBERS);

    let plan_id = create(&client, &world.province).await;
    plan::send(&client, plan_id, province.steps(&world.province)).await.expect("added");
    let found = plan::dry_run(&client, plan_id).await.expect("tried");
    assert_eq!(found.conflicts, 0);

    // What it will do to members and quotas, from three services.
    let reviewed = review(&client, plan_id).await;
    let first_union = &reviewed[2];
    let losing = first_union.members.as_ref().expect("members");
    assert_eq!((losing.members, &losing.to_organisation_id), (3, &ids[1]));
    let quotas: Vec<_> = reviewed
        .iter()
        .map(|step| step.quotas.as_ref().map(|of| (of.open, of.handed_down)))
        .collect();
    let some = |open, handed_down| Some((open, handed_down));
    assert_eq!(quotas, [None, some(1, 1), some(1, 0), some(0, 0), some(0, 0), some(0, 0)]);
    let going: Vec<_> =
        reviewed.iter().map(|step| step.members.as_ref().map(|of| of.members)).collect();
    assert_eq!(going, [None, Some(0), Some(3), Some(4), Some(1), Some(2)]);

    let onlookers = Onlookers::begin(&world, &province.unions);
    plan::commit(&client, plan_id).await.expect("committed");
    // Read with what the commit answered: what is printed now has seen it.
    let by_subordinate_planned = by_subordinate(&client, &world.province.id).await;
    assert_ne!(by_subordinate_planned, by_subordinate_before);
    world.settled().await;
    assert_eq!(members(&client, &ids, ON).await, Province::PLANNED);
    assert_eq!(members(&client, &ids, date!(2025 - 06 - 30)).await, Province::MEMBERS);
    let told_planned = figures(&client, &heads).await;
    assert_ne!(told_planned, told_before);
    let meanwhile = std::time::SystemTime::now();

    plan::undo(&client, plan_id).await.expect("undone");
    assert_eq!(by_subordinate(&client, &world.province.id).await, by_subordinate_before);
    world.settled().await;
    for (day, are) in [(date!(2025 - 06 - 30), Province::MEMBERS), (ON, Province::MEMBERS)] {
        assert_eq!(members(&client, &ids, day).await, are, "on {day}");
    }
    let told_after = figures(&client, &heads).await;
    let wrong: Vec<_> = told_before
        .iter()
        .filter(|(of, told)| told_after.get(*of) != Some(told))
        .map(|(of, told)| format!("{of}: {told:?} before, {:?} after", told_after.get(of)))
        .collect();
    assert!(wrong.is_empty(), "{} figures: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);

    let (of_reporting, of_membership) = onlookers.end().await;
    let half: Vec<_> = of_reporting
        .iter()
        .filter(|told| ![&by_subordinate_before, &by_subordinate_planned].contains(told))
        .collect();
    assert!(half.is_empty(), "half a plan in reporting: {half:?}");
    let half: Vec<_> = of_membership
        .iter()
        .filter(|told| ![Province::MEMBERS.as_slice(), &Province::PLANNED].contains(&&told[..]))
        .collect();
    assert!(half.is_empty(), "half a plan in membership: {half:?}");

    // What was known in between stays to be asked.
    for (known_at, status) in
        [(Some(meanwhile.into()), OrganisationStatus::Ended), (None, OrganisationStatus::Active)]
    {
        let ask =
            GetOrganisationRequest { organisation_id: ids[0].clone(), as_of: on(AFTER), known_at };
        let known = client.organisations().get_organisation(ask).await.expect("known");
        let known = known.into_inner().organisation.expect("an organisation");
        assert_eq!(known.status(), status);
    }
}
