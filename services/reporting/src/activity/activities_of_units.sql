-- Activities of some units ($8) of the caller's scope, within a period ($1 through $2), after one of them
-- ($3, $4), of some kinds ($5; of all, if there are none), as was known at an instant ($6).
select a.activity_id as "activity_id!", a.organisation_id as "organisation_id!", a.kind as "kind!",
       a.held_on as "held_on!", a.members_reached as "members_reached!",
       a.workers_reached as "workers_reached!", a.times as "times!",
       a.fields as "fields!: Json<Fields>", a.revision as "revision!", a.recorded_at as "recorded_at!",
       coalesce(name_on(a.organisation_id, a.held_on), '') as "organisation_name!"
from activity_known a
where a.held_on >= $1 and a.held_on <= $2
  and (a.held_on, a.activity_id) > ($3::date, $4::uuid)
  and (cardinality($5::text[]) = 0 or a.kind = any($5))
  and a.recorded @> $6::timestamptz
  and a.organisation_id = any($8::uuid[])
  and access.covers(a.organisation_id)
order by a.held_on, a.activity_id
limit $7
