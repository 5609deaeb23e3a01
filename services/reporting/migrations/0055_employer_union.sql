-- Whether one of some unions lives on a day, or, in the place of one that has ended, its
-- principal successor, or that one's. Registry asks the same of the unions of an employer; what is
-- known never to have existed is nobody's union.
create function one_lives(p_unions uuid[], p_on date) returns boolean
    language sql stable
begin atomic
    with recursive gathers (union_id) as (
        select named.union_id from unnest(p_unions) as named (union_id)
        union
        select o.heir_id
        from gathers
        join organisation o on o.organisation_id = gathers.union_id
        where o.heir_id is not null and o.ended_on <= p_on
    )
    select exists (select
                   from gathers
                   join organisation o on o.organisation_id = gathers.union_id
                   where not o.never_existed
                     and o.founded_on <= p_on and (o.ended_on is null or o.ended_on > p_on));
end;

-- What is known of employers on a day: the last change by then that names each.
create function employers_on(p_on date)
    returns table (employer_id uuid, surveyor_id uuid, workforce integer, change_id uuid, has_union boolean)
    language sql stable
begin atomic
    select e.employer_id, e.surveyor_id, e.workforce, e.change_id, one_lives(e.union_ids, p_on)
    from employer_survey e
    where e.surveyed_on <= p_on
      and not exists (select from employer_survey later
                      where later.employer_id = e.employer_id
                        and later.surveyed_on > e.surveyed_on and later.surveyed_on <= p_on);
end;
