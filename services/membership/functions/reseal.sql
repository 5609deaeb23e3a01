-- What was sealed with one data key is sealed with another, here and in the past: nothing else becomes
-- known of anybody. Each value is found by what it was, which no other is.
create or replace function reseal(p_relation text, p_persons uuid[], p_was bytea[],
                                  p_key_version integer, p_now bytea[]) returns bigint
    language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    changed bigint;
begin
    if p_relation not in ('person_identity', 'person_contact', 'person_email', 'person_sensitive',
                          'person_identity_past', 'person_contact_past', 'person_email_past',
                          'person_sensitive_past') then
        raise exception 'nothing is sealed in %', p_relation using errcode = 'restrict_violation';
    end if;
    perform set_config('congdoan.past_opened_for', 'another key', true);
    execute format(
        'update public.%I held set key_version = $1, ciphertext = sealed.now
         from unnest($2, $3, $4) as sealed (person_id, was, now)
         where held.person_id = sealed.person_id and held.ciphertext = sealed.was', p_relation)
    using p_key_version, p_persons, p_was, p_now;
    get diagnostics changed = row_count;
    perform set_config('congdoan.past_opened_for', '', true);
    return changed;
end;
$$;
