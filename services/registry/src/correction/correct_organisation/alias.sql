-- $3 was another name of $1 on the days $2, if $6, or was not. Recorded at $4 by the act $5. What
-- is known of the other days stays.
with differing as materialized (
    select $6::boolean as holds
    from (select coalesce(range_agg(known.valid), '{}') as days
          from organisation_alias known
          where known.organisation_id = $1 and known.search_key = fold($3::text) and upper_inf(known.recorded)) known
    where case when $6::boolean then not known.days @> $2::daterange
               else known.days && $2::daterange end
), replaced as (
    update organisation_alias known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and known.search_key = fold($3::text) and upper_inf(known.recorded)
      and known.valid && $2::daterange and exists (select from differing)
    returning known.*
), written as (
    insert into organisation_alias (organisation_id, alias, valid, recorded, act_id)
    select organisation_id, alias, piece.valid, tstzrange($4, null), $5
    from replaced
    cross join lateral (values
        (replaced.valid * daterange(null, lower($2::daterange))),
        (case when upper_inf($2::daterange) then 'empty'
              else replaced.valid * daterange(upper($2::daterange), null) end)
    ) as piece (valid)
    where not isempty(piece.valid)
    union all
    -- After the rows that it takes the place of are closed.
    select $1, $3::text, $2, tstzrange($4, null), $5
    from differing where holds
)
select count(*) as "replaced!" from differing
