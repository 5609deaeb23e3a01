//! Cầu Giấy, a district federation of Hà Nội: the quotas that it set itself for 2021.
//!
//! The report gives quotas and no results. The scenario supplies a year that meets some of
//! them and misses others: 95 of 100 administrative unions are rated well, which is not
//! "trên 95 %"; one of them is rated again after it objected, and then they are 96.

use chassis::parse::civil;
use proto::membership::v1::{Attendance, HoldTrainingCourseRequest, WelfareKind};
use proto::registry::v1::load_organisations_request::Line;
use proto::registry::v1::{SurveyEmployersRequest, SurveyedEmployer};
use proto::reporting::v1::{
    Activity, ActivityKind, Comparator, RecordActivitiesRequest, ValueUnit,
};
use time::Date;
use time::macros::date;

use crate::block::Block;
use crate::client::at_once;
use crate::honours::Roll;
use crate::office::{Congress, Office, Quota, grades};
use crate::people::People;
use crate::tree::Tree;
use crate::unions::Union;

/// The year of the quotas.
pub const PERIOD: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));

const AGENCIES: Block = Block { prefix: "CG-HC", sector: "SNCL_100", unions: 100, members: 10 };
const VENTURES: Block = Block { prefix: "CG-LD", sector: "FDI_LD", unions: 20, members: 10 };
const FIRMS: Block = Block { prefix: "CG-DN", sector: "NNN_TNHH", unions: 150, members: 10 };

/// Officers of each union: a chair and a vice chair.
const OFFICERS: usize = 2;

/// Ratings of 2021 under the four-grade scheme.
const AGENCY_GRADES: [(&str, usize); 4] = [
    ("HOAN_THANH_XUAT_SAC", 31),
    ("HOAN_THANH_TOT", 64),
    ("HOAN_THANH", 4),
    ("KHONG_HOAN_THANH", 1),
];
const VENTURE_GRADES: [(&str, usize); 3] =
    [("HOAN_THANH_XUAT_SAC", 4), ("HOAN_THANH_TOT", 10), ("HOAN_THANH", 6)];
const FIRM_GRADES: [(&str, usize); 4] = [
    ("HOAN_THANH_XUAT_SAC", 20),
    ("HOAN_THANH_TOT", 63),
    ("HOAN_THANH", 55),
    ("KHONG_HOAN_THANH", 12),
];
/// The agency that objected: the first of those that were rated lower.
const OBJECTING: usize = 95;

/// Unions where nothing was disseminated: the last of them.
const NOT_REACHED: usize = 8;

/// What Cầu Giấy asked of itself: indicator, hundredths of a percent, comparator, sectors.
const QUOTAS: [(&str, i64, Comparator, (&str, &str)); 5] = [
    ("DISS_ORG", 9_500, Comparator::GreaterOrEqual, ("", "")),
    ("DISS_PERSON", 9_500, Comparator::GreaterOrEqual, ("", "")),
    ("OFFICER_TRAINED", 10_000, Comparator::Equal, ("", "")),
    ("RATING_GOOD", 9_500, Comparator::Greater, ("BA_KHOI", "HCSN")),
    ("RATING_GOOD", 5_500, Comparator::Greater, ("BA_KHOI", "NGOAI_NHA_NUOC")),
];

/// The unions that were there before: 270.
pub fn opening(superior_code: &str) -> Vec<Line> {
    [AGENCIES, VENTURES, FIRMS]
        .into_iter()
        .flat_map(|block| block.lines("Cầu Giấy", superior_code))
        .collect()
}

/// The federation's year, up to the round of ratings. What is returned is the agency that
/// objects to its rating.
pub async fn replay(office: &Office, tree: &Tree, mut people: People) -> anyhow::Result<Union> {
    let before = date!(2018 - 01 - 15);
    let agencies = AGENCIES.enrol(office, tree, &mut people, before).await?;
    let ventures = VENTURES.enrol(office, tree, &mut people, before).await?;
    let firms = FIRMS.enrol(office, tree, &mut people, before).await?;
    let unions: Vec<_> = agencies.iter().chain(&ventures).chain(&firms).collect();

    for (n, (indicator, value, comparator, sector)) in QUOTAS.into_iter().enumerate() {
        let quota = Quota {
            indicator,
            organisation_id: &office.organisation_id,
            period: PERIOD,
            issuer_id: &office.organisation_id,
            value,
            unit: ValueUnit::BasisPoints,
            comparator,
            sector,
            ..Quota::default()
        };
        office.assign(format!("quota/{n}"), quota).await?;
    }

    at_once(unions.iter().map(|union| {
        let congress = Congress {
            ordinal: 2,
            on: date!(2018 - 03 - 20),
            term: (2018, 2023),
            reason: "",
            elected: &union.members[..OFFICERS],
        };
        office.congress(format!("congress/{}", union.code), union.id.clone(), congress)
    }))
    .await?;

    survey(office, &unions).await?;
    disseminate(office, &unions).await?;
    train(office, &unions).await?;
    emulate(office, &firms).await?;
    honour(office, &agencies, &ventures, &firms).await?;
    help(office, &agencies).await?;

    let rated = |unions: &[Union], counts| {
        let ids: Vec<_> = unions.iter().map(|union| union.id.clone()).collect();
        ids.into_iter().zip(grades(counts))
    };
    office.rate("rate/agencies".into(), 2021, rated(&agencies, &AGENCY_GRADES)).await?;
    office.rate("rate/ventures".into(), 2021, rated(&ventures, &VENTURE_GRADES)).await?;
    office.rate("rate/firms".into(), 2021, rated(&firms, &FIRM_GRADES)).await?;
    Ok(agencies[OBJECTING].clone())
}

/// The agency that objected is rated again, one grade better.
pub async fn rate_again(office: &Office, agency: &Union) -> anyhow::Result<()> {
    let grade = std::iter::once((agency.id.clone(), "HOAN_THANH_TOT"));
    office.rate("rate/objection".into(), 2021, grade).await
}

/// Workers at each union's employer: the members, and outside the agencies as many again
/// who are no members.
fn workforce(union: &Union) -> i32 {
    let members = union.members.len() as i32;
    if union.code.contains(AGENCIES.prefix) { members } else { members * 2 }
}

async fn survey(office: &Office, unions: &[&Union]) -> anyhow::Result<()> {
    let employers = unions.iter().map(|union| SurveyedEmployer {
        name: format!("Đơn vị sử dụng lao động của {}", union.code),
        workforce: workforce(union),
        workforce_female: workforce(union) / 2,
        union_ids: vec![union.id.clone()],
        ..SurveyedEmployer::default()
    });
    let request = SurveyEmployersRequest {
        request_id: office.client.request_id("survey"),
        organisation_id: office.organisation_id.clone(),
        surveyed_on: Some(civil(date!(2021 - 01 - 20))),
        employers: employers.collect(),
        ..SurveyEmployersRequest::default()
    };
    office.client.survey_employers(request).await?;
    office.client.happened(unions.len());
    Ok(())
}

/// Two rounds: in the second, four fifths of the workers come who are no members. They reach
/// the same people, so the larger round counts and not the sum.
async fn disseminate(office: &Office, unions: &[&Union]) -> anyhow::Result<()> {
    let reached = &unions[..unions.len() - NOT_REACHED];
    for (round, held_on) in [date!(2021 - 04 - 15), date!(2021 - 09 - 10)].into_iter().enumerate() {
        let activities = reached.iter().map(|union| {
            let members = union.members.len() as i32;
            let workers = (workforce(union) - members) * 4 / 5;
            Activity {
                organisation_id: union.id.clone(),
                kind: ActivityKind::Dissemination.into(),
                held_on: Some(civil(held_on)),
                members_reached: Some(members),
                workers_reached: Some(if round == 0 { 0 } else { workers }),
                ..Activity::default()
            }
        });
        let request = RecordActivitiesRequest {
            request_id: office.client.request_id(&format!("disseminate/{round}")),
            activities: activities.collect(),
            ..RecordActivitiesRequest::default()
        };
        office.client.record_activities(request).await?;
        office.client.happened(reached.len());
    }
    Ok(())
}

/// Three courses that overlap and between them reach every officer in post.
async fn train(office: &Office, unions: &[&Union]) -> anyhow::Result<()> {
    let officers: Vec<_> = unions
        .iter()
        .flat_map(|union| union.members[..OFFICERS].iter().map(|person| (&union.id, person)))
        .collect();
    let third = officers.len() / 3;
    for (n, on) in [date!(2021 - 03 - 10), date!(2021 - 06 - 16), date!(2021 - 10 - 20)]
        .into_iter()
        .enumerate()
    {
        // Forty of each course come to the next one too.
        let through = ((n + 1) * third + 40).min(officers.len());
        let attendances: Vec<_> = officers[n * third..through]
            .iter()
            .map(|(union_id, person_id)| Attendance {
                person_id: person_id.to_string(),
                organisation_id: union_id.to_string(),
                attended_on: Some(civil(on)),
            })
            .collect();
        let people = attendances.len();
        let request = HoldTrainingCourseRequest {
            request_id: office.client.request_id(&format!("course/{n}")),
            organisation_id: office.organisation_id.clone(),
            title: "Nghiệp vụ công tác công đoàn năm 2021".into(),
            topics: vec!["UNION_WORK".into()],
            starts_on: Some(civil(on)),
            attendances,
            ..HoldTrainingCourseRequest::default()
        };
        office.client.hold_training_course(request).await?;
        office.client.happened(people + 1);
    }
    Ok(())
}

/// Two movements of the year: whoever takes part in the second takes part in the first too. From a
/// firm of ten members six come, from a larger one more.
async fn emulate(office: &Office, firms: &[Union]) -> anyhow::Result<()> {
    for (theme, title) in [
        ("GOOD_LABOUR", "Lao động giỏi năm 2021"),
        ("CREATIVE_LABOUR", "Lao động sáng tạo năm 2021"),
    ] {
        let taking_part = |members: usize| match theme {
            "GOOD_LABOUR" => (members + 8) / 3,
            _ => 2,
        };
        let emulation_id = office.launch_emulation(theme, title, PERIOD).await?;
        at_once(firms.iter().map(|firm| {
            let act = format!("emulation/{theme}/{}", firm.code);
            let people = &firm.members[..taking_part(firm.members.len())];
            let on = date!(2021 - 01 - 28);
            office.join_emulation(act, firm.id.clone(), emulation_id.clone(), on, people)
        }))
        .await?;
    }
    Ok(())
}

/// A title of some of a union's members, of whom the first work directly in production.
fn title<'a>(
    kind: &'static str,
    level: &'static str,
    union: &'a Union,
    people: usize,
    direct: usize,
) -> (String, String, Roll<'a>) {
    let roll = Roll {
        kind,
        level,
        on: date!(2021 - 11 - 15),
        people: &union.members[..people],
        direct,
        titles: &[],
    };
    (format!("honour/{kind}/{}", union.code), union.id.clone(), roll)
}

/// Titles of those who work directly in production before others, and initiatives of the agencies,
/// of which the first has two authors.
async fn honour(
    office: &Office,
    agencies: &[Union],
    ventures: &[Union],
    firms: &[Union],
) -> anyhow::Result<()> {
    let firms = firms[..120].iter().map(|firm| title("GOOD_LABOUR", "GRASSROOTS", firm, 2, 1));
    let ventures =
        ventures[..16].iter().map(|venture| title("GOOD_WORKER", "PROVINCE", venture, 3, 3));
    at_once(firms.chain(ventures).map(|(act, id, roll)| office.honour(act, id, roll))).await?;
    at_once(agencies[..5].iter().enumerate().map(|(n, agency)| async move {
        let titles = [format!("Sáng kiến của {}", agency.code)];
        let roll = Roll {
            kind: "CAPITAL_INITIATIVE",
            level: "PROVINCE",
            on: date!(2021 - 10 - 10),
            people: &agency.members[..1 + usize::from(n == 0)],
            direct: 0,
            titles: &titles,
        };
        office.honour(format!("initiative/{}", agency.code), agency.id.clone(), roll).await
    }))
    .await?;
    Ok(())
}

/// People in hardship: some are visited, others given aid, and of these some are cared for, and lent
/// money.
async fn help(office: &Office, agencies: &[Union]) -> anyhow::Result<()> {
    let people: Vec<String> =
        agencies.iter().flat_map(|agency| agency.members[..2].to_vec()).take(130).collect();
    let (visited, aided) = people.split_at(50);
    let before_tet = date!(2021 - 02 - 05);
    office.help(WelfareKind::Visit, "UNION_FUND", before_tet, visited, 500_000).await?;
    office.help(WelfareKind::Aid, "SOCIAL_FUND", before_tet, aided, 1_500_000).await?;
    let ill = &aided[..20];
    office.help(WelfareKind::HealthCare, "DONORS", date!(2021 - 05 - 20), ill, 500_000).await?;
    let lent = &aided[20..26];
    office.help(WelfareKind::Loan, "CREDIT_FUND", date!(2021 - 06 - 01), lent, 10_000_000).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_union_is_rated_and_the_admin_quota_is_missed_by_one() {
        let rated = |grades: &[(&str, usize)]| grades.iter().map(|(_, count)| count).sum::<usize>();
        assert_eq!(rated(&AGENCY_GRADES), AGENCIES.unions);
        assert_eq!(rated(&VENTURE_GRADES), VENTURES.unions);
        assert_eq!(rated(&FIRM_GRADES), FIRMS.unions);
        assert_eq!(rated(&AGENCY_GRADES[..2]), OBJECTING);
        const {
            assert!(
                ((AGENCIES.unions + VENTURES.unions + FIRMS.unions) * OFFICERS).is_multiple_of(3)
            )
        };
    }
}
