-- The templates that hold for an organisation ($1) on a day ($2), by code; of one code ($3), where one is
-- named.
select t.template_version_id as "template_version_id!", t.code as "code!", t.version as "version!",
       t.owner_id as "owner_id!", coalesce(name_on(t.owner_id, $4), '') as "owner_name!", t.title as "title!",
       t.body as "body: Json<Draft>", t.decision_id as "decision_id?", t.reason as "reason!",
       t.set_at as "set_at!"
from templates_of($1, $2, $3) held
join report_template t on t.template_version_id = held.template_version_id
order by t.code
limit 1000
