-- Exports: who asked for which members in a file, and how far it is. That somebody read the data of
-- so many people, and how often she fetched them, stays known; the file does not.
create table member_export
(
    export_key      uuid        not null,
    -- `<issuer>#<subject>` of whoever asked, and the id that she chose; on her rights it is written.
    principal       text        not null,
    export_id       uuid        not null,
    issuer          text        not null,
    subject         text        not null,
    office          text,
    purpose         text,
    organisation_id uuid        not null,
    with_subtree    boolean     not null,
    as_of           date        not null,
    known_at        timestamptz,
    -- membership.v1.FileFormat.
    format          smallint    not null,
    with_identity   boolean     not null,
    -- membership.v1.ExportState.
    state           smallint    not null default 1,
    asked_at        timestamptz not null,
    -- How often it was begun.
    attempts        integer     not null default 0,
    -- People who are in the file so far, and how many there are; null until they are counted.
    lines_written   bigint      not null default 0,
    lines           bigint,
    -- What of it lies here: pieces, and their bytes before they were sealed.
    pieces          integer     not null default 0,
    bytes           bigint      not null default 0,
    finished_at     timestamptz,
    kept_until      timestamptz,
    -- Why it failed, in words without anything personal.
    reason          text,
    vi              text,
    en              text,
    -- How often it was fetched, and when it was last.
    downloads       integer     not null default 0,
    downloaded_at   timestamptz,

    constraint member_export_key primary key (export_key),
    constraint member_export_once unique (principal, export_id),
    constraint member_export_reason check ((state = 4) = (reason is not null))
);
-- What waits or is being written, and what can be fetched: few of all that there ever were.
create index member_export_open on member_export (attempts, asked_at) where state in (1, 2);
create index member_export_kept on member_export (kept_until) where state = 3;

-- A piece of a file: sealed, and bound to its export and its place in it.
create table member_export_piece
(
    export_key  uuid    not null,
    number      integer not null,
    key_version integer not null,
    ciphertext  bytea   not null,

    constraint member_export_piece_key primary key (export_key, number),
    constraint member_export_piece_of foreign key (export_key) references member_export on delete cascade
);
-- What is sealed does not become smaller.
alter table member_export_piece alter column ciphertext set storage external;
