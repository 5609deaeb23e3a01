//! Which unions employers have on a day, as followers are told.
//!
//! **Invariant:** a change tells of its own day; an act that changes what is known of later days
//! tells each of them anew, so that whoever keeps the last change of each day knows what registry
//! knows of every day.

use chassis::database::Acting;
use chassis::refusal::Failure;
use feeds::registry::{Employer, EmployersRecorded, Event};
use time::Date;
use uuid::Uuid;

/// Tells what is known now of employers, on every day from one on on which it changes: of each
/// employer from the day at the same place.
pub async fn tell(
    acting: &mut Acting,
    employer_ids: &[Uuid],
    froms: &[Date],
) -> Result<(), Failure> {
    let rows = sqlx::query_file!("src/ground/employers/known.sql", employer_ids, froms)
        .fetch_all(acting.db())
        .await?;
    for row in rows {
        let found = Employer {
            employer_id: row.employer_id,
            surveyor_id: row.surveyor_id,
            workforce: row.workforce,
            workforce_female: row.workforce_female,
            union_ids: row.union_ids,
        };
        publish(acting, row.surveyor_id, row.on_date, vec![found]);
    }
    Ok(())
}

/// Publishes what is known of employers from a day on, as an act of the organisation's.
pub fn publish(acting: &mut Acting, organisation_id: Uuid, on: Date, employers: Vec<Employer>) {
    let recorded = Event::EmployersRecorded(EmployersRecorded { organisation_id, employers });
    acting.publish_all(recorded.on(on, None));
}

/// Tells of the employers of whose unions the act in progress has made something known, or
/// something no longer known.
pub async fn tell_changed(acting: &mut Acting) -> Result<(), Failure> {
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    let changed = sqlx::query!(
        r#"select employer_id as "employer_id!", min(lower(valid)) as "from_on!"
           from (select employer_id, valid from employer_union where replaced_by = $1
                 union all
                 select employer_id, valid from employer_union
                 where upper_inf(recorded) and lower(recorded) = $2) changed
           group by employer_id
           order by employer_id"#,
        act_id,
        acted_at,
    )
    .fetch_all(acting.db())
    .await?;
    let (employer_ids, froms): (Vec<Uuid>, Vec<Date>) =
        changed.into_iter().map(|row| (row.employer_id, row.from_on)).unzip();
    tell(acting, &employer_ids, &froms).await
}
