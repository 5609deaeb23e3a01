-- Locks people as lock_people does, and also against whoever is about to say something of them, such as
-- that they attended a course (said_of): for acts that decide of whom things are said.
create or replace function lock_people_alone(p_persons uuid[]) returns void language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $body$
begin
    perform from person
    where person_id = any (p_persons)
    order by person_id
    for update;
end;
$body$;
