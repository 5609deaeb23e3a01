//! Thái Nguyên, a provincial federation with nine districts and five sector unions, from the
//! beginning of 2018 to the meeting of its steering committee on 2021-04-07.

mod children;

use chassis::parse::civil;
use proto::membership::v1::ExitReason;
use proto::registry::v1::load_organisations_request::Line;
use proto::registry::v1::{
    AssignUnitRequest, EndKind, EstablishSteeringCommitteeRequest, MembersOutcome,
};
use time::macros::date;
use time::{Date, Duration};

use self::children::{CHILDREN, Child};
use crate::block::Block;
use crate::client::{at_once, in_order};
use crate::country::INDUSTRY_AND_TRADE;
use crate::office::{End, Founding, Office, Quota, by_decision, seat, spread};
use crate::people::People;
use crate::tree::{Tree, grassroots, made_up_name};
use crate::unions::{Union, choose};

/// "từ đầu năm 2018 đến nay", said on 2021-04-07.
pub const PERIOD: (Date, Date) = (date!(2018 - 01 - 01), date!(2021 - 04 - 07));

/// The programme of the term.
pub const PROGRAMME: (Date, Date) = (date!(2018 - 01 - 01), date!(2023 - 12 - 31));

/// The year for which the Confederation assigned quotas.
pub const YEAR_2021: (Date, Date) = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));

/// The years of the report, the last of them cut off.
const YEARS: [(Date, Date); 4] = [
    (date!(2018 - 01 - 01), date!(2018 - 12 - 31)),
    (date!(2019 - 01 - 01), date!(2019 - 12 - 31)),
    (date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
    (date!(2021 - 01 - 01), date!(2021 - 04 - 07)),
];

/// Unions of the building sector that leave for a central sector union.
const LEAVING: Block = Block { prefix: "TN-XDCT", sector: "DNNN_CP", unions: 6, members: 90 };

/// How many of the dissolved unions' members lose their membership, go to another union, or
/// stay directly under the district: in the order of the dissolutions.
const DISSOLVED_WITH_MEMBERSHIP: usize = 30;
const DISSOLVED_REHOMED: usize = 10;

/// Members who left by themselves, by reason and year; nearly all of them workers of the
/// industrial zones.
const LEFT: [(ExitReason, [usize; 4]); 8] = [
    (ExitReason::Resigned, [412, 455, 498, 131]),
    (ExitReason::LeftEmployment, [1_680, 1_795, 1_902, 520]),
    (ExitReason::Retired, [402, 431, 446, 117]),
    (ExitReason::Died, [21, 24, 22, 6]),
    (ExitReason::Expelled, [9, 12, 8, 3]),
    (ExitReason::BecameManager, [48, 55, 61, 14]),
    (ExitReason::LeftScope, [160, 172, 181, 52]),
    (ExitReason::Emigrated, [71, 88, 79, 30]),
];

/// Members who went on in a union of Bắc Ninh.
const TRANSFERRED_OUT: usize = 120;
/// Members who went from one union of the province to another: they change none of its
/// figures.
const TRANSFERRED_INSIDE: usize = 1_000;

/// The union of Bắc Ninh that takes over who goes there.
pub const BAC_NINH_UNION: &str = "CDCS-BN-001";

/// What the Confederation asked of the province: members and unions, of the programme and of
/// 2021.
const ASKED: [i64; 4] = [45_000, 90, 8_000, 20];

/// The unions that were there before: 250, and one of Bắc Ninh.
pub fn opening(
    district: impl Fn(&str) -> anyhow::Result<String>,
    bac_ninh_code: &str,
) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for child in &CHILDREN {
        let superior_code = child.code(&district)?;
        let place = if child.place.starts_with("CD") { "Thái Nguyên" } else { child.place };
        lines.extend(child.lasting.lines(place, &superior_code));
        // Codes of unions that end carry on the count of those that last.
        lines.extend((0..child.ending_block().unions).map(|n| {
            let name = made_up_name("NNN_TN", place, n + 700);
            grassroots(&child.ending_code(n), name, "NNN_TN", &superior_code)
        }));
        if child.place == "CDN-19-XD" {
            lines.extend(LEAVING.lines("Thái Nguyên", &superior_code));
        }
    }
    let name = "CĐCS Công ty TNHH Điện tử Yên Phong".to_string();
    lines.push(grassroots(BAC_NINH_UNION, name, "FDI_100", bac_ninh_code));
    Ok(lines)
}

/// One child with its unions.
struct Branch {
    child: &'static Child,
    office: Office,
    lasting: Vec<Union>,
    ending: Vec<Union>,
}

/// The federation's years. `confederation` is the office of the Confederation.
pub async fn replay(
    office: &Office,
    confederation: &Office,
    tree: &Tree,
    district: impl Fn(&str) -> anyhow::Result<String>,
    mut people: People,
) -> anyhow::Result<()> {
    let before = date!(2016 - 09 - 01);
    let mut branches = Vec::new();
    for child in &CHILDREN {
        let organisation_id = tree.id(&child.code(&district)?)?;
        let branch_office = Office { client: office.client.clone(), organisation_id };
        let lasting = child.lasting.enrol(&branch_office, tree, &mut people, before).await?;
        let ending = enrol_ending(&branch_office, child, tree, &mut people, before).await?;
        branches.push(Branch { child, office: branch_office, lasting, ending });
    }
    let leaving = LEAVING.enrol(office, tree, &mut people, before).await?;

    assign_quotas(office, confederation, &branches).await?;
    found(&branches, &mut people).await?;
    admit(&branches, &mut people).await?;
    leave(office, confederation, tree, &mut branches).await?;
    end(&branches).await?;
    let industry_and_trade = tree.id(INDUSTRY_AND_TRADE)?;
    let on = date!(2019 - 10 - 01);
    confederation
        .hand_over("thai-nguyen/left".into(), 77, on, &leaving, &industry_and_trade)
        .await?;
    steer(office, &branches).await
}

async fn enrol_ending(
    office: &Office,
    child: &Child,
    tree: &Tree,
    people: &mut People,
    on: Date,
) -> anyhow::Result<Vec<Union>> {
    let block = child.ending_block();
    at_once((0..block.unions).map(|n| {
        let code = child.ending_code(n);
        let lines = people.take(block.size(n));
        async move {
            let id = tree.id(&code)?;
            let members = office.admit(format!("enrol/{code}"), id.clone(), on, lines).await?;
            Ok(Union { id, code, members, ..Union::default() })
        }
    }))
    .await
}

/// The cascade: the Confederation asks the province, the province its fourteen. Sums may
/// differ; they are shown. Two quotas of 2021 are revised in March.
async fn assign_quotas(
    office: &Office,
    confederation: &Office,
    branches: &[Branch],
) -> anyhow::Result<()> {
    const ASKED_FOR: [(&str, (Date, Date)); 4] = [
        ("MBR_ADMITTED", PROGRAMME),
        ("ORG_FOUNDED", PROGRAMME),
        ("MBR_ADMITTED", YEAR_2021),
        ("ORG_FOUNDED", YEAR_2021),
    ];
    for (n, (indicator, period)) in ASKED_FOR.into_iter().enumerate() {
        let asked = Quota {
            indicator,
            organisation_id: &office.organisation_id,
            period,
            issuer_id: &confederation.organisation_id,
            value: ASKED[n],
            ..Quota::default()
        };
        confederation.assign(format!("quota/thai-nguyen/{n}"), asked).await?;
        in_order(branches.iter().map(|branch| {
            let handed_down = Quota {
                indicator,
                organisation_id: &branch.office.organisation_id,
                period,
                issuer_id: &office.organisation_id,
                value: branch.child.quotas[n],
                ..Quota::default()
            };
            office.assign(format!("quota/{n}/{}", branch.child.place), handed_down)
        }))
        .await?;
    }
    for (place, value) in [("CDKCN-19", 4_520), ("Phổ Yên", 410)] {
        let branch = branches.iter().find(|branch| branch.child.place == place);
        let Some(branch) = branch else { continue };
        let revised = Quota {
            indicator: "MBR_ADMITTED",
            organisation_id: &branch.office.organisation_id,
            period: YEAR_2021,
            issuer_id: &office.organisation_id,
            value,
            assigned_on: Some(date!(2021 - 03 - 15)),
            ..Quota::default()
        };
        office.assign(format!("quota/revised/{place}"), revised).await?;
    }
    Ok(())
}

async fn found(branches: &[Branch], people: &mut People) -> anyhow::Result<()> {
    let foundings =
        branches.iter().flat_map(|branch| (0..branch.child.founded).map(move |n| (branch, n)));
    at_once(foundings.map(|(branch, n)| {
        let child = branch.child;
        let founding = Founding {
            number: 31 + n,
            code: format!("CDCS-{}-M{:02}", child.lasting.prefix, n + 1),
            name: made_up_name(child.lasting.sector, "Thái Nguyên", 800 + n),
            sector: child.lasting.sector,
            on: spread((date!(2018 - 01 - 25), date!(2021 - 03 - 30)), n, child.founded),
            applicants: people.take(child.founders(n)),
            employer_ids: Vec::new(),
        };
        branch.office.found(format!("found/{}/{n}", child.place), founding)
    }))
    .await?;
    Ok(())
}

/// Every year's admissions go to three unions of each child, one after the other.
async fn admit(branches: &[Branch], people: &mut People) -> anyhow::Result<()> {
    const SHARES: u32 = 3;
    let batches = branches.iter().flat_map(|branch| {
        branch.child.admitted.iter().enumerate().flat_map(move |(year, &count)| {
            (0..SHARES).map(move |part| {
                let share = count / SHARES + u32::from(part < count % SHARES);
                (branch, year, part as usize, share)
            })
        })
    });
    at_once(batches.map(|(branch, year, part, share)| {
        let union = &branch.lasting[(year * 3 + part) % branch.lasting.len()];
        let lines = people.take(share);
        let act = format!("admit/{}/{year}/{part}", branch.child.place);
        branch.office.admit(act, union.id.clone(), spread(YEARS[year], part, 3), lines)
    }))
    .await?;
    Ok(())
}

/// Exits by every reason, transfers inside the province, and some out of it.
async fn leave(
    office: &Office,
    confederation: &Office,
    tree: &Tree,
    branches: &mut [Branch],
) -> anyhow::Result<()> {
    let (zones, districts) = match branches.split_last_mut() {
        Some((zones, districts)) => (&mut zones.lasting, districts),
        None => return Ok(()),
    };
    let mut from = 0;
    let mut exits = Vec::new();
    for (reason, by_year) in LEFT {
        for (year, people) in by_year.into_iter().enumerate() {
            exits.extend(
                choose(zones, &mut from, people, 140, 3)
                    .into_iter()
                    .map(|part| (reason, year, part)),
            );
        }
    }
    let inside = choose(zones, &mut from, TRANSFERRED_INSIDE, 100, 3);
    let outside = choose(zones, &mut from, TRANSFERRED_OUT, 40, 3);

    let of = exits.len();
    at_once(exits.into_iter().enumerate().map(|(n, (reason, year, part))| {
        let on = spread(YEARS[year], 1 + n % 11, 12);
        office.exit(format!("exit/{n}/of/{of}"), part.union_id, on, reason, part.person_ids)
    }))
    .await?;
    at_once(inside.into_iter().enumerate().map(|(n, part)| {
        let branch = &districts[n % districts.len()];
        let to = branch.lasting[1 + n % (branch.lasting.len() - 1)].id.clone();
        let on = spread((date!(2018 - 06 - 01), date!(2021 - 03 - 01)), n, 20);
        office.transfer(format!("transfer/inside/{n}"), part.union_id, to, on, part.person_ids)
    }))
    .await?;
    let bac_ninh = tree.id(BAC_NINH_UNION)?;
    at_once(outside.into_iter().enumerate().map(|(n, part)| {
        let act = format!("thai-nguyen/transfer/outside/{n}");
        let on = date!(2020 - 03 - 01);
        confederation.transfer(act, part.union_id, bac_ninh.clone(), on, part.person_ids)
    }))
    .await?;
    Ok(())
}

/// Each district ends its small unions in three decisions: some lists dissolve, the last
/// merges into the first of the lasting unions.
async fn end(branches: &[Branch]) -> anyhow::Result<()> {
    let mut dissolved = 0;
    let mut lists = Vec::new();
    for branch in branches {
        let (dissolving, merging) = branch.ending.split_at(branch.child.ending.0);
        let heir = &branch.lasting[0];
        let home = &branch.lasting[1];
        let mut ends = Vec::new();
        for union in dissolving {
            let (outcome, rehome_to_id) = match dissolved {
                n if n < DISSOLVED_WITH_MEMBERSHIP => (MembersOutcome::MembershipEnds, ""),
                n if n < DISSOLVED_WITH_MEMBERSHIP + DISSOLVED_REHOMED => {
                    (MembersOutcome::Rehomed, home.id.as_str())
                }
                _ => (MembersOutcome::ToSuperior, ""),
            };
            dissolved += 1;
            ends.push(End {
                union,
                kind: EndKind::Dissolved,
                successor_id: "",
                outcome,
                rehome_to_id,
            });
        }
        let later = ends.split_off(ends.len() / 2);
        let merges = merging.iter().map(|union| End {
            union,
            kind: EndKind::Merged,
            successor_id: &heir.id,
            outcome: MembersOutcome::Rehomed,
            rehome_to_id: &heir.id,
        });
        let days = [date!(2018 - 08 - 15), date!(2019 - 11 - 20), date!(2020 - 12 - 31)];
        for (list, on) in [ends, later, merges.collect()].into_iter().zip(days) {
            lists.push((branch, on, list));
        }
    }
    at_once(lists.into_iter().filter(|(.., ends)| !ends.is_empty()).map(
        |(branch, on, ends)| async move {
            let act = format!("end/{}/{}", branch.child.place, on.year());
            branch.office.end(act, 501, on, &ends).await
        },
    ))
    .await?;
    Ok(())
}

/// The steering committee of the programme: two heads and six members share the fourteen.
async fn steer(office: &Office, branches: &[Branch]) -> anyhow::Result<()> {
    let established_on = date!(2018 - 07 - 11);
    let positions =
        ["HEAD", "STANDING_DEPUTY_HEAD"].into_iter().chain(std::iter::repeat_n("MEMBER", 6));
    let members = positions
        .zip(branches)
        .map(|(position, branch)| seat("STEERING", position, &branch.lasting[2].members[0]));
    let request = EstablishSteeringCommitteeRequest {
        request_id: office.client.request_id("steering"),
        organisation_id: office.organisation_id.clone(),
        name: "Ban Chỉ đạo phát triển đoàn viên, thành lập CĐCS giai đoạn 2018-2023".into(),
        members: members.collect(),
        basis: Some(by_decision(4, established_on)),
        ..EstablishSteeringCommitteeRequest::default()
    };
    let committee = office.client.establish_steering_committee(request).await?;
    office.client.happened(1 + committee.office_ids.len());
    in_order(branches.iter().zip(committee.office_ids.iter().cycle()).map(
        |(branch, office_id)| {
            let request = AssignUnitRequest {
                request_id: office.client.request_id(&format!("steering/{}", branch.child.place)),
                steering_committee_id: committee.steering_committee_id.clone(),
                office_id: office_id.clone(),
                unit_id: branch.office.organisation_id.clone(),
                effective_on: Some(civil(established_on + Duration::days(20))),
                ..AssignUnitRequest::default()
            };
            async move {
                office.client.assign_unit(request).await?;
                office.client.happened(1);
                anyhow::Ok(())
            }
        },
    ))
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_numbers_of_the_scenario_are_those_of_the_report() {
        assert_eq!(CHILDREN.iter().map(|child| child.founded).sum::<usize>(), 67);
        let admitted = |child: &Child| {
            (0..child.founded).map(|n| child.founders(n)).sum::<u32>()
                + child.admitted.iter().sum::<u32>()
        };
        assert_eq!(CHILDREN.iter().map(admitted).sum::<u32>(), 30_018);
    }

    #[test]
    fn sixty_four_unions_end_or_leave() {
        let ended: usize = CHILDREN.iter().map(|child| child.ending.0 + child.ending.1).sum();
        assert_eq!(ended + LEAVING.unions, 64);
    }

    #[test]
    fn the_industrial_zones_have_as_many_members_as_leave_them() {
        let zones = CHILDREN[13].lasting;
        let can_go: u32 = (0..zones.unions).map(|n| zones.size(n) - 3).sum();
        let left: usize = LEFT.iter().flat_map(|(_, by_year)| by_year).sum();
        assert!(left + TRANSFERRED_INSIDE + TRANSFERRED_OUT <= can_go as usize);
    }

    #[test]
    fn decreases_are_those_of_the_report() {
        let left: usize = LEFT.iter().flat_map(|(_, by_year)| by_year).sum();
        let dissolving = CHILDREN
            .iter()
            .flat_map(|child| (0..child.ending.0).map(|n| child.ending_block().size(n) as usize));
        let with_membership: usize = dissolving.take(DISSOLVED_WITH_MEMBERSHIP).sum();
        let with_unit: usize = (0..LEAVING.unions).map(|n| LEAVING.size(n) as usize).sum();
        assert_eq!(left + with_membership + with_unit + TRANSFERRED_OUT, 10_979);
    }
}
