-- Where everything lies under a head: as then, or as of a day. Of an organisation in the
-- caller's scope; for others, nothing. All figures are joins with it; there is no other idea
-- of a subtree.
create or replace function place(p_head uuid, p_as_of date)
    returns table (unit_id uuid, branch_id uuid, line text, depth integer, valid daterange)
    language sql stable
begin atomic
    select t.unit_id, t.branch_id, t.line, t.depth, t.valid
    from place_as_then(p_head) t
    where p_as_of is null and access.covers(p_head)
    union all
    select d.unit_id, d.branch_id, d.line, d.depth, d.valid
    from place_as_of(p_head, p_as_of) d
    where p_as_of is not null and access.covers(p_head);
end;
