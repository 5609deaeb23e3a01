//! Who may say what in a round of rating, until when, and how a round ends.

use chassis::database::today;
use chassis::parse::civil;
use proto::reporting::v1 as pb;
use time::Duration;
use uuid::Uuid;

use crate::rating_rounds::{
    DAYS, GOOD, answering, appealing, appraised, appraising, closing, decides, deciding, history,
    opening, opens, scoring, state,
};
use crate::world::{World, because, refused};

#[tokio::test]
async fn a_union_does_not_rate_itself_and_officers_elsewhere_find_nothing() {
    let world = World::start().await;
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let others = world.loads_unions(world.caugiay, "NNN_CP", 1)[0];
    for (who, of) in [("clerk", union), ("district", world.badinh), ("other", world.caugiay)] {
        world.grants(who, "OFFICER", of);
    }
    world.grants("reader", "READER", world.hanoi);
    let decision = decides(&world, world.hanoi);
    let [mut clerk, mut district, mut other, mut reader] =
        ["clerk", "district", "other", "reader"].map(|who| world.actor(who));
    let round = opens(&mut world.officer(), world.hanoi).await.round_id;
    let round = round.as_str();
    let marks = [300, 300, 100, 0];

    // Another district's officer, and whoever may only read.
    let unknown = || because("ORGANISATION_UNKNOWN", "organisation_id");
    let answer = other.ratings.submit_self_score(scoring(round, union, marks)).await;
    assert_eq!(refused(answer), unknown());
    let answer = reader.ratings.submit_self_score(scoring(round, union, marks)).await;
    assert_eq!(refused(answer).0, "PERMISSION_DENIED");
    clerk.ratings.submit_self_score(scoring(round, union, marks)).await.expect("scored");
    let answer = other.ratings.appraise_rating(appraising(round, union, marks)).await;
    assert_eq!(refused(answer), unknown());
    // The union's own officer holds the same role, on the union only.
    let answer = clerk.ratings.appraise_rating(appraising(round, union, marks)).await;
    assert_eq!(refused(answer), because("RATING_OF_OWN_UNION", "organisation_id"));
    district.ratings.appraise_rating(appraising(round, union, marks)).await.expect("appraised");
    let own = because("RATING_OF_OWN_UNION", "lines[0].organisation_id");
    let answer = clerk.ratings.decide_ratings(deciding(round, &decision, &[union])).await;
    assert_eq!(refused(answer), own);
    // One of another's is refused with the line, and neither is decided.
    let answer =
        district.ratings.decide_ratings(deciding(round, &decision, &[union, others])).await;
    assert_eq!(refused(answer), because("ORGANISATION_UNKNOWN", "lines[1].organisation_id"));
    assert_eq!(state(&mut clerk, round, union).await, pb::RatingState::Appraised);
    let twice = deciding(round, &decision, &[union, union]);
    let answer = district.ratings.decide_ratings(twice).await;
    assert_eq!(refused(answer), because("LINE_REPEATED", "lines[1].organisation_id"));
    let asked = deciding(round, &decision, &[union]);
    district.ratings.decide_ratings(asked).await.expect("decided");
    clerk.ratings.appeal_rating(appealing(round, union)).await.expect("appealed");
    let answer = clerk.ratings.answer_appeal(answering(round, union)).await;
    assert_eq!(refused(answer), because("RATING_OF_OWN_UNION", "organisation_id"));

    // Only who opened it ends it; to a district it is no round of its own.
    let ended = || because("RATING_ROUND_UNKNOWN", "round_id");
    assert_eq!(refused(district.ratings.close_round(closing(round, "x")).await), ended());
    let withdrawal = pb::WithdrawRoundRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: round.to_string(),
        reason: "Mở nhầm".to_string(),
        ..Default::default()
    };
    let answer = district.ratings.withdraw_round(withdrawal).await;
    assert_eq!(refused(answer), ended());

    // Each reads what is theirs: a round at a place below it, and the unions there.
    let asked = |below: Option<Uuid>| pb::GetRoundRequest {
        round_id: round.to_string(),
        organisation_id: below.map(|below| below.to_string()).unwrap_or_default(),
    };
    assert_eq!(refused(other.ratings.get_round(asked(None)).await), ended());
    assert_eq!(refused(other.ratings.get_round(asked(Some(world.badinh))).await), ended());
    let told = other.ratings.get_round(asked(Some(world.caugiay))).await.expect("told");
    assert!(told.into_inner().counts.is_empty());
    let told = reader.ratings.get_round(asked(None)).await.expect("told").into_inner();
    let counts: Vec<_> = told.counts.iter().map(|it| (it.state(), it.unions)).collect();
    use pb::RatingState::{Appealed, AwaitingSelfScore};
    assert_eq!(counts, [(AwaitingSelfScore, 1), (Appealed, 1)]);
    let listing = |head: Uuid| pb::ListRatingsRequest {
        round_id: round.to_string(),
        organisation_id: head.to_string(),
        ..Default::default()
    };
    let listed = other.ratings.list_ratings(listing(world.caugiay)).await.expect("listed");
    let listed: Vec<_> =
        listed.into_inner().ratings.into_iter().map(|one| one.organisation_id).collect();
    assert_eq!(listed, [others.to_string()]);
    let answer = other.ratings.list_ratings(listing(world.badinh)).await;
    assert_eq!(refused(answer), unknown());
    let asked = pb::GetRatingRequest {
        organisation_id: union.to_string(),
        round_id: round.to_string(),
        ..Default::default()
    };
    assert_eq!(refused(other.ratings.get_rating(asked).await), unknown());
    world.stop().await;
}

#[tokio::test]
async fn an_appeal_is_taken_in_its_time_and_may_end_in_another_grade() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 2);
    let decision = decides(&world, world.hanoi);
    let mut officer = world.officer();
    let round = opens(&mut officer, world.badinh).await.round_id;
    let round = round.as_str();
    for union in &unions {
        appraised(&mut officer, round, *union, [300, 300, 90, 0]).await;
    }
    officer.ratings.decide_ratings(deciding(round, &decision, &unions)).await.expect("decided");
    let figure = officer.figure("RATING_GOOD", world.badinh, DAYS, None).await;
    assert_eq!((figure.value, figure.denominator), (0, 2));

    // The second union's decision is sixteen days old.
    let look = world.look().await;
    sqlx::query(
        "update rating_of_round set decided_on = decided_on - 16 where organisation_id = $1",
    )
    .bind(unions[1])
    .execute(&look)
    .await
    .expect("aged");
    let answer = officer.ratings.appeal_rating(appealing(round, unions[1])).await;
    assert_eq!(refused(answer), because("RATING_APPEAL_LATE", "organisation_id"));
    let silent = pb::AppealRatingRequest { reason: String::new(), ..appealing(round, unions[0]) };
    let answer = officer.ratings.appeal_rating(silent).await;
    assert_eq!(refused(answer), because("FIELD_REQUIRED", "reason"));
    // On the fifteenth day it is not too late.
    sqlx::query(
        "update rating_of_round set decided_on = decided_on - 15 where organisation_id = $1",
    )
    .bind(unions[0])
    .execute(&look)
    .await
    .expect("aged");
    officer.ratings.appeal_rating(appealing(round, unions[0])).await.expect("appealed");

    let otherwise = |grade: &str, decision: &str| pb::AnswerAppealRequest {
        grade: grade.to_string(),
        decision_id: decision.to_string(),
        ..answering(round, unions[0])
    };
    let answer = officer.ratings.answer_appeal(otherwise("KHA", &decision)).await;
    assert_eq!(refused(answer), because("RATING_GRADE_UNKNOWN", "grade"));
    let answer = officer.ratings.answer_appeal(otherwise(GOOD, "")).await;
    assert_eq!(refused(answer), because("FIELD_REQUIRED", "decision_id"));
    let answer = officer.ratings.answer_appeal(otherwise(GOOD, &decision)).await;
    assert_eq!(answer.expect("answered").into_inner().grade, GOOD);
    let figure = officer.figure("RATING_GOOD", world.badinh, DAYS, None).await;
    assert_eq!((figure.value, figure.denominator), (1, 2));
    officer.explained(&figure, true, 10).await;
    let told = history(&mut officer, round, unions[0]).await;
    let last = told.steps.last().expect("steps");
    assert_eq!((last.kind(), &*last.grade), (pb::rating_step::Kind::Answered, GOOD));
    assert_eq!(told.rating.expect("listed").grade, GOOD);
    world.stop().await;
}

#[tokio::test]
async fn a_superior_waits_for_a_self_score_until_it_is_due_and_no_longer() {
    let world = World::start().await;
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let mut officer = world.officer();
    let round = opens(&mut officer, world.badinh).await.round_id;
    let look = world.look().await;
    let due = |days: i32| {
        let due = "update rating_round set self_score_due_on = $1::date + $2::integer";
        sqlx::query(due).bind(today()).bind(days)
    };
    // Due today is not overdue.
    due(0).execute(&look).await.expect("due");
    let answer =
        officer.ratings.appraise_rating(appraising(&round, union, [300, 300, 100, 0])).await;
    assert_eq!(refused(answer), because("RATING_STATE_UNFIT", "organisation_id"));
    due(-1).execute(&look).await.expect("overdue");
    let asked = appraising(&round, union, [300, 300, 100, 0]);
    officer.ratings.appraise_rating(asked).await.expect("appraised");
    let rating = history(&mut officer, &round, union).await.rating.expect("listed");
    assert_eq!((rating.self_tenths, rating.appraised_tenths), (None, Some(700)));
    world.stop().await;
}

#[tokio::test]
async fn a_round_ends_when_nobody_may_appeal_and_then_nothing_is_said_in_it() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 2);
    let decision = decides(&world, world.hanoi);
    let mut officer = world.officer();
    let round = opens(&mut officer, world.badinh).await.round_id;
    let round = round.as_str();
    appraised(&mut officer, round, unions[0], [300, 300, 100, 0]).await;
    let asked = deciding(round, &decision, &unions[..1]);
    officer.ratings.decide_ratings(asked).await.expect("decided");
    let waits = || because("RATING_ROUND_NOT_FINISHED", "round_id");
    let answer = officer.ratings.close_round(closing(round, "Hết hạn")).await;
    assert_eq!(refused(answer), waits());
    officer.ratings.appeal_rating(appealing(round, unions[0])).await.expect("appealed");
    let answer = officer.ratings.close_round(closing(round, "Hết hạn")).await;
    assert_eq!(refused(answer), waits());
    // Nor is it taken back: something is decided.
    let withdrawal = || pb::WithdrawRoundRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: round.to_string(),
        reason: "Mở nhầm".to_string(),
        ..Default::default()
    };
    assert_eq!(refused(officer.ratings.withdraw_round(withdrawal()).await), waits());
    officer.ratings.answer_appeal(answering(round, unions[0])).await.expect("answered");
    // One union is left over, and why is said.
    let answer = officer.ratings.close_round(closing(round, "")).await;
    assert_eq!(refused(answer), because("FIELD_REQUIRED", "reason"));
    let answer = officer.ratings.close_round(closing(round, "Một công đoàn chưa nộp hồ sơ")).await;
    assert_eq!(answer.expect("closed").into_inner().undecided, 1);

    let ended = || because("RATING_ROUND_ENDED", "round_id");
    let marks = [1, 1, 1, 0];
    let answer = officer.ratings.submit_self_score(scoring(round, unions[1], marks)).await;
    assert_eq!(refused(answer), ended());
    let answer = officer.ratings.appraise_rating(appraising(round, unions[1], marks)).await;
    assert_eq!(refused(answer), ended());
    let answer = officer.ratings.decide_ratings(deciding(round, &decision, &unions[1..])).await;
    assert_eq!(refused(answer), ended());
    let answer = officer.ratings.appeal_rating(appealing(round, unions[0])).await;
    assert_eq!(refused(answer), ended());
    let answer = officer.ratings.answer_appeal(answering(round, unions[0])).await;
    assert_eq!(refused(answer), ended());
    assert_eq!(refused(officer.ratings.close_round(closing(round, "")).await), ended());
    assert_eq!(refused(officer.ratings.withdraw_round(withdrawal()).await), ended());
    // What was decided counts.
    assert_eq!(officer.value("RATING_GOOD", world.badinh, DAYS, None).await, 1);
    world.stop().await;
}

#[tokio::test]
async fn unions_are_rated_in_one_round_of_a_year_and_those_of_one_taken_back_in_another() {
    let world = World::start().await;
    let schools = world.loads_unions(world.badinh, "SNCL_100", 2);
    let firms = world.loads_unions(world.badinh, "NNN_CP", 3);
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, DAYS, None).await;
    // In June the schools, for the school year; whoever stands elsewhere is not asked.
    let of_schools = |request_id: Uuid| pb::OpenRoundRequest {
        request_id: request_id.to_string(),
        kind: pb::RatingRoundKind::SchoolYear.into(),
        sector_grouping: "BA_KHOI".to_string(),
        sector_group: "HCSN".to_string(),
        ..opening(world.badinh)
    };
    let first = officer.ratings.open_round(of_schools(Uuid::new_v4())).await.expect("opened");
    let first = first.into_inner();
    assert_eq!((first.listed, first.eligible), (2, 2));
    let again = officer.ratings.open_round(of_schools(Uuid::new_v4())).await;
    assert_eq!(refused(again), because("RATING_ROUND_EMPTY", "organisation_id"));
    // In December everybody else.
    let second = opens(&mut officer, world.badinh).await;
    assert_eq!((second.listed, second.eligible), (5, 3));
    let rating = history(&mut officer, &second.round_id, schools[0]).await.rating.expect("listed");
    assert_eq!(rating.ineligibility(), pb::RatingIneligibility::InAnotherRound);
    // Asked by year, the school's is the round in which it is rated.
    let asked = pb::GetRatingRequest {
        organisation_id: schools[0].to_string(),
        year: 2025,
        ..Default::default()
    };
    let told = officer.ratings.get_rating(asked).await.expect("told").into_inner();
    let round = told.round.expect("a round");
    assert_eq!(round.round_id, first.round_id);
    let period = round.period.expect("a period");
    assert_eq!(period.from_on, Some(civil(time::macros::date!(2024 - 06 - 01))));
    assert_eq!(period.through_on, Some(civil(time::macros::date!(2025 - 05 - 31))));

    let withdrawal = pb::WithdrawRoundRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: second.round_id.clone(),
        reason: "Mở nhầm thang".to_string(),
        ..Default::default()
    };
    officer.ratings.withdraw_round(withdrawal).await.expect("taken back");
    // Two unions by name, of which one is in the first round already.
    let named = pb::OpenRoundRequest {
        organisation_ids: vec![firms[0].to_string(), schools[1].to_string()],
        ..opening(world.badinh)
    };
    let third = officer.ratings.open_round(named).await.expect("opened").into_inner();
    assert_eq!((third.listed, third.eligible), (2, 1));
    let stranger = pb::OpenRoundRequest {
        organisation_ids: vec![firms[1].to_string(), world.hue.to_string()],
        ..opening(world.badinh)
    };
    let answer = officer.ratings.open_round(stranger).await;
    assert_eq!(refused(answer), because("ORGANISATION_UNKNOWN", "organisation_ids[1]"));
    let listing = |year: i32, page_token: String| pb::ListRoundsRequest {
        organisation_id: firms[0].to_string(),
        year,
        page_size: 2,
        page_token,
    };
    let page = officer.ratings.list_rounds(listing(2025, String::new())).await.expect("listed");
    let page = page.into_inner();
    let ids: Vec<_> = page.rounds.iter().map(|round| round.round_id.clone()).collect();
    assert_eq!(ids, [third.round_id, second.round_id]);
    assert!(page.rounds[1].withdrawn && page.rounds[1].ended_at.is_some());
    let page = officer.ratings.list_rounds(listing(2025, page.next_page_token)).await;
    let page = page.expect("listed").into_inner();
    assert_eq!(page.rounds[0].round_id, first.round_id);
    assert!(page.next_page_token.is_empty());
    let page = officer.ratings.list_rounds(listing(2024, String::new())).await.expect("listed");
    assert!(page.into_inner().rounds.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_round_that_does_not_hold_together_is_not_opened() {
    let world = World::start().await;
    world.loads_unions(world.badinh, "NNN_CP", 1);
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, DAYS, None).await;
    let day = |days: i64| Some(civil(today() + Duration::days(days)));
    let right = opening(world.badinh);
    let with = |change: &dyn Fn(&mut pb::OpenRoundRequest)| {
        let mut asked =
            pb::OpenRoundRequest { request_id: Uuid::new_v4().to_string(), ..right.clone() };
        change(&mut asked);
        asked
    };
    let custom = |from, through| {
        move |asked: &mut pb::OpenRoundRequest| {
            asked.kind = pb::RatingRoundKind::Custom.into();
            asked.period = Some(crate::world::period((from, through)));
        }
    };
    use time::macros::date;
    for (asked, reason, field) in [
        (with(&|it| it.year = today().year() + 1), "RATING_YEAR_OUT_OF_RANGE", "year"),
        (with(&|it| it.kind = 0), "FIELD_REQUIRED", "kind"),
        (with(&|it| it.kind = pb::RatingRoundKind::Custom.into()), "FIELD_REQUIRED", "period"),
        (
            with(&custom(date!(2025 - 06 - 01), date!(2026 - 01 - 31))),
            "RATING_PERIOD_UNFIT",
            "period",
        ),
        (
            with(&custom(date!(2023 - 01 - 01), date!(2025 - 01 - 31))),
            "RATING_PERIOD_UNFIT",
            "period",
        ),
        (with(&custom(date!(2025 - 06 - 01), date!(2025 - 01 - 31))), "PERIOD_REVERSED", "period"),
        (with(&|it| it.appeal_days = 91), "RATING_PERIOD_UNFIT", "appeal_days"),
        (with(&|it| it.appeal_days = -1), "RATING_PERIOD_UNFIT", "appeal_days"),
        (with(&|it| it.self_score_due_on = day(-1)), "RATING_DUE_DISORDERED", "self_score_due_on"),
        (with(&|it| it.decision_due_on = day(19)), "RATING_DUE_DISORDERED", "decision_due_on"),
        (with(&|it| it.appraisal_due_on = None), "FIELD_REQUIRED", "appraisal_due_on"),
        (with(&|it| it.scheme = "SAU_MUC".to_string()), "RATING_SCHEME_UNKNOWN", "scheme"),
        (with(&|it| it.version = 7), "RATING_SCHEME_UNKNOWN", "scheme"),
        (with(&|it| it.scheme = "NAM_MUC".to_string()), "RATING_SCHEME_NOT_OF_YEAR", "scheme"),
        // Of the years of five grades no points are known.
        (with(&|it| it.year = 2018), "RATING_SCHEME_UNFIT", "scheme"),
        (with(&|it| it.sector_grouping = "X".into()), "SECTOR_GROUPING_UNKNOWN", "sector_grouping"),
        (
            with(&|it| it.decision_id = Uuid::now_v7().to_string()),
            "DECISION_UNKNOWN",
            "decision_id",
        ),
        (
            with(&|it| it.organisation_ids = vec![Uuid::nil().to_string(); 1_001]),
            "LIST_TOO_LONG",
            "organisation_ids",
        ),
    ] {
        let answer = officer.ratings.open_round(asked.clone()).await;
        assert_eq!(refused(answer), because(reason, field), "{asked:?}");
    }
    let asked =
        pb::ListRoundsRequest { organisation_id: world.badinh.to_string(), ..Default::default() };
    let listed = officer.ratings.list_rounds(asked).await.expect("listed");
    assert!(listed.into_inner().rounds.is_empty());
    world.stop().await;
}
