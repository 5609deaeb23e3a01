//! Members in a file: what is in it, who gets it, and that it comes to its end whatever happens.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::time::{Duration, Instant};

use chassis::parse::{civil, instant};
use proto::membership::v1 as pb;
use proto::membership::v1::{ExportState as State, FileFormat as Format};
use proto::registry::v1::registry_change::Change as What;
use proto::registry::v1::{GrantEnded, GrantMade};
use sheets::people::Person;
use sheets::value::Birth;
use sheets::{Limits, People};
use stage::registry::Members;
use time::macros::date;
use time::{Date, OffsetDateTime};
use tonic::{Code, Request, Status};
use uuid::Uuid;

use crate::world::{Actor, World, known, people, person, refused};

const DAY: Date = date!(2020 - 03 - 01);
const SOON: Duration = Duration::from_secs(30);

pub fn asked(organisation: Uuid, format: Format) -> pb::ExportMembersRequest {
    pb::ExportMembersRequest {
        request_id: Uuid::now_v7().to_string(),
        organisation_id: organisation.to_string(),
        format: format.into(),
        ..Default::default()
    }
}

impl Actor {
    pub async fn exports(&mut self, asked: pb::ExportMembersRequest) -> Result<String, Status> {
        Ok(self.exports.export_members(asked).await?.into_inner().export_id)
    }

    async fn export_of(&mut self, export: &str) -> Result<pb::Export, Status> {
        let request = pb::GetExportRequest { export_id: export.to_owned() };
        Ok(self.exports.get_export(request).await?.into_inner().export.expect("an export"))
    }

    /// Waits until an export has come to its end.
    async fn ended(&mut self, export: &str) -> pb::Export {
        let began = Instant::now();
        loop {
            let now = self.export_of(export).await.expect("told");
            if !matches!(now.state(), State::Waiting | State::Writing) {
                return now;
            }
            assert!(began.elapsed() < SOON, "it does not end: {now:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The kind of the file, what it is called, and all of it.
    pub async fn downloads(&mut self, export: &str) -> Result<(String, String, Vec<u8>), Status> {
        let request = pb::DownloadExportRequest { export_id: export.to_owned() };
        let answer = self.exports.download_export(request).await?;
        let named = answer.metadata().get("content-disposition").expect("a name");
        let named = named.to_str().expect("ASCII").to_owned();
        let mut pieces = answer.into_inner();
        let (mut kind, mut file) = (None, Vec::new());
        while let Some(piece) = pieces.message().await? {
            kind.get_or_insert(piece.content_type);
            file.extend_from_slice(&piece.data);
        }
        Ok((kind.expect("a first piece"), named, file))
    }

    async fn cancels(&mut self, export: &str) -> Result<State, Status> {
        let request = pb::CancelExportRequest {
            request_id: Uuid::new_v4().to_string(),
            export_id: export.to_owned(),
            ..Default::default()
        };
        Ok(self.exports.cancel_export(request).await?.into_inner().state())
    }
}

/// Who is in a file, as an import reads it.
pub fn in_file(file: &[u8]) -> Vec<Person> {
    let people = People::open(Cursor::new(file), Limits::default()).expect("a list");
    people.map(|line| *line.expect("read").person.expect("understood")).collect()
}

/// Ends what somebody was granted.
async fn loses(world: &World, subject: &str, grant_id: &str) {
    let ended = GrantEnded { grant_id: grant_id.to_owned() };
    world.registry.acts(date!(2020 - 01 - 01), vec![What::GrantEnded(ended)]);
    // Nobody is let in any more once it is known.
    let mut actor = world.actor(subject, "vi");
    let began = Instant::now();
    loop {
        let request = pb::CountMembersRequest {
            organisation_ids: vec![world.alpha.to_string()],
            ..Default::default()
        };
        if actor.members.count_members(request).await.is_err() {
            return;
        }
        assert!(began.elapsed() < SOON, "the end of a grant is not followed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Grants a role, and answers by which grant.
fn grants(world: &World, subject: &str, role: &str, organisation: Uuid) -> String {
    let grant_id = Uuid::now_v7().to_string();
    let made = GrantMade {
        grant_id: grant_id.clone(),
        issuer: stage::ISSUER.to_string(),
        subject: subject.to_string(),
        role: role.to_string(),
        organisation_id: organisation.to_string(),
        until_on: None,
    };
    world.registry.acts(date!(2010 - 01 - 01), vec![What::GrantMade(made)]);
    grant_id
}

/// People whose file has several pieces.
fn many(count: u32) -> Vec<pb::PersonLine> {
    let long = |person: pb::PersonLine| pb::PersonLine {
        name: format!("{} {}", person.name, "ở".repeat(160)),
        workplace: "ở".repeat(300),
        occupation: "ở".repeat(200),
        ..person
    };
    people(count).into_iter().map(long).collect()
}

fn with(line: pb::PersonLine) -> Vec<pb::PersonLine> {
    vec![line]
}

#[tokio::test]
async fn what_is_exported_has_no_formula_in_it_and_can_be_imported_again() {
    let world = World::start().await;
    let mut officer = world.officer();
    let nasty = pb::PersonLine {
        workplace: "=HYPERLINK(\"http://x\";\"a\")".to_string(),
        occupation: "@SUM(1;2), thợ \"nguội\"".to_string(),
        phone: "+84912345678".to_string(),
        birth_year: 0,
        birth_date: Some(civil(date!(1985 - 05 - 31))),
        ..person(1)
    };
    let passport = pb::PersonLine {
        identity_kind: pb::IdentityKind::Passport.into(),
        identity_number: "B1234567".to_string(),
        identity_country: "LA".to_string(),
        sex: pb::Sex::Unspecified.into(),
        name: "-Khăm Phởi".to_string(),
        ..person(2)
    };
    officer.admits(world.alpha, DAY, with(nasty)).await.expect("admitted");
    officer.admits(world.alpha, DAY, with(passport)).await.expect("admitted");
    officer.admits(world.beta, date!(2021 - 12 - 11), with(person(3))).await.expect("admitted");
    let elsewhere = world.national().admits(world.gamma, DAY, with(person(4))).await;
    elsewhere.expect("admitted");

    for (format, kind, ending) in [
        (Format::Csv, "text/csv; charset=utf-8", "csv"),
        (Format::Xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ] {
        let request = pb::ExportMembersRequest {
            with_subtree: true,
            with_identity: true,
            as_of: Some(civil(date!(2022 - 01 - 01))),
            ..asked(world.hanoi, format)
        };
        let export = officer.exports(request.clone()).await.expect("asked");
        assert_eq!(export, request.request_id);
        assert_eq!(officer.exports(request).await.expect("the same"), export);
        let (told, named, file) = officer.downloads(&export).await.expect("fetched");
        assert_eq!(told, kind);
        assert_eq!(named, format!("attachment; filename=\"doan-vien-2022-01-01.{ending}\""));
        let ready = officer.export_of(&export).await.expect("told");
        assert_eq!((ready.state(), ready.lines_written, ready.lines), (State::Ready, 3, 3));
        assert_eq!(usize::try_from(ready.bytes).expect("few"), file.len());
        assert!(ready.kept_until.is_some() && ready.refusal.is_none());
        if format == Format::Csv {
            let text = std::str::from_utf8(&file).expect("UTF-8");
            assert!(
                text.starts_with("\u{feff}STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,"),
                "{text}"
            );
            let begins =
                |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '-', '@']);
            let formula = text.lines().flat_map(|line| line.split(',')).find(|cell| begins(cell));
            assert_eq!(formula, None);
        }
        let mut read = in_file(&file);
        read.sort_by(|one, other| {
            one.joined_on.cmp(&other.joined_on).then(other.name.cmp(&one.name))
        });
        let [first, second, third] = &read[..] else { panic!("{read:?}") };
        assert_eq!(
            (first.birth, first.phone.as_deref()),
            (Some(Birth::Day(date!(1985 - 05 - 31))), Some("+84912345678"),)
        );
        assert_eq!(first.workplace, "=HYPERLINK(\"http://x\";\"a\")");
        assert_eq!(first.occupation, "@SUM(1;2), thợ \"nguội\"");
        let number = first.identity.as_ref().expect("a number");
        assert_eq!(number.number, "999185000001");
        assert_eq!((second.name.as_str(), second.sex), ("-Khăm Phởi", None));
        assert_eq!(second.identity.as_ref().map(|it| it.country.as_str()), Some("LA"));
        assert_eq!(third.joined_on, Some(date!(2021 - 12 - 11)));
        assert_eq!(third.union, world.beta.to_string());

        // All of them are known by it.
        let again = officer.imports_file(Uuid::now_v7(), None, &file).await.expect("imported");
        assert_eq!((again.already_members, again.lines_done), (3, 3), "{again:?}");
        officer.cancels(&export).await.expect("cancelled");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_file_of_nobody_is_a_heading() {
    let world = World::start().await;
    let mut officer = world.officer();
    for format in [Format::Csv, Format::Xlsx] {
        let export = officer.exports(asked(world.alpha, format)).await.expect("asked");
        let (_, _, file) = officer.downloads(&export).await.expect("fetched");
        let read = People::open(Cursor::new(file), Limits::default()).expect("a list").next();
        assert!(matches!(read, Some(Err(sheets::Refused::NobodyInIt))), "{read:?}");
    }
    let refusal = officer.exports(asked(Uuid::now_v7(), Format::Csv)).await;
    assert_eq!(refused(refusal).0, "ORGANISATION_UNKNOWN");
    let mut other = asked(world.alpha, Format::Csv);
    other.format = 77;
    assert_eq!(refused(officer.exports(other).await).0, "ENUM_VALUE_UNKNOWN");
    let mut future = asked(world.alpha, Format::Csv);
    future.known_at = Some(instant(OffsetDateTime::now_utc() + time::Duration::days(3)));
    assert_eq!(refused(officer.exports(future).await).0, "DATE_IN_FUTURE");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_one_state_of_the_roll_whoever_moves_meanwhile() {
    let world = World::start().await;
    let mut officer = world.officer();
    let persons = officer.admits(world.alpha, DAY, people(600)).await.expect("admitted");
    let before = OffsetDateTime::now_utc();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let (mut mover, alpha, beta) = (world.officer(), world.alpha, world.beta);
    let moving = persons.clone();
    let moved = tokio::spawn(async move {
        for some in moving.chunks(30) {
            mover.transfers(alpha, beta, date!(2020 - 06 - 01), some).await.expect("moved");
        }
    });
    let all: BTreeSet<String> = (0..600).map(|n| format!("Nguyễn Văn Số {n}")).collect();
    for _ in 0..6 {
        let request =
            pb::ExportMembersRequest { with_subtree: true, ..asked(world.hanoi, Format::Csv) };
        let export = officer.exports(request).await.expect("asked");
        let (_, _, file) = officer.downloads(&export).await.expect("fetched");
        let names: Vec<String> = in_file(&file).into_iter().map(|person| person.name).collect();
        assert_eq!(names.len(), 600, "somebody is in neither union, or in both");
        assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), all);
        officer.cancels(&export).await.expect("cancelled");
    }
    moved.await.expect("ran");
    // As was known before anybody moved, all were in one union.
    let request = pb::ExportMembersRequest {
        known_at: Some(instant(before)),
        ..asked(world.alpha, Format::Csv)
    };
    let export = officer.exports(request).await.expect("asked");
    let (_, _, file) = officer.downloads(&export).await.expect("fetched");
    assert_eq!(in_file(&file).len(), 600);
    let export = officer.exports(asked(world.alpha, Format::Csv)).await.expect("asked");
    let ended = officer.ended(&export).await;
    assert_eq!((ended.state(), ended.lines), (State::Ready, 0));
    world.stop().await;
}

#[tokio::test]
async fn only_its_asker_gets_a_file_and_numbers_only_who_may_read_them() {
    let world = World::start().await;
    grants(&world, "clerk", "OFFICER", world.hanoi);
    let phone = pb::PersonLine { phone: "0900000001".to_string(), ..person(1) };
    world.officer().admits(world.alpha, DAY, with(phone)).await.expect("admitted");
    let mut clerk = world.actor("clerk", "vi");
    let mut identified = asked(world.alpha, Format::Csv);
    identified.with_identity = true;
    let refusal = clerk.exports(identified.clone()).await.expect_err("refused");
    assert_eq!(refusal.code(), Code::PermissionDenied);
    let export = clerk.exports(asked(world.alpha, Format::Csv)).await.expect("asked");
    let (_, _, file) = clerk.downloads(&export).await.expect("fetched");
    let text = String::from_utf8(file).expect("text");
    assert!(text.contains("Nguyễn Văn Số 1"), "{text}");
    for hidden in ["999185000001", "0900000001", "Số CCCD", "Điện thoại"] {
        assert!(!text.contains(hidden), "{text}");
    }
    // Nobody else has it, though she may export the same people.
    let mut officer = world.officer();
    for answer in [
        officer.export_of(&export).await.map(|_| ()),
        officer.cancels(&export).await.map(|_| ()),
        officer.downloads(&export).await.map(|_| ()),
    ] {
        assert_eq!(refused(answer).0, "EXPORT_UNKNOWN");
    }
    let nobody = world.actor("nobody", "vi").exports(asked(world.alpha, Format::Csv)).await;
    assert_eq!(nobody.expect_err("refused").code(), Code::PermissionDenied);

    // It is read, and that stays known.
    let mut look = world.look().await;
    let read: (i64, i32, bool) = sqlx::query_as(
        "select lines_written, downloads, downloaded_at is not null from member_export
         where export_id = $1",
    )
    .bind(Uuid::parse_str(&export).expect("an id"))
    .fetch_one(&mut look)
    .await
    .expect("kept");
    assert_eq!(read, (1, 1, true));
    // What lies here says nothing, and nothing of it opens elsewhere.
    let sealed: Vec<u8> = sqlx::query_scalar("select ciphertext from member_export_piece")
        .fetch_one(&mut look)
        .await
        .expect("a piece");
    let name = "Nguyễn".as_bytes();
    assert!(!sealed.windows(name.len()).any(|some| some == name));
    let other = officer.exports(identified).await.expect("asked");
    officer.ended(&other).await;
    sqlx::query("update member_export_piece set ciphertext = $1")
        .bind(&sealed)
        .execute(&mut look)
        .await
        .expect("swapped");
    let broken = officer.downloads(&other).await.expect_err("not opened");
    assert_eq!(broken.code(), Code::Internal);
    world.stop().await;
}

#[tokio::test]
async fn whoever_loses_the_right_gets_no_more_of_a_file() {
    let world = World::start().await;
    // More than is ever on its way to her.
    let all = many(2_400);
    for some in all.chunks(800) {
        world.officer().admits(world.alpha, DAY, some.to_vec()).await.expect("admitted");
    }
    world.officer().admits(world.beta, DAY, with(person(5_000))).await.expect("admitted");
    let grant = grants(&world, "clerk", "OFFICER", world.alpha);
    let identity = grants(&world, "clerk", "IDENTITY_OFFICER", world.alpha);
    let mut clerk = world.actor("clerk", "vi");
    let mut request = asked(world.alpha, Format::Csv);
    let plain = clerk.exports(request.clone()).await.expect("asked");
    request.request_id = Uuid::now_v7().to_string();
    request.with_identity = true;
    let identified = clerk.exports(request).await.expect("asked");
    clerk.downloads(&identified).await.expect("fetched");
    assert_eq!(clerk.ended(&plain).await.state(), State::Ready);

    // Numbers only as long as she may read them.
    let ended = GrantEnded { grant_id: identity };
    world.registry.acts(date!(2020 - 01 - 01), vec![What::GrantEnded(ended)]);
    let began = Instant::now();
    while clerk.downloads(&identified).await.is_ok() {
        assert!(began.elapsed() < SOON, "the end of a grant is not followed");
    }
    let refusal = clerk.downloads(&identified).await.expect_err("refused");
    assert_eq!(refusal.code(), Code::PermissionDenied);

    // In the middle of it.
    let request = pb::DownloadExportRequest { export_id: plain.clone() };
    let mut pieces = clerk.exports.download_export(request).await.expect("begun").into_inner();
    let first = pieces.message().await.expect("a piece").expect("a piece");
    assert!(!first.data.is_empty());
    loses(&world, "clerk", &grant).await;
    let mut taken = first.data.len();
    let end = loop {
        match pieces.message().await {
            Ok(Some(piece)) => taken += piece.data.len(),
            Ok(None) => panic!("she got all {taken} bytes"),
            Err(status) => break status,
        }
    };
    assert_eq!(end.code(), Code::PermissionDenied);
    // Elsewhere she may export: of this organisation she has nothing.
    grants(&world, "clerk", "OFFICER", world.beta);
    let began = Instant::now();
    loop {
        let refusal = clerk.downloads(&plain).await.expect_err("refused");
        if refusal.code() == Code::NotFound {
            assert_eq!(refused::<()>(Err(refusal)).0, "EXPORT_UNKNOWN");
            break;
        }
        assert!(began.elapsed() < SOON, "a grant is not followed");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_cancelled_export_is_gone_and_so_is_one_whose_time_is_over() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.admits(world.alpha, DAY, many(1_000)).await.expect("admitted");
    let mut exports = Vec::new();
    for _ in 0..3 {
        exports.push(officer.exports(asked(world.alpha, Format::Xlsx)).await.expect("asked"));
    }
    let refusal = officer.exports(asked(world.alpha, Format::Csv)).await;
    assert_eq!(refused(refusal).0, "EXPORTS_TOO_MANY");
    // Whether it waits, is being written, or is whole.
    let mut look = world.look().await;
    for export in &exports[..2] {
        assert_eq!(officer.cancels(export).await.expect("cancelled"), State::Cancelled);
        assert_eq!(officer.cancels(export).await.expect("cancelled"), State::Cancelled);
        assert_eq!(refused(officer.downloads(export).await).0, "EXPORT_GONE");
    }
    assert_eq!(officer.ended(&exports[2]).await.state(), State::Ready);
    let pieces = "select count(distinct export_key) from member_export_piece";
    let kept: i64 = sqlx::query_scalar(pieces).fetch_one(&mut look).await.expect("counted");
    assert_eq!(kept, 1, "pieces of what was cancelled lie here");

    let pool = world.pool().await;
    assert_eq!(membership::export::forget::delete(&pool).await.expect("looked"), 0);
    sqlx::query("update member_export set kept_until = now() where state = 3")
        .execute(&mut look)
        .await
        .expect("over");
    assert_eq!(membership::export::forget::delete(&pool).await.expect("deleted"), 1);
    assert_eq!(officer.export_of(&exports[2]).await.expect("told").state(), State::Deleted);
    assert_eq!(refused(officer.downloads(&exports[2]).await).0, "EXPORT_GONE");
    let kept: i64 = sqlx::query_scalar(pieces).fetch_one(&mut look).await.expect("counted");
    assert_eq!(kept, 0);
    // There is room again.
    officer.exports(asked(world.alpha, Format::Csv)).await.expect("asked");
    world.stop().await;
}

#[tokio::test]
async fn an_export_that_is_killed_is_begun_anew_until_it_is_given_up() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.admits(world.alpha, DAY, many(1_000)).await.expect("admitted");
    let export = officer.exports(asked(world.alpha, Format::Csv)).await.expect("asked");
    let mut look = world.look().await;
    for _ in 0..3 {
        // A kill takes away the connections that a process has, and their locks.
        sqlx::query(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity
             where datname = current_database() and usename = 'membership'",
        )
        .execute(&mut look)
        .await
        .expect("killed");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    let began = Instant::now();
    // The service makes new connections, one after the other.
    let (_, _, file) = loop {
        match officer.downloads(&export).await {
            Ok(downloaded) => break downloaded,
            Err(status) => assert!(began.elapsed() < SOON, "{status:?}"),
        }
    };
    let names: BTreeSet<String> = in_file(&file).into_iter().map(|person| person.name).collect();
    assert_eq!(names.len(), 1_000);

    // One that a process has left in the middle, often.
    for (attempts, expected) in [(4, State::Ready), (5, State::Failed)] {
        sqlx::query(
            "with left_in_the_middle as (
                 update member_export set state = 2, attempts = $1, pieces = 1, lines_written = 7
             )
             delete from member_export_piece where number > 0",
        )
        .bind(attempts)
        .execute(&mut look)
        .await
        .expect("left");
        let ended = officer.ended(&export).await;
        assert_eq!(ended.state(), expected);
        match expected {
            State::Ready => {
                assert_eq!(officer.downloads(&export).await.expect("fetched").2, file);
            }
            _ => {
                let refusal = ended.refusal.expect("why");
                assert_eq!(refusal.reason, "EXPORT_ABANDONED");
                assert!(refusal.vi.contains('5') && refusal.en.contains('5'), "{refusal:?}");
                assert_eq!(refused(officer.downloads(&export).await).0, "EXPORT_GONE");
            }
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_file_takes_so_many_and_whoever_waits_for_it_is_told_in_time() {
    let world = World::start().await;
    let mut officer = world.officer();
    for first in [0, 1_000, 2_000] {
        let lines = (first..first + 801)
            .map(|n| pb::PersonLine { identity_number: String::new(), ..person(n) });
        officer.admits(world.alpha, DAY, lines.collect()).await.expect("admitted");
    }
    let export = officer.exports(asked(world.alpha, Format::Csv)).await.expect("asked");
    let ended = officer.ended(&export).await;
    let refusal = ended.refusal.as_ref().expect("why");
    assert_eq!((ended.state(), refusal.reason.as_str()), (State::Failed, "EXPORT_TOO_LARGE"));
    assert!(refusal.vi.contains("2403") && refusal.en.contains("2400"), "{refusal:?}");

    // Another process writes this one, and takes its time.
    let export_key = Uuid::now_v7();
    let mut look = world.look().await;
    sqlx::query("select pg_advisory_lock(hashtextextended($1, 292))")
        .bind(export_key.to_string())
        .execute(&mut look)
        .await
        .expect("held");
    sqlx::query(
        "insert into member_export (export_key, principal, export_id, issuer, subject,
                                    organisation_id, with_subtree, as_of, format, with_identity,
                                    asked_at)
         select $1, principal, $1, issuer, subject, $2, false, as_of, 1, false, now()
         from member_export limit 1",
    )
    .bind(export_key)
    .bind(world.beta)
    .execute(&mut look)
    .await
    .expect("asked");
    let id = export_key.to_string();
    let mut request = Request::new(pb::DownloadExportRequest { export_id: id.clone() });
    request.set_timeout(Duration::from_secs(2));
    let answer = officer.exports.download_export(request).await.map(|_| ());
    assert_eq!(refused(answer).0, "EXPORT_NOT_READY");
    assert_eq!(officer.export_of(&id).await.expect("told").state(), State::Waiting);
    drop(look);
    officer.downloads(&id).await.expect("fetched");
    world.stop().await;
}

#[tokio::test]
async fn an_organisation_that_ended_is_exported_as_it_was() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.admits(world.alpha, DAY, people(3)).await.expect("admitted");
    world.registry.ends(date!(2024 - 01 - 01), &[(world.alpha, Members::Rehomed(world.beta))]);
    let export =
        |on| pb::ExportMembersRequest { as_of: Some(civil(on)), ..asked(world.alpha, Format::Csv) };
    let began = Instant::now();
    // Until they have gone on.
    while officer.counts(world.beta, date!(2024 - 01 - 01)).await < 3 {
        assert!(began.elapsed() < SOON, "an end is not followed");
    }
    let then = officer.exports(export(date!(2023 - 12 - 31))).await.expect("asked");
    assert_eq!(officer.ended(&then).await.lines, 3);
    let now = officer.exports(export(date!(2024 - 01 - 01))).await.expect("asked");
    assert_eq!(officer.ended(&now).await.lines, 0);
    let again = officer.admits(world.beta, DAY, vec![known(Uuid::now_v7())]).await;
    assert!(again.is_err());
    world.stop().await;
}
