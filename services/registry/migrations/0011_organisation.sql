-- Organisations and their dated attributes. Every attribute has two times: `valid`, the
-- civil dates on which it held, and `recorded`, the instants during which we believed so.
-- Nothing is updated but the end of `recorded`, nothing is deleted; the constraints keep
-- what is currently believed of one attribute of one organisation from overlapping.
--
-- `act_id` names the act that a belief rests on, `replaced_by` the one that put another in
-- its place: to undo an act is to close what rests on it and to know again what it replaced.
-- All rows of one act are recorded at one instant.

-- Decisions and other documents; numbers start again each year in each issuing body.
create table decision
(
    decision_id  uuid        primary key,
    issuer_id    uuid        not null,
    kind         text        not null,
    number       text        not null,
    issued_on    date        not null,
    effective_on date        not null,
    title        text        not null,
    act_id       uuid        not null,
    recorded_at  timestamptz not null,

    constraint decision_key unique (issuer_id, kind, number, issued_on)
);

-- An organisation is only its identity; ids are never used again.
create table organisation
(
    organisation_id uuid        primary key,
    act_id          uuid        not null,
    recorded_at     timestamptz not null
);

alter table decision
    add constraint decision_issuer foreign key (issuer_id) references organisation
        deferrable initially deferred;

-- How an organisation came to be. One without a currently known founding is known never to
-- have existed.
create table organisation_founding
(
    organisation_id uuid      not null references organisation,
    founded_on      date      not null,
    -- The founding congress, where there was one.
    congress_on     date,
    -- FOUNDED counts as a founding; LOADED existed before the register did.
    origin          text      not null check (origin in ('FOUNDED', 'LOADED')),
    -- Null where it was loaded without one.
    decision_id     uuid      references decision,
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint organisation_founding_replaced check ((replaced_by is null) = upper_inf(recorded))
);
create unique index organisation_founding_known
    on organisation_founding (organisation_id) where upper_inf(recorded);
create index organisation_founding_history on organisation_founding (organisation_id);

-- The primary superior. The Confederation alone has none.
create table organisation_parent
(
    organisation_id  uuid      not null references organisation,
    superior_id      uuid      not null references organisation,
    valid            daterange not null check (not isempty(valid)),
    recorded         tstzrange not null,
    -- Derived: the organisation has, or had, subordinates of its own. These few rows are
    -- the skeleton that every walk down the tree follows.
    has_subordinates boolean   not null default false,
    act_id           uuid      not null,
    replaced_by      uuid,

    constraint organisation_parent_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_parent_not_itself check (organisation_id <> superior_id),
    constraint organisation_parent_known
        exclude using gist (organisation_id with =, valid with &&) where (upper_inf(recorded))
);
create index organisation_parent_history on organisation_parent (organisation_id);
create index organisation_parent_skeleton on organisation_parent (superior_id) where has_subordinates;
create index organisation_parent_leaves
    on organisation_parent (superior_id, organisation_id) where not has_subordinates;

-- The form under which names are found: no tone marks, no case, Đ as D.
create function fold(given text) returns text
    language sql immutable parallel safe
return lower(public.unaccent('public.unaccent'::regdictionary, translate(given, 'Đđ', 'Dd')));

create table organisation_name
(
    organisation_id uuid      not null references organisation,
    name            text      not null,
    short_name      text      not null,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,
    search_key      text      not null generated always as (fold(name || ' ' || short_name)) stored,

    constraint organisation_name_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_name_known
        exclude using gist (organisation_id with =, valid with &&) where (upper_inf(recorded))
);
create index organisation_name_history on organisation_name (organisation_id);
create index organisation_name_search on organisation_name using gin (search_key gin_trgm_ops);

create table organisation_code
(
    organisation_id uuid      not null references organisation,
    code            text      not null,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint organisation_code_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_code_known
        exclude using gist (organisation_id with =, valid with &&) where (upper_inf(recorded)),
    -- A code names one organisation at a time; it ends with the organisation. Hashes of codes
    -- are compared, since an index of texts takes far longer to write. Two codes of one hash
    -- would refuse each other: among a million, a chance of one in thirty million.
    constraint organisation_code_taken
        exclude using gist (hashtextextended(code, 0) with =, valid with &&)
        where (upper_inf(recorded))
);
create index organisation_code_history on organisation_code (organisation_id);
create index organisation_code_bearer on organisation_code (code);

create table organisation_type
(
    organisation_id uuid      not null references organisation,
    type            text      not null,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint organisation_type_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_type_known
        exclude using gist (organisation_id with =, valid with &&) where (upper_inf(recorded))
);
create index organisation_type_history on organisation_type (organisation_id);

-- Only organisations whose type has a sector have rows here.
create table organisation_sector
(
    organisation_id uuid      not null references organisation,
    sector          text      not null references sector_rule,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint organisation_sector_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_sector_known
        exclude using gist (organisation_id with =, valid with &&) where (upper_inf(recorded))
);
create index organisation_sector_history on organisation_sector (organisation_id);

create table organisation_status
(
    organisation_id uuid      not null references organisation,
    status          text      not null check (status in ('ACTIVE', 'SUSPENDED', 'ENDED')),
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint organisation_status_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_status_known
        exclude using gist (organisation_id with =, valid with &&) where (upper_inf(recorded))
);
create index organisation_status_history on organisation_status (organisation_id);

-- How an organisation ended, who inherits, and what becomes of its members.
create table organisation_ending
(
    organisation_id        uuid      not null references organisation,
    ended_on               date      not null,
    kind                   text      not null
        check (kind in ('DISSOLVED', 'MERGED', 'CONSOLIDATED', 'DIVIDED', 'TERMINATED')),
    -- The one heir for figures as of a later date.
    principal_successor_id uuid      references organisation,
    last_superior_id       uuid      not null references organisation,
    members_outcome        text      not null
        check (members_outcome in ('REHOMED', 'TO_SUPERIOR', 'MEMBERSHIP_ENDS')),
    rehome_to_id           uuid      references organisation,
    decision_id            uuid      references decision,
    recorded               tstzrange not null,
    act_id                 uuid      not null,
    replaced_by            uuid,

    constraint organisation_ending_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_ending_known
        exclude using gist (organisation_id with =) where (upper_inf(recorded)),
    constraint organisation_ending_successor
        check (kind in ('DISSOLVED', 'TERMINATED') or principal_successor_id is not null),
    constraint organisation_ending_rehome
        check ((members_outcome = 'REHOMED') = (rehome_to_id is not null))
);
create index organisation_ending_history on organisation_ending (organisation_id);
create index organisation_ending_heirs on organisation_ending (principal_successor_id);

-- Everything that stood below an organisation on a date, and the organisation itself, as
-- believed at an instant ('infinity' for now). The recursion follows the skeleton only.
create function subtree(p_root uuid, p_on date, p_known timestamptz) returns setof uuid
    language sql stable rows 1000
begin atomic
    with recursive skeleton (organisation_id) as (
        select p_root
        union all
        select edge.organisation_id
        from skeleton
        join organisation_parent edge on edge.superior_id = skeleton.organisation_id
        where edge.has_subordinates and edge.valid @> p_on and edge.recorded @> p_known
    )
    select organisation_id from skeleton
    union all
    select leaf.organisation_id
    from skeleton
    join organisation_parent leaf on leaf.superior_id = skeleton.organisation_id
    where not leaf.has_subordinates and leaf.valid @> p_on and leaf.recorded @> p_known;
end;
