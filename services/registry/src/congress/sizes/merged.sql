-- How many seats the bodies of the organisation $1 and of those that merged into it had
-- together, each on its last day before the first of these mergers, or its end: what merged
-- between the congress before and $2. Nothing comes back where nothing merged.
with merged as (
    select ending.organisation_id, ending.ended_on
    from organisation_ending ending
    where ending.principal_successor_id = $1 and upper_inf(ending.recorded)
      and ending.kind in ('MERGED', 'CONSOLIDATED')
      and ending.ended_on <= $2::date
      and ending.ended_on > coalesce(
          (select max(held_on) from congress where organisation_id = $1 and held_on < $2::date),
          '-infinity')
), before as (
    select organisation_id, ended_on - 1 as last_day from merged
    union all
    select $1, min(ended_on) - 1 from merged having count(*) > 0
)
select office.body as "body!", count(*) as "seats!"
from before
join office on office.organisation_id = before.organisation_id
           and office.valid @> before.last_day and upper_inf(office.recorded)
where access.covers($1)
group by office.body
