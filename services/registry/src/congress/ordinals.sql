-- The count of congresses that $1 continues on $2: `last`, the number of the last congress
-- known; `began_before`, that congresses were held that the register does not know of.
-- A predecessor's count goes on where the name was kept, and where one was split off.
with recursive line (organisation_id, on_date, steps) as (
    select $1::uuid, $2::date, 0
    union all
    select succession.predecessor_id, succession.succeeded_on, line.steps + 1
    from line
    join organisation_succession succession
      on succession.successor_id = line.organisation_id
     and upper_inf(succession.recorded) and succession.succeeded_on <= line.on_date
    where line.steps < 32
      -- One that has held congresses of its own, or was there before the register, counts by
      -- itself.
      and not exists (select from congress
                      where congress.organisation_id = line.organisation_id
                        and congress.held_on <= line.on_date)
      and not exists (select from organisation_founding founding
                      where founding.organisation_id = line.organisation_id
                        and upper_inf(founding.recorded) and founding.origin = 'LOADED')
      and (succession.kind = 'SPLIT_OFF'
           or exists (select
                      from organisation_name kept
                      join organisation_name borne on fold(borne.name) = fold(kept.name)
                      where kept.organisation_id = succession.predecessor_id
                        and borne.organisation_id = line.organisation_id
                        and kept.valid @> (succession.succeeded_on - 1)
                        and borne.valid @> succession.succeeded_on
                        and upper_inf(kept.recorded) and upper_inf(borne.recorded)))
)
select max(congress.ordinal) as "last?",
       coalesce(bool_or(founding.origin = 'LOADED'), false) as "began_before!"
from line
join organisation_founding founding
  on founding.organisation_id = line.organisation_id and upper_inf(founding.recorded)
left join congress
  on congress.organisation_id = line.organisation_id and congress.held_on <= line.on_date
-- The right to hold the congress is the right to know its number.
where access.covers($1)
