//! Loading a tree that existed before the register did, with its history: all of it, or
//! nothing.

pub(crate) mod api;
mod bad_lines;
mod check;
mod history;
mod insert;
mod line;
pub mod parts;
mod told;
mod tree;
pub(crate) mod wire;

use std::collections::HashMap;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use serde::{Deserialize, Serialize};
use time::Date;

use self::bad_lines::BadLines;
use self::check::{Draft, Registered};
use self::history::Period;
use self::line::Line;
use self::tree::Tree;
use crate::ground::basis::{self, Basis};
use crate::ground::refused::Refused;
use crate::ground::rules::Rules;
use crate::ground::tree::{self as organisations, Record};

/// A tree to be loaded, superiors before their subordinates.
#[derive(Debug)]
pub struct LoadOrganisations {
    /// At least one.
    pub lines: Vec<Line>,
    /// The decision by which it is taken into the register, if there is one.
    pub basis: Option<Basis>,
}

/// What a load answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Loaded {
    /// How many organisations were loaded.
    pub organisations: usize,
}

impl Act for LoadOrganisations {
    type Answer = Loaded;

    async fn perform(self, acting: &mut Acting) -> Result<Loaded, Failure> {
        let rules = Rules::read(acting.db()).await?;
        let mut bad = BadLines::default();
        let Some(draft) = Draft::read(&self.lines, &rules, &mut bad) else {
            bad.none(acting).await?;
            return Ok(Loaded { organisations: 0 });
        };
        refuse_taken_codes(acting, &draft, &mut bad).await?;
        let registered = registered(acting, &draft).await?;
        let understood = draft.check(acting.today, &rules, &registered, &mut bad);
        bad.none(acting).await?;

        let tree = Tree::of(&self.lines, understood);
        let decision_id = match (self.basis, tree.superior_id(0)) {
            (Some(basis), Some(superior_id)) => {
                basis::record(acting, Some(basis), superior_id, superior_id).await?
            }
            _ => None,
        };
        let record = Record::of(acting, decision_id);
        // What is told is put in words while the database writes.
        let (inserted, changes) = tokio::join!(
            insert::insert(acting.db(), &tree, record),
            told::changes(&tree, decision_id)
        );
        organisations::code_taken(inserted, "lines", "")?;
        acting.publish_all(changes);
        Ok(Loaded { organisations: tree.lines.len() })
    }
}

/// The organisations of the register that lines name, by code and date.
async fn registered(
    acting: &mut Acting,
    draft: &Draft<'_>,
) -> Result<HashMap<(String, Date), Registered>, Failure> {
    let (codes, dates): (Vec<&str>, Vec<Date>) = draft.named().into_iter().unzip();
    // Found first, then locked, then read again: an end that crossed is seen.
    let ids = sqlx::query_scalar!(
        "select organisation_id
         from (select distinct organisation_id from organisation_code
               where code = any($1::text[]) and upper_inf(recorded)
               offset 0) bearer
         where access.covers(organisation_id)",
        &codes as &[&str],
    )
    .fetch_all(acting.db())
    .await?;
    organisations::lean_on(acting, &ids).await?;
    let rows = sqlx::query_file!("src/organisation/load/registered.sql", &codes as &[&str], &dates)
        .fetch_all(acting.db())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let registered = Registered {
                organisation_id: row.organisation_id,
                status: row.status,
                ended_on: row.ended_on,
                types: row.types,
                types_from: row.types_from,
            };
            ((row.code, row.on_date), registered)
        })
        .collect())
}

/// Codes that somebody bears at the same time, also outside the caller's scope.
async fn refuse_taken_codes(
    acting: &mut Acting,
    draft: &Draft<'_>,
    bad: &mut BadLines,
) -> Result<(), Failure> {
    let said: Vec<(usize, &Period<&str>)> = draft.codes().collect();
    let codes: Vec<&str> = said.iter().map(|(_, code)| code.value).collect();
    let froms: Vec<Date> = said.iter().map(|(_, code)| code.from).collect();
    let untils: Vec<Option<Date>> = said.iter().map(|(_, code)| code.until).collect();
    let taken = sqlx::query_scalar!(
        r#"select said.n as "n!"
           from unnest($1::text[], $2::date[], $3::date[])
                with ordinality as said (code, from_on, until_on, n)
           where exists (select from organisation_code bearer
                         where bearer.code = said.code and upper_inf(bearer.recorded)
                           and bearer.valid && daterange(said.from_on, said.until_on))
           order by said.n"#,
        &codes as &[&str],
        &froms,
        &untils as &[Option<Date>],
    )
    .fetch_all(acting.db())
    .await?;
    for place in taken {
        let (n, code) = said[usize::try_from(place - 1).unwrap_or_default()];
        bad.refuse(n, code.field("code"), Refused::CodeTaken { code: code.value.to_string() });
    }
    Ok(())
}
