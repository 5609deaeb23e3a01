-- What the services of these tests own: things that acts change, and a chronicle of what a
-- follower was told about the things of another service.

create table thing
(
    thing_id uuid   primary key,
    version  bigint not null default 0
);

-- A follower's own copy of the things: every change is the one after the last.
create table thing_followed
(
    source   text   not null,
    thing_id uuid   not null,
    version  bigint not null,
    primary key (source, thing_id)
);

create table chronicle
(
    source            text   not null,
    position          bigint not null,
    act_id            uuid   not null,
    change_id         uuid   not null,
    thing_id          uuid   not null,
    version           bigint not null,
    -- How far registry's feed had been followed when this was applied.
    registry_followed bigint not null,
    primary key (source, position)
);
