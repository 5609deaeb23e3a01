-- The additive facts of the changes between two positions: of registry's feed ($1, $2), of
-- membership's ($3, $4), and of our own acts ($5, $6), each act once. They are looked up change by
-- change: there are few of these, and all facts of the country. Between two generations ($7, $8) besides
-- what came and went of changes that had been known before.
select f.unit_id as "unit_id!", f.on_date as "on_date!", f.code as "code!", f.reason as "reason!",
       f.sex as "sex!", f.counterpart_id as "counterpart_id!", f.amount as "amount!", f.recorded_at as "recorded_at?"
from (
    select a.change_id from feed.applied a
    where a.source = 'registry' and a.position > $1 and a.position <= $2
    union all
    select a.change_id from feed.applied a
    where a.source = 'membership' and a.position > $3 and a.position <= $4
    union all
    select s.act_id from feed.stream s where s.position > $5 and s.position <= $6 and s.act_complete
) told
cross join lateral (select * from fact where fact.change_id = told.change_id offset 0) f
union all
select r.unit_id, r.on_date, r.code, r.reason, r.sex, r.counterpart_id, r.amount,
       r.recorded_at
from rebuild_fact r
where r.generation > $7 and r.generation <= $8
  and (r.source is null
       or r.source = 'registry' and r.position <= $1
       or r.source = 'membership' and r.position <= $3)
