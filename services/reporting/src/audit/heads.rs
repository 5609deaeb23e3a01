//! Whose figures are audited.

use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::ground::refused::Refused;

/// Levels below an organisation, at most.
pub const LEVELS_MAX: i32 = 4;
/// Organisations, each in each month on each tree: what one audit holds, at most.
pub const COLUMNS_MAX: i64 = 100_000;
/// As then, and as of a day.
const TREES: i64 = 2;

/// An organisation, and whatever ever lay so many levels below it, as far as the caller may see it;
/// refused where that is too much for one audit.
pub async fn heads(
    connection: &mut PgConnection,
    organisation_id: Uuid,
    levels: i32,
    (from_on, until_on): (Date, Date),
) -> Result<Vec<Uuid>, Failure> {
    let months = i64::try_from(months(from_on, until_on).len()).unwrap_or(i64::MAX);
    let columns = months.saturating_mul(TREES);
    // Of one too many, it is known how many months there are already.
    let most = COLUMNS_MAX / columns.max(1);
    let heads = sqlx::query_scalar!(
        r#"with recursive below (organisation_id, level) as (
               select $1::uuid, 0
               union
               select e.organisation_id, b.level + 1
               from below b
               join edge e on e.superior_id = b.organisation_id
               where b.level < $2
           )
           select distinct b.organisation_id as "organisation_id!"
           from below b
           where access.covers(b.organisation_id)
           order by 1
           limit $3"#,
        organisation_id,
        levels,
        most + 1,
    )
    .fetch_all(connection)
    .await?;
    let found = i64::try_from(heads.len()).unwrap_or(i64::MAX);
    if found > most {
        let columns = found.saturating_mul(columns);
        return Err(Refused::AuditTooLarge { columns, limit: COLUMNS_MAX }.into());
    }
    Ok(heads)
}

/// The first days of the months of a period.
pub fn months(from_on: Date, until_on: Date) -> Vec<Date> {
    let mut months = Vec::new();
    let mut month = from_on;
    while month < until_on {
        months.push(month);
        let Some(next) = next_month(month) else { break };
        month = next;
    }
    months
}

/// The first day of the month of a day.
pub fn month_of(day: Date) -> Date {
    day.replace_day(1).unwrap_or(day)
}

/// The first day of the month after the one of a day; none after the last that there is.
pub fn next_month(day: Date) -> Option<Date> {
    let (year, month) = match day.month() {
        time::Month::December => (day.year() + 1, time::Month::January),
        month => (day.year(), month.next()),
    };
    Date::from_calendar_date(year, month, 1).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn months_begin_with_their_first_days() {
        let found = months(date!(2020 - 11 - 01), date!(2021 - 03 - 01));
        let expected = [
            date!(2020 - 11 - 01),
            date!(2020 - 12 - 01),
            date!(2021 - 01 - 01),
            date!(2021 - 02 - 01),
        ];
        assert_eq!(found, expected);
        assert_eq!(month_of(date!(2020 - 02 - 29)), date!(2020 - 02 - 01));
        assert_eq!(next_month(date!(2020 - 12 - 31)), Some(date!(2021 - 01 - 01)));
        assert_eq!(next_month(date!(9999 - 12 - 31)), None);
    }
}
