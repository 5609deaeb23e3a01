//! Templates of reports: set by federations, chosen by the nearest superior, kept version by version.

use chassis::parse::civil;
use proto::registry::v1::DecisionRecorded;
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::reporting::v1 as pb;
pub use stage::refused::reason;
use time::Date;
use time::macros::date;
use tonic::Status;
use uuid::Uuid;

use crate::targets::{assign, target};
use crate::world::{Actor, World, period};

pub const YEAR: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

pub fn sentence(text: &str) -> pb::TemplateLine {
    pb::TemplateLine {
        content: Some(pb::template_line::Content::Text(text.to_string())),
        ..Default::default()
    }
}

pub fn body(lines: Vec<pb::TemplateLine>) -> pb::TemplateBody {
    pb::TemplateBody { title_vi: "Báo cáo thử".to_string(), lines, ..Default::default() }
}

pub fn set(owner: Uuid, template: &str, body: pb::TemplateBody) -> pb::SetTemplateRequest {
    pb::SetTemplateRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: owner.to_string(),
        template: template.to_string(),
        body: Some(body),
        ..Default::default()
    }
}

pub async fn sets(
    actor: &mut Actor,
    owner: Uuid,
    template: &str,
    lines: Vec<pb::TemplateLine>,
) -> pb::TemplateVersion {
    let asked = set(owner, template, body(lines));
    let answer = actor.reports.set_template(asked).await.expect("set").into_inner();
    answer.version.expect("a version")
}

pub async fn withdraw(
    actor: &mut Actor,
    owner: Uuid,
    template: &str,
) -> Result<pb::TemplateVersion, Status> {
    let asked = pb::WithdrawTemplateRequest {
        request_id: Uuid::new_v4().to_string(),
        organisation_id: owner.to_string(),
        template: template.to_string(),
        reason: "Dùng mẫu của cấp trên".to_string(),
        ..Default::default()
    };
    let answer = actor.reports.withdraw_template(asked).await?.into_inner();
    Ok(answer.version.expect("a version"))
}

pub fn ask(template: &str, head: Uuid) -> pb::PrintReportRequest {
    pb::PrintReportRequest {
        template: template.to_string(),
        organisation_id: head.to_string(),
        period: Some(period(YEAR)),
        ..Default::default()
    }
}

/// The lines of a print, and by which version it was printed.
async fn printed(
    actor: &mut Actor,
    asked: pb::PrintReportRequest,
) -> (Vec<String>, pb::TemplateVersion) {
    let answer = actor.reports.print_report(asked).await.expect("printed").into_inner();
    let lines = answer.lines.into_iter().map(|line| line.text).collect();
    (lines, answer.template.expect("a version"))
}

async fn got(
    actor: &mut Actor,
    organisation: Uuid,
    template: &str,
) -> Result<pb::GetTemplateResponse, Status> {
    let asked = pb::GetTemplateRequest {
        organisation_id: organisation.to_string(),
        template: template.to_string(),
        ..Default::default()
    };
    Ok(actor.reports.get_template(asked).await?.into_inner())
}

#[tokio::test]
async fn what_a_federation_sets_holds_below_it_until_somebody_nearer_sets_another() {
    let world = World::start().await;
    let (mut officer, mut national) = (world.officer(), world.national());
    world.loads_unions(world.badinh, "NNN_CP", 3);
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;

    let (_, by) = printed(&mut officer, ask("BA_DINH", world.badinh)).await;
    assert_eq!((by.version, by.organisation_id.as_str()), (1, ""));

    let lines = vec![sentence("Hà Nội: {ORG_STOCK} CĐCS")];
    let first = sets(&mut officer, world.hanoi, "BA_DINH", lines).await;
    assert_eq!((first.version, first.organisation_name.as_str()), (1, "LĐLĐ thành phố Hà Nội"));
    let own = sets(&mut officer, world.caugiay, "BA_DINH", vec![sentence("Cầu Giấy")]).await;
    let (lines, by) = printed(&mut officer, ask("BA_DINH", world.badinh)).await;
    assert_eq!((lines, &by), (vec!["Hà Nội: 3 CĐCS".to_string()], &first));
    let (lines, by) = printed(&mut officer, ask("BA_DINH", world.caugiay)).await;
    assert_eq!((lines, &by), (vec!["Cầu Giấy".to_string()], &own));
    // Elsewhere everybody's holds.
    let (_, by) = printed(&mut national, ask("BA_DINH", world.hue)).await;
    assert_eq!(by.organisation_id, "");

    // A second version holds from the next print on; the first can be printed by still.
    let second = sets(&mut officer, world.hanoi, "BA_DINH", vec![sentence("Lần hai")]).await;
    assert_eq!(second.version, 2);
    let (lines, _) = printed(&mut officer, ask("BA_DINH", world.badinh)).await;
    assert_eq!(lines, ["Lần hai"]);
    let by_first = pb::PrintReportRequest {
        template_version_id: first.template_version_id.clone(),
        ..ask("", world.badinh)
    };
    let (lines, by) = printed(&mut officer, by_first).await;
    assert_eq!((lines, by.version), (vec!["Hà Nội: 3 CĐCS".to_string()], 1));
    // A neighbour's is nobody's to print by.
    let by_neighbours = pb::PrintReportRequest {
        template_version_id: own.template_version_id.clone(),
        ..ask("", world.badinh)
    };
    let refusal = officer.reports.print_report(by_neighbours).await;
    assert_eq!(reason(refusal), "TEMPLATE_UNKNOWN");

    // What is withdrawn gives way to what the superior has, and what that one withdraws to everybody's.
    let withdrawn = withdraw(&mut officer, world.caugiay, "BA_DINH").await.expect("withdrawn");
    assert!(withdrawn.withdrawn && withdrawn.version == 2);
    let (lines, _) = printed(&mut officer, ask("BA_DINH", world.caugiay)).await;
    assert_eq!(lines, ["Lần hai"]);
    withdraw(&mut officer, world.hanoi, "BA_DINH").await.expect("withdrawn");
    let (_, by) = printed(&mut officer, ask("BA_DINH", world.badinh)).await;
    assert_eq!(by.organisation_id, "");

    let answer = got(&mut officer, world.badinh, "BA_DINH").await.expect("got");
    assert_eq!(answer.version, Some(by));
    assert_eq!(answer.versions.len(), 1);
    assert_eq!(answer.body.expect("a body").lines.len(), 16);
    world.stop().await;
}

#[tokio::test]
async fn a_template_is_read_as_it_was_set_with_its_decision_and_its_versions() {
    let world = World::start().await;
    let mut officer = world.officer();
    let decision = Uuid::now_v7();
    world.says_by(
        date!(2020 - 02 - 01),
        Some(decision),
        RegistryWhat::DecisionRecorded(DecisionRecorded {
            decision_id: decision.to_string(),
            issuer_id: world.hanoi.to_string(),
            issued_on: Some(civil(date!(2020 - 02 - 01))),
            ..Default::default()
        }),
    );
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let table = pb::TemplateTable {
        caption_vi: "Đơn vị".to_string(),
        columns: vec![pb::template_table::Column {
            title_vi: "Tên".to_string(),
            text: "{unit}".to_string(),
        }],
        total: true,
        ..Default::default()
    };
    let said = pb::TemplateBody {
        title_vi: "Báo cáo quý".to_string(),
        parameters: vec![pb::template::Parameter {
            name: "decimals".to_string(),
            default_value: "1".to_string(),
            meaning_vi: "Số chữ số thập phân".to_string(),
        }],
        heading: Some(pb::TemplateHeading {
            symbol: "BC-LĐLĐ".to_string(),
            kind_vi: "BÁO CÁO".to_string(),
            recipients: vec!["Như trên;".to_string()],
            signed_for: "TM. BAN THƯỜNG VỤ".to_string(),
            signer_title: "CHỦ TỊCH".to_string(),
        }),
        lines: vec![
            pb::TemplateLine { decimals: Some(0), ..sentence("{RATING_STRONG:%}") },
            pb::TemplateLine {
                content: Some(pb::template_line::Content::Table(table)),
                each: "child".to_string(),
                ..Default::default()
            },
            pb::TemplateLine {
                content: Some(pb::template_line::Content::Chart(pb::TemplateChart {
                    title_vi: "Khối".to_string(),
                    kind: pb::TemplateChartKind::Shares.into(),
                    indicator: "ORG_STOCK".to_string(),
                    sector_grouping: "BA_KHOI".to_string(),
                })),
                ..Default::default()
            },
        ],
    };
    let asked = pb::SetTemplateRequest {
        decision_id: decision.to_string(),
        reason: "Theo hướng dẫn mới".to_string(),
        ..set(world.hanoi, "QUY", said.clone())
    };
    let version = officer.reports.set_template(asked.clone()).await.expect("set").into_inner();
    // The same request answers the same, and sets nothing twice.
    let again = officer.reports.set_template(asked).await.expect("set").into_inner();
    assert_eq!(again, version);
    let answer = got(&mut officer, world.badinh, "QUY").await.expect("got");
    assert_eq!(answer.body, Some(said));
    assert_eq!(answer.version, version.version);
    assert_eq!(answer.versions, [version.version.expect("a version")]);
    assert_eq!(answer.versions[0].decision_id, decision.to_string());

    let asked = pb::ListTemplatesInForceRequest { organisation_id: world.badinh.to_string() };
    let held = officer.reports.list_templates_in_force(asked).await.expect("listed").into_inner();
    let codes: Vec<&str> = held.templates.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "BA_DINH",
            "CAU_GIAY",
            "MY_DUC",
            "QUY",
            "THAI_NGUYEN",
            "THANH_TRI",
            "TONG_HOP",
            "TONG_QUAN"
        ]
    );
    let everybodys = officer.reports.list_templates(pb::ListTemplatesRequest {}).await;
    assert_eq!(everybodys.expect("listed").into_inner().templates.len(), 7);
    world.stop().await;
}

#[tokio::test]
async fn each_line_has_decimals_of_its_own() {
    let world = World::start().await;
    let mut officer = world.officer();
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(union, date!(2020 - 05 - 01), 6_257);
    world.founds(world.badinh, "NNN_CP", "CĐCS Một", date!(2020 - 03 - 01));
    for (indicator, value) in [("MBR_ADMITTED", 6_000), ("ORG_FOUNDED", 3)] {
        let mut of = target(indicator, world.badinh, YEAR, value);
        of.issuer_id = world.hanoi.to_string();
        assign(&mut officer, of).await;
    }
    let lines = vec![
        pb::TemplateLine { decimals: Some(0), ..sentence("{MBR_ADMITTED/đoàn viên}") },
        pb::TemplateLine { decimals: Some(1), ..sentence("{ORG_FOUNDED/CĐCS}") },
        sentence("{ORG_FOUNDED/CĐCS}"),
    ];
    sets(&mut officer, world.hanoi, "LE", lines).await;
    let (lines, _) = printed(&mut officer, ask("LE", world.badinh)).await;
    assert_eq!(
        lines,
        ["6.257/6.000 đoàn viên (đạt 104%)", "1/3 CĐCS (đạt 33,3%)", "1/3 CĐCS (đạt 33,33%)"]
    );
    world.stop().await;
}

#[tokio::test]
async fn tables_forms_and_charts_print_the_same_figures() {
    let world = World::start().await;
    let mut officer = world.officer();
    let unions = world.loads_unions(world.badinh, "HC", 2);
    world.loads_unions(world.caugiay, "NNN_CP", 3);
    world.admits(unions[0], date!(2020 - 05 - 01), 40);
    world.admits(unions[1], date!(2020 - 07 - 01), 2);
    let asked = ask("TONG_QUAN", world.hanoi);
    officer.value("MBR_STOCK", world.hanoi, YEAR, None).await;
    let answer = officer.reports.print_report(asked).await.expect("printed").into_inner();
    let has = |cells: &[&str]| {
        let of = |line: &&pb::ReportLine| line.cells == cells;
        assert!(answer.lines.iter().any(|line| of(&line)), "{cells:?} in {:#?}", answer.lines);
    };
    has(&[
        "Đơn vị",
        "CĐCS cuối kỳ",
        "CĐCS thành lập mới",
        "Đoàn viên cuối kỳ",
        "Đoàn viên kết nạp",
    ]);
    has(&["LĐLĐ quận Ba Đình", "2", "0", "42", "42"]);
    has(&["LĐLĐ quận Cầu Giấy", "3", "0", "0", "0"]);
    has(&["Tổng số", "5", "0", "42", "42"]);
    has(&["Đoàn viên tăng, giảm", "+42"]);
    has(&["05/2020", "40"]);
    has(&["07/2020", "2"]);
    has(&["LĐLĐ quận Ba Đình", "42 (100%)"]);
    // The parts of the trend are the year's; those of the sectors all unions.
    let parts = |caption: &str| -> Vec<i64> {
        let lines = answer.lines.iter().skip_while(|line| line.text != caption).skip(1);
        let rows = lines.take_while(|line| line.kind() == pb::ReportLineKind::Row);
        rows.map(|line| {
            let shown = line.cells[1].split(' ').next().unwrap_or_default();
            shown.parse::<i64>().expect("a number")
        })
        .collect()
    };
    let (months, sectors) =
        (parts("Đoàn viên kết nạp qua các tháng"), parts("Công đoàn cơ sở theo khối"));
    assert_eq!((months.len(), months.iter().sum::<i64>()), (12, 42));
    assert_eq!((sectors.len(), sectors.iter().sum::<i64>()), (2, 5));
    // What a table says is figures that can be asked for: with its caption stand those of the whole.
    let caption = "Công đoàn cơ sở và đoàn viên theo đơn vị trực thuộc";
    let caption = answer.lines.iter().find(|line| line.text == caption).expect("the caption");
    assert_eq!(caption.figures.len(), 4);
    for figure in &caption.figures {
        let asked = officer.figure(&figure.indicator, world.hanoi, YEAR, None).await;
        assert_eq!(asked.value, figure.value, "{}", figure.indicator);
    }
    world.stop().await;
}

#[tokio::test]
async fn templates_are_those_of_the_scope() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    for owner in [world.hue, world.confederation, Uuid::now_v7()] {
        let refusal =
            officer.reports.set_template(set(owner, "X1", body(vec![sentence("x")]))).await;
        assert_eq!(reason(refusal), "ORGANISATION_UNKNOWN");
        assert_eq!(reason(got(&mut officer, owner, "BA_DINH").await), "ORGANISATION_UNKNOWN");
        let refusal = withdraw(&mut officer, owner, "BA_DINH").await;
        assert_eq!(reason(refusal), "ORGANISATION_UNKNOWN");
    }
    let mut stranger = world.actor("stranger");
    let refusal =
        stranger.reports.set_template(set(world.hanoi, "X1", body(vec![sentence("x")]))).await;
    assert_eq!(reason(refusal), "PERMISSION_DENIED");
    assert_eq!(reason(got(&mut stranger, world.hanoi, "BA_DINH").await), "PERMISSION_DENIED");
    world.stop().await;
}
