-- All that is held on a person: every row of every table that is about her, now and of before, with the
-- movements, the courses and the delegations that they belong to. What is sealed is sealed still.
create or replace function held_on(p_person uuid)
    returns table (relation text, recorded_at timestamptz, replaced_at timestamptz, content jsonb)
    language sql stable
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
begin atomic
    select 'person', held.recorded_at, null::timestamptz, to_jsonb(held) from person held
    where held.person_id = p_person
    union all
    select 'person', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from person_past held where held.person_id = p_person
    union all
    select 'person_identity', held.recorded_at, null::timestamptz, to_jsonb(held) from person_identity held
    where held.person_id = p_person
    union all
    select 'person_identity', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from person_identity_past held where held.person_id = p_person
    union all
    select 'person_contact', held.recorded_at, null::timestamptz, to_jsonb(held) from person_contact held
    where held.person_id = p_person
    union all
    select 'person_contact', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from person_contact_past held where held.person_id = p_person
    union all
    select 'person_email', held.recorded_at, null::timestamptz, to_jsonb(held) from person_email held
    where held.person_id = p_person
    union all
    select 'person_email', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from person_email_past held where held.person_id = p_person
    union all
    select 'person_alias', held.recorded_at, null::timestamptz, to_jsonb(held) from person_alias held
    where held.person_id = p_person
    union all
    select 'person_alias', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from person_alias_past held where held.person_id = p_person
    union all
    select 'person_attribute', held.recorded_at, null::timestamptz, to_jsonb(held) from person_attribute held
    where held.person_id = p_person
    union all
    select 'person_attribute', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from person_attribute_past held where held.person_id = p_person
    union all
    select 'person_sensitive', held.recorded_at, null::timestamptz, to_jsonb(held) from person_sensitive held
    where held.person_id = p_person
    union all
    select 'person_sensitive', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from person_sensitive_past held where held.person_id = p_person
    union all
    select 'membership', held.recorded_at, null::timestamptz, to_jsonb(held) from membership held
    where held.person_id = p_person
    union all
    select 'membership', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from membership_past held where held.person_id = p_person
    union all
    select 'application', held.recorded_at, null::timestamptz, to_jsonb(held) from application held
    where held.person_id = p_person
    union all
    select 'application', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from application_past held where held.person_id = p_person
    union all
    select 'training_attendance', held.recorded_at, null::timestamptz, to_jsonb(held) from training_attendance held
    where held.person_id = p_person
    union all
    select 'training_attendance', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from training_attendance_past held where held.person_id = p_person
    union all
    select 'party_referral', held.recorded_at, null::timestamptz, to_jsonb(held) from party_referral held
    where held.person_id = p_person
    union all
    select 'party_referral', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from party_referral_past held where held.person_id = p_person
    union all
    select 'cadre_recommendation', held.recorded_at, null::timestamptz, to_jsonb(held) from cadre_recommendation held
    where held.person_id = p_person
    union all
    select 'cadre_recommendation', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from cadre_recommendation_past held where held.person_id = p_person
    union all
    select 'delegate', held.recorded_at, null::timestamptz, to_jsonb(held) from delegate held
    where held.person_id = p_person
    union all
    select 'delegate', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from delegate_past held where held.person_id = p_person
    union all
    select 'movement_taken_back', held.recorded_at, null::timestamptz, to_jsonb(held) from movement_taken_back held
    where held.person_id = p_person
    union all
    select 'movement_taken_back', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from movement_taken_back_past held where held.person_id = p_person
    union all
    select 'consequence_passed_over', held.recorded_at, null::timestamptz, to_jsonb(held) from consequence_passed_over held
    where held.person_id = p_person
    union all
    select 'consequence_passed_over', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from consequence_passed_over_past held where held.person_id = p_person
    union all
    select 'standing', held.recorded_at, null::timestamptz, to_jsonb(held) from standing held
    where held.person_id = p_person
    union all
    select 'standing', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from standing_past held where held.person_id = p_person
    union all
    select 'standing_spell', held.recorded_at, null::timestamptz, to_jsonb(held) from standing_spell held
    where held.person_id = p_person
    union all
    select 'standing_spell', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from standing_spell_past held where held.person_id = p_person
    union all
    select 'discipline', held.recorded_at, null::timestamptz, to_jsonb(held) from discipline held
    where held.person_id = p_person
    union all
    select 'discipline', held.recorded_at, held.replaced_at,
           to_jsonb(held) - array['replaced_at', 'replaced_by']
    from discipline_past held where held.person_id = p_person
    union all
    select 'member_import_line', null, null, to_jsonb(held) from member_import_line held
    where held.person_id = p_person
    union all
    select 'person_erasure', held.erased_at, null, to_jsonb(held) from person_erasure held
    where held.person_id = p_person
    union all
    select 'person_export', held.exported_at, null, to_jsonb(held) from person_export held
    where held.person_id = p_person
    union all
    select 'member_import_line', null, null, to_jsonb(held) from member_import_line held
    where held.candidate_for = p_person and held.person_id is distinct from p_person
    union all
    select 'correction', held.recorded_at, null, to_jsonb(held) from correction held
    where held.about_id = p_person
    union all
    select 'movement', held.recorded_at, null, to_jsonb(held) from movement held
    where held.movement_id in (select begun_by from membership where person_id = p_person
                               union select ended_by from membership
                                     where person_id = p_person and ended_by is not null)
    union all
    select 'training_course', held.recorded_at, null, to_jsonb(held) from training_course held
    where held.course_id in (select course_id from training_attendance where person_id = p_person)
    union all
    select 'delegation', held.recorded_at, null, to_jsonb(held) from delegation held
    where held.delegation_id in (select delegation_id from delegate where person_id = p_person);
end;
