//! Grassroots unions that were there before a scenario begins.

use proto::registry::v1::load_organisations_request::Line;
use time::Date;

use crate::client::at_once;
use crate::office::Office;
use crate::people::People;
use crate::tree::{Tree, grassroots, made_up_name};
use crate::unions::Union;

/// Unions of one sector that existed before the scenario begins.
#[derive(Clone, Copy)]
pub struct Block {
    /// What their codes begin with, for example `BD-HC`.
    pub prefix: &'static str,
    /// sectors.csv
    pub sector: &'static str,
    /// How many unions.
    pub unions: usize,
    /// Members of each on average.
    pub members: u32,
}

impl Block {
    /// The code of the n-th union, counted from 0.
    pub fn code(&self, n: usize) -> String {
        format!("CDCS-{}-{:03}", self.prefix, n + 1)
    }

    /// The lines by which the unions are loaded.
    pub fn lines(self, place: &str, superior_code: &str) -> Vec<Line> {
        (0..self.unions)
            .map(|n| {
                let name = made_up_name(self.sector, place, n);
                grassroots(&self.code(n), name, self.sector, superior_code)
            })
            .collect()
    }

    /// Members of the n-th union: unions differ in size, five of them average out.
    pub fn size(&self, n: usize) -> u32 {
        const DIFFERENCES: [i64; 5] = [-6, 6, -3, 3, 0];
        (i64::from(self.members) + DIFFERENCES[n % 5]).max(3) as u32
    }

    /// Admits the members that the unions have when the scenario begins.
    pub async fn enrol(
        self,
        office: &Office,
        tree: &Tree,
        people: &mut People,
        on: Date,
    ) -> anyhow::Result<Vec<Union>> {
        at_once((0..self.unions).map(|n| {
            let code = self.code(n);
            let lines = people.take(self.size(n));
            async move {
                let id = tree.id(&code)?;
                let members = office.admit(format!("enrol/{code}"), id.clone(), on, lines).await?;
                Ok(Union { id, code, members, ..Union::default() })
            }
        }))
        .await
    }
}
