-- What a row of a dated attribute must keep to, looked at once for all the rows of a statement,
-- as it ends. Row by row, in GiST indexes and by foreign keys, a plan that writes half a million
-- rows spent more than half of its time on it.

-- Organisations are never deleted and keep their ids; rows stay with those that they name.
create function keep_organisation() returns trigger
    language plpgsql
as $$
begin
    raise exception 'organisations stay, and what a row says of them stays as it was recorded'
        using errcode = 'restrict_violation';
end;
$$;
create trigger organisation_stays before delete or update of organisation_id on organisation
    for each row execute function keep_organisation();
create trigger organisations_stay before truncate on organisation
    for each statement execute function keep_organisation();

-- Whoever a row names is an organisation. As none is ever deleted, to have looked once is to
-- know it for good, and nothing needs to be locked.
do $migration$
declare
    naming record;
    reference record;
begin
    for naming in
        select conrelid::regclass as relation, relname,
               array_agg(attname order by attnum) as columns,
               -- Of the attributes, see below: they lock the organisation that they are about.
               string_agg(format('(%I)', attname), ', ' order by attnum)
                   filter (where attname <> 'organisation_id'
                              or relname in ('organisation_founding', 'organisation_ending')) as named
        from pg_constraint
        join pg_class on pg_class.oid = conrelid
        join pg_attribute on attrelid = conrelid and attnum = conkey[1]
        where contype = 'f' and confrelid = 'organisation'::regclass
          and relname in ('organisation_founding', 'organisation_parent', 'organisation_name',
                          'organisation_code', 'organisation_type', 'organisation_sector',
                          'organisation_status', 'organisation_ending', 'organisation_succession')
        group by conrelid, relname
    loop
        for reference in
            select conname from pg_constraint
            where contype = 'f' and conrelid = naming.relation
              and confrelid = 'organisation'::regclass
        loop
            execute format('alter table %s drop constraint %I', naming.relation, reference.conname);
        end loop;
        execute format(
            'create trigger organisations_stay before update of %s on %s
             for each row execute function keep_organisation()',
            array_to_string(naming.columns, ', '), naming.relation);
        continue when naming.named is null;
        -- One index descent for each row, whatever the first statement of a session was like:
        -- the plan is made once.
        execute format($function$
            create function %1$I() returns trigger language plpgsql
                set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
            as $body$
            declare
                unknown_id uuid;
            begin
                select named.organisation_id into unknown_id
                from inserted cross join lateral (values %2$s) as named (organisation_id)
                where named.organisation_id is not null
                  and not exists (select from organisation
                                  where organisation.organisation_id = named.organisation_id)
                limit 1;
                if found then
                    raise exception '%% is no organisation', unknown_id
                        using errcode = 'foreign_key_violation', constraint = %1$L;
                end if;
                return null;
            end;
            $body$
            $function$, naming.relname || '_named', naming.named);
        execute format(
            'create trigger organisations_named after insert on %s
             referencing new table as inserted
             for each statement execute function %I()',
            naming.relation, naming.relname || '_named');
    end loop;
end;
$migration$;

-- What is known of one attribute of one organisation does not overlap. No two rows begin on
-- one day, which a unique index says; and none that is inserted lies over another, which is
-- asked while the organisation is locked: whoever else writes of it waits, and then sees it.
-- Seeing it takes READ COMMITTED; a transaction that goes on looking at an older state is
-- refused.
drop index organisation_parent_turn, organisation_status_turn;
do $migration$
declare
    dated text;
begin
    foreach dated in array array ['organisation_parent', 'organisation_name', 'organisation_code',
                                  'organisation_type', 'organisation_sector', 'organisation_status']
    loop
        execute format('alter table %1$I drop constraint %1$s_known', dated);
        execute format(
            'alter table %1$I add constraint %1$s_begins check (not lower_inf(valid))', dated);
        execute format(
            'create unique index %1$s_known on %1$I (organisation_id, lower(valid))
             where upper_inf(recorded)', dated);
        execute format($function$
            create function %1$s_apart() returns trigger language plpgsql
                set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
            as $body$
            declare
                torn_id uuid;
                locked bigint;
            begin
                if current_setting('transaction_isolation') <> 'read committed' then
                    raise exception 'dated attributes are written at READ COMMITTED'
                        using errcode = 'invalid_transaction_state';
                end if;
                perform from organisation
                where organisation_id in (select organisation_id from inserted)
                order by organisation_id
                for no key update;
                get diagnostics locked = row_count;
                if locked < (select count(distinct organisation_id) from inserted) then
                    raise exception 'a row of %1$s is about no organisation'
                        using errcode = 'foreign_key_violation', table = %1$L,
                              constraint = '%1$s_named';
                end if;
                select inserted.organisation_id into torn_id
                from inserted
                join %1$I known
                  on known.organisation_id = inserted.organisation_id and upper_inf(known.recorded)
                where upper_inf(inserted.recorded) and known.valid && inserted.valid
                  and lower(known.valid) <> lower(inserted.valid)
                limit 1;
                if found then
                    raise exception '%% has two at a time in %1$s', torn_id
                        using errcode = 'exclusion_violation', table = %1$L,
                              constraint = '%1$s_known';
                end if;
                return null;
            end;
            $body$
            $function$, dated);
        execute format(
            'create trigger apart after insert on %1$I
             referencing new table as inserted
             for each statement execute function %1$s_apart()', dated);
        execute format(
            'create trigger stays before update of valid on %1$I
             for each row execute function keep_organisation()', dated);
    end loop;
end;
$migration$;

-- One known end is what a unique index says.
alter table organisation_ending drop constraint organisation_ending_known;
create unique index organisation_ending_known
    on organisation_ending (organisation_id) where upper_inf(recorded);

-- Codes in their order, without what is as quickly read beside them.
drop index organisation_code_order;
create index organisation_code_order on organisation_code (code collate "C", organisation_id);
