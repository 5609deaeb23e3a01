-- Congresses, the bodies they elect, and who sits in them. People are ids of membership.

create table congress
(
    congress_id     uuid        primary key,
    organisation_id uuid        not null references organisation,
    ordinal         int         not null check (ordinal between 1 and 999),
    held_on         date        not null,
    form            text        not null check (form in ('PLENARY', 'DELEGATE')),
    term_from_year  int         not null,
    term_to_year    int         not null,
    term_reason     text        not null,
    decision_id     uuid        references decision,
    act_id          uuid        not null,
    recorded_at     timestamptz not null,

    constraint congress_ordinal unique (organisation_id, ordinal),
    constraint congress_term check (term_to_year - term_from_year between 1 and 10),
    constraint congress_term_reason
        check (term_to_year - term_from_year = 5 or term_reason <> '')
);

create table by_election
(
    by_election_id  uuid        primary key,
    organisation_id uuid        not null references organisation,
    body            text        not null references body_rule (body),
    held_on         date        not null,
    decision_id     uuid        references decision,
    act_id          uuid        not null,
    recorded_at     timestamptz not null
);
create index by_election_organisation on by_election (organisation_id);

-- A body of an organisation. There is one of each kind, but any number of steering
-- committees, each with a name.
create table body
(
    body_id         uuid not null primary key,
    organisation_id uuid not null references organisation,
    body            text not null references body_rule (body),
    name            text not null,
    act_id          uuid not null,

    constraint body_steering_has_name check ((body = 'STEERING') = (name <> ''))
);
create unique index body_of_organisation on body (organisation_id, body) where body <> 'STEERING';
create index body_organisation on body (organisation_id);

-- A seat in a body, taken by a person.
create table office
(
    office_id       uuid      not null,
    body_id         uuid      not null references body,
    organisation_id uuid      not null references organisation,
    body            text      not null,
    position        text      not null,
    person_id       uuid      not null,
    -- The planned end of the term.
    term_until      date,
    -- The position is held by one person at a time (copied from position_rule).
    sole            boolean   not null,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    foreign key (body, position) references position_rule (body, position),
    constraint office_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint office_known
        exclude using gist (office_id with =, valid with &&) where (upper_inf(recorded)),
    -- A person has one seat in a body at a time.
    constraint office_seat
        exclude using gist (body_id with =, person_id with =, valid with &&) where (upper_inf(recorded)),
    constraint office_sole
        exclude using gist (body_id with =, position with =, valid with &&)
        where (upper_inf(recorded) and sole)
);
create index office_history on office (office_id);
create index office_organisation on office (organisation_id);
create index office_body on office (body_id);

-- A member of a steering committee follows a unit.
create table unit_assignment
(
    assignment_id uuid      not null,
    body_id       uuid      not null references body,
    office_id     uuid      not null,
    person_id     uuid      not null,
    unit_id       uuid      not null references organisation,
    valid         daterange not null check (not isempty(valid)),
    recorded      tstzrange not null,
    act_id        uuid      not null,
    replaced_by   uuid,

    constraint unit_assignment_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint unit_assignment_known
        exclude using gist (assignment_id with =, valid with &&) where (upper_inf(recorded)),
    constraint unit_assignment_once
        exclude using gist (office_id with =, unit_id with =, valid with &&) where (upper_inf(recorded))
);
create index unit_assignment_history on unit_assignment (assignment_id);
create index unit_assignment_body on unit_assignment (body_id);
create index unit_assignment_office on unit_assignment (office_id);
create index unit_assignment_unit on unit_assignment (unit_id);

-- Ceremonies are not foundings: they may lag behind, or be left out.
create table ceremony
(
    ceremony_id     uuid        primary key,
    organisation_id uuid        not null references organisation,
    kind            text        not null check (kind in ('LAUNCH', 'HANDING_OVER')),
    held_on         date        not null,
    act_id          uuid        not null,
    recorded_at     timestamptz not null
);
create index ceremony_organisation on ceremony (organisation_id);

create table ceremony_launched
(
    ceremony_id     uuid not null references ceremony,
    organisation_id uuid not null references organisation,
    -- The decision handed over; null where none was.
    decision_id     uuid references decision,

    constraint ceremony_launched_once primary key (ceremony_id, organisation_id)
);
create index ceremony_launched_organisation on ceremony_launched (organisation_id);
