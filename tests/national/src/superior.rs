//! A superior organisation with its history: few things happen to them.

use proto::registry::v1::load_organisations_request::{Change, Line};
use time::macros::date;

use crate::chance::Chance;
use crate::shape::{Kind, Superior};
use crate::{HISTORY_FROM, RESTRUCTURED_ON, Unit, civil};

/// The superior as it is loaded.
pub(crate) fn unit(seed: u64, superior: &Superior) -> Unit {
    let mut line = Line {
        code: superior.code.clone(),
        name: superior.name.clone(),
        short_name: superior.short_name.clone(),
        r#type: superior.type_code.to_owned(),
        superior_code: superior.superior_code.clone(),
        founded_on: Some(civil(superior.founded_on)),
        ..Line::default()
    };
    let mut chance = Chance::of(seed, &superior.code);
    if superior.kind == Kind::Province && superior.province_code == "46" {
        // The one that changed its name and kind in these years.
        line.name = "Liên đoàn Lao động tỉnh Thừa Thiên Huế".to_owned();
        line.changes.push(Change {
            from_on: Some(civil(date!(2025 - 01 - 01))),
            name: superior.name.clone(),
            ..Change::default()
        });
    } else if superior.kind == Kind::District && chance.in_thousand(80) {
        // A rural district became a town.
        let rural = superior.name.replacen("thị xã", "huyện", 1).replacen("thành phố", "huyện", 1);
        if rural != superior.name {
            line.name = rural;
            line.changes.push(Change {
                from_on: Some(civil(chance.day(HISTORY_FROM, RESTRUCTURED_ON))),
                name: superior.name.clone(),
                ..Change::default()
            });
        }
    }
    Unit { line, fate: superior.fate, members: 0 }
}
