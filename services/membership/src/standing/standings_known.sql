-- As standings.sql, as it was known at $8.
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
     from standing_spell_known spell
     join standing_known standing on standing.person_id = spell.person_id
                            and standing.standing_id = spell.standing_id
       and standing.recorded @> $8::timestamptz
     where not $5 and spell.organisation_id = $1 and spell.kind = $2
       and spell.from_on <= $3 and (spell.until_on is null or spell.until_on > $3)
       and spell.recorded @> $8::timestamptz
       and ($4::date is null or standing.due_on <= $4)
       and ($6::uuid is null or spell.person_id > $6)
     order by spell.person_id limit $7)
    union all
    (select spell.person_id, spell.standing_id, spell.organisation_id,
            spell.other_organisation_id, spell.until_on, standing.reason, standing.from_on,
            standing.due_on, standing.decision_id
     from standing_spell_known spell
     join standing_known standing on standing.person_id = spell.person_id
                            and standing.standing_id = spell.standing_id
       and standing.recorded @> $8::timestamptz
     where $5 and spell.other_organisation_id = $1 and spell.kind = $2
       and spell.from_on <= $3 and (spell.until_on is null or spell.until_on > $3)
       and spell.recorded @> $8::timestamptz
       and ($4::date is null or standing.due_on <= $4)
       and ($6::uuid is null or spell.person_id > $6)
     order by spell.person_id limit $7)
) stands
join person_known person on person.person_id = stands.person_id
       and person.recorded @> $8::timestamptz
order by stands.person_id
limit $7
