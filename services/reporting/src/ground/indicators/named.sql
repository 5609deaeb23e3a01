-- The indicators that were loaded of some codes ($1), each in the version beside it ($2) or, for 0, in that
-- which holds for periods that end on a day ($3): the newest that is in force then, or the first of all.
select distinct on (asked.line)
       asked.line as "line!", v.code as "code!", v.version as "version!", v.name_vi as "name_vi!",
       v.name_en as "name_en!", v.unit_vi as "unit_vi!", v.kind as "kind!", v.numerator as "numerator!",
       v.denominator as "denominator!", v.without_suspended as "without_suspended!",
       v.in_force_from as "in_force_from!", v.decision_id as "decision_id!"
from unnest($1::text[], $2::integer[]) with ordinality as asked (code, version, line)
cross join lateral (
    select * from indicator_version one
    where one.code = asked.code and (asked.version = 0 or one.version = asked.version)
    offset 0
) v
order by asked.line, v.in_force_from <= $3 desc,
         case when v.in_force_from <= $3 then -v.version else v.version end
