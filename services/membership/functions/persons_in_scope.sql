-- Those of the given people who lie in the end user's scope. Rights are decided once per
-- organisation, not once per person.
create or replace function persons_in_scope(p_persons uuid[]) returns setof uuid
    language sql stable
as $body$
    with lies as materialized (
        select person.person_id, scope.organisation_id
        from person
        cross join lateral person_scope(person.person_id) as scope (organisation_id)
        where person.person_id = any (p_persons)
    ), covered as materialized (
        select organisation_id
        from (select distinct organisation_id from lies) as each
        where access.covers(organisation_id)
    )
    select distinct person_id from lies join covered using (organisation_id);
$body$;
