-- Printings: reports of many organisations that somebody asked for, and how far they are. A report names
-- no person, so that its files lie here as they are, for a day.
create table report_printing
(
    printing_key     uuid        not null,
    -- `<issuer>#<subject>` of whoever asked, and the id that she chose; on her rights it is printed.
    principal        text        not null,
    printing_id      uuid        not null,
    issuer           text        not null,
    subject          text        not null,
    office           text,
    purpose          text,
    organisation_ids uuid[]      not null,
    template         text        not null,
    from_on          date        not null,
    through_on       date        not null,
    as_of            date,
    -- Names and values, in order.
    parameters       jsonb       not null,
    heading          jsonb       not null,
    -- reporting.v1.ReportFormat.
    format           smallint    not null,
    -- reporting.v1.PrintingState.
    state            smallint    not null default 1,
    asked_at         timestamptz not null,
    -- How often it was begun, and how often since the last report that was done.
    attempts         integer     not null default 0,
    in_vain          integer     not null default 0,
    -- Reports that are done, in order; of these, those that could not be printed.
    printed          integer     not null default 0,
    not_printed      integer     not null default 0,
    bytes            bigint      not null default 0,
    finished_at      timestamptz,
    kept_until       timestamptz,
    reason           text,
    vi               text,
    en               text,
    downloads        integer     not null default 0,

    constraint report_printing_key primary key (printing_key),
    constraint report_printing_once unique (principal, printing_id),
    constraint report_printing_reason check ((state = 4) = (reason is not null))
);
-- What waits or is being printed, and what can be fetched: few of all that there ever were.
create index report_printing_open on report_printing (in_vain, asked_at) where state in (1, 2);
create index report_printing_kept on report_printing (kept_until) where state = 3;

-- One report of a printing: its file, or why there is none.
create table report_printing_file
(
    printing_key uuid    not null,
    -- The how-manieth, from 0 on.
    number       integer not null,
    name         text    not null,
    content      bytea,
    reason       text,
    vi           text,

    constraint report_printing_file_key primary key (printing_key, number),
    constraint report_printing_file_of foreign key (printing_key) references report_printing on delete cascade,
    constraint report_printing_file_or_reason check (num_nulls(content, reason) = 1)
);
-- PDF and XLSX do not become smaller.
alter table report_printing_file alter column content set storage external;
