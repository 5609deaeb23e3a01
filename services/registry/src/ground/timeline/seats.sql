-- Every seat in the bodies of $1 that is known now.
select office_id as "office_id!", organisation_id as "organisation_id!", body as "body!",
       position as "position!", person_id as "person_id!", lower(valid) as "from_on!",
       upper(valid) as "until_on?", term_until as "term_until?"
from office
where organisation_id = any($1::uuid[]) and upper_inf(recorded)
order by organisation_id, office_id, valid
