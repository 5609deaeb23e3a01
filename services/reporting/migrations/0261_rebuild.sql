-- Rebuilds: what is derived from the feeds of others is derived anew, from their first positions, in a
-- database beside this one, and takes the place of what differs from it in one moment
-- (docs/rebuilding.md). An operator begins one as the owner of the schema; the service that runs only
-- reads here what it needs to go on.

create table rebuild
(
    rebuild_id          uuid        not null,
    -- Who began it and why.
    begun_by            text        not null,
    reason              text        not null,
    begun_at            timestamptz not null default now(),
    -- How often a process has taken it up.
    attempts            integer     not null default 1,
    -- RUNNING, whether or not a process is at it; DONE, CANCELLED
    state               text        not null default 'RUNNING',
    -- How far the database beside has followed, where the feeds end, and how fast it was when it was told.
    registry_position   bigint      not null default 0,
    registry_head       bigint      not null default 0,
    membership_position bigint      not null default 0,
    membership_head     bigint      not null default 0,
    changes_per_second  bigint      not null default 0,
    told_at             timestamptz not null default now(),
    -- Why the last process stopped before it was done, in words without anything personal.
    hindrance           text,
    cancelled_by        text,
    ended_at            timestamptz,
    -- What readers count since it was done; see rebuild_generation.
    generation          bigint,

    constraint rebuild_key primary key (rebuild_id),
    constraint rebuild_says_why check (length(reason) between 1 and 1000),
    constraint rebuild_says_who check (length(begun_by) between 1 and 1000),
    constraint rebuild_state check (state in ('RUNNING', 'DONE', 'CANCELLED')),
    constraint rebuild_ends check ((state = 'RUNNING') = (ended_at is null))
);
-- One at a time.
create unique index rebuild_one on rebuild (state) where state = 'RUNNING';

-- How many rows of each table were not as they are derived.
create table rebuild_difference
(
    rebuild_id uuid   not null,
    -- With its schema, but for `public`.
    table_name text   not null,
    -- Rows that were missing, that were too many, and that said something else.
    missing    bigint not null,
    surplus    bigint not null,
    otherwise  bigint not null,

    constraint rebuild_difference_key primary key (rebuild_id, table_name),
    constraint rebuild_difference_of foreign key (rebuild_id) references rebuild
);

-- What was counted otherwise before: by what facts of each code, in all, became more or fewer.
create table rebuild_counted
(
    rebuild_id uuid   not null,
    code       text   not null,
    facts      bigint not null,
    amount     bigint not null,

    constraint rebuild_counted_key primary key (rebuild_id, code),
    constraint rebuild_counted_of foreign key (rebuild_id) references rebuild
);

-- How often what is derived took the place of what was: processes that keep it in memory go by this.
create table rebuild_generation
(
    only_row   boolean primary key default true check (only_row),
    generation bigint  not null,
    -- How often a rebuild has announced that the next one is near: what a process has in memory it reads
    -- anew then, beside what it answers from, since it may not be what these tables say.
    announced  bigint  not null,
    -- Memory of the generation before that was read after this announcement, or a later one, goes on
    -- from there; any other is read anew. Null: all is.
    goes_on    bigint
);
insert into rebuild_generation (generation, announced) values (0, 0);

-- The units of which something else is known that places them, and the facts that came or, with their
-- amounts below 0, went: by these, memory goes on from the generation before.
create table rebuild_unit
(
    generation      bigint not null,
    organisation_id uuid   not null,

    constraint rebuild_unit_key primary key (generation, organisation_id)
);

create table rebuild_fact
(
    generation     bigint not null,
    -- Of the fact's change; null where no feed has such a change.
    source         text,
    position       bigint,
    unit_id        uuid   not null,
    on_date        date   not null,
    code           text   not null,
    reason         text   not null,
    sex            smallint not null,
    counterpart_id uuid   not null,
    amount         bigint not null,
    -- Of the fact; null where nobody knows.
    recorded_at    timestamptz
);
create index rebuild_fact_generation on rebuild_fact (generation);

do $migration$
declare
    kept text;
    holder text;
begin
    foreach kept in array array ['rebuild', 'rebuild_difference', 'rebuild_counted', 'rebuild_generation',
                                 'rebuild_unit', 'rebuild_fact']
    loop
        for holder in
            select distinct grantee::regrole::text
            from pg_class cross join aclexplode(relacl)
            where oid = kept::regclass and grantee <> relowner and grantee <> 0
        loop
            execute format('revoke insert, update, delete, truncate on %I from %s', kept, holder);
        end loop;
    end loop;
end;
$migration$;
