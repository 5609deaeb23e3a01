-- Of the unions $1, who joins on the day $2 or later, or leaves later than it by something that
-- was decided: the last stay of each.
select distinct on (membership.organisation_id, membership.person_id)
       membership.organisation_id as "organisation_id!",
       membership.person_id as "person_id!",
       case when from_on >= $2 then from_on end as joins_on,
       case when until_on > $2 and registry_act_id is null then until_on end as leaves_on,
       case when until_on > $2 and registry_act_id is null then to_organisation_id end
           as to_organisation_id
from membership
left join movement on movement_id = ended_by
where membership.organisation_id = any ($1)
  and (from_on >= $2 or until_on > $2 and registry_act_id is null)
  and ($3::uuid is null or (membership.organisation_id, membership.person_id) > ($3, $4))
order by membership.organisation_id, membership.person_id, from_on desc, membership_id desc
limit $5
