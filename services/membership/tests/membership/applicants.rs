use chassis::parse::civil;
use proto::membership::v1 as pb;
use proto::membership::v1::membership_change::Change as Published;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::world::{Actor, World, because, id, known, people, person, refused};
use stage::registry::{Members, ended, founded};

const DAY: Date = date!(2020 - 03 - 01);

async fn consequences(actor: &mut Actor, act: Uuid) -> Vec<pb::Consequence> {
    let request = pb::ListConsequencesRequest {
        include_finished: true,
        registry_act_id: act.to_string(),
        ..Default::default()
    };
    actor.consequences.list_consequences(request).await.expect("listed").into_inner().consequences
}

#[tokio::test]
async fn applicants_become_the_first_members_of_the_union_that_is_founded_with_them() {
    let world = World::start().await;
    let mut officer = world.officer();
    let applicants = officer.applies(world.hanoi, DAY, people(5)).await.expect("recorded");
    let on = DAY + Duration::days(10);
    let (union, act) = world.registry.founds(world.hanoi, on, &applicants);
    assert_eq!(officer.counts(union, on).await, 5);
    assert_eq!(officer.counts(union, on - Duration::DAY).await, 0);

    let published: Vec<Published> =
        world.published().await.into_iter().map(|(_, _, change, _)| change).collect();
    let [Published::MembersAdmitted(admitted), Published::ConsequenceFinished(finished)] =
        &published[..]
    else {
        panic!("{published:?}")
    };
    assert_eq!((admitted.lines.len(), admitted.organisation_id.clone()), (5, union.to_string()));
    assert_eq!((finished.members, finished.registry_act_id.clone()), (5, act.to_string()));
    let done = consequences(&mut officer, act).await;
    assert_eq!((done.len(), done[0].members), (1, 5));
    assert_eq!(done[0].kind(), pb::ConsequenceKind::ApplicantsAdmitted);
    assert!(done[0].finished_at.is_some());
}

#[tokio::test]
async fn applicants_are_admitted_once_even_if_two_foundings_name_them() {
    let world = World::start().await;
    let mut officer = world.officer();
    let applicants = officer.applies(world.hanoi, DAY, people(5)).await.expect("recorded");
    let (union, _) = world.registry.founds(world.hanoi, DAY, &applicants);
    let other = Uuid::now_v7();
    let second = world.registry.acts(DAY, vec![founded(other, world.hanoi, DAY, &applicants)]);
    assert_eq!(officer.counts(union, DAY).await, 5);
    assert_eq!(officer.counts(other, DAY).await, 0);
    let passed_over = &consequences(&mut officer, second).await[0].passed_over;
    assert_eq!(passed_over.len(), 5);
    assert!(passed_over.iter().all(|one| one.obstacle() == pb::Obstacle::MembershipActive));
    let admissions = world
        .published()
        .await
        .iter()
        .filter(|(_, _, change, _)| matches!(change, Published::MembersAdmitted(_)))
        .count();
    assert_eq!(admissions, 1);
}

#[tokio::test]
async fn who_cannot_be_admitted_is_passed_over_and_listed_with_the_reason() {
    let world = World::start().await;
    let mut national = world.national();
    let on = DAY + Duration::days(29);
    let open = national.applies(world.hanoi, DAY, people(1)).await.expect("recorded")[0];
    let lapsed_on = DAY - Duration::DAY;
    let lapsed = national.applies(world.hanoi, lapsed_on, people(1)).await.expect("recorded")[0];
    let elsewhere = national.applies(world.hue, DAY, people(1)).await.expect("recorded")[0];
    let member = national.admits(world.beta, DAY, people(1)).await.expect("admitted")[0];
    let nobody = Uuid::now_v7();
    let applicants = [open, lapsed, elsewhere, member, nobody];
    let (union, act) = world.registry.founds(world.hanoi, on, &applicants);
    assert_eq!(national.counts(union, on).await, 1);
    let found = consequences(&mut national, act).await;
    let mut passed_over: Vec<(Uuid, pb::Obstacle)> =
        found[0].passed_over.iter().map(|one| (id(&one.person_id), one.obstacle())).collect();
    passed_over.sort();
    let mut expected = vec![
        (lapsed, pb::Obstacle::ApplicationNotOpen),
        (elsewhere, pb::Obstacle::ApplicationNotOpen),
        (member, pb::Obstacle::MembershipActive),
        (nobody, pb::Obstacle::PersonUnknown),
    ];
    expected.sort();
    assert_eq!(passed_over, expected);
}

#[tokio::test]
async fn an_application_is_open_for_thirty_days_and_closed_by_an_admission() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.applies(world.alpha, DAY, people(2)).await.expect("recorded");
    let state = async |officer: &mut Actor, day: Date, open_only: bool| {
        let request = pb::ListApplicationsRequest {
            organisation_id: world.alpha.to_string(),
            as_of: Some(civil(day)),
            open_only,
            ..Default::default()
        };
        let answer = officer.applications.list_applications(request).await.expect("listed");
        let applications = answer.into_inner().applications;
        applications.iter().map(pb::Application::state).collect::<Vec<_>>()
    };
    let nobodys = pb::GetApplicationRequest {
        application_id: Uuid::new_v4().to_string(),
        ..Default::default()
    };
    let answer = officer.applications.get_application(nobodys).await;
    assert_eq!(refused(answer).0, "APPLICATION_UNKNOWN");
    use pb::ApplicationState as State;
    let last = DAY + Duration::days(29);
    assert_eq!(state(&mut officer, last, false).await, [State::Open, State::Open]);
    let after = DAY + Duration::days(30);
    assert_eq!(state(&mut officer, after, false).await, [State::Lapsed, State::Lapsed]);
    assert!(state(&mut officer, after, true).await.is_empty());

    let admitted_on = DAY + Duration::days(5);
    officer.admits(world.beta, admitted_on, vec![known(persons[0])]).await.expect("admitted");
    assert_eq!(state(&mut officer, last, false).await, [State::Admitted, State::Open]);
    let member = officer.applies(world.alpha, last, vec![known(persons[0])]).await;
    assert_eq!(refused(member), because("MEMBERSHIP_ACTIVE", "applicants[0].person_id"));
    officer.applies(world.alpha, last, vec![known(persons[1])]).await.expect("applied anew");
    assert_eq!(
        state(&mut officer, last, false).await,
        [State::Admitted, State::Replaced, State::Open]
    );
}

#[tokio::test]
async fn a_bad_applicant_is_named_by_line_and_nobody_is_recorded() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut lines: Vec<_> = (0..5).map(person).collect();
    lines[3].identity_number.push('0');
    let refusal = officer.applies(world.hanoi, DAY, lines.clone()).await;
    assert_eq!(
        refused(refusal),
        because("IDENTITY_NUMBER_MALFORMED", "applicants[3].identity_number")
    );
    lines[3] = person(3);
    assert_eq!(officer.applies(world.hanoi, DAY, lines).await.expect("recorded").len(), 5);
    let unknown = officer.applies(world.hanoi, DAY, vec![known(Uuid::now_v7())]).await;
    assert_eq!(refused(unknown), because("PERSON_UNKNOWN", "applicants[0].person_id"));
}

#[tokio::test]
async fn what_one_act_ends_and_founds_is_read_as_a_whole() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.admits(world.alpha, DAY, people(7)).await.expect("admitted");
    let on = date!(2021 - 01 - 01);
    let successor = Uuid::now_v7();
    // The end comes first in the act, its destination is founded after it.
    world.registry.acts(
        on,
        vec![
            ended(&[(world.alpha, Members::Rehomed(successor))]),
            founded(successor, world.hanoi, on, &[]),
        ],
    );
    assert_eq!(officer.counts(successor, on).await, 7);
}

#[tokio::test]
async fn an_applicant_of_another_province_reads_as_somebody_whom_nobody_knows() {
    let world = World::start().await;
    let (mut national, mut officer) = (world.national(), world.officer());
    let member = national.admits(world.gamma, DAY, people(1)).await.expect("admitted")[0];
    let applicant = national.applies(world.hue, DAY, people(1)).await.expect("recorded")[0];
    let ours = officer.admits(world.alpha, DAY, people(1)).await.expect("admitted")[0];
    let nobody = Uuid::now_v7();
    let (union, act) = world.registry.founds(world.hanoi, DAY, &[member, applicant, nobody, ours]);
    assert_eq!(officer.counts(union, DAY).await, 0);
    let request = pb::ListPassedOverRequest {
        registry_act_id: act.to_string(),
        organisation_id: union.to_string(),
        ..Default::default()
    };
    let listed = officer.consequences.list_passed_over(request.clone()).await.expect("listed");
    let first = consequences(&mut officer, act).await.remove(0).passed_over;
    for told in [listed.into_inner().passed_over, first] {
        let of = |person: Uuid| {
            let one = told.iter().find(|one| one.person_id == person.to_string());
            pb::consequence::PassedOver { person_id: String::new(), ..one.expect("listed").clone() }
        };
        assert_eq!(of(nobody).obstacle(), pb::Obstacle::PersonUnknown);
        assert_eq!((of(member), of(applicant)), (of(nobody), of(nobody)));
        assert_eq!(of(ours).obstacle(), pb::Obstacle::MembershipActive);
        assert_eq!(of(ours).organisation_ids, [world.alpha.to_string()]);
    }
    // Whose scope holds them is told.
    let told = national.consequences.list_passed_over(request).await.expect("listed");
    let told = told.into_inner().passed_over;
    let obstacle = |person: Uuid| {
        let one = told.iter().find(|one| one.person_id == person.to_string());
        one.expect("listed").obstacle()
    };
    assert_eq!(obstacle(member), pb::Obstacle::MembershipActive);
    assert_eq!(obstacle(applicant), pb::Obstacle::ApplicationNotOpen);
}
