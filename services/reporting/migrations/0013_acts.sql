-- What reporting itself is told: targets, ratings, activities.

-- One row per revision; nothing is updated. A target is known by what `target_key` names.
create table target
(
    target_id       uuid      not null,
    revision        integer   not null check (revision > 0),
    indicator       text      not null,
    organisation_id uuid      not null references organisation,
    period          daterange not null check (not isempty(period)),
    -- An organisation, or the name of an issuer outside the trade union.
    issuer_id       uuid      references organisation,
    issuer_name     text,
    value           bigint    not null check (value >= 0),
    -- COUNT, BASIS_POINTS
    value_unit      text      not null,
    -- GREATER_OR_EQUAL, GREATER, EQUAL, MEAN_GREATER_OR_EQUAL
    comparator      text      not null,
    denominator_on  date,
    sector_grouping text      not null,
    sector_group    text      not null,
    assigned_on     date      not null,
    decision_id     uuid,
    recorded_at     timestamptz not null,
    act_id          uuid      not null,

    primary key (target_id, revision),
    constraint target_issuer_is_one check (num_nonnulls(issuer_id, issuer_name) = 1),
    constraint target_mean_has_denominator
        check ((comparator = 'MEAN_GREATER_OR_EQUAL') = (denominator_on is not null))
);
create unique index target_key on target
    (organisation_id, indicator, period, coalesce(issuer_id::text, issuer_name), sector_grouping, sector_group, revision);
create index target_issuer on target (issuer_id, indicator);

-- The rating that counts; what it replaced is in the facts, taken back.
create table rating
(
    organisation_id uuid    not null references organisation,
    year            integer not null,
    scheme          text    not null,
    grade           text    not null,
    act_id          uuid    not null,
    constraint rating_key primary key (organisation_id, year)
);

create table activity
(
    activity_id     uuid    not null primary key,
    organisation_id uuid    not null references organisation,
    -- DISSEMINATION, INSPECTION, LAUNCH
    kind            text    not null,
    held_on         date    not null,
    members_reached integer not null check (members_reached >= 0),
    workers_reached integer not null check (workers_reached >= 0),
    times           integer not null check (times > 0),
    act_id          uuid    not null
);
create index activity_organisation on activity (organisation_id, kind, held_on);
