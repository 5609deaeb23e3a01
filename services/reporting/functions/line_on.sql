-- A unit on a day and all above it: what has ended goes on in its heir, or else in its last
-- superior.
create or replace function line_on(p_unit uuid, p_on date) returns setof uuid
    language sql stable rows 8
begin atomic
    with recursive line (organisation_id, depth) as (
        select p_unit, 0
        union all
        select next.organisation_id, line.depth + 1
        from line
        cross join lateral (
            select case when known.never_existed then known.founded_under_id
                        when known.ended_on <= p_on
                        then coalesce(known.heir_id, known.last_superior_id)
                        else (select edge.superior_id from edge
                              where edge.organisation_id = known.organisation_id
                                and edge.valid @> p_on) end as organisation_id
            from organisation known
            where known.organisation_id = line.organisation_id
        ) next
        where next.organisation_id is not null and line.depth < 64
    )
    select organisation_id from line;
end;
