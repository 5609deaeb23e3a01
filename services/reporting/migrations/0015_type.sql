-- The types of organisations that have changed theirs, for all days: the first has no lower
-- bound. Organisations without a row are what organisation.type says on every day.
create table organisation_type
(
    organisation_id uuid      not null references organisation,
    valid           daterange not null check (not isempty(valid)),
    -- A type of registry, for example CDCS.
    type            text      not null,
    -- Counted as a union (grassroots_types.csv).
    grassroots      boolean   not null,
    -- The change that made it one.
    change_id       uuid      not null,
    primary key (organisation_id, valid)
);
