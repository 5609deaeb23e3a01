//! Thanh Trì, a district federation of Hà Nội: five years, 2016 to 2020, against the quotas of
//! the City's federation and of the district's Party committee.
//!
//! The report gives 64,94 % of the non-state unions without saying of how many. The scenario
//! chooses 50 of 77, the smallest counts that give it.

use anyhow::Context;
use chassis::parse::civil;
use proto::membership::v1::PersonLine;
use proto::registry::v1::load_organisations_request::Line;
use proto::registry::v1::{ReachCampaignStageRequest, SurveyEmployersRequest, SurveyedEmployer};
use time::macros::date;
use time::{Date, Month};

use crate::block::Block;
use crate::client::at_once;
use crate::honours::Roll;
use crate::office::{Founding, Office, Quota, grades, spread};
use crate::people::People;
use crate::tree::{Tree, made_up_name};
use crate::unions::Union;

/// The five years of the report.
pub const PERIOD: (Date, Date) = (date!(2016 - 01 - 01), date!(2020 - 12 - 31));

/// When the schools came to the district from the sector union: the first day under it.
pub const SCHOOLS_HANDED_OVER_ON: Date = date!(2017 - 09 - 01);

/// The Party committee that sets quotas beside the City's federation.
pub const PARTY_COMMITTEE: &str = "Huyện ủy Thanh Trì";

const AGENCIES: Block = Block { prefix: "TT-HC", sector: "HC", unions: 20, members: 15 };
const FIRMS: Block = Block { prefix: "TT-DN", sector: "NNN_CP", unions: 41, members: 15 };
const SCHOOLS: Block = Block { prefix: "TT-TH", sector: "SNCL_100", unions: 30, members: 25 };

/// One year of the report.
struct Year {
    year: i32,
    foundings: usize,
    /// Admissions besides those of the founders.
    admitted: u32,
    /// Asked for by the City's federation: unions and members.
    city: (i64, i64),
    /// Asked for by the Party committee.
    party: (i64, i64),
}

const YEARS: [Year; 5] = [
    Year { year: 2016, foundings: 17, admitted: 657, city: (15, 700), party: (15, 650) },
    Year { year: 2017, foundings: 19, admitted: 707, city: (17, 720), party: (16, 680) },
    Year { year: 2018, foundings: 21, admitted: 732, city: (18, 760), party: (18, 720) },
    Year { year: 2019, foundings: 22, admitted: 761, city: (18, 800), party: (18, 750) },
    Year { year: 2020, foundings: 22, admitted: 742, city: (20, 820), party: (20, 800) },
];

/// The three unions whose decisions were handed over at one ceremony, founded last.
pub const HANDED_OVER: [(&str, &str); 3] = [
    ("CĐCS Công ty Cổ phần sản xuất thương mại Thái Sơn", "NNN_CP"),
    ("CĐCS Nhóm lớp Mầm non tư thục Quả Trứng Tròn", "SN_NCL"),
    ("CĐCS Nhóm trẻ, lớp mẫu giáo độc lập tư thục Trẻ Việt", "SN_NCL"),
];

/// Ratings of 2018, the last year of the five-grade scheme: State unions, all in the top two.
const STATE_GRADES: [(&str, usize); 2] = [("VUNG_MANH_XUAT_SAC", 18), ("VUNG_MANH", 32)];
/// Non-state unions that are a year old at the end of 2018: 50 of 77 in the top two.
const NON_STATE_GRADES: [(&str, usize); 5] =
    [("VUNG_MANH_XUAT_SAC", 12), ("VUNG_MANH", 38), ("KHA", 17), ("TRUNG_BINH", 8), ("YEU", 2)];

/// Teachers of each school who were honoured in 2018, and of how many schools there is one more.
const TEACHERS: usize = 10;
const SCHOOLS_WITH_ONE_MORE: usize = 12;

/// Employers without a union in the survey of 2019: how many workers each had.
const SURVEYED: [i32; 34] = [
    142, 96, 88, 75, 64, 61, 57, 52, 48, 45, 41, 38, 36, 33, 31, 28, 26, 25, 23, 22, 21, 20, 19,
    18, 17, 16, 15, 14, 12, 11, 10, 9, 8, 6,
];
/// How many of the employers with 20 workers or more got to each stage.
const FUNNEL: [(&str, usize, Date); 3] = [
    ("ELIGIBLE", 22, date!(2019 - 03 - 25)),
    ("CANVASSED", 17, date!(2019 - 05 - 20)),
    ("ORGANISING_COMMITTEE", 9, date!(2019 - 07 - 01)),
];
/// Those canvassed where it did not go on.
const BLOCKED: std::ops::Range<usize> = 14..17;
/// Foundings that came of the campaign: year and number within the year, by employer.
const CAMPAIGN_FOUNDINGS: [(i32, usize); 6] =
    [(2019, 16), (2019, 17), (2019, 18), (2020, 10), (2020, 11), (2020, 12)];

/// The unions that were there before; the schools belong to the sector union then.
pub fn opening(superior_code: &str, education_code: &str) -> Vec<Line> {
    let own = [AGENCIES, FIRMS];
    let mut lines: Vec<_> =
        own.into_iter().flat_map(|block| block.lines("Thanh Trì", superior_code)).collect();
    lines.extend(SCHOOLS.lines("Thanh Trì", education_code));
    lines
}

/// The federation's years. `city` is the office of the City's federation, to which both the
/// district and the sector union belong.
pub async fn replay(
    office: &Office,
    city: &Office,
    tree: &Tree,
    mut people: People,
) -> anyhow::Result<()> {
    let before = date!(2015 - 06 - 01);
    let agencies = AGENCIES.enrol(office, tree, &mut people, before).await?;
    let firms = FIRMS.enrol(office, tree, &mut people, before).await?;
    let schools = SCHOOLS.enrol(city, tree, &mut people, before).await?;

    assign_quotas(office, city).await?;
    let employer_ids = survey(office).await?;

    // What the schools admit before they come is the sector union's, and counts there.
    let newcomers = |people: &mut People, act: &str, on: Date| {
        let parts: Vec<_> = schools.iter().map(|school| (school, people.take(1))).collect();
        let act = act.to_string();
        async move {
            at_once(parts.into_iter().map(|(school, lines)| {
                city.admit(format!("{act}/{}", school.code), school.id.clone(), on, lines)
            }))
            .await
        }
    };
    newcomers(&mut people, "schools", date!(2017 - 02 - 15)).await?;
    city.hand_over(
        "schools/handed-over".into(),
        900,
        SCHOOLS_HANDED_OVER_ON,
        &schools,
        &office.organisation_id,
    )
    .await?;

    honour_teachers(office, &schools).await?;
    let founded = found(office, &mut people, &employer_ids).await?;
    let standing: Vec<Union> = agencies.iter().chain(&firms).cloned().collect();
    for year in &YEARS {
        admit(office, &mut people, year, &standing, &schools).await?;
    }

    hand_decisions_over(office, &founded).await?;
    campaign(office, &employer_ids, &founded).await?;
    rate(office, agencies.iter().chain(&schools), &firms, &founded).await
}

async fn assign_quotas(office: &Office, city: &Office) -> anyhow::Result<()> {
    let quotas = YEARS.iter().flat_map(|year| {
        let asked = [("city", year.city), ("party", year.party)];
        asked.into_iter().flat_map(move |(issuer, (unions, members))| {
            let values = [("ORG_FOUNDED", unions), ("MBR_ADMITTED", members)];
            values.map(|(indicator, value)| (year.year, issuer, indicator, value))
        })
    });
    at_once(quotas.map(|(year, issuer, indicator, value)| {
        let period = calendar_year(year);
        async move {
            let by_city = issuer == "city";
            let quota = Quota {
                indicator,
                organisation_id: &office.organisation_id,
                period: period?,
                issuer_id: if by_city { &city.organisation_id } else { "" },
                issuer_name: if by_city { "" } else { PARTY_COMMITTEE },
                value,
                ..Quota::default()
            };
            let act = format!("quota/{year}/{issuer}/{indicator}");
            if by_city { city.assign(act, quota).await } else { office.assign(act, quota).await }
        }
    }))
    .await?;
    Ok(())
}

/// The survey of 2019: employers without a union, the larger ones first.
async fn survey(office: &Office) -> anyhow::Result<Vec<String>> {
    let employers = SURVEYED.iter().enumerate().map(|(n, &workforce)| SurveyedEmployer {
        name: made_up_name("NNN_TNHH", "Thanh Trì", n + 300).replace("CĐCS ", ""),
        sector: "NNN_TNHH".into(),
        workforce,
        workforce_female: workforce / 2,
        ..SurveyedEmployer::default()
    });
    let request = SurveyEmployersRequest {
        request_id: office.client.request_id("survey"),
        organisation_id: office.organisation_id.clone(),
        surveyed_on: Some(civil(date!(2019 - 03 - 15))),
        employers: employers.collect(),
        ..SurveyEmployersRequest::default()
    };
    let surveyed = office.client.survey_employers(request).await?;
    office.client.happened(SURVEYED.len());
    Ok(surveyed.employer_ids)
}

/// The unions founded, year by year, with the year.
async fn found(
    office: &Office,
    people: &mut People,
    employer_ids: &[String],
) -> anyhow::Result<Vec<(i32, Union)>> {
    let foundings = YEARS.iter().flat_map(|year| (0..year.foundings).map(move |n| (year, n)));
    at_once(foundings.map(|(year, n)| {
        // The last three of the last year bear the names that the report gives.
        let named = (year.year == 2020).then(|| n.checked_sub(year.foundings - 3)).flatten();
        let (name, sector) = match named {
            Some(n) => (HANDED_OVER[n].0.to_string(), HANDED_OVER[n].1),
            None => {
                let serial = (year.year as usize % 10) * 40 + n + 50;
                (made_up_name("NNN_TNHH", "Thanh Trì", serial), "NNN_TNHH")
            }
        };
        let of_campaign = CAMPAIGN_FOUNDINGS.iter().position(|place| *place == (year.year, n));
        let applicants = people.take(founders(n));
        let employer_ids =
            of_campaign.and_then(|place| employer_ids.get(place)).cloned().into_iter().collect();
        let code = format!("CDCS-TT-{}-{:02}", year.year, n + 1);
        async move {
            let founding = Founding {
                number: 11 + n,
                code,
                name,
                sector,
                on: day_of_founding(year.year, n, year.foundings)?,
                applicants,
                employer_ids,
            };
            Ok((year.year, office.found(format!("found/{}/{n}", year.year), founding).await?))
        }
    }))
    .await
}

/// Members of the n-th union of a year at its founding: five to thirteen.
fn founders(n: usize) -> u32 {
    5 + (n as u32 * 7) % 9
}

fn day_of_founding(year: i32, n: usize, of: usize) -> anyhow::Result<Date> {
    let from = Date::from_calendar_date(year, Month::February, 10)?;
    let through = Date::from_calendar_date(year, Month::December, 15)?;
    Ok(spread((from, through), n, of))
}

/// A year's admissions to unions that were there already; the schools admit from the first
/// full year under the district on.
async fn admit(
    office: &Office,
    people: &mut People,
    year: &Year,
    standing: &[Union],
    schools: &[Union],
) -> anyhow::Result<()> {
    let period = calendar_year(year.year)?;
    let with_schools = year.year > SCHOOLS_HANDED_OVER_ON.year();
    let unions: Vec<_> = standing.iter().chain(schools.iter().filter(|_| with_schools)).collect();
    let batches = 20;
    at_once((0..batches).map(|n| {
        let share = year.admitted / batches + u32::from(n < year.admitted % batches);
        let lines: Vec<PersonLine> = people.take(share);
        let union = unions[(year.year as usize * 7 + n as usize * 4) % unions.len()];
        let on = spread(period, n as usize, batches as usize);
        office.admit(format!("admit/{}/{n}", year.year), union.id.clone(), on, lines)
    }))
    .await?;
    Ok(())
}

/// Teachers of the schools are honoured, some of them at two levels, and their initiatives are
/// recognised: the first of each school has two authors.
async fn honour_teachers(office: &Office, schools: &[Union]) -> anyhow::Result<()> {
    let year = "2018-2019";
    at_once(schools.iter().enumerate().map(|(n, school)| async move {
        let teachers = TEACHERS + usize::from(n < SCHOOLS_WITH_ONE_MORE);
        let roll =
            |kind, level, on, people, titles| Roll { kind, level, on, people, direct: 0, titles };
        let honours = [
            ("GRASSROOTS", date!(2018 - 11 - 20), &school.members[..teachers]),
            ("SUPERIOR", date!(2019 - 04 - 26), &school.members[..4]),
        ];
        for (level, on, people) in honours {
            let act = format!("honour/{}/{level}", school.code);
            let roll = roll("EXCELLENT_TEACHER", level, on, people, &[]);
            office.honour(act, school.id.clone(), roll).await?;
        }
        let titles: Vec<String> = (1..=2)
            .map(|of| format!("Sáng kiến {of} năm học {year} của {}", school.code))
            .collect();
        let authors = &school.members[4..7];
        let roll =
            roll("EXPERIENCE_INITIATIVE", "SUPERIOR", date!(2019 - 05 - 24), authors, &titles[..]);
        office.honour(format!("initiatives/{}", school.code), school.id.clone(), roll).await
    }))
    .await?;
    Ok(())
}

async fn hand_decisions_over(office: &Office, founded: &[(i32, Union)]) -> anyhow::Result<()> {
    let last: Vec<&Union> =
        founded.iter().rev().take(HANDED_OVER.len()).rev().map(|(_, union)| union).collect();
    let on = date!(2020 - 12 - 22);
    office.ceremony("ceremony".into(), "HANDING_OVER", on, &last).await
}

/// Each employer's way to a union, or to where it stopped.
async fn campaign(
    office: &Office,
    employer_ids: &[String],
    founded: &[(i32, Union)],
) -> anyhow::Result<()> {
    at_once(employer_ids.iter().take(FUNNEL[0].1).enumerate().map(|(n, employer_id)| async move {
        let reach = |stage: &'static str, on: Date, union_id: String, why: &str| {
            let request = ReachCampaignStageRequest {
                request_id: office.client.request_id(&format!("campaign/{n}/{stage}")),
                organisation_id: office.organisation_id.clone(),
                employer_id: employer_id.clone(),
                stage: stage.into(),
                reached_on: Some(civil(on)),
                union_id,
                block_reason: why.into(),
                ..ReachCampaignStageRequest::default()
            };
            async move {
                office.client.reach_campaign_stage(request).await?;
                office.client.happened(1);
                anyhow::Ok(())
            }
        };
        for (stage, reached, on) in FUNNEL {
            if n < reached {
                reach(stage, on, String::new(), "").await?;
            }
        }
        if BLOCKED.contains(&n) {
            let why = "người sử dụng lao động chưa phối hợp";
            reach("BLOCKED", date!(2020 - 06 - 30), String::new(), why).await?;
        }
        if let Some(&(year, place)) = CAMPAIGN_FOUNDINGS.get(n) {
            let code = format!("CDCS-TT-{year}-{:02}", place + 1);
            let union = founded.iter().find(|(_, union)| union.code == code);
            let (_, union) = union.context("find the union that the campaign founded")?;
            let of = YEARS.iter().find(|of| of.year == year).map_or(1, |of| of.foundings);
            reach("FOUNDED", day_of_founding(year, place, of)?, union.id.clone(), "").await?;
        }
        Ok(())
    }))
    .await?;
    Ok(())
}

/// The round of 2018: unions of the two areas, those not a year old left out.
async fn rate(
    office: &Office,
    state: impl Iterator<Item = &Union>,
    firms: &[Union],
    founded: &[(i32, Union)],
) -> anyhow::Result<()> {
    let state = state.map(|union| union.id.clone()).zip(grades(&STATE_GRADES));
    office.rate("rate/state".into(), 2018, state).await?;
    let old_enough = founded.iter().filter(|(year, _)| *year <= 2017).map(|(_, union)| union);
    let non_state =
        firms.iter().chain(old_enough).map(|union| union.id.clone()).zip(grades(&NON_STATE_GRADES));
    office.rate("rate/non-state".into(), 2018, non_state).await
}

fn calendar_year(year: i32) -> anyhow::Result<(Date, Date)> {
    Ok((
        Date::from_calendar_date(year, Month::January, 1)?,
        Date::from_calendar_date(year, Month::December, 31)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_numbers_of_the_scenario_are_those_of_the_report() {
        assert_eq!(YEARS.iter().map(|year| year.foundings).sum::<usize>(), 101);
        let members = |year: &Year| (0..year.foundings).map(founders).sum::<u32>() + year.admitted;
        assert_eq!(YEARS.iter().map(members).sum::<u32>(), 4_504);
        assert_eq!(YEARS.iter().map(|year| year.city.0).sum::<i64>(), 88);
        assert_eq!(YEARS.iter().map(|year| year.city.1).sum::<i64>(), 3_800);
    }

    #[test]
    fn every_union_that_is_old_enough_is_rated() {
        let rated = |grades: &[(&str, usize)]| grades.iter().map(|(_, count)| count).sum::<usize>();
        assert_eq!(rated(&STATE_GRADES), AGENCIES.unions + SCHOOLS.unions);
        let two_years: usize = YEARS.iter().take(2).map(|year| year.foundings).sum();
        assert_eq!(rated(&NON_STATE_GRADES), FIRMS.unions + two_years);
        assert_eq!(NON_STATE_GRADES[..2].iter().map(|(_, count)| count).sum::<usize>(), 50);
    }

    #[test]
    fn the_funnel_holds_only_employers_of_twenty_workers_or_more() {
        assert_eq!(SURVEYED.iter().filter(|workforce| **workforce >= 20).count(), FUNNEL[0].1);
        assert!(CAMPAIGN_FOUNDINGS.len() <= FUNNEL[2].1 && BLOCKED.end <= FUNNEL[1].1);
    }
}
