-- Schemes that organisations define for themselves and all below; those of the whole country are files
-- (reference/rating_schemes.csv and rating_criteria.toml), of version 1. Nothing of a version changes.
create table rating_scheme
(
    scheme          text        not null,
    version         integer     not null check (version > 0),
    organisation_id uuid        not null references organisation,
    from_year       integer     not null,
    -- 0 until further notice.
    through_year    integer     not null,
    -- Name, grades with their bands, criteria, and after how many months a union is eligible.
    terms           jsonb       not null,
    decision_id     uuid        not null,
    recorded_at     timestamptz not null,
    act_id          uuid        not null,

    constraint rating_scheme_key primary key (scheme, version)
);
create index rating_scheme_organisation on rating_scheme (organisation_id);

create table rating_round
(
    round_id          uuid        not null primary key,
    -- Who opened it.
    organisation_id   uuid        not null references organisation,
    -- CALENDAR_YEAR, SCHOOL_YEAR, CUSTOM
    kind              text        not null,
    year              integer     not null,
    period            daterange   not null check (not isempty(period)),
    scheme            text        not null,
    version           integer     not null,
    -- The scheme as it was when the round was opened: what is defined later changes nothing here.
    terms             jsonb       not null,
    sector_grouping   text        not null,
    sector_group      text        not null,
    self_score_due_on date        not null,
    appraisal_due_on  date        not null,
    decision_due_on   date        not null,
    appeal_days       integer     not null,
    decision_id       uuid,
    -- The day on whose tree unions were listed.
    listed_on         date        not null,
    opened_at         timestamptz not null,
    act_id            uuid        not null,

    ended_at          timestamptz,
    ended_by          uuid,
    -- Taken back, rather than finished.
    withdrawn         boolean     not null default false,
    end_reason        text        not null default '',

    constraint rating_round_ends_whole check ((ended_at is null) = (ended_by is null))
);
create index rating_round_organisation on rating_round (organisation_id, year, round_id);

-- Whom a round lists, and how far each is. What was said stands in rating_step; this is what follows
-- from it.
create table rating_of_round
(
    round_id        uuid    not null references rating_round,
    organisation_id uuid    not null references organisation,
    year            integer not null,
    -- Why it is not rated: TOO_YOUNG, SUSPENDED, ENDED, IN_ANOTHER_ROUND, NO_UNION; null where it is.
    ineligible      text,
    -- It is rated in this round and in no other of the year.
    takes_part      boolean not null,
    -- As it was on the day on which it was listed.
    sector          text    not null,
    -- AWAITING_SELF_SCORE, SELF_SCORED, APPRAISED, DECIDED, APPEALED, ANSWERED, NOT_RATED
    state           text    not null,
    -- How many steps there are.
    steps           integer not null default 0,
    -- In tenths of a point.
    self_tenths      integer,
    appraised_tenths integer,
    -- As it is decided now.
    grade           text,
    decided_on      date,

    constraint rating_of_round_key primary key (round_id, organisation_id),
    constraint rating_of_round_is_decided check ((grade is null) = (decided_on is null))
);
create index rating_of_round_state on rating_of_round (round_id, state);
create index rating_of_round_organisation on rating_of_round (organisation_id, year);
create unique index rating_of_round_once on rating_of_round (organisation_id, year) where takes_part;

-- All that was said, each beside the others: what a union says of itself is not what it is appraised at.
create table rating_step
(
    round_id        uuid        not null,
    organisation_id uuid        not null,
    step            integer     not null,
    -- SELF_SCORED, APPRAISED, DECIDED, APPEALED, ANSWERED
    kind            text        not null,
    -- [{"criterion": "TIEU_CHI_1", "tenths": 385, "note": ""}]
    scores          jsonb       not null,
    total_tenths    integer,
    grade           text,
    reason          text        not null,
    decision_id     uuid,
    actor           text        not null,
    recorded_at     timestamptz not null,
    act_id          uuid        not null,

    constraint rating_step_key primary key (round_id, organisation_id, step),
    constraint rating_step_of foreign key (round_id, organisation_id) references rating_of_round
);

-- What is only added to is not to be touched by whoever adds to it.
do $migration$
declare
    kept text;
    holder text;
begin
    foreach kept in array array ['rating_scheme', 'rating_step']
    loop
        for holder in
            select distinct grantee::regrole::text
            from pg_class cross join aclexplode(relacl)
            where oid = kept::regclass and grantee <> relowner and grantee <> 0
        loop
            execute format('revoke update, delete, truncate on %I from %s', kept, holder);
        end loop;
    end loop;
end;
$migration$;

-- The rating that counts says from now on when it counts, and by which rules its union is eligible; a
-- rating of before counts on the last day of its year, by the rules of the whole country.
alter table rating
    add column counts_on                        date,
    add column round_id                         uuid,
    add column eligible_after_months            integer not null default 12,
    add column eligible_after_succession_months integer not null default 6;
