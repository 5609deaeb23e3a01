-- What a statement changes or takes away goes to the table's past: each version with the instant
-- and the act that replaced it. What one act wrote and changed again was never known to anybody,
-- and what a statement writes as it was is no change. It runs as the owner of the schema, who alone
-- may write a past; and it is planned for what the statement did, not for what one once did. Whoever
-- seals with another key changes nothing else: that is looked at.
create or replace function keep_past() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    acted_at timestamptz := public.act_recorded_at();
    act_id   uuid := nullif(current_setting('congdoan.act_id', true), '')::uuid;
    replaced text := case tg_op when 'DELETE' then 'select * from old_rows'
                     else 'select * from old_rows except all select * from new_rows' end;
begin
    if not exists (select from old_rows) then
        return null;
    end if;
    if current_setting('congdoan.past_opened_for', true) = 'another key' and tg_op = 'UPDATE' then
        if exists (select to_jsonb(was) - array['key_version', 'ciphertext'] from old_rows was
                   except all
                   select to_jsonb(now) - array['key_version', 'ciphertext'] from new_rows now) then
            raise exception 'another key changes nothing but what it seals'
                using errcode = 'restrict_violation';
        end if;
        return null;
    end if;
    execute format(
        'insert into %I.%I
         select greatest($1, was.recorded_at + interval ''1 microsecond''), $2, was.*
         from (%s) was
         where was.recorded_at is distinct from $1',
        tg_table_schema, tg_table_name || '_past', replaced)
    using acted_at, act_id;
    return null;
end;
$$;
