//! What a survey tells of employers that others have surveyed, and of all that it cannot take.

use proto::registry::v1 as pb;
use time::macros::date;
use tonic::Status;
use tonic_types::StatusExt;

use crate::employers::{employer, survey};
use crate::world::*;

/// What a refusal says: its reason, its field and whatever else it names.
fn said<T: std::fmt::Debug>(answer: Result<T, Status>) -> (String, String, Vec<String>) {
    let status = answer.expect_err("refused");
    let info = status.get_details_error_info().expect("a reason");
    let mut named: Vec<String> = info.metadata.into_values().collect();
    named.sort();
    let field = violations(&status).remove(0).0;
    (info.reason, field, named)
}

#[tokio::test]
async fn a_tax_code_of_another_province_is_taken_and_by_whom_nobody_learns() {
    let world = World::start().await;
    let mut admin = world.actor("admin");
    admin.grants_role("thainguyen", "OFFICER", world.unit("TN")).await.expect("granted");
    let (mut theirs, mut ours) = (world.actor("thainguyen"), world.actor("hanoi"));
    let on = date!(2018 - 03 - 01);
    let coded =
        |code: &str| pb::SurveyedEmployer { tax_code: code.into(), ..employer("Một", 30) };
    let their_survey = survey(world.unit("TN"), on, vec![coded("0999000111")]);
    let found = theirs.employers.survey_employers(their_survey).await.expect("surveyed");
    let their_id = found.into_inner().employer_ids.remove(0);

    let ask = |code: &str, validate_only: bool| pb::SurveyEmployersRequest {
        validate_only,
        ..survey(
            world.unit("HN-BD"),
            date!(2019 - 03 - 01),
            vec![employer("Không", 3), coded(code)],
        )
    };
    for validate_only in [true, false] {
        let answer = ours.employers.survey_employers(ask("0999000111", validate_only)).await;
        let (reason, field, named) = said(answer);
        assert_eq!((&*reason, &*field), ("TAX_CODE_TAKEN", "employers[1].tax_code"));
        assert!(!named.contains(&their_id), "an id that the caller did not write: {named:?}");
    }
    // Beside an employer of ours it is taken as well.
    let mine = ours.employers.survey_employers(ask("0999000222", false)).await.expect("surveyed");
    let mine = mine.into_inner().employer_ids.remove(1);
    let both = pb::SurveyedEmployer { employer_id: mine, ..coded("0999000111") };
    let request = survey(world.unit("HN-BD"), date!(2020 - 03 - 01), vec![both]);
    let (reason, field, named) = said(ours.employers.survey_employers(request).await);
    assert_eq!((&*reason, &*field), ("TAX_CODE_TAKEN", "employers[0].tax_code"));
    assert!(!named.contains(&their_id), "{named:?}");
    // An id of theirs is as unknown as one that nobody has.
    for employer_id in [their_id, fresh()] {
        let one = pb::SurveyedEmployer { employer_id, ..employer("Một", 30) };
        let answer = ours.employers.survey_employers(survey(world.unit("HN-BD"), on, vec![one]));
        let (reason, field, _) = said(answer.await);
        assert_eq!((&*reason, &*field), ("EMPLOYER_UNKNOWN", "employers[0]"));
    }
    // Whose scope is wider goes on with the same employer.
    let again = survey(world.unit("TN"), date!(2019 - 03 - 01), vec![coded("0999000111")]);
    admin.employers.survey_employers(again).await.expect("surveyed");
}

#[tokio::test]
async fn tax_codes_that_somebody_asks_about_and_writes_nothing_are_counted() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let ask = |first: usize, validate_only: bool| {
        let employers = (first..first + 1_000).map(|n| pb::SurveyedEmployer {
            tax_code: format!("0999{n:06}"),
            ..employer("Một", 3)
        });
        let request = survey(world.unit("HN-BD"), date!(2018 - 03 - 01), employers.collect());
        pb::SurveyEmployersRequest { validate_only, ..request }
    };
    for n in 0..3 {
        officer.employers.survey_employers(ask(n * 1_000, true)).await.expect("within the quota");
    }
    let answer = officer.employers.survey_employers(ask(3_000, true)).await;
    assert_eq!(reason(answer), "TAX_CODE_QUOTA_EXHAUSTED");
    // What is written is there for others to see, and counts nothing; nor do others pay.
    officer.employers.survey_employers(ask(0, false)).await.expect("written");
    world.actor("hanoi").employers.survey_employers(ask(4_000, true)).await.expect("another");
}

#[tokio::test]
async fn every_bad_line_of_a_survey_is_named() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let request = |employers| survey(world.unit("HN-BD"), date!(2018 - 03 - 01), employers);
    let read = request(vec![
        pb::SurveyedEmployer { tax_code: "0999".into(), ..employer("Một", 30) },
        employer("Hai", 30),
        pb::SurveyedEmployer { workforce_female: 9, ..employer("Ba", 5) },
        pb::SurveyedEmployer { workforce_female: -9, ..employer("Bốn", 5) },
        employer("Năm", -1),
    ]);
    let status = officer.employers.survey_employers(read).await.expect_err("refused");
    let fields: Vec<String> = violations(&status).into_iter().map(|(field, _)| field).collect();
    let expected = [
        "employers[0].tax_code",
        "employers[2].workforce_female",
        "employers[3].workforce_female",
        "employers[4].workforce",
    ];
    assert_eq!(fields, expected);
    let looked_up = request(vec![
        pb::SurveyedEmployer { sector: "X".into(), ..employer("Một", 30) },
        pb::SurveyedEmployer { enterprise_type: "X".into(), ..employer("Hai", 30) },
        pb::SurveyedEmployer { union_ids: vec![fresh()], ..employer("Ba", 30) },
        pb::SurveyedEmployer { employer_id: fresh(), ..employer("Bốn", 30) },
    ]);
    let status = officer.employers.survey_employers(looked_up).await.expect_err("refused");
    let fields: Vec<String> = violations(&status).into_iter().map(|(field, _)| field).collect();
    let expected = [
        "employers[0].sector",
        "employers[1].enterprise_type",
        "employers[2].union_ids[0]",
        "employers[3]",
    ];
    assert_eq!(fields, expected);
}
