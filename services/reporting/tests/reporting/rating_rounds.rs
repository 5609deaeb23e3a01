//! Rounds of rating: what unions say of themselves, how they are appraised and decided on, what they
//! appeal against, and in what order.

use chassis::database::today;
use chassis::parse::civil;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{DecisionRecorded, OrganisationSuspended};
use proto::reporting::v1 as pb;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{Actor, World, because, refused};

/// A rating year that is over, whenever this runs.
pub const RATED: i32 = 2025;
pub const DAYS: (Date, Date) = (date!(2025 - 01 - 01), date!(2025 - 12 - 31));
pub const GOOD: &str = "HOAN_THANH_TOT";

/// A decision of an organisation.
pub fn decides(world: &World, issuer: Uuid) -> String {
    let decision_id = Uuid::now_v7().to_string();
    let recorded = DecisionRecorded {
        decision_id: decision_id.clone(),
        issuer_id: issuer.to_string(),
        number: "12".to_string(),
        kind: "QUYET_DINH".to_string(),
        ..Default::default()
    };
    world.says(date!(2026 - 01 - 05), RegistryWhat::DecisionRecorded(recorded));
    decision_id
}

pub fn suspends(world: &World, union: Uuid, on: Date) {
    let suspended = OrganisationSuspended { organisation_id: union.to_string() };
    world.says(on, RegistryWhat::OrganisationSuspended(suspended));
}

/// A round of the calendar year, as an officer opens it today.
pub fn opening(organisation: Uuid) -> pb::OpenRoundRequest {
    let due = |days: i64| Some(civil(today() + Duration::days(days)));
    pb::OpenRoundRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: organisation.to_string(),
        kind: pb::RatingRoundKind::CalendarYear.into(),
        year: RATED,
        self_score_due_on: due(10),
        appraisal_due_on: due(20),
        decision_due_on: due(30),
        ..Default::default()
    }
}

pub async fn opens(actor: &mut Actor, organisation: Uuid) -> pb::OpenRoundResponse {
    // Whatever registry said is known by then.
    actor.value("ORG_STOCK", organisation, DAYS, None).await;
    actor.ratings.open_round(opening(organisation)).await.expect("opened").into_inner()
}

/// Points of the three groups of criteria, and of the bonus, in tenths.
pub fn points(tenths: [i32; 4]) -> Vec<pb::RatingScore> {
    let criteria = ["NHOM_1", "NHOM_2", "NHOM_3", "DIEM_THUONG"];
    let score = |(criterion, tenths): (&str, i32)| pb::RatingScore {
        criterion: criterion.to_string(),
        tenths,
        note: "Có biên bản".to_string(),
    };
    criteria.into_iter().zip(tenths).map(score).collect()
}

pub fn scoring(round: &str, union: Uuid, tenths: [i32; 4]) -> pb::SubmitSelfScoreRequest {
    pb::SubmitSelfScoreRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: round.to_string(),
        organisation_id: union.to_string(),
        scores: points(tenths),
        ..Default::default()
    }
}

pub fn appraising(round: &str, union: Uuid, tenths: [i32; 4]) -> pb::AppraiseRatingRequest {
    pb::AppraiseRatingRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: round.to_string(),
        organisation_id: union.to_string(),
        scores: points(tenths),
        ..Default::default()
    }
}

pub fn deciding(round: &str, decision: &str, unions: &[Uuid]) -> pb::DecideRatingsRequest {
    pb::DecideRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: round.to_string(),
        decision_id: decision.to_string(),
        lines: unions
            .iter()
            .map(|union| pb::decide_ratings_request::Line {
                organisation_id: union.to_string(),
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    }
}

pub fn appealing(round: &str, union: Uuid) -> pb::AppealRatingRequest {
    pb::AppealRatingRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: round.to_string(),
        organisation_id: union.to_string(),
        reason: "Chưa tính điểm thưởng".to_string(),
        ..Default::default()
    }
}

pub fn answering(round: &str, union: Uuid) -> pb::AnswerAppealRequest {
    pb::AnswerAppealRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: round.to_string(),
        organisation_id: union.to_string(),
        reason: "Đã xem xét lại hồ sơ".to_string(),
        ..Default::default()
    }
}

pub fn closing(round: &str, reason: &str) -> pb::CloseRoundRequest {
    pb::CloseRoundRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: round.to_string(),
        reason: reason.to_string(),
        ..Default::default()
    }
}

/// Through appraisal: the union gives itself so much, its superior as much.
pub async fn appraised(actor: &mut Actor, round: &str, union: Uuid, tenths: [i32; 4]) {
    actor.ratings.submit_self_score(scoring(round, union, tenths)).await.expect("scored");
    actor.ratings.appraise_rating(appraising(round, union, tenths)).await.expect("appraised");
}

pub async fn history(actor: &mut Actor, round: &str, union: Uuid) -> pb::GetRatingResponse {
    let asked = pb::GetRatingRequest {
        organisation_id: union.to_string(),
        round_id: round.to_string(),
        ..Default::default()
    };
    actor.ratings.get_rating(asked).await.expect("told").into_inner()
}

pub async fn state(actor: &mut Actor, round: &str, union: Uuid) -> pb::RatingState {
    history(actor, round, union).await.rating.expect("listed").state()
}

#[tokio::test]
async fn what_a_union_says_of_itself_stays_apart_from_what_it_is_appraised_at_and_decided() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 3);
    let young = world.founds(world.badinh, "NNN_CP", "CĐCS trẻ", date!(2025 - 06 - 01));
    suspends(&world, unions[2], date!(2025 - 11 - 01));
    world.grants("clerk", "OFFICER", unions[0]);
    world.grants("district", "OFFICER", world.badinh);
    let decision = decides(&world, world.badinh);
    let (mut clerk, mut district) = (world.actor("clerk"), world.actor("district"));

    let opened = opens(&mut district, world.badinh).await;
    assert_eq!((opened.listed, opened.eligible), (4, 2));
    let round = opened.round_id.as_str();
    let before = time::OffsetDateTime::now_utc();
    // The union writes down 95,5 points; and, before it is appraised, 96.
    for (bonus, total) in [(5, 955), (10, 960)] {
        let asked = scoring(round, unions[0], [400, 400, 150, bonus]);
        let scored = clerk.ratings.submit_self_score(asked).await.expect("scored").into_inner();
        assert_eq!((scored.total_tenths, scored.grade.as_str()), (total, "HOAN_THANH_XUAT_SAC"));
    }
    let between = time::OffsetDateTime::now_utc();
    let asked = appraising(round, unions[0], [350, 350, 100, 0]);
    let answer = district.ratings.appraise_rating(asked).await.expect("appraised").into_inner();
    assert_eq!((answer.total_tenths, answer.grade.as_str()), (800, GOOD));
    assert_eq!(district.value("RATING_RATED", world.badinh, DAYS, None).await, 0);
    let asked = deciding(round, &decision, &unions[..1]);
    let decided = district.ratings.decide_ratings(asked).await.expect("decided").into_inner();
    assert_eq!((&*decided.lines[0].grade, &*decided.lines[0].band_grade), (GOOD, GOOD));
    assert_eq!(decided.appeal_through_on, Some(civil(today() + Duration::days(15))));

    // Figures count it, with its decision behind it, and nobody else.
    let figure = district.figure("RATING_GOOD", world.badinh, DAYS, None).await;
    assert_eq!((figure.value, figure.denominator), (1, 1));
    let told = figure.completeness.expect("told");
    assert_eq!((told.covered, told.expected), (1, 2));
    let units = district.explained(&figure, true, 10).await;
    assert_eq!(units[0].changes[0].decision_number, "12");
    assert_eq!(units[0].changes[0].kind, "reporting.ratings_recorded");

    let told = history(&mut clerk, round, unions[0]).await;
    let rating = told.rating.expect("listed");
    assert_eq!((rating.self_tenths, rating.appraised_tenths), (Some(960), Some(800)));
    assert_eq!((rating.state(), &*rating.grade), (pb::RatingState::Decided, GOOD));
    let kinds: Vec<_> = told.steps.iter().map(|step| step.kind()).collect();
    use pb::rating_step::Kind::*;
    assert_eq!(kinds, [SelfScored, SelfScored, Appraised, Decided]);
    assert_eq!(told.steps[1].scores, points([400, 400, 150, 10]));
    assert_eq!(told.steps[2].scores, points([350, 350, 100, 0]));
    assert_ne!(told.steps[1].actor, told.steps[2].actor);
    let counting = told.counting.expect("counts");
    assert_eq!((&*counting.grade, &*counting.round_id, counting.counted), (GOOD, round, true));

    // As was known: nothing yet, and then what the union said.
    let known = |at| pb::GetRatingRequest {
        organisation_id: unions[0].to_string(),
        year: RATED,
        known_at: Some(chassis::parse::instant(at)),
        ..Default::default()
    };
    let then = clerk.ratings.get_rating(known(before)).await.expect("told").into_inner();
    assert_eq!(then.rating.expect("listed").state(), pb::RatingState::AwaitingSelfScore);
    assert!(then.steps.is_empty() && then.counting.is_none());
    let then = clerk.ratings.get_rating(known(between)).await.expect("told").into_inner();
    let rating = then.rating.expect("listed");
    assert_eq!((rating.self_tenths, rating.appraised_tenths), (Some(960), None));
    assert_eq!((then.steps.len(), &*rating.grade), (2, ""));
    let earlier = known(before - Duration::days(1));
    let then = clerk.ratings.get_rating(earlier).await;
    assert_eq!(refused(then), because("RATING_ROUND_UNKNOWN", "round_id"));

    // Those that are not rated say why.
    for (union, why) in [
        (young, pb::RatingIneligibility::TooYoung),
        (unions[2], pb::RatingIneligibility::Suspended),
    ] {
        let rating = history(&mut district, round, union).await.rating.expect("listed");
        assert_eq!((rating.state(), rating.ineligibility()), (pb::RatingState::NotRated, why));
        let asked = scoring(round, union, [1, 1, 1, 0]);
        let answer = district.ratings.submit_self_score(asked).await;
        assert_eq!(refused(answer), because("RATING_NOT_ELIGIBLE", "organisation_id"));
    }
    world.stop().await;
}

#[tokio::test]
async fn what_does_not_follow_on_the_state_is_refused_and_changes_nothing() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 2);
    let decision = decides(&world, world.hanoi);
    let mut officer = world.officer();
    let round = opens(&mut officer, world.badinh).await.round_id;
    let (round, union) = (round.as_str(), unions[0]);
    let unfit = || because("RATING_STATE_UNFIT", "organisation_id");
    let unfit_line = || because("RATING_STATE_UNFIT", "lines[0].organisation_id");
    let marks = [300, 300, 100, 0];

    // Nothing is said yet: neither appraised, nor decided, nor appealed, nor answered.
    let answer = officer.ratings.appraise_rating(appraising(round, union, marks)).await;
    assert_eq!(refused(answer), unfit());
    let answer = officer.ratings.decide_ratings(deciding(round, &decision, &[union])).await;
    assert_eq!(refused(answer), unfit_line());
    let answer = officer.ratings.appeal_rating(appealing(round, union)).await;
    assert_eq!(refused(answer), unfit());
    let answer = officer.ratings.answer_appeal(answering(round, union)).await;
    assert_eq!(refused(answer), unfit());
    assert_eq!(state(&mut officer, round, union).await, pb::RatingState::AwaitingSelfScore);

    officer.ratings.submit_self_score(scoring(round, union, marks)).await.expect("scored");
    let answer = officer.ratings.decide_ratings(deciding(round, &decision, &[union])).await;
    assert_eq!(refused(answer), unfit_line());
    officer.ratings.appraise_rating(appraising(round, union, marks)).await.expect("appraised");
    // What it says of itself is said; the superior may think again.
    let answer = officer.ratings.submit_self_score(scoring(round, union, marks)).await;
    assert_eq!(refused(answer), unfit());
    officer.ratings.appraise_rating(appraising(round, union, marks)).await.expect("again");
    // Of two, one of which is not appraised, neither is decided.
    let answer = officer.ratings.decide_ratings(deciding(round, &decision, &unions)).await;
    assert_eq!(refused(answer), because("RATING_STATE_UNFIT", "lines[1].organisation_id"));
    assert_eq!(state(&mut officer, round, union).await, pb::RatingState::Appraised);
    let correction =
        pb::DecideRatingsRequest { correct: true, ..deciding(round, &decision, &[union]) };
    assert_eq!(refused(officer.ratings.decide_ratings(correction).await), unfit_line());

    let asked = deciding(round, &decision, &[union]);
    officer.ratings.decide_ratings(asked.clone()).await.expect("decided");
    officer.ratings.decide_ratings(asked).await.expect("the same, repeated");
    let answer = officer.ratings.decide_ratings(deciding(round, &decision, &[union])).await;
    assert_eq!(refused(answer), unfit_line());
    let answer = officer.ratings.appraise_rating(appraising(round, union, marks)).await;
    assert_eq!(refused(answer), unfit());
    let answer = officer.ratings.answer_appeal(answering(round, union)).await;
    assert_eq!(refused(answer), unfit());

    officer.ratings.appeal_rating(appealing(round, union)).await.expect("appealed");
    let answer = officer.ratings.appeal_rating(appealing(round, union)).await;
    assert_eq!(refused(answer), unfit());
    officer.ratings.answer_appeal(answering(round, union)).await.expect("answered");
    let answer = officer.ratings.answer_appeal(answering(round, union)).await;
    assert_eq!(refused(answer), unfit());
    let answer = officer.ratings.appeal_rating(appealing(round, union)).await;
    assert_eq!(refused(answer), unfit());
    let told = history(&mut officer, round, union).await;
    assert_eq!(
        (told.steps.len(), told.rating.expect("listed").state()),
        (6, pb::RatingState::Answered)
    );
    // It stands: one rating, and no fact beside it.
    let figure = officer.figure("RATING_GOOD", world.badinh, DAYS, None).await;
    assert_eq!((figure.value, figure.denominator), (1, 1));
    world.stop().await;
}

#[tokio::test]
async fn scores_are_those_of_the_scheme_and_a_grade_is_that_of_its_band_or_says_why() {
    let world = World::start().await;
    let unions = world.loads_unions(world.badinh, "NNN_CP", 2);
    let decision = decides(&world, world.hanoi);
    let mut officer = world.officer();
    let round = opens(&mut officer, world.badinh).await.round_id;
    let (round, union) = (round.as_str(), unions[0]);
    for (wrong, reason, field) in [
        (points([401, 0, 0, 0]), "RATING_POINTS_OUT_OF_RANGE", "scores[0].tenths"),
        (points([0, -1, 0, 0]), "RATING_POINTS_OUT_OF_RANGE", "scores[1].tenths"),
        (points([0, 0, 0, 51]), "RATING_POINTS_OUT_OF_RANGE", "scores[3].tenths"),
        (points([0, 0, 0, 0])[..2].to_vec(), "RATING_CRITERION_UNFIT", "scores"),
        (Vec::new(), "RATING_CRITERION_UNFIT", "scores"),
        (
            [points([0, 0, 0, 0]), points([0; 4])].concat(),
            "RATING_CRITERION_UNFIT",
            "scores[4].criterion",
        ),
        (vec![pb::RatingScore::default(); 51], "LIST_TOO_LONG", "scores"),
    ] {
        let mut asked = scoring(round, union, [0; 4]);
        asked.scores.clone_from(&wrong);
        let answer = officer.ratings.submit_self_score(asked).await;
        assert_eq!(refused(answer), because(reason, field), "{wrong:?}");
        let asked = pb::AppraiseRatingRequest { scores: wrong, ..appraising(round, union, [0; 4]) };
        let answer = officer.ratings.appraise_rating(asked).await;
        if reason == "LIST_TOO_LONG" {
            assert_eq!(refused(answer), because(reason, field));
        } else {
            assert_eq!(refused(answer), because("RATING_STATE_UNFIT", "organisation_id"));
        }
    }
    assert_eq!(state(&mut officer, round, union).await, pb::RatingState::AwaitingSelfScore);

    // 69,9 points are in the band of "hoàn thành", whatever a decision would like.
    appraised(&mut officer, round, union, [300, 300, 99, 0]).await;
    let deciding = |grade: &str, reason: &str, correct: bool| {
        let mut asked = deciding(round, &decision, &[union]);
        asked.lines[0].grade = grade.to_string();
        asked.lines[0].reason = reason.to_string();
        pb::DecideRatingsRequest { correct, ..asked }
    };
    for (grade, reason, why, field) in [
        ("VUNG_MANH", "Vì", "RATING_GRADE_UNKNOWN", "lines[0].grade"),
        (GOOD, "", "FIELD_REQUIRED", "lines[0].reason"),
    ] {
        let answer = officer.ratings.decide_ratings(deciding(grade, reason, false)).await;
        assert_eq!(refused(answer), because(why, field));
    }
    let without =
        pb::DecideRatingsRequest { decision_id: String::new(), ..deciding("", "", false) };
    let answer = officer.ratings.decide_ratings(without).await;
    assert_eq!(refused(answer), because("FIELD_REQUIRED", "decision_id"));
    let foreign = decides(&world, world.hue);
    let resting = pb::DecideRatingsRequest { decision_id: foreign, ..deciding("", "", false) };
    let answer = officer.ratings.decide_ratings(resting).await;
    assert_eq!(refused(answer), because("DECISION_UNKNOWN", "decision_id"));
    let asked = deciding(GOOD, "Có thành tích đột xuất", false);
    let decided = officer.ratings.decide_ratings(asked).await.expect("decided").into_inner();
    assert_eq!((&*decided.lines[0].grade, &*decided.lines[0].band_grade), (GOOD, "HOAN_THANH"));
    assert_eq!(officer.value("RATING_GOOD", world.badinh, DAYS, None).await, 1);

    // What was decided wrongly is decided anew, and says why; figures follow.
    let answer = officer.ratings.decide_ratings(deciding("", "", true)).await;
    assert_eq!(refused(answer), because("FIELD_REQUIRED", "lines[0].reason"));
    officer.ratings.decide_ratings(deciding("", "Ghi nhầm", true)).await.expect("corrected");
    let figure = officer.figure("RATING_GOOD", world.badinh, DAYS, None).await;
    assert_eq!((figure.value, figure.denominator), (0, 1));
    world.stop().await;
}
