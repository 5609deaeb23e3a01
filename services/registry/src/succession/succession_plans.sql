-- The succession plans in force on $3 in $1 alone ($2) or also in what lay below it, for the
-- term that begins in $4 or for any: after the plan $5, at most $6; as known at
-- $7 (null for now).
select plan.succession_plan_id as "succession_plan_id!",
       plan.organisation_id as "organisation_id!",
       plan.body as "body!",
       plan.position as "position!",
       plan.term_from_year as "term_from_year!",
       plan.term_to_year as "term_to_year!",
       plan.planned_on as "planned_on!",
       plan.decision_id as "decision_id?",
       array(select candidate.person_id from succession_candidate candidate
             where candidate.succession_plan_id = plan.succession_plan_id
             order by candidate.place) as "candidate_ids!"
from (
    select planned.*
    from succession_plan planned
    -- One list of units, looked up in the index, whichever is asked for.
    where planned.organisation_id = any (
              case when $2 then array[$1::uuid]
                   else array(select subtree($1, $3, coalesce($7::timestamptz, 'infinity'))) end)
      and planned.planned_on <= $3::date
      and planned.recorded_at <= coalesce($7::timestamptz, 'infinity')
      and ($4::int is null or planned.term_from_year = $4)
      and not exists (select from succession_plan later
                      where later.organisation_id = planned.organisation_id
                        and later.body = planned.body and later.position = planned.position
                        and later.term_from_year = planned.term_from_year
                        and later.planned_on > planned.planned_on
                        and later.planned_on <= $3::date
                        and later.recorded_at <= coalesce($7::timestamptz, 'infinity'))
      and ($5::uuid is null or planned.succession_plan_id > $5)
    order by planned.succession_plan_id
    -- A fence: the scope is asked in this order, until the page is full.
    offset 0
) plan
where access.covers(plan.organisation_id)
limit $6
