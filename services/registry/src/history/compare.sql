-- A page of what differs below $1 between the tree of $2 as known at $3 and that of $4 as
-- known at $5 (null for now), in the order of ids, after $6; of the kind $7, or null; $8 says
-- that the caller's scope is the whole country; $9 rows at most.
with paired as (
    select organisation_id, bool_or(was) as was, bool_or(stands) as stands
    from (
        select organisation_id, true as was, false as stands
        from living_subtree($1, $2::date, coalesce($3::timestamptz, 'infinity'))
             as tree (organisation_id)
        union all
        select organisation_id, false, true
        from living_subtree($1, $4::date, coalesce($5::timestamptz, 'infinity'))
             as tree (organisation_id)
    ) each
    where $6::uuid is null or organisation_id > $6
    group by organisation_id
)
select pair.organisation_id as "organisation_id!", difference.kinds as "kinds!"
-- A fence: each is compared in this order, until the page is full.
from (select organisation_id, was, stands from paired order by organisation_id offset 0) pair
cross join lateral differing(pair.organisation_id, pair.was, pair.stands,
                             $2::date, coalesce($3::timestamptz, 'infinity'),
                             $4::date, coalesce($5::timestamptz, 'infinity'))
           as difference (kinds)
where case when $7::text is null then cardinality(difference.kinds) > 0
           else $7 = any(difference.kinds) end
  and ($8::boolean or access.covers(pair.organisation_id))
limit $9
