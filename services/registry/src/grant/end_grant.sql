-- The grant $1 holds until the day before $2, if it would hold longer; one that ends on the
-- day on which it began was never held. Recorded at $3 by the act $4.
with replaced as (
    update role_grant known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $3)),
        replaced_by = $4
    where known.grant_id = $1 and upper_inf(known.recorded)
      and (upper_inf(known.valid) or upper(known.valid) > $2)
    returning known.*
), kept as (
    insert into role_grant
        (grant_id, issuer, subject, role, organisation_id, valid, recorded, act_id)
    select grant_id, issuer, subject, role, organisation_id, valid * daterange(null, $2),
           tstzrange($3, null), $4
    from replaced
    where not isempty(valid * daterange(null, $2))
)
select count(*) as "ended!" from replaced
