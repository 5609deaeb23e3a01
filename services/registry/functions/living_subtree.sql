-- The organisations of a tree, as `subtree` answers them, without a root that does not live.
create or replace function living_subtree(p_root uuid, p_on date, p_known timestamptz) returns setof uuid
    language sql stable rows 1000
begin atomic
    select organisation_id
    from subtree(p_root, p_on, p_known) as below (organisation_id)
    where organisation_id <> p_root
       or exists (select from organisation_status status
                  where status.organisation_id = p_root and status.status <> 'ENDED'
                    and status.valid @> p_on and status.recorded @> p_known);
end;
