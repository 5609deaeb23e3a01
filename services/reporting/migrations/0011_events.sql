-- What registry's feed tells of bodies, ceremonies, employers and steering committees: the
-- rows that reports list, and that distinct figures are counted from.

create table office
(
    office_id       uuid      not null primary key,
    organisation_id uuid      not null,
    -- EXECUTIVE, STANDING, INSPECTION, WOMEN, STEERING
    body            text      not null,
    position        text      not null,
    person_id       uuid      not null,
    valid           daterange not null,
    change_id       uuid      not null
);
create index office_organisation on office (organisation_id);

create table congress
(
    congress_id     uuid not null primary key,
    organisation_id uuid not null,
    ordinal         integer not null,
    held_on         date not null,
    term_from_year  integer not null,
    term_to_year    integer not null,
    form            text not null,
    -- Why the term is not five years; empty where it is.
    term_reason     text not null,
    change_id       uuid not null
);
create index congress_organisation on congress (organisation_id);

create table ceremony
(
    ceremony_id     uuid not null primary key,
    organisation_id uuid not null,
    -- LAUNCH, HANDING_OVER
    kind            text not null,
    held_on         date not null,
    change_id       uuid not null
);
create index ceremony_organisation on ceremony (organisation_id);

create table ceremony_launched
(
    ceremony_id     uuid    not null references ceremony,
    -- As the ceremony's record lists them.
    line            integer not null,
    organisation_id uuid    not null,
    -- Handed over to it; null where none was.
    decision_id     uuid,
    primary key (ceremony_id, line)
);

create table employer_survey
(
    employer_id      uuid    not null,
    surveyed_on      date    not null,
    surveyor_id      uuid    not null,
    workforce        integer not null,
    workforce_female integer not null,
    union_ids        uuid[]  not null,
    change_id        uuid    not null,
    primary key (employer_id, surveyed_on)
);
create index employer_survey_surveyor on employer_survey (surveyor_id);
create index employer_survey_union on employer_survey using gin (union_ids);

create table steering_committee
(
    steering_committee_id uuid not null primary key,
    organisation_id       uuid not null
);
create index steering_committee_organisation on steering_committee (organisation_id);

create table unit_assignment
(
    assignment_id         uuid      not null primary key,
    steering_committee_id uuid      not null,
    office_id             uuid      not null,
    person_id             uuid      not null,
    unit_id               uuid      not null,
    valid                 daterange not null
);
create index unit_assignment_committee on unit_assignment (steering_committee_id);
