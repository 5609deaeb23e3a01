-- Further dated attributes of organisations.

-- Communes under the names and codes of their time (reference/communes.csv): the code of one
-- may have been another's before, so a code alone names nothing.
create table commune_rule
(
    commune       text      not null,
    name_vi       text      not null,
    province_code text      not null,
    -- Until 2025-06-30; empty since.
    district_code text      not null,
    -- While it bears this name.
    valid         daterange not null check (not isempty(valid)),
    -- The first day on which it is no commune, under whatever name; null while there is none.
    abolished_on  date,

    constraint commune_rule_once primary key (commune, valid),
    constraint commune_rule_lives check (abolished_on is null or upper(valid) <= abolished_on)
);
create index commune_rule_province on commune_rule (province_code);

-- Which types have a territory, and whether two of one type may share a commune.
create table territory_rule
(
    type      text      not null,
    exclusive boolean   not null,
    valid     daterange not null check (not isempty(valid)),

    constraint territory_rule_once exclude using gist (type with =, valid with &&)
);

-- The communes that a union looks after.
create table organisation_territory
(
    organisation_id uuid      not null references organisation,
    commune         text      not null,
    valid           daterange not null check (not isempty(valid)),
    -- Its type, where no two of that type may share a commune; else null.
    exclusive_type  text,
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint organisation_territory_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_territory_known
        exclude using gist (organisation_id with =, commune with =, valid with &&)
        where (upper_inf(recorded)),
    constraint organisation_territory_taken
        exclude using gist (commune with =, exclusive_type with =, valid with &&)
        where (upper_inf(recorded) and exclusive_type is not null)
);
create index organisation_territory_history on organisation_territory (organisation_id);

create table organisation_seal
(
    organisation_id uuid      not null references organisation,
    seal            text      not null check (seal in ('NONE', 'IN_USE', 'HANDED_IN', 'LOST')),
    -- The organisation's own account: no person's.
    account_number  text      not null,
    account_bank    text      not null,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint organisation_seal_account check ((account_number = '') = (account_bank = '')),
    constraint organisation_seal_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_seal_known
        exclude using gist (organisation_id with =, valid with &&) where (upper_inf(recorded))
);
create index organisation_seal_history on organisation_seal (organisation_id);

-- Other names under which it is known, found as names are.
create table organisation_alias
(
    organisation_id uuid      not null references organisation,
    alias           text      not null,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,
    search_key      text      not null generated always as (fold(alias)) stored,

    constraint organisation_alias_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_alias_known
        exclude using gist (organisation_id with =, search_key with =, valid with &&)
        where (upper_inf(recorded))
);
create index organisation_alias_history on organisation_alias (organisation_id);
create index organisation_alias_search on organisation_alias using gin (search_key gin_trgm_ops);

-- Phối hợp chỉ đạo: a second, informational edge. Sums, scope and rights follow
-- organisation_parent alone.
create table organisation_director
(
    organisation_id uuid      not null references organisation,
    director_id     uuid      not null references organisation,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint organisation_director_not_itself check (organisation_id <> director_id),
    constraint organisation_director_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_director_known
        exclude using gist (organisation_id with =, director_id with =, valid with &&)
        where (upper_inf(recorded))
);
create index organisation_director_history on organisation_director (organisation_id);
create index organisation_director_of on organisation_director (director_id);

-- For undoing: the rows of an act, and what it replaced.
create index organisation_territory_act on organisation_territory using brin (act_id);
create index organisation_seal_act on organisation_seal using brin (act_id);
create index organisation_alias_act on organisation_alias using brin (act_id);
create index organisation_director_act on organisation_director using brin (act_id);
create index organisation_territory_replacing
    on organisation_territory (replaced_by) where replaced_by is not null;
create index organisation_seal_replacing
    on organisation_seal (replaced_by) where replaced_by is not null;
create index organisation_alias_replacing
    on organisation_alias (replaced_by) where replaced_by is not null;
create index organisation_director_replacing
    on organisation_director (replaced_by) where replaced_by is not null;
