-- Makes a table of dated rules say what stands in the temporary table reference_wanted, in its
-- columns p_columns: rows that say something else end, and are kept as former ones of the version
-- p_version; what is new is added. Where both say the same, nothing is done.
create or replace function apply_rules(p_relation regclass, p_columns text[], p_version uuid)
    returns table (added bigint, ended bigint)
    language plpgsql
as $$
declare
    own text := (select string_agg(quote_ident(name), ', ' order by place)
                 from unnest(p_columns) with ordinality as named (name, place));
begin
    execute format(
        'with gone as (
             delete from %1$s known
             where row(%2$s)::text not in (select row(%2$s)::text from reference_wanted)
             returning to_jsonb(known) as former
         )
         insert into reference_former (relation, former, version_id)
         select %3$L, former, $1 from gone',
        p_relation, own, p_relation::text)
        using p_version;
    get diagnostics ended = row_count;
    execute format(
        'insert into %1$s (%2$s)
         select %2$s from reference_wanted
         where row(%2$s)::text not in (select row(%2$s)::text from %1$s)',
        p_relation, own);
    get diagnostics added = row_count;
    return next;
end;
$$;
