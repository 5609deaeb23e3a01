-- The groups of a unit by the grouping that p_sectors and p_groups spell out, each with its days; the
-- empty one where it has no sector, or no industry is stated. A grouping of industries has a `~`
-- before each of them. What no group of the grouping names is in the group KHAC.
create or replace function groups_of(p_unit uuid, p_sectors text[], p_groups text[])
    returns table (unit_group text, valid daterange)
    language sql stable
begin atomic
    select coalesce(g.sector_group, 'KHAC'), os.valid
    from organisation_sector os
    left join unnest(p_sectors, p_groups) as g (sector, sector_group) on g.sector = os.sector
    where os.organisation_id = p_unit and coalesce(p_sectors[1], '') not like '~%'
    union all
    select '', daterange(null, null)
    where coalesce(p_sectors[1], '') not like '~%'
      and not exists (select from organisation_sector os where os.organisation_id = p_unit)
    union all
    select case when i.industry = '' then '' else coalesce(g.sector_group, 'KHAC') end, i.valid
    from industries_of(p_unit) i
    left join unnest(p_sectors, p_groups) as g (sector, sector_group) on g.sector = '~' || i.industry
    where p_sectors[1] like '~%';
end;
