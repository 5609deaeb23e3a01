-- This service's own copy of what decides rights: the tree, what ended, and the grants, as
-- registry's feed tells them. Registry itself has views of these names on its own tables.
create schema access;

-- The primary superior of an organisation, dated.
create table access.superior
(
    organisation_id uuid      not null,
    superior_id     uuid      not null,
    valid           daterange not null check (not isempty(valid)),
    primary key (organisation_id, valid)
);
create index superior_of on access.superior (superior_id);

-- Organisations that ended, and who inherits.
create table access.ending
(
    organisation_id uuid primary key,
    ended_on        date not null,
    -- The principal successor; null when it ended without one.
    heir_id         uuid
);

-- Who may act in which role, where, from when to when.
create table access.grant_held
(
    grant_id        uuid      primary key,
    issuer          text      not null,
    subject         text      not null,
    role            text      not null,
    organisation_id uuid      not null,
    valid           daterange not null
);
create index grant_held_subject on access.grant_held (issuer, subject);
