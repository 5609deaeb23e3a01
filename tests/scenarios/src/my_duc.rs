//! Mỹ Đức, a district federation of Hà Nội. The report names no period ("thời gian qua"):
//! the scenario takes 2018-01-01 to 2020-09-30, its last day the day of the report.

use anyhow::ensure;
use chassis::parse::civil;
use proto::membership::v1::recommend_cadre_request::Line as CadreLine;
use proto::membership::v1::{
    AdmitToPartyRequest, CadrePurpose, ExitReason, RecommendCadreRequest, ReferToPartyRequest,
};
use proto::registry::v1::load_organisations_request::Line;
use time::Date;
use time::macros::date;

use crate::block::Block;
use crate::client::at_once;
use crate::office::{Congress, Founding, Office, spread};
use crate::people::People;
use crate::tree::Tree;
use crate::unions::{Union, choose};

/// The period that the scenario chose.
pub const PERIOD: (Date, Date) = (date!(2018 - 01 - 01), date!(2020 - 09 - 30));

/// The union whose congress the report shows.
pub const CHUA_HUONG: &str = "CĐCS Nhà nghỉ Chùa Hương";

const SCHOOLS: Block = Block { prefix: "MD-TH", sector: "SNCL_100", unions: 30, members: 15 };
const FIRMS: Block = Block { prefix: "MD-DN", sector: "NNN_TNHH", unions: 22, members: 13 };

/// Foundings in the period: name, sector, members at the founding.
const FOUNDINGS: [(&str, &str, u32); 15] = [
    ("CĐCS Công ty TNHH May Hương Sơn", "NNN_TNHH", 7),
    ("CĐCS Công ty Cổ phần Nước sạch An Tiến", "NNN_CP", 6),
    ("CĐCS Hợp tác xã Dệt Phùng Xá", "HTX", 9),
    ("CĐCS Công ty TNHH Thương mại Tế Tiêu", "NNN_TNHH", 8),
    ("CĐCS Công ty Cổ phần Xây dựng Hợp Tiến", "NNN_CP", 12),
    ("CĐCS Trường Mầm non tư thục Hoa Sen", "SN_NCL", 6),
    ("CĐCS Công ty TNHH Vận tải Đại Nghĩa", "NNN_TNHH", 7),
    ("CĐCS Công ty Cổ phần Du lịch Bến Đục", "NNN_CP", 10),
    ("CĐCS Hợp tác xã Nông nghiệp Phúc Lâm", "HTX", 8),
    ("CĐCS Công ty TNHH Thực phẩm Hồng Sơn", "NNN_TNHH", 6),
    ("CĐCS Công ty TNHH Mây tre đan Bột Xuyên", "NNN_TNHH", 9),
    (CHUA_HUONG, "NNN_TNHH", 7),
    ("CĐCS Ban Quản lý Di tích Hương Sơn", "SNCL_TC", 11),
    ("CĐCS Công ty Cổ phần Môi trường Mỹ Thành", "NNN_CP", 8),
    ("CĐCS Công ty TNHH Cơ khí Tuy Lai", "NNN_TNHH", 6),
];

/// Admissions to unions that were there already, quarter by quarter.
const ADMITTED_BY_QUARTER: [u32; 11] = [35, 38, 41, 36, 42, 40, 39, 44, 37, 41, 41];

/// Officers recommended to the Party committees, year by year.
const RECOMMENDED_BY_YEAR: [usize; 3] = [17, 22, 18];

/// The unions that were there before.
pub fn opening(superior_code: &str) -> Vec<Line> {
    [SCHOOLS, FIRMS].into_iter().flat_map(|block| block.lines("Mỹ Đức", superior_code)).collect()
}

/// The federation's years.
pub async fn replay(office: &Office, tree: &Tree, mut people: People) -> anyhow::Result<()> {
    let before = date!(2017 - 06 - 01);
    let mut unions = SCHOOLS.enrol(office, tree, &mut people, before).await?;
    unions.extend(FIRMS.enrol(office, tree, &mut people, before).await?);

    let chairs = at_once(unions.iter().map(|union| {
        let congress = Congress {
            ordinal: 3,
            on: date!(2017 - 11 - 15),
            term: (2017, 2022),
            reason: "",
            elected: &union.members[..2],
        };
        let act = format!("congress/{}", union.code);
        office.congress(act, union.id.clone(), congress)
    }));
    chairs.await?;

    let founded = found(office, &mut people).await?;
    hold_chua_huong_congress(office, &founded).await?;
    admit(office, &mut people, &unions).await?;
    recommend(office, &unions).await?;
    refer(office, &unions).await?;

    // Sixty people leave: the report does not ask for them.
    let leaving = choose(&mut unions, &mut 0, 60, 5, 4);
    at_once(leaving.into_iter().enumerate().map(|(n, part)| {
        let reason = [ExitReason::Retired, ExitReason::LeftEmployment][n % 2];
        let act = format!("exit/{n}");
        office.exit(act, part.union_id, spread(PERIOD, n, 12), reason, part.person_ids)
    }))
    .await?;
    Ok(())
}

async fn found(office: &Office, people: &mut People) -> anyhow::Result<Vec<Union>> {
    at_once(FOUNDINGS.iter().enumerate().map(|(n, &(name, sector, members))| {
        let founding = Founding {
            number: 101 + n,
            code: format!("CDCS-MD-M{:02}", n + 1),
            name: name.into(),
            sector,
            on: spread((date!(2018 - 02 - 05), date!(2020 - 08 - 20)), n, FOUNDINGS.len()),
            applicants: people.take(members),
            employer_ids: Vec::new(),
        };
        office.found(format!("found/{n}"), founding)
    }))
    .await
}

/// The first congress of the union of 2020: its term ends with the superior's.
async fn hold_chua_huong_congress(office: &Office, founded: &[Union]) -> anyhow::Result<()> {
    let place = FOUNDINGS.iter().position(|(name, ..)| *name == CHUA_HUONG).unwrap_or_default();
    let union = &founded[place];
    let congress = Congress {
        ordinal: 1,
        on: date!(2020 - 06 - 12),
        term: (2020, 2023),
        reason: "kết thúc cùng nhiệm kỳ 2018-2023 của LĐLĐ huyện Mỹ Đức",
        elected: &union.members[..3],
    };
    office.congress("congress/chua-huong".into(), union.id.clone(), congress).await?;
    Ok(())
}

async fn admit(office: &Office, people: &mut People, unions: &[Union]) -> anyhow::Result<()> {
    const SHARES: u32 = 4;
    let quarters = ADMITTED_BY_QUARTER.iter().enumerate();
    let parts = quarters.flat_map(|(quarter, &count)| {
        (0..SHARES).map(move |part| {
            let share = count / SHARES + u32::from(part < count % SHARES);
            (quarter, part as usize, share)
        })
    });
    at_once(parts.map(|(quarter, part, share)| {
        let union = &unions[(quarter * 4 + part) % unions.len()];
        let on = spread(PERIOD, quarter * 4 + part, 44);
        let lines = people.take(share);
        office.admit(format!("admit/{quarter}/{part}"), union.id.clone(), on, lines)
    }))
    .await?;
    Ok(())
}

/// 57 officers, for planning, training or appointment: never a referral to the Party.
async fn recommend(office: &Office, unions: &[Union]) -> anyhow::Result<()> {
    let purposes = [CadrePurpose::Planning, CadrePurpose::Training, CadrePurpose::Appointment];
    let mut officers = unions.iter().flat_map(|union| &union.members[..2]);
    for (year, count) in (2018..).zip(RECOMMENDED_BY_YEAR) {
        let lines: Vec<_> = officers
            .by_ref()
            .take(count)
            .enumerate()
            .map(|(n, person)| CadreLine {
                person_id: person.clone(),
                purposes: vec![purposes[n % 3].into()],
            })
            .collect();
        ensure!(lines.len() == count, "there are fewer officers than are recommended");
        let request = RecommendCadreRequest {
            request_id: office.client.request_id(&format!("recommend/{year}")),
            organisation_id: office.organisation_id.clone(),
            recommended_on: Some(civil(Date::from_calendar_date(year, time::Month::July, 20)?)),
            committee: "Huyện ủy Mỹ Đức".into(),
            lines,
            ..RecommendCadreRequest::default()
        };
        office.client.recommend_cadre(request).await?;
        office.client.happened(count);
    }
    Ok(())
}

/// Forty referrals to the Party and 25 admissions, counted apart from the 57.
async fn refer(office: &Office, unions: &[Union]) -> anyhow::Result<()> {
    let request = ReferToPartyRequest {
        request_id: office.client.request_id("refer"),
        organisation_id: office.organisation_id.clone(),
        referred_on: Some(civil(date!(2019 - 03 - 18))),
        lines: unions
            .iter()
            .take(40)
            .map(|union| crate::people::known(&union.members[2]))
            .collect(),
        ..ReferToPartyRequest::default()
    };
    let referred = office.client.refer_to_party(request).await?.referrals;
    let admitted: Vec<_> =
        referred.iter().take(25).map(|referral| referral.referral_id.clone()).collect();
    office.client.happened(referred.len() + admitted.len());
    let request = AdmitToPartyRequest {
        request_id: office.client.request_id("refer/admitted"),
        admitted_on: Some(civil(date!(2020 - 05 - 19))),
        referral_ids: admitted,
        ..AdmitToPartyRequest::default()
    };
    office.client.admit_to_party(request).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_numbers_of_the_scenario_are_those_of_the_report() {
        let founders: u32 = FOUNDINGS.iter().map(|(_, _, members)| members).sum();
        assert_eq!(founders + ADMITTED_BY_QUARTER.iter().sum::<u32>(), 554);
        assert_eq!(FOUNDINGS.len(), 15);
        assert_eq!(RECOMMENDED_BY_YEAR.iter().sum::<usize>(), 57);
    }
}
