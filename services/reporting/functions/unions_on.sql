-- The unions that exist at the end of a day, in the lines of a figure (see `piece`). Whatever is
-- counted of the unions of a day, and whatever it is counted against, is a join with this.
create or replace function unions_on(p_head uuid, p_as_of date, p_by text, p_sectors text[], p_groups text[],
                          p_group text, p_direct boolean, p_on date, p_without_suspended boolean)
    returns table (unit_id uuid, line text, founded_on date)
    language sql stable
begin atomic
    select p.unit_id, p.line, o.founded_on
    from piece(p_head, p_as_of, p_by, p_sectors, p_groups, p_group, p_direct) p
    join organisation o on o.organisation_id = p.unit_id
    left join organisation_type t on t.organisation_id = o.organisation_id and t.valid @> p_on
    where p.valid @> p_on
      and coalesce(t.grassroots, o.grassroots)
      and not o.never_existed
      and o.founded_on <= p_on and (o.ended_on is null or o.ended_on > p_on)
      and not (p_without_suspended and exists (select from suspension s
                                               where s.organisation_id = p.unit_id and s.valid @> p_on));
end;
