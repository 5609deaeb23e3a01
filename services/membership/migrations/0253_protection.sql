-- Who was erased: her id counts where it counted, and says nothing any longer.
create table person_erasure
(
    person_id   uuid        not null,
    -- membership.v1.ErasureCause: she asked, or the time had come.
    cause       smallint    not null,
    -- Why, or the rule.
    reason      text        not null,
    decision_id uuid,
    -- `<issuer>#<subject>` of the end user; null of what a rule did.
    actor       text,
    act_id      uuid,
    recorded_at timestamptz not null default act_recorded_at(),

    constraint person_erasure_key primary key (person_id),
    constraint person_erasure_cause check (cause in (1, 2) and (cause = 1) = (actor is not null))
);

-- Who was told all that is held on a person, and for what.
create table person_export
(
    person_id      uuid        not null,
    export_id      uuid        not null,
    purpose        text        not null,
    -- `<issuer>#<subject>` of the end user, who alone reads it, until then.
    actor          text        not null,
    readable_until timestamptz not null,
    act_id         uuid        not null,
    recorded_at    timestamptz not null,

    constraint person_export_key primary key (person_id, export_id)
);
create index person_export_id on person_export (export_id);

-- How far a task has come that goes through all people in small steps.
create table person_walk
(
    -- `retention`, or `data key 2`.
    task        text        not null,
    -- Everybody up to here was looked at; none while a pass begins.
    after       uuid        not null,
    -- What was done in this pass.
    done        bigint      not null default 0,
    finished_at timestamptz,

    constraint person_walk_key primary key (task)
);

-- All that is held on a person is found by her.
create index training_attendance_past_person on training_attendance_past (person_id);
create index party_referral_past_person on party_referral_past (person_id);
create index cadre_recommendation_past_person on cadre_recommendation_past (person_id);
create index delegate_past_person on delegate_past (person_id);
create index standing_spell_past_person on standing_spell_past (person_id);
create index member_import_line_person on member_import_line (person_id) where person_id is not null;
create index member_import_line_candidate on member_import_line (candidate_for)
    where candidate_for is not null;
