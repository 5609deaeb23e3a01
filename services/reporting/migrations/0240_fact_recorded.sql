-- When facts were recorded: by the instant of the change that tells of them, so that figures can be
-- counted as they were known then. What a program of before wrote is known since the day it is asked
-- about, whichever that is, but for our own acts, whose instants stand in our feed.
alter table fact add column recorded_at timestamptz;
alter table subject_fact add column recorded_at timestamptz;

do $migration$
declare
    of_facts text;
begin
    foreach of_facts in array array ['fact', 'subject_fact']
    loop
        execute format(
            'update %I f set recorded_at = told.acted_at
             from (select act_id, min(acted_at) as acted_at
                   from (select act_id, acted_at from feed.stream
                         union all
                         select act_id, acted_at from feed.pending) one
                   group by act_id) told
             where told.act_id = f.change_id', of_facts);
        -- A program of before that goes on while others are replaced says nothing: then it is when
        -- it was written.
        execute format('alter table %I alter column recorded_at set default now()', of_facts);
    end loop;
end;
$migration$;
