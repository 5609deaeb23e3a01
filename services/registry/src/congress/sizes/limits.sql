-- How many seats the bodies $2 of an organisation $1 of the type $3 may have from a congress
-- on $4 on that was held for $5 members: the organisation's own row, or else that of its
-- type. Bodies without a rule on that day do not come back.
select distinct on (rule.body)
       rule.body as "body!", rule.least as "least!", rule.most as "most!"
from body_size_rule rule
where rule.body = any($2::text[])
  and rule.type = $3
  and rule.members_from <= $5
  and rule.valid @> $4::date
  and (rule.organisation_code = ''
       or exists (select from organisation_code code
                  where code.organisation_id = $1 and code.code = rule.organisation_code
                    and code.valid @> $4::date and upper_inf(code.recorded)))
order by rule.body, rule.organisation_code desc, rule.members_from desc
