-- Imports: how far each has come, and what became of its lines. Each batch writes here in the
-- transaction that takes its people in, so that a killed import goes on exactly where it was.
-- Lines that are not applied yet are kept nowhere: whoever sends them has the file, and nothing
-- personal lies about that is not in the register.
create table member_import
(
    import_key      uuid        not null,
    -- `<issuer>#<subject>` of whoever imports, and the id that she chose.
    principal       text        not null,
    import_id       uuid        not null,
    -- SHA-256 of what the header says of all lines.
    header_digest   bytea       not null,
    validate_only   boolean     not null,
    -- Lines with an outcome, and how many have which.
    lines_done      bigint      not null default 0,
    admitted        bigint      not null default 0,
    already_members bigint      not null default 0,
    candidates      bigint      not null default 0,
    refused         bigint      not null default 0,
    warned          bigint      not null default 0,
    last_at         timestamptz not null default now(),
    finished_at     timestamptz,

    constraint member_import_key primary key (import_key),
    constraint member_import_once unique (principal, import_id),
    constraint member_import_counts
        check (lines_done = admitted + already_members + candidates + refused)
);
create index member_import_last on member_import (last_at);

-- A batch of lines in order. What came to pass without a word is told by its two lists alone.
create table member_import_batch
(
    import_key uuid    not null,
    first_line bigint  not null,
    lines      integer not null,
    -- SHA-256 of its lines: sent again, they are the same.
    digest     bytea   not null,
    -- The act that applied it.
    act_id     uuid    not null,
    -- membership.v1.ImportOutcome of each line, one byte each ...
    outcomes   bytea   not null,
    -- ... and who is the person of each; null where there is none.
    person_ids uuid[]  not null,

    constraint member_import_batch_key primary key (import_key, first_line),
    constraint member_import_batch_of foreign key (import_key) references member_import on delete cascade,
    constraint member_import_batch_lines check (lines = length(outcomes) and lines = cardinality(person_ids))
);
create index member_import_batch_act on member_import_batch (act_id);

-- Lines that want a look: refused, candidates, warned.
create table member_import_line
(
    import_key    uuid       not null,
    line          bigint     not null,
    outcome       smallint   not null,
    person_id     uuid,
    -- The member of the union whom a candidate may be.
    candidate_for uuid,
    -- Why it was refused, in words without anything personal.
    reason        text,
    field         text,
    vi            text,
    en            text,
    -- membership.v1.ListImportLinesResponse.Warning.
    warnings      smallint[] not null,
    -- What the line said, where it was not taken: sealed, and bound to its line.
    key_version   integer,
    ciphertext    bytea,

    constraint member_import_line_key primary key (import_key, line),
    constraint member_import_line_of foreign key (import_key) references member_import on delete cascade,
    constraint member_import_line_sealed check ((key_version is null) = (ciphertext is null))
);
create index member_import_line_outcome on member_import_line (import_key, outcome, line);
