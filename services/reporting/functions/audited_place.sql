-- Where an audit counts units: under which of some heads that the caller may see, as then or as of a
-- day, and on which days of its facts.
--
-- It is asked of a country: what is joined with it is to be hashed, and not to be gone through once for
-- each row. Whoever plans a statement cannot know how many there are, and is told; a setting of its own
-- keeps the function from being drawn into the statement, where nobody could be told.
create or replace function audited_place(p_heads uuid[], p_as_of date)
    returns table (head_id uuid, unit_id uuid, valid daterange)
    language sql stable rows 200000 set jit = off
begin atomic
    with covered as materialized (
        select array_agg(head.unit_id) as heads
        from unnest(p_heads) as head (unit_id)
        where access.covers(head.unit_id)
    )
    select t.head_id, t.unit_id, t.valid
    from covered c
    cross join lateral audited_then(c.heads) t
    where p_as_of is null
    union all
    select d.head_id, d.unit_id, d.valid
    from covered c
    cross join lateral audited_as_of(c.heads, p_as_of) d
    where p_as_of is not null;
end;
