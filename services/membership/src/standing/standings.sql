-- Who stands so ($2) in the organisation $1 on a day ($3), or takes part there so ($5).
select stands.standing_id as "standing_id!",
       stands.person_id as "person_id!",
       person.name as "name!",
       person.sex as "sex!",
       stands.organisation_id as "organisation_id!",
       stands.other_organisation_id as "host?",
       stands.reason as "reason?",
       stands.from_on as "from_on!",
       stands.due_on as "due_on?",
       stands.until_on as "until_on?",
       stands.decision_id as "decision_id?"
from (
    (select spell.person_id, spell.standing_id, spell.organisation_id,
            spell.other_organisation_id, spell.until_on, standing.reason, standing.from_on,
            standing.due_on, standing.decision_id
     from standing_spell spell
     join standing standing on standing.person_id = spell.person_id
                            and standing.standing_id = spell.standing_id
     where not $5 and spell.organisation_id = $1 and spell.kind = $2
       and spell.from_on <= $3 and (spell.until_on is null or spell.until_on > $3)
       and ($4::date is null or standing.due_on <= $4)
       and ($6::uuid is null or spell.person_id > $6)
     order by spell.person_id limit $7)
    union all
    (select spell.person_id, spell.standing_id, spell.organisation_id,
            spell.other_organisation_id, spell.until_on, standing.reason, standing.from_on,
            standing.due_on, standing.decision_id
     from standing_spell spell
     join standing standing on standing.person_id = spell.person_id
                            and standing.standing_id = spell.standing_id
     where $5 and spell.other_organisation_id = $1 and spell.kind = $2
       and spell.from_on <= $3 and (spell.until_on is null or spell.until_on > $3)
       and ($4::date is null or standing.due_on <= $4)
       and ($6::uuid is null or spell.person_id > $6)
     order by spell.person_id limit $7)
) stands
join person person on person.person_id = stands.person_id
order by stands.person_id
limit $7
