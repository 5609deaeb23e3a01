use proto::registry::v1 as pb;
use time::macros::date;

use crate::world::*;

#[tokio::test]
async fn a_suspended_union_still_exists_and_may_be_resumed() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    officer.suspends(unit, date!(2020 - 05 - 01)).await.expect("suspended");
    officer.resumes(unit, date!(2020 - 09 - 01)).await.expect("resumed");
    for (as_of, status) in [
        (date!(2020 - 04 - 30), pb::OrganisationStatus::Active),
        (date!(2020 - 05 - 01), pb::OrganisationStatus::Suspended),
        (date!(2020 - 08 - 31), pb::OrganisationStatus::Suspended),
        (date!(2020 - 09 - 01), pb::OrganisationStatus::Active),
        (date!(2009 - 12 - 31), pb::OrganisationStatus::NotYetFounded),
    ] {
        assert_eq!(officer.reads(unit, Some(as_of)).await.expect("read").status(), status);
        let listed = officer.children(world.unit("HN-BD"), as_of).await;
        assert_eq!(listed.contains(&"BD-1".to_string()), as_of >= ORIGIN);
    }
}

#[tokio::test]
async fn suspending_and_resuming_refuse_what_contradicts_them() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let unit = world.unit("BD-1");
    let answer = officer.resumes(unit, date!(2020 - 05 - 01)).await;
    assert_eq!(refused(answer), ("ORGANISATION_NOT_SUSPENDED".into(), "organisation_id".into()));
    officer.suspends(unit, date!(2020 - 05 - 01)).await.expect("suspended");
    let answer = officer.suspends(unit, date!(2020 - 06 - 01)).await;
    assert_eq!(reason(answer), "ORGANISATION_SUSPENDED");
    let answer = officer.suspends(unit, date!(2020 - 04 - 01)).await;
    assert_eq!(refused(answer), ("LATER_ACT_KNOWN".into(), "effective_on".into()));
    let mut admin = world.actor("admin");
    let answer = admin.suspends(world.confederation, date!(2020 - 05 - 01)).await;
    assert_eq!(reason(answer), "CONFEDERATION_FIXED");
    officer.ends(vec![dissolved(unit)], date!(2021 - 01 - 01)).await.expect("ended");
    let answer = officer.resumes(unit, date!(2021 - 02 - 01)).await;
    assert_eq!(reason(answer), "ORGANISATION_ENDED");
}

#[tokio::test]
async fn a_district_does_not_decide_about_itself() {
    let world = World::start().await;
    let mut officer = world.actor("badinh");
    let answer = officer.suspends(world.unit("HN-BD"), date!(2020 - 05 - 01)).await;
    assert_eq!(reason(answer), "ORGANISATION_UNKNOWN");
}
