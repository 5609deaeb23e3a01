//! What the register counts of a reporter, for the rows of its form.

use std::collections::{BTreeMap, BTreeSet};

use chassis::access::unknown_or_denied;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::Date;
use uuid::Uuid;

use crate::ground::columns::Snapshot;
use crate::ground::figure::{By, Counting, Known, Scope};
use crate::ground::period::Period;
use crate::ground::reference::{Form, Kind, Reference};
use crate::ground::refused::Refused;
use crate::periodic_report::content::{ComputedAt, Content};

/// What was counted.
pub struct Computed {
    /// By row: of the reporter and all below it, and of these its own.
    rows: BTreeMap<String, (i64, i64)>,
    /// Rows of subjects of whom each counts once: the parts of those below may sum to more.
    distinct: BTreeSet<String>,
    at: ComputedAt,
}

/// Rows with their indicators, by what they are counted alike by: whether at the start of the period, and
/// of which group of a grouping.
type Alike<'a> = BTreeMap<(bool, &'a str, &'a str), Vec<(&'a str, &'a str)>>;

struct Asked {
    organisation_id: Uuid,
    from_on: Date,
    through_on: Date,
    cutoff_on: Date,
    form: Json<Form>,
}

/// Counts the rows of a report of the caller's scope, on the tree as of its cut-off day: there the parts of
/// those below sum to the whole.
pub async fn computed(
    connection: &mut PgConnection,
    snapshot: &Snapshot,
    reference: &'static Reference,
    report_id: Uuid,
) -> Result<Computed, Failure> {
    let asked = sqlx::query_as!(
        Asked,
        r#"select r.organisation_id as "organisation_id!", lower(o.period) as "from_on!",
                  (upper(o.period) - 1) as "through_on!", o.cutoff_on as "cutoff_on!",
                  case when r.grassroots then coalesce(o.grassroots_form, o.superior_form)
                       else coalesce(o.superior_form, o.grassroots_form) end as "form!: Json<Form>"
           from periodic_report r
           join periodic_report_opening o using (opening_id)
           where r.report_id = $1 and access.covers(r.organisation_id)"#,
        report_id,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(asked) = asked else {
        let unknown = Refused::PeriodicReportUnknown { report_id };
        return Err(unknown_or_denied(connection, unknown).await);
    };
    let period = Period { from: asked.from_on, through: asked.through_on };
    let form = asked.form.0;
    // Rows that are counted alike are counted together.
    let mut alike = Alike::new();
    for row in form.rows.iter().filter(|row| !row.indicator.is_empty()) {
        let of = (row.at_start, row.sector_grouping.as_str(), row.sector_group.as_str());
        alike.entry(of).or_default().push((&row.code, &row.indicator));
    }
    let at = ComputedAt::of(&Known::read(&mut *connection).await?);
    let (mut rows, mut distinct) = (BTreeMap::new(), BTreeSet::new());
    for ((at_start, grouping, group), of) in alike {
        let scope = Scope {
            by: By::Child,
            grouping: grouping.to_string(),
            group: group.to_string(),
            ..Scope::of(asked.organisation_id, Some(asked.cutoff_on))
        };
        let counted = match at_start {
            true => Period { from: period.eve(), through: period.eve() },
            false => period,
        };
        let mut counting = Counting::new(&mut *connection, snapshot, reference, scope, counted);
        for (row, indicator) in of {
            // A form of before may ask for what nobody counts any longer.
            let Some(indicator) = reference.indicator(indicator) else { continue };
            let count = counting.figure(indicator).await?.value;
            let own = count.lines.get("ITSELF").copied().unwrap_or_default();
            if indicator.kind == Kind::Distinct {
                distinct.insert(row.to_string());
            }
            rows.insert(row.to_string(), (count.total, own));
        }
    }
    Ok(Computed { rows, distinct, at })
}

impl Computed {
    /// Fills the cells of a report; what was declared stays. Answers the rows of subjects of whom each
    /// counts once.
    pub fn fill(self, content: &mut Content) -> BTreeSet<String> {
        for (row, (computed, own)) in self.rows {
            let cell = content.cells.entry(row).or_default();
            cell.computed = Some(computed);
            cell.own = Some(own);
        }
        content.computed_at = Some(self.at);
        self.distinct
    }
}
