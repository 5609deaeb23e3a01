-- Periodic reports: forms that organisations define, openings of forms for a period, and of each
-- opening a report for everybody who lay below it on the cut-off day. What a report says is one document,
-- as its form asks (periodic_report/content.rs); what was handed in and what was approved is kept with
-- the step that did it.

-- One row per version; nothing is updated.
create table periodic_report_form
(
    issuer_id   uuid        not null references organisation,
    code        text        not null,
    version     integer     not null constraint periodic_report_form_version check (version > 0),
    -- As ground/report_form.rs reads it.
    form        jsonb       not null,
    decision_id uuid,
    recorded_at timestamptz not null,
    act_id      uuid        not null,

    constraint periodic_report_form_key primary key (issuer_id, code, version)
);

create table periodic_report_opening
(
    opening_id        uuid        not null primary key,
    organisation_id   uuid        not null references organisation,
    period            daterange   not null constraint periodic_report_opening_period check (not isempty(period)),
    cutoff_on         date        not null,
    due_on            date        not null,
    -- What each level fills, whole: a later version of a form, or of the program, changes no opening.
    grassroots_form   jsonb,
    superior_form     jsonb,
    -- Whose forms, and which, whatever their versions: what is open once for a period.
    forms             text        not null,
    reporters         integer     not null,
    decision_id       uuid,
    opened_at         timestamptz not null,
    act_id            uuid        not null,
    withdrawn_at      timestamptz,
    withdrawal_reason text,

    constraint periodic_report_opening_has_form check (num_nonnulls(grassroots_form, superior_form) > 0),
    constraint periodic_report_opening_due check (due_on >= cutoff_on),
    constraint periodic_report_opening_withdrawal check (num_nulls(withdrawn_at, withdrawal_reason) in (0, 2))
);
create unique index periodic_report_opening_once
    on periodic_report_opening (organisation_id, period, forms) where withdrawn_at is null;
create index periodic_report_opening_of_organisation on periodic_report_opening (organisation_id, opening_id);

create table periodic_report
(
    report_id        uuid    not null primary key,
    opening_id       uuid    not null references periodic_report_opening,
    organisation_id  uuid    not null references organisation,
    -- To whom it reports: its superior on the cut-off day; none of the organisation that opened it.
    superior_id      uuid    references organisation,
    -- All above it within the opening, from the organisation that opened it on.
    above            uuid[]  not null,
    grassroots       boolean not null,
    -- DUE, DRAFT, SUBMITTED, RETURNED, REOPENED, APPROVED, WAIVED
    state            text    not null
        constraint periodic_report_state
            check (state in ('DUE', 'DRAFT', 'SUBMITTED', 'RETURNED', 'REOPENED', 'APPROVED', 'WAIVED')),
    edition          integer not null default 1 constraint periodic_report_edition check (edition > 0),
    revision         integer not null default 1 constraint periodic_report_revision check (revision > 0),
    content          jsonb   not null default '{}'::jsonb,
    -- Rows that are open again.
    reopened         text[]  not null default '{}',
    -- What was approved last.
    approved         jsonb,
    approved_edition integer,
    -- When it was handed in, of what was not given back since.
    submitted_on     date,
    -- Repeated of the opening, for whoever looks for what is due; none where nobody waits for it.
    due_on           date,
    act_id           uuid    not null,

    constraint periodic_report_once unique (opening_id, organisation_id),
    constraint periodic_report_approved check (num_nulls(approved, approved_edition) in (0, 2))
);
create index periodic_report_of_organisation on periodic_report (organisation_id, report_id);
-- Pages of an opening.
create index periodic_report_of_opening on periodic_report (opening_id, report_id);
create index periodic_report_of_superior on periodic_report (opening_id, superior_id);
create index periodic_report_above on periodic_report using gin (above);

-- Only added to.
create table periodic_report_step
(
    report_id uuid        not null references periodic_report,
    -- The one that it came to.
    revision  integer     not null,
    edition   integer     not null,
    -- DRAFTED, DECLARED, CONSOLIDATED, SUBMITTED, RETURNED, REOPENED, APPROVED, REVISED, WAIVED
    step      text        not null,
    actor     text        not null,
    at        timestamptz not null,
    message   text        not null,
    -- What was handed in, and what was approved.
    content   jsonb,
    act_id    uuid        not null,

    constraint periodic_report_step_key primary key (report_id, revision)
);

-- What a superior's report has added up: whose, and which edition of it.
create table periodic_report_consumed
(
    report_id uuid    not null references periodic_report,
    below_id  uuid    not null references periodic_report,
    edition   integer not null,

    constraint periodic_report_consumed_key primary key (report_id, below_id)
);

-- What is only added to is not to be touched by whoever adds to it.
do $migration$
declare
    holder text;
    kept   text;
begin
    foreach kept in array array['periodic_report_form', 'periodic_report_step'] loop
        for holder in
            select distinct grantee::regrole::text
            from pg_class cross join aclexplode(relacl)
            where oid = kept::regclass and grantee <> relowner and grantee <> 0
        loop
            execute format('revoke update, delete, truncate on %I from %s', kept, holder);
        end loop;
    end loop;
end;
$migration$;
