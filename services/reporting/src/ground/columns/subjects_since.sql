-- The facts about subjects of the changes between two positions: of registry's feed ($1, $2), and of
-- membership's ($3, $4). They are looked up change by change, as additive ones are.
select f.unit_id as "unit_id!", f.on_date as "on_date!", f.code as "code!", f.reason as "reason!",
       f.subject as "subject!", f.amount as "amount!", f.recorded_at
from (
    select a.change_id from feed.applied a
    where a.source = 'registry' and a.position > $1 and a.position <= $2
    union all
    select a.change_id from feed.applied a
    where a.source = 'membership' and a.position > $3 and a.position <= $4
) told
cross join lateral (select * from subject_fact where subject_fact.change_id = told.change_id offset 0) f
