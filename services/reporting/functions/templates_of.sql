-- The newest versions of templates that hold for an organisation on a day, each code once: its own, or
-- else that of the nearest above it, or else everybody's. Where the newest of an owner is a withdrawal,
-- the owner has none.
create or replace function templates_of(p_organisation uuid, p_on date, p_named text)
    returns table (template_version_id uuid, code text, depth bigint)
    language sql stable rows 20
begin atomic
    select distinct on (held.code) held.template_version_id, held.code, held.depth
    from (
        select organisation_id, depth
        from line_on(p_organisation, p_on) with ordinality as line (organisation_id, depth)
        union all
        select '00000000-0000-0000-0000-000000000000'::uuid, 1000
    ) line
    cross join lateral (
        select distinct on (t.code) t.template_version_id, t.code, line.depth, t.body is null as withdrawn
        from report_template t
        where t.owner_id = line.organisation_id and (p_named = '' or t.code = p_named)
        order by t.code, t.version desc
    ) held
    where not held.withdrawn
    order by held.code, held.depth;
end;
