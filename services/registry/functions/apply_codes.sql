-- Makes a list of codes say what stands in the temporary table reference_wanted, in its columns
-- p_columns, of which p_keys are the code: what is said otherwise of a code is kept as it was until
-- p_on, as a former row of the version p_version. Codes that are not there any more stay: what was
-- recorded names them.
create or replace function apply_codes(p_relation regclass, p_columns text[], p_keys text[], p_on date,
                                       p_version uuid)
    returns table (added bigint, changed bigint)
    language plpgsql
as $$
declare
    own text := (select string_agg(quote_ident(name), ', ' order by place)
                 from unnest(p_columns) with ordinality as named (name, place));
    known text := (select string_agg(format('known.%I', name), ', ' order by place)
                   from unnest(p_columns) with ordinality as named (name, place));
    wanted text := (select string_agg(format('wanted.%I', name), ', ' order by place)
                    from unnest(p_columns) with ordinality as named (name, place));
    excluded text := (select string_agg(format('excluded.%I', name), ', ' order by place)
                      from unnest(p_columns) with ordinality as named (name, place));
    keys text := (select string_agg(quote_ident(name), ', ') from unnest(p_keys) as named (name));
begin
    execute format(
        'insert into reference_former (relation, former, until_on, version_id)
         select %4$L, to_jsonb(known), $1, $2
         from %1$s known
         join reference_wanted wanted using (%5$s)
         where row(%2$s)::text <> row(%3$s)::text',
        p_relation, known, wanted, p_relation::text, keys)
        using p_on, p_version;
    get diagnostics changed = row_count;
    -- Two stages may change places, and no two may have one for a moment.
    if p_relation = 'campaign_stage_rule'::regclass then
        update campaign_stage_rule stage
        set stage_order = -stage.stage_order
        from reference_wanted wanted
        where wanted.stage = stage.stage and wanted.stage_order <> stage.stage_order;
    end if;
    execute format(
        'insert into %1$s as known (%2$s)
         select %2$s from reference_wanted
         on conflict (%3$s) do update set (%2$s) = row(%5$s)
         where row(%4$s)::text <> row(%5$s)::text',
        p_relation, own, keys, known, excluded);
    get diagnostics added = row_count;
    added := added - changed;
    return next;
end;
$$;
