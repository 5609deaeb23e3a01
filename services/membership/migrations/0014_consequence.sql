-- What registry's acts mean for members: recorded when the act is read from the feed,
-- finished when it is carried out.
create table consequence
(
    registry_act_id    uuid     not null,
    -- The organisation founded or ended.
    organisation_id    uuid     not null,
    -- membership.v1.ConsequenceKind.
    kind               smallint not null,
    effective_on       date     not null,
    to_organisation_id uuid,
    -- How many people were admitted, moved or ended so far.
    members            integer  not null default 0,
    finished_at        timestamptz,
    -- Why it waits: membership.v1.Obstacle.
    obstacle           smallint,

    constraint consequence_key primary key (registry_act_id, organisation_id, kind)
);
create index consequence_waiting on consequence (organisation_id) where finished_at is null;

-- Applicants of a founded union who could not be admitted.
create table consequence_passed_over
(
    person_id       uuid     not null,
    registry_act_id uuid     not null,
    organisation_id uuid     not null,
    obstacle        smallint not null,

    constraint consequence_passed_over_key primary key (person_id, registry_act_id, organisation_id)
);
create index consequence_passed_over_of
    on consequence_passed_over (registry_act_id, organisation_id);
