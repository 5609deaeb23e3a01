-- The industry of $1 on the days $2 is $3, also where none was known. Recorded at $4 by the act $5.
-- What is known so already stays, and so does what is known of the other days.
with replaced as (
    update organisation_industry known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded)
      and known.valid && $2::daterange and known.industry <> $3::text
    returning known.*
), unstated as (
    select $1::uuid as organisation_id, days.valid
    from unnest(datemultirange($2::daterange)
                - coalesce((select range_agg(known.valid) from organisation_industry known
                            where known.organisation_id = $1 and upper_inf(known.recorded)),
                           '{}'::datemultirange)) as days (valid)
), written as (
    insert into organisation_industry
        (organisation_id, industry, valid, recorded, act_id)
    select piece.organisation_id, piece.industry, piece.valid, tstzrange($4, null), $5
    from (select replaced.organisation_id, part.industry, part.valid
          from replaced
          cross join lateral (values
              ($3::text, replaced.valid * $2::daterange),
              (replaced.industry, replaced.valid * daterange(null, lower($2::daterange))),
              (replaced.industry, case when upper_inf($2::daterange) then 'empty'
                                  else replaced.valid * daterange(upper($2::daterange), null) end)
          ) as part (industry, valid)
          union all
          select unstated.organisation_id, $3::text, unstated.valid from unstated) as piece
    where not isempty(piece.valid)
)
select (select count(*) from replaced) + (select count(*) from unstated) as "replaced!"
