//! A grassroots union with its history.

use proto::registry::v1::load_organisations_request::{Change, Ending, Line};
use proto::registry::v1::{EndKind, OrganisationStatus};
use time::macros::date;
use time::{Date, Duration};

use crate::chance::Chance;
use crate::place::Places;
use crate::shape::{Fate, Group, Kind, Shape, Superior};
use crate::{HISTORY_FROM, RESTRUCTURED_ON, Unit, civil};

/// Sectors of unions that the restructuring ended, as Khánh Hòa's were published: 350 in
/// agencies, 484 in what the State pays for.
const ENDED_SECTORS: &[(&str, u64)] = &[("HC", 350), ("SNCL_100", 474), ("LLVT", 10)];
/// Sectors of the others. Assumed.
const LEFT_SECTORS: &[(&str, u64)] = &[
    ("NNN_TNHH", 330),
    ("NNN_CP", 210),
    ("SNCL_TC", 110),
    ("NNN_TN", 60),
    ("DNNN_CP", 60),
    ("DNNN_100", 50),
    ("SN_NCL", 50),
    ("HTX", 30),
    ("FDI_100", 60),
    ("FDI_LD", 15),
    ("ND", 15),
    ("KHAC", 10),
];
/// Sectors under industrial zones. Assumed.
const ZONE_SECTORS: &[(&str, u64)] =
    &[("FDI_100", 620), ("FDI_LD", 80), ("NNN_TNHH", 180), ("NNN_CP", 120)];

/// So many unions in a thousand went through each of these in ten years. Assumed.
const RENAMED: u64 = 120;
const MOVED: u64 = 60;
const SUSPENDED: u64 = 30;
const SECTOR_CHANGED: u64 = 50;
const RECODED: u64 = 10;
/// So many in a thousand are younger than ten years.
const YOUNG: u64 = 300;

/// The union of this number in its group.
pub(crate) fn unit(seed: u64, places: &Places, shape: &Shape, group: &Group, n: u64) -> Unit {
    let superior = &shape.superiors[group.superior];
    let kind = match group.fate {
        Fate::Ended => 'X',
        Fate::Ends => 'N',
        _ => 'C',
    };
    let code = format!("{}-{kind}{:05}", superior.code.trim_start_matches("LDLD-"), n + 1);
    let mut chance = Chance::of(seed, &code);
    let sector = match (superior.kind, group.fate) {
        (Kind::Officials, _) => "HC",
        (Kind::LocalSector, Fate::Ends) => "SNCL_100",
        (_, Fate::Ends) => chance.weighted(ENDED_SECTORS),
        (Kind::Zones, _) => chance.weighted(ZONE_SECTORS),
        // A union of freelancers stands under a district or a province only.
        (Kind::District | Kind::Province, _) => chance.weighted(LEFT_SECTORS),
        _ => chance.weighted(&LEFT_SECTORS[..10]),
    };
    let founded_on = if chance.in_thousand(YOUNG) {
        chance.day(HISTORY_FROM, date!(2023 - 01 - 01))
    } else {
        chance.day(date!(1996 - 01 - 01), HISTORY_FROM)
    };
    let mut line = Line {
        name: name(&mut chance, places, superior, sector),
        r#type: if sector == "ND" { "ND_CS" } else { "CDCS" }.to_owned(),
        sector: sector.to_owned(),
        superior_code: superior.code.clone(),
        founded_on: Some(civil(founded_on)),
        code,
        ..Line::default()
    };
    let until = if group.fate == Fate::Ended {
        let ended_on =
            chance.day(founded_on.max(HISTORY_FROM) + Duration::days(60), RESTRUCTURED_ON);
        line.ending = Some(Ending {
            ended_on: Some(civil(ended_on)),
            kind: EndKind::Dissolved.into(),
            principal_successor_code: String::new(),
        });
        ended_on
    } else {
        RESTRUCTURED_ON
    };
    live_through(&mut chance, places, shape, superior, &mut line, (founded_on, until));
    let members =
        if group.fate == Fate::Ended { 0 } else { members(&mut chance, places, superior, group) };
    Unit { line, fate: group.fate, members }
}

/// What happened to it between its first day, or the day from which that is known, and its
/// last.
fn live_through(
    chance: &mut Chance,
    places: &Places,
    shape: &Shape,
    superior: &Superior,
    line: &mut Line,
    (founded_on, until): (Date, Date),
) {
    let from = founded_on.max(HISTORY_FROM) + Duration::days(1);
    let mut changes: Vec<(Date, Change)> = Vec::new();
    if from >= until {
        return;
    }
    if chance.in_thousand(RENAMED) {
        let name = name(chance, places, superior, &line.sector);
        changes.push((chance.day(from, until), Change { name, ..Change::default() }));
    }
    if superior.kind == Kind::District && chance.in_thousand(MOVED) {
        let neighbours = shape.districts_of(&superior.province_code);
        let neighbour = &shape.superiors[*chance.one(neighbours)];
        if neighbour.code != superior.code {
            // It stood under the neighbour first, and came to where it stands now.
            line.superior_code = neighbour.code.clone();
            let superior_code = superior.code.clone();
            changes.push((chance.day(from, until), Change { superior_code, ..Change::default() }));
        }
    }
    if chance.in_thousand(SUSPENDED) {
        let suspended_on = chance.day(from, until);
        let resumed_on = suspended_on + Duration::days(180);
        let status =
            |status: OrganisationStatus| Change { status: status.into(), ..Change::default() };
        if resumed_on < until {
            changes.push((suspended_on, status(OrganisationStatus::Suspended)));
            changes.push((resumed_on, status(OrganisationStatus::Active)));
        }
    }
    if line.sector == "DNNN_CP" || (line.sector == "NNN_CP" && chance.in_thousand(SECTOR_CHANGED)) {
        // It belonged to the State before.
        let sector = std::mem::replace(&mut line.sector, "DNNN_100".to_owned());
        changes.push((chance.day(from, until), Change { sector, ..Change::default() }));
    }
    if chance.in_thousand(RECODED) {
        let code = format!("{}-M", line.code);
        changes.push((chance.day(from, until), Change { code, ..Change::default() }));
    }
    changes.sort_by_key(|(on, _)| *on);
    // One change for each day: what fell on a day that has one already did not happen.
    changes.dedup_by_key(|(on, _)| *on);
    line.changes = changes
        .into_iter()
        .map(|(on, change)| Change { from_on: Some(civil(on)), ..change })
        .collect();
}

/// Around the mean that was published or, of what ended, around that of Đà Nẵng and Quảng
/// Nam: 80,756 members in 1,791 unions. A few are very large.
fn members(chance: &mut Chance, places: &Places, superior: &Superior, group: &Group) -> u32 {
    let new_code = places
        .provinces
        .iter()
        .find(|province| province.code == superior.province_code)
        .map(|province| province.new_code.as_str());
    let mean = match (group.fate, new_code.and_then(|code| places.left.get(code))) {
        (Fate::Ends, _) => 45,
        (_, Some(left)) => left.members / left.unions.max(1),
        (_, None) => 250,
    };
    // Nine in ten share half of the members.
    let around = if chance.in_thousand(900) { mean * 5 / 9 } else { mean * 5 };
    u32::try_from(5 + chance.below(around.max(1) * 2)).unwrap_or(u32::MAX)
}

const SCHOOLS: &[&str] =
    &["Trường Mầm non", "Trường Tiểu học", "Trường Trung học cơ sở", "Trạm Y tế"];
const AGENCIES: &[&str] = &["Ủy ban nhân dân", "Hội Nông dân", "Ủy ban Mặt trận Tổ quốc"];
const TRADES: &[&str] = &[
    "May mặc",
    "Xây dựng",
    "Thương mại",
    "Cơ khí",
    "Thủy sản",
    "Chế biến gỗ",
    "Vận tải",
    "Nhựa",
    "Dược phẩm",
    "In ấn",
    "Giày da",
    "Điện tử",
    "Bao bì",
    "Thực phẩm",
    "Vật liệu",
    "Du lịch",
];
const FIRST: &[&str] = &[
    "An",
    "Bảo",
    "Cường",
    "Đại",
    "Gia",
    "Hải",
    "Hoàng",
    "Hưng",
    "Khánh",
    "Kim",
    "Lộc",
    "Minh",
    "Nam",
    "Ngọc",
    "Phú",
    "Phúc",
    "Quang",
    "Sao",
    "Sơn",
    "Tân",
    "Thái",
    "Thiên",
    "Thịnh",
    "Tiến",
    "Trường",
    "Việt",
    "Vĩnh",
    "Xuân",
];
const SECOND: &[&str] = &[
    "Anh", "Châu", "Dương", "Đạt", "Đức", "Giang", "Hà", "Hòa", "Khang", "Lâm", "Linh", "Long",
    "Mai", "Nguyên", "Nhật", "Phát", "Phong", "Quân", "Thành", "Thắng", "Thủy", "Toàn", "Trung",
    "Tùng", "Vượng", "Yên",
];
const FOREIGN: &[&str] = &[
    "Asahi",
    "Daesung",
    "Everlux",
    "Fujima",
    "Golden Star",
    "Hanbit",
    "Jupiter",
    "Kyungdo",
    "Lotus",
    "Matsuo",
    "Nexus",
    "Orient",
    "Pacific",
    "Rising Sun",
    "Samho",
    "Taihan",
    "Unitex",
    "Victory",
    "Wonjin",
    "Youngil",
];

fn name(chance: &mut Chance, places: &Places, superior: &Superior, sector: &str) -> String {
    let communes = places.communes(&superior.district_code);
    let place = if communes.is_empty() {
        superior.short_name.trim_start_matches("LĐLĐ ").to_owned()
    } else {
        chance.one(communes).clone()
    };
    let made_up = |chance: &mut Chance| {
        format!("{} {} {}", chance.one(FIRST), chance.one(SECOND), chance.one(FIRST))
    };
    let number = 1 + chance.below(3);
    let whose = match sector {
        "HC" => format!("{} {place}", chance.one(AGENCIES)),
        "LLVT" => format!("Ban Chỉ huy Quân sự {place}"),
        "SNCL_100" => format!("{} {place} {number}", chance.one(SCHOOLS)),
        "SNCL_TC" => format!("Trung tâm {} {place}", chance.one(TRADES)),
        "SN_NCL" => format!("Trường Tư thục {} {place}", made_up(chance)),
        "DNNN_100" | "DNNN_CP" => format!("Công ty {} {place}", chance.one(TRADES)),
        "FDI_100" | "FDI_LD" => {
            let trade = chance.one(TRADES);
            format!("Công ty TNHH {trade} {} Việt Nam {}", chance.one(FOREIGN), 1 + chance.below(9))
        }
        "NNN_CP" => format!("Công ty Cổ phần {} {}", chance.one(TRADES), made_up(chance)),
        "NNN_TN" => format!("Doanh nghiệp tư nhân {}", made_up(chance)),
        "HTX" => format!("Hợp tác xã {} {place}", chance.one(TRADES)),
        "ND" => return format!("Nghiệp đoàn Xe ôm {place} {number}"),
        _ => format!("Công ty TNHH {} {}", chance.one(TRADES), made_up(chance)),
    };
    format!("Công đoàn cơ sở {whose}")
}
