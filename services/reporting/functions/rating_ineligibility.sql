-- Why an organisation is not rated for what ends on a day; null where it is. It is a union that exists on
-- that day and is not suspended, and has operated by the end of that day for so many months, or for
-- fewer since it came of a split or a merger (HD 1294/HD-TLĐ). A union that took others over goes on.
--
-- Statements ask it of each of many unions: its plans are kept from call to call.
create or replace function rating_ineligibility(p_unit uuid, p_through date, p_months integer,
                                                p_succession_months integer) returns text
    language plpgsql stable
as $$
declare
    o organisation%rowtype;
begin
    select * into o from organisation where organisation_id = p_unit;
    if o.never_existed or o.founded_on > p_through then
        return 'NO_UNION';
    elsif o.ended_on <= p_through then
        return 'ENDED';
    elsif not coalesce((select t.grassroots from organisation_type t
                        where t.organisation_id = p_unit and t.valid @> p_through),
                       o.grassroots) then
        return 'NO_UNION';
    elsif exists (select from suspension s where s.organisation_id = p_unit and s.valid @> p_through) then
        return 'SUSPENDED';
    elsif o.founded_on <= (p_through + 1 - make_interval(months => p_months))::date then
        return null;
    elsif o.founded_on > (p_through + 1 - make_interval(months => p_succession_months))::date then
        return 'TOO_YOUNG';
    elsif exists (select from organisation former
                  where former.heir_id = p_unit and former.ended_on = o.founded_on
                    and former.end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED')
                    and not former.never_existed)
       or exists (select from succession_share s
                  join organisation former on former.organisation_id = s.predecessor_id
                  where s.successor_id = p_unit and s.on_date = o.founded_on
                    and former.ended_on = s.on_date
                    and former.end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED')
                    and not former.never_existed)
       or exists (select from succession_share s
                  join change_seen seen on seen.change_id = s.change_id
                  where s.successor_id = p_unit and s.on_date = o.founded_on and s.split_off
                    and not exists (select from act_undone undone where undone.act_id = seen.act_id)) then
        return null;
    end if;
    return 'TOO_YOUNG';
end;
$$;
