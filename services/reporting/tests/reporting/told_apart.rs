//! Figures by what is said of what is counted: reasons, topics, grades, and the sex of people.

use std::collections::BTreeMap;

use chassis::parse::civil;
use proto::membership::v1 as members;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{TrainingCourseHeld, training_course_held};
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::world::{Actor, World, because, lines, period, query, refused};

const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
const RATED: (Date, Date) = (date!(2025 - 01 - 01), date!(2025 - 12 - 31));
const SPRING: Date = date!(2020 - 03 - 01);
const AUTUMN: Date = date!(2020 - 10 - 01);

/// A figure by a breakdown.
async fn by(
    actor: &mut Actor,
    indicator: &str,
    head: Uuid,
    breakdown: pb::Breakdown,
    as_of: Option<Date>,
) -> pb::Figure {
    let asked = pb::QueryFiguresRequest {
        breakdown: breakdown.into(),
        ..query(indicator, head, YEAR, as_of)
    };
    let answer = actor.figures.query_figures(asked).await.expect("counted").into_inner();
    answer.figures.into_iter().next().expect("a figure")
}

fn values(figure: &pb::Figure) -> Vec<(&str, &str, i64)> {
    figure.lines.iter().map(|line| (&*line.reason, &*line.head, line.value)).collect()
}

fn of_sex(figure: &pb::Figure) -> Vec<(pb::LineSex, &str, i64)> {
    figure.lines.iter().map(|line| (line.sex(), &*line.head, line.value)).collect()
}

/// Of one line, each with a reason and a sex, as the facts of the whole country say it.
async fn recounted(world: &World, code: &str) -> BTreeMap<(String, i16), i64> {
    let rows: Vec<(String, i16, i64)> = sqlx::query_as(
        "select reason, sex, sum(amount)::bigint from fact
         where code = $1 and on_date between $2 and $3
         group by reason, sex having sum(amount) <> 0",
    )
    .bind(code)
    .bind(YEAR.0)
    .bind(YEAR.1)
    .fetch_all(&world.look().await)
    .await
    .expect("recounted");
    rows.into_iter().map(|(reason, sex, amount)| ((reason, sex), amount)).collect()
}

#[tokio::test]
async fn exits_are_told_apart_by_reason_and_by_sex_and_both_sum_to_the_figure() {
    let world = World::start().await;
    let badinh = world.loads_unions(world.badinh, "HC", 2);
    let caugiay = world.loads_unions(world.caugiay, "NNN_CP", 1);
    for union in badinh.iter().chain(&caugiay) {
        world.admits(*union, SPRING, 20);
    }
    world.exits(badinh[0], AUTUMN, members::ExitReason::Retired, 4);
    world.exits(badinh[1], AUTUMN, members::ExitReason::Retired, 2);
    world.exits(badinh[1], AUTUMN, members::ExitReason::Died, 1);
    world.exits(caugiay[0], AUTUMN, members::ExitReason::Resigned, 7);
    // Of somebody nothing is known but that she left.
    let nobody_knows = members::MembersExited {
        exit_id: Uuid::now_v7().to_string(),
        organisation_id: caugiay[0].to_string(),
        reason: members::ExitReason::Died.into(),
        lines: vec![members::MemberLine { sex: 0, ..lines(1)[0].clone() }],
        registry_act_id: String::new(),
    };
    world.tells(AUTUMN, MembershipWhat::MembersExited(nobody_knows));
    let mut officer = world.officer();

    for as_of in [None, Some(YEAR.1)] {
        let exits = by(&mut officer, "MBR_EXITED", world.hanoi, pb::Breakdown::Reason, as_of).await;
        assert_eq!(
            values(&exits),
            [
                ("DIED", "từ trần", 2),
                ("RESIGNED", "xin ra khỏi công đoàn", 7),
                ("RETIRED", "nghỉ hưu", 6),
            ]
        );
        assert!(exits.lines.iter().all(|line| line.kind() == pb::LineKind::Reason));
        assert_eq!(exits.value, 15);
        let exits = by(&mut officer, "MBR_EXITED", world.hanoi, pb::Breakdown::Sex, as_of).await;
        use pb::LineSex::{Female, Male, Unspecified};
        assert_eq!(
            of_sex(&exits),
            [(Unspecified, "chưa rõ giới tính", 1), (Male, "nam", 7), (Female, "nữ", 7)]
        );
        assert!(exits.lines.iter().all(|line| line.kind() == pb::LineKind::Sex));
        // Whoever was admitted and did not leave is there.
        let there = by(&mut officer, "MBR_STOCK", world.hanoi, pb::Breakdown::Sex, as_of).await;
        assert_eq!(
            of_sex(&there),
            [(Unspecified, "chưa rõ giới tính", -1), (Male, "nam", 14), (Female, "nữ", 32)]
        );
        assert_eq!(there.value, 45);
    }

    // Crossed, in whatever order it is asked, with what tells units apart and with each other.
    let mut table = async |breakdowns: [pb::Breakdown; 2]| {
        let asked = pb::TabulateFiguresRequest {
            indicators: vec!["MBR_EXITED".to_string()],
            organisation_ids: vec![world.hanoi.to_string()],
            periods: vec![period(YEAR)],
            breakdowns: breakdowns.map(i32::from).to_vec(),
            ..Default::default()
        };
        officer.table(asked).await.expect("a table").rows.remove(0)
    };
    let district = |id: Uuid| id.to_string();
    for breakdowns in [
        [pb::Breakdown::Child, pb::Breakdown::Reason],
        [pb::Breakdown::Reason, pb::Breakdown::Child],
    ] {
        let row = table(breakdowns).await;
        let lines: BTreeMap<(String, String), i64> = row
            .lines
            .iter()
            .map(|line| ((line.organisation_id.clone(), line.reason.clone()), line.value))
            .collect();
        let expected = [
            ((district(world.badinh), "RETIRED".to_string()), 6),
            ((district(world.badinh), "DIED".to_string()), 1),
            ((district(world.caugiay), "RESIGNED".to_string()), 7),
            ((district(world.caugiay), "DIED".to_string()), 1),
        ];
        assert_eq!(lines, BTreeMap::from(expected));
        assert!(row.lines.iter().any(|line| line.head == "LĐLĐ quận Ba Đình · nghỉ hưu"));
    }
    let row = table([pb::Breakdown::Sex, pb::Breakdown::Reason]).await;
    let both: BTreeMap<(String, i16), i64> = row
        .lines
        .iter()
        .map(|line| ((line.reason.clone(), i16::try_from(line.sex).expect("a sex")), line.value))
        .collect();
    assert_eq!(both, recounted(&world, "MBR_EXITED").await);
    assert!(row.lines.iter().any(|line| line.head == "nghỉ hưu · nữ"));
    let row = table([pb::Breakdown::Sector, pb::Breakdown::Sex]).await;
    let of_sector: i64 =
        row.lines.iter().filter(|line| line.sector == "HC").map(|line| line.value).sum();
    assert_eq!(of_sector, 7);
    world.stop().await;
}

#[tokio::test]
async fn who_was_trained_on_two_topics_is_in_two_lines_and_counts_once() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "HC", 2);
    let both = Uuid::now_v7();
    let course = |topics: &[&str], union: Uuid, people: &[Uuid]| TrainingCourseHeld {
        course_id: Uuid::now_v7().to_string(),
        organisation_id: union.to_string(),
        topics: topics.iter().map(|topic| (*topic).to_string()).collect(),
        attendances: people
            .iter()
            .map(|person| training_course_held::Attendance {
                person_id: person.to_string(),
                organisation_id: union.to_string(),
                attended_on: Some(civil(SPRING)),
            })
            .collect(),
    };
    for held in [
        course(&["CHARTER"], unions[0], &[both, Uuid::now_v7(), Uuid::now_v7()]),
        course(&["UNION_WORK"], unions[1], &[both]),
        course(&[], unions[1], &[Uuid::now_v7()]),
    ] {
        world.tells(SPRING, MembershipWhat::TrainingCourseHeld(held));
    }
    let mut officer = world.officer();
    let trained =
        by(&mut officer, "TRAIN_HEADCOUNT", world.hanoi, pb::Breakdown::Reason, None).await;
    assert_eq!(trained.value, 4);
    assert_eq!(
        values(&trained),
        [
            ("", "không nêu", 1),
            ("CHARTER", "Điều lệ Công đoàn Việt Nam", 3),
            ("UNION_WORK", "nghiệp vụ công tác công đoàn", 1),
        ]
    );
    // One that is filtered has the lines of its filter.
    let of_charter =
        by(&mut officer, "TRAIN_CHARTER_HEADCOUNT", world.hanoi, pb::Breakdown::Reason, None).await;
    assert_eq!((of_charter.value, of_charter.lines.len()), (3, 2));
    world.stop().await;
}

#[tokio::test]
async fn unions_are_told_apart_by_the_grades_that_they_were_given() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "HC", 5);
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.hanoi, RATED, None).await;
    let grades = ["HOAN_THANH_TOT", "HOAN_THANH_TOT", "HOAN_THANH", "HOAN_THANH_XUAT_SAC"];
    let request = pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year: 2025,
        lines: unions
            .iter()
            .zip(grades)
            .map(|(union, grade)| pb::record_ratings_request::Line {
                organisation_id: union.to_string(),
                grade: grade.to_string(),
            })
            .collect(),
        ..Default::default()
    };
    officer.ratings.record_ratings(request).await.expect("recorded");
    let asked = pb::QueryFiguresRequest {
        breakdown: pb::Breakdown::Reason.into(),
        ..query("RATING_RATED", world.hanoi, RATED, None)
    };
    let answer = officer.figures.query_figures(asked).await.expect("counted").into_inner();
    let rated = &answer.figures[0];
    let values: BTreeMap<&str, i64> =
        rated.lines.iter().map(|line| (&*line.reason, line.value)).collect();
    assert_eq!(rated.value, 4);
    assert_eq!(
        values,
        BTreeMap::from([
            ("BON_MUC.HOAN_THANH", 1),
            ("BON_MUC.HOAN_THANH_TOT", 2),
            ("BON_MUC.HOAN_THANH_XUAT_SAC", 1),
        ])
    );
    world.stop().await;
}

#[tokio::test]
async fn what_an_indicator_is_not_told_apart_by_is_refused_and_the_list_says_what_it_is() {
    let world = World::start().await;
    let mut officer = world.officer();
    let listed = officer.figures.list_indicators(pb::ListIndicatorsRequest {}).await;
    let listed = listed.expect("listed").into_inner().indicators;
    let mut told_apart = [0, 0];
    for indicator in &listed {
        for (n, breakdown) in [pb::Breakdown::Reason, pb::Breakdown::Sex].into_iter().enumerate() {
            let asked = pb::QueryFiguresRequest {
                breakdown: breakdown.into(),
                ..query(&indicator.code, world.hanoi, YEAR, None)
            };
            let answer = officer.figures.query_figures(asked).await;
            if indicator.breakdowns().any(|known| known == breakdown) {
                answer.expect("counted");
                told_apart[n] += 1;
            } else {
                let refused = refused(answer);
                assert_eq!(refused, because("BREAKDOWN_NOT_OF_INDICATOR", "indicators[0]"));
            }
        }
    }
    assert!(told_apart[0] > 20 && told_apart[1] >= 5, "{told_apart:?}");
    // Of many indicators, one is enough.
    let asked = pb::TabulateFiguresRequest {
        indicators: vec!["MBR_EXITED".to_string(), "ORG_STOCK".to_string()],
        organisation_ids: vec![world.hanoi.to_string()],
        periods: vec![period(YEAR)],
        breakdowns: vec![pb::Breakdown::Child.into(), pb::Breakdown::Reason.into()],
        ..Default::default()
    };
    let one = refused(officer.table(asked).await);
    assert_eq!(one, because("BREAKDOWN_NOT_OF_INDICATOR", "indicators[1]"));
    let asked = pb::GetDistributionRequest {
        organisation_id: world.hanoi.to_string(),
        year: 2020,
        breakdown: pb::Breakdown::Sex.into(),
        ..Default::default()
    };
    let of_ratings = refused(officer.ratings.get_distribution(asked).await);
    assert_eq!(of_ratings, because("BREAKDOWN_NOT_OF_INDICATOR", "breakdown"));
    world.stop().await;
}
