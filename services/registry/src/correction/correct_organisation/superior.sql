-- The superior of $1 on the days $2 is $3. Recorded at $4 by the act $5. What is known so already
-- stays, and so does what is known of the other days.
with replaced as (
    update organisation_parent known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded)
      and known.valid && $2::daterange and known.superior_id <> $3::uuid
    returning known.*
), written as (
    insert into organisation_parent
        (organisation_id, superior_id, valid, recorded, act_id, has_subordinates)
    select organisation_id, piece.superior_id, piece.valid, tstzrange($4, null), $5, replaced.has_subordinates
    from replaced
    cross join lateral (values
        ($3::uuid, replaced.valid * $2::daterange),
        (replaced.superior_id, replaced.valid * daterange(null, lower($2::daterange))),
        (replaced.superior_id, case when upper_inf($2::daterange) then 'empty'
                          else replaced.valid * daterange(upper($2::daterange), null) end)
    ) as piece (superior_id, valid)
    where not isempty(piece.valid)
)
select count(*) as "replaced!" from replaced
