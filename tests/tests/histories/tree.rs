//! The tree as registry's rows tell it, asked one unit and one day at a time.

use std::collections::{BTreeSet, HashMap};

use sqlx::PgPool;
use time::{Date, Duration, Month};
use uuid::Uuid;

/// Steps that a way up may take before it must have gone in a circle.
const STEPS: usize = 200;

/// An organisation as it is known now.
#[derive(Debug)]
pub struct Organisation {
    pub id: Uuid,
    /// False where it is known never to have existed.
    pub exists: bool,
    pub founded_on: Date,
    /// It existed before the register did.
    pub loaded: bool,
    pub ended_on: Option<Date>,
    /// How it ended; empty while it has not.
    pub end_kind: String,
    pub heir: Option<usize>,
    pub last_superior: Option<usize>,
    /// From when under whom, oldest first.
    pub superiors: Vec<(Date, usize)>,
    /// From when a grassroots union, and from when not.
    pub unions: Vec<(Date, bool)>,
    /// From when ACTIVE, SUSPENDED or ENDED.
    pub statuses: Vec<(Date, String)>,
    /// From when until when in which industry.
    pub industries: Vec<(Date, Option<Date>, String)>,
    /// The days on which it continued others, wholly or in part.
    pub succeeded_on: BTreeSet<Date>,
    /// Where the founding placed it that was taken back.
    pub founded_under: Option<usize>,
}

impl Organisation {
    pub fn lives(&self, on: Date) -> bool {
        self.exists && self.founded_on <= on && self.ended_on.is_none_or(|ended_on| on < ended_on)
    }

    /// Before its first day it is what it was first, after its last what it was last.
    pub fn is_union(&self, on: Date) -> bool {
        let begun = self.unions.iter().rev().find(|(from, _)| *from <= on);
        begun.or(self.unions.first()).is_some_and(|(_, union)| *union)
    }

    /// What it works in on a day; empty where nobody stated it.
    pub fn industry(&self, on: Date) -> &str {
        let holds = |(from, until, _): &&(Date, Option<Date>, String)| {
            *from <= on && until.is_none_or(|until| on < until)
        };
        self.industries
            .iter()
            .find(holds)
            .map(|(_, _, industry)| industry.as_str())
            .unwrap_or_default()
    }

    /// Rated for a year that ends on a day: it lives then, is a union and not suspended, and has operated
    /// since a day of the year before; or, if it came of others, since the day on which the half began.
    pub fn is_rated_for(&self, year: i32) -> bool {
        let day = |month, day| Date::from_calendar_date(year, month, day).expect("a day");
        let (last, half) = (day(Month::December, 31), day(Month::July, 1));
        let since = match self.succeeded_on.contains(&self.founded_on) {
            true => half,
            false => day(Month::January, 1),
        };
        let operates = self.exists && self.lives(last) && self.is_union(last);
        operates && !self.is_suspended(last) && self.founded_on <= since
    }

    pub fn is_suspended(&self, on: Date) -> bool {
        let begun = self.statuses.iter().rev().find(|(from, _)| *from <= on);
        begun.is_some_and(|(_, status)| status == "SUSPENDED")
    }

    /// The day itself; before its founding its first day, after its end its last.
    fn within_life(&self, on: Date) -> Date {
        let last = self.ended_on.map_or(Date::MAX, |ended_on| ended_on - Duration::DAY);
        on.max(self.founded_on).min(last)
    }

    fn superior(&self, on: Date) -> Option<usize> {
        let begun = self.superiors.iter().rev().find(|(from, _)| *from <= on);
        begun.map(|(_, superior)| *superior)
    }
}

/// All organisations.
pub struct Tree {
    pub units: Vec<Organisation>,
    by_id: HashMap<Uuid, usize>,
}

impl Tree {
    pub async fn read(registry: &PgPool) -> Self {
        type Row = (
            Uuid,
            Option<Date>,
            Option<String>,
            Option<Date>,
            Option<String>,
            Option<Uuid>,
            Option<Uuid>,
            Option<Uuid>,
        );
        let rows: Vec<Row> = sqlx::query_as(
            "select o.organisation_id, f.founded_on, f.origin, e.ended_on, e.kind,
                    e.principal_successor_id, e.last_superior_id,
                    (select p.superior_id from organisation_parent p
                     where p.organisation_id = o.organisation_id and p.act_id = o.act_id
                     order by lower(p.recorded), lower(p.valid) limit 1)
             from organisation o
             left join organisation_founding f
                    on f.organisation_id = o.organisation_id and upper_inf(f.recorded)
             left join organisation_ending e
                    on e.organisation_id = o.organisation_id and upper_inf(e.recorded)
             order by o.organisation_id",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        let by_id: HashMap<Uuid, usize> =
            rows.iter().enumerate().map(|(n, row)| (row.0, n)).collect();
        let units = rows
            .into_iter()
            .map(|(id, founded_on, origin, ended_on, kind, heir, last_superior, under)| {
                Organisation {
                    id,
                    exists: founded_on.is_some(),
                    founded_on: founded_on.unwrap_or(Date::MIN),
                    loaded: origin.as_deref() == Some("LOADED"),
                    ended_on,
                    end_kind: kind.unwrap_or_default(),
                    heir: heir.map(|heir| by_id[&heir]),
                    last_superior: last_superior.map(|superior| by_id[&superior]),
                    superiors: Vec::new(),
                    unions: Vec::new(),
                    statuses: Vec::new(),
                    industries: Vec::new(),
                    succeeded_on: BTreeSet::new(),
                    founded_under: under.map(|under| by_id[&under]),
                }
            })
            .collect();
        let mut tree = Self { units, by_id };
        let dated: Vec<(String, Uuid, Date, String)> = sqlx::query_as(
            "select 'superior', organisation_id, lower(valid), superior_id::text
             from organisation_parent where upper_inf(recorded)
             union all
             select 'type', organisation_id, lower(valid), type
             from organisation_type where upper_inf(recorded)
             union all
             select 'status', organisation_id, lower(valid), status
             from organisation_status where upper_inf(recorded)
             order by 3",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        for (attribute, unit, from, value) in dated {
            let unit = tree.by_id[&unit];
            match attribute.as_str() {
                "superior" => {
                    let superior = tree.by_id[&value.parse().expect("an id")];
                    tree.units[unit].superiors.push((from, superior));
                }
                "type" => {
                    let union = matches!(value.as_str(), "CDCS" | "ND_CS");
                    tree.units[unit].unions.push((from, union));
                }
                _ => tree.units[unit].statuses.push((from, value)),
            }
        }
        let industries: Vec<(Uuid, Date, Option<Date>, String)> = sqlx::query_as(
            "select organisation_id, lower(valid), upper(valid), industry
             from organisation_industry where upper_inf(recorded)",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        for (unit, from, until, industry) in industries {
            let unit = tree.by_id[&unit];
            tree.units[unit].industries.push((from, until, industry));
        }
        let continued: Vec<(Uuid, Date)> = sqlx::query_as(
            "select successor_id, succeeded_on from organisation_succession
             where upper_inf(recorded) and kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED', 'SPLIT_OFF')",
        )
        .fetch_all(registry)
        .await
        .expect("read");
        for (successor, on) in continued {
            let successor = tree.by_id[&successor];
            tree.units[successor].succeeded_on.insert(on);
        }
        for unit in &tree.units {
            let ended = unit.statuses.iter().find(|(_, status)| status == "ENDED");
            let ended_on = ended.map(|(from, _)| *from);
            assert_eq!(ended_on, unit.ended_on, "{} has ended as its status says", unit.id);
        }
        tree
    }

    pub fn unit(&self, id: Uuid) -> usize {
        self.by_id[&id]
    }

    pub fn get(&self, unit: usize) -> &Organisation {
        &self.units[unit]
    }

    /// Upwards from a unit on a day of its life.
    fn climb(&self, unit: usize, on: Date, chain: &mut Vec<usize>) {
        let mut at = Some(unit);
        while let Some(here) = at {
            chain.push(here);
            assert!(chain.len() < STEPS, "{} stands below itself on {on}", self.units[unit].id);
            at = self.units[here].superior(on);
        }
    }

    /// The unit and all above it, where what it does on a day counts as then. What never
    /// existed lies where it was founded.
    pub fn then(&self, unit: usize, on: Date) -> Vec<usize> {
        let mut chain = Vec::new();
        let mut at = unit;
        while !self.units[at].exists {
            chain.push(at);
            match self.units[at].founded_under {
                Some(under) => at = under,
                None => return chain,
            }
        }
        self.climb(at, self.units[at].within_life(on), &mut chain);
        chain
    }

    /// Who stands for a unit on a day: itself while it lives.
    pub fn heir(&self, unit: usize, on: Date) -> Option<usize> {
        let mut at = unit;
        for _ in 0..STEPS {
            let organisation = &self.units[at];
            at = if !organisation.exists {
                organisation.founded_under?
            } else if on < organisation.founded_on {
                organisation.superiors.first()?.1
            } else if organisation.ended_on.is_some_and(|ended_on| ended_on <= on) {
                organisation.heir.or(organisation.last_superior)?
            } else {
                return Some(at);
            };
        }
        None
    }

    /// Where what a unit did, whenever, counts as of a day.
    pub fn as_of(&self, unit: usize, on: Date) -> Vec<usize> {
        let mut chain = Vec::new();
        if let Some(heir) = self.heir(unit, on) {
            self.climb(heir, on, &mut chain);
        }
        chain
    }

    /// The days on which the way up from a unit may change: those on which it, or whatever
    /// was ever above it, came under another.
    pub fn days_of_change(&self, unit: usize) -> BTreeSet<Date> {
        let (mut days, mut seen, mut rest) = (BTreeSet::new(), BTreeSet::new(), vec![unit]);
        while let Some(at) = rest.pop() {
            if seen.insert(at) {
                for (from, superior) in &self.units[at].superiors {
                    days.insert(*from);
                    rest.push(*superior);
                }
            }
        }
        days
    }
}
