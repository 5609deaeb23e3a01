//! Indicators that filter what others count whole, counted again from membership's rows: by their
//! numbers and words, and not by those of reporting.

use sqlx::PgPool;
use time::Date;
use uuid::Uuid;

/// They. Each counts what [`counted`] tells under its code.
pub const INDICATORS: [&str; 31] = [
    "HONOURED_GRASSROOTS",
    "HONOURED_CREATIVE_LABOUR",
    "HONOURED_EXCELLENT_MEMBER",
    "HONOURED_TWO_JOBS",
    "HONOURED_CERTIFICATES",
    "HONOURED_LETTERS",
    "HONOURED_CREATIVE_CERTIFICATES",
    "HONOURED_MEDALS",
    "WELFARE_AID",
    "WELFARE_LOANS",
    "WELFARE_TET",
    "WELFARE_SICKNESS",
    "WELFARE_ACCIDENT",
    "WELFARE_DISASTER",
    "WELFARE_HOUSING",
    "WELFARE_WORKERS_MONTH",
    "WELFARE_SOCIAL_VND",
    "WELFARE_EMPLOYER_VND",
    "WELFARE_STATE_VND",
    "WELFARE_DONORS_VND",
    "DISPUTE_INDIVIDUAL",
    "DISPUTE_COLLECTIVE",
    "DISPUTE_STRIKE_PEOPLE",
    "DISPUTE_RESOLVED",
    "MBR_RETIRED",
    "MBR_LEFT_EMPLOYMENT",
    "MBR_RESIGNED",
    "MBR_EXPELLED",
    "MBR_UNION_ENDED",
    "CARDS_ISSUED",
    "CARDS_REPLACED",
];

/// What is summed of an indicator; none where it is none of these.
pub fn counted_as(indicator: &str) -> Option<&'static [&'static str]> {
    let found = INDICATORS.iter().find(|known| **known == indicator);
    found.map(std::slice::from_ref)
}

/// The unit, the day, by which indicator it is counted, and how often or how much.
pub type Counted = (Uuid, Date, &'static str, i64);

/// What is known now.
///
/// # Panics
/// When the rows are not as this reads them.
pub async fn counted(membership: &PgPool) -> Vec<Counted> {
    let rows: Vec<(Uuid, Date, String, i64)> = sqlx::query_as(
        "select organisation_id, on_day, what, amount
         from (select organisation_id, honoured_on,
                      case kind when 'CREATIVE_LABOUR' then 'HONOURED_CREATIVE_LABOUR'
                                when 'EXCELLENT_MEMBER' then 'HONOURED_EXCELLENT_MEMBER'
                                when 'TWO_JOBS_WELL' then 'HONOURED_TWO_JOBS'
                                when 'CERTIFICATE_OF_MERIT' then 'HONOURED_CERTIFICATES'
                                when 'LETTER_OF_MERIT' then 'HONOURED_LETTERS'
                                when 'CREATIVE_LABOUR_CERTIFICATE' then 'HONOURED_CREATIVE_CERTIFICATES'
                                when 'COMMEMORATIVE_MEDAL' then 'HONOURED_MEDALS' end, 1::bigint
               from honour
               union all
               select organisation_id, honoured_on, 'HONOURED_GRASSROOTS', 1 from honour
               where level = 'GRASSROOTS'
               union all
               select organisation_id, given_on,
                      case kind when 2 then 'WELFARE_AID' when 3 then 'WELFARE_LOANS' end, 1
               from welfare
               union all
               select organisation_id, given_on,
                      case occasion when 'TET' then 'WELFARE_TET'
                                    when 'SICKNESS' then 'WELFARE_SICKNESS'
                                    when 'ACCIDENT' then 'WELFARE_ACCIDENT'
                                    when 'DISASTER' then 'WELFARE_DISASTER'
                                    when 'HOUSING' then 'WELFARE_HOUSING'
                                    when 'WORKERS_MONTH' then 'WELFARE_WORKERS_MONTH' end, 1
               from welfare
               union all
               select organisation_id, given_on,
                      case source when 'SOCIAL_FUND' then 'WELFARE_SOCIAL_VND'
                                  when 'EMPLOYER' then 'WELFARE_EMPLOYER_VND'
                                  when 'STATE_BUDGET' then 'WELFARE_STATE_VND'
                                  when 'DONORS' then 'WELFARE_DONORS_VND' end, amount_vnd
               from welfare
               union all
               select organisation_id, opened_on,
                      case kind when 1 then 'DISPUTE_INDIVIDUAL'
                                when 2 then 'DISPUTE_COLLECTIVE' end, 1
               from dispute_case
               union all
               select organisation_id, opened_on, 'DISPUTE_STRIKE_PEOPLE', people_concerned
               from dispute_case where kind = 3
               union all
               select organisation_id, concluded_on, 'DISPUTE_RESOLVED', 1 from dispute_case
               where outcome between 1 and 4
               union all
               select from_organisation_id, effective_on,
                      case exit_reason when 1 then 'MBR_RESIGNED' when 2 then 'MBR_EXPELLED'
                                       when 4 then 'MBR_RETIRED' when 5 then 'MBR_LEFT_EMPLOYMENT'
                                       when 7 then 'MBR_UNION_ENDED' end,
                      (select count(*) from membership where ended_by = movement_id)
               from movement where exit_reason is not null
               union all
               select organisation_id, issued_on, 'CARDS_ISSUED', 1 from card
               union all
               select organisation_id, issued_on, 'CARDS_REPLACED', 1 from card
               where replaces_id is not null
         ) told (organisation_id, on_day, what, amount)
         where what is not null",
    )
    .fetch_all(membership)
    .await
    .expect("read");
    let code = |what: &str| {
        *INDICATORS.iter().find(|known| **known == what).expect("an indicator of ours")
    };
    rows.into_iter().map(|(unit, on, what, amount)| (unit, on, code(&what), amount)).collect()
}
