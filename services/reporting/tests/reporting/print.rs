//! The lines of the founding reports, printed from events.

use proto::membership::v1::ExitReason;
use proto::membership::v1::membership_change::Change as MembershipWhat;
use proto::membership::v1::{CadreRecommended, PartyAdmitted, PartyReferred};
use proto::registry::v1::registry_change::Change as RegistryWhat;
use proto::registry::v1::{
    ByElectionHeld, CeremonyHeld, CongressHeld, Office, SteeringCommitteeEstablished, UnitAssigned,
    ceremony_held,
};
use proto::reporting::v1 as pb;
use time::Date;
use time::macros::date;
use uuid::Uuid;

use crate::targets::{assign, target};
use crate::world::{World, because, refused};
use chassis::parse::civil;

fn texts(lines: &[pb::ReportLine]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

fn has(lines: &[pb::ReportLine], words: &str) {
    assert!(lines.iter().any(|line| line.text.contains(words)), "{words:?} in {:#?}", texts(lines));
}

#[tokio::test]
async fn two_issuers_five_years_a_ceremony_and_a_rating_print_as_in_thanh_tri() {
    let world = World::start().await;
    let district = world.badinh;
    let mut officer = world.officer();
    let five_years = (date!(2016 - 01 - 01), date!(2020 - 12 - 31));
    for (year, unions, members) in
        [(2016, 18, 760), (2017, 17, 760), (2018, 18, 760), (2019, 17, 760), (2020, 18, 760)]
    {
        let days = reporting::ground::period::year(year)
            .map(|year| (year.from, year.through))
            .expect("a year");
        for (indicator, value) in [("ORG_FOUNDED", unions), ("MBR_ADMITTED", members)] {
            let mut city = target(indicator, district, days, value);
            city.issuer_id = world.hanoi.to_string();
            assign(&mut officer, city).await;
            let mut party = target(indicator, district, days, value + 1);
            party.issuer_name = "Huyện ủy Thanh Trì".to_string();
            assign(&mut officer, party).await;
        }
    }
    let founded: Vec<Uuid> = (0..101)
        .map(|n| {
            let name = match n {
                98 => "CĐCS Công ty Cổ phần sản xuất thương mại Thái Sơn".to_string(),
                99 => "CĐCS Nhóm lớp Mầm non tư thục Quả Trứng Tròn".to_string(),
                100 => "CĐCS Nhóm trẻ, lớp mẫu giáo độc lập tư thục Trẻ Việt".to_string(),
                n => format!("CĐCS {n}"),
            };
            let on = date!(2016 - 03 - 01) + time::Duration::days(17 * n);
            world.founds(district, "NNN_CP", &name, on)
        })
        .collect();
    for (n, union) in founded.iter().enumerate() {
        world.admits(*union, date!(2020 - 12 - 31), if n == 0 { 104 } else { 44 });
    }
    let launched = founded[98..]
        .iter()
        .map(|union| ceremony_held::Launched {
            organisation_id: union.to_string(),
            decision_id: Uuid::now_v7().to_string(),
        })
        .collect();
    world.says(
        date!(2020 - 12 - 20),
        RegistryWhat::CeremonyHeld(CeremonyHeld {
            ceremony_id: Uuid::now_v7().to_string(),
            organisation_id: district.to_string(),
            kind: "HANDING_OVER".to_string(),
            held_on: Some(civil(date!(2020 - 12 - 20))),
            launched,
        }),
    );
    let state = world.loads_unions(district, "HC", 20);
    let private = world.loads_unions(district, "NNN_TN", 77);
    let lines = state
        .iter()
        .map(|union| (union, "VUNG_MANH"))
        .chain(private[..50].iter().map(|union| (union, "VUNG_MANH_XUAT_SAC")))
        .chain(private[50..].iter().map(|union| (union, "KHA")))
        .map(|(union, grade)| pb::record_ratings_request::Line {
            organisation_id: union.to_string(),
            grade: grade.to_string(),
        })
        .collect();
    let ratings = pb::RecordRatingsRequest {
        request_id: Uuid::new_v4().to_string(),
        year: 2018,
        scheme: "NAM_MUC".to_string(),
        lines,
        ..Default::default()
    };
    officer.ratings.record_ratings(ratings).await.expect("rated");

    let lines = officer.print("THANH_TRI", district, five_years, &[]).await.expect("printed");
    has(&lines, "phát triển mới 101/88 CĐCS (đạt 114,77%) theo chỉ tiêu của LĐLĐ thành phố Hà Nội");
    has(&lines, "phát triển mới 101/93 CĐCS (đạt 108,6%) theo chỉ tiêu của Huyện ủy Thanh Trì");
    has(&lines, "4.504/3.800 đoàn viên (đạt 118,53%)");
    has(
        &lines,
        "100% CĐCS khu vực nhà nước, 64,94% CĐCS ngoài khu vực nhà nước đạt vững mạnh xuất sắc và vững mạnh",
    );
    has(&lines, "trao Quyết định thành lập cho 3 CĐCS");
    has(
        &lines,
        "Thái Sơn; CĐCS Nhóm lớp Mầm non tư thục Quả Trứng Tròn; CĐCS Nhóm trẻ, lớp mẫu giáo độc lập tư thục Trẻ Việt",
    );
    // Every figure of a line gives the same value when it is asked for, and explains itself.
    let line = lines.iter().find(|line| line.text.contains("64,94%")).expect("the line");
    for figure in &line.figures {
        let units = officer.explained(figure, true, 100).await;
        assert_eq!(units.iter().map(|unit| unit.denominator).sum::<i64>(), figure.denominator);
    }
    let only = officer
        .print(
            "THANH_TRI",
            district,
            five_years,
            &[("issuer", "Huyện ủy Thanh Trì"), ("decimals", "0")],
        )
        .await
        .expect("printed");
    has(&only, "101/93 CĐCS (đạt 109%)");
    assert!(!texts(&only).iter().any(|text| text.contains("101/88")));
    world.stop().await;
}

#[tokio::test]
async fn a_year_and_its_stock_by_sector_print_as_in_ba_dinh() {
    let world = World::start().await;
    let district = world.badinh;
    let mut officer = world.officer();
    let year = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
    let agencies = world.loads_unions(district, "HC", 10);
    let ventures = world.loads_unions(district, "FDI_LD", 6);
    let firms = world.loads_unions(district, "NNN_TNHH", 30);
    let founded: Vec<Uuid> = (0..5)
        .map(|n| world.founds(district, "NNN_CP", &format!("CĐCS mới {n}"), date!(2020 - 04 - 01)))
        .collect();
    for (unions, people) in [(&agencies, 400), (&ventures, 300), (&firms, 20), (&founded, 11)] {
        for union in unions.iter() {
            let on =
                if *union == founded[0] { date!(2020 - 04 - 01) } else { date!(2019 - 01 - 01) };
            world.admits(*union, if people == 11 { date!(2020 - 04 - 01) } else { on }, people);
        }
    }
    for union in &firms[..3] {
        world.exits(*union, date!(2020 - 08 - 01), ExitReason::UnionEnded, 20);
        world.ends(*union, district, None, date!(2020 - 08 - 01));
    }
    for (n, union) in founded.iter().take(4).enumerate() {
        world.says(
            date!(2020 - 05 - 01),
            RegistryWhat::CeremonyHeld(CeremonyHeld {
                ceremony_id: Uuid::now_v7().to_string(),
                organisation_id: district.to_string(),
                kind: "LAUNCH".to_string(),
                held_on: Some(civil(date!(2020 - 05 - 01) + time::Duration::days(n as i64))),
                launched: vec![ceremony_held::Launched {
                    organisation_id: union.to_string(),
                    decision_id: Uuid::now_v7().to_string(),
                }],
            }),
        );
    }
    for union in [agencies[0], agencies[0], agencies[1]] {
        world.says(
            date!(2020 - 06 - 01),
            RegistryWhat::ByElectionHeld(ByElectionHeld {
                by_election_id: Uuid::now_v7().to_string(),
                organisation_id: union.to_string(),
                body: "EXECUTIVE".to_string(),
                held_on: Some(civil(date!(2020 - 06 - 01))),
                offices: Vec::new(),
            }),
        );
    }
    let congress = |unit: Uuid| {
        RegistryWhat::CongressHeld(CongressHeld {
            congress_id: Uuid::now_v7().to_string(),
            organisation_id: unit.to_string(),
            ordinal: 2,
            held_on: Some(civil(date!(2020 - 07 - 01))),
            term_from_year: 2020,
            term_to_year: 2025,
            ..Default::default()
        })
    };
    world.says(date!(2020 - 07 - 01), congress(ventures[0]));
    // The district's own congress is no congress of a grassroots union.
    world.says(date!(2020 - 07 - 01), congress(district));
    for (n, agency) in agencies.iter().take(3).enumerate() {
        let referral_id = Uuid::now_v7().to_string();
        let subject = format!("pseudonym-{}", n % 2);
        let organisation_id = agency.to_string();
        let referred = PartyReferred {
            referral_id: referral_id.clone(),
            organisation_id: organisation_id.clone(),
            subject: subject.clone(),
        };
        world.tells(date!(2020 - 02 - 03), MembershipWhat::PartyReferred(referred));
        if n == 0 {
            let admitted = PartyAdmitted { referral_id, organisation_id, subject };
            world.tells(date!(2020 - 11 - 03), MembershipWhat::PartyAdmitted(admitted));
        }
    }
    let mut quota = target("MBR_ADMITTED", district, year, 42);
    quota.issuer_id = world.hanoi.to_string();
    assign(&mut officer, quota).await;

    let lines = officer.print("BA_DINH", district, year, &[]).await.expect("printed");
    has(&lines, "thành lập mới 5 công đoàn cơ sở");
    has(&lines, "kết nạp thêm 55/42 đoàn viên (đạt 131%) theo kế hoạch LĐLĐ thành phố Hà Nội giao");
    has(&lines, "lễ ra mắt và trao quyết định cho 4 CĐCS");
    // A congress that nobody guided is no guidance.
    has(&lines, "hướng dẫn 0 CĐCS tiến hành Đại hội nhiệm kỳ");
    has(&lines, "2 CĐCS kiện toàn, bầu bổ sung");
    has(&lines, "giải thể 3 CĐCS");
    has(&lines, "+2");
    has(&lines, "48 công đoàn cơ sở với 6.395 đoàn viên");
    has(&lines, "10 hành chính sự nghiệp, 6 liên doanh, 32 ngoài nhà nước");
    has(&lines, "1 công nhân viên chức lao động được kết nạp vào Đảng");
    has(&lines, "giới thiệu 2 đoàn viên");
    assert!(!texts(&lines).iter().any(|text| text.starts_with("ngoài ra")));
    world.stop().await;
}

#[tokio::test]
async fn recommendations_and_a_shortened_term_print_as_in_my_duc() {
    let world = World::start().await;
    let days = (date!(2018 - 01 - 01), date!(2020 - 09 - 30));
    let union =
        world.founds(world.badinh, "NNN_TNHH", "CĐCS Nhà nghỉ Chùa Hương", date!(2020 - 06 - 01));
    world.admits(union, date!(2020 - 06 - 01), 7);
    for n in 0..3 {
        let recommended = CadreRecommended {
            recommendation_id: Uuid::now_v7().to_string(),
            organisation_id: world.badinh.to_string(),
            subject: format!("pseudonym-{n}"),
            purposes: vec!["PLANNING".into()],
        };
        world.tells(date!(2019 - 05 - 05), MembershipWhat::CadreRecommended(recommended));
    }
    world.says(
        date!(2020 - 06 - 12),
        RegistryWhat::CongressHeld(CongressHeld {
            congress_id: Uuid::now_v7().to_string(),
            organisation_id: union.to_string(),
            ordinal: 1,
            held_on: Some(civil(date!(2020 - 06 - 12))),
            term_from_year: 2020,
            term_to_year: 2023,
            term_reason: "kết thúc cùng nhiệm kỳ của cấp trên".to_string(),
            ..Default::default()
        }),
    );
    let lines = world.officer().print("MY_DUC", world.badinh, days, &[]).await.expect("printed");
    has(&lines, "phát triển 7 đoàn viên");
    has(&lines, "thành lập 1 công đoàn cơ sở");
    has(&lines, "giới thiệu 3 cán bộ công đoàn ưu tú");
    has(&lines, "Đại hội CĐCS Nhà nghỉ Chùa Hương lần thứ I, nhiệm kỳ 2020-2023");
    has(&lines, "kết thúc cùng nhiệm kỳ của cấp trên");
    world.stop().await;
}

#[tokio::test]
async fn growth_cascade_and_who_follows_whom_print_as_in_thai_nguyen() {
    let world = World::start().await;
    let province = world.hanoi;
    let days = (date!(2018 - 01 - 01), date!(2021 - 04 - 07));
    let mut national = world.national();
    let unions = world.loads_unions(world.badinh, "NNN_CP", 4);
    let leaving = world.loads_unions(world.education, "DNNN_CP", 2);
    for union in unions.iter().chain(&leaving) {
        world.admits(*union, date!(2016 - 01 - 01), 30);
    }
    for n in 0..7 {
        let union =
            world.founds(world.caugiay, "NNN_CP", &format!("CĐCS {n}"), date!(2019 - 01 - 01));
        world.admits(union, date!(2019 - 01 - 01), 200);
    }
    world.exits(unions[0], date!(2020 - 02 - 02), ExitReason::Retired, 5);
    world.transfers(unions[1], unions[2], date!(2020 - 03 - 03), 10);
    let elsewhere = world.loads_unions(world.hue, "NNN_CP", 1)[0];
    world.transfers(unions[1], elsewhere, date!(2020 - 03 - 03), 3);
    world.exits(unions[3], date!(2020 - 05 - 05), ExitReason::UnionEnded, 30);
    world.ends(unions[3], world.badinh, None, date!(2020 - 05 - 05));
    world.hands_over(&leaving, world.education, world.confederation, date!(2020 - 10 - 01));
    // The steering committee: two members, two units.
    let committee = Uuid::now_v7();
    let offices: Vec<Office> = ["STANDING_DEPUTY_HEAD", "MEMBER"]
        .into_iter()
        .map(|position| Office {
            office_id: Uuid::now_v7().to_string(),
            organisation_id: province.to_string(),
            body: "STEERING".to_string(),
            position: position.to_string(),
            person_id: Uuid::now_v7().to_string(),
            from_on: Some(civil(date!(2018 - 07 - 11))),
            term_until: None,
        })
        .collect();
    world.says(
        date!(2018 - 07 - 11),
        RegistryWhat::SteeringCommitteeEstablished(SteeringCommitteeEstablished {
            steering_committee_id: committee.to_string(),
            organisation_id: province.to_string(),
            offices: offices.clone(),
        }),
    );
    for (office, unit) in offices.iter().zip([world.badinh, world.caugiay]) {
        world.says(
            date!(2018 - 07 - 11),
            RegistryWhat::UnitAssigned(UnitAssigned {
                assignment_id: Uuid::now_v7().to_string(),
                steering_committee_id: committee.to_string(),
                office_id: office.office_id.clone(),
                person_id: office.person_id.clone(),
                unit_id: unit.to_string(),
            }),
        );
    }
    let programme = (date!(2018 - 01 - 01), date!(2023 - 12 - 31));
    for (issuer, unit, value) in [
        (world.confederation, province, 2_000),
        (province, world.badinh, 900),
        (province, world.caugiay, 1_200),
    ] {
        let mut quota = target("MBR_ADMITTED", unit, programme, value);
        quota.issuer_id = issuer.to_string();
        assign(&mut national, quota).await;
    }

    let lines = national.print("THAI_NGUYEN", province, days, &[]).await.expect("printed");
    // 5 retired, 3 went to Huế, 30 lost their union, 60 left with theirs.
    has(&lines, "kết nạp mới 1.400 đoàn viên, giảm 98 đoàn viên, tăng tuyệt đối 1.302 đoàn viên");
    has(&lines, "thành lập mới 07 CĐCS, giảm 03, tăng tuyệt đối 04");
    has(
        &lines,
        "Tổng Liên đoàn Lao động Việt Nam giao 2.000, tỉnh giao lại 2.100 cho 2 đơn vị (chênh lệch +100)",
    );
    has(&lines, "LĐLĐ quận Ba Đình 900 (42,86%)");
    has(&lines, "Phó Trưởng ban Thường trực phụ trách LĐLĐ quận Ba Đình từ 11/07/2018");
    has(&lines, "11 báo cáo đến hạn trong kỳ, gần nhất cho kỳ kết thúc 31/03/2021");
    world.stop().await;
}

#[tokio::test]
async fn a_report_that_would_contradict_itself_is_refused() {
    let world = World::start().await;
    let union = world.loads_unions(world.badinh, "NNN_CP", 1)[0];
    world.admits(union, date!(2020 - 02 - 02), 9);
    let mut officer = world.officer();
    let year: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
    officer.print("MY_DUC", world.badinh, year, &[]).await.expect("printed");
    // A registry that contradicts itself: it became a union, which it was before. A flow without
    // a stock.
    world.changes_type(union, ("CDCS_TV", "CDCS"), date!(2020 - 06 - 15));
    assert_eq!(
        refused(officer.print("MY_DUC", world.badinh, year, &[]).await).0,
        "BOOK_UNBALANCED"
    );
    for (template, parameters, expected) in [
        ("NOBODY", &[][..], because("TEMPLATE_UNKNOWN", "template")),
        ("MY_DUC", &[("colour", "red")][..], because("PARAMETER_UNKNOWN", "parameters[0].name")),
        (
            "MY_DUC",
            &[("decimals", "1"), ("decimals", "1")][..],
            because("PARAMETER_REPEATED", "parameters[1].name"),
        ),
        ("MY_DUC", &[("decimals", "many")][..], because("PARAMETER_MALFORMED", "parameters")),
    ] {
        assert_eq!(
            refused(officer.print(template, world.badinh, year, parameters).await),
            expected
        );
    }
    world.stop().await;
}

#[tokio::test]
async fn a_report_says_who_asked_for_nothing_and_that_its_period_is_not_over() {
    let world = World::start().await;
    let mut officer = world.officer();
    let today = chassis::database::today();
    let day = time::Duration::DAY;
    for (days, state, said) in [
        ((date!(2020 - 01 - 01), date!(2020 - 12 - 31)), pb::PeriodState::Over, ""),
        ((today - day, today), pb::PeriodState::Running, "kỳ chưa kết thúc"),
        ((today, today + day), pb::PeriodState::Running, "kỳ chưa kết thúc"),
        ((today + day, today + day * 9), pb::PeriodState::ToCome, "kỳ chưa bắt đầu"),
    ] {
        for template in ["BA_DINH", "THANH_TRI", "TONG_HOP"] {
            let asked = pb::PrintReportRequest {
                template: template.to_string(),
                organisation_id: world.badinh.to_string(),
                period: Some(crate::world::period(days)),
                ..Default::default()
            };
            let printed = officer.reports.print_report(asked).await.expect("printed").into_inner();
            assert_eq!(printed.period_state(), state, "{}", printed.title);
            assert_eq!(printed.title.contains("(kỳ chưa"), !said.is_empty(), "{}", printed.title);
            assert!(printed.title.contains(said), "{}", printed.title);
            // Nobody asked for anything: no sentence speaks of whoever did.
            let unassigned: Vec<&str> = texts(&printed.lines)
                .into_iter()
                .filter(|text| text.contains("chưa có chỉ tiêu được giao"))
                .collect();
            assert_eq!(unassigned.len(), 2, "{:#?}", texts(&printed.lines));
            for text in texts(&printed.lines) {
                assert!(!text.contains("giao giao") && !text.contains("của chưa"), "{text}");
            }
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn reports_due_come_page_by_page_and_each_once() {
    let world = World::start().await;
    let mut officer = world.officer();
    let (committee, from) = (Uuid::now_v7(), date!(2000 - 02 - 01));
    let offices: Vec<Office> = (0..20)
        .map(|_| Office {
            office_id: Uuid::now_v7().to_string(),
            organisation_id: world.hanoi.to_string(),
            body: "STEERING".to_string(),
            position: "MEMBER".to_string(),
            person_id: Uuid::now_v7().to_string(),
            from_on: Some(civil(from)),
            term_until: None,
        })
        .collect();
    world.says(
        from,
        RegistryWhat::SteeringCommitteeEstablished(SteeringCommitteeEstablished {
            steering_committee_id: committee.to_string(),
            organisation_id: world.hanoi.to_string(),
            offices: offices.clone(),
        }),
    );
    // The last of them begins to follow when nothing is due any more.
    let late = date!(2020 - 12 - 15);
    for (n, office) in offices.iter().enumerate() {
        let assigned = UnitAssigned {
            assignment_id: Uuid::now_v7().to_string(),
            steering_committee_id: committee.to_string(),
            office_id: office.office_id.clone(),
            person_id: office.person_id.clone(),
            unit_id: world.badinh.to_string(),
        };
        world.says(if n == 19 { late } else { from }, RegistryWhat::UnitAssigned(assigned));
    }
    let asked = |page_size, page_token| pb::ListReportsDueRequest {
        organisation_id: world.hanoi.to_string(),
        period: Some(crate::world::period((date!(2001 - 01 - 01), date!(2020 - 12 - 20)))),
        cadence: pb::Cadence::Month.into(),
        page_size,
        page_token,
    };
    for (page_size, most) in [(0, 500), (37, 37), (239, 239), (1_000_000, 500)] {
        let (mut due, mut assignments) = (Vec::new(), std::collections::BTreeSet::new());
        let mut token = String::new();
        loop {
            let page = officer.periodic_reports.list_reports_due(asked(page_size, token)).await;
            let page = page.expect("listed").into_inner();
            let reports: usize =
                page.assignments.iter().map(|one| one.reports_due.len().max(1)).sum();
            assert!(reports <= most, "{reports} of {most}");
            for one in page.assignments {
                due.extend(one.reports_due.iter().map(|report| {
                    let on = report.due_on.expect("a day");
                    (one.assignment_id.clone(), on.year, on.month)
                }));
                assignments.insert(one.assignment_id);
            }
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        // 239 whole months for each of 19.
        let count = due.len();
        due.dedup();
        assert_eq!((due.len(), count, assignments.len()), (19 * 239, 19 * 239, 20));
    }
    world.stop().await;
}
