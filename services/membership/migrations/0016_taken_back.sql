-- Movements that followed from acts of registry which were undone, taken back person by
-- person. The stay that a movement had begun leaves `membership` and is kept here; the stay
-- that it had ended goes on.
create table movement_taken_back
(
    person_id       uuid        not null,
    movement_id     uuid        not null,
    -- The stay that it had begun; null for an exit.
    membership_id   uuid,
    -- The act of registry because of which it was taken back.
    registry_act_id uuid        not null,
    act_id          uuid        not null,
    recorded_at     timestamptz not null,

    constraint movement_taken_back_key primary key (person_id, movement_id),
    constraint movement_taken_back_movement foreign key (movement_id) references movement
);
create index movement_taken_back_movement on movement_taken_back (movement_id);

-- The memberships of a movement, and the movements that follow from an act of registry.
create index membership_begun on membership (begun_by);
create index membership_ended on membership (ended_by) where ended_by is not null;
create index movement_registry_act on movement (registry_act_id) where registry_act_id is not null;
create index movement_follows_from on movement (from_organisation_id) where registry_act_id is not null;

-- The act of registry that undid the one this followed from: nothing is left to carry out.
alter table consequence add column undone_by uuid;
