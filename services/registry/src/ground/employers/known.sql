-- What is known now of the employers $1 on each day from $2 on on which it changes, or was ever
-- known to, since that was told: their last survey by then, and the unions that they have from
-- that day on.
select named.employer_id as "employer_id!", turn.on_date as "on_date!",
       survey.name as "name!", survey.surveyor_id as "surveyor_id!", survey.workforce as "workforce!",
       survey.workforce_female as "workforce_female!",
       array(select has.union_id from employer_union has
             where has.employer_id = named.employer_id and upper_inf(has.recorded)
               and has.valid @> turn.on_date
             order by has.union_id) as "union_ids!"
from unnest($1::uuid[], $2::date[]) as named (employer_id, from_on)
cross join lateral (
    select on_date
    from (select surveyed_on as on_date from employer_survey
          where employer_id = named.employer_id
          union
          select lower(valid) from employer_union
          where employer_id = named.employer_id
          union
          select upper(valid) from employer_union
          where employer_id = named.employer_id) each
    where on_date >= named.from_on
) turn
join lateral (
    select name, surveyor_id, workforce, workforce_female
    from employer_survey
    where employer_id = named.employer_id and surveyed_on <= turn.on_date
    order by surveyed_on desc
    limit 1
) survey on true
order by named.employer_id, turn.on_date
