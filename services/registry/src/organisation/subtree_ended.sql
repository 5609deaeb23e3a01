-- A page of those that had ended by $2, as known at $3 (null for now), and are found below $1: from
-- every superior to whoever stood under it when it ended, and from every heir to whom it continues.
-- In the order of the codes that they bore last, behind the code $5 of $6; $7 rows at most. $4 says
-- that the caller's scope is the whole country. What else is asked: the type $8, the sector or group
-- $9, the statuses $10, founded from $11 until $12, ended from $13 until $14,
-- the industry $15.
with recursive below (organisation_id) as (
    select $1::uuid
    union
    select found.organisation_id
    from below
    cross join lateral (
        select edge.organisation_id
        from organisation_parent edge
        where edge.superior_id = below.organisation_id and edge.valid @> $2::date
          and edge.recorded @> coalesce($3::timestamptz, 'infinity')
        union all
        select edge.organisation_id
        from organisation_parent edge
        join organisation_ending ending
          on ending.organisation_id = edge.organisation_id and ending.ended_on = upper(edge.valid)
        where edge.superior_id = below.organisation_id and not upper_inf(edge.valid)
          and upper(edge.valid) <= $2::date
          and edge.recorded @> coalesce($3::timestamptz, 'infinity')
          and ending.recorded @> coalesce($3::timestamptz, 'infinity')
        union all
        select ending.organisation_id
        from organisation_ending ending
        where ending.principal_successor_id = below.organisation_id
          and ending.ended_on <= $2::date
          and ending.recorded @> coalesce($3::timestamptz, 'infinity')
    ) found
)
select listed.organisation_id as "organisation_id!"
from (
    select ending.organisation_id,
           (select code.code from organisation_code code
            where code.organisation_id = ending.organisation_id
              and code.recorded @> coalesce($3::timestamptz, 'infinity')
              and lower(code.valid) < ending.ended_on
            order by lower(code.valid) desc
            limit 1) as code
    from below
    join organisation_ending ending on ending.organisation_id = below.organisation_id
    where ending.ended_on <= $2::date
      and ending.recorded @> coalesce($3::timestamptz, 'infinity')
) listed
where ($5::text is null
       or (listed.code collate "C", listed.organisation_id) > ($5 collate "C", $6::uuid))
  and exists (select from fitting(listed.organisation_id, $2::date,
                                  coalesce($3::timestamptz, 'infinity'), $8::text, $9::text,
                                  $10::text[], $11::date, $12::date, $13::date, $14::date))
  and ($15::text is null
       or in_industry(listed.organisation_id, $2::date, coalesce($3::timestamptz, 'infinity'), $15))
  and ($4::boolean or access.covers(listed.organisation_id))
order by listed.code collate "C", listed.organisation_id
limit $7
