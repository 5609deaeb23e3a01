-- A movement is one dated act on many people: an admission, a transfer, an exit. Movements
-- are only ever added. A membership is one stay of a person in a union, from the movement
-- that began it to the one that ended it: the lines of a movement are those memberships.
create table movement
(
    movement_id          uuid        not null,
    kind                 text        not null,
    from_organisation_id uuid,
    to_organisation_id   uuid,
    -- membership.v1.AdmissionKind, of an admission.
    admission_kind       smallint,
    -- membership.v1.ExitReason, of an exit.
    exit_reason          smallint,
    effective_on         date        not null,
    decision_number      text,
    decision_issued_on   date,
    -- The act of registry that it follows from, if it does.
    registry_act_id      uuid,
    members              integer     not null,
    -- The act that recorded it; where it follows from an act of registry, that one.
    act_id               uuid        not null,
    recorded_at          timestamptz not null,

    constraint movement_key primary key (movement_id),
    constraint movement_shape check (
        case kind
            when 'admission' then from_organisation_id is null and to_organisation_id is not null
                and admission_kind in (1, 2, 3) and exit_reason is null
            when 'transfer' then from_organisation_id <> to_organisation_id
                and admission_kind is null and exit_reason is null
            when 'exit' then from_organisation_id is not null and to_organisation_id is null
                and admission_kind is null and exit_reason between 1 and 9
            else false
        end),
    constraint movement_members check (members > 0)
);

create table membership
(
    person_id       uuid not null,
    membership_id   uuid not null,
    organisation_id uuid not null,
    from_on         date not null,
    -- The first day on which it no longer held; null while it lasts.
    until_on        date,
    begun_by        uuid not null,
    ended_by        uuid,

    constraint membership_key primary key (person_id, membership_id),
    constraint membership_person foreign key (person_id) references person,
    constraint membership_organisation foreign key (organisation_id) references organisation,
    constraint membership_begun_by foreign key (begun_by) references movement,
    constraint membership_ended_by foreign key (ended_by) references movement,
    constraint membership_ends_by_movement check ((until_on is null) = (ended_by is null)),
    constraint membership_one_at_a_time
        exclude using gist (person_id with =, daterange(from_on, until_on) with &&)
);
create index membership_of_organisation on membership (organisation_id, person_id);

-- People who asked to join. It lapses 30 days after its day, unless something ended it.
create table application
(
    person_id       uuid        not null,
    application_id  uuid        not null,
    -- Applied under: the union, or the future superior of one not yet founded.
    organisation_id uuid        not null,
    applied_on      date        not null,
    -- The first day on which it no longer counts, if nothing happens.
    lapses_on       date        not null,
    -- What ended it earlier: membership.v1.ApplicationState, ADMITTED or REPLACED.
    closed_on       date,
    closed_as       smallint,
    act_id          uuid        not null,
    recorded_at     timestamptz not null,

    constraint application_key primary key (person_id, application_id),
    constraint application_person foreign key (person_id) references person,
    constraint application_organisation foreign key (organisation_id) references organisation,
    constraint application_closed check ((closed_on is null) = (closed_as is null)),
    constraint application_one_at_a_time
        exclude using gist (person_id with =,
                            daterange(applied_on, coalesce(closed_on, lapses_on)) with &&)
);
create index application_id on application (application_id);
create index application_of_organisation on application (organisation_id, application_id);
