-- How these people were reached is known no longer, neither now nor of before.
create or replace function erase_contact(p_persons uuid[]) returns void
    language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    opened_for text := current_setting('congdoan.past_opened_for', true);
begin
    perform set_config('congdoan.past_opened_for', 'erasure', true);
    delete from person_contact where person_id = any (p_persons);
    delete from person_email where person_id = any (p_persons);
    delete from person_contact_past where person_id = any (p_persons);
    delete from person_email_past where person_id = any (p_persons);
    perform set_config('congdoan.past_opened_for', coalesce(opened_for, ''), true);
end;
$$;
