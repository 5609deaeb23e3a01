-- What was known of one person is looked for by person.
create index training_attendance_past_of_person on training_attendance_past (person_id);
create index party_referral_past_of_person on party_referral_past (person_id);
create index cadre_recommendation_past_of_person on cadre_recommendation_past (person_id);
create index cadre_outcome_past_of_person on cadre_outcome_past (person_id);
create index delegate_past_of_person on delegate_past (person_id);
create index honour_past_of_person on honour_past (person_id);
create index emulation_participant_past_of_person on emulation_participant_past (person_id);
create index dispute_case_person_past_of_person on dispute_case_person_past (person_id);
create index standing_spell_past_of_person on standing_spell_past (person_id);
