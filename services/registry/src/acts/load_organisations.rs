//! Loading a tree that existed before the register did: all of it, or nothing.

use std::collections::{HashMap, HashSet};

use chassis::database::{Act, Acting};
use chassis::refusal::{Failure, Refusal};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::basis::{self, Basis};
use crate::error::Refused;
use crate::rules::Rules;
use crate::tree::{self, NewOrganisation, Origin, Record, SUSPENDED};
use crate::wire::change;

/// So many bad lines are named in one refusal.
pub const REFUSALS_MAX: usize = 100;

/// One organisation as it stands from its first day on.
#[derive(Clone, Debug)]
pub struct Line {
    /// Unique in the load.
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

/// An organisation of the register under which lines are loaded.
struct Superior {
    organisation_id: Uuid,
    type_code: String,
    status: String,
    ended_on: Option<Date>,
}

/// What is wrong with the lines of a load.
#[derive(Default)]
struct BadLines(Vec<(usize, &'static str, Refused)>);

impl BadLines {
    fn refuse(&mut self, n: usize, part: &'static str, refused: Refused) {
        self.0.push((n, part, refused));
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn none(mut self) -> Result<(), Failure> {
        self.0.sort_by_key(|(n, _, _)| *n);
        // Lines, not faults: one line may have several.
        let refused = self.0.chunk_by(|(a, ..), (b, ..)| a == b).count();
        let first = self.0.into_iter().take(REFUSALS_MAX);
        let named = first
            .map(|(n, part, refused)| refused.refusal().field(format!("lines[{n}].{part}")))
            .collect();
        lines_refused(refused, named)
    }
}

/// Refuses a load for its bad lines, each named with its own reason, if there are any.
pub fn lines_refused(count: usize, refusals: Vec<Refusal>) -> Result<(), Failure> {
    if count == 0 {
        return Ok(());
    }
    let whole = Refused::LinesRefused { refused: count }.refusal();
    Err(refusals.into_iter().fold(whole, Refusal::and).into())
}

impl Act for LoadOrganisations {
    type Answer = Loaded;

    async fn perform(self, acting: &mut Acting) -> Result<Loaded, Failure> {
        let rules = Rules::read(acting.db()).await?;
        let superiors = self.superiors(acting).await?;
        let mut bad = BadLines::default();
        let organisations = self.organisations(acting.today, &rules, &superiors, &mut bad);
        self.refuse_taken_codes(acting, &mut bad).await?;
        if !bad.is_empty() {
            refuse_the_unauthorised(acting).await?;
        }
        bad.none()?;

        let first = &organisations[0];
        let decision_id = match (self.basis, first.superior_id) {
            (Some(basis), Some(superior_id)) => {
                basis::record(acting, Some(basis), superior_id, superior_id).await?
            }
            _ => None,
        };
        let record = Record::of(acting, decision_id);
        let inserted = tree::insert(acting.db(), &organisations, Origin::Loaded, record).await;
        tree::code_taken(inserted, "lines", "")?;
        for change in change::organisations_loaded(&organisations, decision_id) {
            acting.publish(change);
        }
        Ok(Loaded { organisations: organisations.len() })
    }
}

/// Whoever may load nowhere learns that, and nothing about the lines.
async fn refuse_the_unauthorised(acting: &mut Acting) -> Result<(), Failure> {
    let held =
        sqlx::query_scalar!(r#"select access.holds() as "holds!""#).fetch_one(acting.db()).await?;
    if held {
        return Ok(());
    }
    let refused = Refused::LinesRefused { refused: 0 };
    Err(chassis::access::unknown_or_denied(acting.db(), refused).await)
}

impl LoadOrganisations {
    /// The superiors that are not lines themselves, by code and date.
    async fn superiors(
        &self,
        acting: &mut Acting,
    ) -> Result<HashMap<(String, Date), Superior>, Failure> {
        let mut seen = HashSet::new();
        let mut named = HashSet::new();
        for line in &self.lines {
            if !seen.contains(line.superior_code.as_str()) {
                named.insert((line.superior_code.as_str(), line.founded_on));
            }
            seen.insert(line.code.as_str());
        }
        let (codes, dates): (Vec<&str>, Vec<Date>) = named.into_iter().unzip();
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
        let rows = sqlx::query_file!("src/acts/load_superiors.sql", &codes as &[&str], &dates)
            .fetch_all(acting.db())
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let superior = Superior {
                    organisation_id: row.organisation_id,
                    type_code: row.type_code,
                    status: row.status,
                    ended_on: row.ended_on,
                };
                ((row.code, row.on_date), superior)
            })
            .collect())
    }

    /// The organisations, line by line; what is wrong with a line goes to `bad`.
    fn organisations(
        &self,
        today: Date,
        rules: &Rules,
        superiors: &HashMap<(String, Date), Superior>,
        bad: &mut BadLines,
    ) -> Vec<NewOrganisation> {
        let mut organisations: Vec<NewOrganisation> = Vec::with_capacity(self.lines.len());
        let mut by_code: HashMap<&str, usize> = HashMap::with_capacity(self.lines.len());
        for (n, line) in self.lines.iter().enumerate() {
            let on = line.founded_on;
            if by_code.contains_key(line.code.as_str()) {
                bad.refuse(n, "code", Refused::LineRepeated { code: line.code.clone() });
            }
            if on > today {
                bad.refuse(n, "founded_on", Refused::DateInFuture { on, today });
            }
            if let Err(refused) = rules.may_be_founded(&line.type_code, line.sector.as_deref(), on)
            {
                let part = match refused {
                    Refused::SectorUnknown { .. }
                    | Refused::SectorRequired { .. }
                    | Refused::SectorNotAllowed { .. } => "sector",
                    _ => "type",
                };
                bad.refuse(n, part, refused);
            }
            let earlier = by_code.get(line.superior_code.as_str()).copied();
            let superior = match earlier {
                Some(place) => {
                    let superior = &mut organisations[place];
                    superior.has_subordinates = true;
                    if on < superior.founded_on {
                        let from = superior.founded_on;
                        bad.refuse(n, "founded_on", Refused::DateOutsideLife { on, from });
                    }
                    Some((superior.organisation_id, superior.type_code.clone()))
                }
                None => superiors.get(&(line.superior_code.clone(), on)).map(|superior| {
                    if let Some(refused) = superior.refused() {
                        bad.refuse(n, "superior_code", refused);
                    }
                    (superior.organisation_id, superior.type_code.clone())
                }),
            };
            match &superior {
                None => {
                    let code = line.superior_code.clone();
                    bad.refuse(n, "superior_code", Refused::OrganisationCodeUnknown { code });
                }
                Some((_, superior_type)) => {
                    let allowed = rules.may_stand_under(&line.type_code, superior_type, on);
                    if let Err(refused) = allowed {
                        bad.refuse(n, "superior_code", refused);
                    }
                }
            }
            by_code.entry(line.code.as_str()).or_insert(n);
            organisations.push(NewOrganisation {
                organisation_id: Uuid::now_v7(),
                code: line.code.clone(),
                name: line.name.clone(),
                short_name: line.short_name.clone(),
                type_code: line.type_code.clone(),
                sector: line.sector.clone(),
                superior_id: superior.map(|(superior_id, _)| superior_id),
                founded_on: on,
                congress_on: None,
                has_subordinates: false,
            });
        }
        organisations
    }

    /// Codes that somebody bears at the same time, also outside the caller's scope.
    async fn refuse_taken_codes(
        &self,
        acting: &mut Acting,
        bad: &mut BadLines,
    ) -> Result<(), Failure> {
        let codes: Vec<&str> = self.lines.iter().map(|line| line.code.as_str()).collect();
        let founded_ons: Vec<Date> = self.lines.iter().map(|line| line.founded_on).collect();
        let taken = sqlx::query_scalar!(
            r#"select line.n as "n!"
               from unnest($1::text[], $2::date[]) with ordinality as line (code, founded_on, n)
               where exists (select from organisation_code bearer
                             where bearer.code = line.code and upper_inf(bearer.recorded)
                               and bearer.valid && daterange(line.founded_on, null))
               order by line.n"#,
            &codes as &[&str],
            &founded_ons,
        )
        .fetch_all(acting.db())
        .await?;
        for n in taken {
            let n = usize::try_from(n - 1).unwrap_or_default();
            bad.refuse(n, "code", Refused::CodeTaken { code: self.lines[n].code.clone() });
        }
        Ok(())
    }
}

impl Superior {
    /// Why it cannot take subordinates, if it cannot.
    fn refused(&self) -> Option<Refused> {
        let organisation_id = self.organisation_id;
        match self.ended_on {
            Some(ended_on) => Some(Refused::SuperiorEnded { organisation_id, ended_on }),
            None if self.status == SUSPENDED => {
                Some(Refused::SuperiorSuspended { organisation_id })
            }
            None => None,
        }
    }
}
