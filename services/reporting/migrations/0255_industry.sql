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
