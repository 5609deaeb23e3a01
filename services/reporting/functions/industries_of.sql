-- The industries of a unit, each with its days; on the days on which none is stated, the empty one.
create or replace function industries_of(p_unit uuid) returns table (industry text, valid daterange)
    language sql stable
begin atomic
    select oi.industry, oi.valid from organisation_industry oi where oi.organisation_id = p_unit
    union all
    select '', unstated.valid
    from unnest('{(,)}'::datemultirange
                - coalesce((select range_agg(oi.valid) from organisation_industry oi
                            where oi.organisation_id = p_unit), '{}'::datemultirange)) as unstated (valid);
end;
