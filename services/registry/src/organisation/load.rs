//! Loading a tree that existed before the register did, with its history: all of it, or
//! nothing.

pub(crate) mod api;
mod check;
mod history;
mod insert;
pub mod parts;
mod told;
pub(crate) mod wire;

use std::collections::HashMap;

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry as fact;
use feeds::registry::{EndKind, Organisation};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};
use uuid::{Timestamp, Uuid};

use self::check::{Draft, Superior, Understood};
use crate::ground::basis::{self, Basis};
use crate::ground::refused::{REFUSALS_MAX, Refused, lines_refused};
use crate::ground::rules::Rules;
use crate::ground::tree::{self, ACTIVE, Record, SUSPENDED};

pub use self::history::Period;

/// One organisation as it stood from its first day on, and what it went through since.
#[derive(Clone, Debug)]
pub struct Line {
    /// Unique in the load at any date.
    pub code: String,
    /// NFC.
    pub name: String,
    /// Empty where there is none.
    pub short_name: String,
    /// For example `LDLD_HUYEN`.
    pub type_code: String,
    /// None for superior organisations.
    pub sector: Option<String>,
    /// The code of an earlier line, or of an organisation of the register.
    pub superior_code: String,
    /// The first day.
    pub founded_on: Date,
    /// In the order of their days.
    pub changes: Vec<Change>,
    /// None where it still exists.
    pub ending: Option<Ending>,
}

/// What became of an organisation on a later day; what is none stayed as it was.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Change {
    pub from_on: Date,
    pub code: Option<String>,
    pub name: Option<String>,
    pub short_name: Option<String>,
    pub type_code: Option<String>,
    pub sector: Option<String>,
    pub superior_code: Option<String>,
    pub status: Option<Status>,
}

/// Whether an organisation that lived was directed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was.
    Active,
    /// It was not.
    Suspended,
}

impl Status {
    /// As the schema writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => ACTIVE,
            Self::Suspended => SUSPENDED,
        }
    }
}

/// How an organisation ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The first day on which it no longer existed.
    pub ended_on: Date,
    /// How.
    pub kind: EndKind,
    /// The code of the one heir on that day.
    pub principal_successor_code: Option<String>,
}

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

/// An organisation of the register that lines name: the superior of some, the heir of others.
#[derive(Debug)]
pub struct Registered {
    organisation_id: Uuid,
    status: String,
    ended_on: Option<Date>,
    types: Vec<String>,
    types_from: Vec<Date>,
}

impl Registered {
    /// Its types with their days, from the day on for which it was named.
    fn types(&self) -> Vec<Period<&str>> {
        let untils = self.types_from.iter().copied().skip(1).map(Some).chain([None]);
        self.types
            .iter()
            .zip(&self.types_from)
            .zip(untils)
            .map(|((value, from), until)| Period {
                from: *from,
                until,
                value: &**value,
                change: None,
            })
            .collect()
    }
}

/// What is wrong with the lines of a load.
#[derive(Default)]
pub struct BadLines(Vec<(usize, String, Refused)>);

impl BadLines {
    fn refuse(&mut self, n: usize, part: impl Into<String>, refused: Refused) {
        self.0.push((n, part.into(), refused));
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses the load if there are any. Whoever may load nowhere learns no more than that.
    async fn none(mut self, acting: &mut Acting) -> Result<(), Failure> {
        if self.is_empty() {
            return Ok(());
        }
        refuse_the_unauthorised(acting.db()).await?;
        self.0.sort_by_key(|(n, ..)| *n);
        // Lines, not faults: one line may have several.
        let refused = self.0.chunk_by(|(a, ..), (b, ..)| a == b).count();
        let first = self.0.into_iter().take(REFUSALS_MAX);
        let named = first
            .map(|(n, part, refused)| refused.refusal().field(format!("lines[{n}].{part}")))
            .collect();
        lines_refused(refused, named)
    }
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
        let inserted = insert::insert(acting.db(), &tree, record).await;
        tree::code_taken(inserted, "lines", "")?;
        acting.publish_all(fact::loaded(tree.founded(), told::lives(&tree), decision_id));
        Ok(Loaded { organisations: tree.lines.len() })
    }
}

/// The lines of a load that has been checked, with the ids of their organisations.
pub struct Tree<'a> {
    /// As they came.
    pub lines: &'a [Line],
    /// As they were understood.
    pub understood: Vec<Understood<'a>>,
    /// Their organisations.
    pub organisation_ids: Vec<Uuid>,
}

impl<'a> Tree<'a> {
    fn of(lines: &'a [Line], understood: Vec<Understood<'a>>) -> Self {
        Self { lines, understood, organisation_ids: apart(lines.len()) }
    }

    /// The organisation that a line names.
    pub fn id_of(&self, named: Superior) -> Uuid {
        match named {
            Superior::Line(n) => self.organisation_ids[n],
            Superior::Registered(organisation_id) => organisation_id,
        }
    }

    /// The first superior of a line.
    fn superior_id(&self, n: usize) -> Option<Uuid> {
        self.understood[n].superiors.first().map(|superior| self.id_of(superior.value))
    }

    /// The organisations as they stood on their first days.
    fn founded(&self) -> Vec<Organisation> {
        let lines = self.lines.iter().enumerate();
        lines
            .map(|(n, line)| Organisation {
                organisation_id: self.organisation_ids[n],
                code: line.code.clone(),
                name: line.name.clone(),
                short_name: line.short_name.clone(),
                type_code: line.type_code.clone(),
                sector: line.sector.clone(),
                superior_id: self.superior_id(n),
                founded_on: line.founded_on,
            })
            .collect()
    }
}

/// So many ids in order, each of a millisecond of its own, the last of the present one. An
/// exclusion constraint's index tells ids apart by their first 53 bits only: of thousands made
/// in one millisecond it would find none without looking at most of them.
fn apart(count: usize) -> Vec<Uuid> {
    let last = OffsetDateTime::now_utc();
    (0..count)
        .rev()
        .map(|before| {
            let at = last - Duration::milliseconds(before as i64);
            let seconds = u64::try_from(at.unix_timestamp()).unwrap_or_default();
            Uuid::new_v7(Timestamp::from_unix_time(seconds, at.nanosecond(), 0, 0))
        })
        .collect()
}

/// Whoever may load nowhere learns that, and nothing about the lines.
pub async fn refuse_the_unauthorised(db: &mut PgConnection) -> Result<(), Failure> {
    let held =
        sqlx::query_scalar!(r#"select access.holds() as "holds!""#).fetch_one(&mut *db).await?;
    if held {
        return Ok(());
    }
    let refused = Refused::LinesRefused { refused: 0 };
    Err(chassis::access::unknown_or_denied(db, refused).await)
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
    tree::lean_on(acting, &ids).await?;
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
