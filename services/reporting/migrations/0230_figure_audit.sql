-- Audits of figures: what was asked for and how far it is; and, never to be touched again, what was
-- found.
create table figure_audit
(
    audit_id        uuid        not null,
    -- On whose rights it counts: `<issuer>#<subject>`, and the permission that was asked with.
    principal       text        not null,
    issuer          text        not null,
    subject         text        not null,
    office          text,
    permission      text        not null,
    organisation_id uuid        not null,
    -- Below the organisation.
    levels          integer     not null,
    -- Whole months: from the first of one to the first of another.
    from_on         date        not null,
    until_on        date        not null,
    -- Beside as then.
    as_of           date        not null,
    -- Begun by the service itself.
    periodic        boolean     not null,
    -- reporting.v1.AuditState.
    state           smallint    not null default 1,
    asked_at        timestamptz not null,
    -- How often it was begun.
    attempts        integer     not null default 0,
    steps_done      bigint      not null default 0,
    -- Null until they are counted.
    steps           bigint,
    finished_at     timestamptz,
    -- Why it failed, in words without anything personal.
    reason          text,
    vi              text,
    en              text,

    constraint figure_audit_key primary key (audit_id),
    constraint figure_audit_months check (from_on < until_on
        and extract(day from from_on) = 1 and extract(day from until_on) = 1),
    constraint figure_audit_reason check ((state = 4) = (reason is not null))
);
create index figure_audit_open on figure_audit (attempts, asked_at) where state in (1, 2);
create index figure_audit_asked on figure_audit (principal) where state in (1, 2);
create index figure_audit_of_organisation on figure_audit (organisation_id, audit_id);
create index figure_audit_periodic on figure_audit (organisation_id, asked_at) where periodic;

create table figure_audit_result
(
    audit_id    uuid        not null,
    -- Numbers that were held against each other, and those of them that are not the same.
    cells       bigint      not null,
    differing   bigint      not null,
    -- Of which positions: by source, {"registry": 12, …}.
    positions   jsonb       not null,
    finished_at timestamptz not null,

    constraint figure_audit_result_key primary key (audit_id),
    constraint figure_audit_result_of foreign key (audit_id) references figure_audit
);
create index figure_audit_result_last on figure_audit_result (finished_at);

-- The first cells that differ.
create table figure_audit_difference
(
    audit_id        uuid     not null,
    number          integer  not null,
    -- reporting.v1.AuditCheck.
    checked         smallint not null,
    code            text     not null,
    denominator     boolean  not null,
    organisation_id uuid     not null,
    month           date     not null,
    -- Null: as then.
    as_of           date,
    answered        bigint   not null,
    counted         bigint   not null,

    constraint figure_audit_difference_key primary key (audit_id, number),
    constraint figure_audit_difference_of foreign key (audit_id) references figure_audit_result,
    constraint figure_audit_difference_differs check (answered <> counted)
);

-- What is only added to is not to be touched by whoever adds to it.
do $migration$
declare
    found text;
    holder text;
begin
    foreach found in array array ['figure_audit_result', 'figure_audit_difference']
    loop
        for holder in
            select distinct grantee::regrole::text
            from pg_class cross join aclexplode(relacl)
            where oid = found::regclass and grantee <> relowner and grantee <> 0
        loop
            execute format('revoke update, delete, truncate on %I from %s', found, holder);
        end loop;
    end loop;
end;
$migration$;
