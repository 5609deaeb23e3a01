-- The versions of a template ($2) that its owner ($1) has set, the newest first.
select t.template_version_id as "template_version_id!", t.code as "code!", t.version as "version!",
       t.owner_id as "owner_id!", coalesce(name_on(t.owner_id, $3), '') as "owner_name!", t.title as "title!",
       case when t.body is null then null else '{"title": "", "lines": []}'::jsonb end as "body: Json<Draft>",
       t.decision_id as "decision_id?", t.reason as "reason!", t.set_at as "set_at!"
from report_template t
where t.owner_id = $1 and t.code = $2
order by t.version desc
limit 100
