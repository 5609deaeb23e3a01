-- The feed of this service: what happened, in one order that everybody sees.
-- This file is a migration of every service (its `migrations` folder links to it).
create schema feed;

-- Where the feed is. Whoever numbers changes locks this one row: a second sequencer waits,
-- a crash rolls the round back whole.
create table feed.head
(
    only_row boolean primary key default true check (only_row),
    -- Replaced when the database is restored from a backup, so that followers notice.
    epoch    uuid    not null default gen_random_uuid(),
    position bigint  not null default 0 check (position >= 0)
)
-- The one row is rewritten at every round: leave it room to be rewritten in its page.
with (fillfactor = 10);
insert into feed.head default values;

-- Changes as their acts inserted them, not yet numbered. `pending_id` orders acts that
-- touch the same aggregate: an act inserts after it has locked everything it touches.
create table feed.pending
(
    pending_id        bigint      not null generated always as identity primary key,
    change_id         uuid        not null,
    act_id            uuid        not null,
    act_complete      boolean     not null,
    kind              text        not null,
    aggregate_id      uuid        not null,
    acted_at          timestamptz not null,
    effective_on      date        not null,
    actor             text        not null,
    decision_id       uuid,
    traceparent       text        not null default '',
    registry_position bigint      not null default 0,
    -- The encoded google.protobuf.Any.
    body              bytea       not null
)
-- Every row is deleted soon after it was inserted; dead rows must not slow the next round.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index pending_act on feed.pending (act_id);

-- The numbered changes. Never updated, never trimmed.
create table feed.stream
(
    position          bigint      not null primary key check (position > 0),
    change_id         uuid        not null unique,
    act_id            uuid        not null,
    act_complete      boolean     not null,
    kind              text        not null,
    aggregate_id      uuid        not null,
    acted_at          timestamptz not null,
    effective_on      date        not null,
    actor             text        not null,
    decision_id       uuid,
    traceparent       text        not null default '',
    registry_position bigint      not null default 0,
    body              bytea       not null
);
create index stream_act on feed.stream (act_id);

-- How far this service has followed the feeds of others.
create table feed.follower
(
    -- `registry` or `membership`.
    source    text   primary key,
    epoch     uuid,
    position  bigint not null default 0 check (position >= 0),
    -- The id of the change at `position`; null as long as that is 0.
    change_id uuid,
    -- Why it stopped, where it stopped loudly: FEED_DIVERGED, a gap, a change it cannot read.
    halted    text,
    halted_at timestamptz,

    constraint follower_position_has_change check ((position = 0) = (change_id is null)),
    constraint follower_halted_has_time check ((halted is null) = (halted_at is null))
)
with (fillfactor = 10);

-- Which changes were applied: a reader waits for an id as it waits for a position.
create table feed.applied
(
    change_id uuid   not null primary key,
    source    text   not null references feed.follower (source),
    position  bigint not null,

    -- Nothing is applied twice; and processes that do not hold the follower read on from here.
    constraint applied_once unique (source, position)
);

-- Changes that an operator told a follower to leave out, and why. Never deleted.
create table feed.skipped
(
    change_id  uuid        not null primary key,
    source     text        not null references feed.follower (source),
    -- `<issuer>#<subject>` of the operator, or the name of the program that asked.
    skipped_by text        not null,
    reason     text        not null check (length(reason) between 1 and 1000),
    skipped_at timestamptz not null default now()
);
