//! Prints what the services answer, and marks it against what the reports say.

use anyhow::Context;
use chassis::parse::civil;
use proto::registry::v1::ListEmployersWithoutUnionRequest;
use proto::reporting::v1::{
    Breakdown, Cadence, Figure, LineKind, ListReportsDueRequest, PrintReportRequest,
    PrintReportResponse, QueryFiguresRequest, Tree as OnTree,
};
use time::macros::{date, format_description};
use time::{Date, Duration};

use crate::client::Client;
use crate::country::{HA_NOI_EDUCATION, province_federation};
use crate::expected::{self, Report};
use crate::office::period;
use crate::tree::Tree;
use crate::{ba_dinh, cau_giay, my_duc, thai_nguyen, thanh_tri};
use system::System;

/// How much of a report is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Every line.
    All,
    /// Only those in which words are expected.
    Expected,
}

/// Prints a report and marks its lines; answers how many of the words do not stand in it.
pub async fn report(
    client: &Client,
    tree: &Tree,
    report: &Report,
    words: &[&str],
    lines: Lines,
) -> anyhow::Result<usize> {
    let printed = client.print_report(asked_of(report, tree)?).await?;
    println!("{} ({})", report.federation, days(report.period)?);
    println!("  {}", printed.title);
    for line in &printed.lines {
        let expected = words.iter().any(|word| line.text.contains(word));
        if expected || lines == Lines::All {
            println!("  {} {}", if expected { "✓" } else { " " }, line.text);
        }
    }
    let missing = missing(&printed, words);
    for words in &missing {
        println!("  ✗ mong đợi: {words}");
    }
    println!();
    Ok(missing.len())
}

/// The request of a report, on the tree of then.
pub fn asked_of(report: &Report, tree: &Tree) -> anyhow::Result<PrintReportRequest> {
    Ok(PrintReportRequest {
        template: report.template.into(),
        organisation_id: tree.id(report.code)?,
        period: Some(period(report.period)),
        ..PrintReportRequest::default()
    })
}

/// The words that stand in no line of a report.
pub fn missing<'a>(printed: &PrintReportResponse, words: &[&'a str]) -> Vec<&'a str> {
    let stands = |words: &&str| printed.lines.iter().any(|line| line.text.contains(*words));
    words.iter().copied().filter(|words| !stands(words)).collect()
}

/// The employers with 20 workers or more that Thanh Trì's survey found without a union, by
/// their names, which are registry's to tell.
pub async fn employers(client: &Client, tree: &Tree) -> anyhow::Result<usize> {
    let on = thanh_tri::PERIOD.1;
    let request = ListEmployersWithoutUnionRequest {
        organisation_id: tree.id("LDLD-01-020")?,
        min_workforce: 20,
        as_of: Some(civil(on)),
        page_size: 500,
        ..ListEmployersWithoutUnionRequest::default()
    };
    let employers = client.list_employers_without_union(request).await?.employers;
    let query = asked(&["EMPLOYER_WITHOUT_UNION_20"], tree.id("LDLD-01-020")?, (on, on));
    let counted = only(client.query_figures(query).await?.figures)?.value;
    println!("Thanh Trì: đơn vị từ 20 lao động trở lên chưa có công đoàn đến {}", day(on)?);
    for employer in &employers {
        println!(
            "    {:>4} lao động  {:<24} {}",
            employer.workforce, employer.stage, employer.name
        );
    }
    let right = i64::try_from(employers.len())? == counted;
    println!("  {} {} đơn vị\n", mark(right), employers.len());
    Ok(usize::from(!right))
}

/// Thanh Trì's schools before and after they were handed over: as then they count under the
/// sector union, then under the district.
pub async fn schools_handed_over(client: &Client, tree: &Tree) -> anyhow::Result<usize> {
    let handed_over_on = thanh_tri::SCHOOLS_HANDED_OVER_ON;
    println!("Các trường học chuyển giao về LĐLĐ huyện Thanh Trì từ {}", day(handed_over_on)?);
    let mut counts = Vec::new();
    for on in [handed_over_on - Duration::days(1), handed_over_on] {
        for code in [HA_NOI_EDUCATION, "LDLD-01-020"] {
            let schools = QueryFiguresRequest {
                sector_grouping: "BA_KHOI".into(),
                sector_group: "HCSN".into(),
                ..asked(&["ORG_STOCK"], tree.id(code)?, (on, on))
            };
            let figure = only(client.query_figures(schools).await?.figures)?;
            counts.push(figure.value);
        }
    }
    let [sector_before, district_before, sector_after, district_after] = counts[..] else {
        anyhow::bail!("four figures were asked for");
    };
    let moved =
        sector_before > 0 && sector_after == 0 && district_after - district_before == sector_before;
    println!(
        "  {} ngành Giáo dục: {sector_before} -> {sector_after}; huyện: {district_before} -> {district_after} CĐCS khối hành chính sự nghiệp\n",
        mark(moved)
    );
    Ok(usize::from(!moved))
}

/// Who of Thái Nguyên's steering committee follows which unit, and how many reports are due.
pub async fn steering(client: &Client, tree: &Tree) -> anyhow::Result<usize> {
    let asked = ListReportsDueRequest {
        organisation_id: tree.id(&province_federation("19"))?,
        period: Some(period(thai_nguyen::PERIOD)),
        cadence: Cadence::Quarter.into(),
        ..ListReportsDueRequest::default()
    };
    let assignments = client.list_reports_due(asked).await?.assignments;
    println!("Ban Chỉ đạo tỉnh Thái Nguyên: thành viên phụ trách và báo cáo định kỳ hằng quý");
    for assignment in &assignments {
        println!(
            "    {:<22} {:<52} {:>3} báo cáo",
            assignment.position,
            assignment.unit_name,
            assignment.reports_due.len()
        );
    }
    let every_unit = assignments.len() == 14
        && assignments.iter().all(|assignment| !assignment.reports_due.is_empty());
    println!("  {} {} phân công\n", mark(every_unit), assignments.len());
    Ok(usize::from(!every_unit))
}

/// The same facts as of after the reorganisation, under Hà Nội and the new Thái Nguyên, each
/// figure with its parts, which sum to it.
pub async fn rolled_up(client: &Client, tree: &Tree) -> anyhow::Result<usize> {
    println!("Cùng các sự kiện ấy, theo tổ chức ngày {}:\n", day(expected::AFTERWARDS)?);
    let (ha_noi, thai_nguyen) = (province_federation("01"), province_federation("19"));
    let mut wrong = 0;
    for (title, code, days) in [
        ("Hà Nội, kỳ của Mỹ Đức", &ha_noi, my_duc::PERIOD),
        ("Hà Nội, kỳ của Thanh Trì", &ha_noi, thanh_tri::PERIOD),
        ("Hà Nội, kỳ của Ba Đình", &ha_noi, ba_dinh::PERIOD),
        ("Hà Nội, kỳ của Cầu Giấy", &ha_noi, cau_giay::PERIOD),
        ("Thái Nguyên (gồm Bắc Kạn)", &thai_nguyen, thai_nguyen::PERIOD),
    ] {
        println!("  {title} ({})", self::days(days)?);
        let organisation_id = tree.id(code)?;
        let as_of = on_tree_of(expected::AFTERWARDS);
        let query = QueryFiguresRequest {
            tree: Some(as_of),
            breakdown: Breakdown::Child.into(),
            ..asked(&expected::ROLLED_UP, organisation_id, days)
        };
        for figure in client.query_figures(query).await?.figures {
            let demanded = expected::NEW_THAI_NGUYEN
                .iter()
                .find(|(indicator, _)| *code == thai_nguyen && *indicator == figure.indicator)
                .is_none_or(|(_, value)| *value == figure.value);
            wrong += parts(&figure, demanded);
        }
        println!();
    }

    // Half the unions of 2020 were not founded by the middle of it.
    println!("  Ba Đình, thành lập năm 2020, theo tổ chức ngày 30/6/2020");
    let query = QueryFiguresRequest {
        tree: Some(on_tree_of(date!(2020 - 06 - 30))),
        breakdown: Breakdown::Child.into(),
        ..asked(&["ORG_FOUNDED"], tree.id("LDLD-01-001")?, ba_dinh::PERIOD)
    };
    let figure = only(client.query_figures(query).await?.figures)?;
    wrong += parts(&figure, true);
    println!();
    Ok(wrong)
}

/// Prints a figure with the sums of its kinds of lines; 1 where they do not sum to it.
fn parts(figure: &Figure, demanded: bool) -> usize {
    let of_kind = |kind: LineKind| {
        let lines = figure.lines.iter().filter(move |line| line.kind() == kind);
        lines.map(|line| line.value).sum::<i64>()
    };
    let children = figure.lines.iter().filter(|line| line.kind() == LineKind::Child).count();
    let kinds = [
        (of_kind(LineKind::Child), format!("{children} đơn vị trực thuộc")),
        (of_kind(LineKind::Itself), "tại chỗ".to_string()),
        (of_kind(LineKind::Ended), "đã kết thúc".to_string()),
        (of_kind(LineKind::NotYetFounded), "chưa thành lập".to_string()),
    ];
    let sum: i64 = kinds.iter().map(|(value, _)| value).sum();
    let shown: Vec<_> = kinds
        .iter()
        .filter(|(value, _)| *value != 0)
        .map(|(value, name)| format!("{} {name}", number(*value)))
        .collect();
    let right = sum == figure.value && demanded;
    println!(
        "  {} {:<14} {:>8} = {}",
        mark(right),
        figure.indicator,
        number(figure.value),
        if shown.is_empty() { "0".to_string() } else { shown.join(" + ") }
    );
    usize::from(!right)
}

/// Things to try on the system while it runs.
pub fn commands(system: &System, tree: &Tree, administrator: &str) -> anyhow::Result<()> {
    let gateway = system.gateway();
    let host = gateway.trim_start_matches("http://");
    let ba_dinh = tree.id("LDLD-01-001")?;
    println!("{}", heading("Thử tiếp (`congdoan demo --stay` giữ hệ thống chạy)"));
    println!(
        r#"
  # Vì sao 1.857? Đến từng công đoàn cơ sở, từng quyết định, từng vết (trace)
  congdoan explain MBR_ADMITTED --organisation LDLD-01-001 --from 2020-01-01 --to 2020-12-31

  # Cùng số ấy theo tổ chức ngày 01/01/2026, toàn Hà Nội
  congdoan explain MBR_ADMITTED --organisation LDLD-01 --from 2020-01-01 --to 2020-12-31 --as-of 2026-01-01

  # Qua JSON
  TOKEN=$(congdoan token --subject {administrator})
  curl -s -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' {gateway}/v1/figures:query -d \
    '{{"indicators":["MBR_ADMITTED"],"organisationId":"{ba_dinh}","period":{{"fromOn":{{"year":2020,"month":1,"day":1}},"throughOn":{{"year":2020,"month":12,"day":31}}}}}}'

  # Qua một máy khách gRPC bất kỳ, nhờ reflection
  grpcurl -plaintext -H "authorization: Bearer $TOKEN" -d '{{"organisation_id":"{ba_dinh}"}}' \
    {host} congdoan.registry.v1.OrganisationService/GetOrganisation
"#
    );
    Ok(())
}

/// A line of its own with a rule under it.
pub fn heading(text: &str) -> String {
    format!("{text}\n{}", "─".repeat(text.chars().count()))
}

/// A number the Vietnamese way: `21.574`.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let grouped: Vec<_> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    format!("{}{}", if value < 0 { "-" } else { "" }, grouped.join("."))
}

/// A query of these indicators on the tree of then.
pub fn asked(
    indicators: &[&str],
    organisation_id: String,
    days: (Date, Date),
) -> QueryFiguresRequest {
    QueryFiguresRequest {
        indicators: indicators.iter().map(|code| code.to_string()).collect(),
        organisation_id,
        period: Some(period(days)),
        ..QueryFiguresRequest::default()
    }
}

/// The tree of this day.
pub fn on_tree_of(day: Date) -> OnTree {
    OnTree { as_of: Some(civil(day)) }
}

fn only(figures: Vec<Figure>) -> anyhow::Result<Figure> {
    figures.into_iter().next().context("one figure was asked for")
}

fn mark(right: bool) -> &'static str {
    if right { "✓" } else { "✗" }
}

fn day(date: Date) -> anyhow::Result<String> {
    Ok(date.format(format_description!("[day]/[month]/[year]"))?)
}

fn days((from, through): (Date, Date)) -> anyhow::Result<String> {
    Ok(format!("{} - {}", day(from)?, day(through)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted_by_dots() {
        assert_eq!(
            [0, 999, 1_857, 30_018, -11].map(number),
            ["0", "999", "1.857", "30.018", "-11"]
        );
    }
}
