-- Organisations as registry's feed tells them: what an admission is decided on, so that it
-- works while registry is away.
create table organisation
(
    organisation_id uuid     not null,
    type            text     not null,
    founded_on      date     not null,
    -- The first day on which it no longer exists; null while no end is known.
    ended_on        date,
    -- registry.v1.MembersOutcome: what becomes of the members it still has.
    members_outcome smallint,
    -- Where they continue, if they do.
    members_to_id   uuid,

    constraint organisation_key primary key (organisation_id),
    constraint organisation_end_has_outcome check ((ended_on is null) = (members_outcome is null))
);

-- On which days its direction was suspended: it admits nobody and receives no transfers.
create table organisation_suspension
(
    organisation_id uuid not null,
    suspended_on    date not null,
    -- The first day on which it was resumed.
    resumed_on      date,

    constraint organisation_suspension_key primary key (organisation_id, suspended_on),
    constraint organisation_suspension_of foreign key (organisation_id) references organisation
);
