-- Has the tables counted again that are more than twice as large as when somebody last counted them. What is
-- planned for the few rows that there were reads a whole index of the many that there are, for each row asked
-- for, until autovacuum comes by. It runs as the owner of the schema, who alone may count its tables; and it
-- counts nothing again after a load that changed little.
create or replace function counted_anew() returns void
    language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    grown record;
begin
    for grown in
        select relation.oid::regclass as named
        from pg_class relation
        where relation.relkind = 'r' and relation.relpersistence = 'p'
          and relation.relowner = current_user::regrole
          -- In pages. Of a few any plan is good.
          and pg_relation_size(relation.oid) / current_setting('block_size')::bigint
              > 2 * greatest(relation.relpages, 4)
        order by relation.oid
    loop
        execute format('analyze %s', grown.named);
    end loop;
end;
$$;
