-- Organisations as they stood on $2, as known at $3 (null for now), in the order of $1.
-- One that had ended by then stands as it stood last, one not yet founded as it will first;
-- one that was never founded, as known then, is left out.
select founding.organisation_id as "organisation_id!",
       founding.founded_on as "founded_on!",
       code.code as "code!",
       name.name as "name!",
       name.short_name as "short_name!",
       type.type as "type_code!",
       sector.sector as "sector?",
       industry.industry as "industry?",
       parent.superior_id as "superior_id?",
       status.status as "status!",
       status.status_from as "status_from!",
       ending.ended_on as "ended_on?",
       ending.kind as "end_kind?",
       ending.principal_successor_id as "principal_successor_id?"
from unnest($1::uuid[]) with ordinality as asked (organisation_id, n)
join organisation_founding founding
  on founding.organisation_id = asked.organisation_id
 and founding.recorded @> coalesce($3::timestamptz, 'infinity')
cross join lateral (
    select greatest($2::date, founding.founded_on) as on_date,
           coalesce($3::timestamptz, 'infinity') as known_at
) at
join lateral (
    select known.code from organisation_code known
    where known.organisation_id = founding.organisation_id
      and known.recorded @> at.known_at and lower(known.valid) <= at.on_date
    order by lower(known.valid) desc limit 1
) code on true
join lateral (
    select known.name, known.short_name from organisation_name known
    where known.organisation_id = founding.organisation_id
      and known.recorded @> at.known_at and lower(known.valid) <= at.on_date
    order by lower(known.valid) desc limit 1
) name on true
join lateral (
    select known.type from organisation_type known
    where known.organisation_id = founding.organisation_id
      and known.recorded @> at.known_at and lower(known.valid) <= at.on_date
    order by lower(known.valid) desc limit 1
) type on true
left join lateral (
    select known.sector from organisation_sector known
    where known.organisation_id = founding.organisation_id
      and known.recorded @> at.known_at and known.valid @> at.on_date
) sector on true
left join lateral (
    select known.industry from organisation_industry known
    where known.organisation_id = founding.organisation_id
      and known.recorded @> at.known_at and known.valid @> at.on_date
) industry on true
left join lateral (
    select known.superior_id from organisation_parent known
    where known.organisation_id = founding.organisation_id
      and known.recorded @> at.known_at and lower(known.valid) <= at.on_date
    order by lower(known.valid) desc limit 1
) parent on true
join lateral (
    select known.status, lower(known.valid) as status_from from organisation_status known
    where known.organisation_id = founding.organisation_id
      and known.recorded @> at.known_at and lower(known.valid) <= at.on_date
    order by lower(known.valid) desc limit 1
) status on true
left join organisation_ending ending
    on ending.organisation_id = founding.organisation_id
   and ending.recorded @> at.known_at
where $4 or access.covers(founding.organisation_id)
order by asked.n
