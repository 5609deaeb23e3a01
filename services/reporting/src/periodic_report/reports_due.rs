//! The pages of reports that are due from the members of steering committees.

use proto::reporting::v1::Assignment;
use time::Date;
use uuid::Uuid;

use crate::ground::period::Period as Days;
use crate::ground::reports_due::{self, Cadence as Every};
use crate::periodic_report::wire::answered;

/// Where a page begins: with which assignment, and behind how many of its reports.
pub type Start = (Date, Uuid, usize);

/// As many reports as fit on a page, behind some of the first assignment's, and where the next
/// page begins.
pub fn page_of(
    found: Vec<reports_due::Assignment>,
    (period, every): (Days, Every),
    mut skipped: usize,
    page_size: usize,
) -> (Vec<Assignment>, Option<Start>) {
    let mut room = page_size;
    let mut shown = Vec::new();
    for assignment in found {
        let start = (assignment.from_on, assignment.assignment_id);
        if room == 0 {
            return (shown, Some((start.0, start.1, skipped)));
        }
        let mut due: Vec<Days> =
            assignment.reports_due(period, every).skip(skipped).take(room + 1).collect();
        let more = due.len() > room;
        due.truncate(room);
        room -= due.len().max(1);
        let behind = skipped + due.len();
        shown.push(answered(assignment, due));
        if more {
            return (shown, Some((start.0, start.1, behind)));
        }
        skipped = 0;
    }
    (shown, None)
}
