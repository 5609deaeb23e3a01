-- Succession plans and secondments. People are ids of membership.

-- Who is being prepared for a post, for a term. The latest plan by a date is in force then.
create table succession_plan
(
    succession_plan_id uuid        primary key,
    organisation_id    uuid        not null references organisation,
    body               text        not null,
    position           text        not null,
    term_from_year     int         not null,
    term_to_year       int         not null,
    planned_on         date        not null,
    decision_id        uuid        references decision,
    act_id             uuid        not null,
    recorded_at        timestamptz not null,

    foreign key (body, position) references position_rule (body, position),
    constraint succession_plan_term check (term_to_year - term_from_year between 1 and 10),
    constraint succession_plan_once
        unique (organisation_id, body, position, term_from_year, planned_on)
);

create table succession_candidate
(
    succession_plan_id uuid not null references succession_plan,
    -- The first in line is 1.
    place              int  not null check (place > 0),
    person_id          uuid not null,

    constraint succession_candidate_place primary key (succession_plan_id, place),
    constraint succession_candidate_once unique (succession_plan_id, person_id)
);

-- A person is sent by an organisation to a host. It holds as long as both of them live.
create table secondment
(
    secondment_id   uuid      not null,
    organisation_id uuid      not null references organisation,
    host_id         uuid      not null references organisation,
    person_id       uuid      not null,
    task            text      not null,
    decision_id     uuid      references decision,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint secondment_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint secondment_not_to_itself check (organisation_id <> host_id),
    constraint secondment_known
        exclude using gist (secondment_id with =, valid with &&) where (upper_inf(recorded)),
    -- Nobody is sent to two at a time.
    constraint secondment_once
        exclude using gist (person_id with =, valid with &&) where (upper_inf(recorded))
);
create index secondment_history on secondment (secondment_id);
create index secondment_sender on secondment (organisation_id);
create index secondment_host on secondment (host_id);
