-- What a sector is to a type is a rule of its own, not read off its tier.
alter table organisation_type_rule
    add column sector_need text not null check (sector_need in ('NONE', 'ALLOWED', 'REQUIRED'));

-- Who continues an organisation, and in which shares of a whole. Shares apportion quotas;
-- facts are never divided. One that was split off leaves its predecessor living.
create table organisation_succession
(
    predecessor_id uuid      not null references organisation,
    successor_id   uuid      not null references organisation,
    kind           text      not null
        check (kind in ('DISSOLVED', 'MERGED', 'CONSOLIDATED', 'DIVIDED', 'TERMINATED', 'SPLIT_OFF')),
    succeeded_on   date      not null,
    -- So many parts of `share_whole`.
    share          int       not null check (share > 0),
    share_whole    int       not null,
    -- The one heir for figures: that of organisation_ending.
    principal      boolean   not null,
    recorded       tstzrange not null,
    act_id         uuid      not null,
    replaced_by    uuid,

    constraint organisation_succession_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_succession_share check (share <= share_whole),
    -- Who lives on keeps a part.
    constraint organisation_succession_split
        check (kind <> 'SPLIT_OFF' or (not principal and share < share_whole)),
    constraint organisation_succession_not_itself check (predecessor_id <> successor_id)
);
create unique index organisation_succession_known
    on organisation_succession (predecessor_id, successor_id) where upper_inf(recorded);
create unique index organisation_succession_principal
    on organisation_succession (predecessor_id) where upper_inf(recorded) and principal;
create index organisation_succession_history on organisation_succession (predecessor_id);
create index organisation_succession_heirs on organisation_succession (successor_id);

-- How it came to be founded, where that was stated; the rest stands in organisation_founding.
create table founding_route
(
    organisation_id uuid      not null references organisation,
    route           text      not null check (route in ('CONGRESS', 'APPOINTMENT')),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint founding_route_replaced check ((replaced_by is null) = upper_inf(recorded))
);
create unique index founding_route_known on founding_route (organisation_id) where upper_inf(recorded);

-- What a superior recognised, and when.
create table recognition
(
    organisation_id uuid      not null references organisation,
    kind            text      not null check (kind in ('ORGANISATION', 'EXECUTIVE')),
    recognised_on   date      not null,
    decision_id     uuid      references decision,
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint recognition_replaced check ((replaced_by is null) = upper_inf(recorded))
);
-- An organisation once; a committee once a day.
create unique index recognition_of_organisation
    on recognition (organisation_id) where upper_inf(recorded) and kind = 'ORGANISATION';
create unique index recognition_of_executive
    on recognition (organisation_id, recognised_on) where upper_inf(recorded) and kind = 'EXECUTIVE';
create index recognition_history on recognition (organisation_id);

-- For undoing: the rows of an act, and what it replaced.
create index organisation_succession_act on organisation_succession using brin (act_id);
create index founding_route_act on founding_route using brin (act_id);
create index recognition_act on recognition using brin (act_id);
create index organisation_succession_replacing
    on organisation_succession (replaced_by) where replaced_by is not null;
create index founding_route_replacing
    on founding_route (replaced_by) where replaced_by is not null;
create index recognition_replacing
    on recognition (replaced_by) where replaced_by is not null;
