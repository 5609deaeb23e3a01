//! What was known stays known: every version of what is known of people is kept, with the act that
//! replaced it, and read by `known_at`.

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use sqlx::AssertSqlSafe;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::world::{World, because, known, people, person, refused};
use stage::registry::Members;

const DAY: Date = date!(2024 - 03 - 01);
const LATER: Date = date!(2024 - 06 - 01);

/// Tables with a person in them that keep no past, and why.
const WITHOUT_A_PAST: &[(&str, &str)] = &[
    ("member_import_line", "what became of a line of a file, which is written once"),
    ("person_erasure", "that somebody was erased, which is written once and cannot be undone"),
    ("person_export", "to whom her data were told, which is written once"),
    ("person_sought", "an index: what it says, the tables say, now and then"),
];

#[tokio::test]
async fn every_table_about_people_keeps_its_past() {
    let world = World::start().await;
    let mut look = world.look().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_attribute join pg_class on pg_class.oid = attrelid
         where attname = 'person_id' and relkind = 'r' and relnamespace = 'public'::regnamespace
           and relname not like '%\\_past'
         order by relname",
    )
    .fetch_all(&mut look)
    .await
    .expect("tables");
    assert!(tables.len() > 10, "{tables:?}");
    let mut findings = Vec::new();
    for table in tables {
        if WITHOUT_A_PAST.iter().any(|(without, _)| *without == table) {
            continue;
        }
        let columns = async |of: String| -> Vec<String> {
            let mut look = world.look().await;
            sqlx::query_scalar(
                "select attname || ' ' || atttypid::regtype from pg_attribute
                 where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
                 order by attnum",
            )
            .bind(of)
            .fetch_all(&mut look)
            .await
            .expect("columns")
        };
        let now = columns(table.clone()).await;
        let past = columns(format!("{table}_past")).await;
        let replaced = ["replaced_at timestamp with time zone", "replaced_by uuid"];
        if past.len() < 2 || past[..2] != replaced || past[2..] != now[..] {
            findings.push(format!("{table}_past has not the columns of {table}: {past:?}"));
        }
        let seen = columns(format!("{table}_known")).await;
        for column in now.iter().filter(|column| !column.starts_with("recorded_at ")) {
            if !seen.contains(column) {
                findings.push(format!("{table}_known does not show {column}"));
            }
        }
        let kept: Vec<String> = sqlx::query_scalar(
            "select tgname::text from pg_trigger
             where tgrelid = to_regclass($1) and not tgisinternal and tgenabled = 'O'
             order by tgname",
        )
        .bind(&table)
        .fetch_all(&mut look)
        .await
        .expect("triggers");
        let watching = ["keeps_past_of_deletes", "keeps_past_of_updates", "recorded_anew"];
        if !watching.iter().all(|watching| kept.iter().any(|kept| kept == watching)) {
            findings.push(format!("{table} is watched by {kept:?} only"));
        }
        let writes: bool = sqlx::query_scalar(
            "select bool_or(has_table_privilege(grantee, to_regclass($1)::oid, 'insert')
                            or has_table_privilege(grantee, to_regclass($1)::oid, 'update')
                            or has_table_privilege(grantee, to_regclass($1)::oid, 'delete'))
             from (select oid as grantee from pg_roles
                   where rolname !~ '^pg_' and not rolsuper
                     and rolname <> (select pg_get_userbyid(relowner) from pg_class
                                     where oid = to_regclass($1))) others",
        )
        .bind(format!("{table}_past"))
        .fetch_one(&mut look)
        .await
        .expect("rights");
        if writes {
            findings.push(format!("somebody may write {table}_past"));
        }
    }
    assert!(findings.is_empty(), "docs/adding-a-table-about-people.md:\n{}", findings.join("\n"));
    world.stop().await;
}

#[tokio::test]
async fn a_past_is_only_added_to() {
    let world = World::start().await;
    let persons = world.officer().admits(world.alpha, DAY, people(2)).await.expect("admitted");
    let mut look = world.look().await;
    let changed = |text: &str| AssertSqlSafe(text.to_owned());
    // What changes nothing is no version; what an operator changes past all acts is one, too.
    for (statement, versions) in [
        ("update person set name = name", 0),
        ("update person set name = 'Trần Văn Khác'", 2),
        ("update person set name = 'Trần Văn Nữa' where false", 2),
    ] {
        sqlx::query(changed(statement)).execute(&mut look).await.expect("changed");
        let kept: i64 = sqlx::query_scalar("select count(*) from person_past")
            .fetch_one(&mut look)
            .await
            .expect("counted");
        assert_eq!(kept, versions, "{statement}");
    }
    for statement in
        ["update person_past set name = 'x'", "delete from person_past", "truncate person_past"]
    {
        let refused = sqlx::query(changed(statement)).execute(&mut look).await;
        let refused = refused.expect_err("refused").to_string();
        assert!(refused.contains("only added to"), "{refused}");
    }
    let believed: Vec<String> = sqlx::query_scalar(
        "select name from person_known
         where person_id = $1 order by lower(recorded)",
    )
    .bind(persons[0])
    .fetch_all(&mut look)
    .await
    .expect("known");
    assert_eq!(believed.len(), 2);
    assert_eq!(believed[1], "Trần Văn Khác");
    world.stop().await;
}

#[tokio::test]
async fn what_was_known_before_each_act_can_be_read() {
    let world = World::start().await;
    let mut officer = world.officer();
    let before = OffsetDateTime::now_utc();
    let applied = officer.applies(world.alpha, DAY, vec![person(1)]).await.expect("applied");
    let as_applicant = OffsetDateTime::now_utc();
    officer.admits(world.alpha, DAY, vec![known(applied[0])]).await.expect("admitted");
    let as_member = OffsetDateTime::now_utc();
    officer.transfers(world.alpha, world.beta, LATER, &applied).await.expect("transferred");
    let gone = OffsetDateTime::now_utc();

    for (at, alpha, beta) in [(before, 0, 0), (as_applicant, 0, 0), (as_member, 1, 0), (gone, 0, 1)]
    {
        assert_eq!(officer.counted(world.alpha, LATER, at).await.0, alpha);
        assert_eq!(officer.counted(world.beta, LATER, at).await.0, beta);
        let list = pb::ListMembersRequest {
            organisation_id: world.alpha.to_string(),
            as_of: Some(civil(LATER)),
            known_at: Some(instant(at)),
            ..Default::default()
        };
        let listed = officer.members.list_members(list).await.expect("listed").into_inner();
        assert_eq!(i32::try_from(listed.members.len()), Ok(alpha));
    }
    // Of one day that came before it no act of later makes anything.
    assert_eq!(officer.counted(world.alpha, DAY, gone).await.0, 1);

    let get = |at| pb::GetMemberRequest {
        person_id: applied[0].to_string(),
        known_at: Some(instant(at)),
    };
    let unknown = officer.members.get_member(get(before)).await;
    assert_eq!(refused(unknown), because("PERSON_UNKNOWN", "person_id"));
    for (at, stays) in [(as_applicant, 0), (as_member, 1), (gone, 2)] {
        let seen = officer.members.get_member(get(at)).await.expect("seen").into_inner();
        assert_eq!(seen.memberships.len(), stays);
        assert!(seen.person.expect("a person").identity_number.is_some());
    }
    for (at, state) in
        [(as_applicant, pb::ApplicationState::Open), (as_member, pb::ApplicationState::Admitted)]
    {
        let list = pb::ListApplicationsRequest {
            organisation_id: world.alpha.to_string(),
            as_of: Some(civil(LATER - Duration::days(80))),
            known_at: Some(instant(at)),
            ..Default::default()
        };
        let listed = officer.applications.list_applications(list).await.expect("listed");
        let listed = listed.into_inner().applications;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].state(), state);
    }
    let tomorrow = get(OffsetDateTime::now_utc() + Duration::days(2));
    let refusal = officer.members.get_member(tomorrow).await;
    assert_eq!(refused(refusal), because("DATE_IN_FUTURE", "known_at"));
    world.stop().await;
}

#[tokio::test]
async fn stays_of_before_pasts_were_kept_were_known_since_their_movements() {
    let world = World::start().await;
    let mut officer = world.officer();
    let before = OffsetDateTime::now_utc();
    let persons = officer.admits(world.alpha, DAY, people(2)).await.expect("admitted");
    let joined = OffsetDateTime::now_utc();
    let exit = pb::ExitReason::Retired;
    officer.exits(world.alpha, exit, LATER, &persons[..1]).await.expect("left");
    let left = OffsetDateTime::now_utc();
    // As a database is that was filled by the last release.
    let mut look = world.look().await;
    for statement in [
        "set session_replication_role = replica",
        "update membership set recorded_at = null",
        "delete from membership_past",
        "set session_replication_role = origin",
    ] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut look).await.expect("made old");
    }
    for (at, members) in [(before, 0), (joined, 2), (left, 1)] {
        assert_eq!(officer.counted(world.alpha, LATER, at).await.0, members);
    }
    // And what is done to them now is known as everything is.
    let movement = officer.movements(persons[0]).await.remove(1);
    officer.undoes(&movement, &[]).await.expect("undone");
    for (at, members) in [(before, 0), (joined, 2), (left, 1), (OffsetDateTime::now_utc(), 2)] {
        assert_eq!(officer.counted(world.alpha, LATER, at).await.0, members);
    }
    world.stop().await;
}

#[tokio::test]
async fn what_followed_from_an_act_of_registry_was_not_known_before_it() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    let before = OffsetDateTime::now_utc();
    world.registry.ends(LATER, &[(world.alpha, Members::Rehomed(world.beta))]);
    assert_eq!(officer.counts(world.beta, LATER).await, 3);
    let after = OffsetDateTime::now_utc();
    assert_eq!(officer.counted(world.alpha, LATER, before).await.0, 3);
    assert_eq!(officer.counted(world.alpha, LATER, after).await.0, 0);
    assert_eq!(officer.counted(world.beta, LATER, before).await.0, 0);
    assert_eq!(officer.counted(world.beta, LATER, after).await.0, 3);
    // The act that replaced the open stay is the one that is published.
    let mut look = world.look().await;
    let replaced: Vec<Uuid> =
        sqlx::query_scalar("select distinct replaced_by from membership_past where person_id = $1")
            .bind(persons[0])
            .fetch_all(&mut look)
            .await
            .expect("replaced");
    let published = world.published().await;
    assert_eq!(replaced, [published.last().expect("published").0]);
    world.stop().await;
}
