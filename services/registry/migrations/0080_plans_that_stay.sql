-- What is looked at once for all the rows of a statement is looked at row by row in an index,
-- whatever the statement's size was when the session first ran it and however little the tables
-- held. A plan is made once for a session, also for the rows of a statement: it may not have
-- another choice. So each row is looked up behind a fence (`offset 0`), which is run for the row
-- and cannot become the outer side of a join, and in it the one table is read by its key.
--
-- Joined to the rows instead, a register with nothing in it was read first and the rows of the
-- statement once for each of its: 20,000 lines took minutes.
do $migration$
declare
    naming record;
    dated text;
begin
    for naming in
        select relname,
               -- As they were named when their triggers were made.
               (regexp_match(prosrc, 'lateral \(values (.*)\) as named'))[1] as named
        from pg_trigger
        join pg_class on pg_class.oid = tgrelid
        join pg_proc on pg_proc.oid = tgfoid
        where tgname = 'organisations_named'
    loop
        execute format($function$
            create or replace function %1$I() returns trigger language plpgsql
                set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
                set enable_bitmapscan = off
            as $body$
            declare
                unknown_id uuid;
            begin
                select named.organisation_id into unknown_id
                from inserted
                cross join lateral (values %2$s) as named (organisation_id)
                left join lateral (
                    select true as there
                    from organisation
                    where organisation.organisation_id = named.organisation_id
                    offset 0
                ) known on true
                where named.organisation_id is not null and known.there is null
                limit 1;
                if found then
                    raise exception '%% is no organisation', unknown_id
                        using errcode = 'foreign_key_violation', constraint = %1$L;
                end if;
                return null;
            end;
            $body$
            $function$, naming.relname || '_named', naming.named);
    end loop;

    foreach dated in array array ['organisation_parent', 'organisation_name', 'organisation_code',
                                  'organisation_type', 'organisation_sector', 'organisation_status']
    loop
        execute format($function$
            create or replace function %1$s_apart() returns trigger language plpgsql
                set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
                set enable_bitmapscan = off
            as $body$
            declare
                torn_id uuid;
                locked bigint;
                about bigint;
            begin
                if current_setting('transaction_isolation') <> 'read committed' then
                    raise exception 'dated attributes are written at READ COMMITTED'
                        using errcode = 'invalid_transaction_state';
                end if;
                select count(*), count(taken.there) into about, locked
                from (select distinct organisation_id from inserted
                      order by organisation_id
                      offset 0) each
                left join lateral (
                    select true as there
                    from organisation
                    where organisation.organisation_id = each.organisation_id
                    for no key update
                ) taken on true;
                if locked < about then
                    raise exception 'a row of %1$s is about no organisation'
                        using errcode = 'foreign_key_violation', table = %1$L,
                              constraint = '%1$s_named';
                end if;
                select inserted.organisation_id into torn_id
                from inserted
                cross join lateral (
                    select
                    from %1$I known
                    where known.organisation_id = inserted.organisation_id
                      -- `upper_inf` and a bare `&&` would let other indexes in: those of what
                      -- is known now, and the one that keeps codes apart, in which one row is as
                      -- quickly found as all.
                      and upper(known.recorded) is null
                      and (known.valid && inserted.valid) is true
                      and lower(known.valid) <> lower(inserted.valid)
                    offset 0
                ) beside
                where upper_inf(inserted.recorded)
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
    end loop;
end;
$migration$;
