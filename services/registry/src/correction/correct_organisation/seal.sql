-- The seal of $1 on the days $2 is $3, its account $6 at $7. Recorded at $4 by the act $5. What is
-- known of the other days stays.
with differing as materialized (
    select $3::text as seal
    from (select coalesce(range_agg(known.valid), '{}') as days
          from organisation_seal known
          where known.organisation_id = $1 and upper_inf(known.recorded)
            and (known.seal, known.account_number, known.account_bank)
                = ($3::text, $6::text, $7::text)) known
    where not known.days @> $2::daterange
), replaced as (
    update organisation_seal known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded)
      and known.valid && $2::daterange and exists (select from differing)
    returning known.*
), written as (
    insert into organisation_seal
        (organisation_id, seal, account_number, account_bank, valid, recorded, act_id)
    select organisation_id, seal, account_number, account_bank, piece.valid,
           tstzrange($4, null), $5
    from replaced
    cross join lateral (values
        (replaced.valid * daterange(null, lower($2::daterange))),
        (case when upper_inf($2::daterange) then 'empty'
              else replaced.valid * daterange(upper($2::daterange), null) end)
    ) as piece (valid)
    where not isempty(piece.valid)
    union all
    -- After the rows that it takes the place of are closed.
    select $1, seal, $6, $7, $2, tstzrange($4, null), $5
    from differing
)
select count(*) as "replaced!" from differing
