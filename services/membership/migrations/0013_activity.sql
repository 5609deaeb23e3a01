-- What happens to people besides their membership.
create table training_course
(
    course_id       uuid        not null,
    -- The organiser.
    organisation_id uuid        not null,
    title           text        not null,
    topics          text[]      not null,
    starts_on       date        not null,
    -- The last day.
    ends_on         date        not null,
    -- Distinct people, and attendances.
    people          integer     not null,
    attendances     integer     not null,
    act_id          uuid        not null,
    recorded_at     timestamptz not null,

    constraint training_course_key primary key (course_id),
    constraint training_course_organiser foreign key (organisation_id) references organisation,
    constraint training_course_dates check (starts_on <= ends_on),
    constraint training_course_counts check (0 < people and people <= attendances)
);
create index training_course_of on training_course (organisation_id, course_id);

create table training_attendance
(
    person_id       uuid not null,
    course_id       uuid not null,
    attended_on     date not null,
    -- For which organisation the person attended.
    organisation_id uuid not null,

    constraint training_attendance_key primary key (person_id, course_id, attended_on),
    constraint training_attendance_person foreign key (person_id) references person,
    constraint training_attendance_course foreign key (course_id) references training_course
);
create index training_attendance_of on training_attendance (course_id);

-- Sensitive. One case: referred, and perhaps, later, admitted.
create table party_referral
(
    person_id       uuid        not null,
    referral_id     uuid        not null,
    -- The union that referred.
    organisation_id uuid        not null,
    -- The person's pseudonym for the purpose `party`, as published.
    subject         text        not null,
    referred_on     date        not null,
    admitted_on     date,
    act_id          uuid        not null,
    recorded_at     timestamptz not null,

    constraint party_referral_key primary key (person_id, referral_id),
    constraint party_referral_person foreign key (person_id) references person,
    constraint party_referral_organisation foreign key (organisation_id) references organisation,
    constraint party_referral_before_admission check (referred_on <= admitted_on)
);
-- Nobody is admitted to the Party twice.
create unique index party_admitted_once on party_referral (person_id) where admitted_on is not null;
create index party_referral_id on party_referral (referral_id);
create index party_referral_of on party_referral (organisation_id, referral_id);

create table cadre_recommendation
(
    person_id         uuid        not null,
    recommendation_id uuid        not null,
    organisation_id   uuid        not null,
    -- The person's pseudonym for the purpose `cadre`, as published.
    subject           text        not null,
    recommended_on    date        not null,
    -- The Party committee, as its name is written.
    committee         text,
    -- membership.v1.CadrePurpose.
    purposes          smallint[]  not null,
    act_id            uuid        not null,
    recorded_at       timestamptz not null,

    constraint cadre_recommendation_key primary key (person_id, recommendation_id),
    constraint cadre_recommendation_person foreign key (person_id) references person,
    constraint cadre_recommendation_by foreign key (organisation_id) references organisation,
    constraint cadre_recommendation_purposes check (cardinality(purposes) > 0)
);
create index cadre_recommendation_of on cadre_recommendation (organisation_id, recommendation_id);

create table delegation
(
    delegation_id   uuid        not null,
    -- The sender.
    organisation_id uuid        not null,
    host_id         uuid        not null,
    event           text        not null,
    held_on         date        not null,
    act_id          uuid        not null,
    recorded_at     timestamptz not null,

    constraint delegation_key primary key (delegation_id),
    constraint delegation_sender foreign key (organisation_id) references organisation,
    constraint delegation_host foreign key (host_id) references organisation
);

create table delegate
(
    person_id       uuid not null,
    delegation_id   uuid not null,
    organisation_id uuid not null,

    constraint delegate_key primary key (person_id, delegation_id),
    constraint delegate_person foreign key (person_id) references person,
    constraint delegate_delegation foreign key (delegation_id) references delegation
);
create index delegate_of on delegate (delegation_id);
