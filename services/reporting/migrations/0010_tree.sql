-- Reporting's own copy of the tree, as registry's feed tells it: what is known now, with
-- the dates on which it holds. Attributes are dated each by itself; ranges are half-open.

-- Every change of a feed that figures may point at: where it stood, and what it rests on.
create table change_seen
(
    change_id    uuid   not null primary key,
    -- `registry` or `membership`; reporting's own changes stand in feed.stream.
    source       text   not null,
    position     bigint not null,
    act_id       uuid   not null,
    kind         text   not null,
    effective_on date   not null,
    decision_id  uuid,
    traceparent  text   not null
);

create table organisation
(
    organisation_id    uuid    not null primary key,
    -- A type of registry, for example CDCS.
    type               text    not null,
    -- Counted as a union (grassroots_types.csv); sections and members of unions are not.
    grassroots         boolean not null,
    founded_on         date    not null,
    -- Existed before the register did: in the stock from its date on, and no founding.
    loaded             boolean not null,
    founding_change_id uuid    not null,

    -- The first day on which it no longer exists.
    ended_on           date,
    end_kind           text,
    -- The principal successor; null when it ended without one.
    heir_id            uuid,
    last_superior_id   uuid,
    ending_change_id   uuid,

    constraint organisation_ends_after_founding check (ended_on > founded_on),
    constraint organisation_ends_whole check (num_nulls(ended_on, end_kind, ending_change_id) in (0, 3))
);
create index organisation_heir on organisation (heir_id) where heir_id is not null;
create index organisation_ended on organisation (ended_on) where ended_on is not null;

-- The primary superior, for the whole life of the organisation and not a day longer.
create table edge
(
    organisation_id uuid      not null references organisation,
    superior_id     uuid      not null references organisation,
    valid           daterange not null check (not isempty(valid)),
    -- The change that put it there.
    change_id       uuid      not null,
    primary key (organisation_id, valid)
);
create index edge_superior on edge (superior_id);

-- Names and sectors: the first row has no lower bound, so that what is dated before a
-- founding (an application, a late correction) still finds one.
create table organisation_name
(
    organisation_id uuid      not null references organisation,
    valid           daterange not null check (not isempty(valid)),
    name            text      not null,
    short_name      text      not null,
    primary key (organisation_id, valid)
);

create table organisation_sector
(
    organisation_id uuid      not null references organisation,
    valid           daterange not null check (not isempty(valid)),
    -- sectors.csv
    sector          text      not null,
    change_id       uuid      not null,
    primary key (organisation_id, valid)
);

-- Direction suspended.
create table suspension
(
    organisation_id uuid      not null references organisation,
    valid           daterange not null check (not isempty(valid)),
    change_id       uuid      not null,
    primary key (organisation_id, valid)
);

-- The keys of decisions, to name them beside a figure.
create table decision
(
    decision_id  uuid not null primary key,
    issuer_id    uuid,
    kind         text not null,
    number       text not null,
    issued_on    date,
    effective_on date
);

-- The name that an organisation had on a day: its last one, if it had ended by then.
create function name_on(p_organisation uuid, p_on date) returns text
    language sql stable
begin atomic
    select n.name
    from organisation o
    join organisation_name n using (organisation_id)
    where o.organisation_id = p_organisation
      and n.valid @> least(p_on, o.ended_on - 1);
end;
