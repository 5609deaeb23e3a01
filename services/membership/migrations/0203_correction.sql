-- What was recorded wrongly is corrected or undone by an act of its own, which says why.
create table correction
(
    act_id      uuid        not null,
    -- membership.v1.CorrectionKind.
    kind        smallint    not null,
    -- The movement, the person, or what else is undone or corrected.
    about_id    uuid        not null,
    -- The movement in its place, where one is.
    now_id      uuid,
    -- How many people it concerns.
    people      integer     not null,
    reason      text        not null,
    decision_id uuid,
    -- `<issuer>#<subject>` of the end user.
    actor       text        not null,
    recorded_at timestamptz not null,

    constraint correction_key primary key (act_id),
    constraint correction_reason check (length(reason) between 1 and 1000)
);
create index correction_about on correction (about_id, act_id);

-- The first movement in whose place this one was decided, by corrections: it keeps its place among
-- the movements of one day.
alter table movement add column corrects uuid;
alter table movement add constraint movement_corrects foreign key (corrects) references movement;

-- A movement may be taken back by an act of this service: then no act of registry's is named.
alter table movement_taken_back alter column registry_act_id drop not null;
alter table movement_taken_back_past alter column registry_act_id drop not null;

create index movement_restated on movement (restates) where restates is not null;
