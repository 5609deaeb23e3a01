-- Everything that stood below an organisation on a date, and the organisation itself, as
-- believed at an instant ('infinity' for now). The recursion follows the skeleton only.
create or replace function subtree(p_root uuid, p_on date, p_known timestamptz) returns setof uuid
    language sql stable rows 1000
begin atomic
    with recursive skeleton (organisation_id) as (
        select p_root
        union all
        select edge.organisation_id
        from skeleton
        join organisation_parent edge on edge.superior_id = skeleton.organisation_id
        where edge.has_subordinates and edge.valid @> p_on and edge.recorded @> p_known
    )
    select organisation_id from skeleton
    union all
    select leaf.organisation_id
    from skeleton
    join organisation_parent leaf on leaf.superior_id = skeleton.organisation_id
    where not leaf.has_subordinates and leaf.valid @> p_on and leaf.recorded @> p_known;
end;
