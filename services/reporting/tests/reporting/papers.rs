//! Reports as files, and those of many organisations as one.

use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{EmployersRecorded, employers_recorded};
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::templates::{YEAR, ask, body, reason, sentence, set, sets};
use crate::world::{Actor, ORIGIN, World, period, state};

/// What a streamed file says of itself, and all of it.
async fn file(
    answer: Result<tonic::Response<tonic::Streaming<proto::google::api::HttpBody>>, Status>,
) -> Result<(String, Vec<u8>), Status> {
    let mut stream = answer?.into_inner();
    let (mut kind, mut bytes) = (String::new(), Vec::new());
    while let Some(piece) = stream.message().await? {
        assert!(piece.data.len() <= 256 * 1024, "a piece of {} bytes", piece.data.len());
        if bytes.is_empty() {
            kind = piece.content_type;
        }
        bytes.extend_from_slice(&piece.data);
    }
    Ok((kind, bytes))
}

async fn rendered(
    actor: &mut Actor,
    report: pb::PrintReportRequest,
    format: pb::ReportFormat,
    chart: i32,
) -> Result<(String, Vec<u8>), Status> {
    let asked = pb::RenderReportRequest {
        report: Some(report),
        format: format.into(),
        chart,
        heading: Some(pb::DocumentHeading {
            number: "12".to_string(),
            place: "Hà Nội".to_string(),
            issued_on: Some(chassis::parse::civil(date!(2021 - 01 - 05))),
            ..Default::default()
        }),
    };
    file(actor.reports.render_report(asked).await).await
}

#[tokio::test]
async fn a_report_is_a_file_in_every_form_and_the_same_each_time() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unions = world.loads_unions(world.badinh, "HC", 2);
    world.admits(unions[0], date!(2020 - 05 - 01), 1_234);
    officer.value("MBR_STOCK", world.hanoi, YEAR, None).await;
    let asked = || ask("TONG_QUAN", world.hanoi);
    for (format, kind) in [
        (pb::ReportFormat::Text, "text/plain; charset=utf-8"),
        (pb::ReportFormat::Csv, "text/csv; charset=utf-8"),
        (pb::ReportFormat::Html, "text/html; charset=utf-8"),
        (pb::ReportFormat::Svg, "image/svg+xml"),
    ] {
        let (said, bytes) = rendered(&mut officer, asked(), format, 4).await.expect("rendered");
        assert_eq!(said, kind);
        let text = String::from_utf8(bytes).expect("UTF-8");
        for words in ["LĐLĐ quận Ba Đình", "1.234"] {
            assert!(text.contains(words), "{words} in {text}");
        }
        if format != pb::ReportFormat::Svg {
            for words in [
                "Số: 12/BC-LĐLĐ",
                "Hà Nội, ngày 05 tháng 01 năm 2021",
                "Tổng Liên đoàn",
                "In theo mẫu TONG_QUAN, phiên bản 1 (mẫu chung).",
            ] {
                assert!(text.to_lowercase().contains(&words.to_lowercase()), "{words} in {text}");
            }
        }
    }
    let (_, workbook) =
        rendered(&mut officer, asked(), pb::ReportFormat::Xlsx, 0).await.expect("rendered");
    assert!(workbook.starts_with(b"PK"));
    let (kind, paper) =
        rendered(&mut officer, asked(), pb::ReportFormat::Pdf, 0).await.expect("rendered");
    assert_eq!((kind.as_str(), &paper[..5]), ("application/pdf", &b"%PDF-"[..]));
    let (_, again) =
        rendered(&mut officer, asked(), pb::ReportFormat::Pdf, 0).await.expect("rendered");
    assert!(paper == again, "the same report, other bytes");

    for (answer, why) in [
        (rendered(&mut officer, asked(), pb::ReportFormat::Svg, 5).await, "CHART_UNKNOWN"),
        (rendered(&mut officer, asked(), pb::ReportFormat::Unspecified, 0).await, "FIELD_REQUIRED"),
        (
            rendered(&mut officer, ask("NOBODYS", world.hanoi), pb::ReportFormat::Pdf, 0).await,
            "TEMPLATE_UNKNOWN",
        ),
        (
            rendered(&mut officer, ask("TONG_QUAN", world.hue), pb::ReportFormat::Pdf, 0).await,
            "ORGANISATION_UNKNOWN",
        ),
    ] {
        assert_eq!(reason(answer), why);
    }
    world.stop().await;
}

fn many(template: &str, organisations: &[Uuid]) -> pb::PrintReportsRequest {
    pb::PrintReportsRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_ids: organisations.iter().map(ToString::to_string).collect(),
        template: template.to_string(),
        period: Some(period(YEAR)),
        format: pb::ReportFormat::Pdf.into(),
        ..Default::default()
    }
}

/// Waits until a printing has come to its end.
async fn ended(actor: &mut Actor, printing_id: &str) -> pb::Printing {
    loop {
        let asked = pb::GetPrintingRequest { printing_id: printing_id.to_string() };
        let printing = actor.reports.get_printing(asked).await.expect("known").into_inner();
        let printing = printing.printing.expect("a printing");
        assert!(printing.printed <= printing.reports);
        match printing.state() {
            pb::PrintingState::Waiting | pb::PrintingState::Printing => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            _ => return printing,
        }
    }
}

async fn fetched(actor: &mut Actor, printing_id: &str) -> Result<Vec<u8>, Status> {
    let asked = pb::DownloadPrintingRequest { printing_id: printing_id.to_string() };
    let (kind, bytes) = file(actor.reports.download_printing(asked).await).await?;
    assert_eq!(kind, "application/zip");
    Ok(bytes)
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[tokio::test]
async fn reports_of_many_organisations_are_one_file_and_what_cannot_be_printed_is_listed() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.loads_unions(world.badinh, "HC", 2);
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    // Only Hà Nội and what is below it prints by this; nothing above Cầu Giấy is lacking either.
    sets(&mut officer, world.hanoi, "RIENG", vec![sentence("{ORG_STOCK} CĐCS")]).await;
    let asked = many("RIENG", &[world.hanoi, world.badinh, world.caugiay]);
    let answer = officer.reports.print_reports(asked.clone()).await.expect("asked").into_inner();
    assert_eq!(answer.printing_id, asked.request_id);
    let printing = ended(&mut officer, &answer.printing_id).await;
    assert_eq!(printing.state(), pb::PrintingState::Ready);
    assert_eq!((printing.printed, printing.reports, printing.not_printed), (3, 3, 0));
    let packed = fetched(&mut officer, &answer.printing_id).await.expect("fetched");
    for name in ["0001-LĐLĐ-thành-phố-Hà-Nội.pdf", "0002-LĐLĐ-quận-Ba-Đình.pdf"] {
        assert!(contains(&packed, name), "{name}");
    }
    assert!(i64::try_from(packed.len()).expect("few") > printing.bytes);
    assert!(packed == fetched(&mut officer, &answer.printing_id).await.expect("fetched"));

    // One of them has a template that it can print no more: the others are printed.
    sqlx::query(
        r#"insert into report_template (template_version_id, owner_id, code, version, title, body, actor, set_at)
           values (gen_random_uuid(), $1, 'RIENG', 1, 'x', '{"title": "x", "lines": [{"text": "{GONE}"}]}', 'x', now())"#,
    )
    .bind(world.badinh)
    .execute(&world.look().await)
    .await
    .expect("inserted");
    let asked = many("RIENG", &[world.hanoi, world.badinh, world.caugiay]);
    officer.reports.print_reports(asked.clone()).await.expect("asked");
    let printing = ended(&mut officer, &asked.request_id).await;
    assert_eq!((printing.printed, printing.not_printed), (3, 1));
    let packed = fetched(&mut officer, &asked.request_id).await.expect("fetched");
    assert!(contains(&packed, "khong-in-duoc.csv"));
    world.stop().await;
}

#[tokio::test]
async fn a_printing_goes_on_behind_what_a_worker_that_died_has_printed() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let look = world.look().await;
    let asked = many("TONG_HOP", &[world.hanoi, world.badinh, world.caugiay]);
    officer.reports.print_reports(asked.clone()).await.expect("asked");
    ended(&mut officer, &asked.request_id).await;
    // As a worker leaves a printing that dies behind its first report.
    let left = left_behind(&look, Uuid::now_v7(), 0).await;
    let printing = ended(&mut officer, &left.to_string()).await;
    assert_eq!((printing.state(), printing.printed), (pb::PrintingState::Ready, 3));
    let packed = fetched(&mut officer, &left.to_string()).await.expect("fetched");
    assert!(contains(&packed, "what was printed before"));
    assert!(contains(&packed, "0002-LĐLĐ-quận-Ba-Đình.pdf"));
    assert!(!contains(&packed, "0001-LĐLĐ"));

    // One that somebody else holds is left to her, and whoever fetches it is told in time.
    let key = Uuid::now_v7();
    let mut holding = look.begin().await.expect("begun");
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 221))")
        .bind(key.to_string())
        .execute(&mut *holding)
        .await
        .expect("held");
    let left = left_behind(&look, key, 0).await;
    let asked = pb::DownloadPrintingRequest { printing_id: left.to_string() };
    let mut asked = tonic::Request::new(asked);
    asked.set_timeout(std::time::Duration::from_secs(4));
    assert_eq!(reason(officer.reports.download_printing(asked).await), "PRINTING_NOT_READY");
    holding.commit().await.expect("committed");
    assert_eq!(ended(&mut officer, &left.to_string()).await.state(), pb::PrintingState::Ready);

    // One that gets no further, however often it is begun, is given up.
    let left = left_behind(&look, Uuid::now_v7(), 5).await;
    let printing = ended(&mut officer, &left.to_string()).await;
    assert_eq!(printing.state(), pb::PrintingState::Failed);
    assert_eq!(printing.refusal.expect("why").reason, "PRINTING_ABANDONED");
    assert_eq!(reason(fetched(&mut officer, &left.to_string()).await), "PRINTING_GONE");
    world.stop().await;
}

/// A printing like the one that is there, of which one report is done and nobody prints the others.
async fn left_behind(look: &sqlx::PgPool, key: Uuid, in_vain: i32) -> Uuid {
    let id = Uuid::new_v4();
    let mut transaction = look.begin().await.expect("begun");
    sqlx::query(
        "insert into report_printing (printing_key, principal, printing_id, issuer, subject, office,
             purpose, organisation_ids, template, from_on, through_on, as_of, parameters, heading, format,
             state, asked_at, attempts, in_vain, printed)
         select $1, principal, $2, issuer, subject, office, purpose, organisation_ids, template, from_on,
                through_on, as_of, parameters, heading, format, 2, asked_at, 1, $3, 1
         from report_printing order by asked_at, printing_key limit 1",
    )
    .bind(key)
    .bind(id)
    .bind(in_vain)
    .execute(&mut *transaction)
    .await
    .expect("written");
    sqlx::query(
        "insert into report_printing_file (printing_key, number, name, content)
         values ($1, 0, '0001-cu.pdf', 'what was printed before')",
    )
    .bind(key)
    .execute(&mut *transaction)
    .await
    .expect("written");
    transaction.commit().await.expect("committed");
    id
}

#[tokio::test]
async fn the_reports_of_34_provinces_are_papers_within_a_minute_and_say_how_far_they_are() {
    let world = World::start().await;
    let mut national = world.national();
    let provinces: Vec<Uuid> = (0..34).map(|_| Uuid::now_v7()).collect();
    let mut states = Vec::new();
    for (n, province) in provinces.iter().enumerate() {
        let above = Some(world.confederation);
        let name = format!("Liên đoàn Lao động tỉnh thứ {n}");
        states.push(state(*province, above, "LDLD_TINH", "", &name, ORIGIN));
        for district in 0..12 {
            let name = format!("Công đoàn phường thứ {district} thuộc tỉnh thứ {n}");
            let unit = Uuid::now_v7();
            states.push(state(unit, Some(*province), "LDLD_HUYEN", "", &name, ORIGIN));
        }
    }
    world.loads(states);
    let union = world.loads_unions(provinces[33], "HC", 1)[0];
    world.admits(union, date!(2020 - 05 - 01), 33);
    national.value("MBR_STOCK", world.confederation, YEAR, None).await;

    let asked = many("TONG_QUAN", &provinces);
    let began = std::time::Instant::now();
    national.reports.print_reports(asked.clone()).await.expect("asked");
    let mut seen = vec![0];
    let last = loop {
        let get = pb::GetPrintingRequest { printing_id: asked.request_id.clone() };
        let printing = national.reports.get_printing(get).await.expect("known").into_inner();
        let printing = printing.printing.expect("a printing");
        if seen.last() != Some(&printing.printed) {
            seen.push(printing.printed);
        }
        if printing.state() == pb::PrintingState::Ready {
            break printing;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let took = began.elapsed();
    println!("34 reports as PDF, {} bytes, in {took:?}", last.bytes);
    assert!(took < std::time::Duration::from_secs(60), "{took:?}");
    assert!(seen.is_sorted() && seen.len() > 5, "it says how far it is: {seen:?}");
    assert_eq!((last.printed, last.reports, last.not_printed), (34, 34, 0));
    let packed = fetched(&mut national, &asked.request_id).await.expect("fetched");
    assert!(contains(&packed, "0034-Liên-đoàn-Lao-động-tỉnh-thứ-33.pdf"));
    world.stop().await;
}

#[tokio::test]
async fn a_printing_is_its_callers_own_on_the_rights_of_the_moment() {
    let world = World::start().await;
    let mut officer = world.officer();
    let mut national = world.national();
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let good = || many("TONG_HOP", &[world.hanoi]);
    type Change = fn(&mut pb::PrintReportsRequest, &World);
    let wrong: [(Change, &str); 8] = [
        (|asked, _| asked.organisation_ids.clear(), "LIST_EMPTY"),
        (
            |asked, world| asked.organisation_ids = vec![world.hanoi.to_string(); 1_001],
            "LIST_TOO_LONG",
        ),
        (|asked, world| asked.organisation_ids.push(world.hanoi.to_string()), "LINE_REPEATED"),
        (|asked, world| asked.organisation_ids.push(world.hue.to_string()), "ORGANISATION_UNKNOWN"),
        (|asked, _| asked.template = "NOBODYS".to_string(), "TEMPLATE_UNKNOWN"),
        (|asked, _| asked.format = pb::ReportFormat::Svg.into(), "PRINTING_FORMAT_UNFIT"),
        (|asked, _| asked.period = Some(period((YEAR.1, YEAR.0))), "PERIOD_REVERSED"),
        (
            |asked, _| {
                asked.parameters.push(pb::print_report_request::Parameter {
                    name: "colour".to_string(),
                    value: "red".to_string(),
                });
            },
            "PARAMETER_UNKNOWN",
        ),
    ];
    for (change, why) in wrong {
        let mut asked = good();
        change(&mut asked, &world);
        assert_eq!(reason(officer.reports.print_reports(asked).await), why);
    }
    let asked = good();
    officer.reports.print_reports(asked.clone()).await.expect("asked");
    ended(&mut officer, &asked.request_id).await;
    // To anybody else there is no such printing.
    let get = pb::GetPrintingRequest { printing_id: asked.request_id.clone() };
    assert_eq!(reason(national.reports.get_printing(get.clone()).await), "PRINTING_UNKNOWN");
    assert_eq!(reason(fetched(&mut national, &asked.request_id).await), "PRINTING_UNKNOWN");
    let mut stranger = world.actor("stranger");
    assert_eq!(reason(stranger.reports.get_printing(get).await), "PERMISSION_DENIED");

    // Cancelled, it has no file.
    let cancel = pb::CancelPrintingRequest {
        request_id: Uuid::new_v4().to_string(),
        printing_id: asked.request_id.clone(),
        ..Default::default()
    };
    let state =
        officer.reports.cancel_printing(cancel).await.expect("cancelled").into_inner().state();
    assert_eq!(state, pb::PrintingState::Cancelled);
    assert_eq!(reason(fetched(&mut officer, &asked.request_id).await), "PRINTING_GONE");
    let files: i64 = sqlx::query_scalar("select count(*) from report_printing_file")
        .fetch_one(&world.look().await)
        .await
        .expect("counted");
    assert_eq!(files, 0);

    // Five at a time, until their time is over.
    for _ in 0..5 {
        let asked = good();
        officer.reports.print_reports(asked.clone()).await.expect("asked");
        ended(&mut officer, &asked.request_id).await;
    }
    assert_eq!(reason(officer.reports.print_reports(good()).await), "PRINTINGS_TOO_MANY");
    let look = world.look().await;
    sqlx::query("update report_printing set kept_until = now() where state = 3")
        .execute(&look)
        .await
        .expect("written");
    assert_eq!(reporting::report::printing::forget::delete(&look).await.expect("deleted"), 5);
    officer.reports.print_reports(good()).await.expect("asked");
    world.stop().await;
}

const DAY: Date = date!(2020 - 01 - 01);

#[tokio::test]
async fn no_id_is_printed_where_there_is_a_name() {
    let world = World::start().await;
    let mut officer = world.officer();
    world.loads_unions(world.badinh, "HC", 2);
    let surveyed = EmployersRecorded {
        // The one was told before names were.
        employers: ["", "Công ty May 19"]
            .map(|name| employers_recorded::Employer {
                employer_id: Uuid::now_v7().to_string(),
                name: name.to_string(),
                surveyor_id: world.badinh.to_string(),
                workforce: 30,
                ..Default::default()
            })
            .to_vec(),
    };
    world.says(DAY, RegistryWhat::EmployersRecorded(surveyed));
    officer.value("ORG_STOCK", world.hanoi, YEAR, None).await;
    let kinds: Vec<pb::TemplateLine> = [
        ("{indicator}{scope}{result}{issuer}", "target"),
        ("{organisation} {ordinal}", "shortened_congress"),
        ("{organisation} {names}", "ceremony"),
        ("{former} {count}", "taken_over"),
        ("{employer} {surveyor} {stage}", "employer"),
        ("{issuer} {value}", "cascade"),
        ("{unit} {value}", "cascade_child"),
        ("{position} {unit}", "assignment"),
    ]
    .into_iter()
    .map(|(text, each)| pb::TemplateLine { each: each.to_string(), ..sentence(text) })
    .collect();
    officer.reports.set_template(set(world.hanoi, "MOI", body(kinds))).await.expect("set");
    for template in ["MOI", "TONG_QUAN", "THANH_TRI", "THAI_NGUYEN"] {
        let (_, bytes) =
            rendered(&mut officer, ask(template, world.hanoi), pb::ReportFormat::Text, 0)
                .await
                .expect("rendered");
        let text = String::from_utf8(bytes).expect("UTF-8");
        let ids = text.split(|letter: char| !(letter.is_ascii_hexdigit() || letter == '-'));
        let ids: Vec<&str> = ids.filter(|word| Uuid::parse_str(word).is_ok()).collect();
        assert!(ids.is_empty(), "{ids:?} in {text}");
        if template == "MOI" {
            assert!(
                text.contains("do LĐLĐ quận Ba Đình khảo sát LĐLĐ quận Ba Đình chưa vận động"),
                "{text}"
            );
            assert!(text.contains("Công ty May 19 LĐLĐ quận Ba Đình chưa vận động"), "{text}");
        }
    }
    world.stop().await;
}
