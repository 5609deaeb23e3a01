//! How many unions stand where: a few thousand groups, from which the units stream.

use std::collections::BTreeMap;

use time::Date;
use time::macros::date;

use crate::place::{Places, Province};

/// Grassroots unions that the restructuring of 2025 ended.
pub const UNIONS_ENDED: u64 = 62_703;
/// Grassroots unions on the eve of it.
pub const UNIONS: u64 = 124_762;
/// Grassroots unions that had ended in the ten years before.
pub const UNIONS_ENDED_BEFORE: u64 = 15_000;

/// What the restructuring makes of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It ends.
    Ends,
    /// It goes over into the province of 2025.
    Merges,
    /// It goes on, under another superior.
    Moves,
    /// It goes on where it is.
    Stays,
    /// It had ended before.
    Ended,
}

/// What kind of superior organisation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The federation of a province.
    Province,
    /// Of a district.
    District,
    /// Of a sector in a province, such as education.
    LocalSector,
    /// Of the officials of a province.
    Officials,
    /// Of the industrial zones of a province.
    Zones,
    /// Of a sector in the whole country.
    CentralSector,
    /// Of a corporation below one of those.
    Corporation,
}

/// A superior organisation.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Superior {
    pub kind: Kind,
    pub code: String,
    pub name: String,
    pub short_name: String,
    /// Type code of the reference data.
    pub type_code: &'static str,
    pub superior_code: String,
    pub founded_on: Date,
    /// The province of 2024; empty outside them.
    pub province_code: String,
    /// The district whose communes its unions are named for; empty where it has none.
    pub district_code: String,
    pub fate: Fate,
}

/// Unions of one kind under one superior.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Group {
    /// The place of the superior in [`Shape::superiors`].
    pub superior: usize,
    pub fate: Fate,
    pub unions: u64,
}

/// How many unions stand where.
pub struct Shape {
    /// Superiors first.
    pub superiors: Vec<Superior>,
    /// In the order in which their unions come.
    pub groups: Vec<Group>,
    districts_of: BTreeMap<String, Vec<usize>>,
}

impl Shape {
    pub(crate) fn of(places: &Places, one_in: u64) -> Self {
        let superiors = superiors(places);
        let mut groups = Vec::new();
        for province in &places.provinces {
            let (ended, left) = counts(places, province);
            let here: Vec<usize> = (0..superiors.len())
                .filter(|n| superiors[*n].province_code == province.code)
                .collect();
            spread(&superiors, &here, ended / one_in, Fate::Ends, &mut groups);
            spread(&superiors, &here, left / one_in, Fate::Moves, &mut groups);
        }
        if places.is_whole() {
            let local: u64 = places.left.values().map(|left| left.unions).sum();
            let central: Vec<usize> = (0..superiors.len())
                .filter(|n| matches!(superiors[*n].kind, Kind::CentralSector | Kind::Corporation))
                .collect();
            let unions = UNIONS - UNIONS_ENDED - local;
            let shares = apportion(unions, &skewed(central.len()));
            groups.extend(central.into_iter().zip(shares).map(|(superior, unions)| Group {
                superior,
                fate: Fate::Stays,
                unions,
            }));
        }
        // Those that ended before stood where most stand.
        let weights: Vec<u64> = groups.iter().map(|group| group.unions).collect();
        let total: u64 = weights.iter().sum();
        let before = apportion(total * UNIONS_ENDED_BEFORE / UNIONS, &weights);
        let mut before_at: BTreeMap<usize, u64> = BTreeMap::new();
        for (group, unions) in groups.iter().zip(before) {
            *before_at.entry(group.superior).or_default() += unions;
        }
        groups.extend(before_at.into_iter().map(|(superior, unions)| Group {
            superior,
            fate: Fate::Ended,
            unions,
        }));
        groups.retain(|group| group.unions > 0);
        let mut districts_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (n, superior) in superiors.iter().enumerate() {
            if superior.kind == Kind::District {
                districts_of.entry(superior.province_code.clone()).or_default().push(n);
            }
        }
        Self { superiors, groups, districts_of }
    }

    /// How many unions have this fate.
    pub fn unions(&self, fate: Fate) -> u64 {
        self.groups.iter().filter(|group| group.fate == fate).map(|group| group.unions).sum()
    }

    /// The districts of a province of 2024, by their places among the superiors.
    pub fn districts_of(&self, province_code: &str) -> &[usize] {
        self.districts_of.get(province_code).map_or(&[], Vec::as_slice)
    }
}

/// Largest remainder: parts that sum to the total, as near to the weights as whole numbers
/// get.
pub(crate) fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: &u64| u128::from(total) * u128::from(*weight);
    let part = |exact: u128| u64::try_from(exact / sum).unwrap_or(u64::MAX);
    let mut parts: Vec<u64> = weights.iter().map(|weight| part(exact(weight))).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|n| (std::cmp::Reverse(exact(&weights[*n]) % sum), *n));
    let missing = total - parts.iter().sum::<u64>();
    for n in by_remainder.into_iter().take(usize::try_from(missing).unwrap_or_default()) {
        parts[n] += 1;
    }
    parts
}

/// Weights that fall as those of towns do: the first has many times what the last has.
fn skewed(count: usize) -> Vec<u64> {
    (0..count).map(|rank| (1e6 / (rank as f64 + 2.0).powf(0.8)) as u64).collect()
}

/// How many unions of a province of 2024 the restructuring ended, and how many it left.
fn counts(places: &Places, province: &Province) -> (u64, u64) {
    let published = |scope: &str, code: &str, segment: &str| {
        let of = places
            .published
            .iter()
            .find(|one| one.scope == scope && one.code == code && one.segment == segment);
        of.map(|one| one.unions)
    };
    let of_old = |code: &str, segment: &str| published("province_old", code, segment);

    // What is left is known for each province of 2025; those that went into it share it by
    // their communes, unless it was published.
    let into: Vec<&Province> =
        places.provinces.iter().filter(|one| one.new_code == province.new_code).collect();
    let left = match of_old(&province.code, "rest") {
        Some(left) => left,
        None => {
            let known: u64 = into.iter().filter_map(|one| of_old(&one.code, "rest")).sum();
            let total = places.left.get(&province.new_code).map_or(0, |left| left.unions) - known;
            share(total, &into, province, |one| of_old(&one.code, "rest").is_none())
        }
    };
    // What ended is known for few; the others share the rest of the country's number.
    let ended = match of_old(&province.code, "ended") {
        Some(ended) => ended,
        None => match published("province_2025", &province.new_code, "ended") {
            Some(total) => share(total, &into, province, |_| true),
            None => {
                let known: u64 = places
                    .published
                    .iter()
                    .filter(|one| one.segment == "ended")
                    .map(|one| one.unions)
                    .sum();
                let all: Vec<&Province> = places.provinces.iter().collect();
                let unknown = |one: &Province| {
                    of_old(&one.code, "ended").is_none()
                        && published("province_2025", &one.new_code, "ended").is_none()
                };
                if places.is_whole() {
                    share(UNIONS_ENDED - known, &all, province, unknown)
                } else {
                    // As many for each commune as in the whole country, roughly.
                    province.communes * 6
                }
            }
        },
    };
    (ended, left)
}

/// The part of one province in what some provinces share by their communes.
fn share(
    total: u64,
    among: &[&Province],
    province: &Province,
    shares: impl Fn(&Province) -> bool,
) -> u64 {
    let sharing: Vec<&&Province> = among.iter().filter(|one| shares(one)).collect();
    let weights: Vec<u64> = sharing.iter().map(|one| one.communes).collect();
    let parts = apportion(total, &weights);
    let place = sharing.iter().position(|one| one.code == province.code);
    place.map_or(0, |place| parts[place])
}

/// Spreads the unions of a province over its superiors: most stand under districts, first
/// ones under the largest; what the State pays for stands also under officials' and sector
/// unions, what it does not also under industrial zones.
fn spread(
    superiors: &[Superior],
    here: &[usize],
    unions: u64,
    fate: Fate,
    groups: &mut Vec<Group>,
) {
    let mut weights = Vec::with_capacity(here.len());
    let mut rank = 0_u32;
    for n in here {
        let weight = match (superiors[*n].kind, fate) {
            (Kind::District, _) => {
                rank += 1;
                (100_000.0 / f64::from(rank + 1).powf(0.7)) as u64
            }
            (Kind::Officials | Kind::LocalSector, Fate::Ends) => 25_000,
            (Kind::LocalSector, _) => 8_000,
            (Kind::Zones, Fate::Moves) => 60_000,
            (Kind::Province, Fate::Moves) => 20_000,
            _ => 0,
        };
        weights.push(weight);
    }
    let parts = apportion(unions, &weights);
    groups.extend(here.iter().zip(parts).map(|(superior, unions)| Group {
        superior: *superior,
        fate,
        unions,
    }));
}

/// Sectors and corporations of the whole country, with those below them.
const CENTRAL: &[(&str, &str, &str)] = &[
    ("GD", "Giáo dục Việt Nam", "CDN_TW"),
    ("YT", "Y tế Việt Nam", "CDN_TW"),
    ("XD", "Xây dựng Việt Nam", "CDN_TW"),
    ("CT", "Công Thương Việt Nam", "CDN_TW"),
    ("GTVT", "Giao thông Vận tải Việt Nam", "CDN_TW"),
    ("NN", "Nông nghiệp và Phát triển nông thôn Việt Nam", "CDN_TW"),
    ("VC", "Viên chức Việt Nam", "CDN_TW"),
    ("NH", "Ngân hàng Việt Nam", "CDN_TW"),
    ("TTTT", "Thông tin và Truyền thông Việt Nam", "CDN_TW"),
    ("DKVN", "Dầu khí Việt Nam", "CDN_TW"),
    ("DS", "Đường sắt Việt Nam", "CDN_TW"),
    ("DLVN", "Điện lực Việt Nam", "CDN_TW"),
    ("TKV", "Than và Khoáng sản Việt Nam", "CDN_TW"),
    ("CS", "Cao su Việt Nam", "CDN_TW"),
    ("DM", "Dệt May Việt Nam", "CDN_TW"),
    ("QP", "Quốc phòng", "CDN_TW"),
    ("HK", "Tổng công ty Hàng không Việt Nam", "CD_TCT_TLD"),
    ("HH", "Tổng công ty Hàng hải Việt Nam", "CD_TCT_TLD"),
    ("TNMT", "Tài nguyên và Môi trường", "CDN_TW"),
    ("BCVT", "Tập đoàn Bưu chính Viễn thông", "CD_TCT_TLD"),
];
/// Corporations below each.
const CORPORATIONS_EACH: usize = 3;
/// Sector unions of a province.
const LOCAL: &[(&str, &str)] = &[
    ("GD", "Giáo dục"),
    ("YT", "Y tế"),
    ("XD", "Xây dựng"),
    ("CT", "Công Thương"),
    ("NN", "Nông nghiệp và Phát triển nông thôn"),
];
/// The one province without a union of trade and industry.
const WITHOUT_INDUSTRY: &str = "06";
/// Those with a second union of zones.
const TWO_ZONES: [&str; 2] = ["01", "79"];

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

fn superiors(places: &Places) -> Vec<Superior> {
    let mut all = Vec::new();
    let superior = |kind, code: String, name: String, short_name: String, type_code| Superior {
        kind,
        code,
        name,
        short_name,
        type_code,
        superior_code: crate::CONFEDERATION.to_owned(),
        founded_on: date!(1976 - 07 - 01),
        province_code: String::new(),
        district_code: String::new(),
        fate: Fate::Stays,
    };
    for province in &places.provinces {
        all.push(Superior {
            province_code: province.code.clone(),
            district_code: first_district(places, province),
            fate: if province.merged { Fate::Merges } else { Fate::Stays },
            ..superior(
                Kind::Province,
                format!("LDLD-{}", province.code),
                format!("Liên đoàn Lao động {}", lower_first(&province.full_name)),
                format!("LĐLĐ {}", province.name),
                "LDLD_TINH",
            )
        });
    }
    if places.is_whole() {
        for (code, name, type_code) in CENTRAL {
            all.push(superior(
                Kind::CentralSector,
                format!("CDN-{code}"),
                format!("Công đoàn {name}"),
                format!("CĐ {code}"),
                type_code,
            ));
        }
    }
    for province in &places.provinces {
        let below =
            |kind, code: String, name: String, short_name: String, type_code, on| Superior {
                superior_code: format!("LDLD-{}", province.code),
                province_code: province.code.clone(),
                district_code: first_district(places, province),
                founded_on: on,
                fate: match kind {
                    // A province that stays as it is keeps those who stand right below it.
                    Kind::Zones if !province.merged => Fate::Stays,
                    Kind::Zones => Fate::Moves,
                    _ => Fate::Ends,
                },
                ..superior(kind, code, name, short_name, type_code)
            };
        for district in places.districts.iter().filter(|one| one.province_code == province.code) {
            all.push(Superior {
                district_code: district.code.clone(),
                ..below(
                    Kind::District,
                    format!("LDLD-{}-{}", province.code, district.code),
                    format!("Liên đoàn Lao động {}", lower_first(&district.full_name)),
                    format!("LĐLĐ {}", district.name),
                    "LDLD_HUYEN",
                    date!(1980 - 01 - 01),
                )
            });
        }
        let of = lower_first(&province.full_name);
        all.push(below(
            Kind::Officials,
            format!("CDVC-{}", province.code),
            format!("Công đoàn Viên chức {of}"),
            format!("CĐVC {}", province.name),
            "CD_VC_TINH",
            date!(1985 - 01 - 01),
        ));
        for (code, name) in LOCAL {
            if *code == "CT" && province.code == WITHOUT_INDUSTRY {
                continue;
            }
            all.push(below(
                Kind::LocalSector,
                format!("CDN-{code}-{}", province.code),
                format!("Công đoàn ngành {name} {of}"),
                format!("CĐ {name} {}", province.name),
                "CDN_DP",
                date!(1985 - 01 - 01),
            ));
        }
        let zones = match province.code.as_str() {
            WITHOUT_INDUSTRY => 0,
            code if TWO_ZONES.contains(&code) => 2,
            _ => 1,
        };
        let names = ["các khu công nghiệp", "khu công nghệ cao"];
        for (n, name) in names.into_iter().take(zones).enumerate() {
            all.push(below(
                Kind::Zones,
                format!("CDKCN-{}-{}", province.code, n + 1),
                format!("Công đoàn {name} {of}"),
                format!("CĐ {name} {}", province.name),
                "CD_KCN",
                date!(1995 - 01 - 01),
            ));
        }
    }
    if places.is_whole() {
        for (code, name, _) in CENTRAL {
            for n in 1..=CORPORATIONS_EACH {
                all.push(Superior {
                    superior_code: format!("CDN-{code}"),
                    founded_on: date!(1990 - 01 - 01),
                    ..superior(
                        Kind::Corporation,
                        format!("CDTCT-{code}-{n}"),
                        format!("Công đoàn Tổng công ty số {n} {name}"),
                        format!("CĐ TCT {code} {n}"),
                        "CD_TCT",
                    )
                });
            }
        }
    }
    all
}

fn first_district(places: &Places, province: &Province) -> String {
    let first = places.districts.iter().find(|one| one.province_code == province.code);
    first.map(|district| district.code.clone()).unwrap_or_default()
}
