-- What is said of activities, as their kinds ask (reference/activity_kinds.toml), and what was said of
-- them before. The table keeps what is known now; what was known before is kept beside it, with when it
-- was known, and why it is known no longer.

alter table activity
    -- By the names of the kind's fields: {"follow_up": {"codes": ["DONE"]}}.
    add column fields      jsonb       not null default '{}'::jsonb,
    -- What it was counted as, so that what takes it back takes back the same; null where a program of
    -- before recorded it, which counted times only.
    add column counted     jsonb,
    add column revision    integer     not null default 1 constraint activity_revision check (revision > 0),
    add column recorded_at timestamptz not null default now();

-- Whatever is there was recorded by acts of this service, whose changes stand in its feed.
update activity a set recorded_at = told.acted_at
from (select act_id, min(acted_at) as acted_at
      from (select act_id, acted_at from feed.stream
            union all
            select act_id, acted_at from feed.pending) one
      group by act_id) told
where told.act_id = a.act_id;

create table activity_past
(
    activity_id     uuid        not null,
    organisation_id uuid        not null,
    kind            text        not null,
    held_on         date        not null,
    members_reached integer     not null,
    workers_reached integer     not null,
    times           integer     not null,
    act_id          uuid        not null,
    fields          jsonb       not null,
    counted         jsonb,
    revision        integer     not null,
    recorded_at     timestamptz not null,
    -- From when it was known no longer, by which act, whose, and why.
    replaced_at     timestamptz not null,
    replaced_by     uuid        not null,
    actor           text        not null,
    reason          text        not null,
    decision_id     uuid,
    -- Taken back, rather than corrected.
    undone          boolean     not null,

    constraint activity_past_key primary key (activity_id, revision)
);

-- What is only added to is not to be touched by whoever adds to it.
do $migration$
declare
    holder text;
begin
    for holder in
        select distinct grantee::regrole::text
        from pg_class cross join aclexplode(relacl)
        where oid = 'activity_past'::regclass and grantee <> relowner and grantee <> 0
    loop
        execute format('revoke update, delete, truncate on activity_past from %s', holder);
    end loop;
end;
$migration$;

-- Everything that was ever known of activities, each with when.
create view activity_known as
select tstzrange(recorded_at, null) as recorded, activity_id, organisation_id, kind, held_on, members_reached,
       workers_reached, times, fields, revision, recorded_at
from activity
union all
select tstzrange(recorded_at, replaced_at), activity_id, organisation_id, kind, held_on, members_reached,
       workers_reached, times, fields, revision, recorded_at
from activity_past;

-- Pages of one unit, of a few, and of many.
create index activity_of_unit on activity (organisation_id, held_on, activity_id);
create index activity_by_day on activity (held_on, activity_id);
create index activity_past_of_unit on activity_past (organisation_id, held_on, activity_id);
create index activity_past_by_day on activity_past (held_on, activity_id);
