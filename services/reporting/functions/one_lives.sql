-- Whether one of some unions lives on a day, or, in the place of one that has ended, its
-- principal successor, or that one's. Registry asks the same of the unions of an employer; what is
-- known never to have existed is nobody's union.
create or replace function one_lives(p_unions uuid[], p_on date) returns boolean
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
