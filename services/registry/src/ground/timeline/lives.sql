-- How each of $1 came to be and to its end, as known now; those known never to have existed
-- have no founding, and the superior under which their founding had placed them.
select organisation.organisation_id as "organisation_id!",
       founding.founded_on as "founded_on?",
       founding.origin as "origin?",
       ending.ended_on as "ended_on?",
       ending.kind as "end_kind?",
       ending.principal_successor_id as "principal_successor_id?",
       ending.last_superior_id as "last_superior_id?",
       ending.members_outcome as "members_outcome?",
       ending.rehome_to_id as "rehome_to_id?",
       case when founding.organisation_id is null then
           (select edge.superior_id from organisation_parent edge
            where edge.organisation_id = organisation.organisation_id
              and edge.act_id = organisation.act_id
            order by lower(edge.valid)
            limit 1) end as "founded_under_id?"
from organisation
left join organisation_founding founding
  on founding.organisation_id = organisation.organisation_id and upper_inf(founding.recorded)
left join organisation_ending ending
  on ending.organisation_id = organisation.organisation_id and upper_inf(ending.recorded)
where organisation.organisation_id = any($1::uuid[])
order by organisation.organisation_id
