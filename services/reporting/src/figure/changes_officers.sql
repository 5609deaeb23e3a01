-- The changes that put people into office in some of the units; with $10, those only who were
-- trained within the period.
select o.organisation_id as "unit_id!", o.change_id as "change_id!", lower(o.valid) as "on_date!",
       count(distinct coalesce(merged.root_id, o.person_id)) as "amount!"
from piece($1, $2, $3, $4, $5, $6, $7) p
join office o on o.organisation_id = p.unit_id
left join person_merge merged on merged.person_id = o.person_id
where o.body <> 'STEERING'
  and not isempty(p.valid * o.valid * daterange($8, $9))
  and p.unit_id = any($11::uuid[])
  and (not $10 or exists (select from subject_fact s
                         where s.code = 'TRAINED' and s.subject = coalesce(merged.root_id, o.person_id)::text
                           and s.on_date >= $8 and s.on_date < $9
                         group by s.subject
                         having sum(s.amount) > 0))
group by o.organisation_id, o.change_id, lower(o.valid)
