-- What membership has yet to carry out of what registry decided: a figure of people is not
-- complete before.

-- How far membership had followed registry when it last told anything.
create table membership_told
(
    only_row          boolean primary key default true check (only_row),
    registry_position bigint  not null
);
insert into membership_told (registry_position) values (0);

-- Where the members of an ended organisation continue; null where membership ends with it.
alter table organisation add column members_to_id uuid;
create index organisation_members_to on organisation (members_to_id) where members_to_id is not null;

-- Unions founded with applicants whom membership has yet to admit.
create table founding_under_way
(
    registry_act_id uuid   not null,
    organisation_id uuid   not null,
    -- In registry's feed.
    position        bigint not null,
    founded_on      date   not null,
    primary key (registry_act_id, organisation_id)
);
create index founding_under_way_organisation on founding_under_way (organisation_id);

-- Acts of registry that were undone, and by which act.
create table act_undone
(
    act_id    uuid   not null primary key,
    undone_by uuid   not null,
    -- Of the undoing, in registry's feed.
    position  bigint not null
);

-- Movements that followed from an act that was undone, or from an end that is known otherwise,
-- and that have yet to be taken back: what is left of them, unit by unit. No row is 0.
create table movement_left
(
    -- The act that the movements followed from.
    registry_act_id uuid   not null,
    unit_id         uuid   not null,
    code            text   not null,
    amount          bigint not null,
    -- The earliest day of one: figures of before know nothing of them.
    from_on         date   not null,
    -- The act because of which they are taken back, and its position in registry's feed.
    undone_by       uuid   not null,
    position        bigint not null,
    primary key (registry_act_id, unit_id, code)
);
create index movement_left_unit on movement_left (unit_id);
