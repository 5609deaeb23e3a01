//! How sectors are put together: sector_groupings.csv.

use std::collections::BTreeMap;

use anyhow::bail;
use serde::Deserialize;

use crate::ground::reference::file;

/// A named set of groups of sectors.
#[derive(Clone, Debug, Default)]
pub struct Grouping {
    /// In the order of the file.
    pub groups: Vec<Group>,
}

/// Sectors that sentences name together.
#[derive(Clone, Debug)]
pub struct Group {
    /// For example `LIEN_DOANH`.
    pub code: String,
    /// For example `liên doanh`.
    pub name_vi: String,
    /// sectors.csv
    pub sectors: Vec<String>,
}

/// Where sectors go that no group of a grouping names.
pub const OTHER_GROUP: &str = "KHAC";

impl Grouping {
    /// The group of this code; the one for sectors that no group names has no sectors.
    pub fn has(&self, group: &str) -> bool {
        group == OTHER_GROUP || self.groups.iter().any(|known| known.code == group)
    }

    /// What the group is called.
    pub fn name_vi(&self, group: &str) -> &str {
        self.groups
            .iter()
            .find(|known| known.code == group)
            .map_or("khối khác", |known| &known.name_vi)
    }
}

#[derive(Deserialize)]
struct GroupingRow {
    grouping: String,
    group: String,
    name_vi: String,
    sector: String,
}

/// The file.
pub(super) fn read() -> anyhow::Result<BTreeMap<String, Grouping>> {
    let mut groupings: BTreeMap<String, Grouping> = BTreeMap::new();
    for row in file::rows::<GroupingRow>(include_str!("../../../reference/sector_groupings.csv")) {
        let row = row?;
        let grouping = groupings.entry(row.grouping.clone()).or_default();
        if grouping.groups.iter().any(|group| group.sectors.contains(&row.sector)) {
            bail!("{}: sector {} stands twice", row.grouping, row.sector);
        }
        match grouping.groups.iter_mut().find(|group| group.code == row.group) {
            Some(group) => group.sectors.push(row.sector),
            None => grouping.groups.push(Group {
                code: row.group,
                name_vi: row.name_vi,
                sectors: vec![row.sector],
            }),
        }
    }
    Ok(groupings)
}
