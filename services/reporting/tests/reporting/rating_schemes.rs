//! Schemes of rating as versions: a year keeps the one that it went by.

use proto::reporting::v1 as pb;
use uuid::Uuid;

use crate::rating_rounds::{
    DAYS, RATED, appraised, decides, deciding, history, opening, opens, points, scoring,
};
use crate::world::{Actor, World, because, refused};

fn grade(code: &str, score_from: i32) -> pb::scheme::Grade {
    pb::scheme::Grade {
        code: code.to_string(),
        name_vi: code.to_lowercase(),
        score_from,
        ..Default::default()
    }
}

fn criterion(code: &str, kind: pb::RatingCriterionKind, max_points: i32) -> pb::RatingCriterion {
    pb::RatingCriterion {
        code: code.to_string(),
        name_vi: code.to_lowercase(),
        kind: kind.into(),
        max_points,
    }
}

/// Four grades with bands of its own, two criteria, a bonus and a penalty.
pub fn version(organisation: Uuid, decision: &str, from_year: i32) -> pb::DefineSchemeRequest {
    use pb::RatingCriterionKind::{Base, Bonus, Penalty};
    pb::DefineSchemeRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: organisation.to_string(),
        code: "BON_MUC".to_string(),
        name_vi: "Bốn mức, doanh nghiệp".to_string(),
        from_year,
        grades: vec![
            grade("HOAN_THANH_XUAT_SAC", 95),
            grade("HOAN_THANH_TOT", 80),
            grade("HOAN_THANH", 60),
            grade("KHONG_HOAN_THANH", 0),
        ],
        criteria: vec![
            criterion("CHAM_LO", Base, 60),
            criterion("TO_CHUC", Base, 40),
            criterion("SANG_KIEN", Bonus, 5),
            criterion("NOP_CHAM", Penalty, 10),
        ],
        eligible_after_months: 18,
        decision_id: decision.to_string(),
        ..Default::default()
    }
}

async fn schemes(actor: &mut Actor, organisation: Uuid) -> Vec<(String, i32)> {
    let asked = pb::ListOrganisationSchemesRequest { organisation_id: organisation.to_string() };
    let answer = actor.ratings.list_organisation_schemes(asked).await.expect("listed");
    let schemes = answer.into_inner().schemes;
    schemes.into_iter().map(|scheme| (scheme.code, scheme.version)).collect()
}

fn of(versions: &[(&str, i32)]) -> Vec<(String, i32)> {
    versions.iter().map(|(code, version)| ((*code).to_string(), *version)).collect()
}

#[tokio::test]
async fn what_was_opened_under_a_scheme_keeps_it_whatever_is_defined_later() {
    let world = World::start().await;
    let old = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let new = world.loads_unions(world.caugiay, "NNN_CP", 1)[0];
    let decision = decides(&world, world.hanoi);
    let mut officer = world.officer();
    let before = opens(&mut officer, world.badinh).await.round_id;
    // The guidance comes late, and is for a year that began before.
    let asked = version(world.hanoi, &decision, RATED);
    let defined = officer.ratings.define_scheme(asked.clone()).await.expect("defined");
    assert_eq!(defined.into_inner().version, 2);
    officer.ratings.define_scheme(asked).await.expect("the same, repeated");
    let both = of(&[("BON_MUC", 2), ("BON_MUC", 1), ("NAM_MUC", 1)]);
    assert_eq!(schemes(&mut officer, world.badinh).await, both);

    // 75 points: in the one round by the bands of then, in the other by those of now.
    appraised(&mut officer, &before, old, [300, 300, 150, 0]).await;
    officer.ratings.decide_ratings(deciding(&before, &decision, &[old])).await.expect("decided");
    let told = history(&mut officer, &before, old).await;
    let kept = told.round.expect("a round").scheme.expect("a scheme");
    assert_eq!((kept.version, kept.criteria.len()), (1, 4));
    assert_eq!(kept.grades[1].score_from, 70);
    assert_eq!(told.rating.expect("listed").grade, "HOAN_THANH_TOT");

    let after = opens(&mut officer, world.caugiay).await.round_id;
    // Criteria of another version are none of this one.
    let answer = officer.ratings.submit_self_score(scoring(&after, new, [1, 1, 1, 1])).await;
    assert_eq!(refused(answer), because("RATING_CRITERION_UNFIT", "scores[0].criterion"));
    let mut scores = points([550, 350, 50, 30]);
    let codes = ["CHAM_LO", "TO_CHUC", "SANG_KIEN", "NOP_CHAM"];
    scores.iter_mut().zip(codes).for_each(|(score, code)| score.criterion = code.to_string());
    let asked = pb::SubmitSelfScoreRequest { scores, ..scoring(&after, new, [0; 4]) };
    let scored = officer.ratings.submit_self_score(asked).await.expect("scored").into_inner();
    // 55 + 35 + 5 - 3
    assert_eq!((scored.total_tenths, &*scored.grade), (920, "HOAN_THANH_TOT"));

    // The old one may be chosen by its version, as long as it is in force.
    let chosen = pb::OpenRoundRequest { version: 1, ..opening(world.education) };
    let answer = officer.ratings.open_round(chosen).await;
    assert_eq!(refused(answer), because("RATING_ROUND_EMPTY", "organisation_id"));
    world.stop().await;
}

#[tokio::test]
async fn who_is_eligible_by_a_federations_scheme_counts_by_it() {
    let world = World::start().await;
    // Fourteen months old at the end of the year: enough for the country, not for Hà Nội.
    let young = world.founds(world.badinh, "NNN_CP", "CĐCS", time::macros::date!(2024 - 11 - 01));
    let old = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    let decision = decides(&world, world.hanoi);
    let mut officer = world.officer();
    let opened = opens(&mut officer, world.badinh).await;
    assert_eq!((opened.listed, opened.eligible), (2, 2));
    let withdrawal = pb::WithdrawRoundRequest {
        request_id: Uuid::new_v4().to_string(),
        round_id: opened.round_id,
        reason: "Có hướng dẫn mới".to_string(),
        ..Default::default()
    };
    officer.ratings.withdraw_round(withdrawal).await.expect("taken back");
    let asked = version(world.hanoi, &decision, RATED);
    officer.ratings.define_scheme(asked).await.expect("defined");
    let opened = opens(&mut officer, world.badinh).await;
    assert_eq!((opened.listed, opened.eligible), (2, 1));
    let rating = history(&mut officer, &opened.round_id, young).await.rating.expect("listed");
    assert_eq!(rating.ineligibility(), pb::RatingIneligibility::TooYoung);
    let rating = history(&mut officer, &opened.round_id, old).await.rating.expect("listed");
    assert_eq!(rating.state(), pb::RatingState::AwaitingSelfScore);
    assert_eq!(officer.value("RATING_RATED", world.badinh, DAYS, None).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn a_scheme_is_its_federations_and_holds_together() {
    let world = World::start().await;
    world.grants("hue", "OFFICER", world.hue);
    let (of_hanoi, of_hue) = (decides(&world, world.hanoi), decides(&world, world.hue));
    let (mut officer, mut hue) = (world.officer(), world.actor("hue"));
    officer.value("ORG_STOCK", world.hanoi, DAYS, None).await;
    let own = |change: &dyn Fn(&mut pb::DefineSchemeRequest)| {
        let mut asked = version(world.hanoi, &of_hanoi, 2025);
        asked.code = "HA_NOI".to_string();
        change(&mut asked);
        asked
    };
    for (asked, reason, field) in [
        (own(&|it| it.code = "hà nội".to_string()), "RATING_SCHEME_UNFIT", "code"),
        (own(&|it| it.grades[3].score_from = 1), "RATING_SCHEME_UNFIT", "grades[3].score_from"),
        (own(&|it| it.grades[1].score_from = 95), "RATING_SCHEME_UNFIT", "grades[0].score_from"),
        (own(&|it| it.criteria[0].max_points = 10), "RATING_SCHEME_UNFIT", "criteria"),
        (own(&|it| it.criteria[1].kind = 0), "FIELD_REQUIRED", "criteria[1].kind"),
        (own(&|it| it.grades.clear()), "LIST_EMPTY", "grades"),
        (own(&|it| it.criteria.clear()), "LIST_EMPTY", "criteria"),
        (own(&|it| it.grades = vec![grade("A", 0); 11]), "LIST_TOO_LONG", "grades"),
        (own(&|it| it.through_year = 2024), "RATING_SCHEME_UNFIT", "through_year"),
        (own(&|it| it.from_year = 1989), "RATING_YEAR_OUT_OF_RANGE", "from_year"),
        (own(&|it| it.decision_id = String::new()), "FIELD_REQUIRED", "decision_id"),
        (own(&|it| it.decision_id.clone_from(&of_hue)), "DECISION_UNKNOWN", "decision_id"),
        (
            own(&|it| it.organisation_id = world.hue.to_string()),
            "ORGANISATION_UNKNOWN",
            "organisation_id",
        ),
        // A further version of what the country has keeps its grades.
        (
            own(&|it| {
                it.code = "BON_MUC".to_string();
                it.grades.remove(0);
                it.grades[0].score_from = 85;
            }),
            "RATING_SCHEME_GRADES_DIFFER",
            "grades",
        ),
    ] {
        let answer = officer.ratings.define_scheme(asked.clone()).await;
        let (told, at) = refused(answer);
        let field = if reason == "RATING_YEAR_OUT_OF_RANGE" { "year" } else { field };
        assert_eq!((told, at), because(reason, field), "{asked:?}");
    }
    assert_eq!(schemes(&mut officer, world.hanoi).await, of(&[("BON_MUC", 1), ("NAM_MUC", 1)]));

    officer.ratings.define_scheme(own(&|_| ())).await.expect("defined");
    let with = of(&[("BON_MUC", 1), ("HA_NOI", 1), ("NAM_MUC", 1)]);
    assert_eq!(schemes(&mut officer, world.badinh).await, with);
    // Huế neither sees it, nor takes its name.
    assert_eq!(schemes(&mut hue, world.hue).await, of(&[("BON_MUC", 1), ("NAM_MUC", 1)]));
    let same = pb::DefineSchemeRequest {
        organisation_id: world.hue.to_string(),
        decision_id: of_hue.clone(),
        ..own(&|_| ())
    };
    let answer = hue.ratings.define_scheme(same.clone()).await;
    assert_eq!(refused(answer), because("RATING_SCHEME_TAKEN", "code"));
    // Of what is the whole country's, each has versions of its own.
    let asked = pb::DefineSchemeRequest { code: "BON_MUC".to_string(), ..same };
    let asked = pb::DefineSchemeRequest { request_id: Uuid::new_v4().to_string(), ..asked };
    assert_eq!(hue.ratings.define_scheme(asked).await.expect("defined").into_inner().version, 2);
    assert_eq!(schemes(&mut officer, world.badinh).await, with);
    let listed = hue.ratings.list_schemes(pb::ListSchemesRequest {}).await.expect("listed");
    let known: Vec<_> = listed
        .into_inner()
        .schemes
        .iter()
        .map(|it| (it.code.clone(), it.criteria.len(), it.eligible_after_months))
        .collect();
    assert_eq!(known, [("NAM_MUC".to_string(), 0, 12), ("BON_MUC".to_string(), 4, 12)]);
    world.stop().await;
}
