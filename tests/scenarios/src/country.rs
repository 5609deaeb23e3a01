//! The country of 2018 to 2021, as far as public lists tell it: the Confederation, 63
//! provinces, their districts, and the sector unions that the scenarios need; and what became
//! of the provinces in 2025.
//!
//! The list of districts is the one of 2025-06-30 (696): districts that were merged between
//! 2018 and 2025 stand in it as they stood last.

use anyhow::Context;
use chassis::parse::civil;
use proto::registry::v1::load_organisations_request::Line;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use time::Date;
use time::macros::date;

/// From when the register has known the superior organisations. The youngest district of
/// Hà Nội is of this day.
pub const OPENED_ON: Date = date!(2014 - 04 - 01);

/// A province up to 2025-06-30.
#[derive(Deserialize)]
pub struct Province {
    /// Of the list of 2008 to 2025.
    pub code: String,
    /// For example `Thái Nguyên`.
    pub name_vi: String,
    /// For example `Tỉnh Thái Nguyên`, until 2024-12-31.
    pub full_name_2024: String,
    /// The same, in 2025.
    pub full_name_vi: String,
}

/// A province since 2025-07-01.
#[derive(Deserialize)]
pub struct NewProvince {
    /// Of the list of 2025: seven of these codes were another province's before.
    pub code: String,
    /// For example `Thái Nguyên`.
    pub name_vi: String,
    /// For example `Tỉnh Thái Nguyên`.
    pub full_name_vi: String,
}

/// A district up to 2025-06-30.
#[derive(Deserialize)]
pub struct District {
    /// Unique in the whole country.
    pub code: String,
    /// For example `Ba Đình`.
    pub name_vi: String,
    /// For example `Quận Ba Đình`.
    pub full_name_vi: String,
    /// Of the list of 2008 to 2025.
    pub province_code: String,
}

/// What became of a province on 2025-07-01.
#[derive(Deserialize)]
pub struct Succession {
    /// Of the list of 2008 to 2025.
    pub old_code: String,
    /// Of the list of 2025.
    pub new_code: String,
    /// 1 where the new province bears this one's name.
    pub successor_keeps_name: u8,
    /// 1 where the new province bears this one's code.
    pub successor_keeps_code: u8,
}

/// The lists that are compiled in.
pub struct Reference {
    /// 63.
    pub provinces: Vec<Province>,
    /// 34.
    pub new_provinces: Vec<NewProvince>,
    /// 63.
    pub succession: Vec<Succession>,
    /// 696.
    pub districts: Vec<District>,
}

impl Reference {
    /// Reads the lists.
    pub fn read() -> anyhow::Result<Self> {
        Ok(Self {
            provinces: rows(include_str!("../reference/provinces_2008_2025.csv"))?,
            new_provinces: rows(include_str!("../reference/provinces_2025.csv"))?,
            succession: rows(include_str!("../reference/province_succession.csv"))?,
            districts: rows(include_str!("../reference/districts_2024.csv"))?,
        })
    }

    /// The districts of a province.
    pub fn districts_of(&self, province_code: &str) -> impl Iterator<Item = &District> {
        self.districts.iter().filter(move |district| district.province_code == province_code)
    }

    /// The code that the register gives to the federation of a district of Hà Nội or of
    /// another province, found by its name.
    pub fn federation_of(&self, province_code: &str, district: &str) -> anyhow::Result<String> {
        self.districts_of(province_code)
            .find(|candidate| candidate.name_vi == district)
            .map(|found| district_federation(province_code, &found.code))
            .with_context(|| format!("find {district} among the districts"))
    }

    /// Every superior organisation below the Confederation, superiors first.
    pub fn superiors(&self, confederation: &str) -> Vec<Line> {
        let provinces = self.provinces.iter().map(|province| Line {
            code: province_federation(&province.code),
            name: format!("Liên đoàn Lao động {}", lower_first(&province.full_name_2024)),
            short_name: format!("LĐLĐ {}", province.name_vi),
            r#type: "LDLD_TINH".into(),
            superior_code: confederation.into(),
            founded_on: Some(civil(OPENED_ON)),
            ..Line::default()
        });
        let districts = self.districts.iter().map(|district| Line {
            code: district_federation(&district.province_code, &district.code),
            name: format!("Liên đoàn Lao động {}", lower_first(&district.full_name_vi)),
            short_name: format!("LĐLĐ {}", district.name_vi),
            r#type: "LDLD_HUYEN".into(),
            superior_code: province_federation(&district.province_code),
            founded_on: Some(civil(OPENED_ON)),
            ..Line::default()
        });
        let sector_unions = SECTOR_UNIONS.iter().map(|union| Line {
            code: union.code.into(),
            name: union.name.into(),
            short_name: union.short_name.into(),
            r#type: union.r#type.into(),
            superior_code: match union.province_code {
                "" => confederation.into(),
                province_code => province_federation(province_code),
            },
            founded_on: Some(civil(OPENED_ON)),
            ..Line::default()
        });
        provinces.chain(districts).chain(sector_unions).collect()
    }
}

/// A sector union that a scenario needs.
struct SectorUnion {
    code: &'static str,
    name: &'static str,
    short_name: &'static str,
    r#type: &'static str,
    /// Empty for central ones.
    province_code: &'static str,
}

/// Công đoàn Công Thương Việt Nam, which takes unions over from Thái Nguyên.
pub const INDUSTRY_AND_TRADE: &str = "CDN-CT";
/// Công đoàn ngành Giáo dục Hà Nội, which hands schools over to Thanh Trì.
pub const HA_NOI_EDUCATION: &str = "CDN-01-GD";
/// The five superiors of Thái Nguyên that are no districts.
pub const THAI_NGUYEN_SECTORS: [&str; 5] =
    ["CDN-19-GD", "CDN-19-YT", "CDN-19-XD", "CDVC-19", "CDKCN-19"];

const SECTOR_UNIONS: [SectorUnion; 8] = [
    SectorUnion {
        code: "CDN-GD",
        name: "Công đoàn Giáo dục Việt Nam",
        short_name: "CĐ Giáo dục Việt Nam",
        r#type: "CDN_TW",
        province_code: "",
    },
    SectorUnion {
        code: INDUSTRY_AND_TRADE,
        name: "Công đoàn Công Thương Việt Nam",
        short_name: "CĐ Công Thương Việt Nam",
        r#type: "CDN_TW",
        province_code: "",
    },
    SectorUnion {
        code: HA_NOI_EDUCATION,
        name: "Công đoàn ngành Giáo dục Hà Nội",
        short_name: "CĐ ngành Giáo dục Hà Nội",
        r#type: "CDN_DP",
        province_code: "01",
    },
    SectorUnion {
        code: THAI_NGUYEN_SECTORS[0],
        name: "Công đoàn ngành Giáo dục tỉnh Thái Nguyên",
        short_name: "CĐ ngành Giáo dục",
        r#type: "CDN_DP",
        province_code: "19",
    },
    SectorUnion {
        code: THAI_NGUYEN_SECTORS[1],
        name: "Công đoàn ngành Y tế tỉnh Thái Nguyên",
        short_name: "CĐ ngành Y tế",
        r#type: "CDN_DP",
        province_code: "19",
    },
    SectorUnion {
        code: THAI_NGUYEN_SECTORS[2],
        name: "Công đoàn ngành Xây dựng tỉnh Thái Nguyên",
        short_name: "CĐ ngành Xây dựng",
        r#type: "CDN_DP",
        province_code: "19",
    },
    SectorUnion {
        code: THAI_NGUYEN_SECTORS[3],
        name: "Công đoàn Viên chức tỉnh Thái Nguyên",
        short_name: "CĐ Viên chức tỉnh",
        r#type: "CD_VC_TINH",
        province_code: "19",
    },
    SectorUnion {
        code: THAI_NGUYEN_SECTORS[4],
        name: "Công đoàn các Khu công nghiệp Thái Nguyên",
        short_name: "CĐ các KCN",
        r#type: "CD_KCN",
        province_code: "19",
    },
];

/// The register's code of the federation of a province of the old list.
pub fn province_federation(province_code: &str) -> String {
    format!("LDLD-{province_code}")
}

/// The register's code of the federation of a district.
pub fn district_federation(province_code: &str, district_code: &str) -> String {
    format!("LDLD-{province_code}-{district_code}")
}

/// `Quận Ba Đình` within a sentence: `quận Ba Đình`.
pub fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn rows<T: DeserializeOwned>(text: &str) -> anyhow::Result<Vec<T>> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .context("read a list of the reference data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_hold_the_whole_country() {
        let reference = Reference::read().expect("the lists are compiled in");
        assert_eq!(reference.provinces.len(), 63);
        assert_eq!(reference.new_provinces.len(), 34);
        assert_eq!(reference.succession.len(), 63);
        assert_eq!(reference.districts.len(), 696);
        assert_eq!(reference.districts_of("01").count(), 30);
        assert_eq!(reference.districts_of("19").count(), 9);
    }

    #[test]
    fn a_federation_is_named_after_its_place_of_then() {
        let reference = Reference::read().expect("the lists are compiled in");
        let lines = reference.superiors("TLD");
        let named =
            |code: &str| lines.iter().find(|line| line.code == code).map(|line| line.name.as_str());
        assert_eq!(named("LDLD-46"), Some("Liên đoàn Lao động tỉnh Thừa Thiên Huế"));
        let ba_dinh = reference.federation_of("01", "Ba Đình").expect("Ba Đình is a district");
        assert_eq!(named(&ba_dinh), Some("Liên đoàn Lao động quận Ba Đình"));
    }
}
