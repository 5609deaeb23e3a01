-- The status of $1 on the days $2 is $3. Recorded at $4 by the act $5. What is known so already
-- stays, and so does what is known of the other days.
with replaced as (
    update organisation_status known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded)
      and known.valid && $2::daterange and known.status <> $3::text
    returning known.*
), written as (
    insert into organisation_status
        (organisation_id, status, valid, recorded, act_id)
    select organisation_id, piece.status, piece.valid, tstzrange($4, null), $5
    from replaced
    cross join lateral (values
        ($3::text, replaced.valid * $2::daterange),
        (replaced.status, replaced.valid * daterange(null, lower($2::daterange))),
        (replaced.status, case when upper_inf($2::daterange) then 'empty'
                          else replaced.valid * daterange(upper($2::daterange), null) end)
    ) as piece (status, valid)
    where not isempty(piece.valid)
)
select count(*) as "replaced!" from replaced
