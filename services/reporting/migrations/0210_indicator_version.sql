-- Indicators that were loaded with their decision: what each counts, version by version. Nothing of it
-- goes or changes, since printed figures name it.
create table indicator_version
(
    code              text        not null,
    version           integer     not null,
    name_vi           text        not null,
    name_en           text        not null,
    unit_vi           text        not null,
    kind              text        not null,
    -- Formulas over sources (reference/sources.toml); empty but for shares.
    numerator         text        not null,
    denominator       text        not null,
    without_suspended boolean     not null,
    -- Periods that end on this day or later are counted so; those before the first version's too.
    in_force_from     date        not null,
    decision_id       uuid        not null,
    act_id            uuid        not null,
    recorded_at       timestamptz not null,

    primary key (code, version),
    constraint indicator_version_number check (version > 0),
    constraint indicator_version_is_of_kind check (kind in ('ADDITIVE', 'DISTINCT', 'SHARE')),
    constraint indicator_version_shares_have_denominators check ((kind = 'SHARE') = (denominator <> '')),
    constraint indicator_version_holds_from_another_day unique (code, in_force_from)
);

-- What is only added to is not to be touched by whoever adds to it.
do $migration$
declare
    holder text;
begin
    for holder in
        select distinct grantee::regrole::text
        from pg_class cross join aclexplode(relacl)
        where oid = 'indicator_version'::regclass and grantee <> relowner and grantee <> 0
    loop
        execute format('revoke update, delete, truncate on indicator_version from %s', holder);
    end loop;
end;
$migration$;
