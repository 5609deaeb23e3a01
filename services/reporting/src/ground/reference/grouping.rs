//! How sectors are put together, and industries: sector_groupings.csv and industry_groupings.csv.

use std::collections::BTreeMap;

use anyhow::bail;
use serde::Deserialize;

use crate::ground::reference::file;

/// What a grouping puts together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouped {
    /// Sectors: who owns where members work.
    #[default]
    Sectors,
    /// Industries: what they work in.
    Industries,
}

impl Grouped {
    /// A sector or an industry, as statements are told of it (`groups_of` of the schema).
    pub fn spelt(self, member: &str) -> String {
        match self {
            Self::Sectors => member.to_string(),
            Self::Industries => format!("~{member}"),
        }
    }

    /// The line of units that have nothing to be grouped by.
    pub fn none_vi(self) -> &'static str {
        match self {
            Self::Sectors => "không thuộc khối nào",
            Self::Industries => "chưa ghi ngành",
        }
    }
}

/// A named set of groups, of sectors or of industries.
#[derive(Clone, Debug, Default)]
pub struct Grouping {
    /// What it groups.
    pub of: Grouped,
    /// In the order of the file.
    pub groups: Vec<Group>,
}

/// What sentences name together.
#[derive(Clone, Debug)]
pub struct Group {
    /// For example `LIEN_DOANH`.
    pub code: String,
    /// For example `liên doanh`.
    pub name_vi: String,
    /// sectors.csv, or industries.csv.
    pub members: Vec<String>,
}

/// Where goes what no group of a grouping names.
pub const OTHER_GROUP: &str = "KHAC";

impl Grouping {
    /// The group of this code; the one for what no group names has no members.
    pub fn has(&self, group: &str) -> bool {
        group == OTHER_GROUP || self.groups.iter().any(|known| known.code == group)
    }

    /// What the group is called.
    pub fn name_vi(&self, group: &str) -> &str {
        let other = match self.of {
            Grouped::Sectors => "khối khác",
            Grouped::Industries => "ngành khác",
        };
        self.groups.iter().find(|known| known.code == group).map_or(other, |known| &known.name_vi)
    }
}

#[derive(Deserialize)]
struct GroupingRow {
    grouping: String,
    group: String,
    name_vi: String,
    #[serde(alias = "sector", alias = "industry")]
    member: String,
}

/// The files.
pub(super) fn read() -> anyhow::Result<BTreeMap<String, Grouping>> {
    let mut groupings: BTreeMap<String, Grouping> = BTreeMap::new();
    let files = [
        (Grouped::Sectors, include_str!("../../../reference/sector_groupings.csv")),
        (Grouped::Industries, include_str!("../../../reference/industry_groupings.csv")),
    ];
    for (of, text) in files {
        for row in file::rows::<GroupingRow>(text) {
            let row = row?;
            let grouping = groupings
                .entry(row.grouping.clone())
                .or_insert_with(|| Grouping { of, groups: Vec::new() });
            if grouping.of != of {
                bail!("{} groups sectors, and industries", row.grouping);
            }
            if grouping.groups.iter().any(|group| group.members.contains(&row.member)) {
                bail!("{}: {} stands twice", row.grouping, row.member);
            }
            match grouping.groups.iter_mut().find(|group| group.code == row.group) {
                Some(group) => group.members.push(row.member),
                None => grouping.groups.push(Group {
                    code: row.group,
                    name_vi: row.name_vi,
                    members: vec![row.member],
                }),
            }
        }
    }
    Ok(groupings)
}
