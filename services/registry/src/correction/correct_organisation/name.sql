-- The name of $1 on the days $2 is $3, the short name $4. Recorded at $5 by the act $6. What is known so already
-- stays, and so does what is known of the other days.
with replaced as (
    update organisation_name known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $5)),
        replaced_by = $6
    where known.organisation_id = $1 and upper_inf(known.recorded)
      and known.valid && $2::daterange and (known.name, known.short_name) <> ($3::text, $4::text)
    returning known.*
), written as (
    insert into organisation_name
        (organisation_id, name, short_name, valid, recorded, act_id)
    select organisation_id, piece.name, piece.short_name, piece.valid, tstzrange($5, null), $6
    from replaced
    cross join lateral (values
        ($3::text, $4::text, replaced.valid * $2::daterange),
        (replaced.name, replaced.short_name, replaced.valid * daterange(null, lower($2::daterange))),
        (replaced.name, replaced.short_name, case when upper_inf($2::daterange) then 'empty'
                          else replaced.valid * daterange(upper($2::daterange), null) end)
    ) as piece (name, short_name, valid)
    where not isempty(piece.valid)
)
select count(*) as "replaced!" from replaced
