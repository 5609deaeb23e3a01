-- Everything that says who these people are is known no longer, neither now nor of before: names,
-- births, numbers, how they are reached, where they work, what else was said of them, and what lines of
-- files said. What they did stays, of a bare id: memberships and facts go on counting, by sex and year
-- of birth, at every instant of knowledge. They are locked.
create or replace function erase_persons(p_persons uuid[]) returns void
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    perform set_config('congdoan.past_opened_for', 'erasure', true);
    perform erase_contact(p_persons);
    delete from person_alias where person_id = any (p_persons);
    delete from person_identity where person_id = any (p_persons);
    delete from person_attribute where person_id = any (p_persons);
    delete from person_sensitive where person_id = any (p_persons);
    update person
    set name = '', name_key = '', birth_date = null, workplace = null, occupation = null
    where person_id = any (p_persons);
    update standing set ended_reason = null
    where person_id = any (p_persons) and ended_reason is not null;
    update duplicate_candidate set dismissed = '—'
    where person_id = any (p_persons) and dismissed is not null;
    update card set ended_reason = '—' where person_id = any (p_persons) and ended_reason is not null;
    update member_import_line set key_version = null, ciphertext = null
    where person_id = any (p_persons) and ciphertext is not null;
    update member_import_line set key_version = null, ciphertext = null
    where candidate_for = any (p_persons) and ciphertext is not null;
    -- What that has left in the pasts goes, too.
    delete from person_alias_past where person_id = any (p_persons);
    delete from person_identity_past where person_id = any (p_persons);
    delete from person_attribute_past where person_id = any (p_persons);
    delete from person_sensitive_past where person_id = any (p_persons);
    update person_past
    set name = '', name_key = '', birth_date = null, workplace = null, occupation = null
    where person_id = any (p_persons);
    update standing_past set ended_reason = null
    where person_id = any (p_persons) and ended_reason is not null;
    update duplicate_candidate_past set dismissed = '—'
    where person_id = any (p_persons) and dismissed is not null;
    update card_past set ended_reason = '—'
    where person_id = any (p_persons) and ended_reason is not null;
    perform set_config('congdoan.past_opened_for', '', true);
end;
$$;
