-- Templates of reports: what is printed, as data that federations change. Versions are only added, so
-- that what was printed by one can be printed by it again.
create table report_template
(
    template_version_id uuid        not null,
    -- The organisation whose it is; the nil id where it is everybody's, and came with the program.
    owner_id            uuid        not null,
    -- For example `BA_DINH`.
    code                text        not null,
    version             integer     not null,
    title               text        not null,
    -- What it says (report/template/draft.rs); null from where on the owner has none of this code.
    body                jsonb,
    decision_id         uuid,
    reason              text        not null default '',
    actor               text        not null,
    act_id              uuid,
    set_at              timestamptz not null,

    constraint report_template_key primary key (template_version_id),
    constraint report_template_version unique (owner_id, code, version),
    constraint report_template_counted check (version > 0)
);

-- What is only added to is not to be touched by whoever adds to it.
do $migration$
declare
    holder text;
begin
    for holder in
        select distinct grantee::regrole::text
        from pg_class cross join aclexplode(relacl)
        where oid = 'report_template'::regclass and grantee <> relowner and grantee <> 0
    loop
        execute format('revoke update, delete, truncate on report_template from %s', holder);
    end loop;
end;
$migration$;
