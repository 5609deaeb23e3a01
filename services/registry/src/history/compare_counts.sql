-- How many organisations below $1 differ, in each way, between the tree of $2 as known at $3
-- and that of $4 as known at $5 (null for now); and under BEFORE and AFTER how many lived in
-- each. $6 says that the caller's scope is the whole country.
with mine as materialized (
    select organisation_id from scope() as mine (organisation_id) where not $6::boolean
), paired as materialized (
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
    where $6::boolean or organisation_id in (select organisation_id from mine)
    group by organisation_id
)
select kind as "kind!", count(*)::int as "organisations!"
from paired
cross join lateral differing(paired.organisation_id, paired.was, paired.stands,
                             $2::date, coalesce($3::timestamptz, 'infinity'),
                             $4::date, coalesce($5::timestamptz, 'infinity'))
           as difference (kinds)
cross join lateral unnest(kinds || array_remove(array[case when was then 'BEFORE' end,
                                                      case when stands then 'AFTER' end], null))
           as kind
group by kind
