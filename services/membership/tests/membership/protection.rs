//! All that is held on a person is told, and erased: every table about people, now and of before.

use std::collections::{BTreeMap, BTreeSet};

use chassis::database::today;
use chassis::parse::{civil, instant};
use membership::ground::keys::{Config, Keys};
use membership::protection::{retention, rotation};
use proto::membership::v1 as pb;
use proto::membership::v1::list_exported_records_response::Record;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::Status;
use uuid::Uuid;

use crate::imports::{header, line};
use crate::world::{Actor, World, because, id, known, person, refused};

const DAY: Date = date!(2020 - 03 - 01);
const LATER: Date = date!(2021 - 03 - 01);
const NAME: &str = "Kanarixq";

/// Tables with a person in them that erasing leaves as they are: what she did, of a bare id.
const KEPT: &[(&str, &str)] = &[
    ("application", "that somebody applied counts"),
    ("cadre_outcome", "what became of a recommendation counts"),
    ("cadre_recommendation", "that somebody was recommended counts"),
    ("card", "that a card was issued counts; why it was revoked is erased"),
    ("consequence_passed_over", "what an act of registry could not do for somebody"),
    ("delegate", "that somebody was sent counts"),
    ("discipline", "that somebody was disciplined counts"),
    ("dispute_case_person", "that somebody was concerned counts"),
    ("duplicate_candidate", "that two may have been one; why they were not is erased"),
    ("emulation_participant", "that somebody took part counts"),
    ("honour", "that somebody was honoured counts"),
    ("membership", "that somebody was a member counts"),
    ("movement_taken_back", "that a movement was taken back for somebody"),
    ("party_referral", "that somebody was referred counts"),
    ("person_erasure", "that somebody was erased, and why"),
    ("person_export", "to whom her data were told, and for what"),
    ("person_merge", "that two were one; both are erased"),
    ("welfare", "that somebody was helped counts"),
    ("standing", "how somebody stood counts; the reason is erased"),
    ("standing_spell", "on which days"),
    ("training_attendance", "that somebody attended counts"),
    ("member_import_line", "what became of a line; what it said is erased"),
    ("person", "a tombstone, with sex and year of birth, by which she counts"),
];

/// Tables that lose their rows of somebody who is erased.
const GONE: &[&str] = &[
    "person_alias",
    "person_attribute",
    "person_contact",
    "person_email",
    "person_identity",
    "person_sensitive",
    "person_sought",
];

/// What is an index of the others is not told.
const NOT_TOLD: &[&str] = &["person_sought"];

async fn tables(look: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar(
        "select relname::text from pg_attribute join pg_class on pg_class.oid = attrelid
         where attname = 'person_id' and relkind = 'r' and relnamespace = 'public'::regnamespace
           and relname not like '%\\_past'
         order by relname",
    )
    .fetch_all(look)
    .await
    .expect("tables")
}

/// How many rows of a person a table has, if it is there.
async fn rows(look: &mut PgConnection, table: &str, of: Uuid) -> i64 {
    let there: bool = sqlx::query_scalar("select to_regclass($1) is not null")
        .bind(table)
        .fetch_one(&mut *look)
        .await
        .expect("asked");
    if !there {
        return 0;
    }
    let count = format!("select count(*) from {table} where person_id = $1");
    sqlx::query_scalar(AssertSqlSafe(count)).bind(of).fetch_one(look).await.expect("counted")
}

/// All that is written of a person, or of her id, as text.
async fn texts(look: &mut PgConnection) -> String {
    let all: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema in ('public', 'feed', 'act') and table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut *look)
    .await
    .expect("tables");
    let mut texts = String::new();
    for table in all {
        let rows = sqlx::query(AssertSqlSafe(format!("select row::text from {table} as row")))
            .fetch_all(&mut *look)
            .await
            .expect("read");
        for row in rows {
            texts.push_str(&row.get::<String, _>(0));
            texts.push('\n');
        }
    }
    texts
}

impl Actor {
    async fn told_all(&mut self, whom: Uuid) -> Result<(Vec<Record>, String), Status> {
        let request = pb::ExportPersonRequest {
            request_id: Uuid::new_v4().to_string(),
            person_id: whom.to_string(),
            purpose: "theo yêu cầu của người có dữ liệu".to_string(),
            ..Default::default()
        };
        let export = self.protection.export_person(request).await?.into_inner();
        let mut asked = pb::ListExportedRecordsRequest {
            export_id: export.export_id.clone(),
            page_size: 7,
            ..Default::default()
        };
        let mut records = Vec::new();
        loop {
            let page = self.protection.list_exported_records(asked.clone()).await?.into_inner();
            records.extend(page.records);
            if page.next_page_token.is_empty() {
                break;
            }
            asked.page_token = page.next_page_token;
        }
        assert_eq!(i32::try_from(records.len()), Ok(export.records));
        Ok((records, export.export_id))
    }

    async fn erases(&mut self, whom: Uuid, while_counted: bool) -> Result<(), Status> {
        let decision = pb::WrittenDecision { number: "9/QĐ".to_string(), ..Default::default() };
        let basis = pb::movement_basis::Basis::WrittenDecision(decision);
        let request = pb::ErasePersonRequest {
            request_id: Uuid::new_v4().to_string(),
            person_id: whom.to_string(),
            reason: "theo yêu cầu của người có dữ liệu".to_string(),
            basis: while_counted.then_some(pb::MovementBasis { basis: Some(basis) }),
            while_counted,
            ..Default::default()
        };
        self.protection.erase_person(request).await.map(|_| ())
    }
}

/// A person of whom something is known in every table, and what is hers of it.
async fn lived(world: &World) -> (Uuid, Vec<String>) {
    let mut officer = world.officer();
    let mut national = world.national();
    let number = person(1).identity_number;
    let line_of = pb::PersonLine {
        name: format!("Nguyễn Thị {NAME}"),
        phone: "0999000111".to_string(),
        workplace: "Zizeronwerk".to_string(),
        occupation: "Quintarbeit".to_string(),
        birth_year: 0,
        birth_date: Some(civil(date!(1985 - 07 - 13))),
        ..person(1)
    };
    let hers = officer.applies(world.alpha, DAY, vec![line_of.clone()]).await.expect("applied")[0];
    let id_of = hers.to_string();
    let new = || Uuid::new_v4().to_string();
    officer.admits(world.alpha, DAY, vec![known(hers)]).await.expect("admitted");
    // What was known of before, too.
    let corrected = pb::CorrectPersonRequest {
        name: format!("Nguyễn Thị {NAME} Hai"),
        phone: Some("0999000112".to_string()),
        workplace: Some("Zizeronwerk 2".to_string()),
        ..Default::default()
    };
    officer.corrects_person(hers, corrected).await.expect("corrected");
    let alias = pb::AddAliasRequest {
        request_id: new(),
        person_id: id_of.clone(),
        name: format!("{NAME} Bé"),
        ..Default::default()
    };
    officer.identities.add_alias(alias).await.expect("called");
    let contact = pb::SetContactRequest {
        request_id: new(),
        person_id: id_of.clone(),
        phone: None,
        email: Some("kanarixq@congdoan.example".to_string()),
        ..Default::default()
    };
    officer.profiles.set_contact(contact).await.expect("reached");
    let said = |value: &str| {
        Some(pb::AttributeSaid {
            value: value.to_string(),
            effective_on: Some(civil(DAY)),
            ..Default::default()
        })
    };
    let education = pb::SetAttributeRequest {
        request_id: new(),
        person_id: id_of.clone(),
        attribute: pb::PersonAttribute::Education.into(),
        said: said("COLLEGE"),
        ..Default::default()
    };
    officer.profiles.set_attribute(education).await.expect("said");
    let party = pb::SetPartyMembershipRequest {
        request_id: new(),
        person_id: id_of.clone(),
        said: said("OFFICIAL"),
        ..Default::default()
    };
    officer.profiles.set_party_membership(party).await.expect("said");
    let course = pb::HoldTrainingCourseRequest {
        request_id: new(),
        organisation_id: world.alpha.to_string(),
        title: "Nghiệp vụ công đoàn".to_string(),
        topics: vec!["UNION_WORK".to_string()],
        starts_on: Some(civil(DAY)),
        attendances: vec![pb::Attendance {
            person_id: id_of.clone(),
            organisation_id: world.alpha.to_string(),
            attended_on: None,
        }],
        ..Default::default()
    };
    officer.training.hold_training_course(course).await.expect("held");
    let refer = pb::ReferToPartyRequest {
        request_id: new(),
        organisation_id: world.alpha.to_string(),
        referred_on: Some(civil(DAY)),
        lines: vec![known(hers)],
        ..Default::default()
    };
    officer.party.refer_to_party(refer).await.expect("referred");
    let recommend = pb::RecommendCadreRequest {
        request_id: new(),
        organisation_id: world.alpha.to_string(),
        recommended_on: Some(civil(DAY)),
        lines: vec![pb::recommend_cadre_request::Line {
            person_id: id_of.clone(),
            purposes: vec![pb::CadrePurpose::Planning.into()],
        }],
        ..Default::default()
    };
    officer.cadre.recommend_cadre(recommend).await.expect("recommended");
    let send = pb::SendDelegationRequest {
        request_id: new(),
        organisation_id: world.alpha.to_string(),
        host_id: world.hanoi.to_string(),
        event: "CONFERENCE".to_string(),
        held_on: Some(civil(DAY)),
        delegates: vec![pb::Delegate {
            person_id: id_of.clone(),
            organisation_id: world.alpha.to_string(),
        }],
        ..Default::default()
    };
    officer.delegations.send_delegation(send).await.expect("sent");
    let reprimand = pb::DisciplineMembersRequest {
        request_id: new(),
        organisation_id: world.alpha.to_string(),
        measure: pb::DisciplineMeasure::Reprimand.into(),
        effective_on: Some(civil(DAY)),
        person_ids: vec![id_of.clone()],
        ..Default::default()
    };
    officer.discipline.discipline_members(reprimand).await.expect("disciplined");
    let dormant = pb::MakeDormantRequest {
        request_id: new(),
        organisation_id: world.alpha.to_string(),
        reason: pb::DormancyReason::Other.into(),
        effective_on: Some(civil(DAY)),
        expected_until: Some(civil(date!(2020 - 12 - 01))),
        person_ids: vec![id_of.clone()],
        ..Default::default()
    };
    officer.standings.make_dormant(dormant).await.expect("dormant");
    // A line of a file that may be she.
    let unlike = pb::PersonLine { identity_number: String::new(), ..line_of };
    let unlike = pb::PersonLine { name: format!("Nguyễn Thị {NAME} Hai"), ..unlike };
    let lines = vec![line(unlike)];
    let import = officer.imports(header(Uuid::new_v4(), world.alpha), lines).await.expect("ok");
    assert_eq!(import.candidates, 1);
    let there = officer.transfers(world.alpha, world.beta, LATER, &[hers]).await.expect("moved");
    assert_eq!(there, 1);
    let transfer = officer.movements(hers).await.remove(1);
    officer.undoes(&transfer, &[]).await.expect("undone");
    national.exits(world.alpha, pb::ExitReason::Retired, LATER, &[hers]).await.expect("retired");
    let secrets = vec![
        NAME.to_string(),
        "Zizeronwerk".to_string(),
        "Quintarbeit".to_string(),
        number,
        "0999000111".to_string(),
        "0999000112".to_string(),
        "kanarixq@congdoan.example".to_string(),
        "COLLEGE".to_string(),
        "OFFICIAL".to_string(),
        "1985-07-13".to_string(),
    ];
    (hers, secrets)
}

#[tokio::test]
async fn every_table_about_people_is_told_and_erased() {
    let world = World::start().await;
    let (hers, secrets) = lived(&world).await;
    world.registry.grants("protection", "PROTECTION_OFFICER", world.hanoi);
    let mut protector = world.actor("protection", "vi");
    let mut look = world.look().await;
    let tables = tables(&mut look).await;
    let listed: BTreeSet<&str> =
        KEPT.iter().map(|(table, _)| *table).chain(GONE.iter().copied()).collect();
    for table in &tables {
        assert!(listed.contains(table.as_str()), "what becomes of {table} when she is erased?");
    }
    assert_eq!(listed.len(), tables.len());
    let counts = world.officer().counts_of(&[world.alpha, world.beta], DAY).await;
    let then = OffsetDateTime::now_utc();

    // Told: every row of every table, with what is sealed opened.
    let (records, export) = protector.told_all(hers).await.expect("told");
    let mut told: BTreeMap<&str, i64> = BTreeMap::new();
    for record in &records {
        *told.entry(&record.kind).or_default() += 1;
    }
    for table in &tables {
        if NOT_TOLD.contains(&table.as_str()) {
            continue;
        }
        let now = rows(&mut look, table, hers).await;
        let before = rows(&mut look, &format!("{table}_past"), hers).await;
        let of_it = told.get(table.as_str()).copied().unwrap_or_default();
        let hers = GONE.contains(&table.as_str());
        assert!(!hers || now + before > 0, "nothing in {table} that could be erased");
        assert!(of_it >= now + before, "{table}: {of_it} of {now} and {before} are told");
    }
    let text: String = records.iter().map(|record| record.content.as_str()).collect();
    for secret in &secrets {
        assert!(text.contains(secret), "{secret} is not told");
    }
    assert!(!text.contains("ciphertext") && !text.contains("blind_index"));
    // It is told to whoever asked, and to nobody who may not.
    let asked = pb::ListExportedRecordsRequest { export_id: export, ..Default::default() };
    world.registry.grants("second", "PROTECTION_OFFICER", world.hanoi);
    let other = world.actor("second", "vi").protection.list_exported_records(asked.clone()).await;
    assert_eq!(refused(other), because("EXPORT_UNKNOWN", "export_id"));
    let officer = world.officer().protection.list_exported_records(asked).await;
    assert_eq!(refused(officer).0, "PERMISSION_DENIED");
    assert_eq!(refused(world.officer().told_all(hers).await).0, "PERMISSION_DENIED");
    assert_eq!(refused(world.officer().erases(hers, false).await).0, "PERMISSION_DENIED");

    // Erased: nothing of it stands anywhere, and nothing that counts has changed.
    let kept = |table: &str| KEPT.iter().any(|(kept, _)| *kept == table);
    let mut before = BTreeMap::new();
    for table in tables.iter().filter(|table| kept(table)) {
        before.insert(table.clone(), rows(&mut look, table, hers).await);
    }
    protector.erases(hers, false).await.expect("erased");
    for table in &tables {
        let now = rows(&mut look, table, hers).await;
        let past = rows(&mut look, &format!("{table}_past"), hers).await;
        if GONE.contains(&table.as_str()) {
            assert_eq!((now, past), (0, 0), "{table}");
        } else if table != "person_erasure" {
            assert_eq!(now, before[table], "{table}");
        }
    }
    let text = texts(&mut look).await;
    for secret in
        secrets.iter().filter(|secret| !["COLLEGE", "OFFICIAL"].contains(&secret.as_str()))
    {
        assert!(!text.contains(secret), "{secret} stands somewhere");
    }
    let unsaid: i64 =
        sqlx::query_scalar("select count(*) from member_import_line where ciphertext is not null")
            .fetch_one(&mut look)
            .await
            .expect("counted");
    assert_eq!(unsaid, 0, "what a line said of her");
    assert_eq!(world.officer().counts_of(&[world.alpha, world.beta], DAY).await, counts);
    assert_eq!(world.officer().counted(world.alpha, DAY, then).await, (1, 1));

    // Her id answers, and no more.
    let mut officer = world.officer();
    assert_eq!(refused(officer.sees(hers).await), because("PERSON_ERASED", "person_id"));
    let get = pb::GetMemberRequest { person_id: hers.to_string(), known_at: Some(instant(then)) };
    let get = officer.members.get_member(get).await;
    assert_eq!(refused(get), because("PERSON_ERASED", "person_id"));
    let admits = officer.admits(world.alpha, LATER, vec![known(hers)]).await;
    assert_eq!(refused(admits), because("PERSON_ERASED", "lines[0].person_id"));
    assert_eq!(refused(protector.erases(hers, false).await).0, "PERSON_ERASED");
    let text = pb::SearchMembersRequest { text: NAME.to_string(), ..Default::default() };
    assert!(
        officer.members.search_members(text).await.expect("searched").into_inner().found.is_empty()
    );
    // Her number is free for whoever comes.
    officer.admits(world.alpha, LATER, vec![person(1)]).await.expect("somebody else");
    world.stop().await;
}

#[tokio::test]
async fn who_counts_is_erased_by_a_decision_only_and_goes_on_counting() {
    let world = World::start().await;
    let mut officer = world.officer();
    let hers = officer.admits(world.alpha, DAY, vec![person(1)]).await.expect("admitted")[0];
    let applicant =
        officer.applies(world.alpha, today(), vec![person(3)]).await.expect("applied")[0];
    world.registry.grants("protection", "PROTECTION_OFFICER", world.hanoi);
    let mut protector = world.actor("protection", "vi");
    for counted in [hers, applicant] {
        let refusal = protector.erases(counted, false).await;
        assert_eq!(refused(refusal), because("PERSON_COUNTED", "person_id"));
    }
    let bare = pb::ErasePersonRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: hers.to_string(),
        reason: "theo yêu cầu".to_string(),
        while_counted: true,
        ..Default::default()
    };
    let refusal = protector.protection.erase_person(bare).await;
    assert_eq!(refused(refusal), because("FIELD_REQUIRED", "basis"));
    protector.erases(hers, true).await.expect("erased");
    assert_eq!(officer.counts(world.alpha, LATER).await, 1);
    // She can leave still.
    officer.exits(world.alpha, pb::ExitReason::Died, LATER, &[hers]).await.expect("left");
    assert_eq!(officer.counts(world.alpha, LATER).await, 0);
    // Nobody but the eraser goes through what was known.
    let mut look = world.look().await;
    let refused = sqlx::query("delete from person_past").execute(&mut look).await;
    assert!(refused.expect_err("refused").to_string().contains("only added to"));
    world.stop().await;
}

#[tokio::test]
async fn what_has_been_kept_for_long_enough_is_erased_in_steps() {
    let world = World::start().await;
    let mut officer = world.officer();
    let reached = |number: u32| pb::PersonLine { phone: "0999000111".into(), ..person(number) };
    let members = officer.admits(world.alpha, DAY, vec![reached(1), reached(3)]).await.expect("ok");
    let applicant = officer.applies(world.alpha, DAY, vec![person(5)]).await.expect("ok")[0];
    officer.exits(world.alpha, pb::ExitReason::Retired, LATER, &members[..1]).await.expect("left");
    let pool = world.pool().await;
    let all = async |on: Date| {
        let mut all = retention::Erased::default();
        sqlx::query("delete from person_walk").execute(&pool).await.expect("anew");
        while let Some(step) = retention::step(&pool, on).await.expect("a step") {
            all.people += step.people;
            all.contacts += step.contacts;
        }
        (all.people, all.contacts)
    };
    assert_eq!(all(date!(2022 - 02 - 28)).await, (0, 0));
    assert_eq!(all(date!(2022 - 03 - 01)).await, (0, 1));
    assert_eq!(officer.sees(members[0]).await.expect("seen").person.expect("her").phone, None);
    let other = officer.sees(members[1]).await.expect("seen").person.expect("her");
    assert!(other.phone.is_some());
    // Written down today, she is kept for two years from now on, whenever she applied.
    let in_two_years = today().replace_year(today().year() + 2).expect("a day");
    assert_eq!(all(in_two_years - time::Duration::days(2)).await, (0, 0));
    assert_eq!(all(in_two_years + time::Duration::days(2)).await, (1, 0));
    assert_eq!(refused(officer.sees(applicant).await).0, "PERSON_ERASED");
    assert_eq!(all(date!(2091 - 03 - 02)).await, (1, 0));
    assert_eq!(refused(officer.sees(members[0]).await).0, "PERSON_ERASED");
    let causes: Vec<i16> = sqlx::query_scalar("select cause from person_erasure")
        .fetch_all(&pool)
        .await
        .expect("read");
    assert_eq!(causes, [pb::ErasureCause::Retention as i16; 2]);
    // A pass that is over is not begun again on the same day.
    assert_eq!(retention::step(&pool, today()).await.expect("looked"), None);
    world.stop().await;
}

#[tokio::test]
async fn a_data_key_is_replaced_while_people_are_read_and_written() {
    let world = World::start().await;
    let mut officer = world.officer();
    let line = |number: u32| pb::PersonLine { phone: "0999000111".into(), ..person(number) };
    let lines = (0..7).map(|n| line(2 * n + 1)).collect();
    let members = officer.admits(world.alpha, DAY, lines).await.expect("admitted");
    let party = pb::SetPartyMembershipRequest {
        request_id: Uuid::new_v4().to_string(),
        person_id: members[0].to_string(),
        said: Some(pb::AttributeSaid {
            value: "OFFICIAL".to_string(),
            effective_on: Some(civil(DAY)),
            ..Default::default()
        }),
        ..Default::default()
    };
    officer.profiles.set_party_membership(party).await.expect("said");
    let then = OffsetDateTime::now_utc();
    let corrected = pb::CorrectPersonRequest {
        phone: Some("0999000222".to_string()),
        identity_number: Some(person(101).identity_number),
        ..Default::default()
    };
    officer.corrects_person(members[0], corrected).await.expect("corrected");
    let mut look = world.look().await;
    let known = async |look: &mut PgConnection| -> Vec<String> {
        sqlx::query_scalar(
            "select (to_jsonb(held) - array['key_version', 'ciphertext'])::text
             from (select to_jsonb(h) as held from person_identity h
                   union all select to_jsonb(h) from person_identity_past h
                   union all select to_jsonb(h) from person_contact h
                   union all select to_jsonb(h) from person_contact_past h
                   union all select to_jsonb(h) from person_sensitive h) all_held (held)
             order by 1",
        )
        .fetch_all(look)
        .await
        .expect("read")
    };
    let before = known(&mut look).await;
    assert_eq!(before.len(), 8 + 1 + 7 + 1 + 1);

    let config = Config::in_folder(world.keys_folder());
    assert_eq!(config.rotate(today()).expect("rotated"), 2);
    let keys = Keys::open(&config, today()).expect("opened");
    let pool = world.pool().await;
    let mut resealed = 0;
    while let Some(step) = rotation::step(&pool, &keys).await.expect("a step") {
        resealed += step;
        // The service has not read of the key, and is asked meanwhile.
        let seen = officer.sees(members[0]).await.expect("seen").person.expect("her");
        assert_eq!(
            (seen.identity_number(), seen.phone()),
            (person(101).identity_number.as_str(), "0999000222")
        );
    }
    assert_eq!(resealed, 18);
    assert_eq!(known(&mut look).await, before, "nothing else has become known of anybody");
    let old: i64 = sqlx::query_scalar(
        "select (select count(*) from person_identity where key_version = 1)
              + (select count(*) from person_identity_past where key_version = 1)
              + (select count(*) from person_contact where key_version = 1)
              + (select count(*) from person_contact_past where key_version = 1)
              + (select count(*) from person_sensitive where key_version = 1)",
    )
    .fetch_one(&mut look)
    .await
    .expect("counted");
    assert_eq!(old, 0);
    let get =
        pb::GetMemberRequest { person_id: members[0].to_string(), known_at: Some(instant(then)) };
    let seen = officer.members.get_member(get).await.expect("seen").into_inner();
    let seen = seen.person.expect("her");
    assert_eq!(
        (seen.identity_number(), seen.phone()),
        (person(1).identity_number.as_str(), "0999000111")
    );
    // What is written from now on is sealed with it; the pass is over for today.
    let newest = officer.admits(world.beta, DAY, vec![line(201)]).await.expect("admitted")[0];
    let version: i32 =
        sqlx::query_scalar("select key_version from person_identity where person_id = $1")
            .bind(newest)
            .fetch_one(&mut look)
            .await
            .expect("read");
    assert_eq!(version, 2);
    assert_eq!(rotation::step(&pool, &keys).await.expect("looked"), None);
    // Nothing goes this way but keys.
    let other = "begin; select set_config('congdoan.past_opened_for', 'another key', true);
                 update person_identity set kind = 2";
    let refused = sqlx::raw_sql(other).execute(&mut look).await;
    assert!(refused.expect_err("refused").to_string().contains("changes nothing but"));
    assert_eq!(id(&members[0].to_string()), members[0]);
    world.stop().await;
}
