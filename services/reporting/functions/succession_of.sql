-- How an organisation came to be continued by others by a day: a row for each who has a part of it,
-- and one without a successor where it ended and nobody is known to. By stated shares; one heir has
-- the whole where none were. A division of which no shares were stated has no row of a successor:
-- registry writes it as the whole of the principal.
create or replace function succession_of(p_organisation uuid, p_on date)
    returns table (change_id uuid, kind text, on_date date, line integer, successor_id uuid, share integer, whole integer)
    language sql stable rows 4
begin atomic
    select o.ending_change_id, o.end_kind, o.ended_on, s.line, s.successor_id, s.share, s.whole
    from organisation o
    join succession_share s on s.change_id = o.ending_change_id and s.predecessor_id = o.organisation_id
    where o.organisation_id = p_organisation and o.ended_on <= p_on
      and not (o.end_kind = 'DIVIDED' and s.share = s.whole)
    union all
    select o.ending_change_id, o.end_kind, o.ended_on, 0,
           case when o.end_kind <> 'DIVIDED' then o.heir_id end, 1, 1
    from organisation o
    where o.organisation_id = p_organisation and o.ended_on <= p_on
      and not exists (select from succession_share s
                      where s.change_id = o.ending_change_id and s.predecessor_id = o.organisation_id
                        and not (o.end_kind = 'DIVIDED' and s.share = s.whole))
    union all
    select s.change_id, 'SPLIT_OFF', s.on_date, s.line, s.successor_id, s.share, s.whole
    from succession_share s
    join change_seen seen on seen.change_id = s.change_id
    join organisation part on part.organisation_id = s.successor_id and not part.never_existed
    where s.predecessor_id = p_organisation and s.split_off and s.on_date <= p_on
      and not exists (select from act_undone undone where undone.act_id = seen.act_id);
end;
