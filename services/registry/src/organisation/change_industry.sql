-- From $3 on, $1 works in the industry $2, until the next known change, or the end of the days for
-- which another was known. Recorded at $4 by the act $5.
with replaced as (
    update organisation_industry known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded) and known.valid @> $3::date
    returning known.industry, known.valid
), kept as (
    insert into organisation_industry (organisation_id, industry, valid, recorded, act_id)
    select $1, industry, daterange(lower(valid), $3), tstzrange($4, null), $5
    from replaced
    returning organisation_id
)
insert into organisation_industry (organisation_id, industry, valid, recorded, act_id)
select $1, $2,
       daterange($3, case when closed.rows > 0 then (select upper(valid) from replaced)
                          else (select min(lower(next.valid)) from organisation_industry next
                                where next.organisation_id = $1 and upper_inf(next.recorded)
                                  and lower(next.valid) > $3::date) end),
       tstzrange($4, null), $5
-- After what was there before is closed, if anything was.
from (select count(*) as rows from kept) as closed
