//! Templates that are refused: each fault with its line, and nothing is set.

use proto::reporting::v1 as pb;
use stage::refused::Refused;
use uuid::Uuid;

use crate::templates::{YEAR, ask, body, reason, sentence, set, sets, withdraw};
use crate::world::{World, refused};

#[tokio::test]
async fn every_fault_of_a_template_is_told_with_its_line() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let good = || sentence("{ORG_STOCK} CĐCS");
    let parameter = |name: &str, default: &str| pb::template::Parameter {
        name: name.to_string(),
        default_value: default.to_string(),
        ..Default::default()
    };
    let chart = |kind: pb::TemplateChartKind| pb::TemplateLine {
        content: Some(pb::template_line::Content::Chart(pb::TemplateChart {
            kind: kind.into(),
            indicator: "ORG_STOCK".to_string(),
            ..Default::default()
        })),
        ..Default::default()
    };
    let lines = |line: pb::TemplateLine| body(vec![good(), line]);
    for (said, why, field) in [
        (body(vec![]), "LIST_EMPTY", "lines"),
        (body(vec![good(); 301]), "LIST_TOO_LONG", "lines"),
        (lines(sentence("{MBR_HAPPY}")), "TEMPLATE_INDICATOR_UNKNOWN", "lines[1].text"),
        (lines(sentence("{ORG_STOCK")), "TEMPLATE_PLACE_MALFORMED", "lines[1].text"),
        (lines(sentence("{ORG_NET:999999999}")), "TEMPLATE_PLACE_MALFORMED", "lines[1].text"),
        (lines(sentence("{ORG_STOCK@X.Y}")), "TEMPLATE_GROUP_UNKNOWN", "lines[1].text"),
        (lines(sentence("{nobody}")), "TEMPLATE_WORD_UNKNOWN", "lines[1].text"),
        (
            lines(pb::TemplateLine { each: "person".to_string(), ..good() }),
            "TEMPLATE_EACH_UNKNOWN",
            "lines[1].each",
        ),
        (
            lines(pb::TemplateLine { unassigned: "x".to_string(), ..good() }),
            "TEMPLATE_LINE_UNFIT",
            "lines[1].unassigned",
        ),
        (lines(pb::TemplateLine::default()), "TEMPLATE_LINE_UNFIT", "lines[1].text"),
        (
            lines(pb::TemplateLine { decimals: Some(5), ..good() }),
            "TEMPLATE_DECIMALS_OUT_OF_RANGE",
            "lines[1].decimals",
        ),
        (
            lines(chart(pb::TemplateChartKind::Shares)),
            "TEMPLATE_GROUP_UNKNOWN",
            "lines[1].chart.sector_grouping",
        ),
        (
            lines(chart(pb::TemplateChartKind::Unspecified)),
            "TEMPLATE_LINE_UNFIT",
            "lines[1].chart.kind",
        ),
        (
            pb::TemplateBody { parameters: vec![parameter("decimals", "9")], ..body(vec![good()]) },
            "TEMPLATE_PARAMETER_UNFIT",
            "parameters[0].name",
        ),
        (
            pb::TemplateBody {
                parameters: vec![parameter("word", ""), parameter("word", "")],
                ..body(vec![good()])
            },
            "TEMPLATE_PARAMETER_UNFIT",
            "parameters[1].name",
        ),
    ] {
        let answer = officer.reports.set_template(set(world.hanoi, "THU", said)).await;
        assert_eq!(refused(answer), (why.to_string(), field.to_string()), "{why} {field}");
    }
    // The sentence names the line, in the language of whoever asks.
    let said = lines(sentence("{MBR_HAPPY}"));
    let status = officer.reports.set_template(set(world.hanoi, "THU", said)).await.err();
    let status = status.expect("refused");
    let refusal = Refused::of(&status);
    assert_eq!(refusal.text, "Dòng 2: không có chỉ tiêu thống kê MBR_HAPPY.");
    assert_eq!(refusal.metadata["line"], "2");

    for code in ["ba dinh", "A", "1A", "<b>", "=CMD"] {
        let answer = officer.reports.set_template(set(world.hanoi, code, body(vec![good()]))).await;
        let at = ("TEMPLATE_CODE_MALFORMED".to_string(), "template".to_string());
        assert_eq!(refused(answer), at, "{code}");
    }
    // Nothing was set by any of them.
    let look = world.look().await;
    let own: i64 =
        sqlx::query_scalar("select count(*) from report_template where act_id is not null")
            .fetch_one(&look)
            .await
            .expect("counted");
    assert_eq!(own, 0);
    world.stop().await;
}

#[tokio::test]
async fn who_has_read_an_older_version_sets_nothing_and_nothing_is_set_twice() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    let first = body(vec![sentence("một")]);
    let second = body(vec![sentence("hai")]);
    sets(&mut officer, world.hanoi, "THU", first.lines.clone()).await;
    let again = officer.reports.set_template(set(world.hanoi, "THU", first.clone())).await;
    assert_eq!(reason(again), "TEMPLATE_CHANGES_NOTHING");
    let read = |version, said| pb::SetTemplateRequest { version, ..set(world.hanoi, "THU", said) };
    officer.reports.set_template(read(1, second)).await.expect("set");
    let late = officer.reports.set_template(read(1, first.clone())).await;
    assert_eq!(refused(late), ("TEMPLATE_CHANGED".to_string(), "version".to_string()));
    let nobodys = pb::SetTemplateRequest {
        decision_id: Uuid::now_v7().to_string(),
        ..set(world.hanoi, "THU", first.clone())
    };
    assert_eq!(reason(officer.reports.set_template(nobodys).await), "DECISION_UNKNOWN");
    withdraw(&mut officer, world.hanoi, "THU").await.expect("withdrawn");
    let twice = withdraw(&mut officer, world.hanoi, "THU").await;
    assert_eq!(refused(twice), ("TEMPLATE_UNKNOWN".to_string(), "template".to_string()));
    let print = officer.reports.print_report(ask("THU", world.badinh)).await;
    assert_eq!(reason(print), "TEMPLATE_UNKNOWN");
    // What was withdrawn can be set again, as a further version.
    let set_again = sets(&mut officer, world.hanoi, "THU", first.lines).await;
    assert_eq!(set_again.version, 4);
    world.stop().await;
}

#[tokio::test]
async fn an_organisation_has_a_hundred_templates_and_no_more() {
    let world = World::start().await;
    let mut officer = world.officer();
    officer.value("ORG_STOCK", world.badinh, YEAR, None).await;
    sqlx::query(
        r#"insert into report_template (template_version_id, owner_id, code, version, title, body, actor, set_at)
           select gen_random_uuid(), $1, 'T' || n, 1, 'x', '{"title": "x", "lines": [{"text": "{GONE}"}]}', 'x', now()
           from generate_series(1, 100) n"#,
    )
    .bind(world.hanoi)
    .execute(&world.look().await)
    .await
    .expect("inserted");
    let more =
        officer.reports.set_template(set(world.hanoi, "MORE", body(vec![sentence("x")]))).await;
    assert_eq!(reason(more), "TEMPLATES_TOO_MANY");
    sets(&mut officer, world.hanoi, "T7", vec![sentence("x")]).await;
    // What a version names may be gone: it prints nothing, and nothing else.
    let print = officer.reports.print_report(ask("T8", world.badinh)).await;
    assert_eq!(reason(print), "TEMPLATE_OUTDATED");
    world.stop().await;
}
