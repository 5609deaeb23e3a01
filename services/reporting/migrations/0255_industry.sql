-- What organisations work in, as registry tells. On days that no row holds, it is not stated. The first
-- row has no lower bound where it begins with the life, so that what is dated before a founding is
-- shown in it, too.
create table organisation_industry
(
    organisation_id uuid      not null references organisation,
    valid           daterange not null check (not isempty(valid)),
    -- industries.csv
    industry        text      not null,
    change_id       uuid      not null,
    primary key (organisation_id, valid)
);

create trigger tell_inserted after insert on organisation_industry referencing new table as changed
    for each statement execute function tell_units();
create trigger tell_updated after update on organisation_industry referencing new table as changed
    for each statement execute function tell_units();
create trigger tell_deleted after delete on organisation_industry referencing old table as changed
    for each statement execute function tell_units();

-- As of the other tables of the tree, what was known of it stays known (0241).
alter table organisation_industry add column recorded_at timestamptz default tree_recorded_at();
create table organisation_industry_past (replaced_at timestamptz not null, like organisation_industry);
create index organisation_industry_past_of on organisation_industry_past (organisation_id);
create trigger recorded_anew before update on organisation_industry
    for each row when (old.* is distinct from new.*) execute function tree_recorded_anew();
create trigger keeps_past_of_updates after update on organisation_industry
    referencing old table as old_rows new table as new_rows
    for each statement execute function keep_tree_past();
create trigger keeps_past_of_deletes after delete on organisation_industry
    referencing old table as old_rows
    for each statement execute function keep_tree_past();
do $migration$
declare
    holder text;
begin
    for holder in
        select distinct grantee::regrole::text
        from pg_class cross join aclexplode(relacl)
        where oid = 'organisation_industry_past'::regclass and grantee <> relowner and grantee <> 0
    loop
        execute format('revoke insert, update, delete, truncate on organisation_industry_past from %s', holder);
    end loop;
end;
$migration$;

create view organisation_industry_known as
select recorded_at, null::timestamptz as replaced_at, organisation_id, valid, change_id
from organisation_industry
union all
select recorded_at, replaced_at, organisation_id, valid, change_id
from organisation_industry_past;
