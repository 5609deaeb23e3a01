-- $1 ended on $2, not on $3: what the end closed then, closes now, and who continues it does so
-- from then on: what is known since the end to last until it does, was cut by it. Its last superior
-- is $6, or stays where that is null. Recorded at $4 by the act $5. Whoever calls has seen that
-- nothing begins on $2 or after it.
with first_known as materialized (
    select min(lower(known.recorded)) as known_at
    from organisation_ending known
    where known.organisation_id = $1
      and not exists (select from act_undone undone where undone.act_id = known.act_id)
), ended as (
    update organisation_ending known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded)
    returning known.*
), end_written as (
    insert into organisation_ending
        (organisation_id, ended_on, kind, principal_successor_id, last_superior_id,
         members_outcome, rehome_to_id, decision_id, recorded, act_id)
    select organisation_id, $2, kind, principal_successor_id,
           coalesce($6::uuid, last_superior_id), members_outcome, rehome_to_id, decision_id,
           tstzrange($4, null), $5
    from ended
), placed as (
    update organisation_parent known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded) and upper(known.valid) = $3
      and $2 <> $3 and lower(known.valid) < $2
    returning known.*
), place_written as (
    insert into organisation_parent
        (organisation_id, superior_id, valid, recorded, has_subordinates, act_id)
    select organisation_id, superior_id, daterange(lower(valid), $2), tstzrange($4, null),
           has_subordinates, $5
    from placed
), borne as (
    update organisation_code known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded) and upper(known.valid) = $3
      and $2 <> $3 and lower(known.valid) < $2
    returning known.*
), code_written as (
    insert into organisation_code (organisation_id, code, valid, recorded, act_id)
    select organisation_id, code, daterange(lower(valid), $2), tstzrange($4, null), $5
    from borne
), stood as (
    update organisation_status known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded) and $2 <> $3
      and (upper(known.valid) = $3 and lower(known.valid) < $2 or known.status = 'ENDED')
    returning known.*
), status_written as (
    insert into organisation_status (organisation_id, status, valid, recorded, act_id)
    select organisation_id, status,
           case status when 'ENDED' then daterange($2, null) else daterange(lower(valid), $2) end,
           tstzrange($4, null), $5
    from stood
    -- Sorted, so that both rows are closed before either is written anew.
    order by lower(valid)
), continued as (
    update organisation_succession known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.predecessor_id = $1 and upper_inf(known.recorded) and $2 <> $3
      and known.kind <> 'SPLIT_OFF'
    returning known.*
), succession_written as (
    insert into organisation_succession
        (predecessor_id, successor_id, kind, succeeded_on, share, share_whole, principal,
         recorded, act_id)
    select predecessor_id, successor_id, kind, $2, share, share_whole, principal,
           tstzrange($4, null), $5
    from continued
), held as (
    update organisation_territory known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.organisation_id = $1 and upper_inf(known.recorded) and $2 <> $3
      and (upper(known.valid) = $3 and lower(known.recorded) >= (select known_at from first_known)
           or upper(known.valid) > $2)
    returning known.*
), territory_written as (
    insert into organisation_territory
        (organisation_id, commune, valid, exclusive_type, recorded, act_id)
    select organisation_id, commune, daterange(lower(valid), $2), exclusive_type,
           tstzrange($4, null), $5
    from held where lower(valid) < $2
), directed as (
    update organisation_director known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where $1 in (known.organisation_id, known.director_id) and upper_inf(known.recorded)
      and $2 <> $3
      and (upper(known.valid) = $3 and lower(known.recorded) >= (select known_at from first_known)
           or upper(known.valid) > $2)
    returning known.organisation_id, known.director_id, known.valid,
              -- Nor does joint direction outlive the other one.
              least($2, (select other.ended_on from organisation_ending other
                         where other.organisation_id <> $1 and upper_inf(other.recorded)
                           and other.organisation_id in (known.organisation_id,
                                                         known.director_id))) as until_on
), direction_written as (
    insert into organisation_director (organisation_id, director_id, valid, recorded, act_id)
    select organisation_id, director_id, daterange(lower(valid), until_on), tstzrange($4, null), $5
    from directed where lower(valid) < until_on
), sat as (
    update office held
    set recorded = tstzrange(lower(held.recorded), greatest(lower(held.recorded), $4)),
        replaced_by = $5
    where held.organisation_id = $1 and upper_inf(held.recorded) and $2 <> $3
      and upper(held.valid) = $3 and lower(held.recorded) >= (select known_at from first_known)
      and lower(held.valid) < $2
    returning held.*
), seat_written as (
    insert into office
        (office_id, body_id, organisation_id, body, position, person_id, term_until, sole, valid,
         recorded, act_id)
    select office_id, body_id, organisation_id, body, position, person_id, term_until, sole,
           daterange(lower(valid), $2), tstzrange($4, null), $5
    from sat
), followed as (
    update unit_assignment known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $4)),
        replaced_by = $5
    where known.unit_id = $1 and upper_inf(known.recorded) and $2 <> $3
      and upper(known.valid) = $3 and lower(known.recorded) >= (select known_at from first_known)
      and lower(known.valid) < $2
    returning known.*
), assignment_written as (
    insert into unit_assignment
        (assignment_id, body_id, office_id, person_id, unit_id, valid, recorded, act_id)
    select assignment_id, body_id, office_id, person_id, unit_id, daterange(lower(valid), $2),
           tstzrange($4, null), $5
    from followed
)
select count(*) as "ended!" from ended
