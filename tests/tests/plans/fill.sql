-- Fills every table with made-up rows, 20,000 in each that grows with the country, so that the
-- planner sees a register of a province's size. What a row must keep to is dropped first: these
-- rows mean nothing, and are only counted. Rows of one organisation, and acts in their order in
-- time, lie as they do in a register.
do $fill$
declare
    kept record;
    filled record;
begin
    for kept in
        select conrelid::regclass as relation, conname
        from pg_constraint join pg_namespace on pg_namespace.oid = connamespace
        where contype in ('c', 'f') and nspname in ('public', 'feed', 'act', 'access')
    loop
        execute format('alter table %s drop constraint %I', kept.relation, kept.conname);
    end loop;
    set session_replication_role = replica;
    for filled in
        select relation.oid::regclass as relation,
               string_agg(quote_ident(attname), ', ' order by attnum) as columns,
               string_agg(case
                   when attname in ('replaced_by', 'ended_at', 'closed_on', 'closed_as', 'finished_at',
                                    'undone_by', 'halted_at') and not attnotnull then 'null'
                   when attname = 'recorded' then 'tstzrange(now(), null)'
                   when typname = 'uuid' and attname = 'act_id' then 'lpad(to_hex(n), 32, ''0'')::uuid'
                   when typname = 'uuid' then format('md5(%L || n)::uuid',
                       case when attname like '%organisation_id' or attname like '%unit_id'
                                 or attname in ('union_id', 'superior_id')
                            then 'organisation' else attname end)
                   when typname = 'text' then format('%L || n', attname)
                   when typname = 'date' then 'date ''2000-01-01'' + n % 9000'
                   when typname = 'daterange' then 'daterange(date ''2000-01-01'' + n % 9000, null)'
                   when typname = 'tstzrange' then 'tstzrange(now(), null)'
                   when typname = 'timestamptz' then 'now() - n * interval ''1 minute'''
                   when typname in ('int4', 'int8', 'numeric') then 'n'
                   when typname = 'int2' then '(n % 3)::smallint'
                   when typname = 'bool' then 'n % 2 = 0'
                   when typname = 'bytea' then 'decode(md5(n::text) || md5(n::text), ''hex'')'
                   when typname = 'jsonb' then '''{}'''
                   when typname like '\_%' then '''{}'''
                   else 'null' end, ', ' order by attnum) as made
        from pg_class relation
        join pg_namespace on pg_namespace.oid = relnamespace
        join pg_attribute on attrelid = relation.oid and attnum > 0 and not attisdropped
                         and attgenerated = ''
        join pg_type on pg_type.oid = atttypid
        where relkind = 'r' and nspname in ('public', 'feed', 'act', 'access')
          -- Reference data, and what has one row or one for each service.
          and relname not like '%\_rule'
          and relname not in ('_sqlx_migrations', 'function_applied', 'head', 'follower', 'role_permission')
          and not exists (select from pg_attribute only_one
                          where only_one.attrelid = relation.oid and only_one.attname = 'only_row')
          -- A country has hundreds of plans at most; what waits does not wait for long.
          and relname not in ('plan', 'operation', 'operation_progress', 'pending',
                              'founding_under_way')
          -- What is undone, and what did not go as it should, is out of the ordinary.
          and relname not in ('act_undone', 'movement_left', 'movement_taken_back', 'consequence')
        group by relation.oid
    loop
        execute format(
            'insert into %s (%s) overriding system value select %s from generate_series(1, 20000) n',
            filled.relation, filled.columns, filled.made);
    end loop;
end;
$fill$;
analyze;
