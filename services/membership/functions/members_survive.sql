-- Nobody who was merged becomes a member: whoever survives does. Looked at once for all rows of a
-- statement, as it ends.
create or replace function members_survive() returns trigger
    language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $body$
begin
    if exists (select from written
               cross join lateral (select from person_merge
                                   where person_merge.person_id = written.person_id
                                   offset 0) merged) then
        raise exception 'a membership is of somebody who was merged'
            using errcode = 'integrity_constraint_violation', table = 'membership',
                  constraint = 'membership_of_survivor';
    end if;
    return null;
end;
$body$;
