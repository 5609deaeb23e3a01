-- Rules on bodies and congresses, as dated rows filled from services/registry/reference, and
-- what a congress was judged by.

-- How many seats a body may have, by the members that its congress was held for.
create table body_size_rule
(
    type              text      not null,
    -- The one organisation that this row is for; empty for all of the type.
    organisation_code text      not null,
    body              text      not null references body_rule,
    -- From so many members on, until the next row begins.
    members_from      int       not null check (members_from >= 0),
    least             int       not null check (least > 0),
    most              int       not null check (most >= least),
    valid             daterange not null check (not isempty(valid)),

    constraint body_size_rule_once exclude using gist
        (type with =, organisation_code with =, body with =, members_from with =, valid with &&)
);

-- From how many members on a congress is one of delegates; below, everybody takes part.
create table congress_form_rule
(
    type           text      not null,
    delegates_from int       not null check (delegates_from > 0),
    valid          daterange not null check (not isempty(valid)),

    constraint congress_form_rule_once exclude using gist (type with =, valid with &&)
);

-- Shares of seats:
--   EXCESS                 so much above the cap, with the superior's consent
--   LEAST_OF_MOST          so much of the cap at least
--   STANDING_OF_EXECUTIVE  the standing committee, of an executive of `seats_from` and more
--   CO_OPTED               members elected between congresses, of the executive
create table body_share_rule
(
    share       text      not null
        check (share in ('EXCESS', 'LEAST_OF_MOST', 'STANDING_OF_EXECUTIVE', 'CO_OPTED')),
    -- SUPERIOR or GRASSROOTS organisations.
    level       text      not null check (level in ('SUPERIOR', 'GRASSROOTS')),
    numerator   int       not null check (numerator > 0),
    denominator int       not null check (denominator >= numerator),
    seats_from  int       not null check (seats_from >= 0),
    valid       daterange not null check (not isempty(valid)),

    constraint body_share_rule_once
        exclude using gist (share with =, level with =, valid with &&)
);

-- How long something may take: APPOINTED_CONGRESS is the congress of an appointed executive.
create table deadline_rule
(
    deadline text      not null check (deadline in ('APPOINTED_CONGRESS')),
    months   int       not null check (months > 0),
    valid    daterange not null check (not isempty(valid)),

    constraint deadline_rule_once exclude using gist (deadline with =, valid with &&)
);

-- Organisations down to this tier have the body; null where none must have it.
alter table body_rule add column down_to_tier int;
-- A body without anybody in this position has a vacancy.
alter table position_rule add column required boolean not null default false;

-- How many members the congress was held for; null where it was not stated.
alter table congress
    add column member_count int,
    -- The superior's consent to what the rules allow with it only.
    add column consent_id   uuid references decision,
    add constraint congress_member_count check (member_count > 0);

-- A body that a congress elected, and how many seats it may have.
create table congress_body
(
    congress_id uuid not null references congress,
    body        text not null references body_rule,
    -- As the congress decided; null where that was not stated.
    seats       int check (seats > 0),
    -- By the rule of that day; null where none was in force.
    least       int,
    most        int,
    -- The cap that counted: with consent, or after a merger, above `most`.
    allowed     int,

    constraint congress_body_once primary key (congress_id, body),
    constraint congress_body_limits check (num_nulls(least, most, allowed) in (0, 3))
);

-- A superior appointed members of a body.
create table appointment
(
    appointment_id  uuid        primary key,
    organisation_id uuid        not null references organisation,
    body            text        not null references body_rule,
    effective_on    date        not null,
    -- Nobody sat in the body until then: it is an appointed body, whose congress is due.
    opens_body      boolean     not null,
    decision_id     uuid references decision,
    act_id          uuid        not null,
    recorded_at     timestamptz not null
);
create index appointment_organisation on appointment (organisation_id, effective_on) where opens_body;
