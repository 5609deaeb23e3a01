use chassis::database::today;
use proto::membership::v1 as pb;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{World, admission, because, known, people, person, refused, texts};
use stage::registry::Members;

const DAY: Date = date!(2020 - 03 - 01);

#[tokio::test]
async fn an_officer_reads_and_changes_its_own_subtree_and_nothing_else() {
    let world = World::start().await;
    let (mut hanoi, mut national) = (world.officer(), world.national());
    let far = national.admits(world.gamma, DAY, people(2)).await.expect("admitted");
    let near = hanoi.admits(world.alpha, DAY, people(2)).await.expect("admitted");

    let unknown = "ORGANISATION_UNKNOWN";
    assert_eq!(refused(hanoi.admits(world.gamma, DAY, people(1)).await).0, unknown);
    assert_eq!(refused(hanoi.applies(world.hue, DAY, people(1)).await).0, unknown);
    let resigned = pb::ExitReason::Resigned;
    assert_eq!(refused(hanoi.exits(world.gamma, resigned, DAY, &far).await).0, unknown);
    let out = hanoi.transfers(world.alpha, world.gamma, DAY, &near).await;
    assert_eq!(refused(out).0, unknown);
    let into = hanoi.transfers(world.gamma, world.alpha, DAY, &far).await;
    assert_eq!(refused(into).0, unknown);
    assert_eq!(refused(hanoi.sees(far[0]).await).0, "PERSON_UNKNOWN");
    let taken = hanoi.admits(world.alpha, DAY, vec![known(far[0])]).await;
    assert_eq!(refused(taken).0, "PERSON_UNKNOWN");
    let list =
        pb::ListMembersRequest { organisation_id: world.gamma.to_string(), ..Default::default() };
    assert_eq!(refused(hanoi.members.list_members(list).await).0, unknown);
    let count = pb::CountMembersRequest {
        organisation_ids: vec![world.alpha.to_string(), world.gamma.to_string()],
        as_of: None,
        known_at: None,
    };
    assert_eq!(refused(hanoi.members.count_members(count).await).0, unknown);
    assert!(hanoi.sees(near[0]).await.is_ok());
}

#[tokio::test]
async fn who_holds_no_right_is_told_so_on_every_method() {
    let world = World::start().await;
    let mut nobody = world.actor("nobody", "vi");
    let denied = "PERMISSION_DENIED";
    let (union, person) = (world.alpha, Uuid::now_v7());
    let now = Some(chassis::parse::civil(DAY));
    let request_id = || Uuid::new_v4().to_string();
    let organisation_id = union.to_string();

    assert_eq!(refused(nobody.admits(union, DAY, people(1)).await).0, denied);
    assert_eq!(refused(nobody.applies(union, DAY, people(1)).await).0, denied);
    assert_eq!(refused(nobody.transfers(union, world.beta, DAY, &[person]).await).0, denied);
    let resigned = pb::ExitReason::Resigned;
    assert_eq!(refused(nobody.exits(union, resigned, DAY, &[person]).await).0, denied);
    assert_eq!(refused(nobody.sees(person).await).0, denied);

    macro_rules! denied {
        ($client:ident . $method:ident ( $request:expr )) => {
            assert_eq!(refused(nobody.$client.$method($request).await).0, denied);
        };
    }
    denied!(members.list_members(pb::ListMembersRequest {
        organisation_id: organisation_id.clone(),
        ..Default::default()
    }));
    denied!(members.count_members(pb::CountMembersRequest {
        organisation_ids: vec![organisation_id.clone()],
        as_of: None,
        known_at: None,
    }));
    denied!(members.find_person(pb::FindPersonRequest {
        identity_number: "999085000001".to_string(),
        ..Default::default()
    }));
    denied!(applications.get_application(pb::GetApplicationRequest {
        application_id: person.to_string(),
        as_of: None,
        known_at: None,
    }));
    denied!(applications.list_applications(pb::ListApplicationsRequest {
        organisation_id: organisation_id.clone(),
        ..Default::default()
    }));
    denied!(training.hold_training_course(pb::HoldTrainingCourseRequest {
        request_id: request_id(),
        organisation_id: organisation_id.clone(),
        title: "Lớp".to_string(),
        topics: vec!["CHARTER".to_string()],
        starts_on: now,
        attendances: vec![pb::Attendance {
            person_id: person.to_string(),
            organisation_id: organisation_id.clone(),
            attended_on: None,
        }],
        ..Default::default()
    }));
    denied!(training.get_training_course(pb::GetTrainingCourseRequest {
        course_id: person.to_string(),
        known_at: None
    }));
    denied!(training.list_training_courses(pb::ListTrainingCoursesRequest {
        organisation_id: organisation_id.clone(),
        ..Default::default()
    }));
    denied!(party.refer_to_party(pb::ReferToPartyRequest {
        request_id: request_id(),
        organisation_id: organisation_id.clone(),
        referred_on: now,
        lines: people(1),
        ..Default::default()
    }));
    denied!(party.admit_to_party(pb::AdmitToPartyRequest {
        request_id: request_id(),
        admitted_on: now,
        referral_ids: vec![person.to_string()],
        ..Default::default()
    }));
    denied!(party.list_party_referrals(pb::ListPartyReferralsRequest {
        organisation_id: organisation_id.clone(),
        ..Default::default()
    }));
    denied!(cadre.recommend_cadre(pb::RecommendCadreRequest {
        request_id: request_id(),
        organisation_id: organisation_id.clone(),
        recommended_on: now,
        lines: vec![pb::recommend_cadre_request::Line {
            person_id: person.to_string(),
            purposes: vec![1],
        }],
        ..Default::default()
    }));
    denied!(cadre.list_cadre_recommendations(pb::ListCadreRecommendationsRequest {
        organisation_id: organisation_id.clone(),
        ..Default::default()
    }));
    denied!(delegations.send_delegation(pb::SendDelegationRequest {
        request_id: request_id(),
        organisation_id: organisation_id.clone(),
        host_id: organisation_id.clone(),
        event: "CONGRESS".to_string(),
        held_on: now,
        delegates: vec![pb::Delegate {
            person_id: person.to_string(),
            organisation_id: organisation_id.clone(),
        }],
        ..Default::default()
    }));
    denied!(delegations.get_delegation(pb::GetDelegationRequest {
        delegation_id: person.to_string(),
        known_at: None
    }));
    denied!(consequences.list_consequences(pb::ListConsequencesRequest::default()));
}

#[tokio::test]
async fn party_matters_are_closed_to_an_ordinary_officer() {
    let world = World::start().await;
    world.registry.grants("clerk", "OFFICER", world.hanoi);
    let request = pb::ListPartyReferralsRequest {
        organisation_id: world.alpha.to_string(),
        ..Default::default()
    };
    let refusal = world.actor("clerk", "vi").party.list_party_referrals(request.clone()).await;
    assert_eq!(refused(refusal).0, "PERMISSION_DENIED");
    assert!(world.officer().party.list_party_referrals(request).await.is_ok());
}

#[tokio::test]
async fn a_person_lies_in_the_scope_of_the_union_that_counts_her_now() {
    let world = World::start().await;
    let mut national = world.national();
    world.registry.grants("hue", "OFFICER", world.hue);
    let (mut hanoi, mut hue) = (world.officer(), world.actor("hue", "vi"));
    let person = national.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted")[0];
    assert!(hanoi.sees(person).await.is_ok());
    assert_eq!(refused(hue.sees(person).await).0, "PERSON_UNKNOWN");

    national.transfers(world.alpha, world.gamma, DAY, &[person]).await.expect("transferred");
    assert_eq!(refused(hanoi.sees(person).await).0, "PERSON_UNKNOWN");
    assert!(hue.sees(person).await.is_ok());

    // Without a membership she lies in the scope of her last union, or of its heir.
    national.exits(world.gamma, pb::ExitReason::Retired, DAY, &[person]).await.expect("left");
    assert!(hue.sees(person).await.is_ok());
    world.registry.ends(DAY, &[(world.gamma, Members::Rehomed(world.beta))]);
    assert_eq!(refused(hue.sees(person).await).0, "PERSON_UNKNOWN");
    assert!(hanoi.sees(person).await.is_ok());
}

#[tokio::test]
async fn an_applicant_lies_in_the_scope_of_the_organisation_applied_under() {
    let world = World::start().await;
    world.registry.grants("hue", "OFFICER", world.hue);
    let mut hue = world.actor("hue", "vi");
    let applied = hue.applies(world.hue, today(), people(1)).await.expect("recorded")[0];
    assert!(hue.sees(applied).await.is_ok());
    assert_eq!(refused(world.officer().sees(applied).await).0, "PERSON_UNKNOWN");

    // A transfer that takes effect later does not move her yet.
    let tomorrow = today() + Duration::DAY;
    let mut national = world.national();
    let request = admission(world.alpha, today() - Duration::DAY, people(1));
    let answer = national.members.admit_members(request).await.expect("admitted").into_inner();
    let member = crate::world::id(&answer.members[0].person_id);
    national.transfers(world.alpha, world.gamma, tomorrow, &[member]).await.expect("transferred");
    assert!(world.officer().sees(member).await.is_ok());
    assert_eq!(refused(hue.sees(member).await).0, "PERSON_UNKNOWN");
}

#[tokio::test]
async fn members_are_listed_page_by_page_as_of_a_day() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(7)).await.expect("admitted");
    let left = DAY + Duration::days(10);
    officer.exits(world.alpha, pb::ExitReason::Retired, left, &persons[..2]).await.expect("left");
    let mut listed = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = pb::ListMembersRequest {
            organisation_id: world.alpha.to_string(),
            as_of: Some(chassis::parse::civil(left)),
            page_size: 2,
            page_token,
            ..Default::default()
        };
        let page = officer.members.list_members(request).await.expect("a page").into_inner();
        assert!(page.members.len() <= 2);
        listed.extend(page.members.into_iter().map(|member| member.person_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let mut expected = crate::world::texts(&persons[2..]);
    expected.sort();
    assert_eq!(listed, expected);

    let forged = pb::ListMembersRequest {
        organisation_id: world.alpha.to_string(),
        page_token: "abc".to_string(),
        ..Default::default()
    };
    assert_eq!(refused(officer.members.list_members(forged).await).0, "PAGE_TOKEN_INVALID");
}

#[tokio::test]
async fn nobody_waits_for_people_whom_she_may_not_even_read() {
    let world = World::start().await;
    let (mut officer, mut national) = (world.officer(), world.national());
    let near = officer.admits(world.alpha, DAY, people(1)).await.expect("admitted");
    let far = national.admits(world.gamma, DAY, people(1)).await.expect("admitted");
    let (organisation_id, on) = (world.alpha.to_string(), Some(chassis::parse::civil(DAY)));
    let later = Some(chassis::parse::civil(DAY + Duration::days(90)));
    let request_id = || Uuid::new_v4().to_string();

    // Acts of her own, of which somebody else is named below.
    let dormant = |person_ids| pb::MakeDormantRequest {
        request_id: request_id(),
        organisation_id: organisation_id.clone(),
        reason: pb::DormancyReason::JobLost.into(),
        effective_on: on,
        person_ids,
        ..Default::default()
    };
    let reprimand = |person_ids| pb::DisciplineMembersRequest {
        request_id: request_id(),
        organisation_id: organisation_id.clone(),
        measure: pb::DisciplineMeasure::Reprimand.into(),
        effective_on: on,
        person_ids,
        ..Default::default()
    };
    let issuing = |person_ids| pb::IssueCardsRequest {
        request_id: request_id(),
        organisation_id: organisation_id.clone(),
        issued_on: on,
        person_ids,
        ..Default::default()
    };
    let standing = officer.standings.make_dormant(dormant(texts(&near))).await.expect("dormant");
    let standing_id = standing.into_inner().standing_id;
    let step = officer.discipline.discipline_members(reprimand(texts(&near))).await.expect("told");
    let discipline_id = step.into_inner().discipline_id;
    let issue = officer.cards.issue_cards(issuing(texts(&near))).await.expect("issued");
    let issue_id = issue.into_inner().issue_id;

    let mut other = world.look().await;
    sqlx::raw_sql("begin").execute(&mut other).await.expect("begun");
    sqlx::query("select from person where person_id = $1 for update")
        .bind(far[0])
        .execute(&mut other)
        .await
        .expect("held");
    // Each of these would wait as long as somebody else holds her.
    macro_rules! answered_at_once {
        ($($client:ident . $method:ident ( $request:expr ) => $reason:literal;)*) => {$(
            let answer = officer.$client.$method($request).await;
            assert_eq!(refused(answer), because($reason, "person_ids[0]"), stringify!($method));
        )*};
    }
    let resigned = pb::ExitReason::Resigned;
    let exit = officer.exits(world.alpha, resigned, DAY, &far).await;
    assert_eq!(refused(exit), because("PERSON_UNKNOWN", "person_ids[0]"));
    let transfer = officer.transfers(world.alpha, world.beta, DAY, &far).await;
    assert_eq!(refused(transfer), because("PERSON_UNKNOWN", "person_ids[0]"));
    let hers = || texts(&far);
    answered_at_once! {
        standings.make_dormant(dormant(hers())) => "PERSON_UNKNOWN";
        standings.park_members(pb::ParkMembersRequest {
            request_id: request_id(),
            organisation_id: organisation_id.clone(),
            host_organisation_id: world.beta.to_string(),
            effective_on: on,
            person_ids: hers(),
            ..Default::default()
        }) => "PERSON_UNKNOWN";
        standings.name_honorary_members(pb::NameHonoraryMembersRequest {
            request_id: request_id(),
            organisation_id: organisation_id.clone(),
            effective_on: on,
            person_ids: hers(),
            ..Default::default()
        }) => "PERSON_UNKNOWN";
        standings.end_dormancy(pb::EndDormancyRequest {
            request_id: request_id(),
            organisation_id: organisation_id.clone(),
            effective_on: later,
            person_ids: hers(),
            ..Default::default()
        }) => "PERSON_UNKNOWN";
        offers.offer_transfer(pb::OfferTransferRequest {
            request_id: request_id(),
            from_organisation_id: organisation_id.clone(),
            to_organisation_id: world.beta.to_string(),
            offered_on: Some(chassis::parse::civil(today())),
            person_ids: hers(),
            ..Default::default()
        }) => "PERSON_UNKNOWN";
        discipline.discipline_members(reprimand(hers())) => "PERSON_UNKNOWN";
        discipline.end_discipline(pb::EndDisciplineRequest {
            request_id: request_id(),
            discipline_id: discipline_id.clone(),
            outcome: pb::DisciplineEnd::Overturned.into(),
            effective_on: later,
            person_ids: hers(),
            ..Default::default()
        }) => "DISCIPLINE_UNKNOWN";
        corrections.undo_discipline(pb::UndoDisciplineRequest {
            request_id: request_id(),
            discipline_id: discipline_id.clone(),
            reason: "Nhầm".to_string(),
            person_ids: hers(),
            ..Default::default()
        }) => "DISCIPLINE_UNKNOWN";
        corrections.undo_standing(pb::UndoStandingRequest {
            request_id: request_id(),
            standing_id: standing_id.clone(),
            reason: "Nhầm".to_string(),
            person_ids: hers(),
            ..Default::default()
        }) => "STANDING_NOT_ACTIVE";
        cards.issue_cards(issuing(hers())) => "PERSON_UNKNOWN";
        corrections.undo_card_issue(pb::UndoCardIssueRequest {
            request_id: request_id(),
            issue_id: issue_id.clone(),
            reason: "Nhầm".to_string(),
            person_ids: hers(),
            ..Default::default()
        }) => "CARD_UNKNOWN";
    }
    sqlx::raw_sql("rollback").execute(&mut other).await.expect("let go");
}
