-- Reference data: rules are dated rows, filled from services/registry/reference/*.csv when
-- the service starts. Dates are half-open: the CSV's last day is the day before `upper`.
create extension if not exists btree_gist;
create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- Kinds of organisation, and when each could be founded.
create table organisation_type_rule
(
    type          text      not null,
    name_vi       text      not null,
    short_name_vi text      not null,
    -- 1 the Confederation; 2 and 3 superior organisations, which have no sector; 4 the
    -- grassroots, which have one; 5 and more below them, which may.
    tier          int       not null,
    valid         daterange not null check (not isempty(valid)),

    constraint organisation_type_rule_once exclude using gist (type with =, valid with &&)
);

-- Which type may stand under which.
create table superior_type_rule
(
    type          text      not null,
    superior_type text      not null,
    valid         daterange not null check (not isempty(valid)),

    constraint superior_type_rule_once
        exclude using gist (type with =, superior_type with =, valid with &&)
);

-- How many founders a type needs.
create table minimum_founders_rule
(
    type    text      not null,
    minimum int       not null check (minimum > 0),
    valid   daterange not null check (not isempty(valid)),

    constraint minimum_founders_rule_once exclude using gist (type with =, valid with &&)
);

-- Sectors and their groups; an organisation stands in a sector, never in a group that has
-- sectors of its own.
create table sector_rule
(
    sector   text    primary key,
    group_of text    references sector_rule (sector),
    name_vi  text    not null,
    is_group boolean not null
);

-- Bodies of an organisation.
create table body_rule
(
    body    text    primary key,
    name_vi text    not null,
    -- Filled anew by a term congress.
    elected boolean not null
);

-- Positions in each body.
create table position_rule
(
    body     text    not null references body_rule (body),
    position text    not null,
    name_vi  text    not null,
    -- Held by one person at a time.
    sole     boolean not null,

    primary key (body, position)
);

-- Stages of an organising campaign, in order.
create table campaign_stage_rule
(
    stage       text primary key,
    stage_order int  not null unique,
    name_vi     text not null
);
