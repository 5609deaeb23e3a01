-- Reference data has versions: the files compiled into a program, each applied once, and what is
-- loaded since with a decision. What a version replaced is kept.
create table reference_version
(
    version_id   uuid        primary key,
    -- ORGANISATION_TYPES and so on.
    list         text        not null,
    -- SHA-256 of the file.
    checksum     bytea       not null check (length(checksum) = 32),
    -- From when names hold that it changes; rules have days of their own.
    effective_on date        not null,
    -- Null of what a program brought along.
    decision_id  uuid        references decision,
    act_id       uuid,
    applied_at   timestamptz not null default now()
);
create index reference_version_list on reference_version (list, checksum);

create table reference_former
(
    former_id  bigint generated always as identity primary key,
    -- The rules' table.
    relation   text   not null,
    -- The row as it was.
    former     jsonb  not null,
    -- The first day on which it was so no more; null of a rule that has days of its own.
    until_on   date,
    -- What replaced it.
    version_id uuid   not null references reference_version
);
create index reference_former_relation on reference_former (relation);
