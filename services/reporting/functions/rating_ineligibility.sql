-- Why an organisation is not rated for what ends on a day; null where it is. It is a union that exists on
-- that day and is not suspended, and has operated by the end of that day for so many months, or for
-- fewer since it came of a split or a merger (HD 1294/HD-TLĐ). A union that took others over goes on.
create or replace function rating_ineligibility(p_unit uuid, p_through date, p_months integer,
                                                p_succession_months integer) returns text
    language sql stable
begin atomic
    select case
               when o.never_existed or o.founded_on > p_through then 'NO_UNION'
               when o.ended_on <= p_through then 'ENDED'
               when not coalesce((select t.grassroots from organisation_type t
                                  where t.organisation_id = o.organisation_id and t.valid @> p_through),
                                 o.grassroots) then 'NO_UNION'
               when exists (select from suspension s
                            where s.organisation_id = o.organisation_id and s.valid @> p_through) then 'SUSPENDED'
               when o.founded_on <= (p_through + 1 - make_interval(months => p_months))::date then null
               when o.founded_on > (p_through + 1 - make_interval(months => p_succession_months))::date
                   then 'TOO_YOUNG'
               when exists (select from organisation former
                            where former.heir_id = o.organisation_id and former.ended_on = o.founded_on
                              and former.end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED')
                              and not former.never_existed)
                 or exists (select from succession_share s
                            join organisation former on former.organisation_id = s.predecessor_id
                            where s.successor_id = o.organisation_id and s.on_date = o.founded_on
                              and former.ended_on = s.on_date
                              and former.end_kind in ('MERGED', 'CONSOLIDATED', 'DIVIDED')
                              and not former.never_existed)
                 or exists (select from succession_share s
                            join change_seen seen on seen.change_id = s.change_id
                            where s.successor_id = o.organisation_id and s.on_date = o.founded_on
                              and s.split_off
                              and not exists (select from act_undone undone where undone.act_id = seen.act_id))
                   then null
               else 'TOO_YOUNG' end
    from organisation o
    where o.organisation_id = p_unit;
end;
