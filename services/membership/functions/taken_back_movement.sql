-- What is taken back is a movement: looked at once for all rows of a statement, as it ends. Movements
-- never go, so that to have looked once is to know it for good.
create or replace function taken_back_movement() returns trigger language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $body$
begin
    if exists (select from (select distinct movement_id from written) named
               where not exists (select from movement
                                 where movement.movement_id = named.movement_id))
    then
        raise exception 'what is taken back is no movement'
            using errcode = 'foreign_key_violation', table = 'movement_taken_back',
                  constraint = 'movement_taken_back_movement';
    end if;
    return null;
end;
$body$;
