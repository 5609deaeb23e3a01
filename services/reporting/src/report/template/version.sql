-- One version of a template ($1), of everybody's, of an organisation's ($2) or of whoever has ever stood
-- above it or goes on with it.
with recursive above (organisation_id) as (
    select $2::uuid
    union
    select next.organisation_id
    from above
    cross join lateral (
        select edge.superior_id as organisation_id from edge
        where edge.organisation_id = above.organisation_id
        union all
        select coalesce(known.heir_id, known.last_superior_id) from organisation known
        where known.organisation_id = above.organisation_id
    ) next
    where next.organisation_id is not null
)
select t.template_version_id as "template_version_id!", t.code as "code!", t.version as "version!",
       t.owner_id as "owner_id!", coalesce(name_on(t.owner_id, $3), '') as "owner_name!", t.title as "title!",
       t.body as "body: Json<Draft>", t.decision_id as "decision_id?", t.reason as "reason!",
       t.set_at as "set_at!"
from report_template t
where t.template_version_id = $1
  and (t.owner_id = '00000000-0000-0000-0000-000000000000'::uuid
       or t.owner_id in (select organisation_id from above))
