-- Locks people in the order of their ids, against whoever else writes of them. Everybody who locks
-- more than one person does it here, or in the same order in said_of and lock_people_alone: where people
-- are distributed over several databases, one statement cannot, and these have to be said otherwise. Whom this transaction has written
-- down is seen by nobody else, or is locked by that, and is passed over.
create or replace function lock_people(p_persons uuid[]) returns void language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $body$
begin
    perform from person
    where person_id = any (p_persons) and xmin <> pg_current_xact_id()::xid
    order by person_id
    for no key update;
end;
$body$;
