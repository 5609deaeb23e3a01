-- Closed periods: what was counted when a period was closed, frozen in cells, with a digest over all of
-- them and its signature (docs/closings.md). Only added to: what is known later is a further revision.
create table closing
(
    closing_id        uuid        not null primary key,
    organisation_id   uuid        not null references organisation,
    organisation_name text        not null,
    period            daterange   not null constraint closing_period check (not isempty(period)),
    revision          integer     not null constraint closing_revision check (revision > 0),
    earlier_id        uuid        references closing,
    -- The day of the tree.
    tree_on           date        not null,
    known_at          timestamptz not null,
    -- How far each feed had been applied: by source.
    positions         jsonb       not null,
    indicators        text[]      not null,
    cells             integer     not null,
    earlier_digest    text        not null,
    digest            text        not null,
    key_id            text        not null,
    signature         text        not null,
    actor             text        not null,
    reason            text        not null,
    decision_id       uuid,
    approved_reports  integer     not null,
    waived_reports    integer     not null,
    act_id            uuid        not null,

    constraint closing_once unique (organisation_id, period, revision),
    constraint closing_revises check ((revision = 1) = (earlier_id is null))
);
create index closing_of_organisation on closing (organisation_id, closing_id);

create table closing_cell
(
    closing_id  uuid    not null references closing,
    -- Its place in the chain.
    place       integer not null,
    indicator   text    not null,
    -- TOTAL, the id of a child, ITSELF, ENDED, NOT_YET_FOUNDED
    line        text    not null,
    name        text    not null,
    value       bigint  not null,
    denominator bigint  not null,

    constraint closing_cell_key primary key (closing_id, place)
);

-- What is closed is not to be touched by whoever closes.
do $migration$
declare
    holder text;
    kept   text;
begin
    foreach kept in array array['closing', 'closing_cell'] loop
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
