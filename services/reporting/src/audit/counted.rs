//! What is counted again, by statements over the tables: one for each kind of source, for many
//! organisations and months at once.

use std::collections::{BTreeMap, BTreeSet};

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::fact::Code;
use crate::ground::figure::{Formula, Source};
use crate::ground::reference::Reference;

/// By organisation and month; what is not there is 0.
type Tally = BTreeMap<(Uuid, Date), i64>;

/// What was counted again, by source.
pub struct Counted(BTreeMap<Source, Tally>);

/// Of which organisations, on which tree, in which months: from the first day of one, to that of
/// another.
#[derive(Clone, Copy)]
pub struct Extent<'a> {
    /// The organisations.
    pub heads: &'a [Uuid],
    /// As then, where there is none.
    pub as_of: Option<Date>,
    /// The first day.
    pub from_on: Date,
    /// The day after the last.
    pub until_on: Date,
}

/// A statement of a file over an extent, which is its values $1 to $4; what follows is bound from $5 on.
macro_rules! over_extent {
    ($file:literal, $extent:expr $(, $bound:expr)* $(,)?) => {
        sqlx::query_file!(
            $file,
            $extent.heads,
            $extent.as_of,
            $extent.from_on,
            $extent.until_on,
            $($bound,)*
        )
    };
}

impl Counted {
    /// Counts every source of every indicator.
    pub async fn read(
        db: &mut PgConnection,
        reference: &Reference,
        extent: Extent<'_>,
    ) -> Result<Self, Failure> {
        let mut sources = BTreeSet::from([Source::MembersAt, Source::UnionsAt]);
        for indicator in reference.indicators() {
            for formula in [Some(&indicator.numerator), indicator.denominator.as_ref()] {
                let terms = formula.into_iter().flat_map(Formula::terms);
                sources.extend(terms.map(|term| term.source.clone()));
            }
        }
        let mut counted = Self(BTreeMap::new());
        counted.flows(db, extent, &sources).await?;
        counted.transfers(db, extent).await?;
        counted.moves(db, extent).await?;
        counted.stocks(db, extent, &sources).await?;
        counted.unions(db, extent).await?;
        counted.ratings(db, extent, &sources).await?;
        counted.subjects(db, extent, &sources).await?;
        counted.officers(db, extent).await?;
        counted.employers(db, extent, &sources).await?;
        counted.reach(db, extent).await?;
        Ok(counted)
    }

    /// What a formula comes to, of an organisation in a month.
    pub fn formula(&self, formula: &Formula, head: Uuid, month: Date) -> i64 {
        formula.terms().map(|term| term.sign * self.source(&term.source, head, month)).sum()
    }

    /// What a source comes to.
    pub fn source(&self, source: &Source, head: Uuid, month: Date) -> i64 {
        let tally = self.0.get(source);
        tally.and_then(|tally| tally.get(&(head, month))).copied().unwrap_or_default()
    }

    fn add(&mut self, source: &Source, head: Uuid, month: Date, amount: i64) {
        let tally = self.0.entry(source.clone()).or_default();
        *tally.entry((head, month)).or_default() += amount;
    }

    async fn flows(
        &mut self,
        db: &mut PgConnection,
        extent: Extent<'_>,
        sources: &BTreeSet<Source>,
    ) -> Result<(), Failure> {
        let flows = || {
            sources.iter().filter_map(|source| match source {
                Source::Flow(code, reasons) => Some((source, *code, reasons)),
                _ => None,
            })
        };
        let codes: BTreeSet<&str> = flows().map(|(_, code, _)| code.as_str()).collect();
        let codes: Vec<&str> = codes.into_iter().collect();
        let rows = over_extent!("src/audit/by_sql/flows.sql", extent, &codes as &[&str])
            .fetch_all(db)
            .await?;
        for row in rows {
            for (source, code, reasons) in flows() {
                let asked = reasons.is_empty() || reasons.contains(&row.reason);
                if asked && code.as_str() == row.code {
                    self.add(source, row.head, row.month, row.amount);
                }
            }
        }
        Ok(())
    }

    async fn transfers(
        &mut self,
        db: &mut PgConnection,
        extent: Extent<'_>,
    ) -> Result<(), Failure> {
        let rows = over_extent!("src/audit/by_sql/transfers.sql", extent).fetch_all(db).await?;
        for row in rows {
            let source = match row.code.as_str() {
                code if code == Code::TransferIn.as_str() => Source::TransferredIn,
                _ => Source::TransferredOut,
            };
            self.add(&source, row.head, row.month, row.amount);
        }
        Ok(())
    }

    async fn moves(&mut self, db: &mut PgConnection, extent: Extent<'_>) -> Result<(), Failure> {
        let rows = over_extent!("src/audit/by_sql/moves.sql", extent).fetch_all(db).await?;
        for row in rows {
            let (unions, members) = match row.comes {
                true => (Source::UnionsIn, Source::MembersInWithUnit),
                false => (Source::UnionsOut, Source::MembersOutWithUnit),
            };
            self.add(&unions, row.head, row.month, row.unions);
            self.add(&members, row.head, row.month, row.members);
        }
        Ok(())
    }

    async fn stocks(
        &mut self,
        db: &mut PgConnection,
        extent: Extent<'_>,
        sources: &BTreeSet<Source>,
    ) -> Result<(), Failure> {
        let rows = over_extent!("src/audit/by_sql/stocks.sql", extent).fetch_all(db).await?;
        for row in rows {
            if row.kind.is_empty() {
                self.add(&Source::MembersAt, row.head, row.month, row.amount);
                continue;
            }
            for source in sources {
                if let Source::StandingAt(kinds) = source
                    && kinds.contains(&row.kind)
                {
                    self.add(source, row.head, row.month, row.amount);
                }
            }
        }
        Ok(())
    }

    async fn unions(&mut self, db: &mut PgConnection, extent: Extent<'_>) -> Result<(), Failure> {
        let rows = over_extent!("src/audit/by_sql/unions.sql", extent).fetch_all(db).await?;
        for row in rows {
            self.add(&Source::UnionsAt, row.head, row.month, row.amount);
        }
        Ok(())
    }

    async fn ratings(
        &mut self,
        db: &mut PgConnection,
        extent: Extent<'_>,
        sources: &BTreeSet<Source>,
    ) -> Result<(), Failure> {
        let rows = over_extent!("src/audit/by_sql/ratings.sql", extent).fetch_all(db).await?;
        for row in rows {
            for source in sources {
                if let Source::Ratings(grades) = source
                    && (grades.is_empty() || grades.contains(&row.reason))
                {
                    self.add(source, row.head, row.month, row.amount);
                }
            }
        }
        Ok(())
    }

    async fn subjects(
        &mut self,
        db: &mut PgConnection,
        extent: Extent<'_>,
        sources: &BTreeSet<Source>,
    ) -> Result<(), Failure> {
        let (mut asked, mut numbers) = (Vec::new(), Vec::new());
        let (mut codes, mut of_reasons) = (Vec::new(), Vec::new());
        for source in sources {
            let Source::Subjects(code, reasons) = source else { continue };
            let number = i32::try_from(asked.len()).unwrap_or(i32::MAX);
            asked.push(source);
            let reasons = match reasons.is_empty() {
                true => vec![None],
                false => reasons.iter().cloned().map(Some).collect(),
            };
            for reason in reasons {
                numbers.push(number);
                codes.push(code.as_str().to_string());
                of_reasons.push(reason);
            }
        }
        let rows = over_extent!(
            "src/audit/by_sql/subjects.sql",
            extent,
            &numbers,
            &codes,
            &of_reasons as &[Option<String>],
        )
        .fetch_all(db)
        .await?;
        for row in rows {
            let source = usize::try_from(row.number).ok().and_then(|number| asked.get(number));
            if let Some(source) = source {
                self.add(source, row.head, row.month, row.amount);
            }
        }
        Ok(())
    }

    async fn officers(&mut self, db: &mut PgConnection, extent: Extent<'_>) -> Result<(), Failure> {
        let rows = over_extent!("src/audit/by_sql/officers.sql", extent).fetch_all(db).await?;
        for row in rows {
            self.add(&Source::OfficersAt, row.head, row.month, row.at_its_end);
            self.add(&Source::OfficersDuring, row.head, row.month, row.during);
            self.add(&Source::OfficersTrained, row.head, row.month, row.trained);
        }
        Ok(())
    }

    async fn employers(
        &mut self,
        db: &mut PgConnection,
        extent: Extent<'_>,
        sources: &BTreeSet<Source>,
    ) -> Result<(), Failure> {
        let workforces: Vec<i32> = sources
            .iter()
            .filter_map(|source| match source {
                Source::EmployersWithoutUnion(workforce) => Some(*workforce),
                _ => None,
            })
            .collect();
        let rows = over_extent!("src/audit/by_sql/employers.sql", extent, &workforces)
            .fetch_all(db)
            .await?;
        for row in rows {
            let source = Source::EmployersWithoutUnion(row.workforce);
            self.add(&source, row.head, row.month, row.amount);
        }
        Ok(())
    }

    async fn reach(&mut self, db: &mut PgConnection, extent: Extent<'_>) -> Result<(), Failure> {
        let rows = over_extent!("src/audit/by_sql/reach.sql", extent).fetch_all(db).await?;
        for row in rows {
            self.add(&Source::UnionsReached, row.head, row.month, row.unions_reached);
            self.add(&Source::PeopleReached, row.head, row.month, row.people_reached);
            self.add(&Source::PeopleAtWork, row.head, row.month, row.people_at_work);
        }
        Ok(())
    }
}
