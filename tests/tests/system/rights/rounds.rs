//! Rounds of rating of a desk's district, one of each year, each with its union as far as a method needs it.

use proto::reporting::v1::*;
use stage::made_up::{on, request_id};
use system::Client;
use tests::world::Unit;
use time::Duration;

use super::desk::Desk;

/// By what each is for.
pub struct Rounds {
    pub to_score: String,
    pub to_appraise: String,
    pub to_decide: String,
    pub to_appeal: String,
    pub to_answer: String,
    pub to_close: String,
    pub to_withdraw: String,
    /// The one that is answered, which nothing ends.
    pub to_read: String,
}

impl Rounds {
    /// All ids, to look for them in answers.
    pub fn ids(&self) -> Vec<&str> {
        vec![
            &self.to_score,
            &self.to_appraise,
            &self.to_decide,
            &self.to_appeal,
            &self.to_answer,
            &self.to_close,
            &self.to_withdraw,
        ]
    }
}

/// Opens them, as the administrator.
pub async fn rounds(client: &Client, district: &Unit, union: &Unit, decision: &str) -> Rounds {
    let mut opened = Vec::new();
    for year in 2019..=2025 {
        let round = opening(district, year, &[union]);
        let round = client.ratings().open_round(round).await.expect("opened").into_inner();
        opened.push(round.round_id);
    }
    let [to_score, to_appraise, to_decide, to_appeal, to_answer, to_close, to_withdraw] =
        opened.try_into().expect("seven rounds");
    for round in [&to_appraise, &to_decide, &to_appeal, &to_answer] {
        let score = SubmitSelfScoreRequest {
            request_id: request_id(),
            round_id: round.clone(),
            organisation_id: union.id.clone(),
            scores: points(),
            ..SubmitSelfScoreRequest::default()
        };
        client.ratings().submit_self_score(score).await.expect("scored");
    }
    for round in [&to_decide, &to_appeal, &to_answer] {
        let appraisal = AppraiseRatingRequest {
            request_id: request_id(),
            round_id: round.clone(),
            organisation_id: union.id.clone(),
            scores: points(),
            ..AppraiseRatingRequest::default()
        };
        client.ratings().appraise_rating(appraisal).await.expect("appraised");
    }
    for round in [&to_appeal, &to_answer] {
        let decision = deciding(round, decision, &[union]);
        client.ratings().decide_ratings(decision).await.expect("decided");
    }
    let appeal = AppealRatingRequest {
        request_id: request_id(),
        round_id: to_answer.clone(),
        organisation_id: union.id.clone(),
        reason: "Thiếu điểm".to_owned(),
        ..AppealRatingRequest::default()
    };
    client.ratings().appeal_rating(appeal).await.expect("appealed");
    let to_read = to_answer.clone();
    Rounds {
        to_score,
        to_appraise,
        to_decide,
        to_appeal,
        to_answer,
        to_close,
        to_withdraw,
        to_read,
    }
}

/// A round of a year, of some of a district's unions.
pub fn opening(district: &Unit, year: i32, unions: &[&Unit]) -> OpenRoundRequest {
    let due = |days: i64| on(chassis::database::today() + Duration::days(days));
    OpenRoundRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        kind: RatingRoundKind::CalendarYear.into(),
        year,
        scheme: "BON_MUC".to_owned(),
        version: 1,
        organisation_ids: unions.iter().map(|union| union.id.clone()).collect(),
        self_score_due_on: due(10),
        appraisal_due_on: due(20),
        decision_due_on: due(30),
        ..OpenRoundRequest::default()
    }
}

/// Points of every group of criteria.
pub fn points() -> Vec<RatingScore> {
    let score = |criterion: &str| RatingScore {
        criterion: criterion.to_owned(),
        tenths: 150,
        note: String::new(),
    };
    ["NHOM_1", "NHOM_2", "NHOM_3"].map(score).to_vec()
}

/// What the first desk's district decides of the unions of some desks.
pub fn decision(round: &str, desks: &[&Desk]) -> DecideRatingsRequest {
    let unions: Vec<&Unit> = desks.iter().map(|desk| &desk.union).collect();
    deciding(round, &desks[0].decision, &unions)
}

fn deciding(round: &str, decision: &str, unions: &[&Unit]) -> DecideRatingsRequest {
    let lines = unions.iter().map(|union| decide_ratings_request::Line {
        organisation_id: union.id.clone(),
        ..Default::default()
    });
    DecideRatingsRequest {
        request_id: request_id(),
        round_id: round.to_owned(),
        lines: lines.collect(),
        decision_id: decision.to_owned(),
        ..DecideRatingsRequest::default()
    }
}

/// A further version of what the country has.
pub fn scheme(desk: &Desk) -> DefineSchemeRequest {
    let grades = [
        ("HOAN_THANH_XUAT_SAC", 95),
        ("HOAN_THANH_TOT", 75),
        ("HOAN_THANH", 55),
        ("KHONG_HOAN_THANH", 0),
    ];
    DefineSchemeRequest {
        request_id: request_id(),
        organisation_id: desk.district.id.clone(),
        code: "BON_MUC".to_owned(),
        name_vi: "Bốn mức".to_owned(),
        from_year: 2026,
        grades: grades
            .into_iter()
            .map(|(code, score_from)| scheme::Grade {
                code: code.to_owned(),
                name_vi: code.to_owned(),
                score_from,
                ..Default::default()
            })
            .collect(),
        criteria: vec![RatingCriterion {
            code: "CHUNG".to_owned(),
            name_vi: "Chung".to_owned(),
            kind: RatingCriterionKind::Base.into(),
            max_points: 100,
        }],
        decision_id: desk.decision.clone(),
        ..DefineSchemeRequest::default()
    }
}
