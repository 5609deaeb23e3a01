-- Organisations that bear or bore a name with all words $1 (folded, as LIKE patterns; $2 the
-- longest of them, which the trigram index serves), or the code $3. $4 is the folded text,
-- by likeness to which they are ordered; $5 is the organisation below which they stand on
-- $6, or null. At most $7. Scope is asked in that order, until enough are found.
select organisation_id as "organisation_id!"
from (
    select organisation_id, max(likeness) as likeness
    from (
        select name.organisation_id, similarity(name.search_key, $4) as likeness
        from organisation_name name
        where name.search_key like $2 and name.search_key like all($1::text[])
          and upper_inf(name.recorded)
        union all
        select code.organisation_id, 2
        from organisation_code code
        where code.code = $3 and upper_inf(code.recorded)
    ) hit
    group by organisation_id
    order by likeness desc, organisation_id
    -- A fence: the scope is asked one by one, in this order.
    offset 0
) found
where ($5::uuid is null or organisation_id in (select subtree($5, $6, 'infinity')))
  and access.covers(organisation_id)
limit $7
