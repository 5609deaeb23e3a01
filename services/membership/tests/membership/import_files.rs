//! Files that are sent: understood line by line, and what was not taken comes back as a file.

use std::io::Cursor;

use bytes::Bytes;
use chassis::parse::civil;
use proto::google::api::HttpBody;
use proto::membership::v1 as pb;
use proto::membership::v1::ImportOutcome as Outcome;
use proto::membership::v1::import_file_request::Header;
use sheets::writing::{Format, Writer};
use sheets::{Limits, People};
use time::Date;
use time::macros::date;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::imports::{header as of_lines, line};
use crate::world::{Actor, World, person, refused};

const DAY: Date = date!(2020 - 03 - 01);

fn header(import: Uuid, union: Option<Uuid>) -> Header {
    Header {
        request_id: import.to_string(),
        organisation_id: union.map(|union| union.to_string()).unwrap_or_default(),
        kind: pb::AdmissionKind::Admitted.into(),
        effective_on: Some(civil(DAY)),
        ..Header::default()
    }
}

fn piece(data: &[u8]) -> pb::ImportFileRequest {
    let body = HttpBody { data: Bytes::copy_from_slice(data), ..HttpBody::default() };
    pb::ImportFileRequest { header: None, file: Some(body) }
}

/// A file in pieces, behind its header.
fn parts(header: Header, file: &[u8]) -> Vec<pb::ImportFileRequest> {
    let first = pb::ImportFileRequest { header: Some(header), file: None };
    std::iter::once(first).chain(file.chunks(1_000).map(piece)).collect()
}

impl Actor {
    async fn sends(
        &mut self,
        header: Header,
        file: &[u8],
    ) -> Result<pb::ImportFileResponse, Status> {
        let messages = tokio_stream::iter(parts(header, file));
        Ok(self.imports.import_file(messages).await?.into_inner())
    }

    pub async fn imports_file(
        &mut self,
        import: Uuid,
        union: Option<Uuid>,
        file: &[u8],
    ) -> Result<pb::Import, Status> {
        let answer = self.sends(header(import, union), file).await?;
        Ok(answer.import.expect("an import"))
    }

    /// The lines that were not taken, as a file.
    async fn refused_lines(
        &mut self,
        import: Uuid,
        format: pb::FileFormat,
    ) -> Result<Vec<u8>, Status> {
        let request =
            pb::ExportRefusedLinesRequest { import_id: import.to_string(), format: format.into() };
        let mut pieces = self.imports.export_refused_lines(request).await?.into_inner();
        let mut file = Vec::new();
        while let Some(piece) = pieces.message().await? {
            file.extend_from_slice(&piece.data);
        }
        Ok(file)
    }
}

const LIST: &str = "\
Danh sách đoàn viên;;;;;
STT;Họ và tên;Ngày sinh;Số CCCD;Mã công đoàn;Lương
1;Lê Thị Một;31/5/1990;999190000001;;5
2;Lê Hai;5/31/1990;79090000002;;6
3;Lê Ba;1985;999185000003;CDCS-1;7
4;Lê Bốn;1985;;;8
;Cộng: 4 người;;;;
";

#[tokio::test]
async fn a_file_is_taken_line_by_line_and_what_was_not_comes_back_to_be_corrected() {
    let world = World::start().await;
    let mut officer = world.officer();
    let twin = pb::PersonLine {
        name: "Lê Bốn".to_string(),
        birth_year: 1985,
        ..pb::PersonLine::default()
    };
    officer.admits(world.alpha, DAY, vec![twin]).await.expect("admitted");
    let import = Uuid::now_v7();
    let answer = officer.sends(header(import, Some(world.alpha)), LIST.as_bytes()).await;
    let answer = answer.expect("imported");
    let done = answer.import.expect("an import");
    assert_eq!((done.admitted, done.refused, done.candidates, done.finished), (1, 2, 1, true));
    let remarks = answer.remarks.join("\n");
    assert!(
        remarks.contains("Không đọc các cột: Lương.") && remarks.contains("dòng 7"),
        "{remarks}"
    );

    let told = officer.lines_of(import, Outcome::Refused).await;
    let why: Vec<(i32, &str, &str)> = told
        .iter()
        .map(|line| {
            let refusal = line.refusal.as_ref().expect("why");
            (line.file_line, refusal.reason.as_str(), refusal.field.as_str())
        })
        .collect();
    assert_eq!(why, [(4, "CELL_UNREADABLE", "birth"), (5, "CELL_UNREADABLE", "union")]);
    let first = told[0].refusal.as_ref().expect("why");
    // All that is wrong with it, in both languages.
    for said in ["Ngày sinh (cột C): ngày viết kiểu Mỹ", "Số CCCD (cột D): chỉ còn 11 chữ số"]
    {
        assert!(first.vi.contains(said), "{}", first.vi);
    }
    assert!(first.en.contains("the date is American"), "{}", first.en);
    assert!(told[0].said.is_none());
    let cells: Vec<(&str, &str)> =
        told[0].cells.iter().map(|cell| (cell.column.as_str(), cell.text.as_str())).collect();
    assert!(cells.contains(&("Ngày sinh", "5/31/1990")), "{cells:?}");
    // What lies here is sealed.
    let sealed: Vec<Vec<u8>> = sqlx::query_scalar(
        "select ciphertext from member_import_line where ciphertext is not null",
    )
    .fetch_all(&mut world.look().await)
    .await
    .expect("read");
    assert_eq!(sealed.len(), 3);
    let name = "Lê".as_bytes();
    assert!(!sealed.iter().any(|some| some.windows(name.len()).any(|some| some == name)));

    // The same file again changes nothing; another one is none of it.
    let again = officer.imports_file(import, Some(world.alpha), LIST.as_bytes()).await;
    assert_eq!(again.expect("repeated"), done);
    let other = LIST.replace("Lê Thị Một", "Lê Thị Mốt");
    let refusal = officer.imports_file(import, Some(world.alpha), other.as_bytes()).await;
    assert_eq!(refused(refusal).0, "REQUEST_ID_REUSED");

    for format in [pb::FileFormat::Csv, pb::FileFormat::Xlsx] {
        let file = officer.refused_lines(import, format).await.expect("written");
        let people = People::open(Cursor::new(&file), Limits::default()).expect("a list");
        let lines: Vec<_> = people.map(|line| line.expect("read")).collect();
        assert_eq!(lines.len(), 3);
    }
    let file = officer.refused_lines(import, pb::FileFormat::Csv).await.expect("written");
    let text = String::from_utf8(file).expect("text");
    assert!(text.contains("Dòng trong tệp gốc,Lý do chưa nhận"), "{text}");
    assert!(
        text.contains("ngày viết kiểu Mỹ") && text.contains("Có thể là một đoàn viên"),
        "{text}"
    );
    // As somebody corrects it: the day, the number, the union, and that one is another.
    let corrected: Vec<String> = text
        .lines()
        .map(|row| {
            let row = row.replace("5/31/1990", "31/5/1990").replace("79090000002", "999090000002");
            row.replace("CDCS-1", &world.beta.to_string())
        })
        .collect();
    let heading: Vec<&str> = corrected[0].split(',').collect();
    let another = heading.iter().position(|it| *it == "Là người khác").expect("a column");
    let marked = corrected.iter().map(|row| {
        let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
        if row.contains("Lê Bốn") {
            cells[another] = "x".to_owned();
        }
        cells.join(",")
    });
    let file = marked.collect::<Vec<_>>().join("\r\n");
    let done = officer.imports_file(Uuid::now_v7(), Some(world.alpha), file.as_bytes()).await;
    let done = done.expect("imported");
    assert_eq!((done.admitted, done.lines_done), (3, 3), "{file}");
    assert_eq!(officer.counts(world.alpha, DAY).await, 4);
    assert_eq!(officer.counts(world.beta, DAY).await, 1);
    world.stop().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_as_a_whole() {
    let world = World::start().await;
    let mut officer = world.officer();
    // What unpacks to more than anybody's list does, in a few kilobytes.
    let mut bomb =
        Writer::begin(Vec::new(), Format::Xlsx, &["Họ và tên", "Ngày sinh"]).expect("begun");
    for _ in 0..1_000 {
        bomb.row(&["x".repeat(32_000), "1990".to_owned()]).expect("written");
    }
    let bomb = bomb.finish().expect("written");
    assert!(bomb.len() < 400_000, "{}", bomb.len());
    let damaged =
        [&b"Ho va ten;Nam sinh\nLe Mot;1990\nLe Hai;1991\n"[..], &[0xff, 0, 0, 0xff]].concat();
    let large = vec![b'x'; 4_000_001];
    for (what, file, fault) in [
        ("nothing", &b""[..], "FILE_EMPTY"),
        ("a web page", b"<html><table><tr><td>", "FILE_IS_SOMETHING_ELSE"),
        ("no heading", b"1;2;3\n4;5;6\n", "HEADING_MISSING"),
        ("no births", "STT;Họ và tên;Giới tính\n1;Lê Một;Nam\n".as_bytes(), "COLUMNS_MISSING"),
        ("nobody", "Họ và tên;Năm sinh\n".as_bytes(), "NOBODY_IN_IT"),
        ("a packed bomb", &bomb, "FILE_TOO_LARGE"),
        ("too many bytes", &large, "FILE_TOO_LARGE"),
    ] {
        let import = Uuid::now_v7();
        let refusal = officer.imports_file(import, Some(world.alpha), file).await;
        let refusal = refusal.expect_err(what);
        assert_eq!(refusal.code(), Code::InvalidArgument, "{what}: {refusal:?}");
        let info = tonic_types::StatusExt::get_details_error_info(&refusal).expect("a reason");
        assert_eq!(
            (info.reason.as_str(), info.metadata["fault"].as_str()),
            ("FILE_REFUSED", fault)
        );
        assert_eq!(officer.import_of(import).await.expect("told").lines_done, 0);
    }
    // What is found behind good lines is found before any of them is taken.
    let refusal = officer.imports_file(Uuid::now_v7(), Some(world.alpha), &damaged).await;
    assert_eq!(refused(refusal).0, "FILE_REFUSED");
    assert_eq!(officer.counts(world.alpha, DAY).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn a_file_has_a_header_and_a_right_before_it_is_read_and_an_end() {
    let world = World::start().await;
    let mut officer = world.officer();
    let headless = vec![piece(LIST.as_bytes())];
    let refusal = officer.imports.import_file(tokio_stream::iter(headless)).await;
    assert_eq!(refused(refusal).0, "IMPORT_HEADER_MISSING");
    let mut twice = parts(header(Uuid::now_v7(), Some(world.alpha)), LIST.as_bytes());
    twice.push(twice[0].clone());
    let refusal = officer.imports.import_file(tokio_stream::iter(twice)).await;
    assert_eq!(refused(refusal).0, "IMPORT_HEADER_MISSING");
    // Whoever may not import there is told before she has sent the rest.
    let first = parts(header(Uuid::now_v7(), Some(world.gamma)), b"").remove(0);
    let endless =
        tokio_stream::StreamExt::chain(tokio_stream::once(first), tokio_stream::pending());
    let refusal = officer.imports.import_file(endless).await;
    assert_eq!(refused(refusal).0, "ORGANISATION_UNKNOWN");

    // Who goes away in the middle has sent nothing.
    let import = Uuid::now_v7();
    let some = parts(header(import, Some(world.alpha)), LIST.as_bytes());
    let broken = tokio_stream::StreamExt::chain(tokio_stream::iter(some), tokio_stream::pending());
    let mut sender = world.officer();
    let call = tokio::spawn(async move { sender.imports.import_file(broken).await.map(|_| ()) });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    call.abort();
    let _ = call.await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(officer.import_of(import).await.expect("told").lines_done, 0);
    assert_eq!(officer.counts(world.alpha, DAY).await, 0);

    // A dry run takes in nobody.
    let dry = Header { validate_only: true, ..header(import, Some(world.alpha)) };
    let judged = officer.sends(dry, LIST.as_bytes()).await.expect("judged");
    assert_eq!(judged.import.expect("an import").admitted, 2);
    assert_eq!(officer.counts(world.alpha, DAY).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn lines_of_a_stream_come_back_as_a_file_too_and_nobody_elses() {
    let world = World::start().await;
    let mut officer = world.officer();
    let import = Uuid::now_v7();
    let mut ill = person(1);
    ill.phone = "12".to_string();
    let lines = vec![line(ill), line(person(2))];
    officer.imports(of_lines(import, world.alpha), lines).await.expect("imported");
    let file = officer.refused_lines(import, pb::FileFormat::Csv).await.expect("written");
    let text = String::from_utf8(file).expect("text");
    assert_eq!(text.lines().count(), 2, "{text}");
    for said in ["Nguyễn Văn Số 1", "1985", "999185000001", "Nữ", ",12,"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    // Of an import of somebody else's there is a heading.
    let file = world.national().refused_lines(import, pb::FileFormat::Csv).await.expect("written");
    assert_eq!(String::from_utf8(file).expect("text").lines().count(), 1);
    let nobody = world.actor("nobody", "vi").refused_lines(import, pb::FileFormat::Csv).await;
    assert_eq!(nobody.expect_err("refused").code(), Code::PermissionDenied);
    world.stop().await;
}
