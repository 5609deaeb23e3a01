//! Targets: who asks whom for what, and whether it was reached.

use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{TrainingCourseHeld, training_course_held};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{CongressHeld, EmployersRecorded, Office, employers_recorded};
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::{Actor, World, because, period, refused};
use chassis::parse::civil;

pub fn target(
    indicator: &str,
    unit: Uuid,
    days: (Date, Date),
    value: i64,
) -> pb::AssignTargetRequest {
    pb::AssignTargetRequest {
        request_id: Uuid::new_v4().to_string(),
        indicator: indicator.to_string(),
        organisation_id: unit.to_string(),
        period: Some(period(days)),
        value: Some(value),
        ..Default::default()
    }
}

pub async fn assign(
    actor: &mut Actor,
    target: pb::AssignTargetRequest,
) -> pb::AssignTargetResponse {
    actor.targets.assign_target(target).await.expect("assigned").into_inner()
}

fn by(issuer: Uuid, target: pb::AssignTargetRequest) -> pb::AssignTargetRequest {
    pb::AssignTargetRequest { issuer_id: issuer.to_string(), ..target }
}

const YEAR: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));

#[tokio::test]
async fn a_cascade_shows_shares_sums_and_revisions() {
    let world = World::start().await;
    let mut national = world.national();
    assign(&mut national, by(world.confederation, target("MBR_ADMITTED", world.hanoi, YEAR, 100)))
        .await;
    assign(&mut national, by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 30))).await;
    assign(&mut national, by(world.hanoi, target("MBR_ADMITTED", world.caugiay, YEAR, 60))).await;
    assign(&mut national, by(world.hanoi, target("MBR_ADMITTED", world.education, YEAR, 20))).await;
    let mut again = by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 40));
    again.assigned_on = Some(civil(date!(2021 - 06 - 01)));
    assert_eq!(assign(&mut national, again).await.revision, 2);

    let asked = pb::GetTargetCascadeRequest {
        organisation_id: world.hanoi.to_string(),
        indicator: "MBR_ADMITTED".to_string(),
        period: Some(period(YEAR)),
        ..Default::default()
    };
    let cascade = national.targets.get_target_cascade(asked).await.expect("told").into_inner();
    assert_eq!(cascade.assigned[0].value, 100);
    assert_eq!((cascade.children_sum, cascade.difference), (120, 20));
    assert_eq!(cascade.children.iter().map(|child| child.share_basis_points).sum::<i32>(), 10_000);
    let badinh = cascade
        .children
        .iter()
        .find(|child| child.name == "LĐLĐ quận Ba Đình")
        .expect("the district");
    let own = badinh.target.as_ref().expect("a target");
    assert_eq!((own.value, own.revision, badinh.share_basis_points), (40, 2, 3_333));
    assert_eq!(
        badinh.earlier_revisions.iter().map(|earlier| earlier.value).collect::<Vec<_>>(),
        [30]
    );
    world.stop().await;
}

#[tokio::test]
async fn what_is_open_on_a_day_is_listed_unit_by_unit() {
    let world = World::start().await;
    let mut national = world.national();
    assign(&mut national, by(world.confederation, target("MBR_ADMITTED", world.hanoi, YEAR, 100)))
        .await;
    assign(&mut national, by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 30))).await;
    let mut again = by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 40));
    again.assigned_on = Some(civil(date!(2021 - 06 - 01)));
    assign(&mut national, again).await;
    let next = (date!(2022 - 01 - 01), date!(2022 - 12 - 31));
    assign(&mut national, by(world.hanoi, target("ORG_FOUNDED", world.badinh, next, 5))).await;
    let last = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
    assign(&mut national, by(world.hanoi, target("ORG_FOUNDED", world.badinh, last, 7))).await;
    let asked = |units: &[Uuid], as_of| pb::ListOpenTargetsRequest {
        organisation_ids: units.iter().map(Uuid::to_string).collect(),
        as_of: Some(civil(as_of)),
    };
    let units = [world.badinh, world.hanoi, world.caugiay];
    let mut officer = world.officer();
    for (on, open, handed_down) in [
        (date!(2021 - 12 - 31), [2, 1, 0], [0, 2, 0]),
        (date!(2022 - 01 - 01), [1, 0, 0], [0, 1, 0]),
        (date!(2023 - 01 - 01), [0, 0, 0], [0, 0, 0]),
    ] {
        let answer = officer.targets.list_open_targets(asked(&units, on)).await.expect("listed");
        let answer = answer.into_inner().units;
        let ids: Vec<String> = answer.iter().map(|unit| unit.organisation_id.clone()).collect();
        assert_eq!(ids, units.map(|unit| unit.to_string()));
        assert_eq!(answer.iter().map(|unit| unit.open).collect::<Vec<_>>(), open, "{on}");
        let down: Vec<i32> = answer.iter().map(|unit| unit.handed_down).collect();
        assert_eq!(down, handed_down, "{on}");
        for unit in &answer {
            assert_eq!(unit.targets.len(), usize::try_from(unit.open).expect("few"));
        }
        if on == date!(2021 - 12 - 31) {
            let revised = &answer[0].targets[0];
            assert_eq!((revised.value, revised.revision), (40, 2), "the newest revision");
        }
    }

    let list = officer.targets.list_open_targets(asked(&[], YEAR.0)).await;
    assert_eq!(refused(list), because("LIST_EMPTY", "organisation_ids"));
    let many = vec![world.badinh; 1_001];
    let list = officer.targets.list_open_targets(asked(&many, YEAR.0)).await;
    assert_eq!(refused(list), because("LIST_TOO_LONG", "organisation_ids"));
    let list = officer.targets.list_open_targets(asked(&[world.badinh, world.hue], YEAR.0)).await;
    assert_eq!(refused(list), because("ORGANISATION_UNKNOWN", "organisation_ids[1]"));
    world.stop().await;
}

#[tokio::test]
async fn a_target_that_makes_no_sense_is_refused_with_its_reason() {
    let world = World::start().await;
    let mut officer = world.officer();
    let good = || by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 10));
    let cases = [
        (
            pb::AssignTargetRequest { indicator: "X".into(), ..good() },
            because("INDICATOR_UNKNOWN", "indicator"),
        ),
        (
            pb::AssignTargetRequest { issuer_name: "Huyện ủy".into(), ..good() },
            because("TARGET_ISSUER_AMBIGUOUS", "issuer_id"),
        ),
        (
            pb::AssignTargetRequest { value: Some(-1), ..good() },
            because("TARGET_VALUE_OUT_OF_RANGE", "value"),
        ),
        (
            pb::AssignTargetRequest {
                indicator: "DISS_ORG".into(),
                value_unit: pb::ValueUnit::Count.into(),
                ..good()
            },
            because("TARGET_COMPARATOR_UNFIT", "comparator"),
        ),
        (
            pb::AssignTargetRequest {
                comparator: pb::Comparator::MeanGreaterOrEqual.into(),
                ..good()
            },
            because("TARGET_COMPARATOR_UNFIT", "comparator"),
        ),
        // After the period it would be listed, and nothing would ever be held against it.
        (
            pb::AssignTargetRequest { assigned_on: Some(civil(date!(2022 - 01 - 01))), ..good() },
            because("TARGET_ASSIGNED_LATE", "assigned_on"),
        ),
        (
            pb::AssignTargetRequest { period: Some(period((YEAR.1, YEAR.0))), ..good() },
            because("PERIOD_REVERSED", "period"),
        ),
        (
            pb::AssignTargetRequest {
                sector_grouping: "BA_KHOI".into(),
                sector_group: "X".into(),
                ..good()
            },
            because("SECTOR_GROUP_UNKNOWN", "sector_group"),
        ),
        (
            pb::AssignTargetRequest { issuer_id: world.confederation.to_string(), ..good() },
            because("ORGANISATION_UNKNOWN", "issuer_id"),
        ),
        (
            pb::AssignTargetRequest { organisation_id: world.hue.to_string(), ..good() },
            because("ORGANISATION_UNKNOWN", "organisation_id"),
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(refused(officer.targets.assign_target(request).await), expected);
    }
    // What takes two bytes each as it comes, and some hundred once it is decoded, is not decoded.
    let crowd = pb::AssignTargetsRequest {
        request_id: Uuid::new_v4().to_string(),
        lines: vec![Default::default(); 200_001],
        ..Default::default()
    };
    let refusal = refused(officer.targets.assign_targets(crowd).await);
    assert_eq!(refusal.0, "MESSAGE_TOO_MANY_VALUES");
    // The same request answers the same; with another body it is refused.
    let request = good();
    let first = assign(&mut officer, request.clone()).await;
    assert_eq!(assign(&mut officer, request.clone()).await, first);
    let other = pb::AssignTargetRequest { value: Some(11), ..request };
    assert_eq!(refused(officer.targets.assign_target(other).await).0, "REQUEST_ID_REUSED");
    world.stop().await;
}

#[tokio::test]
async fn targets_of_a_year_are_met_or_missed_on_whole_numbers() {
    let world = World::start().await;
    let mut officer = world.officer();
    let agencies = world.loads_unions(world.caugiay, "HC", 100);
    let firms = world.loads_unions(world.caugiay, "NNN_TNHH", 20);
    for (indicator, value, comparator, group) in [
        ("RATING_GOOD", 9_500, pb::Comparator::Greater, "HCSN"),
        ("RATING_GOOD", 5_500, pb::Comparator::Greater, "NGOAI_NHA_NUOC"),
        ("DISS_ORG", 9_500, pb::Comparator::GreaterOrEqual, ""),
        ("DISS_PERSON", 9_500, pb::Comparator::GreaterOrEqual, ""),
        ("OFFICER_TRAINED", 10_000, pb::Comparator::Equal, ""),
    ] {
        let mut asked = by(world.caugiay, target(indicator, world.caugiay, YEAR, value));
        asked.comparator = comparator.into();
        if !group.is_empty() {
            asked.sector_grouping = "BA_KHOI".into();
            asked.sector_group = group.into();
        }
        assign(&mut officer, asked).await;
    }
    let mut mean = by(world.caugiay, target("PARTY_REFERRED", world.caugiay, YEAR, 1));
    mean.comparator = pb::Comparator::MeanGreaterOrEqual.into();
    mean.denominator_on = Some(civil(date!(2020 - 12 - 31)));
    assign(&mut officer, mean).await;

    // 95 of 100 agencies, 12 of 20 firms.
    let grade = |good: bool| if good { "HOAN_THANH_TOT" } else { "HOAN_THANH" };
    let rated = |unions: &[Uuid], good: usize| pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year: 2021,
        lines: unions
            .iter()
            .enumerate()
            .map(|(n, union)| pb::record_ratings_request::Line {
                organisation_id: union.to_string(),
                grade: grade(n < good).to_string(),
            })
            .collect(),
        ..Default::default()
    };
    officer.ratings.record_ratings(rated(&agencies, 95)).await.expect("rated");
    officer.ratings.record_ratings(rated(&firms, 12)).await.expect("rated");

    // 118 of 120 unions reached: members and workers.
    let activities = agencies
        .iter()
        .chain(&firms)
        .take(118)
        .flat_map(|union| [4, 9].map(|workers| (union, workers)))
        .map(|(union, workers_reached)| pb::Activity {
            organisation_id: union.to_string(),
            kind: pb::ActivityKind::Dissemination.into(),
            held_on: Some(civil(date!(2021 - 05 - 05))),
            members_reached: Some(10),
            workers_reached: Some(workers_reached),
            ..Default::default()
        })
        .collect();
    let request = pb::RecordActivitiesRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        activities,
    };
    officer.activities.record_activities(request).await.expect("recorded");
    let employers = agencies
        .iter()
        .chain(&firms)
        .map(|union| employers_recorded::Employer {
            employer_id: Uuid::now_v7().to_string(),
            surveyor_id: world.caugiay.to_string(),
            workforce: 21,
            union_ids: vec![union.to_string()],
            ..Default::default()
        })
        .collect();
    world.says(
        date!(2021 - 02 - 01),
        RegistryWhat::EmployersRecorded(EmployersRecorded { employers }),
    );

    // Three officers, two of them trained, one twice.
    let officers: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
    world.says(
        date!(2020 - 03 - 01),
        RegistryWhat::CongressHeld(CongressHeld {
            congress_id: Uuid::now_v7().to_string(),
            organisation_id: agencies[0].to_string(),
            offices: officers
                .iter()
                .map(|person| Office {
                    office_id: Uuid::now_v7().to_string(),
                    organisation_id: agencies[0].to_string(),
                    body: "EXECUTIVE".into(),
                    position: "MEMBER".into(),
                    person_id: person.to_string(),
                    from_on: Some(civil(date!(2020 - 03 - 01))),
                    term_until: None,
                })
                .collect(),
            ..Default::default()
        }),
    );
    let attends = |people: &[Uuid]| {
        let course = TrainingCourseHeld {
            course_id: Uuid::now_v7().to_string(),
            organisation_id: world.caugiay.to_string(),
            topics: vec!["UNION_WORK".into(), "CHARTER".into()],
            attendances: people
                .iter()
                .map(|person| training_course_held::Attendance {
                    person_id: person.to_string(),
                    organisation_id: agencies[0].to_string(),
                    attended_on: Some(civil(date!(2021 - 08 - 08))),
                })
                .collect(),
        };
        world.tells(date!(2021 - 08 - 08), MembershipWhat::TrainingCourseHeld(course));
    };
    attends(&officers[..2]);
    attends(&officers[1..2]);

    let measured = measure(&mut officer, world.caugiay).await;
    assert_eq!(
        measured,
        [
            ("95/100 (95%), chỉ tiêu trên 95%: chưa đạt".to_string(), false),
            ("12/20 (60%), chỉ tiêu trên 55%: đạt".to_string(), true),
            ("118/120 (98,33%), chỉ tiêu từ 95% trở lên: đạt".to_string(), true),
            ("2.242/2.520 (88,97%), chỉ tiêu từ 95% trở lên: chưa đạt".to_string(), false),
            ("2/3 (66,67%), chỉ tiêu đúng 100%: chưa đạt".to_string(), false),
            (
                "0 người trên 120 CĐCS (bình quân 0), chỉ tiêu bình quân từ 1 trở lên: chưa đạt"
                    .to_string(),
                false
            ),
        ]
    );
    assert_eq!(officer.value("TRAIN_HEADCOUNT", world.caugiay, YEAR, None).await, 2);
    assert_eq!(officer.value("TRAIN_ATTENDANCES", world.caugiay, YEAR, None).await, 3);

    // One more, rated again: 96 of 100, and the third officer is trained.
    officer.ratings.record_ratings(rated(&agencies[95..96], 1)).await.expect("rated again");
    attends(&officers[2..]);
    let measured = measure(&mut officer, world.caugiay).await;
    assert_eq!(measured[0], ("96/100 (96%), chỉ tiêu trên 95%: đạt".to_string(), true));
    assert_eq!(measured[4], ("3/3 (100%), chỉ tiêu đúng 100%: đạt".to_string(), true));

    for (indicator, additive) in [
        ("RATING_GOOD", true),
        ("DISS_ORG", true),
        ("DISS_PERSON", true),
        ("OFFICER_TRAINED", false),
        ("TRAIN_ATTENDANCES", true),
        ("OFFICER_STOCK", false),
        ("RATING_RATED", true),
    ] {
        let figure = officer.figure(indicator, world.caugiay, YEAR, None).await;
        let units = officer.explained(&figure, additive, 100).await;
        assert!(
            units.iter().all(|unit| unit.amount == 0 || !unit.changes.is_empty()),
            "{indicator}"
        );
    }
    // Our own acts are in the explanation with their place in our feed.
    let figure = officer.figure("RATING_RATED", world.caugiay, YEAR, None).await;
    let units = officer.explained(&figure, true, 100).await;
    assert!(units.iter().flat_map(|unit| &unit.changes).all(|change| {
        change.source == "reporting" && change.kind == "reporting.ratings_recorded"
    }));
    world.stop().await;
}

async fn measure(actor: &mut Actor, unit: Uuid) -> Vec<(String, bool)> {
    let asked = pb::MeasureTargetsRequest {
        organisation_id: unit.to_string(),
        period: Some(period(YEAR)),
        ..Default::default()
    };
    let answer = actor.targets.measure_targets(asked).await.expect("measured").into_inner();
    answer.targets.into_iter().map(|measured| (measured.text, measured.met)).collect()
}

#[tokio::test]
async fn a_target_without_a_value_is_refused_and_one_of_0_is_not() {
    let world = World::start().await;
    let mut officer = world.officer();
    let target = |value| pb::AssignTargetRequest {
        value,
        ..by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 0))
    };
    let answer = officer.targets.assign_target(target(None)).await;
    assert_eq!(refused(answer), because("FIELD_REQUIRED", "value"));
    assign(&mut officer, target(Some(0))).await;
    let activity = pb::Activity {
        organisation_id: world.badinh.to_string(),
        kind: pb::ActivityKind::Dissemination.into(),
        held_on: Some(civil(date!(2020 - 02 - 02))),
        members_reached: Some(3),
        ..Default::default()
    };
    let record = |activity| pb::RecordActivitiesRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: false,
        activities: vec![activity],
    };
    let answer = officer.activities.record_activities(record(activity.clone())).await;
    assert_eq!(refused(answer), because("FIELD_REQUIRED", "activities[0].workers_reached"));
    let whole = pb::Activity { workers_reached: Some(0), ..activity };
    officer.activities.record_activities(record(whole)).await.expect("recorded");
    world.stop().await;
}

#[tokio::test]
async fn a_name_that_spells_an_id_is_not_that_organisation() {
    let world = World::start().await;
    let mut officer = world.officer();
    let assigned = by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 5));
    assign(&mut officer, assigned.clone()).await;
    for name in [world.hanoi.to_string(), world.hanoi.to_string().to_uppercase()] {
        let named = pb::AssignTargetRequest {
            request_id: Uuid::new_v4().to_string(),
            issuer_id: String::new(),
            issuer_name: name,
            ..assigned.clone()
        };
        let answer = officer.targets.assign_target(named).await;
        assert_eq!(refused(answer), because("TARGET_ISSUER_AMBIGUOUS", "issuer_name"));
    }
    // Were it recorded all the same, by an earlier program, both are targets of their own.
    let pool = world.look().await;
    let twins: i64 = sqlx::query_scalar(
        "with twin as (
             insert into target
             select gen_random_uuid(), revision, indicator, organisation_id, period, null,
                    issuer_id::text, value, value_unit, comparator, denominator_on, sector_grouping,
                    sector_group, assigned_on, decision_id, recorded_at, act_id
             from target returning 1)
         select count(*) from twin",
    )
    .fetch_one(&pool)
    .await
    .expect("inserted");
    assert_eq!(twins, 1);
    world.stop().await;
}

/// Targets of every day and of every two days: whoever tries all ways to make up the period
/// never ends, and takes the threads that others' calls need.
#[tokio::test]
async fn a_report_over_targets_that_overlap_is_printed_at_once_and_hinders_nobody() {
    let world = World::start().await;
    let mut officer = world.officer();
    let first = date!(2021 - 01 - 01);
    let day = |n: i64| first + time::Duration::days(n);
    let mut targets = Vec::new();
    for n in 0..36 {
        for through in [n, n + 1] {
            targets.push(by(
                world.hanoi,
                target("ORG_FOUNDED", world.badinh, (day(n), day(through)), 1),
            ));
        }
    }
    for target in targets {
        assign(&mut officer, target).await;
    }
    // 38 days: nothing makes them up.
    let lines = officer.print("TONG_HOP", world.badinh, (first, day(37)), &[]).await;
    let lines = lines.expect("printed");
    assert!(
        lines.iter().any(|line| line.text == "Thành lập mới 0 CĐCS (chưa có chỉ tiêu được giao)")
    );
    // 37 days are made up, two at a time for as long as it goes.
    let lines = officer.print("TONG_HOP", world.badinh, (first, day(36)), &[]).await;
    assert!(lines.expect("printed").iter().any(|line| line.text.starts_with("Thành lập mới 0/")));
    world.stop().await;
}

#[tokio::test]
async fn a_cascade_in_which_everybody_assigns_to_everybody_below_is_shown_once() {
    let world = World::start().await;
    let mut national = world.national();
    let mut units: Vec<Uuid> = Vec::new();
    for _ in 0..33 {
        units.extend(world.loads_unions(world.badinh, "NNN_CP", 2));
    }
    national.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let mut issuers = vec![world.hanoi];
    let mut count = 0;
    for layer in units.chunks(2) {
        for issuer in &issuers {
            for unit in layer {
                let target = by(*issuer, target("MBR_ADMITTED", *unit, YEAR, 1));
                assign(&mut national, target).await;
                count += 1;
            }
        }
        issuers = layer.to_vec();
    }
    let asked = pb::GetTargetCascadeRequest {
        organisation_id: world.hanoi.to_string(),
        indicator: "MBR_ADMITTED".to_string(),
        period: Some(period(YEAR)),
        ..Default::default()
    };
    let cascade = national.targets.get_target_cascade(asked).await.expect("told").into_inner();
    fn shown(nodes: &[pb::CascadeNode]) -> usize {
        nodes.iter().map(|node| 1 + shown(&node.children)).sum()
    }
    // Thirty levels of it; what lies below is counted.
    assert_eq!(shown(&cascade.children), 2 + 29 * 4);
    assert_eq!(shown(&cascade.children) + usize::try_from(cascade.left_off).expect("few"), count);
    assert!(
        cascade.children[1].shown_elsewhere || cascade.children[0].shown_elsewhere || {
            // The first layer is met for the first time; from the second on every unit stands twice.
            let second = &cascade.children[1].children;
            second.iter().all(|node| node.shown_elsewhere && node.children_sum == 2)
        }
    );
    world.stop().await;
}

#[tokio::test]
async fn a_unit_has_so_many_targets_of_one_indicator_and_they_are_measured_page_by_page() {
    let world = World::start().await;
    let mut officer = world.officer();
    assign(&mut officer, by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 7))).await;
    // As if two issuers had set one for every month of decades.
    sqlx::query(
        "insert into target
         select gen_random_uuid(), 1, indicator, organisation_id,
                daterange('2021-01-01'::date + n::integer, '2021-01-02'::date + n::integer), issuer_id, issuer_name,
                value, value_unit, comparator, denominator_on, sector_grouping, sector_group,
                assigned_on, decision_id, recorded_at, act_id
         from target cross join generate_series(0, 998) n",
    )
    .execute(&world.look().await)
    .await
    .expect("inserted");
    let mut more = by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 7));
    more.issuer_id = String::new();
    more.issuer_name = "Quận ủy".into();
    let answer = officer.targets.assign_target(more).await;
    assert_eq!(refused(answer), because("TARGETS_TOO_MANY", "indicator"));
    // A revision makes none more, and another indicator has its own.
    assign(&mut officer, by(world.hanoi, target("MBR_ADMITTED", world.badinh, YEAR, 8))).await;
    assign(&mut officer, by(world.hanoi, target("ORG_FOUNDED", world.badinh, YEAR, 8))).await;

    let month = (YEAR.0, date!(2021 - 02 - 10));
    let mut asked = pb::MeasureTargetsRequest {
        organisation_id: world.badinh.to_string(),
        period: Some(period(month)),
        page_size: 15,
        ..Default::default()
    };
    let (mut ids, mut pages) = (std::collections::BTreeSet::new(), 0);
    loop {
        let page = officer.targets.measure_targets(asked.clone()).await.expect("measured");
        let page = page.into_inner();
        pages += 1;
        assert!(page.targets.len() <= 15);
        ids.extend(page.targets.into_iter().filter_map(|one| Some(one.target?.target_id)));
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
    }
    assert_eq!((ids.len(), pages), (41, 3));
    // A print stops at so many, and says how many more there are.
    let lines = officer.print("TONG_HOP", world.badinh, YEAR, &[]).await.expect("printed");
    assert!(lines.iter().any(|line| line.text == "… và 167 mục khác"), "{:?}", lines.last());
    world.stop().await;
}

#[tokio::test]
async fn targets_of_an_indicator_that_nobody_knows_are_not_none() {
    let world = World::start().await;
    let asked = |indicator: &str| pb::ListTargetsRequest {
        organisation_id: world.hanoi.to_string(),
        indicator: indicator.to_string(),
        ..Default::default()
    };
    let mut officer = world.officer();
    let answer = officer.targets.list_targets(asked("MBR_ADMITED")).await;
    assert_eq!(refused(answer), because("INDICATOR_UNKNOWN", "indicator"));
    let listed = officer.targets.list_targets(asked("MBR_ADMITTED")).await.expect("listed");
    assert!(listed.into_inner().targets.is_empty());
}

#[tokio::test]
async fn a_target_is_refused_to_whoever_exists_on_no_day_of_its_period() {
    let world = World::start().await;
    let mut officer = world.officer();
    let gone = world.founds(world.badinh, "HC", "CĐCS đã giải thể", date!(2015 - 01 - 01));
    world.ends(gone, world.badinh, None, date!(2021 - 01 - 01));
    let late = world.founds(world.badinh, "HC", "CĐCS mới", date!(2022 - 01 - 01));
    let absent = because("TARGET_UNIT_ABSENT", "organisation_id");
    for unit in [gone, late] {
        let asked = by(world.badinh, target("MBR_ADMITTED", unit, YEAR, 3));
        assert_eq!(refused(officer.targets.assign_target(asked).await), absent);
    }
    // On its last day the one is still there, and on the other's first day the other is.
    let last_year = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
    assign(&mut officer, by(world.badinh, target("MBR_ADMITTED", gone, last_year, 3))).await;
    let first_day = (date!(2021 - 02 - 01), date!(2022 - 01 - 01));
    assign(&mut officer, by(world.badinh, target("MBR_ADMITTED", late, first_day, 3))).await;
    world.stop().await;
}

/// Otherwise a district could say that the city asked something of it.
#[tokio::test]
async fn nobody_asks_in_the_name_of_a_superior_without_being_it() {
    let world = World::start().await;
    world.grants("district", "OFFICER", world.badinh);
    let mut district = world.actor("district");
    let named = |issuer: &str| pb::AssignTargetRequest {
        issuer_name: issuer.to_string(),
        ..target("MBR_ADMITTED", world.badinh, YEAR, 3)
    };
    let superior = because("TARGET_ISSUER_IS_ORGANISATION", "issuer_name");
    for issuer in
        ["LĐLĐ thành phố Hà Nội", "lđlđ thành phố hà nội", "Tổng Liên đoàn Lao động Việt Nam"]
    {
        assert_eq!(refused(district.targets.assign_target(named(issuer)).await), superior);
    }
    assign(&mut district, named("Quận ủy Ba Đình")).await;
    world.stop().await;
}
