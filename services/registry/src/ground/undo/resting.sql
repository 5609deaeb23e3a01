-- The acts that rest on the act $1, with the organisations: those that replaced what it made
-- known, those that made known what cannot be known beside that which it replaced: codes,
-- communes, other names, joint direction, seats and secondments that it had freed; and those that
-- made known since what lasts as long as the life that it ended.
select act_id as "act_id!", organisation_id from acts_resting_on($1)
union
select known.act_id, known.organisation_id
from organisation_code freed
join organisation_code known
  on known.code = freed.code and upper_inf(known.recorded)
 and known.valid && freed.valid and known.act_id <> $1
where freed.replaced_by = $1 and freed.act_id <> $1
union
select known.act_id, known.organisation_id
from organisation_territory freed
join organisation_territory known
  on known.commune = freed.commune and known.exclusive_type = freed.exclusive_type
 and upper_inf(known.recorded) and known.exclusive_type is not null
 and known.valid && freed.valid and known.act_id <> $1
where freed.replaced_by = $1 and freed.act_id <> $1
union
select known.act_id, known.organisation_id
from organisation_territory freed
join organisation_territory known
  on known.organisation_id = freed.organisation_id and known.commune = freed.commune
 and upper_inf(known.recorded) and known.valid && freed.valid and known.act_id <> $1
where freed.replaced_by = $1 and freed.act_id <> $1
union
select known.act_id, known.organisation_id
from organisation_alias freed
join organisation_alias known
  on known.organisation_id = freed.organisation_id and known.search_key = freed.search_key
 and upper_inf(known.recorded) and known.valid && freed.valid and known.act_id <> $1
where freed.replaced_by = $1 and freed.act_id <> $1
union
select known.act_id, known.organisation_id
from organisation_director freed
join organisation_director known
  on known.organisation_id = freed.organisation_id and known.director_id = freed.director_id
 and upper_inf(known.recorded) and known.valid && freed.valid and known.act_id <> $1
where freed.replaced_by = $1 and freed.act_id <> $1
union
select known.act_id, known.organisation_id
from office freed
join office known
  on known.body_id = freed.body_id and upper_inf(known.recorded)
 and (known.person_id = freed.person_id
      or known.sole and freed.sole and known.position = freed.position)
 and known.valid && freed.valid and known.act_id <> $1
where freed.replaced_by = $1 and freed.act_id <> $1
union
select known.act_id, known.unit_id
from unit_assignment freed
join unit_assignment known
  on known.office_id = freed.office_id and known.unit_id = freed.unit_id
 and upper_inf(known.recorded) and known.valid && freed.valid and known.act_id <> $1
where freed.replaced_by = $1 and freed.act_id <> $1
union
select known.act_id, known.organisation_id
from secondment freed
join secondment known
  on known.person_id = freed.person_id and upper_inf(known.recorded)
 and known.valid && freed.valid and known.act_id <> $1
where freed.replaced_by = $1 and freed.act_id <> $1
  -- Of a secondment that the caller may not read nothing is told: both stand.
  and (known.organisation_id = freed.organisation_id
       or access.covers(known.organisation_id) or access.covers(known.host_id))
union
select known.act_id, known.organisation_id
from organisation_ending ending
-- One unit after the other, by its indexes: the whole of the tables is never read for it.
cross join lateral (
    select fact.act_id, fact.organisation_id, fact.valid, fact.recorded_at
    from organisation_fact fact
    where fact.organisation_id = ending.organisation_id and fact.binds = 'THROUGHOUT'
      and fact.attribute in ('TERRITORY', 'DIRECTOR', 'DIRECTS', 'OFFICE', 'FOLLOWED')
    offset 0
) known
where upper(known.valid) = ending.ended_on and known.recorded_at > lower(ending.recorded)
  and ending.act_id = $1 and upper_inf(ending.recorded)
order by 1, 2
