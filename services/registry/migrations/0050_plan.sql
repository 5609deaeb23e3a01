-- Restructuring plans: steps that are collected, tried, and then done as one act. A plan's
-- rows are not dated facts of the tree: its steps are a draft, and what the plan did lies in
-- the dated tables, under the act that its commit was.
create table plan
(
    plan_id         uuid        primary key,
    -- On whose behalf: whoever may plan for it may see the plan.
    organisation_id uuid        not null references organisation,
    name            text        not null,
    -- From when all of its steps hold.
    effective_on    date        not null,
    decision_id     uuid        not null references decision,
    act_id          uuid        not null,
    recorded_at     timestamptz not null
);
create index plan_organisation on plan (organisation_id, plan_id);

-- One step, as it was given. Units are named by id or by code; see `plan/resolve.sql`.
create table plan_step
(
    plan_id         uuid not null references plan,
    -- The caller's own number of the step, from 1.
    line            int  not null check (line > 0),
    kind            text not null check (kind in ('FOUND', 'END', 'HAND_OVER', 'RENAME')),
    -- Whom the step is about; of a founding, the code.
    unit            text not null,
    -- The id that a founding gives.
    founded_id      uuid check ((kind = 'FOUND') = (founded_id is not null)),
    name            text not null,
    short_name      text not null,
    -- The code that a renaming gives.
    code            text not null,
    type            text not null,
    sector          text not null,
    -- Of a founding and of a handing over.
    superior        text not null,
    end_kind        text not null,
    successor       text not null,
    members_outcome text not null,
    rehome_to       text not null,
    -- Who takes the subordinates that no step of their own hands over.
    subordinates_to text not null,
    act_id          uuid not null,

    constraint plan_step_key primary key (plan_id, line)
);

-- Work that outlives its call. Whoever does it locks the row until it is done, and its
-- outcome is written by the transaction that does the work: a row that is WAITING and not
-- locked was never begun, or its worker died and left nothing behind.
create table operation
(
    operation_id uuid        primary key,
    kind         text        not null check (kind in ('DRY_RUN', 'COMMIT', 'UNDO')),
    plan_id      uuid        not null references plan,
    -- On whose rights, as the call that asked for it was admitted.
    issuer       text        not null,
    subject      text        not null,
    office       text,
    permission   text        not null,
    created_at   timestamptz not null,
    state        text        not null check (state in ('WAITING', 'SUCCEEDED', 'FAILED')),
    attempts     int         not null default 0,
    started_at   timestamptz,
    finished_at  timestamptz,
    -- The act that it was, where it was one.
    act_id       uuid,
    -- The encoded google.protobuf.Any of the answer.
    answer       bytea,
    -- The encoded google.rpc.Status of the refusal, in both languages.
    refusal_vi   bytea,
    refusal_en   bytea,

    constraint operation_finished check ((state = 'WAITING') = (finished_at is null)),
    constraint operation_answer check ((state = 'SUCCEEDED') = (answer is not null)),
    constraint operation_refusal
        check ((state = 'FAILED') = (refusal_vi is not null and refusal_en is not null))
);
create unique index operation_under_way on operation (plan_id) where state = 'WAITING';
-- A plan is committed once, and undone once.
create unique index operation_done_once on operation (plan_id, kind)
    where state = 'SUCCEEDED' and kind in ('COMMIT', 'UNDO');
create index operation_plan on operation (plan_id, operation_id);

-- How far an operation is. Written beside the transaction that does the work, so that it is
-- seen meanwhile.
create table operation_progress
(
    operation_id uuid primary key,
    stage        text not null,
    done         int  not null,
    total        int  not null
)
with (fillfactor = 50);

-- What a dry run found that each step would do: one row for every unit that is founded,
-- ended, moved or renamed, subordinates that come along included. A commit finds the same,
-- or refuses.
create table plan_effect
(
    operation_id     uuid   not null references operation,
    line             int    not null,
    effect           text   not null check (effect in ('FOUND', 'END', 'MOVE', 'RENAME')),
    organisation_id  uuid   not null,
    -- The superior before and after.
    from_superior_id uuid,
    superior_id      uuid,
    successor_id     uuid,
    rehome_to_id     uuid,
    -- No step of its own moves it: its superior ends.
    implied          boolean not null,
    -- Which acts made what was known of the unit; null of one that is founded.
    version          bigint,
    offices_ended    int    not null,
    assignments_ended int   not null,
    -- Grants on a unit that ends: they reach nothing from then on.
    grants_ended     int    not null,
    -- Grants on a unit with subordinates that moves: they come along under another superior.
    grants_moved     int    not null,

    constraint plan_effect_key primary key (operation_id, line, effect, organisation_id)
);

-- Why a plan cannot be committed as it is; and, where it does not block, what somebody
-- should look at first.
create table plan_conflict
(
    operation_id uuid    not null references operation,
    conflict     int     not null,
    line         int     not null,
    field        text    not null,
    -- A reason of the contract.
    reason       text    not null,
    blocks       boolean not null,
    -- The unit or the code that it is about.
    subject      text    not null,

    constraint plan_conflict_key primary key (operation_id, conflict)
);

-- Units on the day before and on the effective date.
create table plan_count
(
    operation_id uuid not null references operation,
    -- The organisation directly below the Confederation; of the Confederation, itself.
    province_id  uuid not null,
    type         text not null,
    sector       text not null,
    before       int  not null,
    after        int  not null,

    constraint plan_count_key primary key (operation_id, province_id, type, sector)
);
