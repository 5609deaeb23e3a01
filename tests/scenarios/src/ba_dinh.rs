//! Ba Đình, a district federation of Hà Nội, in the year 2020, against the City's quota.

use chassis::parse::civil;
use proto::membership::v1::{
    AdmitToPartyRequest, Attendance, Delegate, ExitReason, HoldTrainingCourseRequest,
    ReferToPartyRequest, SendDelegationRequest,
};
use proto::registry::v1::load_organisations_request::Line;
use proto::registry::v1::{EndKind, MembersOutcome};
use proto::reporting::v1::{Activity, ActivityField, Comparator, RecordActivitiesRequest};
use time::Date;
use time::macros::date;

use crate::block::Block;
use crate::client::at_once;
use crate::office::{Congress, End, Founding, Office, Quota, spread};
use crate::people::{People, known};
use crate::tree::{Tree, made_up_name};
use crate::unions::{Union, choose};

/// The year of the report.
pub const PERIOD: (Date, Date) = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));

const AGENCIES: Block = Block { prefix: "BD-HC", sector: "HC", unions: 50, members: 60 };
const SCHOOLS: Block = Block { prefix: "BD-TH", sector: "SNCL_TC", unions: 50, members: 60 };
const JOINT_VENTURES: Block = Block { prefix: "BD-LD", sector: "FDI_LD", unions: 67, members: 70 };
const FIRMS: Block = Block { prefix: "BD-DN", sector: "NNN_CP", unions: 309, members: 32 };

/// Members of each union founded in the year, at its founding.
const FOUNDERS: [u32; 25] =
    [11, 9, 14, 8, 21, 10, 12, 9, 16, 7, 13, 10, 9, 18, 8, 12, 15, 9, 10, 26, 11, 8, 13, 9, 12];
/// Admissions to unions that were there already, month by month.
const ADMITTED_BY_MONTH: [u32; 12] = [126, 139, 144, 159, 138, 157, 66, 110, 159, 129, 155, 75];

/// Members who left by themselves, by reason. Those whose union ended come on top.
const LEFT: [(ExitReason, usize); 8] = [
    (ExitReason::Resigned, 96),
    (ExitReason::Retired, 148),
    (ExitReason::LeftEmployment, 331),
    (ExitReason::Died, 9),
    (ExitReason::Expelled, 4),
    (ExitReason::BecameManager, 17),
    (ExitReason::Emigrated, 12),
    (ExitReason::LeftScope, 20),
];

/// How the unions end that are dissolved: of the firms, the first ones; and two joint ventures.
const DISSOLVED_WITH_MEMBERSHIP: usize = 7;
const DISSOLVED_REHOMED: usize = 3;
const DISSOLVED_TO_SUPERIOR: usize = 2;
const DISSOLVED_FIRMS: usize =
    DISSOLVED_WITH_MEMBERSHIP + DISSOLVED_REHOMED + DISSOLVED_TO_SUPERIOR;
const DISSOLVED_JOINT_VENTURES: usize = 2;
const SUSPENDED: usize = 7;
/// Firms from this place on take part in the year's ordinary life.
const LIVELY: usize = DISSOLVED_FIRMS + SUSPENDED + 1;

const LAUNCHES: usize = 23;
const CONGRESSES: usize = 15;
/// Unions with a by-election; some of them fill two bodies.
const BY_ELECTIONS: usize = 14;
const BY_ELECTIONS_OF_TWO_BODIES: usize = 3;

/// Courses on the Charter and on union work: who came, by place in a list of officers.
const COURSES: [(&str, &[&str], Date, std::ops::Range<usize>); 3] = [
    (
        "Điều lệ Công đoàn Việt Nam khóa XII và hướng dẫn thi hành",
        &["CHARTER", "CHARTER_GUIDANCE"],
        date!(2020 - 06 - 10),
        0..200,
    ),
    ("Nghiệp vụ công tác công đoàn", &["UNION_WORK"], date!(2020 - 07 - 22), 140..290),
    (
        "Nghiệp vụ ủy ban kiểm tra công đoàn",
        &["UNION_WORK", "INSPECTION"],
        date!(2020 - 10 - 14),
        241..361,
    ),
];

/// Referrals to the Party: 41 unions, each of so many people, in 2020; one union in 2019.
const REFERRING_UNIONS: usize = 41;
const REFERRED_BY_EACH: usize = 12;
const REFERRED_IN_2019: usize = 20;
/// Admitted to the Party in 2020, of the referrals of 2019 and of 2020.
const ADMITTED_TO_PARTY: (usize, usize) = (8, 108);
const DELEGATES: usize = 4;

/// The unions that were there before: 476.
pub fn opening(superior_code: &str) -> Vec<Line> {
    [AGENCIES, SCHOOLS, JOINT_VENTURES, FIRMS]
        .into_iter()
        .flat_map(|block| block.lines("Ba Đình", superior_code))
        .collect()
}

/// The federation's year. `city` is the office of the City's federation.
pub async fn replay(
    office: &Office,
    city: &Office,
    tree: &Tree,
    mut people: People,
) -> anyhow::Result<()> {
    let before = date!(2017 - 03 - 01);
    let mut state = AGENCIES.enrol(office, tree, &mut people, before).await?;
    state.extend(SCHOOLS.enrol(office, tree, &mut people, before).await?);
    let mut ventures = JOINT_VENTURES.enrol(office, tree, &mut people, before).await?;
    let mut firms = FIRMS.enrol(office, tree, &mut people, before).await?;

    assign_quotas(office, city).await?;
    let founded = found(office, &mut people).await?;
    at_once(founded.iter().take(LAUNCHES).enumerate().map(|(n, union)| async move {
        let on = spread((date!(2020 - 03 - 02), date!(2020 - 12 - 28)), n, LAUNCHES);
        office.ceremony(format!("launch/{n}"), "LAUNCH", on, &[union]).await
    }))
    .await?;
    admit(office, &mut people, &firms, &ventures).await?;

    guide_congresses(office, &firms).await?;
    hold_congresses(office, &firms).await?;
    train(office, &state, &ventures, &firms).await?;
    refer(office, &state, &firms).await?;
    send_delegation(office, city, &firms).await?;

    end(office, &firms, &ventures).await?;
    suspend(office, &firms).await?;
    let mut lively: Vec<Union> =
        state.drain(..).chain(ventures.drain(DISSOLVED_JOINT_VENTURES..)).collect();
    lively.extend(firms.drain(LIVELY..));
    leave(office, &mut lively).await?;
    transfer(office, &mut lively).await
}

async fn assign_quotas(office: &Office, city: &Office) -> anyhow::Result<()> {
    for (indicator, value) in [("ORG_FOUNDED", 25), ("MBR_ADMITTED", 1_400)] {
        let quota = Quota {
            indicator,
            organisation_id: &office.organisation_id,
            period: PERIOD,
            issuer_id: &city.organisation_id,
            value,
            ..Quota::default()
        };
        city.assign(format!("quota/ba-dinh/{indicator}"), quota).await?;
    }
    // On average one referral for each union that there is at the end of the year.
    let mean = Quota {
        indicator: "PARTY_REFERRED",
        organisation_id: &office.organisation_id,
        period: PERIOD,
        issuer_id: &office.organisation_id,
        value: 1,
        comparator: Comparator::MeanGreaterOrEqual,
        denominator_on: Some(PERIOD.1),
        ..Quota::default()
    };
    office.assign("quota/party-referrals".into(), mean).await?;
    Ok(())
}

async fn found(office: &Office, people: &mut People) -> anyhow::Result<Vec<Union>> {
    at_once(FOUNDERS.iter().enumerate().map(|(n, &founders)| {
        let founding = Founding {
            number: 21 + n,
            code: format!("CDCS-BD-M{:02}", n + 1),
            name: made_up_name("NNN_TNHH", "Ba Đình", 500 + n),
            sector: "NNN_TNHH",
            on: spread((date!(2020 - 02 - 12), date!(2020 - 12 - 20)), n, FOUNDERS.len()),
            applicants: people.take(founders),
            employer_ids: Vec::new(),
        };
        office.found(format!("found/{n}"), founding)
    }))
    .await
}

async fn admit(
    office: &Office,
    people: &mut People,
    firms: &[Union],
    ventures: &[Union],
) -> anyhow::Result<()> {
    const SHARES: u32 = 5;
    let unions: Vec<_> =
        firms[LIVELY..].iter().chain(&ventures[DISSOLVED_JOINT_VENTURES..]).collect();
    let months = ADMITTED_BY_MONTH.iter().enumerate();
    let parts = months.flat_map(|(month, &count)| {
        (0..SHARES).map(move |part| {
            let share = count / SHARES + u32::from(part < count % SHARES);
            (month * SHARES as usize + part as usize, share)
        })
    });
    at_once(parts.map(|(n, share)| {
        let union = unions[n * 6 % unions.len()];
        let lines = people.take(share);
        office.admit(format!("admit/{n}"), union.id.clone(), spread(PERIOD, n, 60), lines)
    }))
    .await?;
    Ok(())
}

/// The unions whose congresses the district guides, each some weeks before; the first of them twice,
/// and still one union.
async fn guide_congresses(office: &Office, firms: &[Union]) -> anyhow::Result<()> {
    let unions = firms[LIVELY..].iter().take(CONGRESSES).enumerate();
    let guidances: Vec<Activity> = unions
        .map(|(n, union)| {
            (spread((date!(2020 - 03 - 02), date!(2020 - 11 - 02)), n, CONGRESSES), union)
        })
        .chain([(date!(2020 - 03 - 27), &firms[LIVELY])])
        .map(|(held_on, union)| Activity {
            organisation_id: office.organisation_id.clone(),
            kind_code: "CONGRESS_GUIDANCE".into(),
            held_on: Some(civil(held_on)),
            fields: vec![ActivityField {
                name: "unions".into(),
                organisation_ids: vec![union.id.clone()],
                ..ActivityField::default()
            }],
            ..Activity::default()
        })
        .collect();
    let count = guidances.len();
    let request = RecordActivitiesRequest {
        request_id: office.client.request_id("guide"),
        activities: guidances,
        ..RecordActivitiesRequest::default()
    };
    office.client.record_activities(request).await?;
    office.client.happened(count);
    Ok(())
}

/// Fifteen term congresses, and by-elections in fourteen other unions.
async fn hold_congresses(office: &Office, firms: &[Union]) -> anyhow::Result<()> {
    let unions = &firms[LIVELY..];
    at_once(unions.iter().take(CONGRESSES).enumerate().map(|(n, union)| {
        let congress = Congress {
            ordinal: 4,
            on: spread((date!(2020 - 04 - 06), date!(2020 - 11 - 30)), n, CONGRESSES),
            term: (2020, 2025),
            reason: "",
            elected: &union.members[..3],
        };
        office.congress(format!("congress/{n}"), union.id.clone(), congress)
    }))
    .await?;
    let by_elected = unions.iter().skip(CONGRESSES).take(BY_ELECTIONS).enumerate();
    at_once(by_elected.map(|(n, union)| async move {
        let on = spread((date!(2020 - 03 - 16), date!(2020 - 12 - 10)), n, BY_ELECTIONS);
        let act = format!("by-election/{n}");
        office.by_election(act, union.id.clone(), on, "EXECUTIVE", &union.members[..2]).await?;
        if n < BY_ELECTIONS_OF_TWO_BODIES {
            let act = format!("by-election/{n}/inspection");
            let elected = &union.members[2..3];
            office.by_election(act, union.id.clone(), on, "INSPECTION", elected).await?;
        }
        Ok(())
    }))
    .await?;
    Ok(())
}

/// Three courses that overlap: more attendances than people.
async fn train(
    office: &Office,
    state: &[Union],
    ventures: &[Union],
    firms: &[Union],
) -> anyhow::Result<()> {
    let officers: Vec<_> = state
        .iter()
        .chain(&ventures[DISSOLVED_JOINT_VENTURES..])
        .chain(&firms[LIVELY..])
        .map(|union| (&union.id, &union.members[0]))
        .collect();
    for (n, (title, topics, on, attending)) in COURSES.into_iter().enumerate() {
        let attendances: Vec<_> = officers[attending]
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
            title: title.into(),
            topics: topics.iter().map(|topic| topic.to_string()).collect(),
            starts_on: Some(civil(on)),
            attendances,
            ..HoldTrainingCourseRequest::default()
        };
        office.client.hold_training_course(request).await?;
        office.client.happened(people + 1);
    }
    Ok(())
}

/// Referrals of two years, and the admissions of 2020 that came of them.
async fn refer(office: &Office, state: &[Union], firms: &[Union]) -> anyhow::Result<()> {
    let refer = |act: String, union: &Union, on: Date, people: usize| {
        let request = ReferToPartyRequest {
            request_id: office.client.request_id(&act),
            organisation_id: union.id.clone(),
            referred_on: Some(civil(on)),
            lines: union.members.iter().skip(3).take(people).map(|id| known(id)).collect(),
            ..ReferToPartyRequest::default()
        };
        async move {
            let referred = office.client.refer_to_party(request).await?;
            office.client.happened(people);
            anyhow::Ok(referred.referrals.into_iter().map(|case| case.referral_id))
        }
    };
    let earlier = refer("refer/2019".into(), &state[60], date!(2019 - 10 - 07), REFERRED_IN_2019);
    let earlier: Vec<String> = earlier.await?.collect();
    let unions = state.iter().take(20).chain(&firms[LIVELY..]).take(REFERRING_UNIONS);
    let referred = at_once(unions.enumerate().map(|(n, union)| {
        let on = spread((date!(2020 - 01 - 10), date!(2020 - 09 - 01)), n, REFERRING_UNIONS);
        refer(format!("refer/2020/{n}"), union, on, REFERRED_BY_EACH)
    }))
    .await?;

    let admitted: Vec<String> = earlier
        .into_iter()
        .take(ADMITTED_TO_PARTY.0)
        .chain(referred.into_iter().flatten().take(ADMITTED_TO_PARTY.1))
        .collect();
    let people = admitted.len();
    let request = AdmitToPartyRequest {
        request_id: office.client.request_id("party/admitted"),
        admitted_on: Some(civil(date!(2020 - 11 - 16))),
        referral_ids: admitted,
        ..AdmitToPartyRequest::default()
    };
    office.client.admit_to_party(request).await?;
    office.client.happened(people);
    Ok(())
}

/// Officers of non-state unions, to the City's commendation of those who are Party members.
async fn send_delegation(office: &Office, city: &Office, firms: &[Union]) -> anyhow::Result<()> {
    let delegates = firms[LIVELY..].iter().take(DELEGATES).map(|union| Delegate {
        person_id: union.members[0].clone(),
        organisation_id: union.id.clone(),
    });
    let request = SendDelegationRequest {
        request_id: office.client.request_id("delegation"),
        organisation_id: office.organisation_id.clone(),
        host_id: city.organisation_id.clone(),
        event: "PARTY_MEMBER_OFFICERS_COMMENDATION".into(),
        held_on: Some(civil(date!(2020 - 10 - 08))),
        delegates: delegates.collect(),
        ..SendDelegationRequest::default()
    };
    office.client.send_delegation(request).await?;
    office.client.happened(DELEGATES);
    Ok(())
}

/// Fourteen dissolutions: membership ends, or goes on in another union, or directly under the
/// district, which places the members later.
async fn end(office: &Office, firms: &[Union], ventures: &[Union]) -> anyhow::Result<()> {
    let end = |union, outcome, rehome_to_id| End {
        union,
        kind: EndKind::Dissolved,
        successor_id: "",
        outcome,
        rehome_to_id,
    };
    let (ended, others) = firms.split_at(DISSOLVED_WITH_MEMBERSHIP);
    let (rehomed, others) = others.split_at(DISSOLVED_REHOMED);
    let to_superior = &others[..DISSOLVED_TO_SUPERIOR];
    let home = &firms[LIVELY + 40];
    let ends: Vec<_> = ended
        .iter()
        .map(|union| end(union, MembersOutcome::MembershipEnds, ""))
        .chain(
            rehomed
                .iter()
                .chain(&ventures[..DISSOLVED_JOINT_VENTURES])
                .map(|union| end(union, MembersOutcome::Rehomed, home.id.as_str())),
        )
        .chain(to_superior.iter().map(|union| end(union, MembersOutcome::ToSuperior, "")))
        .collect();
    let count = ends.len();
    at_once(ends.into_iter().enumerate().map(|(n, end)| async move {
        let on = spread((date!(2020 - 05 - 04), date!(2020 - 11 - 23)), n, count);
        office.end(format!("dissolve/{n}"), 301 + n, on, &[end]).await
    }))
    .await?;

    // By the year's end the district has found unions for those who came to it.
    at_once(to_superior.iter().enumerate().map(|(n, union)| {
        office.transfer(
            format!("place/{n}"),
            office.organisation_id.clone(),
            firms[LIVELY + 50 + n].id.clone(),
            date!(2020 - 12 - 14),
            union.members.clone(),
        )
    }))
    .await?;
    Ok(())
}

async fn suspend(office: &Office, firms: &[Union]) -> anyhow::Result<()> {
    let unions = firms.iter().skip(DISSOLVED_FIRMS).take(SUSPENDED);
    at_once(unions.enumerate().map(|(n, union)| {
        let on = spread((date!(2020 - 04 - 20), date!(2020 - 10 - 30)), n, SUSPENDED);
        office.suspend(format!("suspend/{n}"), union.id.clone(), 401 + n, on)
    }))
    .await?;
    Ok(())
}

async fn leave(office: &Office, unions: &mut [Union]) -> anyhow::Result<()> {
    let mut from = 0;
    for (reason, people) in LEFT {
        let leaving = choose(unions, &mut from, people, 12, 16);
        let of = leaving.len();
        at_once(leaving.into_iter().enumerate().map(|(n, part)| {
            let on = spread((date!(2020 - 01 - 15), date!(2020 - 12 - 28)), n, of);
            let act = format!("exit/{}/{n}", reason.as_str_name());
            office.exit(act, part.union_id, on, reason, part.person_ids)
        }))
        .await?;
    }
    Ok(())
}

/// Movements from union to union inside the district: they change no figure of its own.
async fn transfer(office: &Office, unions: &mut [Union]) -> anyhow::Result<()> {
    let moving = choose(unions, &mut 5, 60, 10, 16);
    at_once(moving.into_iter().enumerate().map(|(n, part)| {
        let to = &unions[(part.union + 30) % unions.len()];
        let on = date!(2020 - 12 - 30);
        office.transfer(format!("transfer/{n}"), part.union_id, to.id.clone(), on, part.person_ids)
    }))
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_small_numbers_of_the_scenario_are_those_of_the_report() {
        assert_eq!(FOUNDERS.len(), 25);
        assert_eq!(FOUNDERS.iter().chain(&ADMITTED_BY_MONTH).sum::<u32>(), 1_857);
        assert_eq!(DISSOLVED_FIRMS + DISSOLVED_JOINT_VENTURES, 14);
        let people: HashSet<usize> = COURSES.into_iter().flat_map(|course| course.3).collect();
        assert_eq!(people.len(), 361);
        assert_eq!(ADMITTED_TO_PARTY.0 + ADMITTED_TO_PARTY.1, 116);
    }

    #[test]
    fn the_stock_of_the_end_of_the_year_follows() {
        let unions = AGENCIES.unions + SCHOOLS.unions + JOINT_VENTURES.unions + FIRMS.unions;
        assert_eq!(unions + FOUNDERS.len() - DISSOLVED_FIRMS - DISSOLVED_JOINT_VENTURES, 487);

        let blocks = [AGENCIES, SCHOOLS, JOINT_VENTURES, FIRMS];
        let members = |block: &Block| (0..block.unions).map(|n| block.size(n)).sum::<u32>();
        let came = FOUNDERS.iter().chain(&ADMITTED_BY_MONTH).sum::<u32>();
        let left = LEFT.iter().map(|(_, people)| *people as u32).sum::<u32>();
        let ended = (0..DISSOLVED_WITH_MEMBERSHIP).map(|n| FIRMS.size(n)).sum::<u32>();
        assert_eq!(blocks.iter().map(members).sum::<u32>() + came - left - ended, 21_574);
    }
}
