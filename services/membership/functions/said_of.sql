-- Those of the given people who lie in the end user's scope, of whom something new is about to be said:
-- whether they were erased, and who survives those who were merged. Until it is said, nobody of them is
-- merged; people out of scope are not held up.
create or replace function said_of(p_persons uuid[])
    returns table (person_id uuid, erased boolean, survivor_id uuid)
    language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    hers uuid[] := array(select persons_in_scope(p_persons));
begin
    perform from person
    where person.person_id = any (hers)
    order by person.person_id
    for key share;
    return query
    select person.person_id, person.name_key = '', person_merge.root_id
    from person
    left join person_merge on person_merge.person_id = person.person_id
    where person.person_id = any (hers);
end;
$$;
