-- The changes that put people into office in some of the units; with $7, those only who were
-- trained within the period.
select o.organisation_id as "unit_id!", o.change_id as "change_id!", lower(o.valid) as "on_date!",
       count(distinct coalesce(merged.root_id, o.person_id)) as "amount!"
from (
    select unit_id, daterange(from_on, until_on) as valid
    from unnest($1::uuid[], $2::date[], $3::date[]) as piece (unit_id, from_on, until_on)
    where access.covers($4)
) p
join office o on o.organisation_id = p.unit_id
left join person_merge merged on merged.person_id = o.person_id
where o.body <> 'STEERING'
  and not isempty(p.valid * o.valid * daterange($5, $6))
  and (not $7 or exists (select from subject_fact s
                         where s.code = 'TRAINED' and s.subject = coalesce(merged.root_id, o.person_id)::text
                           and s.on_date >= $5 and s.on_date < $6
                         group by s.subject
                         having sum(s.amount) > 0))
group by o.organisation_id, o.change_id, lower(o.valid)
